"""The language for time in options: 2026-11-20, 2026-11, 2026-W47, yesterday, last month, 7d. Loaded only where one is given."""

import re
from contextlib import suppress
from datetime import date, datetime, timedelta, tzinfo

from ecocli.core import durations
from ecocli.core.dates import EPOCH, MS
from ecocli.core.days import LAST_DAY, first_day, local_day, midnight_ms, moment_ms, shifted
from ecocli.errors import UsageError, quoted

DAYS = {"today": 0, "yesterday": -1, "tomorrow": 1}
PERIOD = re.compile(r"(this|last|previous)[ -]?(week|month|year)")
CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9])(?:\.([0-9]{1,6}))?)?", re.ASCII)
YEAR, QUARTER, MONTH, WEEK = (re.compile(pattern, re.ASCII) for pattern in (r"[0-9]{4}", r"([0-9]{4})-?[Qq]([1-4])", r"([0-9]{4})-([0-9]{2})", r"([0-9]{4})-?[Ww]([0-9]{2})"))
HINT = "for example 2026-11-22, 2026-11, 2026-W47, yesterday, last month or 7d"
MOMENT_HINT = 'for example "2026-11-20 10:00", 2026-11-20T10:00Z, now or "yesterday 14:00"'
OTHERWISE = re.compile(r"[0-9]{1,4}[-/. ][0-9]{1,2}([-/. ][0-9]{1,4})?", re.ASCII)
WRITTEN = "a day is written year-month-day, for example 2026-11-22, since 11/12 is December somewhere and November elsewhere"
"""The hint for 20/11/2026, 11-20 and the like."""
ROLLING = {"d": ("day", 1), "w": ("week", 1), "mo": ("month", 1), "y": ("year", 1)}

LONGEST_MS = 366 * durations.UNITS_MS["d"]
"""Length of a period in the last year that there is, after which no period begins."""

Span = tuple[int, int]
"""First millisecond, and the first one after."""


def span(text: str, tz: tzinfo, now_ms: int) -> Span:
    """
    The day, week, month, quarter, year or moment that `text` names, in a time zone; a duration is the moment so long before now.

    Raises:
        UsageError: `text` names none.

    >>> from datetime import UTC
    >>> day_ms = 86_400_000
    >>> [span(text, UTC, 45 * day_ms) for text in ("1970-02", "yesterday", "last month")] == [
    ...     (31 * day_ms, 59 * day_ms), (44 * day_ms, 45 * day_ms), (0, 31 * day_ms)]
    True
    """
    words = " ".join(text.split())
    found = _named(words, tz, now_ms) or _calendar(words, tz) or _clocked(words, tz, now_ms) or _iso(words, tz)
    if found is not None:
        return found
    duration = words.lower().removesuffix(" ago")
    if not duration[:1].isdecimal() or re.search(r"[-:/.]", duration):
        raise UsageError(f"no date {quoted(text)}", WRITTEN if OTHERWISE.fullmatch(duration) else HINT)
    return _moment(_before(duration, tz, now_ms))


def rolling(text: str, tz: tzinfo, now_ms: int) -> Span:
    """
    The last days, weeks, months or years, today included as a whole; of hours and less, the last ones up to now.

    >>> from datetime import UTC
    >>> day_ms = 86_400_000
    >>> rolling("7d", UTC, 20 * day_ms + 5) == (14 * day_ms, 21 * day_ms)
    True
    """
    count, unit = durations.parse(text)
    if unit not in ROLLING:
        return max(0, now_ms - count * durations.UNITS_MS[unit]), now_ms + 1
    today = local_day(now_ms, tz)
    tomorrow = shifted("day", today, 1)
    period, each = ROLLING[unit]
    return max(0, midnight_ms(shifted(period, tomorrow, -count * each), tz)), midnight_ms(tomorrow, tz)


def moment(text: str, tz: tzinfo, now_ms: int) -> int:
    """
    A moment: a date with a time of day, the midnight that begins a day, a time of day today, "now", or "3h ago". [ms since 1970, UTC]

    Raises:
        UsageError: `text` names none.
    """
    words = " ".join(text.split())
    if found := _clocked(words, tz, now_ms) or _iso(words, tz):
        return found[0]
    if day := _day(words, tz, now_ms):
        return midnight_ms(day, tz)
    if words.lower().endswith(" ago"):
        return _before(words.lower().removesuffix(" ago"), tz, now_ms)
    raise UsageError(f"no moment {quoted(text)}", MOMENT_HINT)


def _moment(ms: int) -> Span:
    return max(0, ms), max(0, ms) + 1


def _before(text: str, tz: tzinfo, now_ms: int) -> int:
    """The moment a duration before now, at the same time of day where it is days or longer."""
    count, unit = durations.parse(text)
    if unit not in ("mo", "y"):
        return now_ms - count * durations.UNITS_MS[unit]
    now = (EPOCH + now_ms * MS).astimezone(tz)
    day = shifted(ROLLING[unit][0], now.date(), -count)
    return moment_ms(datetime.combine(day, now.time(), tz))


def _period(period: str, day: date, tz: tzinfo) -> Span:
    first = first_day(period, day)
    start_ms = midnight_ms(first, tz)
    return start_ms, max(midnight_ms(shifted(period, first, 1), tz), start_ms + LONGEST_MS * (first.year > LAST_DAY.year))


def _named(words: str, tz: tzinfo, now_ms: int) -> Span | None:
    """Today, yesterday, this week, last month and their like."""
    today, lower = local_day(now_ms, tz), words.lower()
    if lower in DAYS:
        return _period("day", shifted("day", today, DAYS[lower]), tz)
    if found := PERIOD.fullmatch(lower):
        return _period(found[2], shifted(found[2], first_day(found[2], today), 0 if found[1] == "this" else -1), tz)
    return None


def _calendar(words: str, tz: tzinfo) -> Span | None:
    """A year, a quarter, a month, a week or a day of the calendar."""
    with suppress(ValueError):
        if YEAR.fullmatch(words):
            return _period("year", date(int(words), 1, 1), tz)
        if found := QUARTER.fullmatch(words):
            return _quarter(int(found[1]), int(found[2]), tz)
        if found := MONTH.fullmatch(words):
            return _period("month", date(int(found[1]), int(found[2]), 1), tz)
        if found := WEEK.fullmatch(words):
            return _period("week", date.fromisocalendar(int(found[1]), int(found[2]), 1), tz)
        return _day_span(date.fromisoformat(words), tz)
    return None


def _quarter(year: int, number: int, tz: tzinfo) -> Span:
    first, last = (date(year, 3 * number - months, 1) for months in (2, 0))
    return _period("month", first, tz)[0], _period("month", last, tz)[1]


def _day_span(day: date, tz: tzinfo) -> Span:
    start_ms = midnight_ms(day, tz)
    return start_ms, midnight_ms(day + timedelta(days=1), tz) if day < date.max else start_ms + durations.UNITS_MS["d"]


def _clocked(words: str, tz: tzinfo, now_ms: int) -> Span | None:
    """Now, a time of day today, or one after a day: "yesterday 14:00"."""
    if words.lower() == "now":
        return _moment(now_ms)
    rest, _, clock = words.rpartition(" ")
    found = CLOCK.fullmatch(clock)
    day = _day(rest or "today", tz, now_ms) if found else None
    if found is None or day is None:
        return None
    microseconds = int((found[4] or "").ljust(6, "0"))
    time_of_day = (int(found[1]), int(found[2]), int(found[3] or 0), microseconds)
    return _moment(moment_ms(datetime(day.year, day.month, day.day, *time_of_day, tzinfo=tz)))


def _day(text: str, tz: tzinfo, now_ms: int) -> date | None:
    if text.lower() in DAYS:
        return shifted("day", local_day(now_ms, tz), DAYS[text.lower()])
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _iso(words: str, tz: tzinfo) -> Span | None:
    """A date with a time of day in ISO 8601."""
    with suppress(ValueError):
        if len(words) > len("2026-11-20"):
            found = datetime.fromisoformat(words)
            return _moment(moment_ms(found if found.tzinfo else found.replace(tzinfo=tz)))
    return None

