"""Times as ISO 8601 text."""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - without a zone, which takes longer to format than to leave out
MS = timedelta(milliseconds=1)
CYCLE_MS = 146_097 * 86_400_000
"""400 years of the Gregorian calendar."""


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
