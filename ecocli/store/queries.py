"""SQL of the user's own over the views: a connection that can only read, and of that no secret."""

import sqlite3
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from os import urandom
from time import monotonic
from typing import TYPE_CHECKING, Any

from ecocli.errors import UsageError, did_you_mean, shorten
from ecocli.store import failures, looking, views
from ecocli.util.valueclass import value_class

if TYPE_CHECKING:
    from ecocli.store import Store

BEHIND = ("calls", "past_results", "withdrawn_calls", "bases", "keys", "budgets", "grid_hours", "supplier_figures")
"""Tables behind the views, which may change; a query reads them through a view."""
OPEN = ("json_each", "json_tree", "sqlite_temp_master")
SECRET = {("keys", "hash"), ("keys", "salt")}
"""Columns that no view has."""
HARMLESS_PRAGMAS = ("table_info", "table_xinfo", "function_list", "compile_options")
DENIED_FUNCTIONS = ("load_extension", "fts3_tokenizer")
LONGEST_BYTES = 100_000_000
"""Of one value that a query makes."""
REFUSED = ("not authorized", "authorization denied", "prohibited", "readonly", "cannot modify")
"""In what SQLite says of a statement that wants more than to read."""
STEPS = 10_000
"""Steps of SQLite's machine between two looks at the clock."""


@value_class(frozen=True, slots=True)
class Found:
    """What a query finds: the names of its columns, each once, and its rows as they come."""

    columns: tuple[str, ...]
    rows: Iterator[Sequence[Any]]


@contextmanager
def query(store: "Store", sql: str, values: Mapping[str, str], timeout_s: float | None = None) -> Iterator[Found]:
    """
    The rows of one SELECT over the views.

    Raises:
        UsageError: It is no query, it names what there is not, it wants more than to read, or it takes too long.
    """
    with closing(_connection(store)) as connection:
        if timeout_s is not None:
            deadline_s = monotonic() + timeout_s
            connection.set_progress_handler(lambda: monotonic() > deadline_s, STEPS)
        with _explained(store, timeout_s):
            cursor = connection.execute(sql, dict(values))
        if cursor.description is None:
            raise UsageError("that is no query", "it begins with SELECT, WITH, VALUES or EXPLAIN")
        with closing(_each(cursor, store, timeout_s)) as rows:
            yield Found(_unique([name for name, *_ in cursor.description]), rows)


def _each(cursor: sqlite3.Cursor, store: "Store", timeout_s: float | None) -> Generator[Sequence[Any], None, None]:
    with _explained(store, timeout_s):
        for row in cursor:  # noqa: UP028 - `yield from` would close the cursor, too
            yield row


def _connection(store: "Store") -> sqlite3.Connection:
    """
    An empty database in memory, with views on the store, which is attached to be read under a name that nobody can know.

    The authorizer is not asked about columns that `JOIN … USING` compares: whoever could name a table could read any of it.
    """
    connection = sqlite3.connect(":memory:", uri=True, timeout=store.busy_timeout_s, isolation_level=None)
    name = f"store_{urandom(16).hex()}"
    with _address(store) as address:
        connection.execute("ATTACH ? AS ?", (address, name))
    connection.execute("PRAGMA temp_store = MEMORY")
    tables = connection.execute(f"SELECT name FROM {name}.sqlite_master WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_'").fetchall()
    for definition in views.definitions(name, [table for (table,) in tables]):
        connection.execute(definition)
    connection.execute("SELECT 1 FROM json_each('[]'), json_tree('[]')")  # made when first used, which the authorizer would not let
    connection.execute("PRAGMA query_only = ON")
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_BYTES)
    connection.text_factory = lambda text: text.decode("utf-8", "replace")
    connection.set_authorizer(_authorize)
    return connection


@contextmanager
def _address(store: "Store") -> Iterator[str]:
    """The file, to be read alone; or a copy of what is only in memory: an empty store, or an older one that cannot be brought up to date."""
    if store.connection.execute("PRAGMA database_list").fetchone()[2]:
        yield looking.address_to_look(store.path)
        return
    address = f"file:{urandom(16).hex()}?mode=memory&cache=shared"
    with closing(sqlite3.connect(address, uri=True)) as copy:
        store.connection.backup(copy)
        yield address


def _authorize(action: int, first: str | None, second: str | None, database: str | None, inside: str | None) -> int:
    """SQLite asks this about every table, column, function and setting that a statement names, before it runs."""
    allowed = (
        action in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_RECURSIVE)
        or (action == sqlite3.SQLITE_READ and _may_read(first or "", second or "", database, inside))
        or (action == sqlite3.SQLITE_FUNCTION and second not in DENIED_FUNCTIONS)
        or (action == sqlite3.SQLITE_PRAGMA and first in HARMLESS_PRAGMAS)
    )
    return sqlite3.SQLITE_OK if allowed else sqlite3.SQLITE_DENY


def _may_read(table: str, column: str, database: str | None, inside: str | None) -> bool:
    if database == "temp":
        return table in views.VIEWS or table in OPEN
    # without a column only rows are counted
    return table in OPEN or (table in BEHIND and (not column or (inside is not None and (table, column) not in SECRET)))


def _unique(names: Sequence[str]) -> tuple[str, ...]:
    """
    Each name once, as keys of an object.

    >>> _unique(["id", "n", "id", "id"])
    ('id', 'n', 'id_2', 'id_3')
    """
    found: dict[str, None] = {}
    for name in names:
        number, unique = 2, name
        while unique in found:
            number, unique = number + 1, f"{name}_{number}"
        found[unique] = None
    return tuple(found)


@contextmanager
def _explained(store: "Store", timeout_s: float | None) -> Iterator[None]:
    """Mistakes in the user's SQL as errors of use; what the machine caused as everywhere."""
    try:
        yield
    except sqlite3.Warning as error:  # Python 3.11's kind for two statements
        raise _wrong(error) from error
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & failures.PRIMARY_CODE
        if code == sqlite3.SQLITE_INTERRUPT:
            raise UsageError(f"the query was not done within {timeout_s:g} s", "--timeout says how long it may take") from error
        if code in (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_AUTH, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_TOOBIG, sqlite3.SQLITE_RANGE):
            raise _wrong(error) from error
        with failures.explained(store.path):
            raise
    except (UnicodeEncodeError, ValueError) as error:  # half a character, or a NUL
        raise _wrong(error) from error


def _wrong(error: Exception) -> UsageError:
    text = str(error)
    if any(word in text for word in REFUSED):
        return UsageError(f"eco db query only reads, and only the views: {shorten(text, 120)}", f"the views are {', '.join(views.VIEWS)}")
    hint = f"the views are {', '.join(views.VIEWS)}; eco db views NAME shows the columns of one"
    with suppress(IndexError):
        if text.startswith("no such column: "):
            hint = _near(text.split(": ", 1)[1].rpartition(".")[2]) or hint
    return UsageError(f"SQL: {shorten(text, 120)}", hint)


def _near(column: str) -> str | None:
    from difflib import get_close_matches

    every = {each.name for view in views.VIEWS.values() for each in view.columns}
    return did_you_mean(get_close_matches(column, sorted(every), n=1))
