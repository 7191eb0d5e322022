"""
The equations of eco-2 and their constants, each with its papers.

The equations use only + - * / and **, so that they take floats and numpy arrays alike.
Energies are joules at the accelerators of a Hopper GPU with the software of late 2025; sizes are billions of parameters, W is GB of weights.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from ecocli.core.factors import Factor

J_PER_WH = 3600.0
HALVINGS = 40
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
    "prefill_doubling_position": Factor(40_000, 20_000, 100_000, "token", "Attention FLOP of open models' published shapes" + _ECO1, 2025, "derived"),
    "cached_read_ratio": Factor(0.02, 0.005, 0.10, "1", "A reload is under 1 % of computing it; 0.10 is the usual price ratio" + _ECO1, 2025, "assumed"),
    "split_waiting": Factor(16.0, 0.0, 45.0, "sequence", "Judgment on DeepSeek-V4-Pro's prefill: 45 on boards of its own, 0 where not", 2026, "assumed"),
    "split_offset": _fixed(16.0, "sequence", "Judgment: bounds the waiting of prefill at one request in flight"),
    "host_share": Factor(0.33, 0.25, 0.45, "1", "Wall over board power 1.32-1.43 near full load, 1.5-1.7 at half: MLPerf Power and NVIDIA DGX data, quoted "
                         "by third parties and not read; Elsworth et al., arXiv:2508.15734: 1.43", 2025, "assumed"),
    "board_power_one": _fixed(0.36, "1", _POWER + ": 0.37-0.39 of the rating with one sequence"),
    "board_power_rise": _fixed(0.54, "1", _POWER + ": 0.83-0.95 of the rating at 1 024"),
    "board_power_half": _fixed(20.0, "sequence", _POWER + ": 0.52 at 8, 0.65-0.73 at 16-32, 0.80 at 64"),
    "software_middle": Factor(2024.9, 2024.4, 2025.4, "year", "Assumed" + _ECO1, 2026, "assumed"),
    "software_span": _fixed(0.15, "year", "Assumed" + _ECO1),
    "ampere_middle": Factor(2024.25, 2023.75, 2024.75, "year", "Assumed" + _ECO1, 2026, "assumed"),
    "ampere_span": _fixed(0.35, "year", "Assumed" + _ECO1),
    "blackwell_middle": Factor(2026.75, 2026.25, 2027.25, "year", "Assumed" + _ECO1, 2026, "assumed"),
    "blackwell_span": _fixed(0.5, "year", "Assumed" + _ECO1),
    "vintage_first": _fixed(2023.0, "year", "Nothing is extrapolated before it" + _ECO1),
    "vintage_last": _fixed(2028.0, "year", "Nothing is extrapolated after it" + _ECO1),
}  # fmt: skip
"""Set by hand, or taken from eco-1; never refitted."""

ERRORS: dict[str, Factor] = {
    "decode_law_error": Factor(1.0, 1 / 1.48, 1.48, "1", _HELD_OUT + "; dense models, batch known", 2026, "derived"),
    "sparse_error_up": _fixed(0.15, "1", _HELD_OUT + "; growth of the upward log-error with ln(P_tot/P_act)", "derived"),
    "sparse_error_down": _fixed(0.08, "1", _HELD_OUT + "; growth of the downward log-error with ln(P_tot/P_act)", "derived"),
    "sparse_fp8_error_up": _fixed(
        0.28, "1", _HELD_OUT + "; growth of the upward log-error where FP8 is stated: Qwen3-235B-FP8, DeepSeek-V3.1 and R1 in ML.ENERGY", "derived"
    ),
    "prefill_law_error": Factor(
        1.0, 0.68, 1.65, "1", _HELD_OUT + "; V4 prefill and prompt-heavy TensorRT-LLM rows, the latter at assumed watts", 2026, "derived"
    ),
}
"""How far the law misses rows of a series that it was not fitted on."""

CONSTANTS: dict[str, Factor] = FITTED | CHOSEN | ERRORS
VALUES: dict[str, float] = {name: factor.value for name, factor in CONSTANTS.items()}


def refitted(fitted: Mapping[str, float]) -> dict[str, Factor]:
    """CONSTANTS with the values of another fit, ranges moved along in proportion."""
    moved = dict(CONSTANTS)
    for name, value in fitted.items():
        old = CONSTANTS[name]
        moved[name] = replace(old, value=value, low=old.low * value / old.value, high=old.high * value / old.value)
    return moved


def touch(active_b: Any, total_b: Any, batch: Any) -> Any:
    """
    Share of the stored weights that one decoding step reads. [1]

    E2a:  touch(B) = 1 - (1 - P_act/P_tot)^B        1 for a dense model

    Args:
        active_b, total_b: Parameters. [10^9]
        batch: B, sequences that decode at once. [1]

    Sources:
        Derived: each sequence picks its experts independently and uniformly

    >>> touch(1.0, 4.0, 2.0)
    0.4375
    """
    return 1 - (1 - active_b / total_b) ** batch


def prefill_energy(active_b: Any, total_b: Any, arithmetic_bytes: Any, compute: Any, values: Mapping[str, Any] = VALUES) -> Any:
    """
    Reading one fresh prompt token at the start of a context, boards busy. [J/token]

    E1:  e_p = c_p * a^theta * P_act^(1 - delta) * P_tot^delta * g_c

    Args:
        active_b, total_b: Parameters that reading uses, and all. [10^9]
        arithmetic_bytes: a, bytes of the numbers that are multiplied. [byte]
        compute: g_c, arithmetic on this accelerator over Hopper's. [1]

    Sources:
        Fit: docs/eco-2-study.md; delta is eco-1's
    """
    delta = values["prefill_sparsity"]
    size = active_b ** (1 - delta) * total_b**delta
    return values["prefill_coefficient"] * arithmetic_bytes ** values["bytes_exponent"] * size * compute


def decode_energy(
    active_b: Any, total_b: Any, weights_gb: Any, arithmetic_bytes: Any, batch: Any, compute: Any, reading: Any, values: Mapping[str, Any] = VALUES
) -> Any:  # fmt: skip
    """
    Writing one token, its context apart, with B sequences at once. [J/token]

    E2:  e_d = [floor + (omega*W*touch(B) + sigma*W + step)/B] * g_m + chi * e_p

    omega*W*touch reads weights. sigma*W are boards that wait, in proportion to the weights that they hold; step is what any
    model's step costs. chi*e_p is arithmetic: small matrices take chi times what a prompt's take. e_p is E1 with decoding's own sizes.

    Args:
        weights_gb: W, all stored weights. [GB]
        batch: B, sequences that decode at once per copy of the weights, at least 1. [1]
        reading: g_m, reading memory on this accelerator over Hopper's. [1]

    Sources:
        Fit: docs/eco-2-study.md
    """
    shared = (values["weight_reading"] * touch(active_b, total_b, batch) + values["waiting"]) * weights_gb + values["step"]
    arithmetic = values["decode_compute"] * prefill_energy(active_b, total_b, arithmetic_bytes, compute, values)
    return (values["decode_floor"] + shared / batch) * reading + arithmetic


def context_energy(kv_gb_per_token: Any, reading: Any, values: Mapping[str, Any] = VALUES) -> Any:
    """
    Reading one token of context while writing one. [J/token per token]

    E3:  k * KV * g_m        from the first token on: E2 holds no context, unlike eco-1's, which holds 500 tokens

    Args:
        kv_gb_per_token: KV, key-value cache that a token of context adds. [GB/token]

    Sources:
        Fit: docs/eco-2-study.md
    """
    return values["context_coefficient"] * kv_gb_per_token * reading


def prefill_waiting(concurrency: Any, waiting: Any, values: Mapping[str, Any] = VALUES) -> Any:
    """
    Factor on prefill for boards that wait between prompts, where the concurrency is stated. [1]

    E1a:  load = 1 + ell / (C + 16)

    Args:
        concurrency: C, requests in flight per copy of the weights. [1]
        waiting: ell, 0 where one set of boards both reads and writes. [1]

    Sources:
        Judgment on DeepSeek-V4-Pro's prefill rows: docs/eco-2-study.md
    """
    return 1 + waiting / (concurrency + values["split_offset"])


def decoding_at_once(concurrency: float, prefill_j: float, decode_j: Callable[[float], float]) -> float:
    """
    How many of C requests in flight decode at once, per copy of the weights. [1]

    E2b:  B = 1 + (C - 1) * D(B) / (D(B) + P)

    D and P, a request's decode and prefill energy, stand for the times that it spends in either. D falls with B, so there is
    one root, which bisection finds. One request in flight is one sequence: B(1) = 1.

    Args:
        concurrency: C; below 1 counts as 1. [1]
        prefill_j: P. [J]
        decode_j: D, of a batch. [J]

    Sources:
        Little's law

    >>> round(decoding_at_once(5, 30.0, lambda batch: 10.0), 9)
    2.0
    """
    low = 1.0
    high = at_most = max(1.0, concurrency)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        decode = decode_j(middle)
        share = decode / (decode + prefill_j) if prefill_j > 0 else 1.0
        low, high = (middle, high) if 1 + (at_most - 1) * share > middle else (low, middle)
    return (low + high) / 2 if prefill_j > 0 else at_most


def board_power(batch: Any, values: Mapping[str, Any] = VALUES) -> Any:
    """
    Power of an accelerator board over its rating while B sequences decode. [1]

    E6a:  u = u_1 + u_rise * B / (B + B_half)

    Sources:
        Judgment on DeepSeek-V4-Pro's watts: docs/eco-2-study.md
    """
    return values["board_power_one"] + values["board_power_rise"] * batch / (batch + values["board_power_half"])


def host_factor(batch: Any, host_share: Any, values: Mapping[str, Any] = VALUES) -> Any:
    """
    Power of a server over that of its accelerators. [1]

    E6b:  host = 1 + h / u(B)        what is no accelerator draws the same whatever the boards do

    Args:
        host_share: h, power of all that is no accelerator over the boards' rating. [1]

    Sources:
        See the constant host_share
    """
    return 1 + host_share / board_power(batch, values)
