"""All of an estimate that does not depend on a call's tokens, worked out once per model, site and month."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from operator import itemgetter

from ecocli.estimator import facility, impacts, laws
from ecocli.estimator.energy import TokenCosts
from ecocli.estimator.laws import Widths
from ecocli.factors import Factor
from ecocli.quantity import ONE, Estimate
from ecocli.specs import ModelSpec, SiteSpec


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Plan:
    """A model at a site at a time, ready for any number of calls."""

    model: ModelSpec
    site: SiteSpec
    constants: Mapping[str, Factor]
    tokens: TokenCosts
    per_wh: SiteCosts
    multiplier: Estimate
    """What scales the accelerator energy as a whole: passes per billed token, and how the model was matched. [1]"""
    token_widths: Widths
    """Per token cost: names of the factors in it and their log-widths, to name the dominant one."""
    widest_common: tuple[str, float]
    """The widest of the factors that scale the whole call, and its log-width."""


def make(model: ModelSpec, site: SiteSpec, constants: Mapping[str, Factor], match_widening: float, at_ms: int) -> Plan:
    """
    Everything about a call but its tokens.

    Args:
        model, site: What the names stand for.
        constants: The equations' constants, by name.
        match_widening: x/÷ by which the way the model was found widens its energy. [1]
        at_ms: When the call was made, for the generation of hardware and software. [ms since 1970, UTC]
    """
    token_costs, token_widths = laws.token_costs(model, constants, at_ms)
    passes = model.compute_multiplier
    return Plan(
        model=model,
        site=site,
        constants=constants,
        tokens=token_costs,
        per_wh=site_costs(site, constants),
        multiplier=(passes.estimate if passes else ONE).widened(match_widening),
        token_widths=token_widths,
        widest_common=max(_common_widths(site, constants, passes, match_widening), key=itemgetter(1)),
    )


def at(plan: Plan, at_ms: int) -> Plan:
    """The same model and site at another time. [ms since 1970, UTC]"""
    token_costs, token_widths = laws.token_costs(plan.model, plan.constants, at_ms)
    return replace(plan, tokens=token_costs, token_widths=token_widths)


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
