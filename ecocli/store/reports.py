"""
Reports: a span, a log event and a tool's own log may tell of one call, each under an id of its own.

matching.py finds it, and joining.py makes one of both. The id of the report that does not count is kept, and leads to the call.
"""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ecocli.core.signals import RANKED, SOURCES, signal_of
from ecocli.store import calls, matching
from ecocli.store.rows import Row
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
TOLD = "SELECT call_id, provider, source, format, tags, started_at_ms, key_id FROM calls WHERE id = ?"
IS_WITHDRAWN = "SELECT 1 FROM withdrawn_calls WHERE call_id = ? AND provider = ?"
_COLUMNS = "call_id, provider, signal, report_id, report_provider, started_at_ms, matched_at_ms, key_id"
_MARKS = calls.marks(8)
ADD = f"INSERT OR REPLACE INTO reports ({_COLUMNS}) VALUES ({_MARKS})"
ADD_UNKNOWN = f"INSERT OR IGNORE INTO reports ({_COLUMNS}) VALUES ({_MARKS})"
DROP = "DELETE FROM reports WHERE report_id = ? AND report_provider = ?"
"""Of a call that counts no more, where its report is recorded once more."""
LEAD_TO = "UPDATE reports SET call_id = ?, provider = ? WHERE call_id = ? AND provider = ?"
OF_CALL = "SELECT signal, report_id, report_provider, started_at_ms, matched_at_ms FROM reports WHERE call_id = ? AND provider = ? ORDER BY id"
ALL = f"SELECT {_COLUMNS} FROM reports ORDER BY id"
CALL_OF = "SELECT DISTINCT call_id FROM reports WHERE report_id = ?"
LED_TO = "SELECT call_id, provider FROM reports WHERE report_id = ? AND report_provider = ?"


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
            remove_row(self._connection, row_id)
        self._connection.execute("UPDATE calls SET call_id = ?, provider = ? WHERE id = ?", (*identity, first))
        return first


Telling = tuple[str, int, int, int | None]
"""Of a report: its signal, start, when it was matched, and its key."""


def lead(connection: sqlite3.Connection, row_id: int, identity: Identity, now_ms: int) -> None:
    """Let what a stored call is known by lead to another identity, which takes its place."""
    call_id, provider, source, format, tags, started_at_ms, key_id = connection.execute(TOLD, (row_id,)).fetchone()
    if (call_id, provider) == identity:
        return
    connection.execute(DROP, identity)
    if source in SOURCES:
        lead_from(connection, (call_id, provider), identity, (signal_of(format, json.loads(tags)) or "", started_at_ms, now_ms, key_id))
    else:  # no signal tells of it again
        connection.execute(LEAD_TO, (*identity, call_id, provider))


def remove_row(connection: sqlite3.Connection, row_id: int) -> None:
    connection.execute(calls.DROP_PAST, (row_id,))
    connection.execute("DELETE FROM calls WHERE id = ?", (row_id,))


def lead_from(connection: sqlite3.Connection, known_as: Identity, identity: Identity, told: Telling) -> None:
    """Let the id that a call had, and those of its reports, lead to the one that it has now."""
    connection.execute(LEAD_TO, (*identity, *known_as))
    keep(connection, identity, known_as, told)


def keep(connection: sqlite3.Connection, call: Identity, report: Identity, told: Telling) -> None:
    """Let the id of a report lead to its call."""
    signal, started_at_ms, now_ms, key_id = told
    connection.execute(ADD, (*call, signal, *report, started_at_ms, now_ms, key_id))


def _is_name(text: object) -> bool:
    return isinstance(text, str) and 0 < len(text) <= LONGEST_NAME and text.isprintable()
