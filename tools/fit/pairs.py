"""Energy ratios between two GPUs, or two software vintages, for the same model at the same batch: no law involved."""

import numpy as np


def curve(table: dict, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """log batch, and log of the lowest energy per token at that batch, sorted."""
    order = np.argsort(table["batch"][rows])
    return np.log(table["batch"][rows][order]), np.log(table["energy"][rows][order])


def ratio(table: dict, above: np.ndarray, below: np.ndarray) -> float:
    """exp(mean log energy difference) over the batches that both sets of rows cover; NaN without overlap."""
    if not above.any() or not below.any():
        return np.nan
    (x1, y1), (x2, y2) = curve(table, above), curve(table, below)
    low, high = max(x1[0], x2[0]), min(x1[-1], x2[-1])
    if high <= low:
        return np.nan
    grid = np.linspace(low, high, 20)
    return float(np.exp(np.mean(np.interp(grid, x1, y1) - np.interp(grid, x2, y2))))


def between_gpus(table: dict, first: str, second: str, old: bool) -> np.ndarray:
    """Ratios first/second, one per model and text task of one vintage."""
    here = table["text"] & (table["old"] == old)
    keys = {(m, t) for m, t in zip(table["model"][here], table["task"][here], strict=True)}
    found = []
    for model, task in sorted(keys):
        rows = here & (table["model"] == model) & (table["task"] == task)
        found.append(ratio(table, rows & (table["gpu"] == first), rows & (table["gpu"] == second)))
    return np.array([value for value in found if not np.isnan(value)])


def between_vintages(table: dict) -> np.ndarray:
    """Ratios 2024/2025 software on H100 for the chat task, for Llama 3.1 8B and 70B, the models in both."""
    found = []
    for size in ("3.1-8B", "3.1-70B"):
        rows = (np.char.find(table["model"], size) >= 0) & (table["gpu"] == "H100")
        old, new = rows & table["old"], rows & ~table["old"] & (table["task"] == "lm-arena-chat")
        found.append(ratio(table, old & (table["task"] == "sharegpt-chat"), new))
    return np.array(found)


def between_precisions(cases: dict) -> list[list]:
    """FP8 / BF16 ratio of the batch-unknown targets of one model, task and GPU; last row their geometric mean and the gamma it implies."""
    found = {}
    for model, task, gpu, target in zip(cases["model"], cases["task"], cases["gpu"], cases["target"], strict=True):
        found[model, task, gpu] = target
    ratios = [
        [f"{m} {t} {g}", found[m + "-FP8", t, g] / found[m, t, g]] for m, t, g in found if (m + "-FP8", t, g) in found
    ]
    mean = float(np.exp(np.mean([np.log(ratio) for _, ratio in ratios])))
    return [*ratios, ["geometric mean", mean], ["gamma", float(np.log(mean) / np.log(0.5) / 0.8)]]
