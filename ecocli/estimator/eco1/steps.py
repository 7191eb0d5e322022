"""Every step of one call, from the factors that it was computed with: enough for a pocket calculator."""

from collections.abc import Iterator
from typing import Any

from ecocli.core.footprint import Footprint
from ecocli.estimator import steps as shared
from ecocli.estimator.call import Call
from ecocli.estimator.eco1 import laws
from ecocli.estimator.eco1.plan import Plan
from ecocli.estimator.equations import derived, step
from ecocli.estimator.footprint import infer_reasoning


def steps(plan: Plan, call: Call, footprint: Footprint, at_ms: int) -> Iterator[dict[str, Any]]:
    """
    The steps of a call with the numbers put in.

    Args:
        plan: Of the call, at its time.
        footprint: As stored.
        at_ms: The time that the plan was made for. [ms since 1970, UTC]
    """
    hidden, costs = infer_reasoning(plan, call), plan.costs
    symbols = shared.symbols_of(plan, call, footprint, hidden) | _of_plan(plan, at_ms)
    yield from shared.of_room(plan, call, hidden)
    yield from shared.of_reasoning(plan, hidden, symbols)
    yield from shared.of_tokens(plan, call, hidden)
    yield from shared.year_of(at_ms, plan.constants)
    for name, share in zip(laws.GENERATIONS, laws.older_shares(at_ms, plan.constants), strict=True):
        yield shared.older_share(at_ms, name, share, plan.constants)
    yield derived("E1", "bytes, of a weight", "bits / 8", symbols["bytes"], "byte", symbols)
    yield step(laws.fleet_energy, laws.vintage(at_ms, plan.constants), symbols)
    yield step(laws.prefill_energy, costs.fresh, symbols, "v")
    yield step(laws.cached_energy, costs.cached, symbols)
    yield step(laws.decode_energy, costs.output, symbols, "v")
    yield step(laws.context_energy, costs.context, symbols, "v")
    yield from shared.of_figures(plan, footprint, symbols)


def _of_plan(plan: Plan, at_ms: int) -> dict[str, float]:
    """The value of each symbol that this method alone has in the equations' texts."""
    model, c = plan.model, {name: factor.value for name, factor in plan.constants.items()}
    software, ampere, blackwell = laws.older_shares(at_ms, plan.constants)
    return {
        "software": c["software_ratio"], "ampere": c["ampere_ratio"], "blackwell": c["blackwell_ratio"],
        "s(t; t_s)": software, "s(t; t_a)": ampere, "s(t; t_b)": blackwell, "v": laws.vintage(at_ms, plan.constants).value,
        "P_tot": model.total_params_b.value, "bits": model.weight_bits.value, "bytes": model.weight_bits.value / laws.BITS_PER_BYTE,
        "KV": model.kv_bytes_per_token.value, "c_p": c["prefill_coefficient"], "delta": c["prefill_sparsity"],
        "floor": c["decode_floor"], "c_d": c["decode_coefficient"], "alpha": c["decode_active_exponent"], "beta": c["decode_total_exponent"],
        "gamma": c["decode_bits_exponent"], "serving": c["serving_configuration"], "k": c["context_coefficient"],
        "host": c["host"], "idle": c["idle"],
    }  # fmt: skip
