"""Partial sums without rounding: columns that SQLite adds up, and how what it finds becomes one sum."""

from collections.abc import Iterator, Mapping, Sequence
from math import fsum
from typing import Any

from ecocli.core.quantity import Estimate
from ecocli.errors import StoreError
from ecocli.store.columns import bounds
from ecocli.util.valueclass import value_class

UNITS = {
    "facility_energy_wh": 2.0**-33,
    "co2_g": 2.0**-34,
    "water_ml": 2.0**-31,
    "water_onsite_ml": 2.0**-31,
    "water_offsite_ml": 2.0**-31,
    "tree_days": 2.0**-38,
    "embodied_co2_g": 2.0**-36,
}
"""Figures are cut at this: their whole units are added apart from the rest. See `_exactly`."""
FIGURES = ("facility_energy_wh", "co2_g", "water_ml", "water_onsite_ml", "water_offsite_ml", "tree_days")
"""Summed beside calls and tokens where nothing else is asked for; names of columns."""
COUNTS, COLUMNS_EACH = 3, 4
COARSER = 4.0
"""How much coarser units are tried next: the finest that hold a sum leave rests that can be added exactly."""
MOST_ROWS = 16
MILLION = 1e6


@value_class(frozen=True, slots=True)
class Sum:
    """Calls together. A central value is the exact sum of the rows, rounded once; bounds add, see ecocli/core/totals.py."""

    calls: int
    input_tokens: int
    output_tokens: int
    figures: Mapping[str, Estimate]
    """By the names that were asked for."""
    others: tuple[float, ...] = ()
    """Sums of further columns that stood behind those of the figures."""

    def __getitem__(self, figure: str) -> Estimate:
        return self.figures[figure]

    @property
    def tokens(self) -> int:
        """All of them, in and out."""
        return self.input_tokens + self.output_tokens

    def per_million(self, figure: str) -> Estimate | None:
        """A figure of a million tokens, in and out; None where there are no tokens. The tokens are a count, so the range is the figure's."""
        return self[figure] * (MILLION / self.tokens) if self.tokens else None


class PartialSums:
    """
    Partial sums on their way to a Sum, without rounding in between.

    However calls are grouped, and in whichever order they lie in the file, the same calls give the same central
    values; bounds may differ in their last digits.
    """

    def __init__(self, figures: Sequence[str] = FIGURES) -> None:
        self._figures = figures
        self._rows: list[Sequence[Any]] = []

    def add(self, row: Sequence[Any]) -> None:
        """As `columns` names them for the same figures; further columns may follow."""
        self._rows.append(row)
        if len(self._rows) > MOST_ROWS:
            self._rows = _condensed(self._rows)

    def include(self, other: "PartialSums") -> None:
        for row in other._rows:
            self.add(row)

    def sum(self) -> Sum:
        after = COUNTS + COLUMNS_EACH * len(self._figures)
        columns = list(zip(*self._rows, strict=True)) or [()] * after
        calls, input_tokens, output_tokens = (sum(column) for column in columns[:COUNTS])
        figures = {name: _estimate(columns[COUNTS + COLUMNS_EACH * at :][:COLUMNS_EACH]) for at, name in enumerate(self._figures)}
        return Sum(calls, input_tokens, output_tokens, figures, tuple(fsum(column) for column in columns[after:]))


def columns(scale: float, figures: Sequence[str] = FIGURES) -> Iterator[str]:
    """
    Expressions for a SELECT from `calls AS c`: counts, then four sums a figure, of low, whole units, rests and high.

    Args:
        scale: How much larger than UNITS a unit is. [1]
    """
    yield from ("count(*)", "sum(c.input_tokens)", "sum(c.output_tokens)")
    for figure in figures:
        low, value, high = (f"c.{column}" for column in bounds(figure))
        yield from (f"sum({low})", *_exactly(value, UNITS[figure] * scale), f"sum({high})")


def _exactly(value: str, unit: float) -> tuple[str, str]:
    """
    Two sums that together are the sum of a column: that of whole units, and that of what is left of each figure.

    Between 2**52 and 2**53 units doubles are whole units: adding such a number and taking it away leaves them.
    Neither sum is rounded in a block, unless a figure is below 2**13 units.
    """
    many = repr(1.5 * 2.0**52 * unit)
    whole = f"(({value} + {many}) - {many})"
    return f"sum({whole})", f"sum({value} - {whole})"


def are_exact(row: Sequence[Any], scale: float, figures: Sequence[str] = FIGURES) -> bool:
    """True where every sum of whole units is below what a double can count."""
    wholes = row[COUNTS + 1 :: COLUMNS_EACH]
    return all(whole < 2.0**51 * UNITS[figure] * scale for whole, figure in zip(wholes, figures, strict=False))  # further columns may follow


def _condensed(rows: list[Sequence[Any]]) -> list[Sequence[Any]]:
    """These sums in two rows: what a double holds of each, and what it leaves over."""
    columns = list(zip(*rows, strict=True))
    whole = [sum(column) if isinstance(column[0], int) else fsum(column) for column in columns]
    rest = [0 if isinstance(held, int) else fsum((*column, -held)) for column, held in zip(columns, whole, strict=True)]
    return [whole, rest]


def _estimate(columns: Sequence[Sequence[float]]) -> Estimate:
    low, *value, high = columns
    found = Estimate(fsum(low), fsum(part for column in value for part in column), fsum(high))
    if not min(found.low, found.value, found.high) >= 0:
        raise StoreError("the file is damaged: its figures add up to less than nothing", "eco db restore FILE puts a backup in its place", code="store-damaged")
    return found
