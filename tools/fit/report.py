"""Markdown tables, the plot and coefficients.json."""

import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from tools.fit.solve import statistics


def markdown(title: str, head: list[str], rows: Iterable[Iterable]) -> None:
    """Print one table; floats with three significant digits."""
    print(f"\n### {title}\n\n| {' | '.join(head)} |\n|{'---|' * len(head)}")
    for row in rows:
        print("| " + " | ".join(f"{cell:.3g}" if isinstance(cell, float) else str(cell) for cell in row) + " |")


def error_rows(errors: np.ndarray, label: np.ndarray) -> list[list]:
    """Statistics of log-ratios for each value of a label, and for all."""
    rows = [["all", *statistics(errors).values()]]
    return rows + [[str(value), *statistics(errors[label == value]).values()] for value in np.unique(label)]


def errors_by(title: str, errors: np.ndarray, labels: dict[str, np.ndarray]) -> None:
    """One error table per way of cutting the cases."""
    head = ["", "cases", "median error %", "within 2x %", "within 3x %", "bias x", "worst x"]
    for name, label in labels.items():
        markdown(f"{title}, by {name}", head, error_rows(errors, label))


def cut(values: np.ndarray, edges: tuple) -> np.ndarray:
    """Names of the intervals that values fall in."""
    names = [f"{i}: <= {edge}" for i, edge in enumerate(edges)] + [f"{len(edges)}: > {edges[-1]}"]
    return np.array(names)[np.digitize(values, edges, right=True)]


def plot(path: Path, panels: list[tuple[str, np.ndarray, np.ndarray, np.ndarray]]) -> None:
    """Predicted versus measured J per output token, out of series; one panel per law: title, measured, predicted, series."""
    import matplotlib

    matplotlib.use("svg")
    import matplotlib.pyplot as plt

    plt.rcParams["svg.hashsalt"] = "eco"
    figure, axes = plt.subplots(1, len(panels), figsize=(5.2 * len(panels), 4.8), layout="constrained")
    for axis, (title, measured, predicted, series) in zip(axes, panels, strict=True):
        for name in np.unique(series):
            axis.loglog(measured[series == name], predicted[series == name], ".", label=name, markersize=5, alpha=0.7)
        ends = np.array([measured.min(), measured.max()])
        axis.loglog(ends, ends, "k-", linewidth=0.8)
        for factor in (0.5, 2):
            axis.loglog(ends, factor * ends, "k:", linewidth=0.8)
        axis.set(
            title=title, xlabel="measured, J per output token", ylabel="predicted out of series, J per output token"
        )
    axes[0].legend(fontsize=7)
    figure.savefig(path, metadata={"Date": None})


def coefficient(value: float, low: float, high: float, unit: str, fitted_on: str, error: str) -> dict:
    """One entry of coefficients.json, rounded to four significant digits."""
    digits = {key: float(f"{number:.4g}") for key, number in (("value", value), ("low", low), ("high", high))}
    return digits | {"unit": unit, "fitted_on": fitted_on, "error": error}


def save(path: Path, coefficients: dict[str, dict]) -> None:
    path.write_text(json.dumps(coefficients, indent=2) + "\n", encoding="utf-8")
