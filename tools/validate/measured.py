"""Measured deployments beside both methods, by requests at once: tables of docs/validation.md."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import exp, log
from statistics import median
from typing import Any

from ecocli.core.factors import Factor
from ecocli.core.quantity import Estimate
from ecocli.core.specs import ModelSpec, SiteSpec
from ecocli.estimator import eco1, eco2
from ecocli.estimator.eco2.operators import OPERATORS
from ecocli.estimator.eco2.stated import constants_from
from ecocli.estimator.footprint import spent
from ecocli.estimator.plan import Plan
from tools.validate.figures import noon_ms, read
from tools.validate.tables import table

BOARDS_OF_A_COPY = 8
J_PER_WH = 3600.0
BANDS = ((1, "1 to 8"), (12, "16 to 32"), (48, "64 to 128"), (180, "256 to 512"), (700, "1 024 and more"))
HOSTS_BITS = {"nvfp4": (4.25, 4.5, 8.0), "bf16": (5.3, 10.0, 16.0)}
"""How hosts serve such a checkpoint, as models.yaml has it: for calls that state nothing. [bit]"""


@dataclass(frozen=True)
class Deployment:
    """A measured row. [token], [J per output token]"""

    series: Mapping[str, Any]
    at_once: float
    """Requests in flight per copy of the weights."""
    apart: bool
    """Prefill has boards of its own."""
    prompt: int
    output: int
    measured_j: float

    @property
    def band(self) -> str:
        return [name for lowest, name in BANDS if self.at_once >= lowest][-1]


def deployments() -> Iterator[Deployment]:
    """Every measured deployment."""
    for series in read("measured.yaml")["series"]:
        for at_once, boards, prompt, output, energy in series["deployments"]:
            _, plus, writing = boards.partition(" + ")
            copies = int(writing) / BOARDS_OF_A_COPY if plus else 1
            yield Deployment(series, max(1.0, at_once / copies), bool(plus), prompt, output, energy)


def whole_table() -> str:
    """Whole deployments by requests at once: model over measured."""
    rows = list(deployments())
    names = {"DeepSeek-V4-Pro, one set of boards": (True, False), "DeepSeek-V4-Pro, prefill apart": (True, True), "Llama 3 of 1 to 8 B": (False, False)}
    lines = []
    for name, (sparse, apart) in names.items():
        for _, band in BANDS:
            chosen = [row for row in rows if (row.series["model"] == "DeepSeek-V4-Pro", row.apart, row.band) == (sparse, apart, band)]
            if chosen:
                lines.append((name, band, str(len(chosen)), *_cells(chosen)))
    head = ("deployment", "at once per copy", "rows", "eco-1 ÷ measured", "eco-2 ÷ measured, nothing stated", "inside", "all stated", "inside", "farthest off")
    return table(head, lines)


def _cells(rows: Sequence[Deployment]) -> Iterator[str]:
    by_eco1, blind, stated = ([_energy(row, how) for row in rows] for how in (_by_eco1, _blind, _stated))
    measured = [row.measured_j for row in rows]
    yield _bias(by_eco1, measured)
    for energies in (blind, stated):
        yield _bias(energies, measured)
        yield f"{sum(e.low <= m <= e.high for e, m in zip(energies, measured, strict=True))} of {len(rows)}"
    yield f"{exp(max(abs(log(e.value / m)) for e, m in zip(stated, measured, strict=True))):.2f}x"


def _bias(energies: Sequence[Estimate], measured: Sequence[float]) -> str:
    return f"{median(e.value / m for e, m in zip(energies, measured, strict=True)):.2f}"


def parts_table() -> str:
    """Decode alone and prefill alone of DeepSeek-V4-Pro, on boards of their own."""
    series = next(each for each in read("measured.yaml")["series"] if "decode" in each)
    lines = []
    for _, band in BANDS:
        decode = [(batch, energy) for batch, energy in series["decode"] if _band(batch) == band]
        prefill = [(at_once, energy) for at_once, energy in series["prefill"] if _band(at_once) == band]
        lines.append((band, *_ratios(series, decode, _writing), *_ratios(series, prefill, _reading)))
    head = ("at once", "decode rows", "eco-1", "eco-2", "prefill rows", "eco-1", "eco-2")
    return table(head, lines)


def _band(at_once: float) -> str:
    return [name for lowest, name in BANDS if at_once >= lowest][-1]


def _ratios(series: Mapping[str, Any], rows: Sequence[tuple[float, float]], cost: Any) -> Iterator[str]:
    yield str(len(rows))
    for method in ("eco-1", "eco-2"):
        yield f"{median(cost(series, at_once, method) / energy for at_once, energy in rows):.2f}" if rows else "no data"


def _writing(series: Mapping[str, Any], batch: float, method: str) -> float:
    """A token written at a batch that is known, its context included. [J]"""
    known = Factor(batch, batch, batch, "1", "as set", 2026)
    plan = _plan(series, method, _constants(series, OPERATORS["open_host"]._replace(batch=known)))
    context = series["prompt_tokens"] + series["output_tokens"] / 2 - plan.reference_context
    return plan.costs.output.value + plan.costs.context.value * context


def _reading(series: Mapping[str, Any], at_once: float, method: str) -> float:
    """A prompt token read. [J]"""
    plan = _plan(series, method, _constants(series, OPERATORS["open_host"]))
    if method != "eco-1":
        plan = plan.at_concurrency(at_once, (series["prompt_tokens"], 0, 0))
    return plan.costs.fresh.value + plan.costs.growth.value * series["prompt_tokens"] / 2


def _energy(row: Deployment, how: Any) -> Estimate:
    """Per output token at the accelerators. [J]"""
    tokens = row.prompt, 0, row.output
    figures, _, _ = spent(how(row, tokens), tokens)
    return Estimate(*figures[:3]) * (J_PER_WH / row.output)


def _by_eco1(row: Deployment, _: Any) -> Plan:
    return _plan(row.series, "eco-1", {})


def _blind(row: Deployment, _: Any) -> Plan:
    return _plan(row.series, "eco-2", constants_from(eco2.CONSTANTS, OPERATORS["open_host"]))


def _stated(row: Deployment, tokens: Any) -> Plan:
    return _plan(row.series, "eco-2", _constants(row.series, OPERATORS["open_host"])).at_concurrency(row.at_once, tokens)


def _constants(series: Mapping[str, Any], operator: Any) -> Mapping[str, Factor]:
    return constants_from(eco2.CONSTANTS, operator, series["accelerator"], series["weight_precision"])


def _plan(series: Mapping[str, Any], method: str, constants: Mapping[str, Factor]) -> Plan:
    """A plan by eco-2 with these constants, or by eco-1 with its own."""
    if method == "eco-1":
        return eco1.make(_spec(series), NOWHERE, eco1.CONSTANTS, 1.0, noon_ms(series["date"]))
    return eco2.make(_spec(series), NOWHERE, constants, 1.0, noon_ms(series["date"]))


def _spec(series: Mapping[str, Any]) -> ModelSpec:
    sizes = (_exactly(series[name], unit) for name, unit in (("total_b", "B"), ("active_b", "B"), ("kv_bytes_per_token", "bytes/token")))
    low, value, high = HOSTS_BITS[series["weight_precision"]]
    return ModelSpec("row", "none", "other", *sizes, Factor(value, low, high, "bit", "models.yaml", 2026), "no", open_weights=True)


def _exactly(value: float, unit: str = "1") -> Factor:
    return Factor(value, value, value, unit, "a measured row", 2026)


NOWHERE = SiteSpec("none", "none", *[_exactly(1.0)] * 4)
"""Nothing of the site is looked at."""
