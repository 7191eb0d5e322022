"""Lock the report of a period, lift a lock, and say what has changed since."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import tzinfo
from typing import TYPE_CHECKING

from ecocli import __version__
from ecocli.core.days import local_day
from ecocli.core.numbers import counted
from ecocli.core.zones import zone_name
from ecocli.errors import UnknownName, UsageError, shorten
from ecocli.reports import spans
from ecocli.reports.figures import CO2, EMISSIONS, GROSS, Change, Figure, changes, figures
from ecocli.store.columns import json_text
from ecocli.store.locked_reports import LockedReport, Since, conditions
from ecocli.util.valueclass import value_class

if TYPE_CHECKING:
    from ecocli.reports import Report
    from ecocli.store import Filters, Store

NO_PERIOD = "a period that is locked needs a beginning and an end"


class NotOver(UsageError):
    code = "period-not-over"

    def __init__(self, period: str, first_day: str) -> None:
        super().__init__(f"{period} is not over yet", f"it can be locked from {first_day} on")


class NoCalls(UsageError):
    code = "no-calls"

    def __init__(self, period: str) -> None:
        super().__init__(f"no calls of {period} are recorded, and nothing was locked", "--nil locks a nil report: that there were none")


class HasCalls(UsageError):
    code = "has-calls"

    def __init__(self, period: str, calls: int) -> None:
        super().__init__(f"--nil is for a period without calls, and {period} has {counted(calls, 'call')}", "leave --nil out")


class AlreadyLocked(UsageError):
    code = "already-locked"

    def __init__(self, found: LockedReport, span: spans.Span, tz: tzinfo) -> None:
        period = spans.name(span, tz)
        zone = f" --tz {found.time_zone}" if _has_other_days(found, span) else ""
        hint = f'eco report --unlock {period if " " not in period else "period"}{zone} --why "…" lifts that; then it can be locked anew'
        super().__init__(f"{period} was locked {_by(found, span, tz)}", hint)


class NotLocked(UnknownName):
    code = "not-locked"

    def __init__(self, period: str, elsewhere: LockedReport | None) -> None:
        hint = f"with the days of {elsewhere.time_zone} it is: --tz {elsewhere.time_zone}" if elsewhere else "eco report shows a period, and whether it is locked"
        super().__init__(f"{period} is not locked", hint)


@value_class(frozen=True, slots=True)
class Restatement:
    """A locked report beside what it would say now."""

    locked: LockedReport
    """The one in force, else the last one."""
    earlier: Sequence[LockedReport]
    """Those before it, the newest first."""
    changes: list[Change]
    """Figures that differ."""
    since: list[Since]
    """What became of calls since it was locked."""
    other_settings: list[str]
    """Which settings are others now: figures may differ for that alone."""
    has_same_rows: bool
    recalculate: bool | None
    """True where the base year has to be recalculated; None where this is not the base year, or no threshold is known."""
    gross: Change
    """Emissions of scopes 2 and 3, by which that is decided."""


def lock(store: "Store", report: "Report", by: str, is_nil: bool = False) -> None:
    """
    Keep the figures of a report, inside a `transaction`.

    Args:
        by: Name of a key, or "local".
        is_nil: The report is meant to have no calls. Else one without is taken for a slip, since a lock stays on record for good.

    Raises:
        UsageError: It has no period, or one that is not over or is locked already, or has no calls, or some that it should not have.
    """
    span = _span(report.filters)
    period, calls = spans.name(span, report.tz), report.evidence.calls
    if span[1] > report.now_ms:
        raise NotOver(period, local_day(span[1], report.tz).isoformat())
    if found := _in_force(store, report.filters) or _elsewhere(store, report.filters, report.tz):
        raise AlreadyLocked(found, span, report.tz)
    if is_nil and calls:
        raise HasCalls(period, calls)
    if not is_nil and not calls:
        raise NoCalls(period)
    store.locked_reports.add(_kept(report, span, by))


def lift(store: "Store", filters: "Filters", tz: tzinfo, by: str, why: str, now_ms: int) -> LockedReport:
    """
    End the lock of a period, inside a `transaction`; what it said stays.

    Raises:
        NotLocked: There is none.
    """
    found = _in_force(store, filters)
    if found is None:
        raise NotLocked(spans.name(_span(filters), tz), _elsewhere(store, filters, tz))
    store.locked_reports.lift(found, by, why, now_ms)
    return replace(found, lifted_at_ms=now_ms, lifted_by=by, lifted_why=why)


def restatement(store: "Store", report: "Report") -> Restatement | None:
    """What became of the locked report of the same calls and period; None where there is none."""
    if report.filters.start_ms is None or report.filters.end_ms is None:
        return None
    known = store.locked_reports.of(report.filters)
    if not known:
        return None
    newest, *earlier = known
    found = changes((Figure(*figure) for figure in newest.figures), figures(report))
    gross = next((change for change in found if change.line == GROSS), Change(EMISSIONS, GROSS, CO2, None, None))
    since = store.locked_reports.since(newest, report.filters, report.total.calls)
    differing = [change for change in found if change.differs]
    return Restatement(newest, earlier, differing, since, _other_settings(newest, report), newest.sha256 == report.evidence.sha256, _recalculate(report, gross), gross)


def _other_settings(locked: LockedReport, report: "Report") -> list[str]:
    kept = {"organisation": (locked.organisation, asdict(report.organisation)), "instruments": (locked.instruments, [asdict(each) for each in report.instruments])}
    return [name for name, (then, now) in kept.items() if json_text(then) != json_text(now)]


def _recalculate(report: "Report", gross: Change) -> bool | None:
    chosen = report.organisation
    is_base_year = spans.name(_span(report.filters), report.tz) == str(chosen.base_year)
    if not is_base_year or chosen.recalculation_threshold is None:
        return None
    return gross.differs and (gross.share is None or abs(gross.share) >= chosen.recalculation_threshold)


def _kept(report: "Report", span: spans.Span, by: str) -> LockedReport:
    evidence = report.evidence
    return LockedReport(
        *span, zone_name(report.tz), report.now_ms, by, __version__, evidence.calls, evidence.sha256, evidence.last_call,
        filters=conditions(report.filters),
        methods={line.name: line.amounts.calls for line in report.methods},
        editions={line.name: line.amounts.calls for line in report.editions},
        figures=tuple(figures(report)),
        organisation=asdict(report.organisation),
        instruments=tuple(asdict(each) for each in report.instruments),
    )  # fmt: skip


def _in_force(store: "Store", filters: "Filters") -> LockedReport | None:
    _span(filters)
    return next((each for each in store.locked_reports.of(filters) if each.lifted_at_ms is None), None)


def _elsewhere(store: "Store", filters: "Filters", tz: tzinfo) -> LockedReport | None:
    """The lock in force of the period with the same name, by the days of another time zone."""
    span = _span(filters)
    alike = (each for each in store.locked_reports.each() if each.lifted_at_ms is None and each.filters == conditions(filters))
    return next((each for each in alike if _has_other_days(each, span) and spans.of_lock(each) == spans.name(span, tz)), None)


def _span(filters: "Filters") -> spans.Span:
    if filters.start_ms is None or filters.end_ms is None:
        raise UsageError(NO_PERIOD, "--start-date and --end-date give it, or --lock 2025")
    return filters.start_ms, filters.end_ms


def with_restatement(store: "Store", report: "Report") -> "Report":
    """The report, with what it said when its period was locked, and a warning where that is something else now, or has the days of another time zone."""
    if report.filters.start_ms is None or report.filters.end_ms is None:
        return report
    found, elsewhere = restatement(store, report), _elsewhere(store, report.filters, report.tz)
    warnings = [*report.warnings, *(_warnings(found, report.tz) if found else ()), *([_other_days(elsewhere, report)] if elsewhere else ())]
    return replace(report, restatement=found, warnings=warnings)


def _has_other_days(locked: LockedReport, span: spans.Span) -> bool:
    return (locked.start_ms, locked.end_ms) != span


def _by(locked: LockedReport, span: spans.Span, tz: tzinfo) -> str:
    """When and by whom, and with which days where these are others."""
    days = f" with the days of {locked.time_zone}" if _has_other_days(locked, span) else ""
    return f"on {local_day(locked.locked_at_ms, tz).isoformat()} by {shorten(locked.locked_by)}{days}"


def _other_days(locked: LockedReport, report: "Report") -> str:
    by, own = _by(locked, _span(report.filters), report.tz), zone_name(report.tz)
    return f"{spans.of_lock(locked)} was locked {by}, and this report has those of {own}: with --tz {locked.time_zone} it is the one that was locked."


def _warnings(found: Restatement, tz: tzinfo) -> list[str]:
    """A sentence where a report is not what it was when it was locked, and still is locked."""
    if found.locked.lifted_at_ms is not None or (found.has_same_rows and not found.changes):
        return []
    day, by = local_day(found.locked.locked_at_ms, tz).isoformat(), shorten(found.locked.locked_by)
    count = len(found.changes)
    what = f"{count:,} {'figure has' if count == 1 else 'figures have'} changed since" if count else "rows have changed since, and no figure"
    return [f"This period has been locked since {day} by {by}, and {what}: see Restatement."]
