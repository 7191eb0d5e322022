"""From a model's size to what one token costs at the accelerators: E1 to E4, fitted on measurements."""

from collections.abc import Mapping
from math import exp, prod

from ecocli.core.factors import Factor
from ecocli.core.quantity import ONE, Estimate
from ecocli.core.specs import ModelSpec
from ecocli.estimator.energy import BYTES_PER_GB, TokenCosts
from ecocli.util.valueclass import value_class

BITS_OF_THE_FIT = 16.0
BITS_PER_BYTE = 8.0
MS_PER_YEAR = 365.25 * 86_400_000
YEAR_ZERO = 1970.0
HALF_A_YEAR = 0.5
GENERATIONS = ("software", "ampere", "blackwell")
Widths = tuple[tuple[tuple[str, float], ...], ...]


@value_class(frozen=True, slots=True)
class DecodeLaw:
    """
    Constants of E2: floor [J/token], coefficient c_d of 10^9 parameters at 16 bits [J/token], and the
    exponents alpha, beta and gamma [1]. They were fitted together, so none has a range of its own here.
    """

    floor: float
    coefficient: float
    alpha: float
    beta: float
    gamma: float

    @classmethod
    def of(cls, constants: Mapping[str, Factor]) -> "DecodeLaw":
        names = ("floor", "coefficient", "active_exponent", "total_exponent", "bits_exponent")
        return cls(*(constants[f"decode_{name}"].value for name in names))


def prefill_energy(
    active_params_b: Estimate, total_params_b: Estimate, weight_bits: Estimate, coefficient: Estimate, sparsity: float
) -> Estimate:
    """
    Reading one fresh prompt token at the start of a context.

    E1:  e_p = c_p * bytes * P_act^(1 - delta) * P_tot^delta

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


def decode_energy(
    active_params_b: Estimate, total_params_b: Estimate, weight_bits: Estimate, law: DecodeLaw, serving: Estimate
) -> Estimate:
    """
    Writing one token with a short context, at the batch that an operator is likely to run.

    E2:  e_d = (floor + c_d * P_act^alpha * (P_tot * (bits / 16)^gamma)^beta) * serving

    Args:
        active_params_b, total_params_b: Parameters. [10^9]
        weight_bits: Precision of the weights. [bit]
        law: The fitted constants.
        serving: Spread over batches and parallelism that an operator would choose, central 1. [1]

    Returns:
        Energy. [J/token]

    Sources:
        Fit on the ML.ENERGY benchmark, METHODOLOGY.md

    >>> one = Estimate(1, 1, 1)
    >>> decode_energy(one * 16, one * 16, one * 16, DecodeLaw(2, 1, 0.25, 0.5, 0.5), one).value
    10.0
    """
    weight = total_params_b**law.beta * (weight_bits / BITS_OF_THE_FIT) ** (law.gamma * law.beta)
    sized = active_params_b**law.alpha * weight * law.coefficient
    return (sized + Estimate.exactly(law.floor)) * serving


def context_energy(kv_bytes_per_token: Estimate, coefficient: Estimate) -> Estimate:
    """
    Reading one more token of context while writing one token.

    E3:  k * kv = k * KV bytes / 10^9

    Args:
        kv_bytes_per_token: Key-value cache that a token of context adds. [byte/token]
        coefficient: k, energy of reading cache. [J/GB]

    Returns:
        Energy. [J/token per token of context]

    >>> context_energy(Estimate(1e9, 1e9, 1e9), Estimate(1, 2, 4))
    Estimate(low=1.0, value=2.0, high=4.0)
    """
    return coefficient * (kv_bytes_per_token / BYTES_PER_GB)


def vintage(at_ms: int, constants: Mapping[str, Factor]) -> Estimate:
    """
    Hardware and software of the time, as a multiple of 2025's software on Hopper accelerators.

    E4:  v = software^s(t; t_s) * ampere^s(t; t_a) * blackwell^(1 - s(t; t_b))
         s(t; m) = 1 / (1 + exp((t - m) / tau))

    Each ratio fades in or out along its own logistic curve, so no day differs noticeably from the next.
    Low and high take the ratios' bounds and a fleet that is half a year ahead or behind.

    Args:
        at_ms: When the call was made. [ms since 1970, UTC]
        constants: The three ratios [1], their middles and spans [year].

    Returns:
        Factor on all accelerator energy. [1]

    Sources:
        Ratios fitted on the ML.ENERGY benchmark; the dates are assumptions, METHODOLOGY.md
    """
    ratios = [constants[f"{name}_ratio"].estimate for name in GENERATIONS]
    bounds = ((ratio.low for ratio in ratios), (ratio.value for ratio in ratios), (ratio.high for ratio in ratios))
    shifts = (HALF_A_YEAR, 0.0, -HALF_A_YEAR)
    return Estimate(
        *(prod(map(pow, bound, exponents(at_ms, constants, shift))) for shift, bound in zip(shifts, bounds, strict=True))
    )


def exponents(at_ms: int, constants: Mapping[str, Factor], shift_years: float = 0.0) -> tuple[float, float, float]:
    """
    How much of each ratio of E4 counts at a time: s of software and ampere, 1 - s of blackwell. [1]

    Held still before the first and after the last year that anything is known of.
    """
    year = YEAR_ZERO + at_ms / MS_PER_YEAR + shift_years
    year = min(max(year, constants["vintage_first"].value), constants["vintage_last"].value)
    software, ampere, blackwell = (
        1 / (1 + exp((year - constants[f"{name}_middle"].value) / constants[f"{name}_span"].value)) for name in GENERATIONS
    )
    return software, ampere, 1 - blackwell


def token_costs(model: ModelSpec, constants: Mapping[str, Factor]) -> tuple[TokenCosts, Widths]:
    """
    What one token costs a model on 2025's hardware and software, and which factors make each cost unsure.

    Returns:
        The five costs of E5 before E4 [J/token], and per cost the names and log-widths of its factors.
    """
    active, total = model.active_params_b.estimate, model.total_params_b.estimate
    bits, kv = model.weight_bits.estimate, model.kv_bytes_per_token.estimate
    delta = constants["prefill_sparsity"].value
    law, serving = DecodeLaw.of(constants), constants["serving_configuration"].estimate
    c_p, k = constants["prefill_coefficient"].estimate, constants["context_coefficient"].estimate
    doubling, ratio = constants["prefill_doubling_position"].estimate, constants["cached_read_ratio"].estimate
    prefill = prefill_energy(active, total, bits, c_p, delta)
    costs = TokenCosts(
        fresh=prefill,
        growth=prefill / doubling,
        cached=ratio * prefill,
        output=decode_energy(active, total, bits, law, serving),
        context=context_energy(kv, k),
        reference_context=constants["reference_context"].value,
    )
    size = ("model size", active ** (1 - delta) * total**delta * bits)
    own = (
        (size, ("prefill law", c_p)),
        (size, ("prefill law", c_p), ("attention growth", doubling)),
        (size, ("prefill law", c_p), ("cached read", ratio)),
        (("model size", decode_energy(active, total, bits, law, ONE)), ("serving configuration", serving)),
        (("cache size", kv), ("context law", k)),
    )
    return costs, tuple(tuple((name, estimate.width) for name, estimate in factors) for factors in own)


def aged(costs: TokenCosts, age: Estimate) -> TokenCosts:
    """The same costs with the hardware and software of a time, E4 [1]."""
    fresh, growth, cached, output, context = (cost * age for cost in costs.each())
    return TokenCosts(fresh, growth, cached, output, context, costs.reference_context)
