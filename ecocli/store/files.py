"""From a path to a connection: private files, full durability, patience with other writers."""

import os
import sqlite3
from contextlib import suppress
from pathlib import Path

from ecocli.errors import MissingFile
from ecocli.store import failures, migrations

PRIVATE_FOLDER = 0o700
PRIVATE_FILE = 0o600
CACHE_KIB = 32_768
"""At most this much memory: without it, ids in random order make a bulk import rewrite the same pages over and over."""


def connect(path: Path, busy_timeout_s: float) -> sqlite3.Connection:
    """An up-to-date store at `path`, made when there is none."""
    try:
        _make_folder(path.parent)
        _make_file(path)
        with failures.explained(path):
            return _open(path, busy_timeout_s)
    except OSError as error:
        raise failures.from_os(error, path) from error


def connect_nothing() -> sqlite3.Connection:
    """What a store that does not exist looks like to a reader: every table there, and empty."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrations.apply(connection, None)
    connection.execute("PRAGMA query_only = ON")  # a record written into thin air would be lost quietly
    return connection


def connect_to_look(path: Path, busy_timeout_s: float) -> sqlite3.Connection:
    """The file as it is: nothing is written, and an older one stays as old."""
    from urllib.parse import quote

    return sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode=ro", uri=True, timeout=busy_timeout_s)


def require(path: Path) -> None:
    """For commands that make no sense without a store."""
    if is_absent(path):
        raise MissingFile(f"no database {failures.shown(path)!r}", "eco record makes it; --db or ECO_DB name another file")


def is_absent(path: Path) -> bool:
    """Whether nothing is there; a folder that cannot be searched is an error, not an empty store."""
    try:
        os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError as error:
        raise failures.from_os(error, path) from error
    return False


def _make_folder(folder: Path) -> None:
    """For the owner alone whatever the umask allows, and so is every folder above it that is missing."""
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(PRIVATE_FOLDER, exist_ok=True)


def _make_file(path: Path) -> None:
    """For the owner alone; SQLite gives its -wal and -shm files the same permissions."""
    with suppress(FileExistsError):  # made earlier, or just now by another process
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE_FILE))


def _open(path: Path, busy_timeout_s: float) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=busy_timeout_s, isolation_level=None)
    try:
        _prepare(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("PRAGMA synchronous = FULL")  # what was acknowledged survives a power cut
    connection.execute("PRAGMA fullfsync = ON")  # the same on macOS, where fsync alone promises less
    connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    while migrations.pending(connection, path):  # and look again: the one that was first may have been newer
        migrations.apply(connection, path)
    connection.execute("PRAGMA foreign_keys = ON")  # not before: a migration may rebuild a table
