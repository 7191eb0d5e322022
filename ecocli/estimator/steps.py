"""The steps of a worked call that every method has alike: hidden reasoning before the costs of tokens, all figures behind them."""

from collections.abc import Iterator, Mapping
from typing import Any

from ecocli.core.footprint import ESTIMATES, Footprint
from ecocli.core.quantity import Estimate
from ecocli.estimator import figures, site, waiting
from ecocli.estimator.call import Call
from ecocli.estimator.equations import step
from ecocli.estimator.plan import Plan

Symbols = Mapping[str, float]
OF_FIGURES: figures.Functions = (
    figures.accelerator_energy, site.it_energy, site.facility_energy, site.operational_carbon, site.embodied_carbon,
    site.onsite_water, site.offsite_water, site.total_water, site.tree_days,
)  # fmt: skip
"""The equation of each of ESTIMATES."""
SYMBOLS = {
    "accelerator_energy_wh": "E_acc", "it_energy_wh": "E_it", "facility_energy_wh": "E_facility", "co2_g": "co2",
    "water_onsite_ml": "on site", "water_offsite_ml": "off site",
}  # fmt: skip


def of_reasoning(plan: Plan, hidden: Estimate | None, symbols: Symbols) -> Iterator[dict[str, Any]]:
    """E14 and E15, where reasoning was inferred."""
    if hidden is not None:
        yield step(waiting.decode_rate, plan.decode_rate, symbols)
        yield step(waiting.hidden_reasoning_tokens, hidden, symbols)


def of_figures(plan: Plan, footprint: Footprint, symbols: Symbols) -> Iterator[dict[str, Any]]:
    """E5 to E13."""
    passes = ("passes",) if plan.model.compute_multiplier else ()
    for name, function in zip(ESTIMATES, OF_FIGURES, strict=True):
        yield step(function, getattr(footprint, name), symbols, *(passes if function is figures.accelerator_energy else ()))


def symbols_of(plan: Plan, call: Call, footprint: Footprint, hidden: Estimate | None) -> dict[str, float]:
    """The value of each symbol that these steps have in the equations' texts."""
    place, costs, c = plan.site, plan.costs, {name: factor.value for name, factor in plan.constants.items()}
    tokens = tokens_of(call, hidden)
    return {
        "L0": c["prefill_doubling_position"], "r": c["cached_read_ratio"], "e_p": costs.fresh.value, "r*e_p": costs.cached.value,
        "e_d": costs.output.value, "k*kv": costs.context.value, "passes": plan.multiplier.value, "PUE": place.pue.value,
        "intensity": place.intensity_g_per_kwh.value, "embodied_per_wh": c["embodied_per_it_wh"], "uptake": c["tree_uptake"],
        "WUE_site": place.wue_site_l_per_kwh.value, "WUE_source": place.wue_source_l_per_kwh.value, "P_act": plan.model.active_params_b.value,
        "rate_50": c["decode_rate_50b"], "exponent": c["decode_rate_exponent"], "rate": plan.decode_rate.value,
        "queue": c["queue_s"], "prefill_rate": c["prefill_rate"],
        "TTFT": (call.wait_ms or 0) / waiting.MS_PER_S, "room": figures.room(plan, call),
        **dict(zip(("N_fresh", "N_cached", "N_out", "pos", "ctx"), (*tokens, *figures.means(tokens, plan.reference_context)), strict=True)),
        **{symbol: getattr(footprint, name).value for name, symbol in SYMBOLS.items()},
    }  # fmt: skip


def tokens_of(call: Call, hidden: Estimate | None) -> figures.Tokens:
    """The tokens of a call, hidden reasoning included. [token]"""
    return figures.split(call.input_tokens, call.cached_tokens, call.output_tokens + (hidden.value if hidden else 0))
