"""The shape of the file, version by version: forward only, and an old migration is never edited."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

from ecocli.errors import StoreError, shorten
from ecocli.store.failures import shown

if TYPE_CHECKING:
    from sqlite_utils import Database  # importing it costs more than recording a call

APPLICATION_ID = 0x65636F21
"""b"eco!" in the file's header, so that another program's database is never mistaken for a store."""

SCHEMA, SCHEMA_VERSION = Path(__file__).with_name("schema.sql"), 4
"""What so many migrations make of an empty file, as `python -m tools.store_schema --empty` writes it: sooner done than migrating."""

RETRY_S = 0.005
PAGE_BYTES = 16 * 1024
"""A row of half a kilobyte shares its page with thirty others: SQLite's own 4 KiB hold seven, and there are four times as many to look after."""


def pending(connection: sqlite3.Connection, path: Path) -> bool:
    """Whether the file is older than this program. Reads only the file's header."""
    version = _pragma(connection, "user_version")
    _refuse_foreign(connection, version, path)
    if version > len(MIGRATIONS):
        raise StoreError(
            f"{shown(path)} was written by a newer eco: version {version}, and this eco knows {len(MIGRATIONS)}",
            "upgrade eco",
            code="newer-store",
        )
    return version < len(MIGRATIONS)


def version(connection: sqlite3.Connection) -> int:
    """How many migrations the file has seen; 0 for an empty one."""
    return _pragma(connection, "user_version")


def empty(version: int) -> sqlite3.Connection:
    """A store of this version without a row, in memory."""
    from sqlite_utils import Database

    connection = sqlite3.connect(":memory:")
    for migrate in MIGRATIONS[:version]:
        migrate(Database(connection, execute_plugins=False))
    return connection


def apply(connection: sqlite3.Connection, path: Path | None) -> None:
    """Bring the file up to date in one transaction, or leave it as it was; two at once take turns."""
    _use_wal(connection)
    connection.execute("BEGIN IMMEDIATE")
    try:
        _apply_rest(connection, path)
        connection.execute("COMMIT")
    except BaseException as error:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        if path and _pragma(connection, "user_version") and _is_refused(error):
            raise StoreError(
                f"{shown(path)} cannot be brought up to version {len(MIGRATIONS)}: {shorten(str(error))}",
                "it is as it was",
                code="odd-store",
            ) from error
        raise


def _is_refused(error: BaseException) -> bool:
    """Whether SQLite found the file in another shape than its version says; `failures` knows all other reasons."""
    return isinstance(error, sqlite3.Error) and getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR


def _use_wal(connection: sqlite3.Connection) -> None:
    """Let readers and a writer work at the same time."""
    connection.execute(f"PRAGMA page_size = {PAGE_BYTES}")  # of a file that has none yet
    deadline_s = monotonic() + _pragma(connection, "busy_timeout") / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:  # here SQLite does not wait: one in thirty first runs would fail
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or monotonic() > deadline_s:
                raise
        sleep(RETRY_S)


def _apply_rest(connection: sqlite3.Connection, path: Path | None) -> None:
    version = _pragma(connection, "user_version")
    if version >= len(MIGRATIONS):
        return  # while we waited another process did it
    if version and path:
        _back_up(path, version)
    if not version and len(MIGRATIONS) >= SCHEMA_VERSION:
        for statement in SCHEMA.read_text("utf-8").split(";\n"):
            connection.execute(statement)
        version = SCHEMA_VERSION
    _migrate(connection, version)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")


def _migrate(connection: sqlite3.Connection, version: int) -> None:
    if version < len(MIGRATIONS):
        from sqlite_utils import Database

        database = Database(connection, execute_plugins=False)
        for migrate in MIGRATIONS[version:]:
            migrate(database)


def _back_up(path: Path, version: int) -> None:
    """Keep a private copy as `<file>.v<version>.bak`; our own connection keeps other writers out meanwhile."""
    from ecocli.store import copies

    copies.make(path, copies.name_at(path, f"v{version}"), replace=True)


def _refuse_foreign(connection: sqlite3.Connection, version: int, path: Path) -> None:
    application_id = _pragma(connection, "application_id")
    if application_id == APPLICATION_ID:
        return
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    # two first runs: between our two looks at the header the other may have finished
    if (version or application_id or tables) and _pragma(connection, "application_id") != APPLICATION_ID:
        raise StoreError(f"{shown(path)} is the database of another program", code="no-store")


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    value: int = connection.execute(f"PRAGMA {name}").fetchone()[0]
    return value


def _estimates(*names: str) -> dict[str, Any]:
    """Three columns each: 5th percentile, central value, 95th percentile."""
    return {column: float for name in names for column in (f"{name}_low", name, f"{name}_high")}


def _v1_results() -> dict[str, Any]:
    """What was computed for a call: the same columns for the current result and for past ones."""
    return {
        "model_id": str,
        "final_region": str,
        "calculation_method": str,
        "assumptions": str,
        "basis_id": int,
        "computed_at_ms": int,
        **_estimates("accelerator_energy_wh", "it_energy_wh", "facility_energy_wh", "co2_g", "embodied_co2_g"),
        **_estimates("water_onsite_ml", "water_offsite_ml", "water_ml", "tree_days"),
        "market_co2_g": float,
        **_estimates("inferred_reasoning_tokens"),
        "dominant_factor": str,
    }


def _v1_known_results() -> set[str]:
    unknown = {"model_id", "assumptions", "market_co2_g", *_estimates("inferred_reasoning_tokens")}
    return set(_v1_results()) - unknown


def _create(database: "Database", name: str, columns: dict[str, Any], known: set[str], **options: Any) -> None:
    """A STRICT table; `known` columns are never NULL."""
    sql = database.create_table_sql(name, {"id": int} | columns, pk="id", not_null=known, strict=True, **options)
    database.execute(sql)


def v1_keys(database: "Database") -> None:
    """Who recorded. The secret itself is never stored."""
    known = {"name": str, "hash": str, "salt": str, "last4": str, "scopes": str, "created_at_ms": int}
    _create(database, "keys", known | {"expires_at_ms": int, "revoked_at_ms": int}, set(known))
    # a revoked key leaves its name free
    database.execute("CREATE UNIQUE INDEX keys_active_name ON keys (name) WHERE revoked_at_ms IS NULL")


def v1_bases(database: "Database") -> None:
    """Factors, constants and matches that many calls share, stored once per content."""
    columns = {"digest": str, "content": str}
    _create(database, "bases", columns, set(columns))
    database.execute("CREATE UNIQUE INDEX bases_digest ON bases (digest)")


def v1_calls(database: "Database") -> None:
    """One row per call: what was reported, then the result that history shows. NULL is unknown."""
    names = {"provider": str, "provider_name": str, "call_id": str, "key_id": int, "source": str, "format": str}
    asked = {"model": str, "region": str}
    times = {"started_at_ms": int, "first_token_at_ms": int, "ended_at_ms": int, "recorded_at_ms": int}
    tokens = {"input_tokens": int, "output_tokens": int}
    parts = {"reasoning_tokens": int, "cached_tokens": int, "cache_write_tokens": int}
    reading = {"is_estimated": int, "estimation_method": str, "encoding": str, "tags": str, "reading_assumptions": str}
    columns = names | asked | times | tokens | parts | reading | _v1_results()
    known = {*names, *tokens, "started_at_ms", "recorded_at_ms", "is_estimated", "tags", *_v1_known_results()}
    _create(database, "calls", columns, known - {"key_id"}, foreign_keys=[("key_id", "keys"), ("basis_id", "bases")])
    # the id first: `eco explain ID` knows no provider
    database.execute("CREATE UNIQUE INDEX calls_identity ON calls (call_id, provider)")
    # every index ends with the row's id, so this one alone yields (started_at_ms, id) in order
    database.execute("CREATE INDEX calls_started_at_ms ON calls (started_at_ms)")


def v1_past_results(database: "Database") -> None:
    """Results that a newer computation took the place of."""
    links = [("call", "calls"), ("basis_id", "bases")]
    _create(database, "past_results", {"call": int} | _v1_results(), {"call", *_v1_known_results()}, foreign_keys=links)
    # read by call, and looked at whenever a call is deleted
    database.execute("CREATE INDEX past_results_call ON past_results (call)")


def v1(database: "Database") -> None:
    v1_keys(database)
    v1_bases(database)
    v1_calls(database)
    v1_past_results(database)


def v2_imports(database: "Database") -> None:
    """How far each log was read: what is new is found by it, and nothing is read twice."""
    columns = {"source": str, "path": str, "stamp": str, "offset": int, "fingerprint": str, "state": str}
    columns |= {"read_at_ms": int}
    _create(database, "imports", columns, set(columns))
    database.execute("CREATE UNIQUE INDEX imports_source_path ON imports (source, path)")


def v3_budgets(database: "Database") -> None:
    """How much may be spent of a figure in each period; with tags, by the calls that carry all of them."""
    columns = {"figure": str, "period": str, "most": float, "tags": str, "created_at_ms": int}
    _create(database, "budgets", columns, set(columns))
    database.execute("CREATE UNIQUE INDEX budgets_what ON budgets (figure, period, tags)")


def v4_forgotten(database: "Database") -> None:
    """Hashes of calls that were removed for good, and the store's own salt of them: see `forgotten.py`."""
    database.execute("CREATE TABLE forgotten (hash BLOB PRIMARY KEY) STRICT, WITHOUT ROWID")
    _create(database, "forgotten_salt", {"salt": bytes}, {"salt"})


MIGRATIONS: tuple[Callable[["Database"], None], ...] = (v1, v2_imports, v3_budgets, v4_forgotten)
"""The version of a file is how many of these it has seen."""
