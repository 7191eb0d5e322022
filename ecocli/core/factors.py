"""Sourced numbers: value, range, unit, source and year."""

from typing import Any

from ecocli.core.quantity import Estimate
from ecocli.util.valueclass import value_class


@value_class(frozen=True, slots=True)
class Factor:
    """
    A sourced number. `low` and `high` are its 5th and 95th percentile, in the same `unit`.

    `basis` is measured, reported, derived or assumed.
    `source` is a complete citation, so that a stored factor can be understood years later.
    """

    value: float
    low: float
    high: float
    unit: str
    source: str
    year: int
    basis: str = "reported"

    @property
    def estimate(self) -> Estimate:
        """Value and range alone, in `unit`."""
        return Estimate(self.low, self.value, self.high)

    def to_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in FACTOR_FIELDS}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Factor":
        return cls(**data)


FACTOR_FIELDS = ("value", "low", "high", "unit", "source", "year", "basis")
