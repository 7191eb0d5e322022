"""Partial sums without rounding: columns that SQLite adds up, and how what it finds becomes one sum."""

from collections.abc import Iterator, Mapping, Sequence
from math import fsum
from typing import Any

from ecocli.quantity import Estimate
from ecocli.store.rows import bounds
from ecocli.values import value_class

UNITS = {
    "facility_energy_wh": 2.0**-33,
    "co2_g": 2.0**-34,
    "water_ml": 2.0**-31,
    "water_onsite_ml": 2.0**-31,
    "water_offsite_ml": 2.0**-31,
    "tree_days": 2.0**-38,
}
"""Figures are cut at this: their whole units are added apart from the rest. See `_exactly`."""
FIGURES = tuple(UNITS)
"""What is summed beside calls and tokens, as the columns are named."""
COUNTS, COLUMNS_EACH = 3, 4
COARSER = 2.0**20
MOST_PARTS = 16


@value_class(frozen=True, slots=True)
class Sum:
    """Calls together. A central value is the exact sum of the rows, rounded once; bounds add, see ecocli/totals.py."""

    calls: int
    input_tokens: int
    output_tokens: int
    figures: Mapping[str, Estimate]
    """By the names of FIGURES."""

    def __getitem__(self, figure: str) -> Estimate:
        return self.figures[figure]


class Parts:
    """
    Partial sums on their way to a Sum, without rounding in between.

    However calls are grouped, and in whichever order they lie in the file, the same calls give the same central
    values; bounds may differ in their last digits.
    """

    def __init__(self) -> None:
        self._rows: list[Sequence[Any]] = []

    def add(self, row: Sequence[Any]) -> None:
        """As `columns` names them."""
        self._rows.append(row)
        if len(self._rows) > MOST_PARTS:
            self._rows = _condensed(self._rows)

    def include(self, other: "Parts") -> None:
        for row in other._rows:
            self.add(row)

    def sum(self) -> Sum:
        columns = list(zip(*self._rows)) or [()] * (COUNTS + COLUMNS_EACH * len(FIGURES))
        calls, input_tokens, output_tokens = (sum(column) for column in columns[:COUNTS])
        figures = {name: _estimate(columns[COUNTS + COLUMNS_EACH * at :][:COLUMNS_EACH]) for at, name in enumerate(FIGURES)}
        return Sum(calls, input_tokens, output_tokens, figures)


def columns(scale: float) -> Iterator[str]:
    """
    What is asked of SQLite over `calls AS c`: counts, then four sums a figure, of low, whole units, rests and high.

    Args:
        scale: How much larger than UNITS a unit is. [1]
    """
    yield from ("count(*)", "sum(c.input_tokens)", "sum(c.output_tokens)")
    for figure, unit in UNITS.items():
        low, value, high = (f"c.{column}" for column in bounds(figure))
        yield from (f"sum({low})", *_exactly(value, unit * scale), f"sum({high})")


def _exactly(value: str, unit: float) -> tuple[str, str]:
    """
    Two sums that together are the sum of a column: that of whole units, and that of what is left of each figure.

    Between 2**52 and 2**53 units doubles are whole units: adding such a number and taking it away leaves them.
    Neither sum is rounded in a block, unless a figure is below 2**13 units.
    """
    many = repr(1.5 * 2.0**52 * unit)
    whole = f"(({value} + {many}) - {many})"
    return f"sum({whole})", f"sum({value} - {whole})"


def are_exact(row: Sequence[Any], scale: float) -> bool:
    """Whether every sum of whole units is below what a double can count."""
    wholes = row[COUNTS + 1 :: COLUMNS_EACH]
    return all(whole < 2.0**51 * unit * scale for whole, unit in zip(wholes, UNITS.values()))


def _condensed(rows: list[Sequence[Any]]) -> list[Sequence[Any]]:
    """The same sums in two rows: what a double holds of each, and what it leaves over."""
    columns = list(zip(*rows))
    whole = [sum(column) if isinstance(column[0], int) else fsum(column) for column in columns]
    rest = [0 if isinstance(held, int) else fsum((*column, -held)) for column, held in zip(columns, whole)]
    return [whole, rest]


def _estimate(columns: Sequence[Sequence[float]]) -> Estimate:
    low, *value, high = columns
    return Estimate(fsum(low), fsum(part for column in value for part in column), fsum(high))
