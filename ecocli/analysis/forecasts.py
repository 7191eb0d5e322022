"""A forecast of a period from its calls so far: as if time that is left went as time that has passed."""

from collections.abc import Sequence

from ecocli.core.quantity import Estimate

PARTS = 4
"""Equal parts of the time that has passed: the quietest and the busiest say how far the rest may differ."""
SOONEST = 0.1
"""Share of a period that has passed before anything is said about its end."""


def part_starts(start_ms: int, end_ms: int, now_ms: int) -> list[int]:
    """The first milliseconds of the parts of the elapsed time; only that of the period while it is too soon for a forecast."""
    passed_ms = now_ms - start_ms
    if passed_ms < SOONEST * (end_ms - start_ms):
        return [start_ms]
    return [start_ms + passed_ms * part // PARTS for part in range(PARTS)]


def forecast(so_far: Estimate, parts: Sequence[Estimate], start_ms: int, end_ms: int, now_ms: int) -> Estimate | None:
    """
    The sum at the end of a period, growing as it did on average.

    The range has the rest of the period go as the quietest part of the elapsed time, at the low end of its estimate, to
    as the busiest, at the high end. It is no percentile: a rest that is quieter or busier than any part lies outside.

    Args:
        parts: Sums over the parts of `part_starts`.

    Returns:
        None while too little of the period has passed, and where there is nothing to go by.

    >>> forecast(Estimate(8, 10, 12), [Estimate(2, 2.5, 3)] * 4, 0, 100, 50)
    Estimate(low=16.0, value=20.0, high=24.0)
    >>> forecast(Estimate(8, 10, 12), [Estimate(8, 10, 12)], 0, 100, 5)
    """
    if len(parts) < PARTS or not so_far.value:
        return None
    rest = PARTS * (end_ms - now_ms) / (now_ms - start_ms)
    low, high = min(part.low for part in parts), max(part.high for part in parts)
    return Estimate(so_far.low + rest * low, so_far.value + rest * so_far.value / PARTS, so_far.high + rest * high)
