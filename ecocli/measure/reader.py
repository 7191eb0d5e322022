"""The interface of an instrument's reader, and the two ways of adding its values up."""

from typing import Protocol


class Unreadable(OSError):
    """An instrument is not there, or does not let itself be read; the message says why."""


class Reader(Protocol):
    """One instrument."""

    name: str
    boundary: str
    """One of core.usage.BOUNDARIES."""

    def joules(self, now_s: float) -> float:
        """Energy since the reader was opened, or first asked. OSError where it cannot be read any longer. [J]"""
        ...

    def close(self) -> None:
        """Give the instrument back."""
        ...


class Counted:
    """
    The sum of a counter's steps.

    Args:
        wraps_at: The counter's last value, after which it begins at zero; None where it only begins anew with its driver.

    >>> counted = Counted(wraps_at=100)
    >>> [counted.add(count) for count in (90, 95, 5)]
    [0, 5, 15]
    """

    def __init__(self, wraps_at: float | None = None) -> None:
        self._wraps_at = wraps_at
        self._before: float | None = None
        self._total: float = 0

    def add(self, count: float) -> float:
        """Take one reading; gives the sum so far."""
        if self._before is not None:
            step = count - self._before
            self._total += step if step >= 0 else count if self._wraps_at is None else step + self._wraps_at
        self._before = count
        return self._total


class Integrated:
    """
    The energy of readings of power, each pair of neighbours joined by a straight line.

    >>> integrated = Integrated()
    >>> [integrated.add(watts, at_s) for watts, at_s in ((10, 0), (30, 2), (30, 3))]
    [0.0, 40.0, 70.0]
    """

    def __init__(self) -> None:
        self._before: tuple[float, float] | None = None
        self._total = 0.0

    def add(self, watts: float, now_s: float) -> float:
        """Take one reading; gives the energy so far. [J]"""
        if self._before is not None:
            watts_before, before_s = self._before
            self._total += (watts + watts_before) / 2 * (now_s - before_s)
        self._before = watts, now_s
        return self._total
