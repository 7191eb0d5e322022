"""Robust least squares in the logarithm, held-out predictions, bootstrap intervals and error statistics."""

from collections.abc import Callable

import numpy as np
from scipy.optimize import least_squares

from tools.fit.tables import subset

SCATTER = 0.35
"""Scatter of one measurement about the law, as a log-ratio: where the robust loss starts to bend."""

WEAK_PRIOR = 0.05
"""Pull of each log-parameter to its start, in units of the scatter: only steadies what the data do not fix."""

Law = Callable[[np.ndarray, dict], np.ndarray]


K_SPREAD = 0.6
"""Spread of k between TensorRT-LLM configurations, as a log-ratio: their median is the start value of k, and counts as one more
measurement. Without it, holding out the only series with long contexts leaves k undetermined."""


def series_weight(series: np.ndarray) -> np.ndarray:
    """Half-way to equal say for each series: a row of a series with n rows weighs n^-1/2 in the sum of squares."""
    _, index, counts = np.unique(series, return_inverse=True, return_counts=True)
    weight = counts[index] ** -0.25
    return weight / weight.mean()


def fit(law: Law, case: dict, target: np.ndarray, start: dict[str, float]) -> np.ndarray:
    """Logarithms of the parameters that minimise log(law / target), k held near its independent value."""
    first, weight = np.log(list(start.values())), series_weight(case["series"])

    spread = np.array([K_SPREAD if name == "k" else SCATTER / WEAK_PRIOR for name in start])

    def residuals(logs: np.ndarray) -> np.ndarray:
        return np.r_[weight * np.log(law(logs, case) / target) / SCATTER, (logs - first) / spread]

    return least_squares(residuals, first, loss="soft_l1", bounds=(first - 9, first + 4)).x


def hold_out(law: Law, case: dict, target: np.ndarray, start: dict[str, float]) -> np.ndarray:
    """log(predicted / measured) with each model series predicted by a fit that never saw it."""
    errors = np.empty(len(target))
    for series in np.unique(case["series"]):
        out = case["series"] == series
        logs = fit(law, subset(case, ~out), target[~out], start)
        errors[out] = np.log(law(logs, subset(case, out)) / target[out])
    return errors


def bootstrap(law: Law, case: dict, target: np.ndarray, start: dict[str, float], draws: int = 200) -> np.ndarray:
    """Log-parameters refitted on models drawn with replacement: rows of one model stay together."""
    rng = np.random.default_rng(1)
    models = np.unique(case["model"])
    rows = {model: np.flatnonzero(case["model"] == model) for model in models}
    fits = []
    for _ in range(draws):
        drawn = np.concatenate([rows[model] for model in rng.choice(models, len(models))])
        fits.append(fit(law, subset(case, drawn), target[drawn], start))
    return np.array(fits)


def interval(logs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """5th and 95th percentile of bootstrapped parameters."""
    return np.exp(np.percentile(logs, 5, axis=0)), np.exp(np.percentile(logs, 95, axis=0))


def statistics(errors: np.ndarray) -> dict[str, float]:
    """Median error [%], share within 2x [%], bias and worst factor of log-ratios."""
    ratio = np.abs(errors)
    return {
        "rows": len(errors),
        "median error %": 100 * float(np.median(np.abs(np.expm1(errors)))),
        "within 2x %": 100 * float(np.mean(ratio < np.log(2))),
        "within 3x %": 100 * float(np.mean(ratio < np.log(3))),
        "bias": float(np.exp(np.median(errors))),
        "worst": float(np.exp(ratio.max())),
    }
