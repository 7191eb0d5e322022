"""One call's footprint: its tokens times what the plan says they cost."""

from typing import Any

from ecocli.core.footprint import Footprint, Spent
from ecocli.core.quantity import ONE, Estimate
from ecocli.estimator import site
from ecocli.estimator.call import Call
from ecocli.estimator.figures import Tokens, figures, hidden_reasoning, reasoning_spread, split
from ecocli.estimator.plan import Plan


def footprint(plan: Plan, call: Call) -> Footprint:
    """Every quantity of one call, E0 to E15, with the factor that contributes most to its width."""
    hidden, spread = infer_reasoning(plan, call), ONE
    fresh, cached, output = visible = tokens = split(call.input_tokens, call.cached_tokens, call.output_tokens)
    if hidden is not None:
        tokens = fresh, cached, output + hidden.value
    if call.concurrency is not None:
        plan = plan.at_concurrency(call.concurrency, tokens)
    if hidden is not None:
        spread = reasoning_spread(plan, visible, hidden)
    wall = plan.at_the_wall(call, tokens)
    row, market_co2_g, dominant_factor = spent(plan, tokens, call.counting, spread) if wall is None else at_the_wall(plan, wall)
    return Footprint.of(row, market_co2_g, hidden, dominant_factor)


def spent(plan: Plan, tokens: Tokens, counting: Estimate = ONE, spread: Estimate = ONE) -> Spent:
    """
    What the tokens of a call become.

    Args:
        counting: How far the counts themselves may be off. [1]
        spread: How far hidden reasoning may change the energy. [1]
    """
    row, dominant = figures(plan, tokens, counting, spread)
    market = plan.market_co2_per_wh
    return row, None if market is None else row[1] * market, plan.factors[dominant]


def at_the_wall(plan: Plan, wall: Any) -> Spent:
    """
    What energy at the wall of a machine becomes at the plan's site: E7 to E13.

    Args:
        wall: A `Wall`, of a method that goes by time or measurements.
    """
    place, constants = plan.site, plan.constants
    meter = site.facility_energy(wall.energy, place.pue.estimate)
    co2 = site.operational_carbon(meter, place.intensity_g_per_kwh.estimate)
    embodied = wall.embodied or site.embodied_carbon(wall.energy, constants["embodied_per_it_wh"].estimate)
    onsite, offsite = site.onsite_water(wall.energy, place.wue_site_l_per_kwh.estimate), site.offsite_water(meter, place.wue_source_l_per_kwh.estimate)
    water, days = site.total_water(onsite, offsite), site.tree_days(co2, plan.tree_uptake)
    each = (wall.accelerator, wall.energy, meter, co2, embodied, onsite, offsite, water, days)
    widths = {wall.dominant: wall.width, "pue": place.pue.estimate.width, "grid intensity": place.intensity_g_per_kwh.estimate.width}
    market = place.market_intensity_g_per_kwh
    return (
        [bound for one in each for bound in (one.low, one.value, one.high)],
        None if market is None else site.operational_carbon(meter, market.estimate).value,
        max(widths, key=widths.__getitem__),
    )


def infer_reasoning(plan: Plan, call: Call) -> Estimate | None:
    """
    Hidden reasoning tokens told from the wait, or None when there is nothing to infer from.

    Only for a model that reasons, when the visible text was counted and nobody reported a count above
    zero: a provider's own totals contain the reasoning already.
    """
    reported = call.reasoning_tokens or 0
    if plan.model.reasoning == "no" or not call.is_estimated or reported > 0 or call.wait_ms is None:
        return None
    hidden: Estimate = hidden_reasoning(plan, call)
    return hidden
