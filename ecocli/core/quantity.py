"""A quantity with its range, and the two rules by which ranges travel through an equation."""

from dataclasses import field
from math import exp, hypot, log
from typing import Self

from ecocli.util.valueclass import value_class


@value_class(frozen=True, slots=True)
class Estimate:
    """
    A positive quantity known as its 5th, 50th and 95th percentile.

    Products and quotients treat their operands as independent: log-ratios add in squares, upward and
    downward apart. Sums treat them as moving together: bounds add. Both are closed forms, so the same
    input gives the same range on every machine.

    >>> Estimate(1, 2, 4) * Estimate(1.25, 1.25, 1.25)
    Estimate(low=1.25, value=2.5, high=5.0)
    >>> Estimate(1, 2, 4) + Estimate(1, 1, 2)
    Estimate(low=2, value=3, high=6)
    """

    low: float
    value: float
    high: float
    _log_down: float | None = field(default=None, compare=False, repr=False)
    _log_up: float | None = field(default=None, compare=False, repr=False)

    @classmethod
    def exactly(cls, value: float) -> Self:
        """A quantity without a range: a count, a convention, a unit."""
        return cls(value, value, value, 0.0, 0.0)

    def __add__(self, other: "Estimate") -> "Estimate":
        return Estimate(self.low + other.low, self.value + other.value, self.high + other.high)

    def __mul__(self, other: "Estimate | float") -> "Estimate":
        if not isinstance(other, Estimate):
            return Estimate(self.low * other, self.value * other, self.high * other, self._log_down, self._log_up)
        if other.low == other.high:  # without a range: free of the rounding in exp(log(x)), and quicker
            return self * other.value
        if self.low == self.high:
            return other * self.value
        value = self.value * other.value
        down, up = hypot(self.log_down, other.log_down), hypot(self.log_up, other.log_up)
        return Estimate(value * exp(-down), value, value * exp(up), down, up)

    __rmul__ = __mul__

    def __truediv__(self, other: "Estimate | float") -> "Estimate":
        return self * (other.inverse() if isinstance(other, Estimate) else 1 / other)

    def __pow__(self, exponent: float) -> "Estimate":
        low, high = (self.low, self.high) if exponent >= 0 else (self.high, self.low)
        return Estimate(low**exponent, self.value**exponent, high**exponent)

    def inverse(self) -> "Estimate":
        """1 / x. Division swaps the bounds."""
        return Estimate(1 / self.high, 1 / self.value, 1 / self.low)

    def widened(self, factor: float) -> "Estimate":
        """Keep the centre, and know it less well by x/÷ `factor`, independently of what was unsure before. [1]"""
        return self if factor == 1 else self * Estimate(1 / factor, 1.0, factor)

    @property
    def log_up(self) -> float:
        """ln(high / value), 0 for a quantity that is zero."""
        if self._log_up is None:  # kept: a factor of many calls is asked for it by each of them
            object.__setattr__(self, "_log_up", log_ratio(self.high, self.value))
        return self._log_up  # type: ignore[return-value]  # set by now

    @property
    def log_down(self) -> float:
        """ln(value / low), 0 for a quantity that is zero."""
        if self._log_down is None:
            object.__setattr__(self, "_log_down", log_ratio(self.value, self.low))
        return self._log_down  # type: ignore[return-value]  # set by now

    @property
    def width(self) -> float:
        """ln(high / low): how unsure the quantity is, 0 for one that is exact."""
        return self.log_up + self.log_down


def log_ratio(larger: float, smaller: float) -> float:
    """ln(larger / smaller): how far a bound lies from the value; 0 from a quantity that is zero."""
    return log(larger / smaller) if smaller > 0 else 0.0


ZERO = Estimate.exactly(0.0)
ONE = Estimate.exactly(1.0)
