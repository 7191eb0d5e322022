"""Whole copies of a store, taken while others write: private, and there whole or not at all."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from glob import escape
from pathlib import Path
from time import monotonic

from ecocli.config.paths import make_private_file
from ecocli.config.settings import BUSY_TIMEOUT_S
from ecocli.store import looking

LOCKED = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
RETRY_S = 0.05


def name_at(path: Path, mark: str) -> Path:
    """Where a copy is kept by default: beside the store, so that `beside` finds it."""
    return path.with_name(f"{path.name}.{mark}.bak")


def unused(path: Path, mark: str) -> Path:
    """A name as `name_at` gives it that no file has yet."""
    marks = (mark, *(f"{mark}-{number}" for number in range(2, 1000)))
    return next(found for found in (name_at(path, one) for one in marks) if not os.path.lexists(found))


def beside(path: Path) -> list[Path]:
    """Copies of the store that lie next to it, and what one that was cut short left behind."""
    endings = ("*.bak", "*.bak.*.tmp")
    return sorted(found for ending in endings for found in path.parent.glob(f"{escape(path.name)}.{ending}"))


def take_pages(source: sqlite3.Connection, target: sqlite3.Connection, patience_s: float) -> None:
    """
    The content of one database as that of another, in one transaction.

    Raises:
        sqlite3.OperationalError: Either stayed locked for `patience_s`; SQLite's own function would try for ever.
    """
    deadline_s = monotonic() + patience_s

    def look(status: int, *_: int) -> None:
        if status in LOCKED and monotonic() >= deadline_s:
            error = sqlite3.OperationalError("database is locked")
            error.sqlite_errorcode = sqlite3.SQLITE_BUSY
            raise error

    source.backup(target, progress=look, sleep=RETRY_S)


def make(path: Path, copy: Path, busy_timeout_s: float = BUSY_TIMEOUT_S, *, replace: bool) -> None:
    """
    Copy a store as it is at this moment; writers go on meanwhile.

    Raises:
        FileExistsError: `copy` is there, and `replace` does not allow that.
    """
    with unfinished(copy) as made:
        # a connection of its own: it sees what was committed, whatever else this process has open
        with looking.look(path, busy_timeout_s) as source, closing(sqlite3.connect(made)) as target:
            take_pages(source, target, busy_timeout_s)
        if replace:
            os.replace(made, copy)
        else:
            _place(made, copy)


@contextmanager
def unfinished(copy: Path) -> Iterator[Path]:
    """A private file beside the copy, which is gone in the end."""
    path = copy.with_name(f"{copy.name}.{os.getpid()}.tmp")
    path.unlink(missing_ok=True)  # of a process that had this number and was killed
    try:
        make_private_file(path)
        yield path
    finally:
        for left in (path, *(Path(f"{path}{ending}") for ending in ("-journal", "-wal", "-shm"))):
            left.unlink(missing_ok=True)


def _place(unfinished: Path, copy: Path) -> None:
    """Give the file its name; unlike a rename, a link never takes the place of another file."""
    try:
        os.link(unfinished, copy)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        if copy.exists():
            raise FileExistsError(copy) from None
        os.rename(unfinished, copy)
