"""The period of a report: its name, the one before it, and the same one of another year."""

from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING

from ecocli.analysis import previous
from ecocli.core.dates import EPOCH, MS
from ecocli.core.days import local_day, moment_ms, shifted
from ecocli.core.zones import zone
from ecocli.errors import UsageError

if TYPE_CHECKING:
    from ecocli.store.history import Filters
    from ecocli.store.locked_reports import LockedReport

Span = previous.Span
QUARTER, YEAR = 3, 12
"""In months."""


def name(span: Span, tz: tzinfo) -> str:
    """
    A year, a quarter, a month or a day by its name, any other period by its first and last day.

    >>> from datetime import UTC
    >>> day_ms = 86_400_000
    >>> [name((0, days * day_ms), UTC) for days in (365, 90, 31, 1, 45)]
    ['1970', '1970-Q1', '1970-01', '1970-01-01', '1970-01-01 to 1970-02-14']
    """
    first, last = local_day(span[0], tz), local_day(span[1] - 1, tz)
    months = previous.whole_months(span, tz)
    if months == YEAR and first.month == 1:
        return f"{first.year}"
    if months == QUARTER and first.month % QUARTER == 1:
        return f"{first.year}-Q{(first.month + 2) // QUARTER}"
    if months == 1:
        return f"{first:%Y-%m}"
    return f"{first}" if first == last else f"{first} to {last}"


def of_lock(locked: "LockedReport") -> str:
    """The name of its period by its own days; by those of UTC where this machine does not know its time zone."""
    try:
        tz = zone(locked.time_zone)
    except UsageError:
        tz = UTC
    return name((locked.start_ms, locked.end_ms), tz)


def before(span: Span, tz: tzinfo, now_ms: int) -> Span:
    """The period just before, as long by the calendar; of one that is not over yet the same part."""
    return previous.before((span[0], min(span[1], now_ms + 1)), previous.step_of(span, tz), tz)


def unfinished(filters: "Filters", tz: tzinfo, now_ms: int) -> Iterator[str]:
    """A sentence on a period of which days are still to come, today aside."""
    today = local_day(now_ms, tz)
    if filters.start_ms is not None and local_day(filters.start_ms, tz) > today:
        yield f"The period has not begun: its first day is {local_day(filters.start_ms, tz)}."
    elif filters.end_ms is not None and local_day(filters.end_ms - 1, tz) > today:
        yield f"The period is not over: its last day is {local_day(filters.end_ms - 1, tz)}."


def in_year(span: Span, year: int, tz: tzinfo, now_ms: int) -> Span:
    """
    The same days of another year.

    Raises:
        UsageError: The period does not lie within one year, or lies in that one.
    """
    own = local_day(span[0], tz).year
    if local_day(span[1] - 1, tz).year != own:
        raise UsageError(f"--compare {year}: the report's period lies in more than one year", "--compare previous shows the period before")
    if own == year:
        raise UsageError(f"--compare {year}: the report itself is of that year", "name another year, or previous")
    start_ms, end_ms = (_moved(ms, year - own, tz) for ms in (span[0], min(span[1], now_ms + 1)))
    return start_ms, end_ms


def _moved(ms: int, years: int, tz: tzinfo) -> int:
    local = (EPOCH + ms * MS).astimezone(tz)
    return moment_ms(datetime.combine(shifted("year", local.date(), years), local.time(), tz))
