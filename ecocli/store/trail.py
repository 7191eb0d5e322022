"""The audit trail: calls that were undone, or replaced under their own id. They count nowhere, and can still be explained."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ecocli.errors import NotPermitted, quoted
from ecocli.store import forgotten, rows
from ecocli.store.bulk import Rows
from ecocli.store.calls import PAST, RESULTS, marks
from ecocli.store.columns import CALL_COLUMNS, SELECTED, WITH_KEY
from ecocli.store.history import ANY, Filters, where
from ecocli.store.rows import Result, Row, StoredCall
from ecocli.util.valueclass import value_class

if TYPE_CHECKING:
    from ecocli.store import Store

VOIDED, REPLACED = "voided", "replaced"
KINDS = (VOIDED, REPLACED)
TABLE, RESULT_TABLE = "withdrawn_calls", "withdrawn_results"
COPIED = ", ".join(("run_id", *CALL_COLUMNS))
WITHDRAW = f"INSERT INTO {TABLE} (kind, withdrawn_at_ms, {COPIED}) SELECT :kind, :at_ms, {COPIED} FROM calls AS c"
KEEP_RESULTS = (
    f"INSERT INTO {RESULT_TABLE} (call, {RESULTS}) SELECT w.id, {', '.join(f'p.{name}' for name in RESULTS.split(', '))} FROM past_results AS p "
    f"JOIN calls AS c ON c.id = p.call JOIN {TABLE} AS w ON w.call_id = c.call_id AND w.provider = c.provider AND w.id > :last"
)
ADD = f"INSERT INTO {TABLE} (kind, withdrawn_at_ms, lifted_at_ms, {', '.join(CALL_COLUMNS)}) VALUES ({marks(3 + len(CALL_COLUMNS))}) RETURNING id"
ADD_RESULT = f"INSERT INTO {RESULT_TABLE} (call, {RESULTS}) VALUES ({marks(1 + len(RESULTS.split(', ')))})"
SELECT = f"SELECT c.kind, c.withdrawn_at_ms, c.lifted_at_ms, {SELECTED} FROM {TABLE} AS c {WITH_KEY}"
LIFT = f"UPDATE {TABLE} SET lifted_at_ms = ? WHERE call_id = ? AND provider = ? AND kind = '{VOIDED}' AND lifted_at_ms IS NULL"
SAME = f"SELECT id, lifted_at_ms FROM {TABLE} WHERE call_id = ? AND provider = ? AND kind = ? AND withdrawn_at_ms = ?"
BY_MONTH = (
    f"SELECT strftime('%Y-%m', c.started_at_ms / 1000, 'unixepoch'), sum(c.kind = '{VOIDED}'), sum(c.kind = '{REPLACED}') FROM {TABLE} AS c"
)
LAST_RUN = (
    "SELECT r.id, r.began_at_ms FROM runs AS r WHERE r.id = (SELECT max(c.run_id) FROM calls AS c CROSS JOIN runs AS own ON own.id = c.run_id WHERE own.key_id IS ?)"
)
RUN = "SELECT count(*), json_group_array(DISTINCT coalesce(c.model, c.model_id, c.provider_name)) FROM calls AS c WHERE c.run_id = ?"
WITH_ID = "SELECT c.id, c.provider, c.key_id, c.run_id FROM calls AS c WHERE c.call_id = ? ORDER BY c.id"
KNOWN_AS = "SELECT DISTINCT call_id, provider FROM reports WHERE report_id = ? AND (report_provider = ? OR ?)"


@value_class(frozen=True, slots=True)
class Withdrawal:
    """Why a call counts nowhere, and since when. [ms since 1970, UTC]"""

    kind: str
    """One of KINDS."""
    at_ms: int
    lifted_at_ms: int | None = None
    """When its caller recorded it once more after all."""


@value_class(frozen=True, slots=True)
class Withdrawn:
    """A call of the trail, with the results that it had."""

    call: StoredCall
    """Its `row_id` is that of the trail."""
    past: tuple[Result, ...]
    withdrawal: Withdrawal


def withdraw(connection: sqlite3.Connection, withdrawal: Withdrawal, condition: str, values: Mapping[str, Any]) -> int:
    """Move calls into the trail: how many they were. Those that are voided are kept away from now on, however they come again."""
    if withdrawal.kind == VOIDED:
        forgotten.remember(connection, condition, values)
    last: int = connection.execute(f"SELECT coalesce(max(id), 0) FROM {TABLE}").fetchone()[0]
    given = {**values, "kind": withdrawal.kind, "at_ms": withdrawal.at_ms, "last": last}
    moved = connection.execute(f"{WITHDRAW} {condition} ORDER BY c.id", given).rowcount
    connection.execute(f"{KEEP_RESULTS} {condition} ORDER BY p.id", given)
    connection.execute(f"DELETE FROM past_results WHERE call IN (SELECT c.id FROM calls AS c {condition})", values)
    connection.execute(f"DELETE FROM calls AS c {condition}", values)
    return moved


def add(connection: sqlite3.Connection, withdrawal: Withdrawal, call: Row, past: Iterable[Row]) -> None:
    """A call of another store's trail; rows as `rows.call_row` and `rows.result_row` make them, their bases stored."""
    (row_id,) = connection.execute(ADD, (withdrawal.kind, withdrawal.at_ms, withdrawal.lifted_at_ms, *call)).fetchone()
    connection.executemany(ADD_RESULT, [(row_id, *result) for result in past])
    if withdrawal.kind == VOIDED and withdrawal.lifted_at_ms is None:
        forgotten.remember(connection, "WHERE c.id = :id", {"id": row_id}, TABLE)


def same(connection: sqlite3.Connection, call_id: str, provider: str, withdrawal: Withdrawal) -> Withdrawal | None:
    """This store's own entry of a withdrawal."""
    found = connection.execute(SAME, (call_id, provider, withdrawal.kind, withdrawal.at_ms)).fetchone()
    return Withdrawal(withdrawal.kind, withdrawal.at_ms, found[1]) if found else None


def is_voided(connection: sqlite3.Connection, call_id: str, provider: str) -> bool:
    """True for a call that was undone, and not recorded once more."""
    return connection.execute(forgotten.VOIDED, (call_id, provider)).fetchone() is not None


def lift(connection: sqlite3.Connection, new: Rows, at_ms: int) -> None:
    """Let calls that were undone or forgotten be stored once more."""
    forgotten.let_in(connection, new)
    identities = zip(new.column("call_id"), new.column("provider"), strict=True)
    connection.executemany(LIFT, [(at_ms, *identity) for identity in identities])


def replace(connection: sqlite3.Connection, new: Rows, run_id: int, key_id: int | None) -> Rows:
    """
    Make room for calls under ids that others have: the call of the same provider goes into the trail, or the only one with that id.

    Returns:
        The calls. One under the id of another signal's report has that of the call itself.

    Raises:
        NotPermitted: It was recorded by another key.
    """
    from ecocli.store import reports

    new = _under_own_ids(connection, new)
    for call_id, provider, at_ms in zip(*map(new.column, ("call_id", "provider", "recorded_at_ms")), strict=True):
        known = [row for row in connection.execute(WITH_ID, (call_id,)) if row[3] != run_id]
        of_it = [row for row in known if row[1] == provider] or (known if len(known) == 1 else [])
        for row_id, _, owner_id, _ in of_it:
            if key_id is not None and owner_id != key_id:
                raise NotPermitted(f"call {quoted(call_id)} was recorded by somebody else", code="other-key")
            reports.lead(connection, row_id, (call_id, provider), at_ms)
            withdraw(connection, Withdrawal(REPLACED, at_ms), "WHERE c.id = :id", {"id": row_id})
        if is_voided(connection, call_id, provider):
            lift(connection, _only(new, call_id, provider), at_ms)
    return new


def _under_own_ids(connection: sqlite3.Connection, new: Rows) -> Rows:
    ids = list(new.column("call_id"))
    for at, (call_id, provider) in enumerate(zip(ids, new.column("provider"), strict=True)):
        if connection.execute(WITH_ID, (call_id,)).fetchone() is None and (known_as := _known_as(connection, call_id, provider)):
            ids[at] = known_as
    return new if ids == list(new.column("call_id")) else new.under(ids)


def _known_as(connection: sqlite3.Connection, report_id: str, provider: str) -> str | None:
    """The id of the call that a report of this id was matched with: of the same provider, or the only one."""
    of_it = connection.execute(KNOWN_AS, (report_id, provider, False)).fetchall() or connection.execute(KNOWN_AS, (report_id, provider, True)).fetchall()
    return of_it[0][0] if len(of_it) == 1 else None


def _only(new: Rows, call_id: str, provider: str) -> Rows:
    identities = zip(new.column("call_id"), new.column("provider"), strict=True)
    return new.chosen([at for at, identity in enumerate(identities) if identity == (call_id, provider)])


@value_class(frozen=True, slots=True)
class MonthOfCorrections:
    """How many calls that began in a month count no more."""

    month: str
    """As "2026-11", in UTC."""
    voided: int = 0
    replaced: int = 0
    forgotten: int | None = 0
    """None where nothing is known of what was removed but its month, and other filters are given."""


@value_class(frozen=True, slots=True)
class Run:
    """The calls that one command added, as far as they still count."""

    id: int
    began_at_ms: int
    calls: int
    models: tuple[str, ...]
    """As history shows them, in no order; the provider where none is known."""


class Trail:
    """The trail of a store, and what leads to it."""

    def __init__(self, store: "Store") -> None:
        self._store, self._connection = store, store.connection

    def find(self, call_id: str, provider: str | None = None) -> list[Withdrawn]:
        """Every entry under this id, newest first."""
        condition = "WHERE c.call_id = ? AND (? IS NULL OR c.provider = ?) ORDER BY c.withdrawn_at_ms DESC, c.id DESC"
        with self._store.snapshot():
            return list(self._read(condition, (call_id, provider, provider)))

    def each(self, filters: Filters = ANY) -> Iterator[Withdrawn]:
        """All entries that the filters choose, oldest first."""
        with self._store.reading(filters):
            condition, values = where(self._connection, filters)
            yield from self._read(f"{condition} ORDER BY c.id", values)

    def count(self, filters: Filters) -> int:
        with self._store.reading(filters):
            condition, values = where(self._connection, filters)
            total: int = self._connection.execute(f"SELECT count(*) FROM {TABLE} AS c {condition}", values).fetchone()[0]
        return total

    def by_month(self, filters: Filters = ANY) -> list[MonthOfCorrections]:
        """Oldest first; a month without corrections is left out. An undone call that was recorded once more counts again, and is none."""
        with self._store.reading(filters):
            condition, values = where(self._connection, filters)
            chosen = condition or "WHERE true"
            rows = self._connection.execute(f"{BY_MONTH} {chosen} AND c.lifted_at_ms IS NULL GROUP BY 1", values)
            counts = {month: (voided, replaced) for month, voided, replaced in rows}
            gone = forgotten.by_month(self._connection, filters)
        months = sorted(counts.keys() | (gone or {}).keys())
        each = ((month, counts.get(month, (0, 0))) for month in months)
        return [MonthOfCorrections(month, voided, replaced, None if gone is None else gone.get(month, 0)) for month, (voided, replaced) in each]

    def last_run(self, key_id: int | None) -> Run | None:
        """The last command of a key, or of the owner, whose calls still count."""
        with self._store.snapshot():
            found = self._connection.execute(LAST_RUN, (key_id,)).fetchone()
            if found is None:
                return None
            calls, models = self._connection.execute(RUN, found[:1]).fetchone()
        run_id, began_at_ms = found
        return Run(run_id, began_at_ms, calls, tuple(json.loads(models)))

    def undo(self, run: Run, now_ms: int) -> int:
        """Void the calls of a run: how many they were."""
        condition = "WHERE c.run_id = (SELECT id FROM runs WHERE id = :run AND began_at_ms = :began_at_ms)"  # a backup may have been restored meanwhile
        values = {"run": run.id, "began_at_ms": run.began_at_ms}
        with self._store.transaction():
            return withdraw(self._connection, Withdrawal(VOIDED, now_ms), condition, values)

    def _read(self, condition: str, values: Any) -> Iterator[Withdrawn]:
        for kind, at_ms, lifted_at_ms, *columns in self._connection.execute(f"{SELECT} {condition}", values):
            call = rows.read_call(columns)
            past = self._connection.execute(PAST.replace("past_results", RESULT_TABLE), (call.row_id,))
            yield Withdrawn(call, tuple(map(rows.read_result, past.fetchall())), Withdrawal(kind, at_ms, lifted_at_ms))
