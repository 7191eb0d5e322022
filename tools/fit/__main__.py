"""python -m tools.fit /path/to/data: see the package docstring."""

import sys
from functools import partial
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
    solve,
    tables,
    targets,
    vintage,
)

ROOT = Path(__file__).parents[2]


def fit_prefill(folder: Path) -> dict:
    """Prefill and context slope from throughput, with a table per configuration and per assumed L0."""
    table = tables.throughput(folder)
    found = prefill.fit_throughput(table)
    law = prefill.prefill_law(table, found)
    report.markdown(
        "Prefill by configuration, TensorRT-LLM",
        ["model and GPU", "mJ per token per B active"],
        zip(found["names"], found["mj"].tolist(), strict=True),
    )
    rows = []
    for l0 in prefill.L0_TOKENS:
        other = prefill.fit_throughput(table, l0)
        one = prefill.prefill_law(table, other)
        rows.append(
            [
                l0,
                one["mj"],
                *one["errors"].tolist(),
                one["sparsity"],
                one["b200"],
                one["scatter"],
                other["k"],
                other["rms"],
            ]
        )
    head = [
        "L0",
        "c mJ",
        "se log c",
        "se delta",
        "se log b200",
        "delta",
        "b200 x",
        "scatter",
        "k J/GB",
        "rms log error",
    ]
    report.markdown("Prefill law for three assumed L0", head, rows)
    dense = (table["p_act"] == table["p_tot"])[found["first"]]
    hopper = (table["gpu"] != "B200")[found["first"]]
    for name, kind in (
        ("dense FP8, Hopper", dense & hopper),
        ("MoE FP8, Hopper", ~dense & hopper),
        ("dense FP4, B200", dense & ~hopper),
        ("MoE FP4, B200", ~dense & ~hopper),
    ):
        mj = found["mj"][kind]
        report.markdown(
            name,
            ["geometric mean mJ/B", "lowest", "highest"],
            [[float(np.exp(np.log(mj).mean())), float(mj.min()), float(mj.max())]],
        )
    slopes = prefill.context_slopes(table)
    report.markdown(
        "Context slope by configuration",
        ["k lowest", "k median", "k 95 %"],
        [np.percentile(slopes, (0, 50, 95)).tolist()],
    )
    return law | {"k": found["k"], "k_high": float(np.percentile(slopes, 95))}


def fit_decode(table: dict, prompt: dict) -> dict:
    """The batch-unknown law on text tasks: parameters, bootstrap, held-out errors, width."""
    every = targets.targets(table)
    cases = tables.subset(every, every["text"])
    law = partial(laws.unknown_batch, prefill=prompt)
    logs = solve.fit(law, cases, cases["target"], laws.DECODE)
    low, high = solve.interval(solve.bootstrap(law, cases, cases["target"], laws.DECODE))
    report.markdown(
        "Decode law, batch unknown",
        ["parameter", "value", "5 %", "95 %"],
        zip(laws.DECODE, np.exp(logs).tolist(), low.tolist(), high.tolist(), strict=True),
    )
    errors = solve.hold_out(law, cases, cases["target"], laws.DECODE) + np.log(cases["target"] / cases["scored"])
    scored = ~np.isnan(errors)
    errors, cases = errors[scored], tables.subset(cases, scored)
    kind = np.where(cases["p_act"] == cases["p_tot"], "dense", "MoE")
    report.errors_by("Batch unknown, held-out series", errors, {"series": cases["series"], "class": kind, "GPU": cases["gpu"], "task": cases["task"],
                     "weights": cases["bytes"], "vintage": np.where(cases["old"], "2024", "2025"), "context": report.cut(cases["ctx"], (1000, 4000))})  # fmt: skip
    worst = np.argsort(-np.abs(errors))[:8]
    report.markdown("Worst cases", ["model", "task", "GPU", "measured J", "predicted / measured"],
                    [[cases["model"][i], cases["task"][i], cases["gpu"][i], float(cases["scored"][i]), float(np.exp(errors[i]))] for i in worst])  # fmt: skip
    vision = tables.subset(every, ~every["text"] & ~np.isnan(every["scored"]))
    report.errors_by(
        "Image and video, law of the text tasks", np.log(law(logs, vision) / vision["scored"]), {"task": vision["task"]}
    )
    width = targets.width(targets.choices(table), errors)
    report.markdown("Width, as factors on the central value", list(width), [width.values()])
    names = list(laws.DECODE)
    return {"value": dict(zip(names, np.exp(logs).tolist(), strict=True)), "low": dict(zip(names, low.tolist(), strict=True)),
            "high": dict(zip(names, high.tolist(), strict=True)), "errors": errors, "width": width,
            "panel": ("Batch unknown", cases["scored"], cases["scored"] * np.exp(errors), cases["series"])}  # fmt: skip


def fit_batch(table: dict) -> dict:
    """The batch-known law on every text configuration."""
    cases = tables.subset(table, table["text"])
    logs = solve.fit(laws.known_batch, cases, cases["energy"], laws.BATCH)
    low, high = solve.interval(solve.bootstrap(laws.known_batch, cases, cases["energy"], laws.BATCH, draws=100))
    report.markdown(
        "Decode law, batch known",
        ["parameter", "value", "5 %", "95 %"],
        zip(laws.BATCH, np.exp(logs).tolist(), low.tolist(), high.tolist(), strict=True),
    )
    errors = solve.hold_out(laws.known_batch, cases, cases["energy"], laws.BATCH)
    kind = np.where(cases["p_act"] == cases["p_tot"], "dense", "MoE")
    report.errors_by("Batch known, held-out series", errors, {"series": cases["series"], "class": kind, "GPU": cases["gpu"], "task": cases["task"],
                     "batch": report.cut(cases["batch"], (16, 64, 256)), "context": report.cut(cases["ctx"], (1000, 4000)),
                     "vintage": np.where(cases["old"], "2024", "2025")})  # fmt: skip
    names = list(laws.BATCH)
    return {"value": dict(zip(names, np.exp(logs).tolist(), strict=True)), "low": dict(zip(names, low.tolist(), strict=True)),
            "high": dict(zip(names, high.tolist(), strict=True)), "errors": errors,
            "panel": ("Batch known", cases["energy"], cases["energy"] * np.exp(errors), cases["series"])}  # fmt: skip


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
    law = fit_prefill(folder)
    table = tables.measurements(folder)
    prompt = {
        "mj": law["mj"] / 1e3,
        "sparsity": law["sparsity"],
        "a100": laws.PREFILL_START["a100"],
        "b200": law["b200"],
    }
    decode, batch = fit_decode(table, prompt), fit_batch(table)
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
