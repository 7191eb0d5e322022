"""Markdown tables and the statistics in them. Errors are log-ratios of model over measured."""

from collections.abc import Iterable, Iterator

import numpy as np

from tools.fit.eco2.data import Rows

NO_DATA = "no data"
BANDS = {"1-8": (1, 12), "16-32": (12, 48), "64-128": (48, 180), "256-512": (180, 700), ">= 1 024": (700, np.inf)}
"""Sequences at once that the rows of a band have, from and below."""
CLASSES = ("dense", "sparse")
PRECISIONS = {"BF16": 16, "FP8": 8, "FP4": 4}


def table(title: str, head: Iterable[str], rows: Iterable[Iterable], note: str = "") -> str:
    """A section with one table, and a line before it."""
    names = list(head)
    lines = [f"### {title}", "", *([note, ""] if note else []), line(names), "|" + "---|" * len(names), *(line(row) for row in rows)]
    return "\n".join(lines) + "\n"


def line(cells: Iterable) -> str:
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def median(errors: np.ndarray) -> str:
    """Median error as a factor."""
    return f"{np.exp(np.median(np.abs(errors))):.2f}x" if len(errors) else NO_DATA


def percent(errors: np.ndarray) -> str:
    """Median error in percent of the measured."""
    return f"{100 * np.median(np.abs(np.expm1(errors))):.1f} %"


def bias(errors: np.ndarray) -> str:
    """Median ratio."""
    return f"{np.exp(np.median(errors)):.2f}" if len(errors) else NO_DATA


def worst(errors: np.ndarray) -> str:
    return f"{np.exp(np.abs(errors).max()):.2f}x" if len(errors) else NO_DATA


def within_2(errors: np.ndarray) -> str:
    return share(np.abs(errors) < np.log(2))


def share(truths: np.ndarray) -> str:
    return f"{100 * np.mean(truths):.0f} %" if len(truths) else NO_DATA


def is_class(rows: Rows, name: str) -> np.ndarray:
    return (rows["p_act"] >= 0.99 * rows["p_tot"]) == (name == "dense")


def in_band(rows: Rows, name: str) -> np.ndarray:
    at_least, below = BANDS[name]
    return (rows["batch"] >= at_least) & (rows["batch"] < below)


def cells(rows: Rows) -> Iterator[tuple[str, str, int, np.ndarray]]:
    """Band, class, bits and mask of each cell of the three."""
    for band in BANDS:
        for kind in CLASSES:
            for bits in PRECISIONS.values():
                yield band, kind, bits, in_band(rows, band) & is_class(rows, kind) & (rows["bits"] == bits)


def cuts(rows: Rows) -> Iterator[tuple[str, np.ndarray]]:
    """Name and mask of each value of one property."""
    yield from ((band, in_band(rows, band)) for band in BANDS)
    yield from ((kind, is_class(rows, kind)) for kind in CLASSES)
    yield from ((name, rows["bits"] == bits) for name, bits in PRECISIONS.items())
    yield from ((f"source {source}", rows["source"] == source) for source in ("mlenergy", "v4", "h100nvl"))
    yield from ((gpu, rows["gpu"] == gpu) for gpu in ("A100", "H100", "B200"))
    yield "all", rows["bits"] > 0
