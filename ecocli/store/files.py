"""From a path to a connection: private files, full durability, patience with other writers."""

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

from ecocli.config.paths import make_private_file, make_private_folder
from ecocli.errors import MissingFile, StoreError
from ecocli.store import failures, migrations

CACHE_KIB = 8_192
"""At most this much memory: without it, ids in random order make a bulk import rewrite the same pages over and over."""


FIRST_WAIT_S = 0.5
"""How long a lock is waited for before it is known that the file system has locks at all."""


def connect(path: Path, busy_timeout_s: float, *, to_read: bool = False) -> sqlite3.Connection:
    """An up-to-date store at `path`, made when there is none. Whoever wants `to_read` also gets one where nothing can be written."""
    try:
        make_private_folder(path.parent)
        failures.refuse_endless(path)
        _make_file(path)
        with failures.explained(path):
            return _open_to_read(path, busy_timeout_s) if to_read else _open(path, busy_timeout_s)
    except OSError as error:
        raise failures.from_os(error, path) from error


def connect_nothing() -> sqlite3.Connection:
    """For readers of a store that does not exist: every table is there, and empty."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrations.apply(connection, None)
    connection.execute("PRAGMA query_only = ON")  # a record written into thin air would be lost quietly
    return connection


def identity(path: Path) -> tuple[int, int] | None:
    """The file itself, whatever it is called; None when there is none."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_dev, status.st_ino


def refuse_second_name(path: Path) -> None:
    """StoreError for a file with hard links: SQLite finds its log by the file's name, and under two names there would be two logs."""
    with suppress(OSError):
        if os.stat(path).st_nlink > 1:
            hint = "write to a copy of its own: eco db backup FILE makes one, and cp"
            raise StoreError(f"{failures.shown(path)} has another name, a hard link, and can only be read", hint, code="store-linked")


def sync_folder(path: Path) -> None:
    """Let the name that a file was given survive a power cut; not every system can."""
    with suppress(OSError):
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def expect(path: Path) -> None:
    """For commands that make no sense without a store."""
    if is_absent(path):
        raise MissingFile(f"no database {failures.shown(path)!r}", code="no-database")


def is_absent(path: Path) -> bool:
    """True where nothing is there; a folder that cannot be searched is an error, not an empty store."""
    try:
        os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError as error:
        raise failures.from_os(error, path) from error
    return False


def exposed(path: Path, own_folder: Path | None) -> Iterator[tuple[Path, str]]:
    """
    Files and folders that somebody opened to others since eco made them, each with the mode that closes it again.

    A folder that the user chose may be open to readers, since the file is not; `own_folder` is eco's alone.
    """
    if os.name == "nt":  # its permissions are not these
        return
    with suppress(OSError):  # not there, or gone meanwhile
        if os.stat(path).st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            yield path, "600"
        mode = os.stat(path.parent).st_mode
        if path.parent == own_folder and mode & (stat.S_IRWXG | stat.S_IRWXO):
            yield path.parent, "700"
        elif mode & stat.S_IWOTH and not mode & stat.S_ISVTX:  # whoever may write there may put another file there
            yield path.parent, "o-w"


def _make_file(path: Path) -> None:
    """For the owner alone; SQLite gives its -wal and -shm files the same permissions."""
    try:
        make_private_file(path)
    except FileExistsError:  # made earlier, or just now by another process
        if not path.exists():  # a link to a file that is not there yet
            with suppress(FileExistsError):
                make_private_file(Path(os.path.realpath(path)))


def _open(path: Path, busy_timeout_s: float) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=min(busy_timeout_s, FIRST_WAIT_S), isolation_level=None)
    try:
        _prepare_in_turn(connection, path, busy_timeout_s)
    except BaseException:
        connection.close()
        raise
    return connection


def _open_to_read(path: Path, busy_timeout_s: float) -> sqlite3.Connection:
    try:
        return _open(path, busy_timeout_s)
    except sqlite3.OperationalError as error:
        from ecocli.store import looking

        if not looking.is_unopened(error, path):
            raise
        return _as_it_lies(path)


def _as_it_lies(path: Path) -> sqlite3.Connection:
    """A store where nothing can be written; an older one as a copy in memory, which is brought up to date."""
    from ecocli.store import looking

    connection = looking.connect_to_still(path)
    if migrations.pending(connection, path):
        with closing(connection) as older:
            connection = sqlite3.connect(":memory:", isolation_level=None)
            older.backup(connection)
        migrations.apply(connection, None)
    connection.execute("PRAGMA query_only = ON")
    return connection


def _prepare_in_turn(connection: sqlite3.Connection, path: Path, busy_timeout_s: float) -> None:
    """
    `_prepare`, after others that have the file locked.

    Raises:
        StoreError: The file system refuses locks, so waiting would not help.
    """
    try:
        _prepare(connection, path)
    except sqlite3.OperationalError as error:
        if not failures.is_busy(error) or busy_timeout_s <= FIRST_WAIT_S:
            raise
        failures.refuse_without_locks(path)
        connection.execute(f"PRAGMA busy_timeout = {busy_timeout_s * 1000:.0f}")
        _prepare(connection, path)
    else:
        connection.execute(f"PRAGMA busy_timeout = {busy_timeout_s * 1000:.0f}")


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("PRAGMA synchronous = FULL")  # what was acknowledged survives a power cut
    connection.execute("PRAGMA fullfsync = ON")  # the same on macOS, where fsync alone promises less
    while migrations.pending(connection, path):  # and look again: the one that was first may have been newer
        refuse_second_name(path)
        migrations.apply(connection, path)
    connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")  # not before: SQLite counts them in pages, whose size it has to know
    connection.execute("PRAGMA foreign_keys = ON")  # not before: a migration may rebuild a table
