"""The steps of a call that was measured, or timed on a machine of one's own; and which factors make its range."""

from collections.abc import Iterator, Mapping
from typing import Any

from ecocli.core.footprint import Footprint
from ecocli.core.quantity import ONE, Estimate
from ecocli.estimator import figures, site
from ecocli.estimator import steps as shared
from ecocli.estimator.call import Call
from ecocli.estimator.eco2 import wall
from ecocli.estimator.eco2.plan import Plan
from ecocli.estimator.equations import derived, step
from ecocli.estimator.figures import Tokens

AT_THE_SERVERS = 2
"""Steps of figures that are about accelerators and servers, in whose place these stand."""
NO_WATTS = 0.0
"""What a machine whose power at rest is not known is taken to draw then, for E16's watts while it loads. [W]"""


def steps(plan: Plan, call: Call, footprint: Footprint, tokens: Tokens, symbols: Mapping[str, float]) -> Iterator[dict[str, Any]]:
    """E16 to E18, E9a, and all that follow from the energy at the wall."""
    numbers = {**symbols, **_symbols(plan, call)}
    if call.measured_wh is not None:
        yield step(wall.measured_energy, footprint.it_energy_wh, numbers)
    else:
        yield from _timed(plan, call, footprint, tokens, numbers)
    rest = list(shared.of_figures(plan, footprint, numbers))[AT_THE_SERVERS:]
    if wall.embodied(call, plan.constants) is not None:
        yield derived("E9a", "seconds, of the call", "active_s + load_s", numbers["seconds"], "s", numbers, shared.EXACT)
        by_time = step(wall.embodied_by_time, footprint.embodied_co2_g, numbers)
        rest = [by_time if each["number"] == "E9" else each for each in rest]
    yield from rest


def _timed(plan: Plan, call: Call, footprint: Footprint, tokens: Tokens, numbers: Mapping[str, float]) -> Iterator[dict[str, Any]]:
    by_time = wall.timed(call, plan.constants)
    if by_time is None:
        return
    if call.load_s:
        yield derived("E16", "watts_loading", "(1 - share) * idle_w + share * watts", numbers["watts_loading"], "W", numbers)
    if call.concurrency is not None and "copies" in plan.constants:
        yield derived("E16", "calls, at once on the machine", "C * copies", numbers["calls"], "1", {"C": call.concurrency, "copies": plan.constants["copies"].value})
    yield step(wall.timed_energy, by_time.energy, numbers)
    by_law = plan.by_law(call, tokens)
    if "active_w" in plan.constants or wall.disagree(by_time.energy, by_law):
        return
    accelerator = Estimate(by_law.low / plan.host.low, by_law.value / plan.host.value, by_law.high / plan.host.high)
    passes = ("passes",) if plan.model.compute_multiplier else ()
    yield step(figures.accelerator_energy, accelerator, numbers, *passes)
    yield step(site.it_energy, by_law, {**numbers, "E_acc": accelerator.value})
    yield from _weight(by_time.energy, by_law)
    weight = wall.weight_of_time(by_time.energy, by_law)
    yield step(wall.together, footprint.it_energy_wh, {**numbers, "E_timed": by_time.energy.value, "E_law": by_law.value, "w": weight})


def _weight(timed: Estimate, by_law: Estimate) -> Iterator[dict[str, Any]]:
    """w of E18: of both the log-width toward the other, and what follows from them."""
    below = timed.value <= by_law.value
    own, other = (timed.log_up, by_law.log_down) if below else (timed.log_down, by_law.log_up)
    for name, width, (most, least) in (
        ("x, log-width of the time toward the law", own, (timed.high, timed.value) if below else (timed.value, timed.low)),
        ("y, log-width of the law toward the time", other, (by_law.value, by_law.low) if below else (by_law.high, by_law.value)),
    ):
        yield derived("E18", name, "ln(most / least)", width, "1", {"most": most, "least": least}, shared.EXACT)
    weight = wall.weight_of_time(timed, by_law)
    yield derived("E18", "w, weight of the time", "(1 / x^2) / (1 / x^2 + 1 / y^2)", weight, "1", {"x": own, "y": other}, shared.EXACT)


def shares(plan: Plan, call: Call, tokens: Tokens) -> list[dict[str, Any]]:
    """
    Which factors make the range of the energy at the meter, the widest first: of each its share of the squared log-width. [1]
    """
    found = plan.at_the_wall(call, tokens)
    around: dict[str, Estimate] = {"pue": plan.site.pue.estimate}
    if call.measured_wh is not None or found.dominant == "home machine":
        around[found.dominant] = found.energy
    else:
        constants = plan.constants
        around |= {"machine power": constants["active_w" if "active_w" in constants else "machine_w"].estimate, "calls at once": wall.calls_at_once(call, constants)}
    up, down = ({name: (each.log_up if upward else each.log_down) ** 2 for name, each in around.items()} for upward in (True, False))
    totals = sum(up.values()) or 1.0, sum(down.values()) or 1.0
    named = ({"factor": name, "upward": up[name] / totals[0], "downward": down[name] / totals[1]} for name in around)
    return sorted((each for each in named if each["upward"] or each["downward"]), key=lambda each: -each["upward"] - each["downward"])


def _symbols(plan: Plan, call: Call) -> dict[str, float]:
    constants = plan.constants
    known = {
        "measured": call.measured_wh, "active_s": call.active_s, "load_s": call.load_s,
        "seconds": None if call.active_s is None else call.active_s + call.load_s,
    }  # fmt: skip
    found = {name: value for name, value in known.items() if value is not None}
    for name in ("embodied_kg", "life_years", "hours_per_year"):
        if name in constants:
            found[name] = constants[name].value
    if call.measured_wh is not None:
        over = wall.measured(call, constants, plan.host).energy.value / call.measured_wh
        found["wall_over_boundary"] = over
    if "machine_w" in constants:
        found |= {"share": constants["loading_share"].value, "idle_w": constants["idle_w"].value if "idle_w" in constants else NO_WATTS}
        found |= {"watts": constants["active_w" if "active_w" in constants else "machine_w"].value, "watts_loading": wall.watts_loading(constants).value}
    return found | {"calls": wall.calls_at_once(call, constants).value if "calls_at_once" in constants else ONE.value}
