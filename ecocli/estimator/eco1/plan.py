"""All of an estimate that does not depend on a call's tokens, worked out once per model, site and day."""

from collections.abc import Mapping
from dataclasses import replace
from math import inf
from operator import ge, itemgetter, mul
from typing import Any

from ecocli.core.factors import Factor
from ecocli.core.quantity import ONE, Estimate
from ecocli.core.specs import ModelSpec, SiteSpec
from ecocli.estimator.eco1 import laws
from ecocli.estimator.eco1 import site as sites
from ecocli.estimator.eco1.laws import Row, TokenCosts
from ecocli.util.valueclass import value_class

OF_THE_CALL = ("token counting", "hidden reasoning")
"""Factors that come with a call: in a plan's `factors` they stand behind the one of the whole call, before those inside token costs."""


@value_class(frozen=True, slots=True)
class Plan:
    """A model at a site at a time, ready for any number of calls: where its numbers come from, and those that the equations of a call take."""

    model: ModelSpec
    site: SiteSpec
    constants: Mapping[str, Factor]
    costs_of_2025: TokenCosts
    """Costs of tokens on 2025's hardware and software."""
    costs: TokenCosts
    """Costs of tokens at the plan's time."""
    token_costs: tuple[Row, ...]
    """
    The five costs: all that is low, all central values, all that is high; then, for each of `token_factors`, the central
    values times its log-width in each. [J/token], [J/token²]
    """
    reference_context: float
    """[token]"""
    multiplier: Estimate
    """Factor on the accelerator energy as a whole: passes per billed token, and how the model was matched. [1]"""
    common_width: float
    """The largest log-width of a factor that scales the whole call."""
    per_wh: tuple[tuple[float, float, float], ...]
    """Of each of `site_costs` the value and its log-widths down and up."""
    tree_uptake: float
    """[g/day]"""
    queue_s: Estimate
    prefill_rate: Estimate
    """[token/s]"""
    decode_rate: Estimate
    """E14. [token/s]"""
    context_tokens: float
    """Infinite where that is not known."""
    market_co2_per_wh: float | None
    """By the provider's market-based claim, per Wh at the accelerators. [g/Wh]"""
    common: tuple[str, float]
    """The widest of the factors that scale the whole call but the vintage, and its log-width."""
    token_factors: Mapping[str, Row]
    """Of each factor inside token costs that may be a call's dominant one, the log-width in each of the five."""
    factors: tuple[str, ...]
    """Names of all that may be the dominant one, as the equations number them."""


def make(model: ModelSpec, site: SiteSpec, constants: Mapping[str, Factor], match_widening: float, at_ms: int) -> Plan:
    """
    Everything about a call but its tokens.

    Args:
        model, site: What the names stand for.
        constants: The equations' constants, by name.
        match_widening: x/÷ by which the way the model was found widens its energy. [1]
        at_ms: When the call was made, for the generation of hardware and software. [ms since 1970, UTC]
    """
    costs, widths = laws.token_costs(model, constants)
    passes = model.compute_multiplier.estimate if model.compute_multiplier else ONE
    common = _common(site, constants, passes, match_widening)
    per_wh, market = site_costs(site, constants), site.market_intensity_g_per_kwh
    plan = Plan(
        model=model, site=site, constants=constants, costs_of_2025=costs, costs=costs, token_costs=costs.bounds,
        reference_context=constants["reference_context"].value,
        multiplier=passes.widened(match_widening), common_width=common[1],
        per_wh=tuple((cost.value, cost.log_down, cost.log_up) for cost in per_wh.values()),
        tree_uptake=constants["tree_uptake"].value,
        queue_s=constants["queue_s"].estimate, prefill_rate=constants["prefill_rate"].estimate,
        decode_rate=laws.decode_rate(model.active_params_b.value, constants["decode_rate_50b"].estimate, constants["decode_rate_exponent"].value),
        context_tokens=inf if model.context_tokens is None else model.context_tokens,
        market_co2_per_wh=None if market is None else sites.operational_carbon(per_wh["facility_energy_wh"], market.estimate).value,
        common=common, token_factors=_token_factors(widths, common[1]), factors=(),
    )  # fmt: skip
    return aged(plan, laws.vintage(at_ms, constants))


def aged(plan: Plan, age: Estimate) -> Plan:
    """Move a plan to another time, with the hardware and software of then: E4. [1]"""
    costs = TokenCosts(*(cost * age for cost in plan.costs_of_2025))
    low, central, high = costs.bounds
    inside: Any = (tuple(map(mul, central, widths)) for widths in plan.token_factors.values())
    name, width = max(plan.common, ("vintage", age.width), key=itemgetter(1))
    names = (name, *OF_THE_CALL, *plan.token_factors)
    return replace(plan, costs=costs, token_costs=(low, central, high, *inside), common_width=width, factors=names)


def _token_factors(widths: Mapping[str, Row], common_width: float) -> dict[str, Row]:
    """Those of the factors inside token costs that can outdo the common ones, the widest first."""
    kept: dict[str, Row] = {}
    for name in sorted(widths, key=lambda name: max(widths[name]), reverse=True):
        outdone = any(all(map(ge, wider, widths[name])) for wider in kept.values())  # in every cost, and so in every call
        if max(widths[name]) > common_width and not outdone:
            kept[name] = widths[name]
    return kept


def site_costs(site: SiteSpec, constants: Mapping[str, Factor]) -> dict[str, Estimate]:
    """The equations E6 to E11 for one Wh at the accelerators: a call's figures, by their names and in their order, are multiples of these."""
    it = sites.it_energy(ONE, constants["host"].estimate, constants["idle"].estimate)
    meter = sites.facility_energy(it, site.pue.estimate)
    return {
        "it_energy_wh": it,
        "facility_energy_wh": meter,
        "co2_g": sites.operational_carbon(meter, site.intensity_g_per_kwh.estimate),
        "embodied_co2_g": sites.embodied_carbon(it, constants["embodied_per_it_wh"].estimate),
        "water_onsite_ml": sites.onsite_water(it, site.wue_site_l_per_kwh.estimate),
        "water_offsite_ml": sites.offsite_water(meter, site.wue_source_l_per_kwh.estimate),
    }


def _common(site: SiteSpec, constants: Mapping[str, Factor], passes: Estimate, match_widening: float) -> tuple[str, float]:
    """Name and log-width of the widest factor that scales a whole call, whatever its time."""
    found = {
        "host": constants["host"].estimate,
        "idle": constants["idle"].estimate,
        "pue": site.pue.estimate,
        "grid intensity": site.intensity_g_per_kwh.estimate,
        "passes per token": passes,
        "model match": ONE.widened(match_widening),
    }
    return max(((name, estimate.width) for name, estimate in found.items()), key=itemgetter(1))
