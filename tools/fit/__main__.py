"""python -m tools.fit /path/to/data: see the package docstring."""

import sys
from pathlib import Path

import numpy as np

from tools.fit import (
    closed,
    laws,
    pairs,
    prefill,
    publish,
    published,
    report,
    sensitivity,
    stages,
    tables,
    targets,
    vintage,
)

ROOT = Path(__file__).parents[2]


def show_ratios(table: dict, decode: dict) -> None:
    """Hardware and vintage ratios without a law, and the date factor."""
    found = {"A100 / H100, 2024": pairs.between_gpus(table, "A100", "H100", True), "B200 / H100, 2025": pairs.between_gpus(table, "B200", "H100", False),
             "2024 / 2025 software, H100": pairs.between_vintages(table)}  # fmt: skip
    report.markdown("Same model at the same batch", ["ratio", "pairs", "median", "lowest", "highest"],
                    [[name, len(r), float(np.median(r)), float(r.min()), float(r.max())] for name, r in found.items()])  # fmt: skip
    report.markdown(
        "FP8 / BF16 targets, same model, task and GPU",
        ["pair", "ratio"],
        pairs.between_precisions(targets.targets(table)),
    )
    ratios = [decode["value"][name] for name in ("old", "a100", "b200")]
    years = (2023.0, 2024.0, 2024.5, 2025.0, 2025.25, 2025.5, 2026.0, 2026.5, 2027.0, 2028.0)
    report.markdown("Date factor", ["year", "factor", "low", "high"],
                    [[str(year), vintage.factor(year, *ratios), *vintage.bounds(year, decode["low"], decode["high"])] for year in years])  # fmt: skip
    print(f"\nLargest change from one day to the next: {100 * vintage.steps(*ratios):.2f} %")


def check_published(folder: Path, law: dict, decode: dict) -> tuple[dict, dict]:
    """Closed-model rules, and the whole equation beside published figures."""
    models = closed.open_models(folder)
    active, kv = closed.active_on_total(models), closed.kv_on_active(models)
    report.markdown(
        "Rules for closed models, log y = log a + b log x",
        ["rule", *active],
        [["active on total", *active.values()], ["KV bytes on active", *kv.values()]],
    )
    report.markdown(
        "Active share of a closed MoE",
        ["total B", "low B", "central B", "high B"],
        [[total, *closed.closed_active(total, active)] for total in (100, 300, 440, 670, 1200, 2000)],
    )
    fit = decode["value"] | {
        "prefill": {"mj": law["mj"] / 1e3, "sparsity": law["sparsity"]},
        "l0": prefill.L0_TOKENS[1],
    }
    report.markdown(
        "Published production figures",
        ["figure", "published Wh", "estimated Wh", "ratio"],
        published.compare(fit, active, kv),
    )
    rows = published.jegham(folder, fit, active, kv)
    report.markdown(
        "Jegham et al., models that do not reason",
        ["model", "in", "out", "published Wh", "estimated Wh", "ratio"],
        rows,
    )
    ranks = [np.argsort(np.argsort([row[i] for row in rows])) for i in (3, 4)]
    print(f"\nMedian ratio {np.median([row[5] for row in rows]):.2f}, rank correlation {np.corrcoef(*ranks)[0, 1]:.2f}")
    return active, kv


def main(folder: Path) -> None:
    law = stages.fit_prefill(folder)
    table = tables.measurements(folder)
    prompt = {
        "mj": law["mj"] / 1e3,
        "sparsity": law["sparsity"],
        "a100": laws.PREFILL_START["a100"],
        "b200": law["b200"],
    }
    decode, batch = stages.fit_decode(table, prompt), stages.fit_batch(table)
    head = ["choice", "cases", "median error %", "within 2x %", "within 3x %", "bias x", "worst x"]
    report.markdown(
        "Batch unknown, held-out series, under other choices", head, sensitivity.sensitivity(folder, prompt)
    )
    show_ratios(table, decode)
    active, kv = check_published(folder, law, decode)
    report.plot(ROOT / "docs" / "fit.svg", [batch["panel"], decode["panel"]])
    report.save(Path(__file__).parent / "coefficients.json", publish.coefficients(law, decode, batch, active, kv))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m tools.fit /path/to/data")
    main(Path(sys.argv[1]))
