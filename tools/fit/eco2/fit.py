"""
Fits of eco-2's constants: central, with each series held out, and bootstrapped over models.

Fitted are ML.ENERGY's text rows but the outlier, DeepSeek-V4-Pro (whole, decode and prefill), Llama 3 on H100 NVL, and TensorRT-LLM's
throughput at assumed watts with half weight. Everything else is only compared with.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from scipy.optimize import least_squares

from ecocli.estimator.arrays import ARRAYS
from ecocli.estimator.eco2.laws import batch_equation
from tools.fit.eco2 import law
from tools.fit.eco2.data import Rows
from tools.fit.solve import SCATTER
from tools.fit.tables import subset
from tools.fit.targets import CHAT_ITL_MS, groups

Values = Mapping[str, float]

STARTS = {
    "prefill_coefficient": (0.0012, 1.0), "bytes_exponent": (0.6, 0.3), "decode_compute": (2.2, 0.7), "weight_reading": (0.20, 1.0),
    "waiting": (0.029, 1.0), "step": (0.1, 1.0), "decode_floor": (0.0155, 1.0), "context_coefficient": (0.17, 0.6), "blackwell_compute": (0.57, 0.4),
    "ampere_compute": (1.3, 0.3), "ampere_reading": (1.1, 0.3), "software_ratio": (1.6, 1.0),
}  # fmt: skip
"""Start of each fitted constant, and the spread of a weak prior about it as a log-ratio."""
FREED = STARTS | {"prefill_sparsity": (0.35, 0.3), "blackwell_reading": (1.0, 0.3)}
"""With the two that are set by hand and could be fitted."""
solve = batch_equation(ARRAYS)
HALF_WEIGHT = 0.5
"""Of rows whose power was not read."""
WAITING_APART = 45.0
"""ell of prefill boards of their own: prefill waits 1 + 45/C. Set by hand on V4's 14 prefill rows, which it describes. [sequence]"""
DRAWS = 150


class Fits(NamedTuple):
    """Fitted constants: from all rows, with the hand-set ones free, and without each series."""

    central: Values
    free: Values
    without: Mapping[str, Values]


def fits(rows: Rows) -> Fits:
    train = ~rows["outlier"]
    held_out = {str(series): fit(subset(rows, train & (rows["series"] != series))) for series in np.unique(rows["series"])}
    return Fits(fit(subset(rows, train)), fit(subset(rows, train), FREED), held_out)


def fit(rows: Rows, starts: Mapping[str, tuple[float, float]] = STARTS) -> Values:
    """Constants that minimise log(law / measured), by robust least squares in the logarithm."""
    first, spread = np.log([start for start, _ in starts.values()]), np.array([spread for _, spread in starts.values()])
    weight = _weight(rows)

    def named(logs: np.ndarray) -> Values:
        return dict(zip(starts, np.exp(logs), strict=True))

    def residuals(logs: np.ndarray) -> np.ndarray:
        return np.r_[weight * np.log(predict(named(logs), rows) / rows["energy"]) / SCATTER, (logs - first) / spread]

    found = named(least_squares(residuals, first, loss="soft_l1").x)
    return {name: float(value) for name, value in found.items()}


def _weight(rows: Rows) -> np.ndarray:
    """Half-way to equal say for each series of each source, as in tools.fit.solve; rows at assumed watts count half."""
    _, index, counts = np.unique(np.char.add(rows["series"], rows["source"]), return_inverse=True, return_counts=True)
    weight = counts[index] ** -0.25
    return weight / weight.mean() * np.where(rows["measured"], 1.0, HALF_WEIGHT)


def bootstrap(rows: Rows, draws: int = DRAWS) -> dict[str, tuple[float, float]]:
    """5th and 95th percentile of each constant, refitted on models drawn with replacement; rows of one model stay together."""
    rows = subset(rows, ~rows["outlier"])
    rng = np.random.default_rng(1)
    models = np.unique(rows["model"])
    where = {model: np.flatnonzero(rows["model"] == model) for model in models}
    found = [fit(subset(rows, np.concatenate([where[model] for model in rng.choice(models, len(models))]))) for _ in range(draws)]
    return {name: tuple(np.percentile([each[name] for each in found], (5, 95)).tolist()) for name in STARTS}


def predict(fitted: Values, rows: Rows, batch: float | None = None, layout_known: bool = True) -> np.ndarray:
    """
    Energy per output token, of prefill rows per prompt token. [J]

    Args:
        batch: Sequences at once; None: each row's own. ML.ENERGY counts those that decode. V4's requests in flight become those
            by Little's law where one set of boards does both.
        layout_known: Whether the caller says if prefill has boards of its own. If not, all V4 deployments take Little's law.
    """
    values = law.VALUES | fitted
    whole = rows["kind"] == "whole"
    if batch is None:
        at_once, load = _own_batch(rows, values, layout_known), _load(rows, values, layout_known)
    else:
        at_once, load = np.full(len(whole), batch), np.where(whole, 1.0, _load(rows, values, True))
    prefill, decode = _per_token(rows, at_once, values)
    prompts = np.where(rows["out"] > 0, rows["prompt"] / np.maximum(rows["out"], 1), 0.0)
    energy = np.where(rows["kind"] == "prefill", prefill * load, decode + np.where(whole, prefill * load * prompts, 0.0))
    return np.where(rows["old"], values["software_ratio"], 1.0) * energy


def _load(rows: Rows, values: Values, layout_known: bool) -> np.ndarray:
    """Factor on prefill for boards that wait. [1]"""
    known = np.where(rows["split"], 1 + WAITING_APART / np.maximum(rows["concurrency"], 1), 1.0)
    if layout_known:
        return known
    stated = law.prefill_waiting(rows["concurrency"] / rows["copies"], values["split_waiting"], values)
    return np.where(_v4_whole(rows), stated, known)


def _own_batch(rows: Rows, values: Values, layout_known: bool) -> np.ndarray:
    through = _v4_whole(rows) & ~(rows["split"] & layout_known)
    batch = rows["batch"].astype(float)
    if through.any():
        batch[through] = decoding_at_once(subset(rows, through), values)
    return batch


def _v4_whole(rows: Rows) -> np.ndarray:
    return (rows["source"] == "v4") & (rows["kind"] == "whole")


def decoding_at_once(rows: Rows, values: Values) -> np.ndarray:
    """E2b on arrays. [1]"""
    concurrency = np.maximum(1.0, rows["concurrency"] / rows["copies"])
    prefill, _ = _per_token(rows, concurrency, values)
    return solve(concurrency, prefill * rows["prompt"], lambda batch: _per_token(rows, batch, values)[1] * rows["out"])


def _per_token(rows: Rows, batch: np.ndarray, values: Values) -> tuple[np.ndarray, np.ndarray]:
    """Prefill, its boards busy, and decode with its context. [J/token]"""
    compute, reading = (_over_hopper(rows, kind, values) for kind in ("compute", "reading"))
    prefill = law.prefill_energy(rows["p_act"], rows["p_tot"], rows["bytes"], compute, values) * (1 + rows["prompt"] / 2 / values["prefill_doubling_position"])
    decode = law.decode_energy(rows["p_act"], rows["p_tot"], rows["weights_gb"], rows["bytes"], batch, compute, reading, values)
    return prefill, decode + law.context_energy(rows["kv_gb"] * rows["ctx"] + rows["state_gb"], reading, values)


def _over_hopper(rows: Rows, kind: str, values: Values) -> np.ndarray:
    return np.where(rows["gpu"] == "B200", values[f"blackwell_{kind}"], np.where(rows["gpu"] == "A100", values[f"ampere_{kind}"], 1.0))


def held_out(found: Fits, rows: Rows, batch: float | None = None, layout_known: bool = True) -> np.ndarray:
    """`predict` for each row by the fit without its series."""
    energy = np.full(len(rows["energy"]), np.nan)
    for series, fitted in found.without.items():
        mine = rows["series"] == series
        if mine.any():
            energy[mine] = predict(fitted, subset(rows, mine), batch, layout_known)
    return energy


class Targets(NamedTuple):
    """The batch-unknown targets of eco-1's fit: sqrt(median x best within 50 ms between tokens) per model, task, GPU and software."""

    cases: Rows
    members: list[np.ndarray]
    """Of each the rows it was made from, as indices."""
    best: list[int]


def targets(rows: Rows) -> Targets:
    """From ML.ENERGY's rows."""
    cases, members, best = [], [], []
    for mask in groups(rows):
        mine = np.flatnonzero(mask)
        fast = mine[rows["itl"][mine] <= CHAT_ITL_MS]
        if not len(fast):
            continue
        top = int(fast[np.argmin(rows["energy"][fast])])
        case = {name: column[mine[0]] for name, column in rows.items()}
        case |= {"ctx": rows["ctx"][mine].mean(), "out": rows["out"][mine].mean(), "energy": np.sqrt(np.median(rows["energy"][mine]) * rows["energy"][top])}
        cases.append(case)
        members.append(mine)
        best.append(top)
    return Targets({name: np.array([case[name] for case in cases]) for name in cases[0]}, members, best)


def as_targets(by_row: np.ndarray, found: Targets) -> np.ndarray:
    """Rows' predictions put together as the targets are."""
    return np.array([np.sqrt(np.median(by_row[mine]) * by_row[top]) for mine, top in zip(found.members, found.best, strict=True)])
