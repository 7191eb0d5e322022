"""What the batch-unknown law should hit, and how far an operator's choices spread around it."""

import numpy as np

from tools.fit.tables import subset

CHAT_ITL_MS = 50.0
"""Slowest inter-token latency of an acceptable service: 20 tokens a second."""

OLD_ITL_MS = 150.0
"""The same for 2024 software, which took about three times as long per step at equal batch. Trains the law; never scored."""

CHOICE_ITL_MS = 100.0
CHOICE_RATE = 0.25
"""An operator chooses configurations with latency <= 100 ms and at least a quarter of the best throughput measured."""


def groups(table: dict) -> list[np.ndarray]:
    """Row masks of one model on one task and GPU, per benchmark version."""
    keys = np.array(
        [
            "|".join(key)
            for key in zip(table["model"], table["task"], table["gpu"], table["old"].astype(str), strict=True)
        ]
    )
    return [keys == key for key in np.unique(keys)]


def anchored(table: dict, rows: np.ndarray, limit_ms: float) -> float:
    """sqrt(median of all measured configurations x best one within the latency limit) [J/token]; NaN if none is."""
    fast = rows & (table["itl"] <= limit_ms)
    return float(np.sqrt(np.median(table["energy"][rows]) * table["energy"][fast].min())) if fast.any() else np.nan


def targets(table: dict) -> dict[str, np.ndarray]:
    """One case per model, task and GPU, with `target` (trained on) and `scored` (the 50 ms target, or NaN)."""
    cases = []
    for rows in groups(table):
        case = {key: values[rows][0] for key, values in table.items()}
        case["ctx"], case["out"] = table["ctx"][rows].mean(), table["out"][rows].mean()
        case["scored"] = anchored(table, rows, CHAT_ITL_MS)
        case["target"] = anchored(table, rows, OLD_ITL_MS if case["old"] else CHAT_ITL_MS)
        cases.append(case)
    columns = {key: np.array([case[key] for case in cases]) for key in cases[0]}
    return subset(columns, ~np.isnan(columns["target"]))


def over_gpus(table: dict, cases: dict, errors: np.ndarray) -> np.ndarray:
    """
    log(predicted / target) per model and task, whatever GPU it ran on, which a caller does not know either.

    The prediction is the geometric mean of the held-out ones, the target that of all measured configurations.
    """
    predicted = cases["target"] * np.exp(errors)
    keys = list(zip(cases["model"], cases["task"], cases["old"], strict=True))
    pooled = []
    for model, task, old in sorted(set(keys)):
        mine = [key == (model, task, old) for key in keys]
        rows = (table["model"] == model) & (table["task"] == task) & (table["old"] == old)
        pooled.append(np.log(predicted[mine]).mean() - np.log(anchored(table, rows, CHAT_ITL_MS)))
    return np.array([error for error in pooled if not np.isnan(error)])


def choices(table: dict) -> np.ndarray:
    """log(energy / target) of every 2025 text configuration that an operator would choose."""
    spread = []
    for rows in groups(table):
        rows = rows & table["text"] & ~table["old"]  # noqa: PLW2901 - fewer of them
        if not rows.any() or np.isnan(target := anchored(table, rows, CHAT_ITL_MS)):
            continue
        chosen = rows & (table["itl"] <= CHOICE_ITL_MS) & (table["rate"] >= CHOICE_RATE * table["rate"][rows].max())
        spread.append(np.log(table["energy"][chosen] / target))
    return np.concatenate(spread)


def width(spread: np.ndarray, errors: np.ndarray) -> dict[str, float]:
    """Low and high factor, 5th and 95th percentile: spread of choices and out-of-series error, added as squares."""
    low = -np.hypot(np.percentile(spread, 5), np.percentile(errors, 95))
    high = np.hypot(np.percentile(spread, 95), np.percentile(errors, 5))
    return {"low": float(np.exp(low)), "high": float(np.exp(high)),
            "spread_low": float(np.exp(np.percentile(spread, 5))), "spread_high": float(np.exp(np.percentile(spread, 95)))}  # fmt: skip
