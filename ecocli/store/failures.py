"""The one place where what SQLite or the file system says becomes a message with a hint."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from json import JSONDecodeError
from pathlib import Path

from ecocli.errors import BadData, StoreError, quoted, shorten

ELSEWHERE = "check the permissions, or point --db or ECO_DB at another file"
PRIMARY_CODE = 0xFF  # an extended result code keeps the primary one in its lowest byte

MESSAGES = {
    sqlite3.SQLITE_BUSY: (
        "{path} stayed locked by another program",
        "try again when it is done, or wait longer with ECO_BUSY_TIMEOUT",
    ),
    sqlite3.SQLITE_CANTOPEN: ("{path} cannot be opened", ELSEWHERE),
    sqlite3.SQLITE_READONLY: ("{path} cannot be written: it is read-only", ELSEWHERE),
    sqlite3.SQLITE_PERM: ("{path} cannot be used: no permission", ELSEWHERE),
    sqlite3.SQLITE_FULL: (
        "no room left on the disk for {path}",
        "free some space and run the command again: it stored nothing",
    ),
    sqlite3.SQLITE_IOERR: (
        "reading or writing {path} failed",
        "check the disk and its free space, then run eco db check",
    ),
    sqlite3.SQLITE_CORRUPT: (
        "{path} is damaged",
        "eco db check says where; put a backup in its place",
    ),
    sqlite3.SQLITE_NOTADB: (
        "{path} is not a database",
        "point --db or ECO_DB at another file, or put a backup in its place",
    ),
}
BY_SYSTEM = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR)  # a folder opened for reading only: the last
DAMAGED = ("Could not decode", "no such column", "no such table", "table ", "unsupported file format", "string or blob too big", "FOREIGN KEY")
"""Text that is no text, and names that the version in the file's header promises; SQLite calls these mistakes of the program."""
MESSAGES[sqlite3.SQLITE_LOCKED] = MESSAGES[sqlite3.SQLITE_BUSY]


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
    if str(error).startswith(DAMAGED):
        return damaged(path)
    if code not in MESSAGES:
        return None
    message, hint = MESSAGES[code]
    return StoreError(message.format(path=shown(path)), hint)


def damaged(path: Path) -> StoreError:
    """The error for content that eco cannot have written."""
    message, hint = MESSAGES[sqlite3.SQLITE_CORRUPT]
    return StoreError(message.format(path=shown(path)), hint)


def from_os(error: OSError, path: Path) -> StoreError:
    """The file or its folder could not be made."""
    reason = (error.strerror or type(error).__name__).lower()
    return StoreError(f"{shown(path)} cannot be used: {reason}", ELSEWHERE)


def shown(path: Path) -> str:
    return shorten(str(path), 200)


def _refused_by_system(path: Path) -> StoreError | None:
    """SQLite has one code for all of these; a person needs to know which."""
    if os.path.isdir(path):
        return StoreError(f"{shown(path)} is a folder, not a file", "name a file inside it with --db or ECO_DB")
    if not os.path.exists(path):
        return None
    if not os.access(path, os.R_OK):
        return StoreError(f"{shown(path)} cannot be read: no permission", ELSEWHERE)
    if not os.access(path.parent, os.W_OK):
        # SQLite keeps its write-ahead log beside the file, even for readers
        return StoreError(f"{shown(path)} is in a folder that cannot be written", ELSEWHERE)
    return None
