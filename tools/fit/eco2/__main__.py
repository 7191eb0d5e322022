"""Prints the tables of the study, or writes them and the coefficients: see the package docstring."""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from tools.fit.eco2 import data, figures, fit, law, study
from tools.fit.solve import statistics
from tools.fit.tables import subset

COEFFICIENTS = Path(__file__).parent / "coefficients.json"
DOCUMENT = Path(__file__).parents[3] / "docs" / "eco-2-study.md"
BEGIN = "<!-- begin: python -m tools.fit.eco2 FOLDER --write -->\n"
END = "<!-- end: python -m tools.fit.eco2 FOLDER --write -->\n"
FITTED_ON = "ML.ENERGY v2+v3 text tasks, InferenceX PowerX, TokenPowerBench; TensorRT-LLM v1.0 at assumed watts, half weight"


def main() -> None:
    options = _parser().parse_args()
    rows = data.everything(options.folder)
    found = fit.fits(rows)
    if options.write:
        COEFFICIENTS.write_text(json.dumps(coefficients(rows, found), indent=2) + "\n", "utf-8")
    text = "\n".join((*study.tables(rows, found), *figures.tables(options.folder)))
    if options.write:
        _write(DOCUMENT, text)
    else:
        print(text, end="")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.fit.eco2", description=__doc__)
    parser.add_argument("folder", type=Path, help="the measurement files: see tools/fit/eco2/__init__.py")
    parser.add_argument("--write", action="store_true", help="bootstrap, and write coefficients.json and docs/eco-2-study.md instead of printing")
    return parser


def coefficients(rows: data.Rows, found: fit.Fits) -> dict[str, dict]:
    """Entries of coefficients.json, with three significant digits as in law.py."""
    intervals = fit.bootstrap(rows)
    targets = fit.targets(subset(rows, rows["source"] == "mlenergy"))
    errors = statistics(np.log(fit.held_out(found, targets.cases, study.BATCHES[0]) / targets.cases["energy"]))
    error = f"held-out series, batch taken as 100: median {errors['median error %']:.0f} %, {errors['within 2x %']:.0f} % within 2x"
    return {name: _entry(found.central, name, intervals[name], error) for name in law.FITTED}


def _entry(fitted: Mapping[str, float], name: str, interval: tuple[float, float], error: str) -> dict:
    value = fitted[name]
    low, high = min(interval[0], value), max(interval[1], value)
    digits = {key: float(f"{number:.3g}") for key, number in (("value", value), ("low", low), ("high", high))}
    return digits | {"unit": law.FITTED[name].unit, "fitted_on": FITTED_ON, "error": error}


def _write(path: Path, text: str) -> None:
    """Replace what stands between the markers; the words around them are written by hand."""
    before, _, rest = path.read_text("utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    path.write_text(before + BEGIN + text + END + after, "utf-8")


if __name__ == "__main__":
    main()
