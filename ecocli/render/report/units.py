"""The unit that a table or a headline figure is read in: one per kind of quantity and table."""

from collections.abc import Iterable

from ecocli.core.numbers import SCALES, significant
from ecocli.core.quantity import Estimate
from ecocli.util.valueclass import value_class

CO2 = {"t": "tCO2e", "kg": "kgCO2e", "g": "gCO2e", "mg": "mgCO2e"}
UNIT_NAMES = {"g": CO2}


@value_class(frozen=True, slots=True)
class Unit:
    """A unit, and what one of it is in the report's own: Wh, g or mL."""

    name: str
    size: float

    def figure(self, value: float) -> str:
        """
        >>> Unit("kgCO2e", 1000.0).figure(1234.0)
        '1.23'
        """
        return significant(value / self.size)

    def range(self, estimate: Estimate) -> str:
        return f"{self.figure(estimate.low)} to {self.figure(estimate.high)}"

    def ranged(self, estimate: Estimate) -> str:
        return f"{self.figure(estimate.value)} ({self.range(estimate)})" if estimate.high else "0"


def unit_of(kind: str, values: Iterable[float]) -> Unit:
    """
    The largest unit that the largest value holds one of, so that a small report is not full of zeros.

    Args:
        kind: Key of SCALES: Wh, g or mL.

    >>> unit_of("g", [1500.0, 3.0]), unit_of("Wh", [0.0]).name
    (Unit(name='kgCO2e', size=1000.0), 'Wh')
    """
    most = max(values, default=0.0)
    # the report's own unit where there is nothing to read
    size, name = next(((size, name) for size, name in SCALES[kind] if most >= size), SCALES[kind][-1]) if most else next(each for each in SCALES[kind] if each[0] == 1)
    return Unit(UNIT_NAMES.get(kind, {}).get(name, name), size)
