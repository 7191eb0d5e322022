"""
The energy laws, as functions of columns and of a parameter vector.

A *case* is a dict of equally long arrays: p_act, p_tot [billions of parameters], bytes [per weight], gpu, old [bool],
prompt, out, ctx [tokens], kv_gb [GB per token]. Energies are joules at the accelerators.
"""

import numpy as np

BYTES_EXPONENT = 0.3
"""gamma. Ten BF16/FP8 pairs of one model, task and GPU give about 0.26 (pairs.between_precisions); 1 is reading weights and nothing else."""

DEGREE = 0.9
"""alpha + beta, chosen: held-out errors do not tell 0.8 from 1.05, and beyond 700 B the choice is extrapolation."""

CONTEXT_IN_FIT = 500.0
"""ctx0: context already inside the decode law [tokens]."""

STATE_GB = {"Nemotron": 0.29}
"""Recurrent state read and written per output token [GB]: 28 layers x 128 x 80 x 128 x 4 bytes, twice.

Added after seeing that hybrids cost twice the law; its size comes from the configuration (56 layers, 27 or 28 of them Mamba-2) and nothing in it is fitted."""

PREFILL_START = {"mj": 1.1e-3, "sparsity": 0.33, "a100": 1.35, "b200": 0.8}


def is_gpu(case: dict, name: str) -> np.ndarray:
    return (case["gpu"] == name).astype(float)


def state_gb(case: dict) -> np.ndarray:
    return np.array([STATE_GB.get(series, 0.0) for series in case["series"]])


def prefill_per_token(case: dict, mj: float, sparsity: float) -> np.ndarray:
    """
    e_p = c * bytes * P_act * (P_tot / P_act)^delta, in J per fresh prompt token, on an H100.

    Smooth between dense (P_tot = P_act) and sparse; non-decreasing in both sizes for 0 <= delta <= 1.
    """
    return mj * case["bytes"] * case["p_act"] * (case["p_tot"] / case["p_act"]) ** sparsity


def prompt_share(case: dict, prefill: dict) -> np.ndarray:
    """Prefill of the task's own prompt, per output token [J]: already inside ML.ENERGY's J per token."""
    hardware = prefill["a100"] ** is_gpu(case, "A100") * prefill["b200"] ** is_gpu(case, "B200")
    return hardware * prefill_per_token(case, prefill["mj"], prefill["sparsity"]) * case["prompt"] / case["out"]


def decode_per_token(case: dict, a: float, act: float, floor: float) -> np.ndarray:
    """
    e_d = floor + a * P_act^alpha * (P_tot * (bytes/2)^gamma)^(0.9 - alpha), in J per output token.

    Batch unknown, H100, 2025 software. Non-decreasing in both sizes for 0 <= alpha <= 0.9; no step anywhere.
    """
    stored = case["p_tot"] * (case["bytes"] / 2) ** BYTES_EXPONENT
    return floor + a * case["p_act"] ** act * stored ** (DEGREE - act)


def context_per_token(case: dict, k: float) -> np.ndarray:
    """k * (KV cache read beyond ctx0, plus recurrent state), in J per output token."""
    return k * (case["kv_gb"] * np.maximum(0, case["ctx"] - CONTEXT_IN_FIT) + state_gb(case))


DECODE = {"a": 0.01, "act": 0.2, "floor": 0.02, "b200": 0.85, "a100": 1.35, "old": 1.6, "k": 0.175}
"""Names and starting values of the batch-unknown law's parameters."""


def unknown_batch(logs: np.ndarray, case: dict, prefill: dict) -> np.ndarray:
    """ML.ENERGY's J per output token where the operator's batch is not known."""
    a, act, floor, b200, a100, old, k = np.exp(logs)
    factor = b200 ** is_gpu(case, "B200") * a100 ** is_gpu(case, "A100") * old ** case["old"]
    decode = decode_per_token(case, a, act, floor) * factor
    return decode + prompt_share(case, prefill) * old ** case["old"] + context_per_token(case, k)


BATCH = {"compute": 3e-3, "compute_a100": 1.3, "compute_b200": 0.6, "weights": 0.1, "weights_a100": 1.0, "weights_b200": 1.0,
         "gpus": 2.0, "gpus_a100": 1.0, "gpus_b200": 1.0, "gpu_power": 1.3, "sparsity": 0.5, "old": 1.7, "k": 0.175}  # fmt: skip
"""Names and starting values of the batch-known law's parameters."""


def weights_read(case: dict) -> np.ndarray:
    """Weights touched by one decoding step, W = bytes * P_tot * (1 - (1 - P_act/P_tot)^B) [GB]. Dense: all."""
    idle = np.clip(1 - case["p_act"] / case["p_tot"], 0, 1)
    return case["bytes"] * case["p_tot"] * (1 - idle ** case["batch"])


def known_batch(logs: np.ndarray, case: dict) -> np.ndarray:
    """
    J per output token at batch B on n GPUs, prompt included.

    e = old * [ cP * P_act * (P_tot/P_act)^s * (1 + prompt/out) + (cW * W + cG * n^g) / B + k * KV ]

    cG * n^g / B is what a step costs before any work is done: idle power, launches, communication between n GPUs.
    """
    p = dict(zip(BATCH, np.exp(logs), strict=True))
    on = {
        name: p[name] * p[name + "_a100"] ** is_gpu(case, "A100") * p[name + "_b200"] ** is_gpu(case, "B200")
        for name in ("compute", "weights", "gpus")
    }
    compute = (
        on["compute"]
        * case["p_act"]
        * (case["p_tot"] / case["p_act"]) ** p["sparsity"]
        * (1 + case["prompt"] / case["out"])
    )
    shared = (on["weights"] * weights_read(case) + on["gpus"] * case["gpus"] ** p["gpu_power"]) / case["batch"]
    return p["old"] ** case["old"] * (compute + shared + p["k"] * (case["kv_gb"] * case["ctx"] + state_gb(case)))
