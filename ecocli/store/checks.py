"""Looks for damage in a store: in its file, its tables and what they hold. Nothing is written, and nothing brought up to date."""

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from ecocli.core.footprint import ESTIMATES
from ecocli.core.numbers import counted
from ecocli.store import failures, files, looking, migrations, supplier_figures
from ecocli.store.columns import bounds
from ecocli.util.valueclass import value_class

MOST_DAMAGES = 20
LATEST_MS = 253_402_300_799_999
"""The end of the year 9999."""
OUTSIDE = "NOT ({0} <= {1} * 1.000001 AND {1} <= {2} * 1.000001)"
"""Bounds come from logarithms: where there is no range, rounding may put them a digit past the value."""
IMPOSSIBLE = "{0} < 0 OR {1} < 0 OR {2} < 0 OR max({0}, {1}, {2}) > 1e300"
WITH_TRAIL = 9
"""The version that brought withdrawn calls."""
WITH_LOCKS = 12
"""The version that brought locked reports."""
WITH_SUPPLIERS = 13
"""The version that brought suppliers' own figures."""
LOCKED_JSON = {"filters": "object", "methods": "object", "editions": "object", "figures": "array", "organisation": "object", "instruments": "array"}
ARE_JSON = " AND ".join(f"CASE WHEN json_valid({name}) THEN json_type({name}) = '{kind}' ELSE 0 END" for name, kind in LOCKED_JSON.items())
IS_LOCK = f"start_ms < end_ms AND length(sha256) = 64 AND (lifted_at_ms IS NULL) = (lifted_by IS NULL) AND {ARE_JSON}"
IS_VOIDED = (
    "EXISTS (SELECT 1 FROM withdrawn_calls AS w WHERE w.call_id = c.call_id AND w.provider = c.provider AND w.kind = 'voided' AND w.lifted_at_ms IS NULL)"
)
LINK = "{} {} refers to a row of {} that is not there"


@value_class(frozen=True, slots=True)
class Checked:
    """The findings in one store."""

    path: Path
    version: int
    """Of its schema: how many migrations it has seen."""
    calls: int
    problems: tuple[str, ...]


def check(path: Path, busy_timeout_s: float, digest: Callable[[Mapping[str, Any]], str]) -> Checked:
    """
    Look at everything that can be checked from the file alone.

    Args:
        digest: Of the content of a basis, as it was when it was stored.

    Raises:
        MissingFile: There is no such file.
        StoreError: It cannot be looked at: no permission, no database, another program's or a newer eco's.
    """
    files.expect(path)
    with failures.explained(path), looking.look(path, busy_timeout_s) as connection:
        migrations.pending(connection, path)  # refuses what is not ours
        version = migrations.version(connection)
        # rows of a damaged file cannot be relied on
        problems = tuple(_damages(connection)) or tuple(_contradictions(connection, version, digest))
        calls = connection.execute("SELECT count(*) FROM calls").fetchone()[0] if version and not problems else 0
    return Checked(path, version, calls, problems)


def shape(connection: sqlite3.Connection) -> dict[str, Any]:
    """A schema apart from the text that made it: tables with columns and links, indexes, triggers."""
    tables = connection.execute("SELECT name, wr, strict FROM pragma_table_list WHERE schema = 'main' AND name NOT GLOB 'sqlite_*'").fetchall()
    found: dict[str, Any] = {}
    for name, *kind in tables:
        columns = connection.execute("SELECT * FROM pragma_table_xinfo(?)", (name,)).fetchall()
        links = connection.execute('SELECT "from", "table", "to" FROM pragma_foreign_key_list(?)', (name,)).fetchall()
        found[name] = (kind, columns, sorted(links))
    indexes = "SELECT name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL"
    return found | dict(connection.execute(indexes))


def _damages(connection: sqlite3.Connection) -> Iterator[str]:
    try:
        for (text,) in connection.execute(f"PRAGMA integrity_check({MOST_DAMAGES})").fetchall():
            if text != "ok":
                yield " ".join(text.split())
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & failures.PRIMARY_CODE != sqlite3.SQLITE_CORRUPT:
            raise
        yield str(error)


def _contradictions(connection: sqlite3.Connection, version: int, digest: Callable[[Any], str]) -> Iterator[str]:
    yield from misshapen(connection, version)
    for table, row_id, parent, _ in connection.execute("PRAGMA foreign_key_check"):
        yield LINK.format(table, row_id, parent)
    if version:
        yield from _changed_bases(connection, digest)
        yield from _odd_calls(connection, version)
    if version >= WITH_LOCKS:
        yield from _odd_locks(connection)
    if version >= WITH_SUPPLIERS:
        yield from supplier_figures.problems(connection)


def misshapen(connection: sqlite3.Connection, version: int) -> Iterator[str]:
    """Tables and indexes that its version does not have, or has otherwise."""
    with closing(migrations.empty(version)) as made:
        expected, found = shape(made), shape(connection)
    for name in sorted(expected.keys() | found.keys()):
        if name not in found:
            yield f"{name} is missing"
        elif expected.get(name) != found[name]:
            yield f"{name} is not as version {version} has it"


def _changed_bases(connection: sqlite3.Connection, digest: Callable[[Any], str]) -> Iterator[str]:
    """SQLite has no checksums, but factors do: those that a result rests on must be those of then."""
    for row_id, known, content in connection.execute("SELECT id, digest, content FROM bases"):
        try:
            found = digest(json.loads(content))
        except ValueError:
            found = None
        if found != known:
            yield f"bases {row_id} is not what was stored"


def _odd_calls(connection: sqlite3.Connection, version: int) -> Iterator[str]:
    odd = {
        "tags that are no JSON object": "CASE WHEN json_valid(tags) THEN json_type(tags) <> 'object' ELSE 1 END",
        "times that are no date": f"started_at_ms NOT BETWEEN 0 AND {LATEST_MS}",
    }
    odd |= {f"{name} outside of its range": OUTSIDE.format(*bounds(name)) for name in ESTIMATES}
    odd |= {f"{name} below zero or infinite": IMPOSSIBLE.format(*bounds(name)) for name in ESTIMATES}
    for table, call in {"calls": "call", "withdrawn_calls": "withdrawn call"}.items():
        if table == "calls" or version >= WITH_TRAIL:
            counts = connection.execute(f"SELECT {', '.join(f'sum({condition})' for condition in odd.values())} FROM {table}").fetchone()
            yield from (f"{counted(count, call)} with {what}" for what, count in zip(odd, counts, strict=True) if count)
    if version >= WITH_TRAIL and (count := connection.execute(f"SELECT count(*) FROM calls AS c WHERE {IS_VOIDED}").fetchone()[0]):
        yield f"undone, and counted all the same: {counted(count, 'call')}"


def _odd_locks(connection: sqlite3.Connection) -> Iterator[str]:
    """Locked reports that no eco wrote: what they say could not be read, or is of no period."""
    for (row_id,) in connection.execute(f"SELECT id FROM locked_reports WHERE NOT ({IS_LOCK})"):
        yield f"locked report {row_id} is not as eco writes it"
