"""Days of a time zone, daylight saving included, and the weeks, months and years that they begin."""

from datetime import UTC, date, datetime, timedelta, tzinfo

from ecocli.core.dates import EPOCH, MS, iso

FIRST_DAY, LAST_DAY = date.min + timedelta(days=366), date.max - timedelta(days=366)
"""Days outside of these are treated as the nearest of them, so that the periods around it can be computed."""
EARLIEST_MS, LATEST_MS = ((datetime(day.year, day.month, day.day, tzinfo=UTC) - EPOCH) // MS for day in (FIRST_DAY, LAST_DAY))


def local_day(ms: int, tz: tzinfo) -> date:
    """The date of a time in a time zone, from FIRST_DAY to LAST_DAY."""
    if not EARLIEST_MS <= ms <= LATEST_MS:
        return FIRST_DAY if ms < 0 else LAST_DAY
    return (EPOCH + ms * MS).astimezone(tz).date()


def midnight_ms(day: date, tz: tzinfo) -> int:
    """The start of a day, also where clocks are set forward over midnight. [ms]"""
    return moment_ms(datetime(day.year, day.month, day.day, tzinfo=tz))


def moment_ms(moment: datetime) -> int:
    """A time in any zone as milliseconds since 1970 in UTC."""
    return (moment - EPOCH) // MS  # not timestamp(), whose float loses milliseconds in far years


def first_day(period: str, day: date) -> date:
    """The first day of the day, week (from Monday), month or year that holds a day."""
    if period == "day":
        return day
    if period == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if period == "month" else day.replace(month=1, day=1)


def shifted(period: str, day: date, count: int) -> date:
    """
    A day moved by some days, weeks, months or years, the last of a month where that is shorter; FIRST_DAY or LAST_DAY where the calendar ends.

    >>> str(shifted("month", date(2026, 3, 31), -1)), str(shifted("week", date(2026, 3, 31), 1))
    ('2026-02-28', '2026-04-07')
    """
    if period in ("day", "week"):
        number = day.toordinal() + count * (1 if period == "day" else 7)
        return date.fromordinal(min(max(number, FIRST_DAY.toordinal()), date.max.toordinal()))
    months = 12 * day.year + day.month - 1 + count * (1 if period == "month" else 12)
    if not 12 * FIRST_DAY.year <= months <= 12 * date.max.year:
        return FIRST_DAY if count < 0 else LAST_DAY
    year, month = months // 12, months % 12 + 1
    last = (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month, min(day.day, last))


def minute_text(ms: int, tz: tzinfo) -> str:
    """
    A time of a time zone to the minute; in UTC, and marked so, outside of the calendar.

    >>> minute_text(1_710_000_000_000, UTC), minute_text(-70_000_000_000_000, UTC)
    ('2024-03-09 16:00', '-000249-10-15T19:33:20Z')
    """
    if not EARLIEST_MS <= ms <= LATEST_MS:
        return iso(ms)
    return (EPOCH + ms * MS).astimezone(tz).isoformat(" ")[:16]
