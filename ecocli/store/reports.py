"""
Reports: a span, a log event and a tool's own log may tell of one call, each under an id of its own; matching.py finds it.

What the better signal says counts; the id of the other is kept, and leads to the call. A call stays with the key and the
command that told of it first, and a report with a key changes nothing of a call of the file's owner. What was corrected
stays as it was put right, and what was undone or forgotten stays away, whichever signal tells of it next.
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ecocli.core.signals import RANKED, TAG, is_better, signal_of
from ecocli.store import calls, forgotten, matching
from ecocli.store.bulk import Rows
from ecocli.store.calls import Into, Outcome
from ecocli.store.columns import CALL_COLUMNS, RESULT_COLUMNS, json_text
from ecocli.store.forgotten import Forgotten
from ecocli.store.matching import AT, Found, Told
from ecocli.store.rows import BASIS, Row
from ecocli.util.valueclass import value_class

if TYPE_CHECKING:
    from ecocli.store import Store

Identity = tuple[str, str]
"""Id and provider."""
LONGEST_NAME = 256
"""Of an id, in characters."""

REPORTED = (
    "SELECT c.id, c.call_id, c.provider FROM reports AS r CROSS JOIN calls AS c ON c.call_id = r.call_id AND c.provider = r.provider "
    "WHERE r.report_id = ? AND r.report_provider = ?"
)
STORED = "SELECT id, call_id, provider FROM calls WHERE call_id = ? AND provider = ?"
IS_WITHDRAWN = "SELECT 1 FROM withdrawn_calls WHERE call_id = ? AND provider = ?"
IS_CORRECTED = "SELECT 1 FROM withdrawn_calls WHERE call_id = ? AND provider = ? AND kind = 'replaced'"
_COLUMNS = "call_id, provider, signal, report_id, report_provider, started_at_ms, matched_at_ms, key_id"
ADD = f"INSERT OR REPLACE INTO reports ({_COLUMNS}) VALUES ({calls.marks(8)})"
ADD_UNKNOWN = f"INSERT OR IGNORE INTO reports ({_COLUMNS}) VALUES ({calls.marks(8)})"
DROP = "DELETE FROM reports WHERE report_id = ? AND report_provider = ?"
"""Of a call that counts no more, where its report is recorded once more."""
LEAD_TO = "UPDATE reports SET call_id = ?, provider = ? WHERE call_id = ? AND provider = ?"
OF_CALL = "SELECT signal, report_id, report_provider, started_at_ms, matched_at_ms FROM reports WHERE call_id = ? AND provider = ? ORDER BY id"
ALL = f"SELECT {_COLUMNS} FROM reports ORDER BY id"
CALL_OF = "SELECT DISTINCT call_id FROM reports WHERE report_id = ?"
LED_TO = "SELECT call_id, provider FROM reports WHERE report_id = ? AND report_provider = ?"
KEY_OF = "SELECT key_id FROM calls WHERE id = ?1 AND key_id UNION SELECT r.key_id FROM reports AS r JOIN calls AS c USING (call_id, provider) WHERE c.id = ?1 AND r.key_id"
TAGS = "UPDATE calls SET tags = ? WHERE id = ?"
FIRST_OF = "SELECT key_id, recorded_at_ms, run_id FROM calls WHERE id IN (?, ?) ORDER BY recorded_at_ms, id LIMIT 1"
BELONG = "UPDATE calls SET key_id = ?, recorded_at_ms = ?, run_id = ? WHERE id = ?"

_OF_FIRST = ("key_id", "recorded_at_ms")
_NAMES = tuple(name for name in CALL_COLUMNS if name not in _OF_FIRST)
_TAKE_PLACE = f"UPDATE calls SET {calls.assignments(_NAMES)} WHERE id = ?"
_RESULT_AT = [AT[name] for name in RESULT_COLUMNS if name != "computed_at_ms"]


@value_class(frozen=True, slots=True)
class Report:
    """Another report of a call, which was matched with it."""

    signal: str
    report_id: str
    provider: str
    started_at_ms: int
    matched_at_ms: int


class OfCall(NamedTuple):
    """A report with the call that it was matched with."""

    call_id: str
    provider: str
    signal: str
    report_id: str
    report_provider: str
    started_at_ms: int
    matched_at_ms: int
    key_id: int | None
    """Of the key that it came with; None for the owner of the file."""

    @property
    def call(self) -> Identity:
        return self.call_id, self.provider

    @property
    def report(self) -> Identity:
        return self.report_id, self.report_provider

    @property
    def is_sound(self) -> bool:
        """False for what no eco would have written."""
        return self.signal in RANKED and all(map(_is_name, (*self.call, *self.report)))


class Reports:
    """The reports of a store, as of one transaction or one look."""

    def __init__(self, store: "Store") -> None:
        self._connection = store.connection

    def of(self, call_id: str, provider: str) -> list[Report]:
        """Those that were matched with a call, in the order in which they came."""
        return [Report(*row) for row in self._connection.execute(OF_CALL, (call_id, provider))]

    def calls_of(self, report_id: str) -> list[str]:
        """The ids of the calls that a report of this id was matched with."""
        return [call_id for (call_id,) in self._connection.execute(CALL_OF, (report_id,))]

    def all(self) -> list[OfCall]:
        """Each report, with the call that it was matched with; without what no eco would have written."""
        return [one for row in self._connection.execute(ALL) if (one := OfCall(*row)).is_sound]

    # inside a transaction

    def led_to(self, identity: Identity) -> Identity:
        """What a call is known by here, where `identity` is only that of a report of it; it may count no more."""
        return self._connection.execute(LED_TO, identity).fetchone() or identity

    def rows_of(self, identities: Iterable[Identity]) -> list[int]:
        """The calls that count here under some ids, or of which these are reports."""
        found = (self._connection.execute(sql, identity).fetchone() for identity in identities for sql in (STORED, REPORTED))
        return list(dict.fromkeys(row[0] for row in found if row))

    def row_told_of(self, row: Row) -> int | None:
        """The call that counts here, and that a row of another store tells of in another signal."""
        one = matching.told(row)
        found = one and matching.nearest(self._connection, one, one.key_id, (), {None})
        return found.row_id if found else None

    def add_unknown(self, identity: Identity, some: Iterable[OfCall]) -> None:
        """What another store knows of a call, without what is a call of its own here."""
        reports = [one for one in some if one.report != identity and self._connection.execute(STORED, one.report).fetchone() is None]
        self._connection.executemany(ADD_UNKNOWN, [(*identity, *one[2:]) for one in reports])

    def take_over(self, foreign: Iterable[OfCall]) -> None:
        """What another store knows of calls that both have."""
        for one in foreign:
            identity = self.led_to(one.call)
            if any(self._connection.execute(sql, identity).fetchone() for sql in (STORED, IS_WITHDRAWN)):
                self.add_unknown(identity, [one])

    def unite(self, row_ids: Sequence[int], identity: Identity, now_ms: int) -> int:
        """Make one call of several that tell of it, under an id that may be another one's: its row."""
        for row_id in row_ids:
            lead(self._connection, row_id, identity, now_ms)
        known = self._connection.execute(STORED, identity).fetchone()
        first = known[0] if known else row_ids[0]
        for row_id in set(row_ids).difference([first]):
            _remove(self._connection, row_id)
        self._connection.execute("UPDATE calls SET call_id = ?, provider = ? WHERE id = ?", (*identity, first))
        return first


def add(into: Into, new: Rows, run_ids: Sequence[int], gone: Forgotten) -> Outcome:
    """Store one row, or match it with the call that it is a report of."""
    row, connection = new[0], into.connection
    identity, one = _identity(row), matching.told(row)
    known = connection.execute(REPORTED, identity).fetchone()
    if known:
        return Outcome(known[0], duplicate=True)
    if one and connection.execute(STORED, identity).fetchone() is None and (matched := _match(connection, into.basis_ids, one, gone)):
        return matched
    connection.execute(DROP, identity)
    outcome = calls.add(into, new, run_ids)[0]
    if one and outcome.replaced and outcome.row_id is not None:  # it had counted less until now
        gather(connection, outcome.row_id, one)
    return outcome


def lead(connection: sqlite3.Connection, row_id: int, identity: Identity, now_ms: int) -> None:
    """Let what a stored call is known by lead to another identity, which takes its place."""
    signal, call_id, provider, started_at_ms, key_id = _signal_of(connection, row_id)
    if (call_id, provider) != identity:
        connection.execute(DROP, identity)
        _lead(connection, (call_id, provider), identity, (signal, started_at_ms, now_ms, key_id))


def gather(connection: sqlite3.Connection, row_id: int, one: Told) -> None:
    """Unite a stored call, which changed, with those that are only other reports of it."""
    while True:
        is_taken = {one.signal, *(signal for signal, *_ in connection.execute(OF_CALL, one.identity))}
        key = connection.execute(KEY_OF, (row_id,)).fetchone()
        found = matching.nearest(connection, one, key and key[0], is_taken, {None})
        if found is None or not _absorb(connection, row_id, one, found):
            return


def _match(connection: sqlite3.Connection, basis_ids: Mapping[str, int], one: Told, gone: Forgotten) -> Outcome | None:
    """What becomes of a report whose call is known, or was; None for one that stands alone."""
    if older := matching.former(connection, one):
        _keep(connection, older.identity, one.identity, _told(one))
        connection.execute(TAGS, (json_text(json.loads(one.row[AT["tags"]]) | json.loads(older.tags)), older.row_id))
        return Outcome(older.row_id, duplicate=True)
    found = matching.nearest(connection, one, one.key_id, (), {None, "replaced"} if gone.is_ignored else {None, "replaced", "voided"})
    if found is None:
        if gone and gone.has_sighting(one.sighting, one.signal):
            forgotten.keep_away(connection, one.names)
            return Outcome(None, forgotten=True)
        return None
    if found.withdrawn:
        return _join_withdrawn(connection, one, found)
    is_free = may_change(connection, one.key_id, found.key_id, found.identity)
    if is_free and is_better(one.signal, found.signal or ""):
        one.row[BASIS] = basis_ids[one.row[BASIS]]
        _take_place(connection, found, one)
        gather(connection, found.row_id, one)
        return Outcome(found.row_id, duplicate=True, replaced=True, matched=True)
    _keep(connection, found.identity, one.identity, _told(one))
    if is_free:
        _learn_tags(connection, found, one.row)
    return Outcome(found.row_id, duplicate=True, matched=True)


def _join_withdrawn(connection: sqlite3.Connection, one: Told, found: Found) -> Outcome:
    """Another report of a call that was corrected belongs to the one that took its place; of one that is gone, it stays away, too."""
    current = None
    if found.withdrawn == "replaced":
        current = connection.execute(STORED, found.identity).fetchone() or connection.execute(REPORTED, found.identity).fetchone()
    _keep(connection, current[1:] if current else found.identity, one.identity, _told(one))
    if current:
        return Outcome(current[0], duplicate=True, matched=True)
    forgotten.keep_away(connection, one.names)
    is_voided = connection.execute(forgotten.VOIDED, found.identity).fetchone() is not None
    return Outcome(None, forgotten=True, voided=is_voided)


def may_change(connection: sqlite3.Connection, key_id: int | None, owner_id: int | None, identity: Identity) -> bool:
    """True for a call that nobody put right, where it is of the same key, or the report is the owner's."""
    return (key_id is None or key_id == owner_id) and connection.execute(IS_CORRECTED, identity).fetchone() is None


def _take_place(connection: sqlite3.Connection, found: Found, one: Told) -> None:
    """Put the better report into the call's row, which stays that of who told of it first; a result that was another is kept as a past one."""
    row = one.row
    keep_result(connection, found.row_id, row)
    row[AT["tags"]] = _with_tags_of(row[AT["tags"]], found.tags)
    connection.execute(_TAKE_PLACE, (*(row[AT[name]] for name in _NAMES), found.row_id))
    _lead(connection, found.identity, one.identity, (found.signal or "", found.started_at_ms, row[AT["recorded_at_ms"]], found.key_id))


def keep_result(connection: sqlite3.Connection, row_id: int, row: Row) -> None:
    """Keep the result of a call beside that of a row which takes its place, where they differ."""
    before = connection.execute(f"SELECT {', '.join(CALL_COLUMNS)} FROM calls WHERE id = ?", (row_id,)).fetchone()
    if any(before[at] != row[at] for at in _RESULT_AT):
        connection.execute(calls.KEEP_RESULT, (row_id,))


def _absorb(connection: sqlite3.Connection, row_id: int, one: Told, found: Found) -> bool:
    """Make one call of two that are stored; False where the other one stays, of which `row_id` is then a report."""
    first = connection.execute(FIRST_OF, (row_id, found.row_id)).fetchone()
    (key_id,) = connection.execute("SELECT key_id FROM calls WHERE id = ?", (row_id,)).fetchone()
    is_free = may_change(connection, key_id, found.key_id, found.identity)
    if not is_free or is_better(found.signal or "", one.signal):
        _remove(connection, row_id)
        _lead(connection, one.identity, found.identity, _told(one, key_id))
        if is_free:
            connection.execute(BELONG, (*first, found.row_id))
        return False
    connection.execute(TAGS, (_with_tags_of(one.row[AT["tags"]], found.tags), row_id))
    connection.execute(BELONG, (*first, row_id))
    _remove(connection, found.row_id)
    _lead(connection, found.identity, one.identity, (found.signal or "", found.started_at_ms, one.row[AT["recorded_at_ms"]], found.key_id))
    return True


def _signal_of(connection: sqlite3.Connection, row_id: int) -> tuple[str, str, str, int, int | None]:
    """The signal of a stored call, with its id, provider, start and key."""
    format, tags, *rest = connection.execute("SELECT format, tags, call_id, provider, started_at_ms, key_id FROM calls WHERE id = ?", (row_id,)).fetchone()
    return signal_of(format, json.loads(tags)) or "", *rest


def _remove(connection: sqlite3.Connection, row_id: int) -> None:
    connection.execute("DELETE FROM past_results WHERE call = ?", (row_id,))
    connection.execute("DELETE FROM calls WHERE id = ?", (row_id,))


_Told = tuple[str, int, int, int | None]
"""Of a report: its signal, start, when it was matched, and its key."""


def _told(one: Told, key_id: int | None = None) -> _Told:
    return one.signal, one.start_ms, one.row[AT["recorded_at_ms"]], one.key_id if key_id is None else key_id


def _lead(connection: sqlite3.Connection, known_as: Identity, identity: Identity, told: _Told) -> None:
    """Let the id that a call had, and those of its reports, lead to the one that it has now."""
    connection.execute(LEAD_TO, (*identity, *known_as))
    _keep(connection, identity, known_as, told)


def _keep(connection: sqlite3.Connection, call: Identity, report: Identity, told: _Told) -> None:
    signal, started_at_ms, now_ms, key_id = told
    connection.execute(ADD, (*call, signal, *report, started_at_ms, now_ms, key_id))


def _learn_tags(connection: sqlite3.Connection, found: Found, row: Row) -> None:
    known, more = json.loads(found.tags), _own_tags(row[AT["tags"]])
    if more.keys() - known.keys():
        connection.execute(TAGS, (json_text(more | known), found.row_id))


def _own_tags(text: str) -> dict[str, str]:
    """Tags that another report of the call may take over: all but that of its signal."""
    return {name: value for name, value in json.loads(text).items() if name != TAG}


def _with_tags_of(text: str, other: str) -> str:
    return json_text(_own_tags(other) | json.loads(text))


def _is_name(text: object) -> bool:
    return isinstance(text, str) and 0 < len(text) <= LONGEST_NAME and text.isprintable()


def _identity(row: Row) -> tuple[Any, Any]:
    return row[AT["call_id"]], row[AT["provider"]]
