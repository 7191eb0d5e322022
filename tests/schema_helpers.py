"""Stores as earlier versions left them, from the SQL that was kept of each."""

import sqlite3
from contextlib import closing
from pathlib import Path

KEPT = Path(__file__).parent / "store" / "schemas"
VERSIONS = sorted(int(file.stem[1:]) for file in KEPT.glob("v*.sql"))


def made(version: int, path: Path | str = ":memory:") -> sqlite3.Connection:
    connection = sqlite3.connect(path)
    connection.executescript((KEPT / f"v{version}.sql").read_text("utf-8"))
    return connection


def leave(version: int, path: Path) -> Path:
    """The file as an eco of that version left it: with a write-ahead log, closed."""
    with closing(made(version, path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.commit()
    path.chmod(0o600)
    return path
