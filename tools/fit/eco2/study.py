"""The tables of docs/eco-2-study.md that are about measured rows."""

from collections.abc import Iterator

import numpy as np

from ecocli.core.quantity import Estimate
from tools.fit.eco2 import eco1, fit, law
from tools.fit.eco2.call import Known, Model, Tokens, estimate, served_bits
from tools.fit.eco2.data import Rows
from tools.fit.eco2.fit import Fits, Targets
from tools.fit.eco2.tables import NO_DATA, bias, cells, cuts, is_class, median, percent, share, table, within_2, worst
from tools.fit.tables import subset

Bounds = np.ndarray
"""Low, value and high of each row. [J per token]"""

BATCHES = (100.0, 128.0, 90.0)
"""The operator's batch where it is unknown; the first is what open_host takes."""
YEARS = {"mlenergy": 2025.8, "v4": 2026.68, "h100nvl": 2025.5, "trt": 2025.7}
OLD_YEAR = 2024.0
EXACT_FORMATS = {16.0: "bf16", 8.0: "fp8", 4.0: "nvfp4"}
ECO1_BITS, ECO1_V4_BITS = Estimate(5.3, 8, 12), Estimate(4, 4.5, 8)
"""Of an open model's weights in eco-1's catalogue, BF16 and FP4 checkpoints."""
MANY = 12
"""Rows at 16 or more at once: those above this average batch."""


def tables(rows: Rows, found: Fits) -> Iterator[str]:
    yield constants(found)
    targets = fit.targets(subset(rows, rows["source"] == "mlenergy"))
    yield from batch_unknown(rows, found, targets)
    yield from batch_given(rows, found)
    yield from coverage(rows, found)
    yield throughput(rows, found)


def constants(found: Fits) -> str:
    lines = []
    for name, factor in law.OWN.items():
        how = "fitted" if name in law.FITTED else "held-out errors" if "_error" in name else factor.basis
        free = f"{found.free[name]:.3g}" if name in found.free else ""
        lines.append([name, f"{factor.value:.6g}", f"{factor.low:.6g}", f"{factor.high:.6g}", free, factor.unit, how])
    return table("Constants", ["constant", "value", "low", "high", "with all free", "unit", "how"], lines)


def batch_unknown(rows: Rows, found: Fits, targets: Targets) -> Iterator[str]:
    """The 74 targets of eco-1's fit."""
    cases, own = targets.cases, subset(rows, rows["source"] == "mlenergy")
    measured, outlier = np.log(cases["energy"]), cases["outlier"]
    errors = {
        "eco-1, its fit, in-sample": eco1.target_energy_j(cases),
        "eco-2, B = 100, in-sample": fit.predict(found.central, cases, BATCHES[0]),
        **{f"eco-2, B = {batch:.0f}, series left out": fit.held_out(found, cases, batch) for batch in BATCHES},
        "eco-2, each row's own batch, in-sample": fit.as_targets(fit.predict(found.central, own), targets),
        "eco-2, each row's own batch, series left out": fit.as_targets(fit.held_out(found, own), targets),
    }
    errors = {name: np.log(energy) - measured for name, energy in errors.items()}
    lines = [[name, percent(e), bias(e), within_2(e), worst(e), worst(e[~outlier])] for name, e in errors.items()]
    yield table(f"{len(measured)} targets, batch unknown", ["", "median error", "bias", "within 2x", "worst", "worst but the outlier"], lines)
    yield by_property(cases, errors["eco-2, B = 100, series left out"], errors["eco-1, its fit, in-sample"])


def by_property(cases: Rows, errors: np.ndarray, errors_of_eco1: np.ndarray) -> str:
    masks = {name: is_class(cases, name) for name in ("dense", "sparse")} | {name: cases["bits"] == bits for name, bits in (("BF16", 16), ("FP8", 8))}
    masks |= {str(value): cases[column] == value for column in ("gpu", "series") for value in np.unique(cases[column])}
    lines = [[name, mask.sum(), percent(errors[mask]), bias(errors[mask]), worst(errors[mask]), percent(errors_of_eco1[mask])] for name, mask in masks.items()]
    furthest = np.argsort(-np.abs(errors))[:5]
    note = "Furthest off: " + "; ".join(f"{cases['model'][i].split('/')[-1]}, {cases['task'][i]}, {cases['gpu'][i]}: {np.exp(errors[i]):.2f}" for i in furthest)
    return table("The same at B = 100, series left out", ["", "cases", "median error", "bias", "worst", "eco-1, in-sample"], lines, note)


def batch_given(rows: Rows, found: Fits) -> Iterator[str]:
    """Rows with their batch or concurrency, precision and accelerator known."""
    energies = (eco1_bounds(rows, blind=False)[1], fit.predict(found.central, rows), fit.held_out(found, rows), fit.held_out(found, rows, layout_known=False))
    of_eco1, inside, left_out, unknown = (np.log(energy / rows["energy"]) for energy in energies)
    lines = [[name, mask.sum(), _series(rows, mask), median(of_eco1[mask]), bias(of_eco1[mask]), median(inside[mask]), bias(inside[mask]),
              median(left_out[mask]), bias(left_out[mask]), worst(left_out[mask]), median(unknown[mask])] for name, mask in _groups(rows).items()]  # fmt: skip
    head = ["rows", "n", "series", "eco-1", "bias", "eco-2, in-sample", "bias", "eco-2, left out", "bias", "worst", "layout not known"]
    yield table("Batch, precision and accelerator given: median error", head, lines)
    whole = _whole(rows)
    lines = []
    for band, kind, bits, mask in cells(rows):
        mask = mask & whole  # noqa: PLW2901 - fewer of them
        lines.append(
            [
                band,
                kind,
                bits,
                mask.sum(),
                _series(rows, mask),
                bias(of_eco1[mask]),
                bias(left_out[mask]),
                median(left_out[mask]),
                worst(left_out[mask]),
            ]
        )
    head = ["at once", "class", "bits", "rows", "series", "eco-1 ÷ measured", "eco-2 ÷ measured", "median error", "worst"]
    yield table("The same by band, class and precision, series left out", head, lines)


def _whole(rows: Rows) -> np.ndarray:
    """Measured deployments, without the outlier."""
    return rows["measured"] & ~rows["outlier"] & (rows["kind"] == "whole")


def _groups(rows: Rows) -> dict[str, np.ndarray]:
    whole, source, kind, many = _whole(rows), rows["source"], rows["kind"], rows["batch"] >= MANY
    v4, mlenergy = source == "v4", source == "mlenergy"
    return {
        "whole, >= 16": whole & many, "ML.ENERGY, >= 16": whole & many & mlenergy, "V4-Pro, >= 16": whole & many & v4,
        "V4-Pro, one set of boards, >= 16": whole & many & v4 & ~rows["split"], "V4-Pro, prefill apart, >= 16": whole & many & v4 & rows["split"],
        "H100 NVL, 1 to 8 B": whole & (source == "h100nvl"), "V4-Pro, < 16": whole & ~many & v4, "ML.ENERGY, < 16": whole & ~many & mlenergy,
        "V4-Pro, decode alone": kind == "decode", "V4-Pro, prefill alone": kind == "prefill",
        "the outlier": rows["outlier"], "TensorRT-LLM, assumed watts": source == "trt",
    }  # fmt: skip


def eco1_bounds(rows: Rows, blind: bool) -> Bounds:
    """Each row by eco-1: with its weight bits, or blind with those of the catalogue. Rows of decode alone without their context."""
    bounds = np.empty((3, len(rows["energy"])))
    for i in range(len(rows["energy"])):
        row = {name: column[i] for name, column in rows.items()}
        bits = (ECO1_V4_BITS if row["source"] == "v4" else ECO1_BITS) if blind else Estimate.exactly(row["bits"])
        tokens = Tokens(0 if row["kind"] == "decode" else row["prompt"], 0, 0 if row["kind"] == "prefill" else max(row["out"], 1))
        energy = eco1.accelerator_energy_j(row["p_act"], row["p_tot"], bits, _kv_gb(row), tokens, _year(row))
        bounds[:, i] = np.array([energy.low, energy.value, energy.high]) / (tokens.output or tokens.fresh)
    return bounds


def _year(row: dict) -> float:
    return OLD_YEAR if row["old"] else YEARS[row["source"]]


def _kv_gb(row: dict) -> float:
    """Cache per token of context, a recurrent state spread over them. [GB]"""
    return row["kv_gb"] + row["state_gb"] / max(row["ctx"], 1)


def eco2_bounds(rows: Rows, found: Fits, mask: np.ndarray, blind: bool) -> Bounds:
    """Rows of the mask by `call.estimate`, each by the fit without its series: blind as an open host's call, or with all that a caller can state."""
    bounds = np.full((3, len(mask)), np.nan)
    for series, fitted in found.without.items():
        constants = law.refitted(fitted)
        for i in np.flatnonzero(mask & (rows["series"] == series)):
            row = {name: column[i] for name, column in rows.items()}
            known = Known(_year(row)) if blind else _stated(row)
            output = max(row["out"], 1.0)
            energy = estimate(_model(row), Tokens(row["prompt"], 0.0, output), known, "open_host", constants=constants).accelerators
            bounds[:, i] = np.array([energy.low, energy.value, energy.high]) * law.J_PER_WH / output
    return bounds


def _model(row: dict) -> Model:
    kv_bytes = _kv_gb(row) * 1e9
    in_v4 = row["source"] == "v4"
    checkpoint = 4.0 if in_v4 else 8.0 if row["series"] == "DeepSeek" else 16.0
    return Model(
        Estimate.exactly(row["p_tot"]), Estimate.exactly(min(row["p_act"], row["p_tot"])), served_bits(checkpoint, _year(row)),
        Estimate.exactly(kv_bytes) if in_v4 else Estimate(kv_bytes / 2, kv_bytes, kv_bytes),
    )  # fmt: skip


def _stated(row: dict) -> Known:
    gpu = "H100 NVL" if row["source"] == "h100nvl" else row["gpu"]
    return Known(_year(row), max(1.0, row["concurrency"] / row["copies"]), gpu, EXACT_FORMATS[row["bits"]])


def coverage(rows: Rows, found: Fits) -> Iterator[str]:
    """How many measured deployments lie within the 90 % range."""
    whole = _whole(rows)
    energy, many = rows["energy"], rows["batch"] >= MANY
    blind, given, of_eco1 = eco2_bounds(rows, found, whole, True), eco2_bounds(rows, found, whole, False), eco1_bounds(rows, blind=True)
    in_blind, in_given, in_eco1 = ((low <= energy) & (energy <= high) for low, _, high in (blind, given, of_eco1))
    lines = []
    for name, cut in cuts(rows):
        mask = whole & cut
        seen = mask if name == "1-8" else mask & many
        bias_1, bias_2 = (bias(np.log(bounds[1][seen] / energy[seen])) for bounds in (of_eco1, blind))
        error, widths = np.log(given[1][mask] / energy[mask]), (_half_width(blind, seen), _half_width(given, mask))
        inside = (share(in_eco1[seen]), share(in_blind[seen]), bias_1, bias_2, share(in_given[mask]))
        lines.append([name, mask.sum(), _series(rows, mask), *inside, median(error), *widths])
    head = ["", "rows", "series", "eco-1 blind", "eco-2 blind", "eco-1 bias", "eco-2 bias", "eco-2 given", "median error", "blind x/÷", "given x/÷"]
    note = "Blind: as a call to an open host, rows at 16 or more at once but in the first line. Given: concurrency, precision and accelerator stated."
    yield table("Measured deployments inside the 90 % range, series left out", head, lines, note)
    lines = []
    for band, kind, bits, cell in cells(rows):
        mask = whole & cell
        alone = "needs concurrency" if band == "1-8" else share(in_blind[mask])
        lines.append([band, kind, bits, mask.sum(), _series(rows, mask), share(in_eco1[mask]), alone, share(in_given[mask])])
    yield table("The same by band, class and precision", ["at once", "class", "bits", "rows", "series", "eco-1 blind", "eco-2 blind", "eco-2 given"], lines)


def _series(rows: Rows, mask: np.ndarray) -> int:
    """How many series the rows of a mask are of."""
    return len(set(rows["series"][mask]))


def _half_width(bounds: Bounds, mask: np.ndarray) -> str:
    return f"{np.median(np.sqrt(bounds[2][mask] / bounds[0][mask])):.2f}" if mask.any() else NO_DATA


def throughput(rows: Rows, found: Fits) -> str:
    """TensorRT-LLM by model."""
    rows = subset(rows, rows["source"] == "trt")
    of_eco1, errors = (np.log(energy / rows["energy"]) for energy in (eco1_bounds(rows, blind=False)[1], fit.held_out(found, rows)))
    lines = []
    for model in np.unique(rows["model"]):
        for bits in (8.0, 4.0):
            mask = (rows["model"] == model) & (rows["bits"] == bits)
            if mask.any():
                prompts = mask & (rows["prompt"] >= 9 * rows["out"])
                lines.append([model, int(bits), mask.sum(), bias(of_eco1[mask]), bias(errors[mask]), median(errors[mask]), bias(errors[prompts])])
    head = ["model", "bits", "rows", "eco-1 ÷ derived", "eco-2 ÷ derived", "median error", "prompt-heavy rows"]
    return table("TensorRT-LLM at assumed watts, half weight in the fit, series left out", head, lines)
