"""Times that a call may have: from 2015, before which no model was called over the network, to a day ahead of now."""

from collections.abc import Mapping, Sequence

from ecocli.core.dates import iso
from ecocli.core.usage import Usage
from ecocli.errors import BadField
from ecocli.ingest import rules

DAY_MS = 86_400_000
FIRST_MS = 1_420_070_400_000
"""2015-01-01T00:00:00Z"""
UNITS = {"seconds": (1000, 1), "microseconds": (1, 1000), "nanoseconds": (1, 1_000_000)}
"""Units that are mistaken for milliseconds, each with their number in it as a fraction."""
FIELDS = {"started_at_ms": "startTimeMs", "first_token_at_ms": "firstTokenTimeMs", "ended_at_ms": "endTimeMs"}
"""Times of a Usage, with their names in an event."""
EARLY, LATE = "must be in 2015 or later", "must be at most a day ahead of now"


def last_ms(now_ms: int) -> int:
    """Clocks differ by zones, not by years; one that was never set says nothing."""
    return now_ms + DAY_MS if now_ms >= FIRST_MS else rules.MAX_TIME_MS


def is_likely(ms: int, now_ms: int) -> bool:
    return FIRST_MS <= ms <= last_ms(now_ms)


def check(field: str, ms: int, now_ms: int) -> None:
    """BadField, with what was probably meant, for a time that no call can have."""
    if not is_likely(ms, now_ms):
        raise BadField(field, ms, EARLY if ms < FIRST_MS else LATE, meaning(ms, now_ms) or "milliseconds since 1970, UTC")


def meaning(ms: int, now_ms: int) -> str | None:
    """
    The time that is meant where a number is in another unit than milliseconds.

    >>> meaning(1_710_000_000, 1_750_000_000_000)
    'seconds are given for milliseconds? 1710000000000 is 2024-03-09T16:00:00Z'
    """
    for unit, (times, parts) in UNITS.items():
        if is_likely(meant := ms * times // parts, now_ms):
            return f"{unit} are given for milliseconds? {meant} is {iso(meant)}"
    return None


def are_likely(columns: Mapping[str, Sequence[int]], now_ms: int) -> bool:
    """True where no call of many has a time that it cannot have; by attributes of a Usage."""
    found = [columns[name] for name in FIELDS if columns.get(name)]
    return all(is_likely(min(each), now_ms) and is_likely(max(each), now_ms) for each in found)


def doubt(usage: Usage, now_ms: int) -> str | None:
    """
    A warning about a reported start that no call can have, which is kept: a machine with a wrong clock loses no log.

    Raises:
        BadField: It is an event of eco's own, whose caller can put it right.
    """
    if usage.format == "native":
        for name, field in FIELDS.items():
            if (ms := getattr(usage, name)) is not None:
                check(field, ms, now_ms)
    ms = usage.started_at_ms
    if ms is None or is_likely(ms, now_ms):
        return None
    why = "before 2015" if ms < FIRST_MS else "more than a day ahead"
    return f"a call began on {iso(ms).partition('T')[0]}, {why}: kept as reported. {meaning(ms, now_ms) or 'Is the clock wrong?'}"
