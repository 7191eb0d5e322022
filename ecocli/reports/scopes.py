"""Assign calls to scopes of the GHG Protocol, and add up the emissions of each."""

from collections.abc import Iterator, Mapping
from typing import Any

from ecocli.catalog.entries import Entries
from ecocli.core.hosting import API, BOUGHT, BY_NAME, CLOUD, OWN, RENTED, UNKNOWN
from ecocli.core.quantity import ZERO, Estimate
from ecocli.errors import quoted
from ecocli.reports.lines import grouped
from ecocli.store.breakdown import Amounts, Breakdown, Cell
from ecocli.util.valueclass import value_class

SHOWN_VALUES = 5
OPERATORS = {OWN: OWN, UNKNOWN: OWN, RENTED: RENTED, CLOUD: BOUGHT, API: BOUGHT}
"""Kinds of hosting to those that an inventory tells apart. An engine of which nothing else is known counts as one's own."""
BY_PROVIDER = "Those calls count as own or bought by their provider alone; the tag may say bought, own or rented."


@value_class(frozen=True, slots=True)
class ScopeLine:
    """One line of the inventory."""

    scope: int
    category: int | None
    """Number of the scope 3 category in the GHG Protocol; None for scope 2."""
    category_name: str | None
    what: str
    co2_g: Estimate
    """Location-based CO2e. [g]"""


@value_class(frozen=True, slots=True)
class Market:
    """
    Memo: market-based emissions, by the operators' claims where there are any, else location-based.

    No range is known for a claim.
    """

    operational_co2_g: float
    embodied_co2_g: float
    """Equal to that of the location-based figure."""
    covered: float | None
    """Share of operational, location-based emissions that claims cover; None where these are zero. [1]"""

    @property
    def co2_g(self) -> float:
        return self.operational_co2_g + self.embodied_co2_g


@value_class(frozen=True, slots=True)
class Direct:
    """Memo: scope 2 by factors of combustion alone, where they are known."""

    co2_g: float
    covered: float | None
    """Share of the scope 2 energy that they are known for. [1]"""


@value_class(frozen=True, slots=True)
class Scopes:
    """The inventory: lines with their sums, and memos, which no sum includes."""

    hostings: dict[str, Amounts]
    """Amounts by hosting: bought, own and rented."""
    lines: list[ScopeLine]
    market: dict[int, Market]
    """Market-based memos by scope."""
    direct: Direct

    def gross(self, scope: int | None = None) -> Estimate:
        """Location-based emissions, hardware included, of one scope or of all. [g]"""
        return sum((line.co2_g for line in self.lines if scope in (None, line.scope)), start=ZERO)

    @property
    def own_energy_wh(self) -> Estimate:
        """Electricity of own and rented servers. [Wh]"""
        return self.hostings[OWN].facility_energy_wh + self.hostings[RENTED].facility_energy_wh


def hosting(cell: Cell, basis: Mapping[str, Any], catalog: Entries) -> str:
    """bought, own or rented: as the call was recorded; of older calls by the tag, else own for providers that mean own servers, else bought."""
    known = (basis.get("serving") or {}).get("hosting") or _known(cell.hosting)
    if known in OPERATORS:
        return OPERATORS[known]
    return OWN if (catalog.get("provider", cell.provider) or {}).get("local") else BOUGHT


def _known(tag: str | None) -> str | None:
    """The kind of hosting that a value of the tag means; None when it is not known."""
    return BY_NAME.get((tag or "").strip().lower())


def warnings(found: Breakdown) -> list[str]:
    """A sentence on unknown values of the tag "hosting", if there are any."""
    groups = grouped(found, lambda cell, _: cell.hosting)
    unknown = {name: amounts.calls for name, amounts in groups.items() if name is not None and _known(name) is None}
    if not unknown:
        return []
    most = sorted(unknown, key=lambda name: (-unknown[name], name))
    values = [f"{quoted(name)} ({unknown[name]:,} {'call' if unknown[name] == 1 else 'calls'})" for name in most[:SHOWN_VALUES]]
    if others := most[SHOWN_VALUES:]:
        values.append(f"{len(others):,} more ({sum(unknown[name] for name in others):,} calls)")
    return [f"What the tag hosting says is not known: {', '.join(values)}. {BY_PROVIDER}"]


def split(found: Breakdown, catalog: Entries) -> Scopes:
    """Make the inventory of the calls."""
    hostings = {name: Amounts() for name in (BOUGHT, OWN, RENTED)} | grouped(found, lambda cell, basis: hosting(cell, basis, catalog))
    own = {cell: parts for cell, parts in found.cells.items() if hosting(cell, found.bases[cell.basis_id], catalog) != BOUGHT}
    operated = Breakdown(own, found.bases, None, None)
    memos = _market(Amounts.of(operated.cells.values()), hostings[BOUGHT], Amounts.of(found.cells.values()).embodied_co2_g.value)
    return Scopes(hostings, list(_lines(hostings)), memos, _direct(operated))


def _lines(hostings: dict[str, Amounts]) -> Iterator[ScopeLine]:
    bought, own, rented = (hostings[name] for name in (BOUGHT, OWN, RENTED))
    goods = (3, 1, "purchased goods and services")
    yield ScopeLine(2, None, None, "electricity of own servers", own.co2_g)
    yield ScopeLine(2, None, None, "electricity of rented servers", rented.co2_g)
    yield ScopeLine(*goods, "electricity of bought AI services", bought.co2_g)
    yield ScopeLine(*goods, "making the hardware of bought AI services", bought.embodied_co2_g)
    yield ScopeLine(3, 2, "capital goods", "making the hardware of own servers", own.embodied_co2_g)
    yield ScopeLine(3, 8, "upstream leased assets", "making the hardware of rented servers", rented.embodied_co2_g)


def _market(operated: Amounts, bought: Amounts, embodied_co2_g: float) -> dict[int, Market]:
    return {2: _claimed(operated, 0.0), 3: _claimed(bought, embodied_co2_g)}


def _claimed(amounts: Amounts, embodied_co2_g: float) -> Market:
    located_co2_g = amounts.co2_g.value
    covered = amounts.claimed_co2_g / located_co2_g if located_co2_g > 0 else None
    return Market(amounts.market_co2_g + located_co2_g - amounts.claimed_co2_g, embodied_co2_g, covered)


def _direct(found: Breakdown) -> Direct:
    co2_g = covered_wh = 0.0
    for basis_id, amounts in grouped(found, lambda cell, _: cell.basis_id).items():
        factor = found.bases[basis_id]["site"].get("direct_intensity_g_per_kwh")
        if factor:
            co2_g += amounts.facility_energy_wh.value / 1000 * factor["value"]
            covered_wh += amounts.facility_energy_wh.value
    energy_wh = Amounts.of(found.cells.values()).facility_energy_wh.value
    return Direct(co2_g, covered_wh / energy_wh if energy_wh > 0 else None)
