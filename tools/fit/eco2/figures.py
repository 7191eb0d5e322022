"""The tables of docs/eco-2-study.md that are about calls and about figures outside the fit."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np

from ecocli.catalog import models
from ecocli.catalog.compiled import open_entries
from ecocli.catalog.entries import Entries
from ecocli.core.factors import Factor
from ecocli.core.footprint import Footprint
from ecocli.core.quantity import Estimate
from ecocli.core.specs import ModelSpec
from ecocli.estimator.eco2 import accelerators
from ecocli.estimator.eco2.fleet import MS_PER_YEAR, YEAR_ZERO
from ecocli.estimator.eco2.operators import OPERATORS, Operator
from tools.fit.eco2 import law
from tools.fit.eco2.call import Known, Model, Result, Tokens, estimate, served_bits
from tools.fit.eco2.data import V4_KV_GB
from tools.fit.eco2.tables import table
from tools.fit.tables import read
from tools.validate import estimates
from tools.validate.figures import Figure, noon_ms, published

TYPICAL, DAY = Tokens(1000, 0, 500), date(2026, 6, 1)
EXAMPLES = {
    "gemini-3-pro, 788 in, 312 out, March 2024": ("google/gemini-3-pro-preview", "google", Tokens(788, 0, 312), date(2024, 3, 10)),
    "the same, June 2026": ("google/gemini-3-pro-preview", "google", Tokens(788, 0, 312), DAY),
    "gpt-4o, 1 000 in, 500 out, November 2025": ("openai/gpt-4o", "openai", Tokens(1000, 0, 500), date(2025, 11, 13)),
}
STATED = {
    "open, nothing stated": ("open_host", {}),
    "open, 64 at once, H100, fp8": ("open_host", {"concurrency": 64, "accelerator": "H100", "weight_precision": "fp8"}),
    "open, 256 at once, B200, nvfp4": ("open_host", {"concurrency": 256, "accelerator": "B200", "weight_precision": "nvfp4"}),
    "open, own server, 16 at once, H100, bf16": ("own_server", {"concurrency": 16, "accelerator": "H100", "weight_precision": "bf16"}),
    "open, H100": ("open_host", {"accelerator": "H100"}),
    "open, fp8": ("open_host", {"weight_precision": "fp8"}),
    "closed, nothing stated": ("frontier", {}),
}
OTHER_BATCHES = (24, 48, 64, 90, 128, 256, 1024)
AT_ONCE = (512.0, 2048.0, 12000.0)
WALL_OVER_BOARD = 1.38
"""For rows that were given at the wall. ASSUMED."""
SHORT_PROMPT, PROMPTS_PER_TOKEN, EXTRA_CONTEXT = 1500.0, 0.25, 1000.0
"""Of rows that do not say: prompt [token], fresh prompt tokens per output token [1], mean position of an output token [token]. ASSUMED."""
PREFILL_PROMPT = 2000.0
R1_KV_GB = 70272e-9


def year_of(day: date) -> float:
    return YEAR_ZERO + noon_ms(day) / MS_PER_YEAR


def tables(folder: Path) -> Iterator[str]:
    entries = open_entries(None, None)
    yield half_widths(entries)
    yield parts(entries)
    yield from published_figures(entries)
    yield examples(entries)
    yield agents(entries)
    yield at_scale(folder)
    yield home(folder)


def model_of(spec: ModelSpec, bits: Estimate | None = None) -> Model:
    """A model of the catalogue, with its own weight bits or others."""
    sizes = (spec.total_params_b.estimate, spec.active_params_b.estimate, bits or spec.weight_bits.estimate, spec.kv_bytes_per_token.estimate)
    return Model(*sizes)


def _spec(entries: Entries, model_id: str) -> ModelSpec:
    found = models.model(entries, model_id)
    assert found is not None
    return found.spec


def _served(spec: ModelSpec, year: float) -> Model:
    """An open model as hosts serve it."""
    return model_of(spec, served_bits({16.0: 16.0, 8.25: 8.0}.get(spec.weight_bits.high, 4.0), year))


def _half_width(energy: Estimate) -> float:
    return float(np.exp(energy.width / 2))


def half_widths(entries: Entries) -> str:
    listed = [model for model in models.search_models(entries) if model.spec.accelerator == "gpu" and "text" in model.spec.modality]
    year, lines = year_of(DAY), []
    for name, (operator, stated) in STATED.items():
        specs = [model.spec for model in listed if model.open_weights == name.startswith("open")]
        found = [estimate(_served(spec, year) if name.startswith("open") else model_of(spec), TYPICAL, Known(year, **stated), operator) for spec in specs]
        at_boards, at_meter = ([_half_width(energy) for energy in each] for each in ([r.accelerators for r in found], [r.meter for r in found]))
        lines.append([name, len(found), f"x/÷{np.median(at_boards):.2f}", f"x/÷{np.median(at_meter):.2f}", f"x/÷{np.percentile(at_meter, 90):.2f}"])
    head = ["", "models", "accelerators, median", "meter, median", "meter, 90 % below"]
    return table("Half-widths of the range, 1 000 tokens in and 500 out, June 2026", head, lines)


def parts(entries: Entries) -> str:
    """Which parts make up the range."""
    year, llama = year_of(DAY), _spec(entries, "meta-llama/llama-3.3-70b-instruct")
    calls = {
        "llama-3.3-70b, nothing stated": estimate(_served(llama, year), TYPICAL, Known(year)),
        "the same, 64 at once, H100, fp8": estimate(_served(llama, year), TYPICAL, Known(year, 64, "H100", "fp8")),
        "gpt-4o": estimate(model_of(_spec(entries, "openai/gpt-4o")), TYPICAL, Known(year), "frontier"),
    }
    lines = [[name, _widest(result.shares_up), _widest(result.shares_down)] for name, result in calls.items()]
    return table("Shares of the squared log-width", ["call", "upward", "downward"], lines)


def _widest(shares: dict[str, float], most: int = 5) -> str:
    return ", ".join(f"{name} {100 * share:.0f} %" for name, share in list(shares.items())[:most])


def _pue(found: Footprint) -> Estimate:
    return Estimate.exactly(found.facility_energy_wh.value / found.it_energy_wh.value)


def _of_figure(entries: Entries, figure: Figure, before: Footprint, operator: str | Operator) -> Estimate:
    """A published figure's call, at the figure's boundary. [Wh]"""
    assert figure.taken_as and figure.output is not None
    tokens = Tokens(figure.fresh, figure.cached, figure.output)
    result = estimate(model_of(_spec(entries, figure.taken_as)), tokens, Known(year_of(figure.date)), operator, _pue(before))
    energy: Estimate = getattr(result, figure.boundary)
    return energy


def published_figures(entries: Entries) -> Iterator[str]:
    """Frontier figures and DeepSeek's fleet, and the former by the operator's batch."""
    eco = estimates.assessor()
    frontier = [figure for figure in published().figures if figure.frontier]
    fleet = next(figure for figure in published().figures if figure.id == "deepseek-fleet")
    cases = [(f, f.what, "frontier") for f in frontier] + [
        (fleet, "DeepSeek's fleet, as operator fact", "wide_expert_parallel"),
        (fleet, "DeepSeek's fleet, as any open host", "open_host"),
    ]
    lines, before = [], {figure.id: estimates.of(eco, figure, "eco-1") for figure in (*frontier, fleet)}
    for figure, name, operator in cases:
        was = getattr(before[figure.id], estimates.BOUNDARIES[figure.boundary])
        found = _of_figure(entries, figure, before[figure.id], operator)
        inside = "yes" if found.low <= figure.energy_wh <= found.high else "no"
        lines.append(
            [name, figure.energy_wh, f"{was.value:.3g}", f"{was.value / figure.energy_wh:.2f}", _ranged(found), f"{found.value / figure.energy_wh:.2f}", inside]
        )
    yield table("Published figures", ["figure", "published Wh", "eco-1 Wh", "÷ published", "eco-2 Wh", "÷ published", "inside"], lines)
    lines = []
    for batch in OTHER_BATCHES:
        probe = with_batch("frontier", batch)
        lines.append([batch, *(f"{_of_figure(entries, figure, before[figure.id], probe).value / figure.energy_wh:.2f}" for figure in frontier)])
    yield table("Frontier figures by operator batch, eco-2 ÷ published", ["batch", *(figure.id for figure in frontier)], lines)


def with_batch(operator: str, batch: float) -> Operator:
    """An operator whose batch is known exactly."""
    old = OPERATORS[operator]
    return old._replace(batch=Factor(batch, batch, batch, old.batch.unit, "known", old.batch.year, "assumed"))


def _ranged(energy: Estimate) -> str:
    return f"{energy.value:.3g} ({energy.low:.3g} to {energy.high:.3g})"


def examples(entries: Entries) -> str:
    eco, lines = estimates.assessor(), []
    for name, (model_id, provider, tokens, day) in EXAMPLES.items():
        before = estimates.footprint(eco, model_id, provider, (int(tokens.fresh), int(tokens.cached), int(tokens.output)), day, "eco-1")
        result: Result = estimate(model_of(_spec(entries, model_id)), tokens, Known(year_of(day)), "frontier", _pue(before))
        lines.append([name, _ranged(before.facility_energy_wh), _ranged(result.meter), _ranged(result.accelerators), _widest(result.shares_up, 4)])
    return table("Calls by eco-1 and eco-2", ["call", "eco-1 Wh", "eco-2 Wh", "at the accelerators", "widest parts upward"], lines)


def agents(entries: Entries) -> str:
    """Coding agents, per million tokens."""
    eco, agent, lines = estimates.assessor(), published().agents, []
    for model_id in agent["models"]:
        for request in sorted({figure["request"] for figure in agent["figures"] if "request" in figure}):
            counts = tuple(round(agent["split"][kind] * request) for kind in ("fresh", "cached", "output"))
            before = estimates.footprint(eco, model_id, "anthropic", counts, agent["date"], "eco-1")
            found = estimate(model_of(_spec(entries, model_id)), Tokens(*counts), Known(year_of(agent["date"])), "frontier", _pue(before)).meter
            lines.append([model_id, request, f"{before.facility_energy_wh.value / request * 1e6:.3g}", _ranged(found * (1e6 / request))])
    return table("Coding agents, Wh per million tokens", ["model", "tokens a request", "eco-1", "eco-2"], lines)


def at_scale(folder: Path) -> str:
    """Rows of measured_at_scale.csv that are not measured: derived from throughput and watts."""
    lines = []
    for row in read(folder / "measured_at_scale.csv"):
        if row["kind"] != "derived" or not (row["j_per_output_token"] or row["j_per_input_token"]):
            continue
        ratios = _prefill_ratio(row) if row["j_per_input_token"] else " / ".join(f"{ratio:.2f}" for ratio in _decode_ratios(row))
        energy = row["j_per_input_token"] or row["j_per_output_token"]
        lines.append([row["source"], row["hardware"], row["boundary"], "prefill" if row["j_per_input_token"] else "output", energy, ratios])
    head = ["source", "hardware", "boundary", "per token of", "J", "eco-2 ÷ row; of output at 512 / 2 048 / 12 000 at once"]
    return table("Rows at scale, not fitted: derived from throughput and watts", head, lines)


def _hardware(row: dict[str, str]) -> tuple[accelerators.Accelerator, float]:
    """The accelerator of a row, and bytes of its arithmetic."""
    name = row["hardware"].split()[0]
    found, bits = accelerators.accelerator(name), float(row["weight_bits"])
    multiplies = bits == 8.0 or accelerators.DATASHEETS[found.name].fp4
    return found, bits / 8 if multiplies else 2.0


def _prefill_ratio(row: dict[str, str]) -> str:
    accelerator, arithmetic = _hardware(row)
    energy = law.prefill_energy(float(row["active_b"]), float(row["total_b"]), arithmetic, accelerator.compute.value)
    return f"{energy * (1 + PREFILL_PROMPT / 2 / law.VALUES['prefill_doubling_position']) / float(row['j_per_input_token']):.2f}"


def _decode_ratios(row: dict[str, str]) -> list[float]:
    accelerator, arithmetic = _hardware(row)
    active_b, total_b, bits = (float(row[name]) for name in ("active_b", "total_b", "weight_bits"))
    compute, reading = accelerator.compute.value, accelerator.reading.value
    cache = law.context_energy(V4_KV_GB if total_b > 1000 else R1_KV_GB, reading) * (float(row["input_tokens"] or SHORT_PROMPT) + EXTRA_CONTEXT)
    prefill = 0.0 if "decode" in row["boundary"] else PROMPTS_PER_TOKEN * law.prefill_energy(active_b, total_b, arithmetic, compute)
    wall = 1.0 if "gpu" in row["boundary"] else WALL_OVER_BOARD
    energies = [law.decode_energy(active_b, total_b, bits / 8 * total_b, arithmetic, batch, compute, reading) for batch in AT_ONCE]
    return [(energy + cache + prefill) * wall / float(row["j_per_output_token"]) for energy in energies]


def home(folder: Path) -> str:
    """Home machines at the wall over the law at one sequence at once on an H100's accelerator."""
    ratios: dict[str, list[float]] = {}
    for row in read(folder / "home_machines.csv"):
        total_b = float(row["total_b"])
        energy = law.decode_energy(float(row["active_b"]), total_b, float(row["weight_bits"]) / 8 * total_b, 2.0, 1.0, 1.0, 1.0)
        ratios.setdefault(machine(row["hardware"]), []).append(float(row["j_per_output_token"]) / energy)
    lines = [[name, len(found), f"{np.median(found):.2f}", f"{min(found):.2f} to {max(found):.2f}"] for name, found in sorted(ratios.items())]
    return table("Home machines, not fitted: at the wall ÷ eco-2 for one sequence at an H100's accelerator", ["machine", "rows", "median", "range"], lines)


def machine(hardware: str) -> str:
    """The group of a home machine."""
    groups = {
        "processor alone": ("[CPU]",), "Apple": ("Mac", "M4"), "board computer that hosts a GPU": ("Pi ", "HiFive", "Minisforum"),
        "small system with shared memory": ("Framework", "GB10"),
    }  # fmt: skip
    return next((name for name, words in groups.items() if any(word in hardware for word in words)), "PC or workstation with a GPU")
