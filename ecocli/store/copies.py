"""Whole copies of a store, taken while others write: private, and there whole or not at all."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from glob import escape
from pathlib import Path

from ecocli.config.paths import make_private_file
from ecocli.config.settings import BUSY_TIMEOUT_S


def name_at(path: Path, mark: str) -> Path:
    """Where a copy is kept by default: beside the store, so that `beside` finds it."""
    return path.with_name(f"{path.name}.{mark}.bak")


def beside(path: Path) -> list[Path]:
    """Copies of the store that lie next to it, and what one that was cut short left behind."""
    endings = ("*.bak", "*.bak.*.tmp")
    return sorted(found for ending in endings for found in path.parent.glob(f"{escape(path.name)}.{ending}"))


def make(path: Path, copy: Path, busy_timeout_s: float = BUSY_TIMEOUT_S, *, replace: bool) -> None:
    """
    Copy a store as it is at this moment; writers go on meanwhile.

    Raises:
        FileExistsError: `copy` is there, and `replace` does not allow that.
    """
    with _unfinished(copy) as unfinished:
        # a connection of its own: it sees what was committed, whatever else this process has open
        with closing(sqlite3.connect(path, timeout=busy_timeout_s)) as source, closing(sqlite3.connect(unfinished)) as target:
            source.backup(target)
        if replace:
            os.replace(unfinished, copy)
        else:
            _place(unfinished, copy)


@contextmanager
def _unfinished(copy: Path) -> Iterator[Path]:
    """A private file beside the copy, which is gone in the end."""
    path = copy.with_name(f"{copy.name}.{os.getpid()}.tmp")
    path.unlink(missing_ok=True)  # of a process that had this number and was killed
    try:
        make_private_file(path)
        yield path
    finally:
        for left in (path, Path(f"{path}-journal")):
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
