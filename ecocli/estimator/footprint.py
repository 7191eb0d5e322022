"""One call's footprint: its tokens times what the plan says they cost."""

from operator import mul

from ecocli.core.footprint import ESTIMATES, Footprint, Spent
from ecocli.core.quantity import ONE, Estimate, Parts, parts_of, products
from ecocli.estimator import reasoning
from ecocli.estimator.energy import accelerator_energy, energy_bounds
from ecocli.estimator.impacts import total_water, tree_days
from ecocli.estimator.plan import Plan
from ecocli.estimator.tokens import Row, Tokens, split
from ecocli.util.valueclass import value_class

REASONING = "hidden reasoning"
COUNTING = "token counting"
CO2, ONSITE, OFFSITE = (3 * ESTIMATES.index(name) for name in ("co2_g", "water_onsite_ml", "water_offsite_ml"))
"""Where their low bounds stand in a footprint's row; value and high bound follow."""


@value_class(frozen=True, slots=True)
class Call:
    """The part of a call that the equations see. [token], [ms]"""

    input_tokens: int
    output_tokens: int
    cached_tokens: int | None = None
    reasoning_tokens: int | None = None
    wait_ms: int | None = None
    """First token's time minus the start's."""
    is_estimated: bool = False
    counting: Estimate = ONE
    """How far the counts themselves may be off. [1]"""


def footprint(plan: Plan, call: Call) -> Footprint:
    """Every quantity of one call, E0 to E15, with the factor that contributes most to its width."""
    hidden = infer_reasoning(plan, call)
    tokens = split(call.input_tokens, call.cached_tokens, call.output_tokens + (hidden.value if hidden else 0))
    spread = ONE if hidden is None else _reasoning_spread(plan, tokens, hidden)
    figures, market_co2_g, dominant_factor = spent(plan, tokens, call.counting, spread)
    return Footprint.of(figures, market_co2_g, hidden, dominant_factor)


def spent(plan: Plan, tokens: Tokens, counting: Estimate = ONE, spread: Estimate = ONE) -> Spent:
    """
    What the tokens of a call become.

    Args:
        counting: How far the counts themselves may be off. [1]
        spread: How far hidden reasoning may change the energy. [1]
    """
    amounts = tokens.amounts(plan.tokens.reference_context)
    energy = parts_of(*energy_bounds(amounts, plan.tokens.bounds))
    if not plan.multiplier is counting is spread is ONE:
        energy = (Estimate(*energy) * plan.multiplier * counting * spread).parts
    market = plan.per_wh.market_co2
    return figures(energy, plan), None if market is None else energy[1] * market, _dominant(plan, amounts, counting, spread)


def figures(energy: Parts, plan: Plan) -> list[float]:
    """What the energy at the accelerators becomes at the plan's site, E6 to E13: the footprint's row of numbers."""
    low, value, high, _, _ = energy
    row = [low, value, high]
    row += products(energy, plan.per_wh_parts)
    uptake = plan.per_wh.tree_uptake
    row += (
        total_water(row[ONSITE], row[OFFSITE]),
        total_water(row[ONSITE + 1], row[OFFSITE + 1]),
        total_water(row[ONSITE + 2], row[OFFSITE + 2]),
        tree_days(row[CO2], uptake),
        tree_days(row[CO2 + 1], uptake),
        tree_days(row[CO2 + 2], uptake),
    )
    return row


def infer_reasoning(plan: Plan, call: Call) -> Estimate | None:
    """
    Hidden reasoning tokens told from the wait, or None when there is nothing to infer from.

    Only for a model that reasons, when the visible text was counted and nobody reported a count above
    zero: a provider's own totals contain the reasoning already.
    """
    reported = call.reasoning_tokens or 0
    if plan.model.reasoning == "no" or not call.is_estimated or reported > 0 or call.wait_ms is None:
        return None
    constants = plan.constants
    rate = reasoning.decode_rate(
        plan.model.active_params_b.value, constants["decode_rate_50b"].estimate, constants["decode_rate_exponent"].value
    )
    fresh = split(call.input_tokens, call.cached_tokens, 0).fresh
    return reasoning.hidden_reasoning_tokens(
        call.wait_ms, fresh, constants["queue_s"].estimate, constants["prefill_rate"].estimate, rate, room(plan, call)
    )


def room(plan: Plan, call: Call) -> float:
    """Tokens that still fit into the model's context; infinite where that is not known. [token]"""
    context = plan.model.context_tokens
    return float("inf") if context is None else max(0.0, context - call.input_tokens - call.output_tokens)


def _reasoning_spread(plan: Plan, tokens: Tokens, hidden: Estimate) -> Estimate:
    """
    How much the energy changes from the fewest to the most reasoning tokens, others held. [1]

    Ratios need something to compare with: a call without a prompt and a visible token keeps the law's range alone.
    """
    if hidden.high == 0:
        return ONE
    visible = tokens.output - hidden.value
    few, middle, many = (
        accelerator_energy(Tokens(tokens.fresh, tokens.cached, visible + n), plan.tokens).value
        for n in (hidden.low, hidden.value, hidden.high)
    )
    if middle <= 0:
        return ONE
    return Estimate(few / middle if few > 0 else 1.0, 1.0, many / middle)


def _dominant(plan: Plan, amounts: Row, counting: Estimate, reasoning_spread: Estimate) -> str:
    """
    Name of the factor with the largest log-width in the call's carbon.

    A factor inside token costs counts by the shares of the energy that these costs make up.
    """
    name, widest = plan.widest_common
    if not counting is reasoning_spread is ONE:
        for own, estimate in ((COUNTING, counting), (REASONING, reasoning_spread)):
            if estimate.width > widest:
                name, widest = own, estimate.width
    fresh, growth, cached, output, context = map(mul, plan.tokens.bounds[1], amounts)
    total = fresh + growth + cached + output + context
    for rival, most, (f, g, r, d, c) in plan.rivals if total else ():
        if most <= widest:
            break
        width = (f * fresh + g * growth + r * cached + d * output + c * context) / total
        if width > widest:
            name, widest = rival, width
    return name
