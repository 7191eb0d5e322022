"""All of an estimate that does not depend on a call's tokens, worked out once per model, site and day."""

from collections.abc import Mapping
from dataclasses import replace
from operator import itemgetter, mul
from typing import Any

from ecocli.core.factors import Factor
from ecocli.core.quantity import Estimate
from ecocli.core.specs import ModelSpec, SiteSpec
from ecocli.estimator import plan as plans
from ecocli.estimator import site as sites
from ecocli.estimator.eco1 import laws
from ecocli.estimator.plan import OF_THE_CALL, Row, TokenCosts
from ecocli.util.valueclass import value_class


@value_class(frozen=True, slots=True)
class Plan(plans.Plan):
    """A plan by eco-1, which can be moved to another day."""

    costs_of_2025: TokenCosts
    """Costs of tokens on 2025's hardware and software."""
    common: tuple[str, float]
    """The widest of the factors that scale the whole call but the vintage, and its log-width."""
    token_factors: Mapping[str, Row]
    """Of each factor inside token costs that may be a call's dominant one, the log-width in each of the five."""


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
    c = {name: constants[name].estimate for name in ("host", "idle", "embodied_per_it_wh")}
    common = _common(plans.of_the_whole(model, site, match_widening) | {name: c[name].width for name in ("host", "idle")})
    plan = Plan(
        **plans.fields_of(model, constants, match_widening), **plans.fields_at(site, sites.site_costs(site, *c.values())),
        costs_of_2025=costs, costs=costs, token_costs=costs.bounds, reference_context=constants["reference_context"].value,
        common_width=common[1], common=common, token_factors=plans.those_that_outdo(common[1], widths), factors=(),
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


def _common(widths: Mapping[str, float]) -> tuple[str, float]:
    """Name and log-width of the widest of them."""
    return max(widths.items(), key=itemgetter(1))
