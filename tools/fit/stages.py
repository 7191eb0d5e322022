"""The three fits, each printing its tables: prefill, decode with the batch unknown, decode with the batch known."""

from functools import partial
from pathlib import Path

import numpy as np

from tools.fit import laws, prefill, report, solve, tables, targets


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
    shape = [*np.percentile(slopes, (0, 50, 95)).tolist(), float(np.log(slopes).std())]
    report.markdown("Context slope by configuration", ["k lowest", "k median", "k 95 %", "log spread"], [shape])
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
    held_out = solve.hold_out(law, cases, cases["target"], laws.DECODE)
    pooled = solve.statistics(targets.over_gpus(table, cases, held_out))
    report.markdown("Batch unknown, held-out series, per model and task over all GPUs", [*pooled], [[*pooled.values()]])
    errors = held_out + np.log(cases["target"] / cases["scored"])
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
    classes = {name: targets.width(targets.choices(table), errors[kind == name]) for name in ("dense", "MoE")}
    rows = [["all", *width.values()], *([name, *one.values()] for name, one in classes.items())]
    report.markdown("Width, as factors on the central value", ["", *width], rows)
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
