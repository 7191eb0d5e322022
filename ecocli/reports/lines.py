"""Groups of calls with their share of the emissions."""

from collections.abc import Callable, Hashable, Mapping
from typing import Any

from ecocli.store.breakdown import SUMMED, Amounts, Breakdown, Cell
from ecocli.store.partial_sums import PartialSums
from ecocli.util.valueclass import value_class


@value_class(frozen=True, slots=True)
class Line:
    """Calls that have something in common."""

    name: str
    amounts: Amounts
    share: float | None
    """Of the operational emissions of all calls; None where there are none. [1]"""


def share(part: Amounts, whole: Amounts) -> float | None:
    """Of operational emissions; of nothing there is no share. [1]"""
    return part.co2_g.value / whole.co2_g.value if whole.co2_g.value > 0 else None


def parts_by(found: Breakdown, name: Callable[[Cell, Mapping[str, Any]], Hashable]) -> dict[Any, PartialSums]:
    """The calls by what `name` says of a cell and the content of its basis, not rounded yet."""
    groups: dict[Any, PartialSums] = {}
    for cell, parts in found.cells.items():
        groups.setdefault(name(cell, found.bases[cell.basis_id]), PartialSums(SUMMED)).include(parts)
    return groups


def grouped(found: Breakdown, name: Callable[[Cell, Mapping[str, Any]], Hashable]) -> dict[Any, Amounts]:
    """The same, rounded."""
    return {key: Amounts.of([parts]) for key, parts in parts_by(found, name).items()}


def lines(found: Breakdown, name: Callable[[Cell, Mapping[str, Any]], str]) -> list[Line]:
    """The same, by falling emissions."""
    groups, whole = grouped(found, name), Amounts.of(found.cells.values())
    each = (Line(key, amounts, share(amounts, whole)) for key, amounts in groups.items())
    return sorted(each, key=lambda line: (-line.amounts.co2_g.value, line.name))
