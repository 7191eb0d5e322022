"""Every step of one call, from the factors that it was computed with: enough for a pocket calculator."""

from collections.abc import Iterator
from typing import Any

from ecocli.core.footprint import ESTIMATES, Footprint
from ecocli.core.quantity import Estimate
from ecocli.estimator import figures, site, waiting
from ecocli.estimator.call import Call
from ecocli.estimator.eco1 import laws
from ecocli.estimator.eco1.plan import Plan
from ecocli.estimator.equations import step
from ecocli.estimator.footprint import infer_reasoning

OF_FIGURES: figures.Functions = (
    figures.accelerator_energy, site.it_energy, site.facility_energy, site.operational_carbon, site.embodied_carbon,
    site.onsite_water, site.offsite_water, site.total_water, site.tree_days,
)  # fmt: skip
"""The equation of each of ESTIMATES."""
SYMBOLS = {
    "accelerator_energy_wh": "E_acc", "it_energy_wh": "E_it", "facility_energy_wh": "E_facility", "co2_g": "co2",
    "water_onsite_ml": "on site", "water_offsite_ml": "off site",
}  # fmt: skip


def steps(plan: Plan, call: Call, footprint: Footprint, at_ms: int) -> Iterator[dict[str, Any]]:
    """
    The steps of a call with the numbers put in.

    Args:
        plan: Of the call, at its time.
        footprint: As stored.
        at_ms: The time that the plan was made for. [ms since 1970, UTC]
    """
    hidden, costs, passes = infer_reasoning(plan, call), plan.costs, ("passes",) if plan.model.compute_multiplier else ()
    symbols = _of_plan(plan, at_ms) | _of_call(plan, call, hidden) | {SYMBOLS[name]: getattr(footprint, name).value for name in SYMBOLS}
    if hidden is not None:
        yield step(waiting.decode_rate, plan.decode_rate, symbols)
        yield step(waiting.hidden_reasoning_tokens, hidden, symbols)
    yield step(laws.fleet_energy, laws.vintage(at_ms, plan.constants), symbols)
    yield step(laws.prefill_energy, costs.fresh, symbols, "v")
    yield step(laws.cached_energy, costs.cached, symbols)
    yield step(laws.decode_energy, costs.output, symbols, "v")
    yield step(laws.context_energy, costs.context, symbols, "v")
    for name, function in zip(ESTIMATES, OF_FIGURES, strict=True):
        yield step(function, getattr(footprint, name), symbols, *(passes if function is figures.accelerator_energy else ()))


def _of_plan(plan: Plan, at_ms: int) -> dict[str, float]:
    """The value of each symbol that the token costs and the site have in the equations' texts."""
    model, place, costs, c = plan.model, plan.site, plan.costs, {name: factor.value for name, factor in plan.constants.items()}
    software, ampere, blackwell = laws.older_shares(at_ms, plan.constants)
    return {
        "software": c["software_ratio"], "ampere": c["ampere_ratio"], "blackwell": c["blackwell_ratio"],
        "s(t; t_s)": software, "s(t; t_a)": ampere, "s(t; t_b)": blackwell, "v": laws.vintage(at_ms, plan.constants).value,
        "P_act": model.active_params_b.value, "P_tot": model.total_params_b.value, "bits": model.weight_bits.value,
        "bytes": model.weight_bits.value / laws.BITS_PER_BYTE, "KV": model.kv_bytes_per_token.value,
        "c_p": c["prefill_coefficient"], "delta": c["prefill_sparsity"], "L0": c["prefill_doubling_position"], "r": c["cached_read_ratio"],
        "floor": c["decode_floor"], "c_d": c["decode_coefficient"], "alpha": c["decode_active_exponent"], "beta": c["decode_total_exponent"],
        "gamma": c["decode_bits_exponent"], "serving": c["serving_configuration"], "k": c["context_coefficient"],
        "e_p": costs.fresh.value, "r*e_p": costs.cached.value, "e_d": costs.output.value, "k*kv": costs.context.value,
        "passes": plan.multiplier.value, "host": c["host"], "idle": c["idle"], "PUE": place.pue.value,
        "intensity": place.intensity_g_per_kwh.value, "embodied_per_wh": c["embodied_per_it_wh"], "uptake": c["tree_uptake"],
        "WUE_site": place.wue_site_l_per_kwh.value, "WUE_source": place.wue_source_l_per_kwh.value,
        "rate_50": c["decode_rate_50b"], "exponent": c["decode_rate_exponent"], "rate": plan.decode_rate.value,
        "queue": c["queue_s"], "prefill_rate": c["prefill_rate"],
    }  # fmt: skip


def _of_call(plan: Plan, call: Call, hidden: Estimate | None) -> dict[str, float]:
    tokens = figures.split(call.input_tokens, call.cached_tokens, call.output_tokens + (hidden.value if hidden else 0))
    waited = {"TTFT": (call.wait_ms or 0) / waiting.MS_PER_S, "room": figures.room(plan, call)}
    return waited | dict(zip(("N_fresh", "N_cached", "N_out", "pos", "ctx"), (*tokens, *figures.means(tokens, plan.reference_context)), strict=True))
