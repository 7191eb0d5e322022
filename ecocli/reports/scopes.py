"""Divide the emissions of calls into the scopes and categories of the GHG Protocol, and add up each."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from ecocli.catalog.entries import Entries
from ecocli.core.hosting import API, CLOUD, OWN, RENTED
from ecocli.core.numbers import counted
from ecocli.core.organisation import Organisation
from ecocli.core.quantity import ZERO, Estimate
from ecocli.errors import quoted
from ecocli.reports import combustion
from ecocli.reports.inventory import BOUGHT, ELECTRICITY, FUELS, HOSTINGS, LEASED, OPERATED, Category, hosting, manufacture, of_tag, treatment
from ecocli.reports.lines import grouped
from ecocli.store.breakdown import Amounts, Breakdown, Cell
from ecocli.util.valueclass import value_class

SHOWN_VALUES = 5
BY_PROVIDER = "Those calls count as own or bought by their provider alone; the tag may say own, rented, cloud or api."
COMBUSTION, WHOLE, UPSTREAM, LIFECYCLE, MANUFACTURE = PARTS = ("combustion", "cannot_be_split", "upstream", "lifecycle", "manufacture")
"""Parts of a call's emissions: of its electricity the first four, and of its hardware."""
MACHINES = {OWN: "own machines", RENTED: "rented machines", CLOUD: "cloud services", API: "services by API"}
WHAT = {
    COMBUSTION: "electricity of {}: combustion",
    WHOLE: "electricity of {}: life cycle",
    UPSTREAM: "electricity of {}: upstream",
    LIFECYCLE: "electricity of {}",
    MANUFACTURE: "making the hardware of {}",
}
RUN_BY_OTHERS = "own machines that others operate"


@value_class(frozen=True, slots=True)
class ScopeLine:
    """One line of the inventory."""

    scope: int
    category: int | None
    """Number of the scope 3 category in the GHG Protocol; None for scope 2."""
    category_name: str | None
    hosting: str
    part: str
    """One of PARTS."""
    what: str
    co2_g: Estimate
    """Location-based CO2e. [g]"""
    is_optional: bool
    """Outside of the least that the category has to hold."""


@value_class(frozen=True, slots=True)
class Located:
    """Electricity, and location-based emissions of it."""

    energy_wh: Estimate
    co2_g: Estimate


@value_class(frozen=True, slots=True)
class Scopes:
    """The inventory, in the undertaking's share of every call."""

    hostings: dict[str, Amounts]
    """Amounts of all calls by hosting, whatever the undertaking's share of them is."""
    lines: list[ScopeLine]
    unsplit: Mapping[str, Located]
    """Electricity of scope 2 whose combustion cannot be told from its life cycle, by the reason."""
    operated: Mapping[tuple[str | None, int | None], Located]
    """Electricity of scope 2 by country and first millisecond of the year."""

    def gross(self, scope: int | None = None, category: int | None = None) -> Estimate:
        """Location-based emissions of one scope or category, or of all. [g]"""
        return sum((line.co2_g for line in self.lines if scope in (None, line.scope) and category in (None, line.category)), start=ZERO)

    @property
    def optional_co2_g(self) -> Estimate:
        return sum((line.co2_g for line in self.lines if line.is_optional), start=ZERO)

    @property
    def hardware_co2_g(self) -> Estimate:
        """Of making the hardware. [g]"""
        return sum((line.co2_g for line in self.lines if line.part == MANUFACTURE), start=ZERO)

    @property
    def electricity_co2_g(self) -> Estimate:
        return sum((line.co2_g for line in self.lines if line.part != MANUFACTURE), start=ZERO)

    @property
    def own_energy_wh(self) -> Estimate:
        """Electricity of scope 2. [Wh]"""
        return sum((each.energy_wh for each in self.operated.values()), start=ZERO)


class _Group(NamedTuple):
    """What calls have in common that are in the same lines."""

    basis_id: int
    hosting: str
    treated: str
    year_ms: int | None
    counted: float
    """The undertaking's share. [1]"""


class _Place(NamedTuple):
    """A line of the inventory, without its figure."""

    category: Category
    hosting: str
    treated: str
    part: str
    is_optional: bool = False


def warnings(found: Breakdown) -> list[str]:
    """A sentence on unknown values of the tag "hosting", if there are any."""
    groups = grouped(found, lambda cell, _: cell.hosting)
    unknown = {name: amounts.calls for name, amounts in groups.items() if name is not None and of_tag(name) is None}
    if not unknown:
        return []
    most = sorted(unknown, key=lambda name: (-unknown[name], name))
    values = [f"{quoted(name)} ({counted(unknown[name], 'call')})" for name in most[:SHOWN_VALUES]]
    if others := most[SHOWN_VALUES:]:
        values.append(f"{len(others):,} more ({counted(sum(unknown[name] for name in others), 'call')})")
    return [f"What the tag hosting says is not known: {', '.join(values)}. {BY_PROVIDER}"]


def split(found: Breakdown, catalog: Entries, organisation: Organisation) -> Scopes:
    """Make the inventory of the calls."""

    def group(cell: Cell, basis: Mapping[str, Any]) -> _Group:
        hosted = hosting(cell, basis, catalog)
        return _Group(cell.basis_id, hosted, treatment(hosted, cell.control, organisation), cell.year_ms, organisation.counted(cell.entity))

    lines: dict[_Place, Estimate] = {}
    unsplit: dict[str, list[Located]] = {}
    operated: dict[tuple[str | None, int | None], list[Located]] = {}
    for key, amounts in grouped(found, group).items():
        basis = found.bases[key.basis_id]
        electricity = Located(amounts.facility_energy_wh * key.counted, amounts.co2_g * key.counted)
        burnt, reason = combustion.share(basis) if key.treated != BOUGHT else (None, None)
        for place, co2_g in (*_electricity(key, electricity.co2_g, burnt), _hardware(key, amounts.embodied_co2_g * key.counted, organisation)):
            lines[place] = lines.get(place, ZERO) + co2_g
        if key.treated == OPERATED:
            in_scope_2 = electricity.co2_g * (1.0 if burnt is None else burnt)
            operated.setdefault((basis["site"].get("country"), key.year_ms), []).append(Located(electricity.energy_wh, in_scope_2))
            if reason:
                unsplit.setdefault(reason, []).append(electricity)
    return Scopes(
        {name: Amounts() for name in HOSTINGS} | grouped(found, lambda cell, basis: hosting(cell, basis, catalog)),
        [_line(place, lines[place]) for place in sorted(lines, key=_order)],
        {reason: _together(each) for reason, each in unsplit.items()},
        {bucket: _together(each) for bucket, each in operated.items()},
    )


def _electricity(key: _Group, co2_g: Estimate, burnt: float | None) -> Iterator[tuple[_Place, Estimate]]:
    """The lines that a group's electricity is in. What is upstream of scope 2 is in category 3; of rented machines it is optional in theirs."""
    category = ELECTRICITY[key.treated]
    if key.treated == BOUGHT:
        yield _Place(category, key.hosting, key.treated, LIFECYCLE), co2_g
    elif burnt is None:
        yield _Place(category, key.hosting, key.treated, WHOLE), co2_g
    else:
        yield _Place(category, key.hosting, key.treated, COMBUSTION), co2_g * burnt
        yield _Place(FUELS if key.treated == OPERATED else category, key.hosting, key.treated, UPSTREAM, key.treated == LEASED), co2_g * (1 - burnt)


def _hardware(key: _Group, co2_g: Estimate, organisation: Organisation) -> tuple[_Place, Estimate]:
    category, is_optional = manufacture(key.hosting, key.treated, organisation)
    return _Place(category, key.hosting, "", MANUFACTURE, is_optional), co2_g  # one line however the electricity is treated


def _order(place: _Place) -> tuple[int, int, int, int, str]:
    return place.category.scope, place.category.number or 0, HOSTINGS.index(place.hosting), PARTS.index(place.part), place.treated


def _line(place: _Place, co2_g: Estimate) -> ScopeLine:
    category = place.category
    machines = RUN_BY_OTHERS if (place.hosting, place.treated) == (OWN, BOUGHT) else MACHINES[place.hosting]
    what = WHAT[place.part].format(machines)
    return ScopeLine(category.scope, category.number, category.name, place.hosting, place.part, what, co2_g, place.is_optional)


def _together(each: Iterable[Located]) -> Located:
    every = list(each)
    return Located(sum((one.energy_wh for one in every), start=ZERO), sum((one.co2_g for one in every), start=ZERO))
