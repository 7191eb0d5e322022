"""Every step of one call, from the factors that it was computed with: enough for a pocket calculator; and which factors make its range."""

from collections.abc import Iterator
from typing import Any

from ecocli.core.footprint import Footprint
from ecocli.core.quantity import Estimate
from ecocli.estimator import figures
from ecocli.estimator import steps as shared
from ecocli.estimator.call import Call
from ecocli.estimator.eco2 import fleet, laws
from ecocli.estimator.eco2.costs import BITS_PER_BYTE, FEWEST_BYTES, MOST_BYTES, Squares, inputs_of, squares, stored
from ecocli.estimator.eco2.plan import Plan, energies_of, power_of
from ecocli.estimator.eco2.wall import LAW
from ecocli.estimator.equations import derived, step
from ecocli.estimator.footprint import infer_reasoning

Steps = Iterator[dict[str, Any]]
ONE_READ = "c_p * a^theta * P_act^(1-delta) * P_tot^delta * g_c"
READING = f"{ONE_READ} * (N_fresh * (1 + pos / L0) + N_cached * r)"
WRITING = f"N_out * ((floor + (omega*W*touch + sigma*W + step) / B) * g_m + chi * {ONE_READ} + k * KV / 10^9 * g_m * ctx)"
"""D and P of E2b, with the software of late 2025 and boards busy."""


def steps(plan: Plan, call: Call, footprint: Footprint, at_ms: int) -> Steps:
    """
    The steps of a call with the numbers put in.

    Args:
        plan: Of the call, at its time; the concurrency that the call states is seen to here.
        footprint: As stored.
        at_ms: The time that the plan was made for. [ms since 1970, UTC]
    """
    hidden = infer_reasoning(plan, call)
    plan = _plan_of(plan, call, hidden)
    costs, of_all = plan.costs, shared.symbols_of(plan, call, footprint, hidden)
    symbols = of_all | _of_plan(plan, at_ms)
    tokens = shared.tokens_of(call, hidden)
    yield from shared.of_room(plan, call, hidden)
    yield from shared.of_reasoning(plan, hidden, of_all)  # by all active parameters, look-up tables included
    wall = plan.at_the_wall(call, tokens)
    if wall is None or wall.rests_on == LAW:
        yield from shared.of_tokens(plan, call, hidden)
        yield from _of_fleet(plan, at_ms, symbols)
        yield from _of_model(plan, symbols)
        if call.concurrency is not None:
            yield from _of_concurrency(plan, call.concurrency, tokens, symbols)
        yield step(laws.prefill_energy, costs.fresh, symbols | {"P_act": symbols["P_read"]}, "load", "software")
        yield step(laws.cached_energy, costs.cached, symbols)
        yield step(laws.touch, Estimate.exactly(symbols["touch"]), symbols)
        yield step(laws.decode_energy, costs.output, symbols, "software")
        yield step(laws.context_energy, costs.context, symbols, "software")
    if (wall is None or wall.rests_on) and "home_factor" not in plan.constants:
        yield step(laws.board_power, Estimate.exactly(symbols["u"]), symbols)
        yield step(laws.host_factor, plan.host, symbols)
    if wall is None:
        yield from shared.of_figures(plan, footprint, symbols)
    else:
        from ecocli.estimator.eco2.wall_steps import steps as at_the_wall

        yield from at_the_wall(plan, call, footprint, tokens, symbols)


def shares(plan: Plan, call: Call) -> list[dict[str, Any]]:
    """
    Which factors make the range of the energy at the meter, the widest first: of each its share of the squared log-width. [1]

    A factor inside token costs counts by the energy that these costs make up.
    """
    hidden = infer_reasoning(plan, call)
    plan = _plan_of(plan, call, hidden)
    if plan.at_the_wall(call, shared.tokens_of(call, hidden)) is not None:
        from ecocli.estimator.eco2.wall_steps import shares as at_the_wall

        return at_the_wall(plan, call, shared.tokens_of(call, hidden))
    centre, up, down = squares(plan.size, plan.fleet, plan.constants, plan.batch, plan.load)
    energies = [amount * cost for amount, cost in zip(figures.amounts(shared.tokens_of(call, hidden), plan.reference_context), centre, strict=True)]
    around = {
        "host": plan.host, "idle": plan.idle, "pue": plan.site.pue.estimate, "passes per token and model match": plan.multiplier,
        "token counting": call.counting,
    }  # fmt: skip
    upward = _parts(up, energies, {name: each.log_up for name, each in around.items()})
    downward = _parts(down, energies, {name: each.log_down for name, each in around.items()})
    named = ({"factor": name, "upward": upward[name], "downward": downward[name]} for name in upward)
    return sorted((each for each in named if each["upward"] or each["downward"]), key=lambda each: -each["upward"] - each["downward"])


def _parts(inside: Squares, energies: list[float], around: dict[str, float]) -> dict[str, float]:
    whole = sum(energies) or 1.0
    found = {name: sum(square * energy for square, energy in zip(each, energies, strict=True)) / whole for name, each in inside.items()}
    found |= {name: width**2 for name, width in around.items()}
    total = sum(found.values()) or 1.0
    return {name: square / total for name, square in found.items()}


def _plan_of(plan: Plan, call: Call, hidden: Estimate | None) -> Plan:
    return plan if call.concurrency is None else plan.at_concurrency(call.concurrency, shared.tokens_of(call, hidden))


def _of_fleet(plan: Plan, at_ms: int, symbols: shared.Symbols) -> Steps:
    """E4a, but for home machines, and E4b where the call does not state its accelerator; before them the shares that they take."""
    names = [*(["software"] if "home_software" not in plan.constants else []), *(["ampere", "blackwell"] if "accelerator_compute" not in plan.constants else [])]
    if names:
        yield from shared.year_of(at_ms, plan.constants)
    for name in names:
        yield shared.older_share(at_ms, name, fleet.older_share(at_ms, name, plan.constants), plan.constants)
    if "home_software" not in plan.constants:
        yield step(fleet.software_energy, plan.fleet.software, symbols)
    if "accelerator_compute" not in plan.constants:
        for kind in ("compute", "reading"):
            ratios = {name: plan.constants[f"{name}_{kind}"].value for name in ("ampere", "blackwell")}
            yield step(fleet.hardware_energy, fleet.hardware(kind, at_ms, plan.constants), {**symbols, **ratios})


def _of_model(plan: Plan, symbols: shared.Symbols) -> Steps:
    """What E1 and E2 take of the model's factors, where it is not one of them as it stands."""
    model, at = plan.model, dict(symbols)
    if model.table_params_b is not None:
        at |= {"total": model.total_params_b.value, "tables": model.table_params_b.value, "active": model.active_params_b.value}
        yield derived("E1", "P_tot, parameters without look-up tables", "total - tables", symbols["P_tot"], "10^9", at)
        yield derived("E1", "P_act, those that a token uses", "min(active, P_tot)", symbols["P_act"], "10^9", at)
    if "stored_bits" not in plan.constants:
        at["bits"] = model.weight_bits.value
        text = f"min({MOST_BYTES:g}, max({FEWEST_BYTES:g}, bits / 8))"
        yield derived("E1", "a, bytes of the numbers that are multiplied", text, symbols["a"], "byte", at)
    else:
        at["bits"] = plan.constants["stored_bits"].value
    yield derived("E2", "W, stored weights", "bits / 8 * P_tot", symbols["W"], "GB", at)


def _of_concurrency(plan: Plan, concurrency: float, tokens: figures.Tokens, symbols: shared.Symbols) -> Steps:
    """E1a and E2b."""
    yield step(laws.prefill_waiting, plan.load, {**symbols, "C": concurrency})
    if tokens[-1]:
        prefill_j, decode_j = energies_of(plan, tokens)
        decoding_j = decode_j(plan.batch.value)
        yield derived("E2b", "P, energy of reading the prompt", READING, prefill_j, "J", {**symbols, "P_act": symbols["P_read"]}, shared.EXACT)
        yield step(laws.decoding_at_once, plan.batch, {"C": concurrency, "P": prefill_j, "D(B)": decoding_j})
        yield derived("E2b", "D(B), energy of writing, with that B", WRITING, decoding_j, "J", symbols, shared.EXACT)


def _of_plan(plan: Plan, at_ms: int) -> dict[str, float]:
    """The value of each symbol that this method alone has in the equations' texts."""
    c = {name: factor.value for name, factor in plan.constants.items()}
    at = {name: each.value for name, each in inputs_of(plan.model, plan.constants, plan.fleet.newest).items()}
    active, stored_b = stored(at, at["active_b"])
    read, _ = stored(at, at.get("prefill_active_b", at["active_b"]))
    return {
        "software_ratio": c["software_ratio"], "software": plan.fleet.software.value, "g_c": plan.fleet.compute.value, "g_m": plan.fleet.reading.value,
        **{f"s(t; t_{name[0]})": fleet.older_share(at_ms, name, plan.constants) for name in ("software", "ampere", "blackwell")},
        "P_act": active, "P_read": read, "P_tot": stored_b, "W": at["bits"] / BITS_PER_BYTE * stored_b, "a": at["arithmetic_bytes"],
        "KV": plan.model.kv_bytes_per_token.value, "c_p": c["prefill_coefficient"], "theta": c["bytes_exponent"], "delta": c["prefill_sparsity"],
        "chi": c["decode_compute"], "omega": c["weight_reading"], "sigma": c["waiting"], "step": c["step"], "floor": c["decode_floor"],
        "k": c["context_coefficient"], "B": plan.batch.value, "touch": laws.touch(active / stored_b, plan.batch.value), "load": plan.load.value,
        "ell": c["split_waiting"], "offset": c["split_offset"], "h": c["host_share"], "u_1": c["board_power_one"], "u_rise": c["board_power_rise"],
        "n": plan.at_once, "n_half": c["board_power_half"], "u": power_of(plan.constants, plan.at_once), "host": plan.host.value, "idle": plan.idle.value,
    }  # fmt: skip
