"""Rules for what a closed model does not publish: its active share and its KV cache, from open models."""

from pathlib import Path

import numpy as np

from tools.fit.tables import read

ECOLOGITS_SHARE = (0.10, 0.1732, 0.30)
"""Active share that EcoLogits assumes for closed mixtures of experts: low, geometric mean, high."""


def open_models(folder: Path) -> list[dict]:
    """One row per open base model whose sizes are facts, with KV bytes where the attention is known."""
    kv = {row["id"]: row for row in read(folder / "model_kv.csv")}
    found = {}
    for row in read(folder / "model_facts.csv"):
        if row["open_weights"] == "yes" and row["confidence"] == "fact":
            found.setdefault(
                row["base_model"], row | {"kv": kv.get(row["id"], {}).get("kv_bytes_per_token_bf16_growing", "")}
            )
    return list(found.values())


def regression(x: np.ndarray, y: np.ndarray) -> dict[str, float]:
    """log y = log a + b log x: a, b, standard error of b, and residual scatter (as a log-ratio)."""
    design = np.c_[np.ones(len(x)), np.log(x)]
    solution, *_ = np.linalg.lstsq(design, np.log(y), rcond=None)
    residual = np.log(y) - design @ solution
    scatter = float(np.std(residual, ddof=2))
    error = scatter * np.sqrt(np.linalg.inv(design.T @ design)[1, 1])
    return {
        "a": float(np.exp(solution[0])),
        "b": float(solution[1]),
        "b_error": float(error),
        "scatter": scatter,
        "n": len(x),
    }


def active_on_total(models: list[dict]) -> dict[str, float]:
    """P_act = a * P_tot^b over open mixtures of experts (hybrids with experts included)."""
    sparse = [row for row in models if float(row["active_b"]) < 0.5 * float(row["total_b"])]
    return regression(
        np.array([float(row["total_b"]) for row in sparse]), np.array([float(row["active_b"]) for row in sparse])
    )


def kv_on_active(models: list[dict]) -> dict[str, float]:
    """KV bytes per token of context at 16 bits = a * P_act^b over open models with a growing cache."""
    known = [row for row in models if row["kv"] and float(row["kv"]) > 0]
    return regression(
        np.array([float(row["active_b"]) for row in known]), np.array([float(row["kv"]) for row in known])
    )


def closed_active(total_b: float, law: dict) -> tuple[float, float, float]:
    """
    Active parameters of a closed mixture of experts: low, central, high [billions].

    Central: geometric mean of EcoLogits' 17.3 % and the open-model regression.
    Low: the regression. High: EcoLogits' 30 %.
    """
    seen = law["a"] * total_b ** law["b"]
    return min(seen, 0.1 * total_b), float(np.sqrt(seen * ECOLOGITS_SHARE[1] * total_b)), ECOLOGITS_SHARE[2] * total_b
