"""The calls of a report by time, by agent session and by cost centre, added up in as few passes over them as pay."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ecocli.reports.sci import SESSION
from ecocli.store.history import Filters
from ecocli.store.totals import TAG, PartialSums, Sum, sums
from ecocli.util.valueclass import value_class

if TYPE_CHECKING:
    from ecocli.store import Store

FIGURES = ("facility_energy_wh", "co2_g", "embodied_co2_g")


@value_class(frozen=True, slots=True)
class Slices:
    """Sums of FIGURES over the same calls, divided in three ways."""

    by_start: dict[int, Sum]
    """By the first millisecond of a period."""
    sessions: list[Sum]
    """Of each session that a call names."""
    cost_centres: dict[str | None, Sum]
    """By name; None for calls without one. Nothing where no tag names them."""


def slices(store: "Store", filters: Filters, starts_ms: Sequence[int], cost_centre: str | None) -> Slices:
    """
    Divide the calls that `filters` choose.

    Args:
        starts_ms: First milliseconds of periods, oldest first.
        cost_centre: Name of the tag whose values are cost centres.
    """
    divided = sums(store, filters, [starts_ms, f"{TAG}{cost_centre or SESSION}"], figures=FIGURES)
    named = _by(1, divided)
    if cost_centre is None:
        return Slices(_by(0, divided), _sessions(named), {})
    # a pass of their own: by both tags there would be nearly as many groups as calls
    return Slices(_by(0, divided), _sessions(_by(0, sums(store, filters, [f"{TAG}{SESSION}"], figures=FIGURES))), named)


def _by(at: int, divided: Mapping[tuple[Any, ...], PartialSums]) -> dict[Any, Sum]:
    joined: dict[Any, PartialSums] = {}
    for names, parts in divided.items():
        joined.setdefault(names[at], PartialSums(FIGURES)).include(parts)
    return {name: parts.sum() for name, parts in joined.items()}


def _sessions(named: Mapping[str | None, Sum]) -> list[Sum]:
    return [sum for name, sum in named.items() if name is not None]
