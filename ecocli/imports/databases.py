"""Logs that are SQLite files of other programs: opened for reading only, and never changed."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from ecocli.errors import BadData, shorten

BESIDE = ("-wal",)
"""A writer may leave what is new beside the file for a long time."""
MAGIC = b"SQLite format 3\0"
BUSY_S = 5.0


@contextmanager
def open_database(path: Path) -> Iterator[sqlite3.Connection]:
    """
    A connection that can only read; rows come by name.

    Raises:
        BadData: It is no database, or locked, or damaged.
    """
    try:
        with closing(_connect(path)) as connection:
            connection.row_factory = sqlite3.Row
            yield connection
    except sqlite3.Error as error:
        raise BadData(f"not a database that can be read: {shorten(str(error), 200)}") from error


def _connect(path: Path) -> sqlite3.Connection:
    address = f"file:{quote(os.fsencode(path.absolute()))}"  # a name may be of any bytes
    try:
        connection = sqlite3.connect(f"{address}?mode=ro", uri=True, timeout=BUSY_S)
        connection.execute("SELECT 1 FROM sqlite_master").fetchone()
        return connection
    except sqlite3.OperationalError:  # a write-ahead log in a folder where nothing can be written
        return sqlite3.connect(f"{address}?immutable=1", uri=True)


def is_database(path: Path) -> bool:
    try:
        with path.open("rb") as stream:
            return stream.read(len(MAGIC)) == MAGIC
    except OSError:
        return False


def columns(connection: sqlite3.Connection, table: str) -> set[str]:
    """The columns of a table; none when there is no such table. A view is none: it could be without an end."""
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (table,)).fetchone():
        return set()
    return {row["name"] for row in connection.execute("SELECT name FROM pragma_table_info(?)", (table,))}
