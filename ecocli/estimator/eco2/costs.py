"""
What one token costs a model at a time and at a batch: E1 to E3 with their ranges.

Inside a cost each input goes to its low and its high, the others held at their centres, and the log-ratios add in squares, upward and
downward apart. The costs share those inputs, so their bounds add in E5.
Fitted constants stay at their centres: the errors of the two laws were found on series held out of the fit, and hold their ranges.
"""

from collections.abc import Iterable, Mapping
from math import exp, log, sqrt
from typing import NamedTuple

from ecocli.core.factors import Factor
from ecocli.core.quantity import Estimate
from ecocli.core.specs import ModelSpec
from ecocli.estimator.eco2 import laws
from ecocli.estimator.eco2.fleet import Fleet
from ecocli.estimator.plan import Row, TokenCosts

BITS_PER_BYTE = 8.0
FEWEST_BYTES, MOST_BYTES = 0.5, 2.0
"""Of the numbers that are multiplied: 4 bits at least, and 16 whatever else is stored. [byte]"""
HOPPER = 1.0
PROMPT, OUTPUT, CONTEXT, ALL = (0, 1, 2), (3,), (4,), (0, 1, 2, 3, 4)
"""Places of costs in `TokenCosts`: fresh, growth and cached; output; context."""
Constants = Mapping[str, Factor]
Numbers = Mapping[str, float]
Squares = dict[str, list[float]]
"""By the name of a factor its squared log-width in each of the five costs."""
NAMES = {
    "total_b": "model size", "active_b": "model size", "prefill_active_b": "model size", "bits": "weight bits", "arithmetic_bytes": "weight bits",
}  # fmt: skip
"""Inputs of E1 and E2 that have ranges whatever the day, and the factor that each belongs to."""


class Decoding(NamedTuple):
    """Inputs of E2 beside batch and hardware, all at their centres or one of them at a bound."""

    active_share: float
    reading_j: float
    waiting_j: float
    floor: float
    arithmetic_j: float
    """chi times E1, on Hopper. [J]"""

    def energy(self, batch: float, compute: float, reading: float) -> float:
        """E2. [J/token]"""
        touched = laws.touch(self.active_share, batch)
        energy: float = laws.decode_energy(touched, self.reading_j, self.waiting_j, batch, self.floor, reading, self.arithmetic_j * compute)
        return energy


class Sized(NamedTuple):
    """The part of token costs that depends on no time, batch or waiting of prefill; on Hopper with late 2025's software."""

    fresh: float
    """E1 of busy boards. [J/token]"""
    context: float
    """E3. [J/token²]"""
    decoding: Decoding
    at_bounds: tuple[tuple[str, Decoding, Decoding], ...]
    """Of each input that E2 has: its factor, and E2 with it at its low and its high."""
    up: Squares
    """Of all factors but hardware, software, batch and waiting; of those inside E2 the cost of a generated token is missing."""
    down: Squares


def sized(model: ModelSpec, constants: Constants, newest: float) -> Sized:
    """
    Gather what model and constants say.

    Args:
        constants: Of the call, see `stated.constants_for`.
        newest: Share of tokens on Blackwell. [1]
    """
    values, inputs = {name: factor.value for name, factor in constants.items()}, inputs_of(model, constants, newest)
    centre = {name: each.value for name, each in inputs.items()}
    up, down = _fixed(model, constants)
    fresh, context = _prefill(centre, values), laws.context_energy(model.kv_bytes_per_token.value, values["context_coefficient"], HOPPER)
    at_bounds = []
    for name, each in inputs.items():
        if name in NAMES and each.low < each.high:
            low, high = ({**centre, name: bound} for bound in (each.low, each.high))
            _add(up, down, NAMES[name], PROMPT, log(_prefill(low, values) / fresh), log(_prefill(high, values) / fresh))
            at_bounds.append((NAMES[name], _decoding(low, values), _decoding(high, values)))
    return Sized(fresh, context, _decoding(centre, values), tuple(at_bounds), up, down)


def token_costs(size: Sized, fleet: Fleet, constants: Constants, batch: Estimate, load: Estimate) -> tuple[TokenCosts, dict[str, Row]]:
    """
    The five costs of E5, and by the name of each factor its log-width in each of them.

    Args:
        batch: Sequences that decode at once per copy of the weights. [1]
        load: Factor on prefill for boards that wait. [1]
    """
    centre, up, down = squares(size, fleet, constants, batch, load)
    costs = TokenCosts(*map(_ranged, centre, zip(*down.values(), strict=True), zip(*up.values(), strict=True)))
    return costs, {name: _widths(up[name], down[name]) for name in up}


def squares(size: Sized, fleet: Fleet, constants: Constants, batch: Estimate, load: Estimate) -> tuple[Row, Squares, Squares]:
    """The central values of the five costs, and of each factor the squared log-widths upward and downward; arguments as for `token_costs`."""
    up, down = ({name: [*each] for name, each in squares.items()} for squares in (size.up, size.down))
    software, compute, reading = fleet.software, fleet.compute, fleet.reading
    at, c, g = batch.value, compute.value, reading.value
    energy = size.decoding.energy
    written = energy(at, c, g)
    for name, low, high in size.at_bounds:
        _add(up, down, name, OUTPUT, log(low.energy(at, c, g) / written), log(high.energy(at, c, g) / written))
    _add(up, down, "hardware", OUTPUT, log(energy(at, compute.low, g) / written), log(energy(at, compute.high, g) / written))
    _add(up, down, "hardware", OUTPUT, log(energy(at, c, reading.low) / written), log(energy(at, c, reading.high) / written))
    _add(up, down, "hardware", PROMPT, -compute.log_down, compute.log_up)
    _add(up, down, "hardware", CONTEXT, -reading.log_down, reading.log_up)
    _add(up, down, "software", ALL, -software.log_down, software.log_up)
    _add(up, down, "operator batch", OUTPUT, log(energy(batch.high, c, g) / written), log(energy(batch.low, c, g) / written))
    _add(up, down, "prefill waiting", PROMPT, -load.log_down, load.log_up)
    doubling, ratio = constants["prefill_doubling_position"].value, constants["cached_read_ratio"].value
    fresh = size.fresh * c * load.value * software.value
    return (fresh, fresh / doubling, laws.cached_energy(fresh, ratio), written * software.value, size.context * g * software.value), up, down


def _widths(up: list[float], down: list[float]) -> Row:
    fresh, growth, cached, output, context = (sqrt(a) + sqrt(b) for a, b in zip(up, down, strict=True))
    return fresh, growth, cached, output, context


def _ranged(value: float, down: Iterable[float], up: Iterable[float]) -> Estimate:
    """A cost with its range, from the squared log-widths of its factors."""
    log_down, log_up = sqrt(sum(down)), sqrt(sum(up))
    return Estimate(value * exp(-log_down), value, value * exp(log_up), log_down, log_up)


def inputs_of(model: ModelSpec, constants: Constants, newest: float) -> dict[str, Estimate]:
    """The inputs of E1 and E2 that do not depend on the hardware, by the keys of NAMES, and `table_b`; arguments as for `sized`."""
    bits, arithmetic = _precision(model, constants, newest)
    found = {"total_b": model.total_params_b.estimate, "active_b": model.active_params_b.estimate, "bits": bits, "arithmetic_bytes": arithmetic}
    if model.prefill_params_b is not None:
        found["prefill_active_b"] = model.prefill_params_b.estimate
    if model.table_params_b is not None:
        found["table_b"] = model.table_params_b.estimate
    return found


def _precision(model: ModelSpec, constants: Constants, newest: float) -> tuple[Estimate, Estimate]:
    """
    Stored bits of a weight, and bytes that it is multiplied in: as stated, or as served. [bit], [byte]

    Hosts of open models reach down to 4 bits as Blackwell, which multiplies in FP4, comes to serve more of the tokens.
    """
    if "stored_bits" in constants:
        return constants["stored_bits"].estimate, constants["arithmetic_bytes"].estimate
    bits, fewest = model.weight_bits.estimate, constants["blackwell_bits"].value
    if model.open_weights and bits.low > fewest:
        bits = Estimate(bits.low * (fewest / bits.low) ** newest, bits.value, bits.high)
    return bits, Estimate(*(min(MOST_BYTES, max(FEWEST_BYTES, bound / BITS_PER_BYTE)) for bound in (bits.low, bits.value, bits.high)))


def stored(at: Numbers, active_b: float) -> tuple[float, float]:
    """Active and all stored parameters without look-up tables, which no step reads. [10^9]"""
    whole = at["total_b"] - at.get("table_b", 0.0)
    return min(active_b, whole), whole


def _prefill(at: Numbers, values: Numbers) -> float:
    active, stored_b = stored(at, at.get("prefill_active_b", at["active_b"]))
    energy: float = laws.prefill_energy(active, stored_b, at["arithmetic_bytes"], HOPPER, values)
    return energy


def _decoding(at: Numbers, values: Numbers) -> Decoding:
    active, stored_b = stored(at, at["active_b"])
    weights_gb = at["bits"] / BITS_PER_BYTE * stored_b
    arithmetic = values["decode_compute"] * laws.prefill_energy(active, stored_b, at["arithmetic_bytes"], HOPPER, values)
    waiting = values["waiting"] * weights_gb + values["step"]
    return Decoding(active / stored_b, values["weight_reading"] * weights_gb, waiting, values["decode_floor"], arithmetic)


def _fixed(model: ModelSpec, constants: Constants) -> tuple[Squares, Squares]:
    """Squared log-widths of factors that scale a cost as a whole whatever the day, upward and downward."""
    up: Squares = {}
    down: Squares = {}
    scales = (
        ("prefill law", PROMPT, constants["prefill_law_error"].estimate),
        ("attention growth", PROMPT[1:2], constants["prefill_doubling_position"].estimate.inverse()),
        ("cached read", PROMPT[2:], constants["cached_read_ratio"].estimate),
        ("decode law", OUTPUT, decode_law_error(model, constants)),
        ("cache size", CONTEXT, model.kv_bytes_per_token.estimate),
        ("context law", CONTEXT, constants["context_coefficient"].estimate),
    )
    for name, costs, each in scales:
        _add(up, down, name, costs, -each.log_down, each.log_up)
    return up, down


def decode_law_error(model: ModelSpec, constants: Constants) -> Estimate:
    """Error of E2, which grows with ln(P_tot/P_act), so that dense and sparse models meet. [1]"""
    sparsity = log(max(1.0, model.total_params_b.value / model.active_params_b.value))
    dense = constants["decode_law_error"]
    grow_down, grow_up = (constants[f"sparse_error_{side}"].value * sparsity for side in ("down", "up"))
    return Estimate(dense.low * exp(-grow_down), dense.value, dense.high * exp(grow_up))


def _add(up: Squares, down: Squares, name: str, costs: Iterable[int], one: float, other: float) -> None:
    """Add the squares of the log-ratios of some costs with a factor at its bounds: above the centre upward, below it downward."""
    rise, fall = max(one, other, 0.0) ** 2, min(one, other, 0.0) ** 2
    above, below = up.setdefault(name, [0.0] * 5), down.setdefault(name, [0.0] * 5)
    for at in costs:
        above[at] += rise
        below[at] += fall
