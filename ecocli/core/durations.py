"""Durations as people write them: 90d, 12h, 2w, 3mo."""

import re

from ecocli.errors import UsageError, quoted

SPELLINGS = {
    "s": "s sec second seconds",
    "min": "min mins minute minutes",
    "h": "h hour hours",
    "d": "d day days",
    "w": "w week weeks",
    "mo": "mo month months",
    "y": "y year years",
}
UNITS = {spelling: unit for unit, spellings in SPELLINGS.items() for spelling in spellings.split()}
UNITS_MS = {"s": 1000, "min": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000, "mo": 2_678_400_000, "y": 31_536_000_000}
"""A month has no fixed length: its longest one bounds a duration, and stands for nothing else."""
LONGEST_MS = 100 * UNITS_MS["y"]
HINT = "a number and s, min, h, d, w, mo or y, for example 90d"


def parse(text: str) -> tuple[int, str]:
    """
    (count, unit) of a duration, the unit one of UNITS_MS.

    Raises:
        UsageError: `text` is not a positive number with a unit, or more than a hundred years. "m" may be minutes or months, and is refused.

    >>> parse("90d"), parse("2 weeks"), parse("3mo")
    ((90, 'd'), (2, 'w'), (3, 'mo'))
    """
    found = re.fullmatch(r"([0-9]{1,9}) ?([a-z]+)", text.strip().lower(), re.ASCII)
    if found and found[2] == "m":
        raise UsageError(f"{quoted(text)} may be minutes or months", f"{found[1]}mo for months, {found[1]}min for minutes")
    unit = UNITS.get(found[2]) if found else None
    if (word := text.strip().lower()) in UNITS and word != UNITS[word]:
        raise UsageError(f"no span of time {quoted(text)}", f"did you mean 1{UNITS[word]}?")
    if re.fullmatch(r"[0-9]{1,4}", word, re.ASCII):
        raise UsageError(f"no span of time {quoted(text)}", f"did you mean {word}d, {word}w or {word}mo?")
    if found is None or unit is None or not 0 < int(found[1]) * UNITS_MS[unit] <= LONGEST_MS:
        raise UsageError(f"no span of time {quoted(text)}", HINT)
    return int(found[1]), unit


def span_ms(text: str) -> int:
    """
    The length of a duration. [ms] A month has no fixed length, so it is refused.

    >>> span_ms("90d") // 86_400_000
    90
    """
    count, unit = parse(text)
    if unit == "mo":
        raise UsageError(f"no span of time {quoted(text)}", "months differ in length: a number and s, min, h, d, w or y, for example 90d")
    return count * UNITS_MS[unit]
