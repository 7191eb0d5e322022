"""Prefill cost e_p, the position L0 at which it doubles, and the context slope k, from TensorRT-LLM throughput."""

import numpy as np
from scipy.optimize import least_squares

WATTS = {"H100": (450, 600, 700), "H200": (450, 600, 700), "B200": (650, 850, 1000)}
"""Board power under load [W], low, central, high: ML.ENERGY measures 500-640 W (H100) and 750-965 W (B200) at batch > 64."""

L0_TOKENS = (15_000, 40_000, 150_000)
"""Position that doubles prefill cost. One prompt length beyond 5 000 cannot pin it; attention FLOPs give 14 000 (Qwen3-235B), 30 000
(Llama 8B), 53 000 (70B), 98 000 (405B)."""


def request_energy(table: dict) -> np.ndarray:
    """J per request at central board power."""
    watts = np.array([WATTS[gpu][1] for gpu in table["gpu"]]) * table["gpus"]
    return watts / table["rate"] * table["osl"]


def fit_throughput(table: dict, l0: float = L0_TOKENS[1]) -> dict:
    """
    log E = log[ isl*e_p*(1 + isl/2/L0) + osl*(e_d + k*kv*(isl + osl/2)) ], with e_p and e_d free per model and GPU, k shared.

    Returns per-configuration e_p [mJ per B active per byte], k [J/GB], and the root mean square log error.
    """
    names, index = np.unique(np.char.add(np.char.add(table["model"], " on "), table["gpu"]), return_inverse=True)
    energy, count = request_energy(table), len(np.unique(index))

    def residuals(logs: np.ndarray) -> np.ndarray:
        prefill, decode, k = np.exp(logs[:count])[index], np.exp(logs[count : 2 * count])[index], np.exp(logs[-1])
        prompt = table["isl"] * prefill * table["p_act"] * (1 + table["isl"] / 2 / l0)
        output = table["osl"] * (decode + k * table["kv_gb"] * (table["isl"] + table["osl"] / 2))
        return np.log((prompt + output) / energy)

    start = np.r_[np.full(count, np.log(2e-3)), np.full(count, np.log(0.1)), np.log(0.2)]
    found = least_squares(residuals, start, loss="soft_l1", f_scale=0.2)
    first = np.array([np.flatnonzero(index == i)[0] for i in range(count)])
    return {"names": names, "mj": 1e3 * np.exp(found.x[:count]), "k": float(np.exp(found.x[-1])), "first": first,
            "rms": float(np.sqrt(np.mean(residuals(found.x) ** 2)))}  # fmt: skip


def prefill_law(table: dict, found: dict) -> dict[str, float]:
    """c and delta of e_p = c * bytes * P_act * (P_tot/P_act)^delta, with a factor for B200, by regression over configurations."""
    first = found["first"]
    per_byte = np.log(found["mj"] / table["bytes"][first])
    sparsity = np.log(table["p_tot"] / table["p_act"])[first]
    blackwell = (table["gpu"] == "B200")[first].astype(float)
    design = np.c_[np.ones(len(first)), sparsity, blackwell]
    solution, *_ = np.linalg.lstsq(design, per_byte, rcond=None)
    residual = per_byte - design @ solution
    variance = residual @ residual / (len(first) - 3) * np.linalg.inv(design.T @ design)
    return {"mj": float(np.exp(solution[0])), "sparsity": float(solution[1]), "b200": float(np.exp(solution[2])),
            "errors": np.sqrt(np.diag(variance)), "scatter": float(np.std(residual, ddof=3))}  # fmt: skip


def context_slopes(table: dict) -> np.ndarray:
    """k fitted to each model and GPU alone [J/GB]."""
    names = np.char.add(table["model"], table["gpu"])
    return np.array(
        [
            fit_throughput({key: values[names == name] for key, values in table.items()})["k"]
            for name in np.unique(names)
        ]
    )
