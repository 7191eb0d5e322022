"""Durations as people write them: 90d, 12h, 2w."""

import re

from ecocli.errors import UsageError, quoted

UNITS_MS = {"s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000, "y": 31_536_000_000}
LONGEST_MS = 100 * UNITS_MS["y"]


def span_ms(text: str) -> int:
    """
    Parse a duration. [ms] A month has no fixed length, so there is no unit for it.

    Raises:
        UsageError: `text` is not a positive number with a unit, or more than a hundred years.

    >>> span_ms("90d") // 86_400_000
    90
    """
    found = re.fullmatch(r"([0-9]{1,9})([smhdwy])", text.strip().lower(), re.ASCII)
    if found is None or not 0 < (span := int(found[1]) * UNITS_MS[found[2]]) <= LONGEST_MS:
        raise UsageError(f"no span of time {quoted(text)}", "a number and s, m, h, d, w or y, for example 90d")
    return span
