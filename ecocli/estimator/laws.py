"""From a model's size to what one token costs at the accelerators: E1 to E4, fitted on measurements."""

from collections.abc import Mapping
from math import exp

from ecocli.estimator.energy import BYTES_PER_GB, TokenCosts
from ecocli.factors import Factor
from ecocli.quantity import Estimate
from ecocli.specs import ModelSpec

BITS_OF_THE_FIT = 16.0
BITS_PER_BYTE = 8.0
MS_PER_YEAR = 365.25 * 86_400_000
YEAR_ZERO = 1970.0
Widths = tuple[tuple[tuple[str, float], ...], ...]


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
    active_params_b: Estimate,
    total_params_b: Estimate,
    weight_bits: Estimate,
    coefficient: Estimate,
    active_exponent: float,
    total_exponent: float,
    bits_exponent: float,
) -> Estimate:
    """
    Writing one token with a short context, at the batch that an operator is likely to run.

    E2:  e_d = c_d * P_act^alpha * (P_tot * (bits / 16)^gamma)^beta

    Args:
        active_params_b, total_params_b: Parameters. [10^9]
        weight_bits: Precision of the weights. [bit]
        coefficient: c_d of a model with 10^9 parameters at 16 bits. [J/token]
        active_exponent, total_exponent, bits_exponent: alpha, beta, gamma. [1]

    Returns:
        Energy. [J/token]

    Sources:
        Fit on the ML.ENERGY benchmark, METHODOLOGY.md

    >>> one = Estimate(1, 1, 1)
    >>> decode_energy(one * 16, one * 16, one * 16, one, 0.25, 0.5, 0.5).value
    8.0
    """
    weight = total_params_b**total_exponent * (weight_bits / BITS_OF_THE_FIT) ** (bits_exponent * total_exponent)
    return coefficient * active_params_b**active_exponent * weight


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

    Args:
        at_ms: When the call was made. [ms since 1970, UTC]
        constants: The three ratios [1], their middles and spans [year].

    Returns:
        Factor on all accelerator energy. [1]

    Sources:
        Ratios fitted on the ML.ENERGY benchmark; the dates are assumptions, METHODOLOGY.md
    """
    year = YEAR_ZERO + at_ms / MS_PER_YEAR
    year = min(max(year, constants["vintage_first"].value), constants["vintage_last"].value)

    def before(name: str) -> float:
        return 1 / (1 + exp((year - constants[f"{name}_middle"].value) / constants[f"{name}_span"].value))

    software = constants["software_ratio"].estimate ** before("software")
    ampere = constants["ampere_ratio"].estimate ** before("ampere")
    blackwell = constants["blackwell_ratio"].estimate ** (1 - before("blackwell"))
    return software * ampere * blackwell


def token_costs(model: ModelSpec, constants: Mapping[str, Factor], at_ms: int) -> tuple[TokenCosts, Widths]:
    """
    What one token costs a model at a time, and which factors make each cost unsure.

    Returns:
        The five costs of E5 with the vintage worked in [J/token], and per cost the names and
        log-widths of its factors.
    """
    active, total = model.active_params_b.estimate, model.total_params_b.estimate
    bits, kv = model.weight_bits.estimate, model.kv_bytes_per_token.estimate
    age = vintage(at_ms, constants)
    delta = constants["prefill_sparsity"].value
    alpha, beta, gamma = (constants[f"decode_{name}_exponent"].value for name in ("active", "total", "bits"))
    c_p, c_d, k = (constants[name].estimate for name in ("prefill_coefficient", "decode_coefficient", "context_coefficient"))
    doubling, ratio = constants["prefill_doubling_position"].estimate, constants["cached_read_ratio"].estimate
    prefill = prefill_energy(active, total, bits, c_p, delta) * age
    costs = TokenCosts(
        fresh=prefill,
        growth=prefill / doubling,
        cached=ratio * prefill,
        output=decode_energy(active, total, bits, c_d, alpha, beta, gamma) * age,
        context=context_energy(kv, k) * age,
        reference_context=constants["reference_context"].value,
    )
    size = ("model size", active ** (1 - delta) * total**delta * bits)
    own = (
        (size, ("prefill law", c_p)),
        (size, ("prefill law", c_p), ("attention growth", doubling)),
        (size, ("prefill law", c_p), ("cached read", ratio)),
        (("model size", active**alpha * total**beta * bits ** (beta * gamma)), ("serving configuration", c_d)),
        (("cache size", kv), ("context law", k)),
    )
    return costs, tuple(_widths(*factors, ("vintage", age)) for factors in own)


def _widths(*factors: tuple[str, Estimate]) -> tuple[tuple[str, float], ...]:
    return tuple((name, estimate.log_up + estimate.log_down) for name, estimate in factors)
