"""The inputs that the equations of a call take from its model, site and day, by any method: a method's own plan adds where they come from."""

from collections.abc import Mapping
from math import inf
from operator import ge
from typing import Any, NamedTuple, Self

from ecocli.core.factors import Factor
from ecocli.core.quantity import ONE, Estimate
from ecocli.core.specs import ModelSpec, SiteSpec
from ecocli.estimator import site as sites
from ecocli.estimator.call import Call
from ecocli.estimator.numbers import Number
from ecocli.estimator.waiting import decode_rate
from ecocli.util.valueclass import value_class

OF_THE_CALL = ("token counting", "hidden reasoning")
"""Factors that come with a call: in a plan's `factors` they stand behind the one of the whole call, before those inside token costs."""
Row = tuple[Number, Number, Number, Number, Number]
"""A number for each of the five costs of `TokenCosts`."""


class TokenCosts(NamedTuple):
    """
    What one token costs a model at the accelerators. Two of the five grow with the tokens before it.

    fresh [J/token], growth [J/token per token of position], cached [J/token], output [J/token],
    context [J/token per token of context beyond the reference].
    """

    fresh: Estimate
    growth: Estimate
    cached: Estimate
    output: Estimate
    context: Estimate

    @property
    def bounds(self) -> tuple[Row, Row, Row]:
        """All that is low, all central values, all that is high."""
        low, value, high = zip(*((cost.low, cost.value, cost.high) for cost in self), strict=True)
        return low, value, high


@value_class(frozen=True, slots=True)
class Plan:
    """A model at a site at a time, ready for any number of calls."""

    model: ModelSpec
    site: SiteSpec
    constants: Mapping[str, Factor]
    costs: TokenCosts
    """Costs of tokens at the plan's time."""
    token_costs: tuple[Row, ...]
    """
    The five costs: all that is low, all central values, all that is high; then, for each factor inside token costs that may be
    the dominant one, the central values times its log-width in each. [J/token], [J/token²]
    """
    reference_context: float
    """Context that the cost of a generated token contains already. [token]"""
    multiplier: Estimate
    """Factor on the accelerator energy as a whole: passes per billed token, and how the model was matched. [1]"""
    common_width: float
    """The largest log-width of a factor that scales the whole call."""
    per_wh: tuple[tuple[float, float, float], ...]
    """Of each figure of the site, for one Wh at the accelerators: the value and its log-widths down and up."""
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
    factors: tuple[str, ...]
    """Names of all that may be the dominant one, as the equations number them."""

    def at_concurrency(self, concurrency: float, tokens: tuple[Number, Number, Number]) -> Self:  # noqa: ARG002 - only some methods use them
        """The plan for a call that states its requests in flight per copy of the weights; as it is where the method has no use for them."""
        return self

    def at_the_wall(self, call: Call, tokens: tuple[Number, Number, Number]) -> Any:  # noqa: ARG002 - only some methods use them
        """The energy of a call at the wall of its machine, by time or as measured; None where its tokens are all that the method goes by."""
        return None


def fields_of(model: ModelSpec, constants: Mapping[str, Factor], match_widening: float) -> dict[str, Any]:
    """Those fields of a plan that every method has alike from the model and the constants."""
    return {
        "model": model,
        "constants": constants,
        "multiplier": passes(model).widened(match_widening),
        "tree_uptake": constants["tree_uptake"].value,
        "queue_s": constants["queue_s"].estimate,
        "prefill_rate": constants["prefill_rate"].estimate,
        "decode_rate": decode_rate(model.active_params_b.value, constants["decode_rate_50b"].estimate, constants["decode_rate_exponent"].value),
        "context_tokens": inf if model.context_tokens is None else model.context_tokens,
    }


def fields_at(site: SiteSpec, costs_per_wh: Mapping[str, Estimate]) -> dict[str, Any]:
    """Those fields of a plan that follow from what a Wh at the accelerators costs at the site."""
    market = site.market_intensity_g_per_kwh
    return {
        "site": site,
        "per_wh": tuple((cost.value, cost.log_down, cost.log_up) for cost in costs_per_wh.values()),
        "market_co2_per_wh": None if market is None else sites.operational_carbon(costs_per_wh["facility_energy_wh"], market.estimate).value,
    }


def passes(model: ModelSpec) -> Estimate:
    """Forward passes per billed token. [1]"""
    return model.compute_multiplier.estimate if model.compute_multiplier else ONE


def of_the_whole(model: ModelSpec, site: SiteSpec, match_widening: float) -> dict[str, float]:
    """Log-widths of the factors that scale a whole call, whatever its time, but those of its servers."""
    found = {
        "pue": site.pue.estimate,
        "grid intensity": site.intensity_g_per_kwh.estimate,
        "passes per token": passes(model),
        "model match": ONE.widened(match_widening),
    }
    return {name: estimate.width for name, estimate in found.items()}


def those_that_outdo(common_width: float, widths: Mapping[str, Row]) -> dict[str, Row]:
    """
    Those of the factors inside token costs that can outdo the ones of the whole call, the widest first.

    Args:
        common_width: The largest log-width of a factor of the whole call.
        widths: Of each factor inside, the log-width in each of the five costs.
    """
    widest = {name: most for name, row in widths.items() if (most := max(row)) > common_width}
    kept: dict[str, Row] = {}
    for name in sorted(widest, key=widest.__getitem__, reverse=True):
        row = widths[name]
        if not any(all(map(ge, wider, row)) for wider in kept.values()):  # outdone in every cost, and so in every call
            kept[name] = row
    return kept
