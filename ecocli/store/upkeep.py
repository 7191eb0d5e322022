"""Giving back the space that removed rows leave, and with it their bytes."""

import sqlite3
from contextlib import suppress
from pathlib import Path

from ecocli.errors import StoreError
from ecocli.store.failures import shown
from ecocli.util.valueclass import value_class


@value_class(frozen=True, slots=True)
class Vacuumed:
    """Sizes of the file with its write-ahead log. [bytes]"""

    bytes_before: int
    bytes_after: int


def vacuum(connection: sqlite3.Connection, path: Path) -> Vacuumed:
    """
    Write the file anew without what was removed, and empty the write-ahead log. Takes its turn among writers.

    Raises:
        StoreError: A reader holds on to the old content.
    """
    before = size_bytes(path)
    connection.execute("VACUUM")
    busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise StoreError(f"another program is reading {shown(path)}: until it ends, what was removed stays on the disk", code="store-in-use")
    return Vacuumed(before, size_bytes(path))


def checkpoint(connection: sqlite3.Connection) -> None:
    """Empty the write-ahead log; what a reader still looks at stays in it until the next time."""
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()


def size_bytes(path: Path) -> int:
    total = 0
    for each in (path, Path(f"{path}-wal")):
        with suppress(FileNotFoundError):
            total += each.stat().st_size
    return total
