"""Writing calls, many in one statement, and reading single ones back."""

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from ecocli.core.footprint import Basis
from ecocli.core.signals import TELEMETRY_FORMAT
from ecocli.store import rows
from ecocli.store.bulk import Rows, SharedValues
from ecocli.store.columns import CALL_COLUMNS, RESULT_COLUMNS, SELECTED, WITH_KEY
from ecocli.store.rows import BASIS, Result, Row, StoredCall
from ecocli.util.valueclass import value_class

_KEPT = ("provider", "call_id", "key_id", "started_at_ms", "recorded_at_ms")
"""A larger snapshot of a call replaces everything but these: it is the same call, first seen then, by that key."""


def assignments(columns: Sequence[str]) -> str:
    return ", ".join(f"{column} = ?" for column in columns)


def marks(count: int) -> str:
    return ", ".join("?" * count)


_REPLACED = tuple(column for column in CALL_COLUMNS if column not in _KEPT)
_IDENTITY = itemgetter(*map(CALL_COLUMNS.index, ("call_id", "provider")))
_COUNTED = itemgetter(*map(CALL_COLUMNS.index, ("input_tokens", "output_tokens", "started_at_ms")))
_NEWER = itemgetter(*map(CALL_COLUMNS.index, _REPLACED))
FORMAT = CALL_COLUMNS.index("format")
"""Parts of a `call_row`."""
RESULTS = ", ".join(RESULT_COLUMNS)

SHARED_TABLE = f"CREATE TEMP TABLE IF NOT EXISTS shared_values (id INTEGER PRIMARY KEY, {', '.join(CALL_COLUMNS)})"
EMPTY_SHARED_TABLE = "DELETE FROM temp.shared_values"
MOST_SHARED = 4096
"""Names of chance must not fill the memory."""
LAST = "SELECT coalesce(max(id), 0) FROM calls"
SINCE = "SELECT id FROM calls WHERE id > ?"
IS_CORRECTED = "EXISTS (SELECT 1 FROM withdrawn_calls AS w WHERE w.call_id = c.call_id AND w.provider = c.provider AND w.kind = 'replaced')"
MOST = 2**63 - 1
TOKENS = f"CASE WHEN {IS_CORRECTED} THEN {MOST} ELSE c.input_tokens + c.output_tokens END"
"""How large a snapshot of `calls AS c` is; nothing is larger than one that its caller put in the place of another."""
FIRST = f"SELECT c.id, {TOKENS}, c.started_at_ms FROM calls AS c WHERE c.call_id = ? AND c.provider = ?"
REPLACE = f"UPDATE calls SET {assignments(_REPLACED)} WHERE id = ?"
SELECT = f"SELECT {SELECTED} FROM calls AS c {WITH_KEY}"
KEEP_RESULT = f"INSERT INTO past_results (call, {RESULTS}) SELECT id, {RESULTS} FROM calls WHERE id = ?"
ADD_PAST = f"INSERT INTO past_results (call, {RESULTS}) VALUES ({marks(1 + len(RESULT_COLUMNS))})"
DROP_PAST = "DELETE FROM past_results WHERE call = ?"
"""Of a call that goes, or has other counts than they were computed from."""
NEW_RESULT = f"UPDATE calls SET {assignments(RESULT_COLUMNS)} WHERE id = ?"
CURRENT = f"SELECT {RESULTS} FROM calls WHERE id = ?"
PAST = f"SELECT {RESULTS} FROM past_results WHERE call = ? ORDER BY id"


@value_class(frozen=True, slots=True)
class Outcome:
    """The outcome of storing one call."""

    row_id: int | None
    """None when it is not stored."""
    duplicate: bool = False
    """It was there before."""
    replaced: bool = False
    """It was there before as a smaller snapshot, which this one took the place of."""
    forgotten: bool = False
    """It was removed for good, or undone, and stays away."""
    voided: bool = False
    """It was undone."""
    matched: bool = False
    """Another signal had told of it."""
    renamed: bool = False
    """It is stored under the id of the call whose place it took."""


class Outcomes:
    """
    The outcome of each of some calls: nearly all are new, and only the others are kept one by one.

    Args:
        row_ids: Of those that are new; any number at the place of another one.
        met: Of each call that is not new, by its place.
    """

    def __init__(self, row_ids: Sequence[int], met: Mapping[int, Outcome]) -> None:
        self._row_ids, self.met = row_ids, met

    def __len__(self) -> int:
        return len(self._row_ids)

    def __getitem__(self, at: int) -> Outcome:
        return self.met.get(at) or Outcome(self._row_ids[at])

    def __iter__(self) -> Iterator[Outcome]:
        return map(self.__getitem__, range(len(self)))

    def named(self, given: Sequence[str], stored: Sequence[str]) -> "Outcomes":
        """With a word for those that are stored under another id than they were given."""
        others = {at: replace(self[at], renamed=True) for at in range(len(self)) if given[at] != stored[at]}
        return Outcomes(self._row_ids, {**self.met, **others})

    def among(self, places: Sequence[int], others: Mapping[int, Outcome]) -> "Outcomes":
        """These at some places, and others at the rest."""
        row_ids = [0] * (len(places) + len(others))
        for place, row_id in zip(places, self._row_ids, strict=True):
            row_ids[place] = row_id
        return Outcomes(row_ids, {**others, **{places[at]: outcome for at, outcome in self.met.items()}})


class SharedTable:
    """
    Values that many calls share, in a temporary table: an INSERT takes them from there, and is handed the rest only.

    Kept for one transaction.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._ids: dict[tuple[tuple[str, ...], SharedValues], int] = {}

    def ids(self, names: tuple[str, ...], groups: Sequence[SharedValues], basis_ids: Mapping[str, int]) -> list[int]:
        """Where the values of each group stand, which are those of the columns `names`."""
        if not self._ids or len(self._ids) > MOST_SHARED:
            self._connection.execute(SHARED_TABLE)
            self._connection.execute(EMPTY_SHARED_TABLE)
            self._ids.clear()
        return [self._ids.get((names, group)) or self._add(names, group, basis_ids) for group in groups]

    def _add(self, names: tuple[str, ...], group: SharedValues, basis_ids: Mapping[str, int]) -> int:
        values = [basis_ids[value] if name == "basis_id" else value for name, value in zip(names, group, strict=True)]
        row_id = self._ids[names, group] = len(self._ids) + 1
        sql = f"INSERT INTO temp.shared_values (id, {', '.join(names)}) VALUES ({marks(1 + len(names))})"
        self._connection.execute(sql, (row_id, *values))
        return row_id


class Into(NamedTuple):
    """Where rows are stored, and what is done where they meet others."""

    connection: sqlite3.Connection
    basis_ids: Mapping[str, int]
    """By digest, of the bases that the rows name."""
    shared: SharedTable
    replace_smaller: bool
    """A snapshot that counts more tokens takes the place of a stored one."""
    meet_telemetry: Callable[["Into", int, Row], Outcome | None]
    """For telemetry whose id is stored, with the row that has it; None where it is a call like any other."""


def add(into: Into, new: Rows, run_ids: Sequence[int]) -> Outcomes:
    """
    Insert rows; only where a call is there already, look at the one that is.

    The rows bring their ids, so that one look afterwards finds those of them that were not inserted.
    """
    connection, basis_ids = into.connection, into.basis_ids
    last: int = connection.execute(LAST).fetchone()[0]
    row_ids = range(last + 1, last + 1 + len(new))
    columns = [[basis_ids[digest] for digest in column] if name == "basis_id" else column for name, column in zip(new.names, new.columns, strict=True)]
    if new.shared_names:
        ids = into.shared.ids(new.shared_names, new.groups, basis_ids)
        columns.insert(0, [ids[number] for number in new.group_of])
    sql = _insert(new.names, new.shared_names)
    if connection.executemany(sql, zip(*columns, row_ids, run_ids, strict=True)).rowcount == len(new):
        return Outcomes(row_ids, {})
    inserted = {row_id - last - 1 for (row_id,) in connection.execute(SINCE, (last,))}
    known = [at for at in range(len(new)) if at not in inserted]
    again = (_meet_again(into, row) for row in new.chosen(known))
    return Outcomes(row_ids, dict(zip(known, again, strict=True)))


@lru_cache
def _insert(own: tuple[str, ...], shared: tuple[str, ...]) -> str:
    """
    For the place of a call's shared values, where it has some, the columns that it has of its own, its id, and its run.

    A row that breaks a rule undoes the transaction, as the error would. To undo that row alone SQLite would first copy
    all pages that each row changes.
    """
    columns = ", ".join((*shared, *own, "id", "run_id"))
    source = f"SELECT {', '.join(shared)}, {_numbered(len(own) + 2)} FROM temp.shared_values WHERE id = ?1" if shared else f"VALUES ({marks(len(own) + 2)})"
    return f"INSERT OR ROLLBACK INTO calls ({columns}) {source} ON CONFLICT (call_id, provider) DO NOTHING"


def _numbered(count: int) -> str:
    """Question marks for all parameters but the first."""
    return ", ".join(f"?{at}" for at in range(2, 2 + count))


def _meet_again(into: Into, row: Row) -> Outcome:
    connection = into.connection
    row_id, tokens, started_at_ms = connection.execute(FIRST, _IDENTITY(row)).fetchone()
    if row[FORMAT] == TELEMETRY_FORMAT and (met := into.meet_telemetry(into, row_id, row)):
        return met
    if not into.replace_smaller:
        return Outcome(row_id, duplicate=True)
    input_tokens, output_tokens, new_start_ms = _COUNTED(row)
    if new_start_ms < started_at_ms and tokens < MOST:  # whichever snapshot comes first, the result is the same
        connection.execute("UPDATE calls SET started_at_ms = ? WHERE id = ?", (new_start_ms, row_id))
    larger = input_tokens + output_tokens > tokens
    if larger:
        row[BASIS] = into.basis_ids[row[BASIS]]
        connection.execute(DROP_PAST, (row_id,))
        put(connection, row_id, row)
    return Outcome(row_id, duplicate=True, replaced=larger)


def put(connection: sqlite3.Connection, row_id: int, row: Row) -> None:
    """Put another snapshot in the place of a stored one, its basis stored; it is the call that it was."""
    connection.execute(REPLACE, (*_NEWER(row), row_id))


def supersede(connection: sqlite3.Connection, row_id: int, result: Row) -> None:
    """Keep the current result as a past one and put another in its place, in the order of RESULT_COLUMNS."""
    connection.execute(KEEP_RESULT, (row_id,))
    connection.execute(NEW_RESULT, (*result, row_id))


def call(connection: sqlite3.Connection, row_id: int) -> StoredCall | None:
    row = connection.execute(f"{SELECT} WHERE c.id = ?", (row_id,)).fetchone()
    return rows.read_call(row) if row else None


def find(connection: sqlite3.Connection, call_id: str, provider: str | None) -> list[StoredCall]:
    """Two providers may have given the same id; without a provider both are found."""
    found = connection.execute(f"{SELECT} WHERE c.call_id = ? AND (? IS NULL OR c.provider = ?) ORDER BY c.id", (call_id, provider, provider))
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
