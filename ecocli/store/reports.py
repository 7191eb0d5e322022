"""
Reports: a span, a log event and a tool's own log may tell of one call, each under an id of its own.

Two reports are of one call where they are of different signals, and agree in source, session, model and counts, and in
time: a log's moment, or the time from start to end of telemetry, no more than TOLERANCE_MS apart. Nobody's key reaches calls
of another's. A call has one report of each signal at most, so that equal calls beside each other stay apart. What the better signal says counts; the id of the
other is kept, and leads to the call.
"""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ecocli.core.signals import LOG, RANKED, TAG, TELEMETRY_FORMAT, TELEMETRY_SOURCE, is_better, signal_of
from ecocli.core.usage import API, MANUAL
from ecocli.store import calls
from ecocli.store.bulk import Rows
from ecocli.store.calls import Outcome
from ecocli.store.columns import CALL_COLUMNS, RESULT_COLUMNS, json_text
from ecocli.store.rows import BASIS, Row
from ecocli.util.valueclass import value_class

if TYPE_CHECKING:
    from ecocli.store import Store

TOLERANCE_MS = 5_000
"""A tool writes its log a moment after the answer, and its clock has only milliseconds."""
LONGEST_MS = 3_600_000
"""No call takes longer."""
LONGEST_NAME = 256
"""Of an id, in characters."""

TELEMETRY = f"c.format = '{TELEMETRY_FORMAT}'"
"""As in the index of telemetry."""
HAS_TELEMETRY = f"SELECT 1 FROM calls AS c WHERE c.source = ? AND {TELEMETRY} LIMIT 1"
HAS_ALIKE = (
    f"SELECT 1 FROM calls AS c WHERE c.source = ?1 AND {TELEMETRY} AND c.input_tokens = ?2 AND c.output_tokens = ?3 "
    f"AND c.started_at_ms BETWEEN ?4 - {LONGEST_MS} AND ?4 + {TOLERANCE_MS} LIMIT 1"
)
FOUND = "SELECT c.id, c.call_id, c.provider, c.format, c.started_at_ms, coalesce(c.ended_at_ms, c.started_at_ms), c.tags FROM calls AS c"
SAME = (
    "c.source = :source AND c.input_tokens = :input AND c.output_tokens = :output AND NOT c.is_estimated AND json_extract(c.tags, '$.session') = :session "
    "AND (c.key_id = :key_id OR c.key_id IS NULL OR :key_id IS NULL) AND (c.model = :model OR c.model_id = :model_id) AND (c.cached_tokens = :cached OR c.cached_tokens IS NULL OR :cached IS NULL) "
    "AND NOT EXISTS (SELECT 1 FROM reports AS r WHERE r.call_id = c.call_id AND r.provider = c.provider AND r.signal = :signal)"
)
AMONG_TELEMETRY = f"{FOUND} WHERE {TELEMETRY} AND {SAME} AND c.started_at_ms BETWEEN :start - {LONGEST_MS} AND :end + {TOLERANCE_MS}"
AMONG_LOGS = f"{FOUND} WHERE c.format <> '{TELEMETRY_FORMAT}' AND {SAME} AND c.started_at_ms BETWEEN :start - {TOLERANCE_MS} AND :end + {TOLERANCE_MS}"

REPORTED = (
    "SELECT c.id FROM reports AS r CROSS JOIN calls AS c ON c.call_id = r.call_id AND c.provider = r.provider "
    "WHERE r.report_id = ? AND r.report_provider = ?"
)
ADD = "INSERT OR REPLACE INTO reports (call_id, provider, signal, report_id, report_provider, started_at_ms, matched_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?)"
DROP = "DELETE FROM reports WHERE report_id = ? AND report_provider = ?"
"""Of a call that counts no more, where its report is recorded once more."""
LEAD_TO = "UPDATE reports SET call_id = ?, provider = ? WHERE call_id = ? AND provider = ?"
OF_CALL = "SELECT signal, report_id, report_provider, started_at_ms, matched_at_ms FROM reports WHERE call_id = ? AND provider = ? ORDER BY id"
ALL = "SELECT call_id, provider, signal, report_id, report_provider, started_at_ms, matched_at_ms FROM reports ORDER BY id"
TAKE_OVER = (
    "INSERT OR IGNORE INTO reports (call_id, provider, signal, report_id, report_provider, started_at_ms, matched_at_ms) "
    "SELECT c.call_id, c.provider, ?3, ?4, ?5, ?6, ?7 FROM calls AS c WHERE (c.call_id, c.provider) = (?1, ?2) AND (c.call_id, c.provider) <> (?4, ?5) "
    "UNION ALL SELECT r.call_id, r.provider, ?3, ?4, ?5, ?6, ?7 FROM reports AS r WHERE (r.report_id, r.report_provider) = (?1, ?2)"
)
"""Of another store, whose call may be a report of another one here."""
CALL_OF = "SELECT DISTINCT call_id FROM reports WHERE report_id = ?"

_OF_FIRST = ("key_id", "recorded_at_ms")
_NAMES = tuple(name for name in CALL_COLUMNS if name not in _OF_FIRST)
_TAKE_PLACE = f"UPDATE calls SET {calls.assignments(_NAMES)} WHERE id = ?"
_AT = {name: at for at, name in enumerate(CALL_COLUMNS)}
_RESULT_AT = [_AT[name] for name in RESULT_COLUMNS if name != "computed_at_ms"]


@value_class(frozen=True, slots=True)
class Report:
    """Another report of a call, which was matched with it."""

    signal: str
    report_id: str
    provider: str
    started_at_ms: int
    matched_at_ms: int


OfCall = tuple[str, str, str, str, str, int, int]
"""Id and provider of a call, and a report of it as in `Report`."""


class _Found(NamedTuple):
    """A stored call that may be the one of a new report."""

    row_id: int
    call_id: str
    provider: str
    format: str
    started_at_ms: int
    ended_at_ms: int
    tags: str

    @property
    def signal(self) -> str | None:
        return signal_of(self.format, json.loads(self.tags))

    @property
    def told_at_ms(self) -> int:
        """The end of the call by telemetry, or the moment of a log's line."""
        return self.started_at_ms if self.signal == LOG else self.ended_at_ms


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
        return [row for row in self._connection.execute(ALL) if row[2] in RANKED and all(map(_is_name, (row[0], row[1], *row[3:5])))]

    def take_over(self, foreign: Sequence[OfCall]) -> None:
        """What another store knows of calls that both have, inside a transaction."""
        self._connection.executemany(TAKE_OVER, foreign)


def places(connection: sqlite3.Connection, new: Rows) -> list[int]:
    """Where among new rows those stand of which another report may be stored: all of telemetry, and logs with the counts of telemetry of their time."""
    has_telemetry: dict[str, bool] = {}

    def may_be_matched(format: str, source: str, *found: int) -> bool:
        if format == TELEMETRY_FORMAT:
            return True
        if source not in has_telemetry:
            has_telemetry[source] = source not in (API, MANUAL) and connection.execute(HAS_TELEMETRY, (source,)).fetchone() is not None
        return has_telemetry[source] and connection.execute(HAS_ALIKE, (source, *found)).fetchone() is not None

    names = ("format", "source", "input_tokens", "output_tokens", "started_at_ms")
    asked = zip(new.column("tags"), *map(new.column, names), strict=True)
    return [at for at, (tags, *row) in enumerate(asked) if '"session"' in tags and may_be_matched(*row)]


def add(
    connection: sqlite3.Connection, basis_ids: Mapping[str, int], shared: calls.SharedTable, replace_smaller: bool, new: Rows, run_ids: Sequence[int]
) -> Outcome:
    """Store one row, or match it with the call that it is a report of."""
    row = new[0]
    signal = signal_of(row[_AT["format"]], json.loads(row[_AT["tags"]]))
    known = connection.execute(REPORTED, (row[_AT["call_id"]], row[_AT["provider"]])).fetchone()
    if known:
        return Outcome(known[0], duplicate=True)
    is_stored = connection.execute(calls.FIRST, (row[_AT["call_id"]], row[_AT["provider"]])).fetchone() is not None
    found = None if is_stored else _match(connection, row, signal)
    if found is None:
        connection.execute(DROP, _identity(row))
        outcome = calls.add(connection, basis_ids, shared, replace_smaller, new, run_ids)[0]
        if outcome.replaced and outcome.row_id is not None and signal == LOG and (found := _match(connection, row, signal)):
            _absorb(connection, found, outcome.row_id, row)  # it had counted less until now
        return outcome
    if is_better(signal or "", found.signal or ""):
        row[BASIS] = basis_ids[row[BASIS]]
        _take_place(connection, found, row)
        return Outcome(found.row_id, duplicate=True, replaced=True, matched=True)
    _keep(connection, (found.call_id, found.provider), signal or "", _identity(row), row[_AT["started_at_ms"]], row[_AT["recorded_at_ms"]])
    _learn_tags(connection, found, row)
    return Outcome(found.row_id, duplicate=True, matched=True)


def _match(connection: sqlite3.Connection, row: Row, signal: str | None) -> _Found | None:
    """The stored call that a row tells of in another signal: of several the nearest in time."""
    if signal is None or row[_AT["is_estimated"]]:
        return None
    tags, start_ms = json.loads(row[_AT["tags"]]), row[_AT["started_at_ms"]]
    end_ms = start_ms if signal == LOG else row[_AT["ended_at_ms"]] or start_ms
    asked = {name: row[_AT[f"{name}_tokens"]] for name in ("input", "output", "cached")} | {name: row[_AT[name]] for name in ("source", "model", "model_id", "key_id")}
    asked |= {"session": tags.get("session"), "signal": signal, "start": start_ms, "end": end_ms}
    near = [_Found(*one) for one in connection.execute(AMONG_TELEMETRY, asked)]
    if signal != LOG and asked["source"] != TELEMETRY_SOURCE:
        near += [_Found(*one) for one in connection.execute(AMONG_LOGS, asked)]
    told = {signal, None, *(told for told, *_ in connection.execute(OF_CALL, _identity(row)))}
    gaps = ((_gap_ms(one, start_ms, end_ms), one) for one in near if one.signal not in told and _is_same_request(one, tags))
    return min(((gap_ms, abs(one.told_at_ms - end_ms), one) for gap_ms, one in gaps if gap_ms <= TOLERANCE_MS), default=(0, 0, None))[2]


def _gap_ms(found: _Found, start_ms: int, end_ms: int) -> int:
    """The time between two reports; 0 where they overlap."""
    return max(0, start_ms - found.told_at_ms, found.started_at_ms - end_ms)


def _is_same_request(found: _Found, tags: Mapping[str, str]) -> bool:
    """False where both name the provider's request, and not the same."""
    theirs, mine = json.loads(found.tags).get("request"), tags.get("request")
    return not theirs or not mine or theirs == mine


def _take_place(connection: sqlite3.Connection, found: _Found, row: Row) -> None:
    """Put the better report into the call's row, which stays that of who told of it first; a result that was another is kept as a past one."""
    before = connection.execute(f"SELECT {', '.join(CALL_COLUMNS)} FROM calls WHERE id = ?", (found.row_id,)).fetchone()
    if any(before[at] != row[at] for at in _RESULT_AT):
        connection.execute(calls.KEEP_RESULT, (found.row_id,))
    row[_AT["tags"]] = json_text(_own_tags(found.tags) | json.loads(row[_AT["tags"]]))
    connection.execute(_TAKE_PLACE, (*(row[_AT[name]] for name in _NAMES), found.row_id))
    _lead(connection, found, row)


def _absorb(connection: sqlite3.Connection, found: _Found, row_id: int, row: Row) -> None:
    """Make a stored call a report of a better one, which has `row_id`."""
    connection.execute("UPDATE calls SET tags = ? WHERE id = ?", (json_text(_own_tags(found.tags) | json.loads(row[_AT["tags"]])), row_id))
    connection.execute("DELETE FROM past_results WHERE call = ?", (found.row_id,))
    connection.execute("DELETE FROM calls WHERE id = ?", (found.row_id,))
    _lead(connection, found, row)


def _lead(connection: sqlite3.Connection, found: _Found, row: Row) -> None:
    """Let the id that a call had, and those of its reports, lead to the one that it has now."""
    connection.execute(LEAD_TO, (*_identity(row), found.call_id, found.provider))
    _keep(connection, _identity(row), found.signal or "", (found.call_id, found.provider), found.started_at_ms, row[_AT["recorded_at_ms"]])


def _keep(connection: sqlite3.Connection, call: tuple[str, str], signal: str, report: tuple[str, str], started_at_ms: int, now_ms: int) -> None:
    connection.execute(ADD, (*call, signal, *report, started_at_ms, now_ms))


def _learn_tags(connection: sqlite3.Connection, found: _Found, row: Row) -> None:
    known, more = json.loads(found.tags), _own_tags(row[_AT["tags"]])
    if more.keys() - known.keys():
        connection.execute("UPDATE calls SET tags = ? WHERE id = ?", (json_text(more | known), found.row_id))


def _own_tags(text: str) -> dict[str, str]:
    """Tags that another report of the call may take over: all but that of its signal."""
    return {name: value for name, value in json.loads(text).items() if name != TAG}


def _is_name(text: str) -> bool:
    return 0 < len(text) <= LONGEST_NAME and text.isprintable()


def _identity(row: Row) -> tuple[Any, Any]:
    return row[_AT["call_id"]], row[_AT["provider"]]
