"""The constants of eco-2, each with its papers. METHODOLOGY.md's table is made from these."""

from ecocli.core.factors import Factor
from ecocli.estimator.constants import SHARED

_FIT = "Fit on ML.ENERGY 2 and 3, InferenceX PowerX (DeepSeek-V4-Pro), TokenPowerBench and TensorRT-LLM 1.0: docs/eco-2-study.md"
_HELD_OUT = "Residuals of all series, each held out, chosen with them in view: docs/eco-2-study.md"
_ECO1 = " (eco-1, unchanged)"
_POWER = "Judgment on the watts of DeepSeek-V4-Pro on B200 (InferenceX PowerX)"


def _fitted(value: float, low: float, high: float, unit: str) -> Factor:
    return Factor(value, low, high, unit, _FIT, 2026, "derived")


def _fixed(value: float, unit: str, source: str, basis: str = "assumed") -> Factor:
    return Factor(value, value, value, unit, source, 2026, basis)


FITTED: dict[str, Factor] = {
    "prefill_coefficient": _fitted(0.000953, 0.000771, 0.00114, "J/token"),
    "bytes_exponent": _fitted(0.616, 0.471, 0.895, "1"),
    "decode_compute": _fitted(2.44, 1.81, 3.2, "1"),
    "weight_reading": _fitted(0.204, 0.179, 0.232, "J/GB"),
    "waiting": _fitted(0.0291, 0.0119, 0.0314, "J/GB"),
    "step": _fitted(0.0518, 0.041, 0.0675, "J/step"),
    "decode_floor": _fitted(0.0122, 0.00635, 0.0164, "J/token"),
    "context_coefficient": _fitted(0.18, 0.146, 0.216, "J/GB"),
    "blackwell_compute": _fitted(0.687, 0.567, 0.858, "1"),
    "ampere_compute": _fitted(1.38, 1.18, 1.56, "1"),
    "ampere_reading": _fitted(0.758, 0.653, 0.885, "1"),
    "software_ratio": _fitted(1.93, 1.72, 2.15, "1"),
}
"""Refitted with each series held out; low and high are the 5th and 95th percentile of a bootstrap over models, as in coefficients.json."""

CHOSEN: dict[str, Factor] = {
    "prefill_sparsity": Factor(0.35, 0.20, 0.50, "1", "Regression on TensorRT-LLM 1.0 prefill, standard error 0.09" + _ECO1, 2025, "derived"),
    "blackwell_reading": Factor(1.0, 0.9, 1.15, "1", "Pairs of one model on H100 and B200; 1.14 if free, held-out scores in view", 2026, "derived"),
    "split_waiting": Factor(16.0, 0.0, 45.0, "sequence", "Judgment on DeepSeek-V4-Pro's prefill: 45 on boards of its own, 0 where not", 2026, "assumed"),
    "split_offset": _fixed(16.0, "sequence", "Judgment: bounds the waiting of prefill at one request in flight"),
    "host_share": Factor(0.33, 0.25, 0.45, "1", "Wall over board power 1.32-1.43 near full load, 1.5-1.7 at half: MLPerf Power and NVIDIA DGX data, quoted "
                         "by third parties and not read; Elsworth et al., arXiv:2508.15734: 1.43", 2025, "assumed"),
    "board_power_one": _fixed(0.36, "1", _POWER + ": 0.37-0.39 of the rating with one sequence"),
    "board_power_rise": _fixed(0.54, "1", _POWER + ": 0.83-0.95 of the rating at 1 024"),
    "board_power_half": _fixed(20.0, "sequence", _POWER + ": 0.52 at 8, 0.65-0.73 at 16-32, 0.80 at 64"),
    "concurrency_spread": _fixed(1.25, "1", "Judgment: how far the batch may lie below what Little's law makes of a stated concurrency"),
    "idle_stated": Factor(1.05, 1.0, 1.3, "1", "Judgment: who states a concurrency speaks of a server in use", 2026, "assumed"),
    "blackwell_bits": _fixed(4.25, "bit", "MXFP4 with its scales: the fewest bits that hosts store an open model's weights in once they multiply in FP4", "assumed"),
}  # fmt: skip
"""Set by hand; never refitted."""

ERRORS: dict[str, Factor] = {
    "decode_law_error": Factor(1.0, 1 / 1.48, 1.48, "1", _HELD_OUT + "; dense models, batch known", 2026, "derived"),
    "sparse_error_up": _fixed(0.15, "1", _HELD_OUT + "; growth of the upward log-error with ln(P_tot/P_act)", "derived"),
    "sparse_error_down": _fixed(0.08, "1", _HELD_OUT + "; growth of the downward log-error with ln(P_tot/P_act)", "derived"),
    "prefill_law_error": Factor(
        1.0, 0.68, 1.65, "1", _HELD_OUT + "; V4 prefill and prompt-heavy TensorRT-LLM rows, the latter at assumed watts", 2026, "derived"
    ),
}
"""How far the law misses rows of a series that it was not fitted on."""

SPARSE_FP8_ERROR_UP = _fixed(
    0.28, "1", _HELD_OUT + "; growth of the upward log-error where FP8 is stated: Qwen3-235B-FP8, DeepSeek-V3.1 and R1 in ML.ENERGY", "derived"
)  # fmt: skip
"""Takes the place of sparse_error_up where a call states FP8 weights."""

CONSTANTS: dict[str, Factor] = FITTED | CHOSEN | ERRORS | SHARED
"""All that do not depend on the operator or on what a call states; `stated.constants_for` adds those."""
