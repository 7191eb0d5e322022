"""Groups of calls with their shares of the emissions."""

from collections.abc import Callable, Hashable, Mapping
from typing import Any

from ecocli.store.breakdown import SUMMED, Amounts, Breakdown, Cell
from ecocli.store.partial_sums import PartialSums
from ecocli.util.valueclass import value_class


@value_class(frozen=True, slots=True)
class Line:
    """One group of calls."""

    name: str
    amounts: Amounts
    share: float | None
    """Share of the operational emissions of all calls; None where these are zero. [1]"""


def share(part: Amounts, whole: Amounts) -> float | None:
    """Share of operational emissions; None when those of the whole are zero. [1]"""
    return part.co2_g.value / whole.co2_g.value if whole.co2_g.value > 0 else None


def parts_by(found: Breakdown, name: Callable[[Cell, Mapping[str, Any]], Hashable]) -> dict[Any, PartialSums]:
    """Unrounded sums of calls, grouped by the value of `name` for a cell and the content of its basis."""
    groups: dict[Any, PartialSums] = {}
    for cell, parts in found.cells.items():
        groups.setdefault(name(cell, found.bases[cell.basis_id]), PartialSums(SUMMED)).include(parts)
    return groups


def grouped(found: Breakdown, name: Callable[[Cell, Mapping[str, Any]], Hashable]) -> dict[Any, Amounts]:
    """Rounded amounts of calls, grouped as in `parts_by`."""
    return {key: Amounts.of([parts]) for key, parts in parts_by(found, name).items()}


def lines(found: Breakdown, name: Callable[[Cell, Mapping[str, Any]], str]) -> list[Line]:
    """Groups as in `parts_by`, by falling emissions."""
    groups, whole = grouped(found, name), Amounts.of(found.cells.values())
    each = (Line(key, amounts, share(amounts, whole)) for key, amounts in groups.items())
    return sorted(each, key=lambda line: (-line.amounts.co2_g.value, line.name))
