"""What eco-1 makes of the same rows, by the equations that `eco` uses."""

import json
from pathlib import Path

import numpy as np

from ecocli.core.factors import Factor
from ecocli.core.quantity import Estimate
from ecocli.core.specs import ModelSpec, SiteSpec
from ecocli.estimator.call import Call
from ecocli.estimator.eco1.constants import CONSTANTS
from ecocli.estimator.eco1.laws import MS_PER_YEAR, YEAR_ZERO
from ecocli.estimator.eco1.plan import make
from ecocli.estimator.footprint import footprint
from tools.fit import laws
from tools.fit.eco2.call import Tokens
from tools.fit.eco2.data import Rows
from tools.fit.eco2.law import J_PER_WH

COEFFICIENTS = Path(__file__).parents[1] / "coefficients.json"


def factor(estimate: Estimate, unit: str = "1") -> Factor:
    return Factor(estimate.value, estimate.low, estimate.high, unit, "a measured row", 2026, "reported")


NOWHERE = SiteSpec("none", "none", *[factor(Estimate.exactly(1.0))] * 4)
"""Nothing of the site is looked at."""


def accelerator_energy_j(active_b: float, total_b: float, bits: Estimate, kv_gb: float, tokens: Tokens, year: float) -> Estimate:
    """Energy of a call at the accelerators by eco-1. [J]"""
    sizes = (factor(Estimate.exactly(number)) for number in (total_b, active_b, kv_gb * 1e9))
    spec = ModelSpec("row", "none", "other", *sizes, factor(bits), "no")
    plan = make(spec, NOWHERE, CONSTANTS, 1.0, int((year - YEAR_ZERO) * MS_PER_YEAR))
    call = Call(int(tokens.fresh + tokens.cached), int(tokens.output), int(tokens.cached))
    return footprint(plan, call).accelerator_energy_wh * J_PER_WH


def target_energy_j(cases: Rows) -> np.ndarray:
    """Batch-unknown targets by the law that eco-1 was fitted as, in-sample. [J per output token]"""
    fitted = {name: entry["value"] for name, entry in json.loads(COEFFICIENTS.read_text("utf-8")).items()}
    vintage = fitted["decode_b200"] ** laws.is_gpu(cases, "B200") * fitted["decode_a100"] ** laws.is_gpu(cases, "A100")
    decode = vintage * laws.decode_per_token(cases, fitted["decode_a"], fitted["decode_act"], fitted["decode_floor"])
    prefill = laws.prefill_per_token(cases, fitted["prefill_c"], fitted["prefill_sparsity"]) * cases["prompt"] / cases["out"]
    return fitted["decode_old"] ** cases["old"] * (decode + prefill) + laws.context_per_token(cases, fitted["decode_k"])
