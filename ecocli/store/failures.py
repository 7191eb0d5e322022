"""The one place where what SQLite or the file system says becomes a message with a hint."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from json import JSONDecodeError
from pathlib import Path

from ecocli.errors import BadData, StoreError, quoted, shorten
from ecocli.store import locks
from ecocli.util import whole_files

PRIMARY_CODE = 0xFF  # an extended result code keeps the primary one in its lowest byte

NO_ACCESS = ("check the permissions", "no-access")
"""Hint and code of what the file system refuses."""

MESSAGES = {
    sqlite3.SQLITE_BUSY: ("{path} stayed locked by another program", "try again when it is done", "store-locked"),
    sqlite3.SQLITE_CANTOPEN: ("{path} cannot be opened", *NO_ACCESS),
    sqlite3.SQLITE_READONLY: ("{path} cannot be written: it is read-only", *NO_ACCESS),
    sqlite3.SQLITE_PERM: ("{path} cannot be used: no permission", *NO_ACCESS),
    sqlite3.SQLITE_FULL: ("no room left on the disk for {path}", "free some space and run the command again: it stored nothing", "disk-full"),
    sqlite3.SQLITE_IOERR: ("reading or writing {path} failed", "check the disk and its free space", "disk-failed"),
    sqlite3.SQLITE_CORRUPT: ("{path} is damaged", "eco db restore FILE puts a backup in its place", "store-damaged"),
    sqlite3.SQLITE_NOTADB: ("{path} is not a database", "eco db restore FILE puts a backup in its place", "no-store"),
}
"""By SQLite's primary result code: message, hint and code."""
BY_SYSTEM = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR)  # a folder opened for reading only: the last
BY_LOCKS = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_PERM, sqlite3.SQLITE_PROTOCOL)
"""Codes of a lock that was refused, by the error number of the file system."""
DAMAGED = ("Could not decode", "no such column", "no such table", "table ", "unsupported file format", "string or blob too big", "FOREIGN KEY")
"""Text that is no text, and names that the version in the file's header promises; SQLite calls these mistakes of the program."""
MESSAGES[sqlite3.SQLITE_LOCKED] = MESSAGES[sqlite3.SQLITE_PROTOCOL] = MESSAGES[sqlite3.SQLITE_BUSY]


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Errors of SQLite that a user, a file or the machine caused, as errors of eco; a bug stays a bug."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        translated = from_sqlite(error, path)
        if translated is None:
            raise
        raise translated from error
    except (UnicodeDecodeError, JSONDecodeError, OverflowError) as error:  # what came in was decoded before: this is stored text
        raise damaged(path) from error
    except UnicodeEncodeError as error:  # a lone surrogate from a command line or a JSON escape
        raise BadData(f"{quoted(error.object)} is not valid Unicode text") from error


def from_sqlite(error: sqlite3.Error, path: Path) -> StoreError | None:
    """None for what can only be a mistake in this program, such as wrong SQL."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & PRIMARY_CODE
    if code in BY_SYSTEM and (reason := _refused_by_system(path)):
        return reason
    if code in BY_LOCKS and locks.are_refused(path.parent):
        return without_locks(path)
    if str(error).startswith(DAMAGED):
        return damaged(path)
    if code not in MESSAGES:
        return None
    return _error(code, path)


def damaged(path: Path, problem: str | None = None) -> StoreError:
    """The error for content that eco cannot have written."""
    error = _error(sqlite3.SQLITE_CORRUPT, path)
    if problem:
        error.args = (f"{error}: {shorten(problem, 200)}",)
    return error


def locked(path: Path) -> StoreError:
    """The error for a store that another program has locked for too long."""
    return _error(sqlite3.SQLITE_BUSY, path)


def is_busy(error: sqlite3.Error) -> bool:
    """True where a lock is in the way."""
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & PRIMARY_CODE in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_PROTOCOL)


def refuse_without_locks(path: Path) -> None:
    """StoreError where the file system of the store refuses locks."""
    if locks.are_refused(path.parent):
        raise without_locks(path)


def without_locks(path: Path) -> StoreError:
    """The error for a file system on which no file can be locked."""
    hint = "keep the database on a local disk, or start the lock service of the network share"
    return StoreError(f"the file system of {shown(path)} refuses locks", hint, code="no-locks")


def gone(path: Path) -> StoreError:
    """The error for a store that was removed, renamed or replaced while it was open."""
    hint = "nothing was stored there: run the command again"
    return StoreError(f"{shown(path)} was removed, renamed or replaced while it was written", hint, code="store-gone")


def refuse_endless(path: Path) -> None:
    """StoreError for a pipe or a device in the place of the file, or of one that SQLite keeps beside it: opening it might never end."""
    for end in ("", "-journal", "-wal", "-shm"):
        if whole_files.is_endless(f"{path}{end}"):
            raise _no_file(f"{path}{end}")


def from_os(error: OSError, path: Path) -> StoreError:
    """The file or its folder could not be made."""
    reason = (error.strerror or type(error).__name__).lower()
    return _no_access(path, f"cannot be used: {reason}")


def shown(path: Path) -> str:
    return shorten(str(path), 200)


def _refused_by_system(path: Path) -> StoreError | None:
    """SQLite has one code for all of these; a person needs to know which."""
    if os.path.isdir(path):
        return StoreError(f"{shown(path)} is a folder, not a file", "name a file inside it", code="store-is-a-folder")
    if not os.path.exists(path):
        return None
    if whole_files.is_endless(path):
        return _no_file(str(path))
    if not os.access(path, os.R_OK):
        return _no_access(path, "cannot be read: no permission")
    if not os.access(path.parent, os.W_OK):
        # SQLite keeps its write-ahead log beside the file, even for readers
        return _no_access(path, "is in a folder that cannot be written")
    return None


def _no_file(path: str) -> StoreError:
    return StoreError(f"{shorten(path, 200)} is a pipe or a device, not a file", code="store-is-no-file")


def _no_access(path: Path, reason: str) -> StoreError:
    hint, code = NO_ACCESS
    return StoreError(f"{shown(path)} {reason}", hint, code=code)


def _error(sqlite_code: int, path: Path) -> StoreError:
    message, hint, code = MESSAGES[sqlite_code]
    return StoreError(message.format(path=shown(path)), hint, code=code)
