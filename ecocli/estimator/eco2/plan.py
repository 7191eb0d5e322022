"""All of an estimate that does not depend on a call's tokens, worked out once per model, site and day; and what a stated concurrency makes of it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from operator import itemgetter, mul
from typing import Any, Self

from ecocli.core.quantity import ONE, Estimate
from ecocli.core.specs import ModelSpec, SiteSpec
from ecocli.estimator import plan as plans
from ecocli.estimator import site as sites
from ecocli.estimator.call import Call
from ecocli.estimator.eco2 import laws
from ecocli.estimator.eco2.costs import Constants, Sized, sized, token_costs
from ecocli.estimator.eco2.fleet import Fleet, vintage
from ecocli.estimator.figures import IT, Tokens, amounts, figures
from ecocli.estimator.plan import OF_THE_CALL
from ecocli.util.valueclass import value_class

NO_CONTEXT = 0.0
"""E2 holds no context: E3 counts it from the first token on. [token]"""


@value_class(frozen=True, slots=True)
class Plan(plans.Plan):
    """A plan by eco-2, which knows how many sequences decode at once, and can be moved to another day."""

    size: Sized
    fleet: Fleet
    """Of the plan's time, or with the accelerator that the call states."""
    batch: Estimate
    """Sequences that decode at once per copy of the weights. [1]"""
    load: Estimate
    """Factor on prefill for boards that wait. [1]"""
    at_once: float
    """n of E6a: requests in flight where the call states them, else sequences that decode. [1]"""
    host: Estimate
    """E6b. [1]"""
    idle: Estimate
    """Provisioned over used capacity, in energy. [1]"""
    around: dict[str, float]
    """Log-widths of the factors that scale a whole call, but those of its servers."""

    def at_concurrency(self, concurrency: float, tokens: Tokens) -> Self:
        """The plan of a call with `concurrency` requests in flight: its batch by Little's law, E2b, and the waiting of its prefill, E1a."""
        waiting, offset = self.constants["split_waiting"], self.constants["split_offset"].value
        load = Estimate(*(laws.prefill_waiting(concurrency, bound, offset) for bound in (waiting.low, waiting.value, waiting.high)))
        decoding = batch_of(self, concurrency, tokens)
        batch = Estimate(max(1.0, decoding / self.constants["concurrency_spread"].value), decoding, max(decoding, concurrency))
        around = served(self.site, self.constants, batch, max(1.0, concurrency), self.constants["idle_stated"].estimate)
        costs = prices(self.size, self.fleet, self.constants, batch, load, {**self.around, **widths_of(around)})
        return replace(self, **around, **costs, load=load)

    def at_the_wall(self, call: Call, tokens: Tokens) -> Any:
        """A `wall.Wall` of a call that was measured, or timed on a machine of one's own; None for all others."""
        if call.measured_wh is None and (call.active_s is None or "machine_w" not in self.constants):
            return None
        from ecocli.estimator.eco2 import wall  # few calls are

        if call.measured_wh is not None:
            return wall.measured(call, self.constants, self.host)
        by_time = wall.timed(call, self.constants)
        if by_time is None or "active_w" in self.constants:
            return by_time
        return wall.weighed(by_time, self.by_law(call, tokens), self.constants)

    def by_law(self, call: Call, tokens: Tokens) -> Estimate:
        """E6 of a call. [Wh]"""
        row, _ = figures(self, tokens, call.counting, ONE)
        return Estimate(*row[IT : IT + 3])


def make(model: ModelSpec, site: SiteSpec, constants: Constants, match_widening: float, at_ms: int) -> Plan:
    """
    Everything about a call but its tokens and a concurrency that it states.

    Args:
        model, site: What the names stand for.
        constants: The equations' constants, by name, see `stated.constants_for`.
        match_widening: x/÷ by which the way the model was found widens its energy. [1]
        at_ms: When the call was made, for the generation of hardware and software. [ms since 1970, UTC]
    """
    fleet = vintage(at_ms, constants).with_stated(constants)
    batch, load, idle = (constants[name].estimate for name in ("operator_batch", "prefill_load", "idle"))
    size, around, servers = sized(model, constants, fleet.newest), plans.of_the_whole(model, site, match_widening), served(site, constants, batch, batch.value, idle)
    costs = prices(size, fleet, constants, batch, load, {**around, **widths_of(servers)})
    return Plan(
        **plans.fields_of(model, constants, match_widening), **servers, **costs,
        size=size, fleet=fleet, load=load, around=around, reference_context=NO_CONTEXT,
    )  # fmt: skip


def aged(plan: Plan, fleet: Fleet) -> Plan:
    """Move a plan to another time, with the hardware and software of then."""
    size, fleet = plan.size, fleet.with_stated(plan.constants)
    if fleet == plan.fleet:  # a plan is made for the day of the first call
        return plan
    if plan.model.open_weights and fleet.newest != plan.fleet.newest:  # the bits that hosts serve follow the hardware
        size = sized(plan.model, plan.constants, fleet.newest)
    whole = {**plan.around, "host": plan.host.width, "idle": plan.idle.width}
    return replace(plan, **prices(size, fleet, plan.constants, plan.batch, plan.load, whole), size=size, fleet=fleet)


def placed(plan: Plan, site: SiteSpec) -> Plan:
    """Move a plan to a site whose factors are as wide as its own site's."""
    costs = sites.site_costs(site, plan.host, plan.idle, plan.constants["embodied_per_it_wh"].estimate)
    return replace(plan, **plans.fields_at(site, costs))


def prices(size: Sized, fleet: Fleet, constants: Constants, batch: Estimate, load: Estimate, whole: Mapping[str, float]) -> dict[str, Any]:
    """
    Those fields of a plan that follow from what tokens cost.

    Args:
        whole: Log-widths of the factors that scale a whole call.
    """
    costs, widths = token_costs(size, fleet, constants, batch, load)
    name, width = max(whole.items(), key=itemgetter(1))
    inside = plans.those_that_outdo(width, widths)
    low, central, high = costs.bounds
    scaled: Any = (tuple(map(mul, central, each)) for each in inside.values())
    return {"costs": costs, "token_costs": (low, central, high, *scaled), "common_width": width, "factors": (name, *OF_THE_CALL, *inside)}


def served(site: SiteSpec, constants: Constants, batch: Estimate, at_once: float, idle: Estimate) -> dict[str, Any]:
    """Those fields of a plan that servers have at a batch, whatever the day."""
    if "home_factor" in constants:  # from the law to the wall at once; nobody's machine waits for other callers
        host, idle = constants["home_factor"].estimate, ONE
    else:
        host = host_of(constants, at_once)
    costs = sites.site_costs(site, host, idle, constants["embodied_per_it_wh"].estimate)
    return plans.fields_at(site, costs) | {"batch": batch, "at_once": at_once, "host": host, "idle": idle}


def widths_of(servers: Mapping[str, Any]) -> dict[str, float]:
    """Log-widths of host and idle among the fields that `served` gives."""
    return {name: servers[name].width for name in ("host", "idle")}


def host_of(constants: Constants, at_once: float) -> Estimate:
    """E6b with the range of its share; the batch's is in the cost of a generated token. [1]"""
    share, power = constants["host_share"], power_of(constants, at_once)
    return Estimate(*(laws.host_factor(bound, power) for bound in (share.low, share.value, share.high)))


def power_of(constants: Constants, at_once: float) -> float:
    """E6a. [1]"""
    power: float = laws.board_power(at_once, *(constants[f"board_power_{name}"].value for name in ("one", "rise", "half")))
    return power


def batch_of(plan: Plan, concurrency: float, tokens: Tokens) -> float:
    """E2b for a call's tokens, with prefill boards that are busy; all that are in flight where the call writes nothing. [1]"""
    if not tokens[-1]:
        return max(1.0, concurrency)
    batch: float = laws.decoding_at_once(concurrency, *energies_of(plan, tokens))
    return batch


def energies_of(plan: Plan, tokens: Tokens) -> tuple[float, Callable[[float], float]]:
    """P and D of E2b: a request's energy of prefill, and that of decoding by the batch, with the software of late 2025. [J]"""
    fresh, growth, cached, output, context = amounts(tokens, NO_CONTEXT)
    doubling, ratio = plan.constants["prefill_doubling_position"].value, plan.constants["cached_read_ratio"].value
    size, compute, reading = plan.size, plan.fleet.compute.value, plan.fleet.reading.value
    reading_j = size.context * reading * context

    def decode_j(batch: float) -> float:
        energy: float = output * size.decoding.energy(batch, compute, reading) + reading_j
        return energy

    return size.fresh * compute * (fresh + growth / doubling + cached * ratio), decode_j
