"""Writing calls, many in one statement, and reading single ones back."""

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from ecocli.core.footprint import Basis
from ecocli.store import rows
from ecocli.store.bulk import Kind, Rows
from ecocli.store.rows import Result, Row, StoredCall
from ecocli.util.valueclass import value_class

_KEPT = ("provider", "call_id", "key_id", "started_at_ms", "recorded_at_ms")
"""A larger snapshot of a call replaces everything but these: it is the same call, first seen then, by that key."""


def _assignments(columns: tuple[str, ...]) -> str:
    return ", ".join(f"{column} = ?" for column in columns)


_AT = {column: at for at, column in enumerate(rows.CALL_COLUMNS)}
_REPLACED = tuple(column for column in rows.CALL_COLUMNS if column not in _KEPT)
BASIS, PROVIDER, CALL_ID = _AT["basis_id"], _AT["provider"], _AT["call_id"]
"""Where they stand in a row."""
_RESULTS = ", ".join(rows.RESULT_COLUMNS)

_UNLESS_THERE = "ON CONFLICT (call_id, provider) DO NOTHING"
INSERT = (
    f"INSERT INTO calls ({', '.join(rows.CALL_COLUMNS)}, id) VALUES ({', '.join('?' * (1 + len(rows.CALL_COLUMNS)))}) {_UNLESS_THERE}"
)
KINDS = f"CREATE TEMP TABLE IF NOT EXISTS call_kinds (id INTEGER PRIMARY KEY, {', '.join(rows.CALL_COLUMNS)})"
NO_KINDS = "DELETE FROM temp.call_kinds"
MOST_KINDS = 4096
"""Names of chance must not fill the memory."""
LAST = "SELECT coalesce(max(id), 0) FROM calls"
SINCE = "SELECT id FROM calls WHERE id > ?"
FIRST = "SELECT id, input_tokens + output_tokens, started_at_ms FROM calls WHERE call_id = ? AND provider = ?"
REPLACE = f"UPDATE calls SET {_assignments(_REPLACED)} WHERE id = ?"
COLUMNS = f"c.id, {', '.join(f'c.{column}' for column in rows.CALL_COLUMNS)}, k.name, k.last4"
WITH_KEY = "LEFT JOIN keys AS k ON k.id = c.key_id"
SELECT = f"SELECT {COLUMNS} FROM calls AS c {WITH_KEY}"
KEEP_RESULT = f"INSERT INTO past_results (call, {_RESULTS}) SELECT id, {_RESULTS} FROM calls WHERE id = ?"
NEW_RESULT = f"UPDATE calls SET {_assignments(rows.RESULT_COLUMNS)} WHERE id = ?"
PAST = f"SELECT {_RESULTS} FROM past_results WHERE call = ? ORDER BY id"


@value_class(frozen=True, slots=True)
class Outcome:
    """What became of one call."""

    row_id: int | None
    """None when it is not stored."""
    duplicate: bool = False
    """It was there before."""
    replaced: bool = False
    """It was there before as a smaller snapshot, which this one took the place of."""
    forgotten: bool = False
    """It was removed for good, and stays away."""


class Outcomes:
    """
    What became of each of some calls: nearly all are new, and only the others are kept one by one.

    Args:
        row_ids: Of those that are new; any number at the place of another one.
        met: What became of each call that is not new, by its place.
    """

    def __init__(self, row_ids: Sequence[int], met: Mapping[int, Outcome]) -> None:
        self._row_ids, self.met = row_ids, met

    def __len__(self) -> int:
        return len(self._row_ids)

    def __getitem__(self, at: int) -> Outcome:
        return self.met.get(at) or Outcome(self._row_ids[at])

    def __iter__(self) -> Iterator[Outcome]:
        return map(self.__getitem__, range(len(self)))

    def among(self, places: Sequence[int], others: Mapping[int, Outcome]) -> "Outcomes":
        """The same where they stand at these places, and others at the rest."""
        row_ids = [0] * (len(places) + len(others))
        for place, row_id in zip(places, self._row_ids, strict=True):
            row_ids[place] = row_id
        return Outcomes(row_ids, {**others, **{places[at]: outcome for at, outcome in self.met.items()}})


class Kinds:
    """
    What many calls share, where SQLite finds it: whoever inserts a call has to hand over the rest only.

    Kept for one transaction.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._ids: dict[tuple[tuple[str, ...], Kind], int] = {}

    def ids(self, shared: tuple[str, ...], kinds: Sequence[Kind], basis_ids: Mapping[str, int]) -> list[int]:
        """Where each of the kinds stands, whose values are those of the columns `shared`."""
        if not self._ids or len(self._ids) > MOST_KINDS:
            self._connection.execute(KINDS)
            self._connection.execute(NO_KINDS)
            self._ids.clear()
        return [self._ids.get((shared, kind)) or self._add(shared, kind, basis_ids) for kind in kinds]

    def _add(self, shared: tuple[str, ...], kind: Kind, basis_ids: Mapping[str, int]) -> int:
        values = [basis_ids[value] if name == "basis_id" else value for name, value in zip(shared, kind, strict=True)]
        row_id = self._ids[shared, kind] = len(self._ids) + 1
        sql = f"INSERT INTO temp.call_kinds (id, {', '.join(shared)}) VALUES ({', '.join('?' * (1 + len(shared)))})"
        self._connection.execute(sql, (row_id, *values))
        return row_id


def add(connection: sqlite3.Connection, new: Rows, basis_ids: Mapping[str, int], kinds: Kinds, replace_smaller: bool) -> Outcomes:
    """
    Insert rows; only where a call is there already, look at the one that is.

    The rows bring their ids, so that one look afterwards tells which of them were not inserted.
    """
    last: int = connection.execute(LAST).fetchone()[0]
    row_ids = range(last + 1, last + 1 + len(new))
    columns = [[basis_ids[digest] for digest in column] if name == "basis_id" else column for name, column in zip(new.names, new.columns, strict=True)]
    if new.shared:
        known = kinds.ids(new.shared, new.kinds, basis_ids)
        sql, values = _insert(new.names, new.shared), zip([known[number] for number in new.kind_of], *columns, row_ids, strict=True)
    else:
        sql, values = INSERT, zip(*columns, row_ids, strict=True)
    if connection.executemany(sql, values).rowcount == len(new):
        return Outcomes(row_ids, {})
    inserted = {row_id - last - 1 for (row_id,) in connection.execute(SINCE, (last,))}
    known = [at for at in range(len(new)) if at not in inserted]
    again = (_meet_again(connection, row, basis_ids, replace_smaller) for row in new.chosen(known))
    return Outcomes(row_ids, dict(zip(known, again, strict=True)))


@lru_cache
def _insert(own: tuple[str, ...], shared: tuple[str, ...]) -> str:
    """
    For the id of a call's kind, the columns that it has of its own, and its id.

    A row that breaks a rule undoes the transaction, as the error would. To undo that row alone SQLite would first copy
    all pages that each row changes.
    """
    marks = ", ".join(f"?{at}" for at in range(2, 3 + len(own)))
    return (
        f"INSERT OR ROLLBACK INTO calls ({', '.join(shared)}, {', '.join(own)}, id) "
        f"SELECT {', '.join(shared)}, {marks} FROM temp.call_kinds WHERE id = ?1 {_UNLESS_THERE}"
    )


def _meet_again(connection: sqlite3.Connection, row: Row, basis_ids: Mapping[str, int], replace_smaller: bool) -> Outcome:
    row_id, tokens, started_at_ms = connection.execute(FIRST, (row[CALL_ID], row[PROVIDER])).fetchone()
    if not replace_smaller:
        return Outcome(row_id, duplicate=True)
    new_start = row[_AT["started_at_ms"]]
    if new_start < started_at_ms:  # whichever snapshot comes first, the result is the same
        connection.execute("UPDATE calls SET started_at_ms = ? WHERE id = ?", (new_start, row_id))
    larger = row[_AT["input_tokens"]] + row[_AT["output_tokens"]] > tokens
    if larger:
        row[BASIS] = basis_ids[row[BASIS]]
        connection.execute(REPLACE, (*(row[_AT[column]] for column in _REPLACED), row_id))
        # they were computed from token counts that the call no longer has
        connection.execute("DELETE FROM past_results WHERE call = ?", (row_id,))
    return Outcome(row_id, duplicate=True, replaced=larger)


def supersede(connection: sqlite3.Connection, row_id: int, values: tuple[Any, ...]) -> None:
    """Keep the current result as a past one and put `values`, in the order of RESULT_COLUMNS, in its place."""
    connection.execute(KEEP_RESULT, (row_id,))
    connection.execute(NEW_RESULT, (*values, row_id))


def call(connection: sqlite3.Connection, row_id: int) -> StoredCall | None:
    row = connection.execute(f"{SELECT} WHERE c.id = ?", (row_id,)).fetchone()
    return rows.read_call(row) if row else None


def find(connection: sqlite3.Connection, call_id: str, provider: str | None) -> list[StoredCall]:
    """Two providers may have given the same id; without a provider both are found."""
    found = connection.execute(
        f"{SELECT} WHERE c.call_id = ? AND (? IS NULL OR c.provider = ?) ORDER BY c.id", (call_id, provider, provider)
    )
    return [rows.read_call(row) for row in found]


def past_results(connection: sqlite3.Connection, row_id: int) -> list[Result]:
    """Oldest first."""
    return [rows.read_result(row) for row in connection.execute(PAST, (row_id,))]


def add_basis(connection: sqlite3.Connection, digest: str, content: str) -> int:
    """The id of a basis, stored if it is new; `content` is its JSON."""
    sql = "INSERT INTO bases (digest, content) VALUES (?, ?) ON CONFLICT (digest) DO NOTHING"
    connection.execute(sql, (digest, content))
    row_id: int = connection.execute("SELECT id FROM bases WHERE digest = ?", (digest,)).fetchone()[0]
    return row_id


def basis(connection: sqlite3.Connection, basis_id: int) -> Basis | None:
    found = connection.execute("SELECT digest, content FROM bases WHERE id = ?", (basis_id,)).fetchone()
    if found is None:
        return None
    digest, content = found
    return Basis(json.loads(content), digest)
