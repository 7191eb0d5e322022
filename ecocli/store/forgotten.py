"""Calls removed for good. Salted hashes of their ids stay, so that the same call is not stored again."""

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ecocli.store.history import Filters, where
from ecocli.util.digests import sha256

SALT_BYTES, HASH_BYTES = 16, 16
BY_HAND = "api"
"""The source of a call that came from no log."""

IDENTITIES = (
    "SELECT c.provider, c.call_id, c.source, json_extract(c.tags, '$.request'), "
    "c.started_at_ms, c.model, c.input_tokens, c.output_tokens, c.cached_tokens FROM calls AS c"
)


class Forgotten:
    """Hashes of the calls that a store has forgotten, as of one transaction; false where there are none, so that asking costs nothing."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._salt = _salt(connection)

    def __bool__(self) -> bool:
        return self._salt is not None

    def has_call(self, provider: str, call_id: str) -> bool:
        return self._has(_call(provider, call_id))

    def has_logged(self, source: str, id: str, request: str | None) -> bool:
        """True where a log's call is among them, whatever its provider is taken to be; a request may have stood for it."""
        if not request:
            return self.has_id(source, id)
        return self._has(_logged(source, id, request)) or self._has(_logged(source, id, None)) or self.has_id(source, request)

    def has_id(self, source: str, id: str) -> bool:
        """True where one had this id, of whichever request: a gateway may give one id to many calls."""
        return self._has(_id(source, id))

    def has_twin(self, source: str, *what: Any) -> bool:
        """For tools that copy calls under new ids; `what` is time, model, input, output and cached tokens."""
        return self._has(_twin(source, *what))

    def _has(self, identity: tuple[Any, ...]) -> bool:
        if self._salt is None:
            return False
        sql = "SELECT 1 FROM forgotten WHERE hash = ?"
        return self._connection.execute(sql, (_hash(self._salt, identity),)).fetchone() is not None


@contextmanager
def thoroughly(connection: sqlite3.Connection) -> Iterator[None]:
    """Around a transaction that removes."""
    connection.execute("PRAGMA secure_delete = ON")  # zeros in the place of rows, should the vacuum never come
    connection.execute("PRAGMA foreign_keys = OFF")  # each basis that goes would be looked for in every call
    try:
        yield
    finally:
        connection.execute("PRAGMA foreign_keys = ON")


def remove(connection: sqlite3.Connection, filters: Filters) -> int:
    """
    Remove calls with all that only they needed, and keep their hashes; how many they were. Inside a transaction.

    When one came from a log, how far logs were read goes too, for it names folders and sessions: all of them are
    read once more, and what is known or forgotten is passed over.
    """
    condition, values = where(filters)
    logged, *_ = connection.execute(f"SELECT sum(c.source <> '{BY_HAND}') FROM calls AS c {condition}", values).fetchone()
    if logged is None:
        return 0
    _remember(connection, condition, values)
    connection.execute(f"DELETE FROM past_results WHERE call IN (SELECT c.id FROM calls AS c {condition})", values)
    removed = connection.execute(f"DELETE FROM calls AS c {condition}", values).rowcount
    connection.execute("DELETE FROM bases WHERE id NOT IN (SELECT basis_id FROM calls UNION SELECT basis_id FROM past_results)")
    if logged:
        connection.execute("DELETE FROM imports")
    return removed


def _remember(connection: sqlite3.Connection, condition: str, values: dict[str, Any]) -> None:
    salt = _salt(connection) or _new_salt(connection)
    calls = connection.execute(f"{IDENTITIES} {condition}", values)
    hashes = ((_hash(salt, identity),) for row in calls for identity in _identities(*row))
    connection.executemany("INSERT INTO forgotten (hash) VALUES (?) ON CONFLICT DO NOTHING", hashes)


def _identities(provider: str, call_id: str, source: str, request: str | None, *what: Any) -> Iterator[tuple[Any, ...]]:
    """Every way in which the call may come again."""
    yield _call(provider, call_id)
    if source != BY_HAND:
        yield _logged(source, call_id, request)
        yield _id(source, call_id)
        yield _twin(source, *what)
        if request:
            yield _id(source, request)


def _call(provider: str, call_id: str) -> tuple[Any, ...]:
    return "call", provider, call_id


def _logged(source: str, id: str, request: str | None) -> tuple[Any, ...]:
    return "logged", source, id, request


def _id(source: str, id: str) -> tuple[Any, ...]:
    return "id", source, id


def _twin(source: str, *what: Any) -> tuple[Any, ...]:
    return "twin", source, *what


def _hash(salt: bytes, identity: tuple[Any, ...]) -> bytes:
    """JSON keeps the parts apart, whatever they hold."""
    return sha256(salt + json.dumps(identity).encode()).digest()[:HASH_BYTES]


def _salt(connection: sqlite3.Connection) -> bytes | None:
    """None while nothing was forgotten."""
    row = connection.execute("SELECT salt FROM forgotten_salt").fetchone()
    return row[0] if row else None


def _new_salt(connection: sqlite3.Connection) -> bytes:
    """One for each store: the same id has another hash elsewhere."""
    salt = os.urandom(SALT_BYTES)
    connection.execute("INSERT INTO forgotten_salt (salt) VALUES (?)", (salt,))
    return salt
