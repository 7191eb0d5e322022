"""What the recorded calls leave open: days without any, and calls that lack a count."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

from ecocli.store.coverage import Uncounted
from ecocli.util.valueclass import value_class

ONE_DAY = timedelta(days=1)


@value_class(frozen=True, slots=True)
class Gap:
    """Days in a row without a call, both ends included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


@value_class(frozen=True, slots=True)
class Coverage:
    """Days of the period, and calls with a count of zero."""

    days: int
    """Of the period that was asked for, up to today; of the time from the first call to the last where none was."""
    days_with_calls: int
    longest_gap: Gap | None
    uncounted: Uncounted

    @property
    def days_without_calls(self) -> int:
        return self.days - self.days_with_calls


def coverage(active: Sequence[date], first: date | None, last: date | None, uncounted: Uncounted) -> Coverage:
    """
    Days with and without calls.

    Args:
        active: Days that have calls, oldest first.
        first: First day of the period; None for that of the first call.
        last: Last day likewise.
    """
    first, last = first or (active[0] if active else None), last or (active[-1] if active else None)
    if first is None or last is None or last < first:
        return Coverage(0, 0, None, uncounted)
    inside = [day for day in active if first <= day <= last]
    edges = [first - ONE_DAY, *inside, last + ONE_DAY]
    gaps = [Gap(before + ONE_DAY, after - ONE_DAY) for before, after in pairwise(edges) if after - before > ONE_DAY]
    return Coverage((last - first).days + 1, len(inside), max(gaps, key=lambda gap: gap.days, default=None), uncounted)
