"""The steps of a worked call that every method has alike: hidden reasoning before the costs of tokens, all figures behind them."""

from collections.abc import Iterator, Mapping
from math import inf
from typing import Any

from ecocli.core.footprint import ESTIMATES, Footprint
from ecocli.core.quantity import Estimate
from ecocli.estimator import figures, site, waiting
from ecocli.estimator.call import Call
from ecocli.estimator.equations import derived, step
from ecocli.estimator.plan import Plan

Symbols = Mapping[str, float]
DAY_MS, DAYS_PER_YEAR, YEAR_ZERO = 86_400_000, 365.25, 1970
EXACT = ".10g"
"""The form of numbers of which six digits are too few: long prompts, and days of which a small difference is taken."""
OF_FIGURES: figures.Functions = (
    figures.accelerator_energy, site.it_energy, site.facility_energy, site.operational_carbon, site.embodied_carbon,
    site.onsite_water, site.offsite_water, site.total_water, site.tree_days,
)  # fmt: skip
"""The equation of each of ESTIMATES."""
SYMBOLS = {
    "accelerator_energy_wh": "E_acc", "it_energy_wh": "E_it", "facility_energy_wh": "E_facility", "co2_g": "co2",
    "water_onsite_ml": "on site", "water_offsite_ml": "off site",
}  # fmt: skip


def of_tokens(plan: Plan, call: Call, hidden: Estimate | None) -> Iterator[dict[str, Any]]:
    """E0, and the mean position and context that E5 takes; hidden reasoning is known by then."""
    fresh, cached, output = tokens_of(call, hidden)
    position, context = figures.means((fresh, cached, output), plan.reference_context)
    at = {"prompt": call.input_tokens, "cached": cached, "N_fresh": fresh, "N_cached": cached, "N_out": output, "reference": plan.reference_context}
    yield derived("E0", "N_fresh, prompt tokens that were computed", "prompt - cached", fresh, "token", at)
    if hidden is not None:
        seen = {"completion": call.output_tokens, "N_reason": hidden.value}
        yield derived("E0", "N_out, generated tokens with hidden reasoning", "completion + N_reason", output, "token", seen, EXACT)
    yield derived("E5", "pos, mean position of a fresh token", "N_cached + N_fresh / 2", position, "token", at, EXACT)
    beyond = " - reference" if plan.reference_context else ""
    yield derived("E5", "ctx, mean context while writing", f"max(0, N_cached + N_fresh + N_out / 2{beyond})", context, "token", at, EXACT)


def of_room(plan: Plan, call: Call, hidden: Estimate | None) -> Iterator[dict[str, Any]]:
    """What fits into the context beside what is known, where reasoning was inferred."""
    if hidden is not None and plan.context_tokens < inf:
        at = {"context": plan.context_tokens, "prompt": call.input_tokens, "completion": call.output_tokens}
        yield derived("E15", "room, tokens that fit into the context", "max(0, context - prompt - completion)", figures.room(plan, call), "token", at, EXACT)


def year_of(at_ms: float, constants: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """t of E4, held still outside of what is known."""
    year = YEAR_ZERO + at_ms / DAY_MS / DAYS_PER_YEAR
    first, last = constants["vintage_first"].value, constants["vintage_last"].value
    at = {"days": at_ms / DAY_MS, "first": first, "last": last}
    yield derived("E4", "t, time of the call in years", "min(max(1970 + days / 365.25, first), last)", min(max(year, first), last), "year", at, EXACT)


def older_share(at_ms: float, name: str, share: float, constants: Mapping[str, Any]) -> dict[str, Any]:
    """s of E4 for one generation: of software, or of accelerators."""
    first, last = constants["vintage_first"].value, constants["vintage_last"].value
    year = min(max(YEAR_ZERO + at_ms / DAY_MS / DAYS_PER_YEAR, first), last)
    at = {"t": year, "t_m": constants[f"{name}_middle"].value, "tau": constants[f"{name}_span"].value}
    return derived("E4", f"s(t; t_{name[0]}), share not yet past the step of {name}", "1 / (1 + exp((t - t_m) / tau))", share, "1", at, EXACT)


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
