"""Energy of one call by eco-2, from a measured row's model instead of a catalogue's, with other constants where they are held out."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import yaml

from ecocli.core.factors import Factor
from ecocli.core.quantity import ONE, Estimate
from ecocli.core.specs import ModelSpec, SiteSpec
from ecocli.estimator.call import Call
from ecocli.estimator.eco2 import CONSTANTS, accelerators, fleet, formats, make
from ecocli.estimator.eco2.operators import OPERATORS, Operator
from ecocli.estimator.eco2.stated import constants_from
from ecocli.estimator.eco2.steps import shares
from ecocli.estimator.footprint import spent

Constants = Mapping[str, Factor]
PRECISIONS = yaml.safe_load((Path(__file__).parents[3] / "models.yaml").read_text("utf-8"))["precisions"]


@dataclass(frozen=True)
class Model:
    """A model as the law sees it. [10^9 parameters], [bit], [byte/token]"""

    total_b: Estimate
    active_b: Estimate
    bits: Estimate
    """Of a weight as served, where the call does not state it."""
    kv_bytes: Estimate
    prefill_active_b: Estimate | None = None
    """Where reading uses other parameters than writing."""
    table_b: float = 0.0
    """Look-up tables, which are no part of the weights that a step reads."""
    passes: Estimate = ONE
    """Runs of the model per billed token. [1]"""


class Tokens(NamedTuple):
    """A call's tokens."""

    fresh: float
    cached: float
    output: float


class Known(NamedTuple):
    """What is known of a call beside its tokens: its date as a year, and what a caller states."""

    year: float
    concurrency: float | None = None
    """Requests in flight per copy of the weights. [1]"""
    accelerator: str | None = None
    weight_precision: str | None = None


class Result(NamedTuple):
    """A call's energy at three boundaries [Wh], the batch [1], and of each factor its share of the meter's squared log-width."""

    accelerators: Estimate
    servers: Estimate
    meter: Estimate
    batch: Estimate
    shares_up: dict[str, float]
    shares_down: dict[str, float]


def estimate(
    model: Model, tokens: Tokens, known: Known, operator: str | Operator = "open_host", pue: Estimate = ONE, constants: Constants = CONSTANTS
) -> Result:
    """
    Energy of one call.

    Args:
        operator: A key of OPERATORS, or an operator.
        pue: Power usage effectiveness. [1]
    """
    served = OPERATORS[operator] if isinstance(operator, str) else operator
    board = accelerators.find(known.accelerator) if known.accelerator else None
    weights = formats.find_format(known.weight_precision) if known.weight_precision else None
    plan = make(_spec(model), _site(pue), constants_from(constants, served, board, weights), 1.0, ms_of(known.year))
    if known.concurrency is not None:
        plan = plan.at_concurrency(known.concurrency, tokens)
    row, _, _ = spent(plan, tokens)
    parts = shares(plan, Call(tokens.fresh + tokens.cached, tokens.output, tokens.cached))  # type: ignore[arg-type]  # rows have means
    up, down = ({part["factor"]: part[side] for part in sorted(parts, key=lambda part: -part[side])} for side in ("upward", "downward"))
    return Result(Estimate(*row[:3]), Estimate(*row[3:6]), Estimate(*row[6:9]), plan.batch, up, down)


def served_bits(checkpoint_bits: float, year: float, constants: Constants = CONSTANTS) -> Estimate:
    """Weight bits as hosts serve an open model, from the bits of its checkpoint; low falls with Blackwell's share of the tokens. [bit]"""
    precision = PRECISIONS["bf16" if checkpoint_bits > 12 else "fp8" if checkpoint_bits > 6 else "fp4"]
    fewest, newest = constants["blackwell_bits"].value, fleet.newest_share(ms_of(year), constants)
    return Estimate(precision["low"] * (fewest / precision["low"]) ** newest, precision["value"], precision["high"])


def ms_of(year: float) -> float:
    """A time in ms since 1970, UTC."""
    return (year - fleet.YEAR_ZERO) * fleet.MS_PER_YEAR


def _spec(model: Model) -> ModelSpec:
    def factor(estimate: Estimate, unit: str) -> Factor:
        return Factor(estimate.value, estimate.low, estimate.high, unit, "a measured row", 2026)

    reading, tables = model.prefill_active_b, model.table_b
    return ModelSpec(
        "row", "none", "other", factor(model.total_b, "B"), factor(model.active_b, "B"), factor(model.kv_bytes, "bytes/token"),
        factor(model.bits, "bit"), "no", compute_multiplier=factor(model.passes, "1"),
        prefill_params_b=factor(reading, "B") if reading else None, table_params_b=factor(Estimate.exactly(tables), "B") if tables else None,
    )  # fmt: skip


def _site(pue: Estimate) -> SiteSpec:
    """Nothing but the PUE is looked at."""
    none = Factor(1.0, 1.0, 1.0, "1", "none", 2026)
    return SiteSpec("none", "none", none, Factor(pue.value, pue.low, pue.high, "1", "a measured row", 2026), none, none)
