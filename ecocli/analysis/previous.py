"""A time and the one before it: a running month beside the same part of the last, seven days beside the seven before."""

from datetime import date, datetime, timedelta, tzinfo

from ecocli.analysis.periods import PERIODS
from ecocli.analysis.summaries import Group, Summary
from ecocli.core.dates import EPOCH, MS
from ecocli.core.days import first_day, local_day, midnight_ms, moment_ms, shifted
from ecocli.store.partial_sums import PartialSums, Sum

Span = tuple[int, int]
"""First millisecond, and the first one after."""
Step = tuple[str, int]
"""A period and how many of it."""


def step_of(span: Span, tz: tzinfo) -> Step | None:
    """One day, week, month or year where the span is one from its first day to its last, months where it is several; None for any other."""
    day = local_day(span[0], tz)
    for period in PERIODS:
        first = first_day(period, day)
        if span == (midnight_ms(first, tz), midnight_ms(shifted(period, first, 1), tz)):
            return period, 1
    months = whole_months(span, tz)
    return ("month", months) if months else None


def whole_months(span: Span, tz: tzinfo) -> int | None:
    """How many months a span is; None where it is not whole months."""
    first, after = local_day(span[0], tz), local_day(span[1] - 1, tz) + timedelta(days=1)
    is_whole = first.day == after.day == 1 and span == (midnight_ms(first, tz), midnight_ms(after, tz))
    return 12 * (after.year - first.year) + after.month - first.month if is_whole else None


def days_of(span: Span, tz: tzinfo) -> Step:
    """The days that a span touches."""
    return "day", (local_day(span[1] - 1, tz) - local_day(span[0], tz)).days + 1


def before(span: Span, step: Step | None, tz: tzinfo) -> Span:
    """
    The span that lies a step before, by the clock of its zone; without a step, the one just as long that ends where it begins.

    A span that ends in the middle of its step, as a running month does, is compared with the same part.

    >>> from datetime import UTC
    >>> day_ms = 86_400_000
    >>> before((31 * day_ms, 40 * day_ms + 5), ("month", 1), UTC) == (0, 9 * day_ms + 5)
    True
    """
    start_ms, end_ms = span
    if step is None:
        return max(0, 2 * start_ms - end_ms), start_ms
    start, end = ((EPOCH + ms * MS).astimezone(tz).replace(tzinfo=None) for ms in span)
    period, count = step
    if end == datetime.combine(shifted(period, start.date(), count), start.time()):
        return _ms(shifted(period, start.date(), -count), start, tz), start_ms
    first = shifted(period, start.date(), -count)
    last = first + timedelta(days=(end.date() - start.date()).days)
    return _ms(first, start, tz), min(_ms(last, end, tz), start_ms)


def _ms(day: date, clock: datetime, tz: tzinfo) -> int:
    return moment_ms(datetime.combine(day, clock.time(), tz))


def pairs(now: Summary, earlier: Summary) -> list[tuple[dict[str, str | None], Sum, Sum]]:
    """The groups of both, each with its sums then and before; by falling carbon, the larger of the two."""
    both = [{tuple(group.names.values()): group for group in summary.groups} for summary in (now, earlier)]
    names = [*dict.fromkeys((*both[0], *both[1]))]
    found = [(dict(zip(now.by, name, strict=True)), _sum(both[0].get(name)), _sum(both[1].get(name))) for name in names]
    return sorted(found, key=lambda pair: -max(sum["co2_g"].value for sum in pair[1:]))


def _sum(group: Group | None) -> Sum:
    return group.sum if group else PartialSums().sum()


def change(now: float, earlier: float) -> float | None:
    """By how much a figure has grown, as a share of what it was; None where it was zero."""
    return now / earlier - 1 if earlier else None
