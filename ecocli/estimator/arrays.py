"""The functions of `numbers` and the quantity of `core.quantity` for NumPy arrays. Only batches import this module; NumPy is optional."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ecocli.core.quantity import Estimate
from ecocli.estimator.numbers import Numbers

Array = np.ndarray[Any, np.dtype[np.float64]]


def _log_ratio(larger: Any, smaller: Any) -> Any:
    some = np.greater(smaller, 0)
    return np.log(np.where(some, larger, 1.0) / np.where(some, smaller, 1.0))


def _argmax(numbers: Sequence[Any]) -> Any:
    greatest, at = numbers[0], np.zeros(np.shape(numbers[0]), np.int64)
    for position, each in enumerate(numbers[1:], 1):
        np.copyto(at, position, where=np.greater(each, greatest))
        greatest = np.maximum(greatest, each)
    return at


class EstimateArray(Estimate):
    """
    Many quantities with their ranges, by the rules of `Estimate`; one that has no range may be among them.

    Every operation takes an `EstimateArray`, an `Estimate`, an array or a number, and broadcasts as NumPy does.
    """

    __slots__ = ()
    __array_ufunc__ = None  # array * estimates is for `__rmul__`
    __hash__ = None  # type: ignore[assignment]
    low: Any
    value: Any
    high: Any

    def __init__(self, low: Any, value: Any, high: Any, log_down: Any = None, log_up: Any = None) -> None:
        super().__init__(low, value, high, log_down, log_up)

    def __add__(self, other: Estimate) -> "EstimateArray":
        return EstimateArray(self.low + other.low, self.value + other.value, self.high + other.high)

    __radd__ = __add__

    def __mul__(self, other: Any) -> "EstimateArray":
        if not isinstance(other, Estimate):
            return EstimateArray(self.low * other, self.value * other, self.high * other, self.log_down, self.log_up)
        value = self.value * other.value
        exact, other_exact = np.equal(self.low, self.high), np.equal(other.low, other.high)
        down = np.where(other_exact, self.log_down, np.where(exact, other.log_down, np.hypot(self.log_down, other.log_down)))
        up = np.where(other_exact, self.log_up, np.where(exact, other.log_up, np.hypot(self.log_up, other.log_up)))
        low = np.where(other_exact, self.low * other.value, np.where(exact, other.low * self.value, value * np.exp(-down)))
        high = np.where(other_exact, self.high * other.value, np.where(exact, other.high * self.value, value * np.exp(up)))
        return EstimateArray(low, value, high, down, up)

    __rmul__ = __mul__

    def __pow__(self, exponent: Any) -> "EstimateArray":
        low, high = self.low**exponent, self.high**exponent
        return EstimateArray(np.minimum(low, high), self.value**exponent, np.maximum(low, high))

    def inverse(self) -> "EstimateArray":
        return EstimateArray(1 / self.high, 1 / self.value, 1 / self.low)

    def widened(self, factor: Any) -> "EstimateArray":
        return self * EstimateArray(1 / factor, np.ones_like(factor), factor)

    @property
    def log_up(self) -> Any:
        return _log_ratio(self.high, self.value) if self._log_up is None else self._log_up

    @property
    def log_down(self) -> Any:
        return _log_ratio(self.value, self.low) if self._log_down is None else self._log_down


ARRAYS = Numbers(np.exp, np.hypot, _log_ratio, np.maximum, np.minimum, np.where, _argmax, EstimateArray)
