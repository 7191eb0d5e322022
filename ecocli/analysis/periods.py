"""Days, weeks, months and years of a time zone, daylight saving included, as milliseconds since 1970 in UTC."""

from collections.abc import Callable, Iterator
from datetime import tzinfo

from ecocli.core.days import LAST_DAY, first_day, local_day, midnight_ms, shifted

PERIODS = ("day", "week", "month", "year")
FOREVER_MS = 2**63 - 1
"""The period of LAST_DAY ends here: no stored time lies after it, and what goes from period to period comes to an end."""


def bounds(period: str, tz: tzinfo) -> Callable[[int], tuple[int, int]]:
    """
    A function from a time to the (start, end) of the day, week (from Monday), month or year that contains it. [ms]

    The end lies after the time, whatever the time is.

    >>> from datetime import UTC
    >>> bounds("month", UTC)(1_710_000_000_000) == (1_709_251_200_000, 1_711_929_600_000)
    True
    """

    def around(ms: int) -> tuple[int, int]:
        day = local_day(ms, tz)
        first = first_day(period, day)
        after = shifted(period, first, 1)
        if ms >= midnight_ms(after, tz) and day < LAST_DAY:  # clocks were set back over midnight: the time is after the end of its date
            first, after = after, shifted(period, after, 1)
        after_ms = midnight_ms(after, tz)
        return midnight_ms(first, tz), after_ms if ms < after_ms else FOREVER_MS

    return around


def starts_between(period: str, tz: tzinfo, first_ms: int, last_ms: int) -> Iterator[int]:
    """The start of every period from that of `first_ms` to that of `last_ms`. [ms]"""
    around, at = bounds(period, tz), first_ms
    while at <= last_ms:
        start_ms, at = around(at)
        yield start_ms


def label(period: str, start_ms: int, tz: tzinfo) -> str:
    """
    The name of a period, weeks as in ISO 8601.

    >>> from datetime import UTC
    >>> [label(period, 1_709_251_200_000, UTC) for period in PERIODS]
    ['2024-03-01', '2024-W09', '2024-03', '2024']
    """
    day = local_day(start_ms, tz)
    if period == "week":
        year, week, _ = day.isocalendar()
        return f"{year:04}-W{week:02}"
    return day.isoformat()[: {"day": 10, "month": 7, "year": 4}[period]]
