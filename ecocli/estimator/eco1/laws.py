"""From a model's size to what one token costs at the accelerators: E1 to E4, fitted on measurements."""

from collections.abc import Mapping

from ecocli.core.factors import Factor
from ecocli.core.quantity import ONE, Estimate
from ecocli.core.specs import ModelSpec
from ecocli.estimator.equations import equation
from ecocli.estimator.numbers import FLOATS, Number, Numbers
from ecocli.estimator.plan import Row, TokenCosts

BITS_OF_THE_FIT, BITS_PER_BYTE, BYTES_PER_GB = 16.0, 8.0, 1e9
MS_PER_YEAR, YEAR_ZERO, HALF_A_YEAR = 365.25 * 86_400_000, 1970.0, 0.5
GENERATIONS = ("software", "ampere", "blackwell")
RANGED = ("prefill_coefficient", "prefill_doubling_position", "cached_read_ratio", "serving_configuration", "context_coefficient")
"""Constants whose ranges the costs of a token have."""
Triple = tuple[Number, Number, Number]
"""A number for each of GENERATIONS."""


@equation("E1", "a fresh prompt token", "e_p = c_p * bytes * P_act^(1-delta) * P_tot^delta", "J/token")
def prefill_energy(active_params_b: Estimate, total_params_b: Estimate, weight_bits: Estimate, coefficient: Estimate, sparsity: float) -> Estimate:
    """
    Reading one fresh prompt token at the start of a context.

    Sparse models pay for experts that are loaded and routed to; a dense one has P_tot = P_act, and
    nothing jumps in between.

    Args:
        active_params_b, total_params_b: Parameters. [10^9]
        weight_bits: Precision of the weights. [bit]
        coefficient: c_p, per byte of an active weight. [J/token/10^9/byte]
        sparsity: delta, 0 to 1. [1]

    Returns:
        Energy. [J/token]

    Sources:
        Fit on TensorRT-LLM throughput, METHODOLOGY.md

    >>> one = Estimate(1, 1, 1)
    >>> prefill_energy(one * 2, one * 2, one * 8, one * 3, 0.35).value
    6.0
    """
    size = active_params_b ** (1 - sparsity) * total_params_b**sparsity
    return coefficient * size * weight_bits / BITS_PER_BYTE


@equation("E1", "a cached prompt token", "e_c = r * e_p", "J/token", part=", read from the cache")
def cached_energy(prefill_energy: Estimate, ratio: Estimate) -> Estimate:
    """
    Reading one prompt token back from the cache.

    Args:
        prefill_energy: Reading it afresh, E1. [J/token]
        ratio: r, of reloading its keys and values over computing them. [1]

    Returns:
        Energy. [J/token]

    >>> cached_energy(Estimate(2, 2, 2), Estimate(0.25, 0.5, 1))
    Estimate(low=0.5, value=1.0, high=2)
    """
    return ratio * prefill_energy


@equation("E2", "a generated token", "e_d = (floor + c_d * P_act^alpha * (P_tot * (bits/16)^gamma)^beta) * serving", "J/token")
def decode_energy(
    active_params_b: Estimate, total_params_b: Estimate, weight_bits: Estimate,
    floor: Estimate, coefficient: float, alpha: float, beta: float, gamma: float, serving: Estimate,
) -> Estimate:  # fmt: skip
    """
    Writing one token with a short context, at the batch that an operator is likely to run.

    Args:
        active_params_b, total_params_b: Parameters. [10^9]
        weight_bits: Precision of the weights. [bit]
        floor, coefficient: Of a token, and c_d of 10^9 parameters at 16 bits. [J/token]
        alpha, beta, gamma: Exponents, fitted together with both, so that none has a range of its own here. [1]
        serving: Spread over batches and parallelism that an operator would choose, central 1. [1]

    Returns:
        Energy. [J/token]

    Sources:
        Fit on the ML.ENERGY benchmark, METHODOLOGY.md

    >>> one = Estimate(1, 1, 1)
    >>> decode_energy(one * 16, one * 16, one * 16, one * 2, 1, 0.25, 0.5, 0.5, one).value
    10.0
    """
    weight = total_params_b**beta * (weight_bits / BITS_OF_THE_FIT) ** (gamma * beta)
    sized = active_params_b**alpha * weight * coefficient
    return (sized + floor) * serving


@equation("E3", "a token of context per generated token", "k*kv = k * KV / 10^9", "J/token²")
def context_energy(kv_bytes_per_token: Estimate, coefficient: Estimate) -> Estimate:
    """
    Reading one more token of context while writing one token.

    Args:
        kv_bytes_per_token: Key-value cache that a token of context adds. [byte/token]
        coefficient: k, energy of reading cache. [J/GB]

    Returns:
        Energy. [J/token per token of context]

    >>> context_energy(Estimate(1e9, 1e9, 1e9), Estimate(1, 2, 4))
    Estimate(low=1.0, value=2.0, high=4.0)
    """
    return coefficient * (kv_bytes_per_token / BYTES_PER_GB)


@equation(
    "E4", "vintage of hardware and software",
    "v = software^s(t; t_s) * ampere^s(t; t_a) * blackwell^(1 - s(t; t_b))\ns(t; m) = 1 / (1 + exp((t - m) / tau))", "1",
)  # fmt: skip
def fleet_energy(ratios: Triple, shares: Triple) -> Number:
    """
    Hardware and software of the time, as a multiple of 2025's software on Hopper accelerators.

    Each ratio fades in or out along its own logistic curve, so no day differs noticeably from the next.

    Args:
        ratios: Energy of 2024's over 2025's software, of Ampere's over Hopper's accelerators, of Blackwell's over Hopper's. [1]
        shares: s of each of the three, see `older_shares`. [1]

    Returns:
        Factor on all accelerator energy. [1]

    Sources:
        Ratios fitted on the ML.ENERGY benchmark; the dates are assumptions, METHODOLOGY.md

    >>> fleet_energy((4, 2, 0.25), (0.5, 0, 0.5))
    1.0
    """
    (software, ampere, blackwell), (s, a, b) = ratios, shares
    return software**s * ampere**a * blackwell ** (1 - b)


def older_shares(at_ms: Number, constants: Mapping[str, Factor], shift_years: float = 0.0, numbers: Numbers = FLOATS) -> Triple:
    """
    How much of the fleet is still older than each of the three steps of E4: s(t; m). [1]

    Held still before the first and after the last year that anything is known of.
    """
    year = YEAR_ZERO + at_ms / MS_PER_YEAR + shift_years
    year = numbers.minimum(numbers.maximum(year, constants["vintage_first"].value), constants["vintage_last"].value)
    software, ampere, blackwell = (1 / (1 + numbers.exp((year - constants[f"{name}_middle"].value) / constants[f"{name}_span"].value)) for name in GENERATIONS)
    return software, ampere, blackwell


def vintage(at_ms: Number, constants: Mapping[str, Factor], numbers: Numbers = FLOATS) -> Estimate:
    """
    E4 at a time, or at many. Low and high take the ratios' bounds and a fleet that is half a year ahead or behind.

    Args:
        at_ms: When the call was made. [ms since 1970, UTC]
        constants: The three ratios [1], their middles and spans [year].
    """
    ratios = [constants[f"{name}_ratio"].estimate for name in GENERATIONS]
    low, value, high = zip(*((ratio.low, ratio.value, ratio.high) for ratio in ratios), strict=True)
    fleets = ((low, HALF_A_YEAR), (value, 0.0), (high, -HALF_A_YEAR))
    bounds: Estimate = numbers.estimate(*(fleet_energy(bound, older_shares(at_ms, constants, shift, numbers)) for bound, shift in fleets))
    return bounds


def token_costs(model: ModelSpec, constants: Mapping[str, Factor]) -> tuple[TokenCosts, dict[str, Row]]:
    """
    What one token costs a model on 2025's hardware and software, and which factors make it unsure.

    Returns:
        The five costs of E5 before E4 [J/token], and by the name of each factor its log-width in each of them.
    """
    active, total = model.active_params_b.estimate, model.total_params_b.estimate
    bits, kv = model.weight_bits.estimate, model.kv_bytes_per_token.estimate
    delta, floor = constants["prefill_sparsity"].value, Estimate.exactly(constants["decode_floor"].value)
    c_d, alpha, beta, gamma = (constants[f"decode_{name}"].value for name in ("coefficient", "active_exponent", "total_exponent", "bits_exponent"))
    c_p, doubling, ratio, serving, k = (constants[name].estimate for name in RANGED)
    prefill = prefill_energy(active, total, bits, c_p, delta)
    costs = TokenCosts(
        fresh=prefill,
        growth=prefill / doubling,
        cached=cached_energy(prefill, ratio),
        output=decode_energy(active, total, bits, floor, c_d, alpha, beta, gamma, serving),
        context=context_energy(kv, k),
    )
    size = (active ** (1 - delta) * total**delta * bits).width
    size_in_decoding = decode_energy(active, total, bits, floor, c_d, alpha, beta, gamma, ONE).width
    return costs, {
        "model size": (size, size, size, size_in_decoding, 0.0),
        "prefill law": (c_p.width, c_p.width, c_p.width, 0.0, 0.0),
        "attention growth": (0.0, doubling.width, 0.0, 0.0, 0.0),
        "cached read": (0.0, 0.0, ratio.width, 0.0, 0.0),
        "serving configuration": (0.0, 0.0, 0.0, serving.width, 0.0),
        "cache size": (0.0, 0.0, 0.0, 0.0, kv.width),
        "context law": (0.0, 0.0, 0.0, 0.0, k.width),
    }
