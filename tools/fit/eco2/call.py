"""Energy of one call by the law, with its range, from what is known of the model, the operator and the call."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import exp, hypot, log, sqrt
from typing import NamedTuple

from ecocli.core.factors import Factor
from ecocli.core.quantity import ONE, ZERO, Estimate, log_ratio
from tools.fit.eco2 import facts, law
from tools.fit.eco2.law import CONSTANTS, J_PER_WH
from tools.fit.eco2.operators import IDLE_STATED, OPERATORS, SERVED_BITS, Operator, checkpoint

Constants = Mapping[str, Factor]
Numbers = dict[str, float]
Squares = dict[str, Numbers]
"""Squared log-widths, by cost and by part."""

TO_THE_95TH = 1.645
"""Standard deviations from the centre to the 95th percentile."""
HALF_A_YEAR = 0.5
CONCURRENCY_SPREAD = 1.25
"""Doubt of the batch where a concurrency is stated, downward; upward it ends at the concurrency. Judgment."""
COSTS = ("fresh", "growth", "cached", "output", "context")
PARTS = {
    "total_b": "model size", "active_b": "model size", "prefill_active_b": "model size", "bits": "weight bits", "arithmetic_bytes": "weight bits",
    "compute": "hardware", "reading": "hardware", "load": "prefill waiting", "prefill_law": "prefill law", "batch": "operator batch",
    "decode_law": "decode law", "kv_gb": "cache size", "context_law": "context law", "software": "software", "doubling": "attention growth",
    "cached_ratio": "cached read",
}  # fmt: skip
"""The parts that a call's range is split into, by the inputs of `_costs`."""


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
    """A call's energy at three boundaries [Wh], the batch [1], and of each part its share of the meter's squared log-width."""

    accelerators: Estimate
    servers: Estimate
    meter: Estimate
    batch: Estimate
    shares_up: Numbers
    shares_down: Numbers


def estimate(
    model: Model, tokens: Tokens, known: Known, operator: str | Operator = "open_host", pue: Estimate = ONE, constants: Constants = CONSTANTS
) -> Result:
    """
    Energy of one call.

    Inside a cost, each part goes to its low and its high, and the log-ratios add in squares, upward and downward apart. The costs
    share those parts, so their bounds add.

    Args:
        operator: A key of OPERATORS, or an operator.
        pue: Power usage effectiveness. [1]
    """
    served = OPERATORS[operator] if isinstance(operator, str) else operator
    values = {name: factor.value for name, factor in constants.items()}
    amounts = _amounts(tokens)
    parts = _parts(model, known, served, constants)
    if known.concurrency is not None:
        parts |= _of_concurrency(parts, amounts, known.concurrency, served, constants)
    base = _costs(_centre(parts), values)
    up, down = _squares(parts, base, values)
    energy = Estimate(*(_total(amounts, base, side) / J_PER_WH for side in (_factors(down, -1), dict.fromkeys(COSTS, 1.0), _factors(up, 1))))
    idle = (served.idle if known.concurrency is None else IDLE_STATED).estimate
    around = {"passes": model.passes, "host": _host(parts["batch"], constants, values), "idle": idle, "PUE": pue}
    accelerators = energy * model.passes
    servers = accelerators * around["host"] * idle
    weights = {cost: amounts[cost] * base[cost] for cost in COSTS}
    shares_up = _shares(up, weights, {name: part.log_up for name, part in around.items()})
    shares_down = _shares(down, weights, {name: part.log_down for name, part in around.items()})
    return Result(accelerators, servers, servers * pue, parts["batch"], shares_up, shares_down)


def served_bits(checkpoint_bits: float, year: float, constants: Constants = CONSTANTS) -> Estimate:
    """Weight bits as hosts serve an open model, from the bits of its checkpoint; low falls with Blackwell's share of the tokens. [bit]"""
    bits, low_on_blackwell = SERVED_BITS[checkpoint(checkpoint_bits)]
    newest = 1 - older_share(year, "blackwell", constants)
    return Estimate(bits.low * (low_on_blackwell / bits.low) ** newest, bits.value, bits.high)


def older_share(year: float, name: str, constants: Constants = CONSTANTS, shift_years: float = 0.0) -> float:
    """Share of tokens that are not yet on the newer software or hardware: E4's logistic of eco-1. [1]"""
    at = min(max(year + shift_years, constants["vintage_first"].value), constants["vintage_last"].value)
    return 1 / (1 + exp((at - constants[f"{name}_middle"].value) / constants[f"{name}_span"].value))


def software(year: float, constants: Constants = CONSTANTS) -> Estimate:
    """
    Energy with the day's software over late 2025's, with half a year of doubt either way. [1]

    E4a:  software^s(t)
    """
    ratio = constants["software_ratio"]
    bounds = ((max(1.0, ratio.low), HALF_A_YEAR), (ratio.value, 0.0), (ratio.high, -HALF_A_YEAR))
    return Estimate(*(bound ** older_share(year, "software", constants, shift) for bound, shift in bounds))


def hardware(kind: str, known: Known, constants: Constants = CONSTANTS) -> Estimate:
    """
    Energy of compute or reading over Hopper's: of the accelerator that is named, or of the day's mix. [1]

    E4b:  g = ampere^s_a(t) * blackwell^(1 - s_b(t))

    A mix is uncertain by the range of its ratios and, a call being served by one generation, by the spread of the mix.
    """
    if known.accelerator:
        named: Estimate = getattr(facts.accelerator(known.accelerator, constants), kind)
        return named
    older, newest = older_share(known.year, "ampere", constants), 1 - older_share(known.year, "blackwell", constants)
    return _mixed(older, constants[f"ampere_{kind}"]) * _mixed(newest, constants[f"blackwell_{kind}"])


def _mixed(share: float, ratio: Factor) -> Estimate:
    """A ratio of which a share of the tokens has the whole and the rest nothing; never beyond either. [1]"""
    spread, whole = TO_THE_95TH * sqrt(share * (1 - share)), log(ratio.value)
    toward, away = min(spread, 1 - share) * abs(whole), min(spread, share) * abs(whole)
    grow, fall = (toward, away) if whole > 0 else (away, toward)
    value = ratio.value**share
    up, down = hypot(grow, share * log(ratio.high / ratio.value)), hypot(fall, share * log(ratio.value / ratio.low))
    return Estimate(value * exp(-down), value, value * exp(up))


def decode_law_error(model: Model, weight_precision: str | None = None, constants: Constants = CONSTANTS) -> Estimate:
    """Error of E2, which grows with ln(P_tot/P_act) so that dense and sparse models meet. [1]"""
    sparsity = log(max(1.0, model.total_b.value / model.active_b.value))
    dense = constants["decode_law_error"]
    up = constants["sparse_fp8_error_up" if weight_precision and facts.is_fp8(weight_precision) else "sparse_error_up"].value
    return Estimate(dense.low * exp(-constants["sparse_error_down"].value * sparsity), dense.value, dense.high * exp(up * sparsity))


def _amounts(tokens: Tokens) -> Numbers:
    """How much of each cost a call has. [token], [token²]"""
    fresh, cached, output = tokens
    return {"fresh": fresh, "growth": fresh * (cached + fresh / 2), "cached": cached, "output": output, "context": output * (cached + fresh + output / 2)}


def _parts(model: Model, known: Known, operator: Operator, constants: Constants) -> dict[str, Estimate]:
    """The inputs of `_costs`, with their ranges."""
    bits, arithmetic_bytes = _precision(model, known)
    slope = constants["context_coefficient"]
    parts = {
        "total_b": model.total_b, "active_b": model.active_b, "table_b": Estimate.exactly(model.table_b), "bits": bits, "arithmetic_bytes": arithmetic_bytes,
        "kv_gb": model.kv_bytes / 1e9, "compute": hardware("compute", known, constants), "reading": hardware("reading", known, constants),
        "software": software(known.year, constants), "load": operator.prefill_load.estimate, "batch": operator.batch.estimate,
        "prefill_law": constants["prefill_law_error"].estimate, "decode_law": decode_law_error(model, known.weight_precision, constants),
        "context_law": slope.estimate / slope.value, "doubling": constants["prefill_doubling_position"].estimate,
        "cached_ratio": constants["cached_read_ratio"].estimate,
    }  # fmt: skip
    return parts if model.prefill_active_b is None else parts | {"prefill_active_b": model.prefill_active_b}


def _precision(model: Model, known: Known) -> tuple[Estimate, Estimate]:
    """Stored bits of a weight, and bytes that it is multiplied in: as stated, or as served. [bit], [byte]"""
    stated = known.weight_precision
    if stated:
        arithmetic = facts.arithmetic_bits(stated, known.accelerator)
        return Estimate.exactly(facts.weight_format(stated).stored_bits), Estimate.exactly(arithmetic / 8)
    bits = model.bits
    return bits, Estimate(*(min(2.0, max(0.5, bound / 8)) for bound in (bits.low, bits.value, bits.high)))


def _centre(parts: Mapping[str, Estimate]) -> Numbers:
    return {name: part.value for name, part in parts.items()}


def _costs(at: Mapping[str, float], values: Mapping[str, float]) -> Numbers:
    """What one token costs, E1 to E4. [J/token], [J/token²]"""
    stored = at["total_b"] - at["table_b"]
    active, prefill_active = (min(b, stored) for b in (at["active_b"], at.get("prefill_active_b", at["active_b"])))
    arithmetic, compute, reading, aged = at["arithmetic_bytes"], at["compute"], at["reading"], at["software"]
    fresh = law.prefill_energy(prefill_active, stored, arithmetic, compute, values) * at["load"] * at["prefill_law"] * aged
    output = law.decode_energy(active, stored, at["bits"] / 8 * stored, arithmetic, at["batch"], compute, reading, values) * at["decode_law"] * aged
    context = law.context_energy(at["kv_gb"], reading, values) * at["context_law"] * aged
    return {"fresh": fresh, "growth": fresh / at["doubling"], "cached": fresh * at["cached_ratio"], "output": output, "context": context}


def _squares(parts: Mapping[str, Estimate], base: Numbers, values: Mapping[str, float]) -> tuple[Squares, Squares]:
    """Squared log-widths upward and downward."""
    centre = _centre(parts)
    up: Squares = {cost: {} for cost in COSTS}
    down: Squares = {cost: {} for cost in COSTS}
    for name, part in parts.items():
        if part.low == part.high:
            continue
        ends = [_costs({**centre, name: bound}, values) for bound in (part.low, part.high)]
        for cost in COSTS:
            logs = [log_ratio(end[cost], base[cost]) for end in ends]
            up[cost][PARTS[name]] = up[cost].get(PARTS[name], 0.0) + max(*logs, 0.0) ** 2
            down[cost][PARTS[name]] = down[cost].get(PARTS[name], 0.0) + min(*logs, 0.0) ** 2
    return up, down


def _factors(squares: Squares, sign: int) -> Numbers:
    """Of each cost the factor to its bound. [1]"""
    return {cost: exp(sign * sqrt(sum(by_part.values()))) for cost, by_part in squares.items()}


def _total(amounts: Numbers, costs: Numbers, factors: Numbers) -> float:
    return sum(amounts[cost] * costs[cost] * factors[cost] for cost in COSTS)


def _of_concurrency(parts: Mapping[str, Estimate], amounts: Numbers, concurrency: float, operator: Operator, constants: Constants) -> dict[str, Estimate]:
    """The batch by Little's law, E2b, and the waiting of prefill, E1a, for a stated concurrency."""
    values = {name: factor.value for name, factor in constants.items()}
    waiting = constants["split_waiting"].estimate if operator.boards_apart else ZERO
    load = Estimate(*(law.prefill_waiting(concurrency, bound, values) for bound in (waiting.low, waiting.value, waiting.high)))
    centre = _centre(parts) | {"load": 1.0}

    def decode_j(batch: float) -> float:
        return _energy_of(("output", "context"), amounts, _costs(centre | {"batch": batch}, values))

    prefill_j = _energy_of(("fresh", "growth", "cached"), amounts, _costs(centre, values))
    batch = law.decoding_at_once(concurrency, prefill_j if amounts["output"] else 0.0, decode_j)
    return {"batch": Estimate(max(1.0, batch / CONCURRENCY_SPREAD), batch, max(batch, concurrency)), "load": load}


def _energy_of(costs: Iterable[str], amounts: Numbers, base: Numbers) -> float:
    return sum(amounts[cost] * base[cost] for cost in costs)


def _host(batch: Estimate, constants: Constants, values: Mapping[str, float]) -> Estimate:
    """E6b with the range of its share; that of the batch is in the decode cost. [1]"""
    share = constants["host_share"]
    return Estimate(*(law.host_factor(batch.value, bound, values) for bound in (share.low, share.value, share.high)))


def _shares(squares: Squares, weights: Numbers, around: Numbers) -> Numbers:
    """Each part's share of the squared log-width, the widest first; inside the costs by the energy that these make up. [1]"""
    total = sum(weights.values()) or 1.0
    found = {name: width**2 for name, width in around.items()}
    for cost, by_part in squares.items():
        for name, square in by_part.items():
            found[name] = found.get(name, 0.0) + square * weights[cost] / total
    whole = sum(found.values()) or 1.0
    return {name: square / whole for name, square in sorted(found.items(), key=lambda item: -item[1])}
