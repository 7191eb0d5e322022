"""The compiled catalogue: a small read-only SQLite file, from which a call loads only the entries that it needs."""

import json
import sqlite3
import weakref
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from ecocli.errors import BadCatalog

SCHEMA = "CREATE TABLE entry (kind TEXT, key TEXT, body TEXT, PRIMARY KEY (kind, key)) WITHOUT ROWID, STRICT"
NOTICES = "CREATE TABLE notice (owner TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID, STRICT"
"""What owners of figures want to be said: a table of its own, which who opens the file without eco finds."""
NOTICE = "notice"
"""Kind of the entries that go there, with a text for a body."""


class Entry(NamedTuple):
    """One row of the compiled catalogue; `body` is any JSON value."""

    kind: str
    key: str
    body: Any


class Entries:
    """Lookup in a compiled catalogue by (kind, key). BadCatalog when the file is damaged, and cannot be made anew."""

    def __init__(self, connection: sqlite3.Connection, path: Path | None = None, again: "Callable[[], Entries] | None" = None) -> None:
        self._connection = connection
        self._path = path
        self._again = again
        self._anew: Entries | None = None
        weakref.finalize(self, connection.close)  # a catalogue is shared, so no single owner can close it

    @classmethod
    def open(cls, path: Path, again: "Callable[[], Entries] | None" = None) -> "Entries":
        """
        The entries of a file.

        Args:
            again: Makes them anew where the file cannot be read, as one in a cache, which stops nothing.
        """
        try:
            # immutable: a finished file is never changed, so SQLite need not look for a journal
            return cls(sqlite3.connect(f"file:{_quoted(path)}?mode=ro&immutable=1", uri=True, check_same_thread=False), path, again)
        except sqlite3.Error as error:
            if again is None:
                raise _damaged(path) from error
            return again()

    @classmethod
    def in_memory(cls, entries: Iterable[Entry]) -> "Entries":
        found = cls(sqlite3.connect(":memory:", check_same_thread=False))
        _fill(found._connection, entries)
        return found

    def get(self, kind: str, key: str) -> Any | None:
        """The body of an entry; None when there is no such entry."""
        for (body,) in self._select("SELECT body FROM entry WHERE kind = ? AND key = ?", (kind, key)):
            return json.loads(body)
        return None

    def keys(self, kind: str, prefix: str = "") -> list[str]:
        """The sorted keys of a kind that start with `prefix`."""
        query = "SELECT key FROM entry WHERE kind = ? AND substr(key, 1, length(?)) = ? ORDER BY key"
        return [key for (key,) in self._select(query, (kind, prefix, prefix))]

    def all(self, kind: str) -> Iterator[tuple[str, Any]]:
        """(key, body) of every entry of a kind, sorted by key."""
        for key, body in self._select("SELECT key, body FROM entry WHERE kind = ? ORDER BY key", (kind,)):
            yield key, json.loads(body)

    def notices(self) -> list[tuple[str, str]]:
        """(owner, text) of every notice that the licence of shipped figures asks for."""
        return self._select("SELECT owner, text FROM notice ORDER BY owner", ())

    def _select(self, query: str, values: tuple[str, ...]) -> list[tuple[Any, ...]]:
        if self._anew is not None:
            return self._anew._select(query, values)
        try:
            return self._connection.execute(query, values).fetchall()
        except UnicodeEncodeError:  # half a character, which no entry is named after
            return []
        except sqlite3.DatabaseError as error:
            if self._again is None:
                raise _damaged(self._path) from error
        self._anew = self._again()
        return self._anew._select(query, values)


def _damaged(path: Path | None) -> BadCatalog:
    return BadCatalog(f"the compiled catalogue {path} is damaged", "delete it: eco will rebuild it")


def write(path: Path, entries: Iterable[Entry]) -> None:
    """Write a compiled catalogue to `path`, which must be empty or absent."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA page_size = 1024")  # most bodies take 1 to 2 KiB: larger pages would be half empty
        connection.execute("BEGIN")
        _fill(connection, entries)
        connection.execute("COMMIT")
    finally:
        connection.close()


def _quoted(path: Path) -> str:
    """Escape a path for a URI. Path.as_uri() would import urllib, which takes a tenth of a record's time."""
    return path.as_posix().replace("%", "%25").replace("?", "%3f").replace("#", "%23")


def _fill(connection: sqlite3.Connection, entries: Iterable[Entry]) -> None:
    connection.execute(SCHEMA)
    connection.execute(NOTICES)
    notices: dict[str, str] = {}
    connection.executemany("INSERT INTO entry VALUES (?, ?, ?)", _rows(entries, notices))
    connection.executemany("INSERT INTO notice VALUES (?, ?)", notices.items())


def _rows(entries: Iterable[Entry], notices: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    """The rows of all entries but notices, which are put aside."""
    for kind, key, body in entries:
        if kind == NOTICE:
            notices[key] = body
        else:
            yield kind, key, json.dumps(body, ensure_ascii=False, separators=(",", ":"))
