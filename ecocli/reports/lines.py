"""Groups of calls with their share of the emissions."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any

from ecocli.store.breakdown import Amounts, Breakdown, Cell
from ecocli.values import value_class


@value_class(frozen=True, slots=True)
class Line:
    """Calls that have something in common."""

    name: str
    amounts: Amounts
    share: float | None
    """Of the operational emissions of all calls; None where there are none. [1]"""


def total(parts: Iterable[Amounts]) -> Amounts:
    """All of them together."""
    whole = Amounts()
    for part in parts:
        whole.include(part)
    return whole


def share(part: Amounts, whole: Amounts) -> float | None:
    """Of operational emissions; of nothing there is no share. [1]"""
    return part.co2_g.value / whole.co2_g.value if whole.co2_g.value > 0 else None


def grouped(found: Breakdown, name: Callable[[Cell, Mapping[str, Any]], Hashable]) -> dict[Any, Amounts]:
    """The calls by what `name` says of a cell and the content of its basis."""
    groups: dict[Any, Amounts] = {}
    for cell, amounts in found.cells.items():
        groups.setdefault(name(cell, found.bases[cell.basis_id]), Amounts()).include(amounts)
    return groups


def lines(found: Breakdown, name: Callable[[Cell, Mapping[str, Any]], str]) -> list[Line]:
    """The same, by falling emissions."""
    groups, whole = grouped(found, name), total(found.cells.values())
    each = (Line(key, amounts, share(amounts, whole)) for key, amounts in groups.items())
    return sorted(each, key=lambda line: (-line.amounts.co2_g.value, line.name))
