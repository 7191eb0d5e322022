"""Days, weeks, months and years of a time zone, daylight saving included, as milliseconds since 1970 in UTC."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo

from ecocli.core import dates
from ecocli.core.dates import EPOCH, MS
from ecocli.core.durations import span_ms
from ecocli.errors import UsageError

PERIODS = ("day", "week", "month", "year")
FIRST_DAY, LAST_DAY = date.min + timedelta(days=366), date.max - timedelta(days=366)
"""Days outside of these are treated as the nearest of them, so that the periods around it can be computed."""
EARLIEST_MS, LATEST_MS = ((datetime(day.year, day.month, day.day, tzinfo=UTC) - EPOCH) // MS for day in (FIRST_DAY, LAST_DAY))
FOREVER_MS = 2**63 - 1
"""The period of LAST_DAY ends here: no stored time lies after it, and what goes from period to period comes to an end."""


def bounds(period: str, tz: tzinfo) -> Callable[[int], tuple[int, int]]:
    """
    A function from a time to the (start, end) of the day, week (from Monday), month or year that contains it. [ms]

    The end lies after the time, whatever the time is.

    >>> bounds("month", UTC)(1_710_000_000_000) == (1_709_251_200_000, 1_711_929_600_000)
    True
    """

    def around(ms: int) -> tuple[int, int]:
        day = local_day(ms, tz)
        first = _first_day(period, day)
        after = _next(period, first)
        if ms >= midnight_ms(after, tz) and day < LAST_DAY:  # clocks were set back over midnight: the time is after the end of its date
            first, after = after, _next(period, after)
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

    >>> [label(period, 1_709_251_200_000, UTC) for period in PERIODS]
    ['2024-03-01', '2024-W09', '2024-03', '2024']
    """
    day = local_day(start_ms, tz)
    if period == "week":
        year, week, _ = day.isocalendar()
        return f"{year:04}-W{week:02}"
    return day.isoformat()[: {"day": 10, "month": 7, "year": 4}[period]]


def local_day(ms: int, tz: tzinfo) -> date:
    """The date of a time in a time zone, from FIRST_DAY to LAST_DAY."""
    if not EARLIEST_MS <= ms <= LATEST_MS:
        return FIRST_DAY if ms < 0 else LAST_DAY
    return (EPOCH + ms * MS).astimezone(tz).date()


def midnight_ms(day: date, tz: tzinfo) -> int:
    """The start of a day, also where clocks are set forward over midnight. [ms]"""
    return (datetime(day.year, day.month, day.day, tzinfo=tz) - EPOCH) // MS


def since_ms(text: str, tz: tzinfo, now_ms: int) -> int:
    """
    The start that `text` gives: a duration before now, or the start of a year, month, day or time. [ms]

    Raises:
        UsageError: `text` is none of these.

    >>> since_ms("7d", UTC, 700_000_000), since_ms("1970-02", UTC, 0)
    (95200000, 2678400000)
    """
    found = re.fullmatch(r"([0-9]{4})(?:-([0-9]{2}))?", text.strip())
    if found and 1 <= int(found[2] or 1) <= 12 and int(found[1]):
        return midnight_ms(date(int(found[1]), int(found[2] or 1), 1), tz)
    try:
        return dates.first_ms(text, tz) if "-" in text else max(0, now_ms - span_ms(text))
    except UsageError as error:
        raise UsageError(str(error), "for example 7d, 12h, 2026-11 or 2026-11-22", code="bad-span") from error


def _first_day(period: str, day: date) -> date:
    if period == "day":
        return day
    if period == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if period == "month" else day.replace(month=1, day=1)


def _next(period: str, first: date) -> date:
    if period in ("day", "week"):
        return first + timedelta(days=1 if period == "day" else 7)
    if period == "year":
        return first.replace(year=first.year + 1)
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)
