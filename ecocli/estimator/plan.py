"""All of an estimate that does not depend on a call's tokens, worked out once per model, site and day."""

from collections.abc import Mapping
from dataclasses import replace
from operator import attrgetter, ge, itemgetter
from typing import NamedTuple

from ecocli.core.factors import Factor
from ecocli.core.quantity import ONE, Estimate, Parts
from ecocli.core.specs import ModelSpec, SiteSpec
from ecocli.estimator import facility, impacts, laws
from ecocli.estimator.energy import TokenCosts
from ecocli.util.valueclass import value_class


class Rival(NamedTuple):
    """A factor inside token costs that may be a call's dominant one."""

    name: str
    widest: float
    """Its largest log-width."""
    widths: tuple[float, ...]
    """Its log-width in each of the five costs; a call weighs them by their shares of its energy."""


@value_class(frozen=True, slots=True)
class SiteCosts:
    """What one unit of accelerator energy becomes at a site: E6 to E13 for 1 Wh."""

    it: Estimate
    facility: Estimate
    co2: Estimate
    embodied: Estimate
    onsite: Estimate
    offsite: Estimate
    market_co2: float | None
    tree_uptake: float

    def each(self) -> tuple[Estimate, Estimate, Estimate, Estimate, Estimate, Estimate]:
        return self.it, self.facility, self.co2, self.embodied, self.onsite, self.offsite


@value_class(frozen=True, slots=True)
class Plan:
    """A model at a site at a time, ready for any number of calls."""

    model: ModelSpec
    site: SiteSpec
    constants: Mapping[str, Factor]
    ageless: TokenCosts
    """What tokens cost on 2025's hardware and software."""
    tokens: TokenCosts
    """The same at the plan's time."""
    per_wh: SiteCosts
    per_wh_parts: tuple[Parts, ...]
    """`per_wh.each()`, as `Estimate.times` takes them."""
    multiplier: Estimate
    """What scales the accelerator energy as a whole: passes per billed token, and how the model was matched. [1]"""
    rivals: tuple[Rival, ...]
    """Factors inside token costs that may be a call's dominant one, the widest first."""
    common: tuple[str, float]
    """The widest of the factors that scale the whole call but its vintage, and its log-width."""
    widest_common: tuple[str, float]
    """The same with the vintage."""


def make(model: ModelSpec, site: SiteSpec, constants: Mapping[str, Factor], match_widening: float, at_ms: int) -> Plan:
    """
    Everything about a call but its tokens.

    Args:
        model, site: What the names stand for.
        constants: The equations' constants, by name.
        match_widening: x/÷ by which the way the model was found widens its energy. [1]
        at_ms: When the call was made, for the generation of hardware and software. [ms since 1970, UTC]
    """
    token_costs, token_widths = laws.token_costs(model, constants)
    passes = model.compute_multiplier
    common = max(_common_widths(site, constants, passes, match_widening), key=itemgetter(1))
    per_wh = site_costs(site, constants)
    ageless = Plan(
        model=model,
        site=site,
        constants=constants,
        ageless=token_costs,
        tokens=token_costs,
        per_wh=per_wh,
        per_wh_parts=tuple(cost.parts for cost in per_wh.each()),
        multiplier=(passes.estimate if passes else ONE).widened(match_widening),
        rivals=_rivals(token_widths, common[1]),
        common=common,
        widest_common=common,
    )
    return at(ageless, at_ms)


def at(plan: Plan, at_ms: int) -> Plan:
    """The same model and site at another time. [ms since 1970, UTC]"""
    return aged(plan, laws.vintage(at_ms, plan.constants))


def aged(plan: Plan, age: Estimate) -> Plan:
    """The same with the hardware and software of a time, E4. [1]"""
    widest = max(plan.common, ("vintage", age.width), key=itemgetter(1))
    return replace(plan, tokens=laws.aged(plan.ageless, age), widest_common=widest)


def _rivals(token_widths: laws.Widths, common_width: float) -> tuple[Rival, ...]:
    """The factors inside token costs that can outdo the common ones, the widest first."""
    rows = [dict(inside) for inside in token_widths]
    names = dict.fromkeys(name for row in rows for name in row)
    found = [(name, tuple(row.get(name, 0.0) for row in rows)) for name in names]
    rivals = sorted((Rival(name, max(widths), widths) for name, widths in found), key=attrgetter("widest"), reverse=True)
    return tuple(rival for at, rival in enumerate(rivals) if rival.widest > common_width and not any(_outdoes(other, rival) for other in rivals[:at]))


def _outdoes(one: Rival, other: Rival) -> bool:
    """Whether it is at least as wide in every cost, and so in every call."""
    return all(map(ge, one.widths, other.widths))


def site_costs(site: SiteSpec, constants: Mapping[str, Factor]) -> SiteCosts:
    """The equations E6 to E12 for one Wh at the accelerators: a call's figures are multiples of these."""
    it = facility.it_energy(ONE, constants["host"].estimate, constants["idle"].estimate)
    meter = facility.facility_energy(it, site.pue.estimate)
    market = site.market_intensity_g_per_kwh
    return SiteCosts(
        it=it,
        facility=meter,
        co2=impacts.operational_carbon(meter, site.intensity_g_per_kwh.estimate),
        embodied=impacts.embodied_carbon(it, constants["embodied_per_it_wh"].estimate),
        onsite=impacts.onsite_water(it, site.wue_site_l_per_kwh.estimate),
        offsite=impacts.offsite_water(meter, site.wue_source_l_per_kwh.estimate),
        market_co2=None if market is None else impacts.operational_carbon(meter, market.estimate).value,
        tree_uptake=constants["tree_uptake"].value,
    )


def _common_widths(
    site: SiteSpec, constants: Mapping[str, Factor], passes: Factor | None, match_widening: float
) -> tuple[tuple[str, float], ...]:
    found = {
        "host": constants["host"].estimate,
        "idle": constants["idle"].estimate,
        "pue": site.pue.estimate,
        "grid intensity": site.intensity_g_per_kwh.estimate,
        "passes per token": passes.estimate if passes else ONE,
        "model match": ONE.widened(match_widening),
    }
    return tuple((name, estimate.width) for name, estimate in found.items())
