"""The equations that see the tokens of a call, E0 and E5, and what becomes of its energy at the plan's site."""

from collections.abc import Callable, Iterable
from typing import Any

from ecocli.core.footprint import ESTIMATES
from ecocli.core.quantity import ONE
from ecocli.estimator.equations import equation
from ecocli.estimator.numbers import FLOATS, Number, Numbers, range_rules
from ecocli.estimator.plan import Plan, Row
from ecocli.estimator.site import total_water, tree_days
from ecocli.estimator.waiting import waiting_equation

J_PER_WH = 3600.0
A_TRACE_WH = 1e-300
"""Less than any call takes, for comparing the factors of one that takes nothing."""
IT, CO2, ONSITE, OFFSITE = (3 * ESTIMATES.index(name) for name in ("it_energy_wh", "co2_g", "water_onsite_ml", "water_offsite_ml"))
"""Where their low bounds stand in a footprint's row; value and high bound follow."""
Tokens = tuple[Number, Number, Number]
"""Fresh, the prompt tokens that were computed, cache writes included; cached, those read from the cache; output, hidden reasoning included."""
Functions = tuple[Callable[..., Any], ...]


@equation("E0", "fresh prompt tokens", "N_fresh = prompt - cached reads", "token")
def split(input_tokens: Number, cached_tokens: Number | None, output_tokens: Number) -> Tokens:
    """
    Reported counts as the equation needs them.

    >>> split(100, 20, 5)
    (80, 20, 5)
    """
    cached = 0 if cached_tokens is None else cached_tokens
    return input_tokens - cached, cached, output_tokens


@equation("E5", "at the accelerators", "E_acc = (N_fresh*e_p*(1 + pos/L0) + N_cached*r*e_p + N_out*(e_d + k*kv*ctx)) / 3600", "Wh")
def accelerator_energy(amounts: Row, costs: Iterable[Row]) -> list[Number]:
    """
    Energy of one call at the accelerators.

    The terms share the model's size and its servers, so their bounds add: each bound of the costs gives one of the energy.

    Args:
        amounts: How much of each cost the call has. [token], [token²]
        costs: What a token costs, E1 to E4, one bound after the other. [J/token], [J/token²]

    Returns:
        Energy at the accelerators with each of the bounds. [Wh]

    >>> accelerator_energy((3600, 3600 * 1800, 0, 0, 0), [(1, 0, 0, 0, 0), (2, 0.001, 0, 0, 0)])
    [1.0, 3.8]
    """
    fresh, growth, cached, output, context = amounts
    return [(p * fresh + g * growth + r * cached + d * output + c * context) / J_PER_WH for p, g, r, d, c in costs]


def amount_equations(numbers: Numbers) -> Functions:
    """`means` and `amounts`, over floats or over arrays with one number for each call."""
    maximum = numbers.maximum

    def means(tokens: Tokens, reference: Number) -> tuple[Number, Number]:
        """
        Mean position of a fresh prompt token, the cached ones standing before it, and mean context while decoding,
        beyond the `reference` that the decode law contains already. [token]
        """
        fresh, cached, output = tokens
        return cached + fresh / 2, maximum(cached + fresh + output / 2 - reference, 0.0)

    def amounts(tokens: Tokens, reference: Number) -> Row:
        """How much of each cost of `TokenCosts` a call has. [token], [token²]"""
        (fresh, cached, output), (position, context) = tokens, means(tokens, reference)
        return fresh, fresh * position, cached, output, output * context

    return means, amounts


def energy_equations(numbers: Numbers) -> Callable[..., tuple[list[Number], Any]]:
    """
    `figures`, over floats or over arrays with one number for each call.

    No value of a call decides what is worked out, so that calls of every kind may stand side by side. A plan is a `Plan`,
    or has its fields as arrays.
    """
    log_ratio, maximum, argmax = numbers.log_ratio, numbers.maximum, numbers.argmax
    (_, amounts), (scaled, products) = amount_equations(numbers), range_rules(numbers)

    def figures(plan: Plan, tokens: Tokens, counting: Any, spread: Any) -> tuple[list[Number], Any]:
        """
        All that a call's tokens become at the plan's site.

        Args:
            counting: Estimate of how far the counts themselves may be off. [1]
            spread: Estimate of how far hidden reasoning may change the energy. [1]

        Returns:
            The footprint's row of numbers, and the place of the dominant factor among the plan's.
        """
        low, value, high, *inside = accelerator_energy(amounts(tokens, plan.reference_context), plan.token_costs)
        # a factor inside token costs counts by the shares of the energy that these costs make up, any other in full
        whole = maximum(value, A_TRACE_WH)
        widths = [plan.common_width * whole, 0.0, 0.0, *inside]
        energy = low, value, high, log_ratio(value, low), log_ratio(high, value)
        if not plan.multiplier is counting is spread is ONE:
            widths[1:3] = counting.width * whole, spread.width * whole
            energy = scaled(energy, (plan.multiplier, counting, spread))
        row, tree_uptake = products(energy, plan.per_wh), plan.tree_uptake
        row += (
            total_water(row[ONSITE], row[OFFSITE]), total_water(row[ONSITE + 1], row[OFFSITE + 1]), total_water(row[ONSITE + 2], row[OFFSITE + 2]),
            tree_days(row[CO2], tree_uptake), tree_days(row[CO2 + 1], tree_uptake), tree_days(row[CO2 + 2], tree_uptake),
        )  # fmt: skip
        return row, argmax(widths)

    return figures


def reasoning_equations(numbers: Numbers) -> Functions:
    """`room`, `hidden_reasoning` and `reasoning_spread`, over floats or over arrays."""
    exp, log_ratio, maximum, estimate = numbers.exp, numbers.log_ratio, numbers.maximum, numbers.estimate
    (_, amounts), hidden_reasoning_tokens = amount_equations(numbers), waiting_equation(numbers)

    def room(plan: Plan, call: Any) -> Number:
        """Tokens that still fit into the model's context; infinite where that is not known. [token]"""
        return maximum(0.0, plan.context_tokens - call.input_tokens - call.output_tokens)

    def hidden_reasoning(plan: Plan, call: Any) -> Any:
        """E15 of a call as an estimate: its bounds take the extremes of queue, reading and writing together. [token]"""
        (fresh, _, _), fits = split(call.input_tokens, call.cached_tokens, 0), room(plan, call)
        queue, prefill, rate = plan.queue_s, plan.prefill_rate, plan.decode_rate
        return estimate(
            hidden_reasoning_tokens(call.wait_ms, fresh, queue.high, prefill.low, rate.low, fits),
            hidden_reasoning_tokens(call.wait_ms, fresh, queue.value, prefill.value, rate.value, fits),
            hidden_reasoning_tokens(call.wait_ms, fresh, queue.low, prefill.high, rate.high, fits),
        )

    def reasoning_spread(plan: Plan, visible: Tokens, hidden: Any) -> Any:
        """
        How much the energy changes from the fewest to the most reasoning tokens, others held. [1]

        Ratios need something to compare with: a call without a prompt and a visible token keeps the law's range alone.
        """
        fresh, cached, output = visible
        possible = (amounts((fresh, cached, output + tokens), plan.reference_context) for tokens in (hidden.low, hidden.value, hidden.high))
        (few,), (middle,), (many,) = (accelerator_energy(each, plan.token_costs[1:2]) for each in possible)
        down, up = log_ratio(middle, few), log_ratio(many, middle)
        return estimate(exp(-down), 1.0, exp(up), down, up)

    return room, hidden_reasoning, reasoning_spread


means, amounts = amount_equations(FLOATS)
figures = energy_equations(FLOATS)
room, hidden_reasoning, reasoning_spread = reasoning_equations(FLOATS)
