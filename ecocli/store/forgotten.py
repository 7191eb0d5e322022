"""Calls removed for good. Salted hashes of their ids stay, so that the same call is not stored again."""

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain, starmap
from typing import Any, NamedTuple

from ecocli.core.signals import LONGEST_MS, RANKED, SOURCES, TOLERANCE_MS, signal_of
from ecocli.core.usage import API, MANUAL
from ecocli.store.bulk import Rows
from ecocli.store.history import ANY, Filters, where
from ecocli.util.digests import sha256

SALT_BYTES, HASH_BYTES = 16, 16
BY_HAND = (API, MANUAL)
"""Sources of calls that came from no log, so that none brings them again."""

IDENTITIES = (
    "SELECT c.provider, c.call_id, c.source, json_extract(c.tags, '$.request'), "
    "c.started_at_ms, c.model, c.input_tokens, c.output_tokens, c.cached_tokens"
)
REPORTS = "SELECT r.report_provider, r.report_id FROM reports AS r JOIN"
"""Other ids under which calls came."""
SIGHTINGS = (
    "SELECT c.format, c.tags, (SELECT json_group_array(r.signal) FROM reports AS r WHERE r.call_id = c.call_id AND r.provider = c.provider), "
    "c.source, json_extract(c.tags, '$.session'), coalesce(c.model_id, c.model), c.input_tokens, c.output_tokens, c.started_at_ms, coalesce(c.ended_at_ms, c.started_at_ms)"
)
SPELL_MS = 10_000
"""Hashes say no time more exactly."""
VOIDED = "SELECT 1 FROM withdrawn_calls WHERE call_id = ? AND provider = ? AND kind = 'voided' AND lifted_at_ms IS NULL"
WITH_BASES = ("calls", "past_results", "withdrawn_calls", "withdrawn_results")
MONTH = "strftime('%Y-%m', c.started_at_ms / 1000, 'unixepoch')"
ONE_MORE = "ON CONFLICT (month) DO UPDATE SET calls = calls + excluded.calls"
COUNT_ONE_LESS = "UPDATE forgotten_months SET calls = max(0, calls - 1) WHERE month = strftime('%Y-%m', ? / 1000, 'unixepoch')"


class Sighting(NamedTuple):
    """What another report of a call has in common with it, see matching.py."""

    source: str
    session: str | None
    model: str | None
    input_tokens: int
    output_tokens: int
    start_ms: int
    end_ms: int


class Forgotten:
    """Hashes of the calls that a store has forgotten, as of one transaction; false where there are none, so that asking costs nothing."""

    def __init__(self, connection: sqlite3.Connection, ignored: bool = False) -> None:
        self._connection = connection
        self._salt = None if ignored else _salt(connection)
        self.is_ignored = ignored
        """What was removed or undone may be stored once more."""

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

    def has_sighting(self, one: Sighting, signal: str) -> bool:
        """True where a call is among them that a report in this signal may be of, and that was not told of in it."""
        return any(map(self._has, _sighted(one._replace(start_ms=one.start_ms - TOLERANCE_MS, end_ms=one.end_ms + TOLERANCE_MS), signal)))

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
    Remove calls, those of the trail too, with all that only they needed, and keep their hashes; how many they were. Inside a transaction.

    When one came from a log, how far logs were read goes too, for it names folders and sessions: all of them are
    read once more, and what is known or forgotten is passed over.
    """
    condition, values = where(connection, filters)
    removed = _remove(connection, "calls", "past_results", condition, values) + _remove(connection, "withdrawn_calls", "withdrawn_results", condition, values)
    if removed:
        connection.execute(f"DELETE FROM bases WHERE id NOT IN ({' UNION '.join(f'SELECT basis_id FROM {table}' for table in WITH_BASES)})")
        connection.execute("DELETE FROM runs WHERE id NOT IN (SELECT run_id FROM calls WHERE run_id UNION SELECT run_id FROM withdrawn_calls WHERE run_id)")
    return removed


def _remove(connection: sqlite3.Connection, table: str, results: str, condition: str, values: Mapping[str, Any]) -> int:
    logged, *_ = connection.execute(f"SELECT sum(c.source NOT IN {BY_HAND}) FROM {table} AS c {condition}", values).fetchone()
    if logged:
        connection.execute("DELETE FROM imports")
    remember(connection, condition, values, table)
    _remember_sightings(connection, condition, values, table)
    chosen = condition or "WHERE true"  # without a condition SQLite takes ON for a join's
    connection.execute(f"INSERT INTO forgotten_months (month, calls) SELECT {MONTH}, count(*) FROM {table} AS c {chosen} GROUP BY 1 {ONE_MORE}", values)
    connection.execute(f"DELETE FROM reports WHERE (call_id, provider) IN (SELECT c.call_id, c.provider FROM {table} AS c {condition})", values)
    connection.execute(f"DELETE FROM {results} WHERE call IN (SELECT c.id FROM {table} AS c {condition})", values)
    return connection.execute(f"DELETE FROM {table} AS c {condition}", values).rowcount


def remember(connection: sqlite3.Connection, condition: str, values: Mapping[str, Any], table: str = "calls") -> None:
    """Keep the hashes of calls, so that they stay away."""
    calls = connection.execute(f"{IDENTITIES} FROM {table} AS c {condition}", values)
    if (first := calls.fetchone()) is None:
        return
    reports = connection.execute(f"{REPORTS} {table} AS c USING (call_id, provider) {condition}", values)
    keep_away(connection, chain((one for row in chain([first], calls) for one in identities(*row)), starmap(_call, reports)))


def _remember_sightings(connection: sqlite3.Connection, condition: str, values: Mapping[str, Any], table: str) -> None:
    """Keep the hashes of what other signals may yet tell of calls: the trail knows it of those that were undone, and nothing else does of these."""
    chosen = f"{condition} AND" if condition else "WHERE"
    found = connection.execute(f"{SIGHTINGS} FROM {table} AS c {chosen} NOT c.is_estimated", values)
    if _salt(connection) is not None:  # there are some
        keep_away(connection, chain.from_iterable(map(_unseen, found)))


def keep_away(connection: sqlite3.Connection, names: Iterable[tuple[Any, ...]]) -> None:
    """Keep hashes of what stays away."""
    salt = _salt(connection) or _new_salt(connection)
    connection.executemany("INSERT INTO forgotten (hash) VALUES (?) ON CONFLICT DO NOTHING", ((_hash(salt, one),) for one in names))


def let_in(connection: sqlite3.Connection, new: Rows) -> None:
    """Drop the hashes of calls, so that they may be stored once more."""
    salt = _salt(connection)
    if salt is None:
        return
    names = ("provider", "call_id", "source", "tags", "started_at_ms", "model", "input_tokens", "output_tokens", "cached_tokens")
    for provider, call_id, source, tags, *what in zip(*map(new.column, names), strict=True):
        known = identities(provider, call_id, source, json.loads(tags).get("request"), *what)
        hashes = [(_hash(salt, identity),) for identity in known]
        was_kept_away = connection.execute("DELETE FROM forgotten WHERE hash = ?", hashes[0]).rowcount
        connection.executemany("DELETE FROM forgotten WHERE hash = ?", hashes[1:])
        if was_kept_away and not connection.execute(VOIDED, (call_id, provider)).fetchone():
            connection.execute(COUNT_ONE_LESS, (what[0],))


def by_month(connection: sqlite3.Connection, filters: Filters) -> dict[str, int] | None:
    """How many calls of each month were removed; None where filters ask for more than a time."""
    if replace(filters, start_ms=None, end_ms=None) != ANY:
        return None
    sql = (
        "SELECT month, calls FROM forgotten_months WHERE calls AND (?1 IS NULL OR month >= strftime('%Y-%m', ?1 / 1000, 'unixepoch')) "
        "AND (?2 IS NULL OR month <= strftime('%Y-%m', (?2 - 1) / 1000, 'unixepoch'))"
    )
    return dict(connection.execute(sql, (filters.start_ms, filters.end_ms)))


def identities(provider: str, call_id: str, source: str, request: str | None, *what: Any) -> Iterator[tuple[Any, ...]]:
    """Every way in which the call may come again."""
    yield _call(provider, call_id)
    if source not in BY_HAND:
        yield _logged(source, call_id, request)
        yield _id(source, call_id)
        yield _twin(source, *what)
        if request:
            yield _id(source, request)


def _unseen(row: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    """Of SIGHTINGS: each signal that has not told of a call, and the times at which it may."""
    format, tags, signals, *rest = row
    one = Sighting(*rest)
    own = signal_of(format, json.loads(tags))
    if own is not None and one.source in SOURCES and one.session is not None:
        for signal in set(RANKED).difference([own, *json.loads(signals)]):
            yield from _sighted(one, signal)


def _sighted(one: Sighting, signal: str) -> Iterator[tuple[Any, ...]]:
    for spell in range(max(one.start_ms, one.end_ms - LONGEST_MS) // SPELL_MS, one.end_ms // SPELL_MS + 1):
        yield "sighted", signal, *one[:-2], spell


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
