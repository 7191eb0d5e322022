"""The shape of the file, version by version, as SQL in `schema/`: forward only, and an old migration is never edited."""

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from time import monotonic, sleep

from ecocli.errors import StoreError, shorten
from ecocli.store.failures import shown

APPLICATION_ID = 0x65636F21
"""b"eco!" in the file's header, so that another program's database is never mistaken for a store."""

MIGRATIONS = tuple(Path(__file__).with_name("schema") / f"v{version}.sql" for version in range(1, 16))
"""The version of a file is how many of these it has seen."""

RETRY_S = 0.005
PAGE_BYTES = 16 * 1024
"""A row of half a kilobyte shares its page with thirty others: SQLite's own 4 KiB hold seven, and there are four times as many to look after."""


def pending(connection: sqlite3.Connection, path: Path) -> bool:
    """
    True where the file is older than this program, or empty. Reads only the file's header.

    Raises:
        StoreError: It is another program's, or was written by a newer eco.
    """
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
    connection = sqlite3.connect(":memory:")
    _run(connection, MIGRATIONS[:version])
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
    """True where SQLite found the file in another shape than its version says; `failures` knows all other reasons."""
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
    _run(connection, MIGRATIONS[version:])
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")


def _run(connection: sqlite3.Connection, some: Iterable[Path]) -> None:
    """Statements end with their line: one by one they stay inside the transaction."""
    for migration in some:
        for statement in migration.read_text("utf-8").split(";\n"):
            connection.execute(statement)


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
