"""Conversion of dates between text and milliseconds since 1970 in UTC."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, tzinfo

from ecocli.errors import UsageError, quoted

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - without a zone, which takes longer to format than to leave out
MS = timedelta(milliseconds=1)
CYCLE_MS = 146_097 * 86_400_000
"""400 years of the Gregorian calendar."""
EXAMPLES = "2025-05-10, 2025-05-10T12:00:00Z or 2025-05-10T12:00+02:00"


class Local(tzinfo):
    """The machine's own time zone, daylight saving included; a fixed offset would be wrong half the year."""

    def utcoffset(self, moment: datetime | None) -> timedelta | None:
        return None if moment is None else moment.replace(tzinfo=None).astimezone().utcoffset()

    def dst(self, moment: datetime | None) -> timedelta | None:
        return None

    def tzname(self, moment: datetime | None) -> str | None:
        return None if moment is None else moment.replace(tzinfo=None).astimezone().tzname()

    def fromutc(self, moment: datetime) -> datetime:
        return moment.replace(tzinfo=UTC).astimezone().replace(tzinfo=self)


def zone(name: str | None) -> tzinfo:
    """
    The time zone with an IANA name; UTC for None, the machine's own for "local".

    Raises:
        UsageError: No zone has this name.
    """
    if name is None or name.upper() == "UTC":
        return UTC
    if name == "local":
        return Local()
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UsageError(f"no time zone {quoted(name)}", "a name such as Europe/Berlin, UTC or local") from error


def zone_name(tz: tzinfo) -> str:
    """The IANA name of a time zone, "local" for the machine's own."""
    return str(getattr(tz, "key", None) or ("local" if isinstance(tz, Local) else tz))


def first_ms(text: str, tz: tzinfo) -> int:
    """First millisecond of a date or time: an inclusive start. UsageError when `text` is neither."""
    return _ms(_parse(text, tz)[0])


def after_ms(text: str, tz: tzinfo) -> int:
    """First millisecond after a date (the whole day counts) or time: an exclusive end. UsageError when `text` is neither."""
    moment, is_day = _parse(text, tz)
    if not is_day:
        return _ms(moment) + 1
    return _ms(_at_midnight(moment.date() + timedelta(days=1), tz)) if moment.year < 9999 else _ms(moment) + 86_400_000


def iso(ms: int) -> str:
    """
    A time as ISO 8601 in UTC, with a fraction only where there is one; years after 9999 in the expanded form.

    Other programs, and older versions of this one, may have stored a time of any year: it can be shown.

    >>> iso(1_710_000_000_000), iso(1_710_000_000_250)
    ('2024-03-09T16:00:00Z', '2024-03-09T16:00:00.250Z')
    >>> iso(253_402_300_800_000)
    '+010000-01-01T00:00:00Z'
    """
    precision = "seconds" if ms % 1000 == 0 else "milliseconds"
    try:
        return (_EPOCH + ms * MS).isoformat(timespec=precision) + "Z"
    except OverflowError:  # the calendar repeats itself every 400 years
        cycles, rest_ms = divmod(ms, CYCLE_MS)
        moment = _EPOCH + rest_ms * MS
        return f"{moment.year + 400 * cycles:+07}{moment.isoformat(timespec=precision)[4:]}Z"


def _parse(text: str, tz: tzinfo) -> tuple[datetime, bool]:
    """(time, True if it means the whole day): 2025-05-10, 20250510 and 2025-W19-6 do."""
    with suppress(ValueError):
        return _at_midnight(date.fromisoformat(text), tz), True
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"no date {quoted(text)}", f"ISO 8601, for example {EXAMPLES}") from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=tz)), False


def _at_midnight(day: date, tz: tzinfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=tz)


def _ms(moment: datetime) -> int:
    # not timestamp(), whose float loses milliseconds in far years
    return (moment - EPOCH) // MS
