"""Connections that only look: at a store as it is, wherever it lies and whatever its name is made of."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from ecocli.store import failures

UNOPENED = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR)


def connect_to_look(path: Path, busy_timeout_s: float) -> sqlite3.Connection:
    """The file as it is: nothing is written, and an older one stays as old."""
    connection = sqlite3.connect(f"{address(path)}?mode=ro", uri=True, timeout=busy_timeout_s)
    try:
        connection.execute("SELECT 1 FROM sqlite_master").fetchone()
    except sqlite3.OperationalError as error:
        if is_unopened(error, path):
            connection.close()
            return connect_to_still(path)
    except sqlite3.DatabaseError:  # reading it reports the damage
        pass
    return connection


@contextmanager
def look(path: Path, busy_timeout_s: float) -> Iterator[sqlite3.Connection]:
    """`connect_to_look` for as long as the block lasts; nothing is left beside the file that was not there before."""
    had_log = os.path.exists(f"{path}-wal")
    try:
        with closing(connect_to_look(path, busy_timeout_s)) as connection:
            yield connection
    finally:
        if not had_log and os.path.exists(f"{path}-wal"):
            _take_log_away(path)


def _take_log_away(path: Path) -> None:
    """For a reader SQLite makes a log, which only a writer takes away again, unless somebody else has the file open."""
    with suppress(sqlite3.Error), closing(sqlite3.connect(f"{address(path)}?mode=rw", uri=True, timeout=0)) as connection:
        connection.execute("SELECT 1 FROM sqlite_master").fetchone()


def address_to_look(path: Path) -> str:
    """A URI by which SQLite reads the file and never writes it."""
    with closing(sqlite3.connect(f"{address(path)}?mode=ro", uri=True)) as trial:
        try:
            trial.execute("SELECT 1 FROM sqlite_master").fetchone()
        except sqlite3.OperationalError as error:
            if is_unopened(error, path):
                return f"{address(path)}?immutable=1"
    return f"{address(path)}?mode=ro"


def is_unopened(error: sqlite3.OperationalError, path: Path) -> bool:
    """True for the error of a file that can only be read by `connect_to_still`."""
    return (error.sqlite_errorcode & failures.PRIMARY_CODE) in UNOPENED and _is_alone_where_nothing_is_written(path)


def connect_to_still(path: Path) -> sqlite3.Connection:
    """A file that nobody writes, without locks and without files beside it."""
    return sqlite3.connect(f"{address(path)}?immutable=1", uri=True, isolation_level=None)


def address(path: Path) -> str:
    """A path as a URI, whatever bytes it is of. StoreError for what is no file: SQLite would wait for whoever writes into a pipe."""
    from urllib.parse import quote

    failures.refuse_endless(path)
    return f"file:{quote(os.fsencode(path.absolute()))}"


def _is_alone_where_nothing_is_written(path: Path) -> bool:
    """True on a read-only medium, where SQLite cannot keep its index of a log, and there is no log to be read."""
    return not os.access(path.parent, os.W_OK) and not any(os.path.exists(log) and os.path.getsize(log) for log in (f"{path}-wal", f"{path}-journal"))
