"""Every step of one call, from the factors that it was computed with: enough for a pocket calculator."""

from collections.abc import Iterator, Mapping
from typing import Any

from ecocli.core.constants import METHOD
from ecocli.core.footprint import Footprint
from ecocli.core.quantity import Estimate
from ecocli.core.specs import MODEL_FACTORS, SITE_FACTORS
from ecocli.core.usage import Usage
from ecocli.estimator import reasoning
from ecocli.estimator.footprint import infer_reasoning, room
from ecocli.estimator.laws import GENERATIONS, DecodeLaw, exponents, vintage
from ecocli.estimator.plan import Plan
from ecocli.estimator.tokens import Tokens, split
from ecocli.pipeline.assessment import DAY_MS, call_of, plan_of

RANGE_RULE = (
    "low and high are the 5th and 95th percentile; products add squared log-ratios, upward and downward apart; sums add bounds"
)


def explanation(usage: Usage, footprint: Footprint, basis: Mapping[str, Any], started_at_ms: int) -> dict[str, Any]:
    """
    The factors and steps of one call.

    Args:
        usage: As reported.
        footprint: As stored.
        basis: Content of the basis it was computed with.
        started_at_ms: When the call was made. [ms since 1970, UTC]

    Returns:
        `factors` (name, value, low, high, unit, source, year, basis), `steps` (number, name, equation,
        with the numbers put in, result with range and unit), and the rule for ranges.
    """
    # the factors of any method can be shown; its steps only by the code that has its equations
    known = basis["method"] == METHOD
    steps = _steps(plan_of(basis, started_at_ms), usage, footprint, started_at_ms) if known else ()
    return {"factors": list(_factors(basis)), "steps": list(steps), "rangeRule": RANGE_RULE}


def _factors(basis: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Every factor that the basis holds, under the name of what it belongs to."""
    for owner, names in (("model", MODEL_FACTORS), ("site", SITE_FACTORS)):
        for name in names:
            if name in basis[owner]:
                yield {"name": f"{owner}.{name}"} | basis[owner][name]
    for name, factor in basis["constants"].items():
        yield {"name": name} | factor


def _steps(plan: Plan, usage: Usage, footprint: Footprint, started_at_ms: int) -> Iterator[dict[str, Any]]:
    call, _ = call_of(usage, plan)
    hidden = infer_reasoning(plan, call)
    tokens = split(call.input_tokens, call.cached_tokens, call.output_tokens + (hidden.value if hidden else 0))
    if hidden is not None:
        yield from _reasoning_steps(plan, call, hidden)
    yield from _token_steps(plan, started_at_ms)
    yield from _energy_steps(plan, tokens, footprint)
    yield from _impact_steps(plan, footprint)


def _reasoning_steps(plan: Plan, call: Any, hidden: Estimate) -> Iterator[dict[str, Any]]:
    c, active = plan.constants, plan.model.active_params_b.value
    rate = reasoning.decode_rate(active, c["decode_rate_50b"].estimate, c["decode_rate_exponent"].value)
    yield _step("E14", "speed of writing", "rate_50 * (P_act / 50)^exponent",
                f"{_n(c['decode_rate_50b'].value)} * ({_n(active)} / 50)^{_n(c['decode_rate_exponent'].value)}", rate, "token/s")  # fmt: skip
    fresh = call.input_tokens - (call.cached_tokens or 0)
    yield _step("E15", "hidden reasoning", "min(room, max(0, TTFT - (queue + N_fresh / prefill_rate)) * rate)",
                f"min({_n(room(plan, call))}, max(0, {_n(call.wait_ms / 1000)} - ({_n(c['queue_s'].value)}"
                f" + {_n(fresh)} / {_n(c['prefill_rate'].value)})) * {_n(rate.value)})", hidden, "token")  # fmt: skip


def _token_steps(plan: Plan, started_at_ms: int) -> Iterator[dict[str, Any]]:
    m, c, costs = plan.model, plan.constants, plan.tokens
    active, total, bits = m.active_params_b.value, m.total_params_b.value, m.weight_bits.value
    day_ms = started_at_ms // DAY_MS * DAY_MS
    age = vintage(day_ms, c)
    delta = c["prefill_sparsity"].value
    law = DecodeLaw.of(c)
    ratios = (c[f"{name}_ratio"].value for name in GENERATIONS)
    powers = zip(ratios, exponents(day_ms, c), strict=True)
    yield _step("E4", "vintage of hardware and software", "software^s(t; t_s) * ampere^s(t; t_a) * blackwell^(1 - s(t; t_b))",
                " * ".join(f"{_n(ratio)}^{_n(exponent)}" for ratio, exponent in powers), age, "1")  # fmt: skip
    yield _step("E1", "a fresh prompt token", "c_p * bytes * P_act^(1-delta) * P_tot^delta * v",
                f"{_n(c['prefill_coefficient'].value)} * {_n(bits / 8)} * {_n(active)}^{_n(1 - delta)} * {_n(total)}^{_n(delta)} * {_n(age.value)}", costs.fresh, "J/token")  # fmt: skip
    yield _step("E1", "a cached prompt token", "r * e_p", f"{_n(c['cached_read_ratio'].value)} * {_n(costs.fresh.value)}", costs.cached, "J/token")
    yield _step("E2", "a generated token", "(floor + c_d * P_act^alpha * (P_tot * (bits/16)^gamma)^beta) * v",
                f"({_n(law.floor)} + {_n(law.coefficient)} * {_n(active)}^{_n(law.alpha)} * ({_n(total)} * ({_n(bits)}/16)^{_n(law.gamma)})^{_n(law.beta)}) * {_n(age.value)}", costs.output, "J/token")  # fmt: skip
    yield _step("E3", "a token of context per generated token", "k * KV / 10^9 * v",
                f"{_n(c['context_coefficient'].value)} * {_n(m.kv_bytes_per_token.value)} / 10^9 * {_n(age.value)}", costs.context, "J/token²")  # fmt: skip


def _energy_steps(plan: Plan, tokens: Tokens, footprint: Footprint) -> Iterator[dict[str, Any]]:
    costs, c = plan.tokens, plan.constants
    context = tokens.mean_context(costs.reference_context)
    multiplied = " * passes" if plan.model.compute_multiplier else ""
    times = f" * {_n(plan.multiplier.value)}" if multiplied else ""
    yield _step("E5", "at the accelerators", f"(N_fresh*e_p*(1 + pos/L0) + N_cached*r*e_p + N_out*(e_d + k*kv*ctx)) / 3600{multiplied}",
                f"({_n(tokens.fresh)}*{_n(costs.fresh.value)}*(1 + {_n(tokens.mean_position)}/{_n(c['prefill_doubling_position'].value)})"
                f" + {_n(tokens.cached)}*{_n(costs.cached.value)} + {_n(tokens.output)}*({_n(costs.output.value)} + {_n(costs.context.value)}*{_n(context)})) / 3600{times}",
                footprint.accelerator_energy_wh, "Wh")  # fmt: skip
    yield _step("E6", "at the servers", "E_acc * host * idle",
                f"{_n(footprint.accelerator_energy_wh.value)} * {_n(c['host'].value)} * {_n(c['idle'].value)}", footprint.it_energy_wh, "Wh")  # fmt: skip
    yield _step("E7", "at the meter", "E_it * PUE", f"{_n(footprint.it_energy_wh.value)} * {_n(plan.site.pue.value)}", footprint.facility_energy_wh, "Wh")


def _impact_steps(plan: Plan, footprint: Footprint) -> Iterator[dict[str, Any]]:
    site, c = plan.site, plan.constants
    it, meter = _n(footprint.it_energy_wh.value), _n(footprint.facility_energy_wh.value)
    yield _step("E8", "operational carbon", "E_facility / 1000 * intensity", f"{meter} / 1000 * {_n(site.intensity_g_per_kwh.value)}", footprint.co2_g, "g")
    yield _step("E9", "embodied carbon", "E_it * embodied_per_wh", f"{it} * {_n(c['embodied_per_it_wh'].value)}", footprint.embodied_co2_g, "g")
    yield _step("E10", "water on site", "E_it * WUE_site", f"{it} * {_n(site.wue_site_l_per_kwh.value)}", footprint.water_onsite_ml, "mL")
    yield _step("E11", "water off site", "E_facility * WUE_source", f"{meter} * {_n(site.wue_source_l_per_kwh.value)}", footprint.water_offsite_ml, "mL")
    yield _step("E12", "water", "on site + off site", f"{_n(footprint.water_onsite_ml.value)} + {_n(footprint.water_offsite_ml.value)}", footprint.water_ml, "mL")
    yield _step("E13", "a tree's days", "co2 / uptake", f"{_n(footprint.co2_g.value)} / {_n(c['tree_uptake'].value)}", footprint.tree_days, "day")


def _step(number: str, name: str, equation: str, numbers: str, result: Estimate, unit: str) -> dict[str, Any]:
    return {
        "number": number, "name": name, "equation": equation, "numbers": numbers,
        "value": result.value, "low": result.low, "high": result.high, "unit": unit,
    }  # fmt: skip


def _n(value: float) -> str:
    """A number with enough digits to redo the sum, and no more."""
    return f"{value:.6g}"
