"""Reports whose period was locked: what they said, by whom, and when a lock was lifted. Nothing of it is ever removed."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import replace
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from ecocli.store.calls import marks
from ecocli.store.columns import WITH_KEY, json_text
from ecocli.store.history import LOCAL, Filters, has, where
from ecocli.util.valueclass import value_class

if TYPE_CHECKING:
    from ecocli.store import Store

PLAIN = ("start_ms", "end_ms", "time_zone", "locked_at_ms", "locked_by", "eco_version", "calls", "sha256", "last_call")
"""Columns that are stored as they are."""
AS_JSON = ("filters", "methods", "editions", "figures", "organisation", "instruments")
LIFTED = ("lifted_at_ms", "lifted_by", "lifted_why")
WRITTEN = (*PLAIN, *AS_JSON)
READ = (*WRITTEN, *LIFTED, "id")
COLUMNS, ADDED = ", ".join(READ), ", ".join(WRITTEN)
SELECT = f"SELECT {COLUMNS} FROM locked_reports"
MARKS = marks(len(WRITTEN))
ADD = f"INSERT INTO locked_reports ({ADDED}) VALUES ({MARKS})"
LIFT = "UPDATE locked_reports SET lifted_at_ms = ?, lifted_by = ?, lifted_why = ? WHERE id = ?"
IN_FORCE = "lifted_at_ms IS NULL"
FILTERS = ("key_name", "provider", "model", "source", "region")
KINDS = ADDED, RENEWED, RECOMPUTED, VOIDED, REPLACED, GONE = ("added", "renewed", "recomputed", "voided", "replaced", "gone")
"""Calls recorded, imported or merged later; longer snapshots of calls that were there; new results; what was undone or replaced; and calls that were forgotten."""
CHANGED = f"""
SELECT CASE WHEN c.id > :last_call THEN '{ADDED}' WHEN c.recorded_at_ms > :locked_at_ms THEN '{RENEWED}' WHEN c.computed_at_ms > :locked_at_ms THEN '{RECOMPUTED}' END,
CASE WHEN c.id > :last_call OR c.recorded_at_ms > :locked_at_ms THEN coalesce(k.name, :local) ELSE :local END,
count(*), min(max(c.recorded_at_ms, c.computed_at_ms)), max(max(c.recorded_at_ms, c.computed_at_ms)) FROM calls AS c {WITH_KEY}
"""
WITHDRAWN = f"""
SELECT CASE WHEN c.withdrawn_at_ms > :locked_at_ms AND c.recorded_at_ms <= :locked_at_ms THEN c.kind END,
coalesce(k.name, :local), count(*), min(c.withdrawn_at_ms), max(c.withdrawn_at_ms) FROM withdrawn_calls AS c {WITH_KEY}
"""
RECOMPUTED_SINCE, WITHDRAWN_SINCE = "SELECT 1 FROM calls AS c", "SELECT 1 FROM withdrawn_calls AS c"
AT_OR_LATER = {RECOMPUTED_SINCE: "AND c.computed_at_ms >= :at_ms", WITHDRAWN_SINCE: "AND c.withdrawn_at_ms >= :at_ms"}
GROUPED = "GROUP BY 1, 2 ORDER BY 1, 2"
_plain = attrgetter(*PLAIN)
_json = attrgetter(*AS_JSON)


@value_class(frozen=True, slots=True)
class LockedReport:
    """A report as it was when its period was locked. Times are milliseconds since 1970 in UTC."""

    start_ms: int
    end_ms: int
    """First millisecond that no longer counts."""
    time_zone: str
    locked_at_ms: int
    locked_by: str
    """Name of a key, or "local" for the owner of the file."""
    eco_version: str
    calls: int
    sha256: str
    """Over its rows, see row_digest.py."""
    last_call: int
    """The highest row id that there was: calls with a higher one were added since."""
    filters: Mapping[str, Any]
    """What chose the calls beside the period, by the names of Filters; without those that choose nothing."""
    methods: Mapping[str, int]
    """Calls by method."""
    editions: Mapping[str, int]
    """Calls by edition of the data."""
    figures: tuple[tuple[Any, ...], ...]
    """Section, line, unit, value and, of newer ones, key: see reports/figures.py."""
    organisation: Mapping[str, Any]
    instruments: tuple[Mapping[str, Any], ...]
    lifted_at_ms: int | None = None
    """None while it is in force."""
    lifted_by: str | None = None
    lifted_why: str | None = None
    id: int = 0


@value_class(frozen=True, slots=True)
class Since:
    """What became of calls of a locked report's period since it was locked."""

    kind: str
    """One of KINDS."""
    by: str | None
    """Name of the key that recorded the calls, "local" for the owner of the file; None where that is not known any more."""
    calls: int
    first_ms: int | None
    """When the first of them changed; None where that is not known."""
    last_ms: int | None


class LockedReports:
    """The locked reports of one store."""

    def __init__(self, store: "Store") -> None:
        self._store, self._connection = store, store.connection

    def each(self) -> list[LockedReport]:
        """All of them, the lifted ones too, in the order in which they were locked."""
        with self._store.snapshot():
            return [_read(row) for row in self._connection.execute(f"{SELECT} ORDER BY id")]

    def of(self, filters: Filters) -> list[LockedReport]:
        """Those of exactly this period and these other filters, the newest first."""
        values = (filters.start_ms, filters.end_ms, json_text(conditions(filters)))
        with self._store.snapshot():
            return [_read(row) for row in self._connection.execute(f"{SELECT} WHERE start_ms = ? AND end_ms = ? AND filters = ? ORDER BY id DESC", values)]

    def add(self, report: LockedReport) -> None:
        """Keep a report, inside a `transaction`; of its period none may be in force."""
        self._connection.execute(ADD, (*_plain(report), *map(json_text, _json(report))))

    def lift(self, report: LockedReport, by: str, why: str | None, now_ms: int) -> None:
        """End a lock, inside a `transaction`; the report stays."""
        self._connection.execute(LIFT, (now_ms, by, why, report.id))

    def since(self, report: LockedReport, filters: Filters, calls: int) -> list[Since]:
        """
        What became of the calls that `filters` choose, `calls` of which there are now.

        Whoever is missing was forgotten, of which nothing else is known, or went into another period with an earlier start.
        """
        with self._store.reading(filters):
            condition, values = where(self._connection, filters)
            values |= {"locked_at_ms": report.locked_at_ms, "last_call": report.last_call, "local": LOCAL}
            rows = [row for sql in (CHANGED, WITHDRAWN) for row in self._connection.execute(f"{sql} {condition} {GROUPED}", values)]
        found = [Since(*row) for row in rows if row[0] is not None]
        counts = {kind: sum(each.calls for each in found if each.kind == kind) for kind in KINDS}
        gone = report.calls + counts[ADDED] - counts[VOIDED] - counts[REPLACED] - calls
        return [*found, *([Since(GONE, None, gone, None, None)] if gone > 0 else [])]

    def touched_by(self, filters: Filters) -> list[LockedReport]:
        """Those in force that have calls which `filters` choose."""
        with self._store.reading(filters):
            return [report for report in self._in_force() if has(self._connection, _both(filters, report))]

    def recomputed_since(self, at_ms: int) -> list[LockedReport]:
        """Those in force that have a call with a result of this time or later."""
        return self._changed(RECOMPUTED_SINCE, at_ms)

    def withdrawn_since(self, at_ms: int) -> list[LockedReport]:
        """Those in force that had a call which was undone or replaced at this time or later."""
        return self._changed(WITHDRAWN_SINCE, at_ms)

    def _changed(self, sql: str, at_ms: int) -> list[LockedReport]:
        found = []
        with self._store.snapshot():
            for report in self._in_force():
                condition, values = where(self._connection, _both(Filters(), report))
                if self._connection.execute(f"{sql} {condition} {AT_OR_LATER[sql]} LIMIT 1", values | {"at_ms": at_ms}).fetchone():
                    found.append(report)
        return found

    def _in_force(self) -> Iterator[LockedReport]:
        yield from map(_read, self._connection.execute(f"{SELECT} WHERE {IN_FORCE} ORDER BY id").fetchall())


def conditions(filters: Filters) -> dict[str, Any]:
    """What filters ask for beside a period, as it is kept."""
    named = {name: getattr(filters, name) for name in FILTERS if getattr(filters, name) is not None}
    return named | ({"tags": [list(tag) for tag in sorted(filters.tags)]} if filters.tags else {})


def _both(filters: Filters, report: LockedReport) -> Filters:
    """The calls that both choose; where both name a model, say, those that `filters` choose."""
    start_ms = max(report.start_ms, filters.start_ms or 0)
    end_ms = report.end_ms if filters.end_ms is None else min(report.end_ms, filters.end_ms)
    others = {name: report.filters[name] for name in FILTERS if name in report.filters and getattr(filters, name) is None}
    tags = dict.fromkeys((*filters.tags, *map(tuple, report.filters.get("tags", ()))))
    return replace(filters, start_ms=start_ms, end_ms=end_ms, tags=tuple(tags), **others)


def _read(row: sqlite3.Row | tuple[Any, ...]) -> LockedReport:
    values = dict(zip(READ, row, strict=True))
    values |= {name: json.loads(values[name]) for name in AS_JSON}
    values |= {"figures": tuple(map(tuple, values["figures"])), "instruments": tuple(values["instruments"])}
    return LockedReport(**values)
