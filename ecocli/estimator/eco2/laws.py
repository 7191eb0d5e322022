"""
The equations of eco-2, from a model's size and the batch to what one token costs at the accelerators.

They use only + - * / and **, so that they take floats and arrays alike. Energies are joules at the accelerators of a Hopper GPU with the
software of late 2025; sizes are billions of parameters, W is GB of weights.
"""

from collections.abc import Callable, Mapping

from ecocli.estimator.equations import equation
from ecocli.estimator.numbers import FLOATS, Number, Numbers

Values = Mapping[str, Number]
"""The constants of eco-2 by name, or those of one call among many as arrays."""
HALVINGS = 40


@equation("E1", "a fresh prompt token", "e_p = c_p * a^theta * P_act^(1-delta) * P_tot^delta * g_c", "J/token")
def prefill_energy(active_b: Number, total_b: Number, arithmetic_bytes: Number, compute: Number, values: Values) -> Number:
    """
    Reading one fresh prompt token at the start of a context, boards busy.

    Args:
        active_b, total_b: Parameters that reading uses, and all that are stored. [10^9]
        arithmetic_bytes: a, bytes of the numbers that are multiplied. [byte]
        compute: g_c, energy of arithmetic on this accelerator over Hopper's. [1]
        values: prefill_coefficient c_p, bytes_exponent theta, prefill_sparsity delta.

    Returns:
        Energy. [J/token]

    Sources:
        Fit: docs/eco-2-study.md; delta is eco-1's

    >>> prefill_energy(4.0, 16.0, 2.0, 0.5, {"prefill_coefficient": 3.0, "bytes_exponent": 2.0, "prefill_sparsity": 0.5})
    48.0
    """
    delta = values["prefill_sparsity"]
    size = active_b ** (1 - delta) * total_b**delta
    return values["prefill_coefficient"] * arithmetic_bytes ** values["bytes_exponent"] * size * compute


@equation("E1", "a cached prompt token", "e_c = r * e_p", "J/token", part=", read from the cache")
def cached_energy(prefill_energy: Number, ratio: Number) -> Number:
    """
    Reading one prompt token back from the cache.

    Args:
        prefill_energy: Reading it afresh, E1. [J/token]
        ratio: r, of reloading its keys and values over computing them. [1]

    Returns:
        Energy. [J/token]

    >>> cached_energy(2.0, 0.5)
    1.0
    """
    return ratio * prefill_energy


@equation("E1a", "prefill that waits", "load = 1 + ell / (C + offset)", "1")
def prefill_waiting(concurrency: Number, waiting: Number, offset: Number) -> Number:
    """
    Factor on prefill for boards that wait between prompts, where the concurrency is stated.

    Args:
        concurrency: C, requests in flight per copy of the weights. [1]
        waiting: ell, 0 where one set of boards both reads and writes. [1]
        offset: Bounds the waiting at one request in flight. [1]

    Returns:
        Factor. [1]

    Sources:
        Judgment on DeepSeek-V4-Pro's prefill rows: docs/eco-2-study.md

    >>> prefill_waiting(4, 10, 16)
    1.5
    """
    return 1 + waiting / (concurrency + offset)


@equation(
    "E2", "a generated token",
    "e_d = ((floor + (omega*W*touch + sigma*W + step) / B) * g_m + chi * c_p * a^theta * P_act^(1-delta) * P_tot^delta * g_c)", "J/token",
)  # fmt: skip
def decode_energy(touched: Number, reading_j: Number, waiting_j: Number, batch: Number, floor: Number, memory: Number, arithmetic_j: Number) -> Number:
    """
    Writing one token, its context apart, with B sequences at once.

    omega*W*touch reads weights. sigma*W are boards that wait, in proportion to the weights that they hold; step is what any
    model's step costs. The rest is arithmetic: small matrices take chi times what a prompt's take, by E1 with the
    parameters that writing uses.

    Args:
        touched: touch, share of the stored weights that a step reads, E2a. [1]
        reading_j: omega*W, reading all stored weights once. [J]
        waiting_j: sigma*W + step. [J]
        batch: B, sequences that decode at once per copy of the weights, at least 1. [1]
        floor: What every token costs. [J]
        memory: g_m, energy of reading memory on this accelerator over Hopper's. [1]
        arithmetic_j: chi times E1. [J]

    Returns:
        Energy. [J/token]

    Sources:
        Fit: docs/eco-2-study.md

    >>> decode_energy(0.25, 4.0, 6.0, 1.0, 1.0, 2.0, 480.0)
    496.0
    """
    return (floor + (reading_j * touched + waiting_j) / batch) * memory + arithmetic_j


@equation("E2a", "weights that a step reads", "touch = 1 - (1 - P_act/P_tot)^B", "1")
def touch(active_share: Number, batch: Number) -> Number:
    """
    Share of the stored weights that one decoding step reads; all of them in a dense model.

    Args:
        active_share: P_act/P_tot. [1]
        batch: B, sequences that decode at once. [1]

    Returns:
        Share. [1]

    Sources:
        Derived: each sequence picks its experts independently and uniformly

    >>> touch(0.25, 2.0)
    0.4375
    """
    return 1 - (1 - active_share) ** batch


def batch_equation(numbers: Numbers) -> Callable[..., Number]:
    """`decoding_at_once`, over floats or over arrays."""
    maximum, where = numbers.maximum, numbers.where

    @equation("E2b", "sequences that decode at once", "B = 1 + (C - 1) * D(B) / (D(B) + P)", "1")
    def decoding_at_once(concurrency: Number, prefill_j: Number, decode_j: Callable[[Number], Number]) -> Number:
        """
        How many of C requests in flight decode at once, per copy of the weights.

        D and P, a request's energy of decoding and of prefill, stand for the times that it spends in either. D falls with B,
        so there is one root, which bisection finds. One request in flight is one sequence: B(1) = 1.

        Args:
            concurrency: C; below 1 counts as 1. [1]
            prefill_j: P. [J]
            decode_j: D, of a batch; above 0. [J]

        Returns:
            Batch. [1]

        Sources:
            Little's law

        >>> round(decoding_at_once(5, 30.0, lambda batch: 10.0), 9)
        2.0
        """
        at_most = maximum(1.0, concurrency)
        low, high = at_most * 0.0 + 1.0, at_most
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            decode = decode_j(middle)
            below = 1 + (at_most - 1) * decode / (decode + prefill_j) > middle
            low, high = where(below, middle, low), where(below, high, middle)
        return (low + high) / 2

    return decoding_at_once


@equation("E3", "a token of context per generated token", "k*kv = k * KV / 10^9 * g_m", "J/token²")
def context_energy(kv_bytes_per_token: Number, coefficient: Number, memory: Number) -> Number:
    """
    Reading one token of context while writing one: from the first token on, since E2 holds no context.

    Args:
        kv_bytes_per_token: KV, key-value cache that a token of context adds. [byte/token]
        coefficient: k, energy of reading cache. [J/GB]
        memory: g_m, as in E2. [1]

    Returns:
        Energy. [J/token per token of context]

    Sources:
        Fit: docs/eco-2-study.md

    >>> context_energy(0.5e9, 2.0, 3.0)
    3.0
    """
    return coefficient * (kv_bytes_per_token / 1e9) * memory


@equation("E6a", "power of a board", "u = u_1 + u_rise * n / (n + n_half)", "1")
def board_power(at_once: Number, one: Number, rise: Number, half: Number) -> Number:
    """
    Power of an accelerator board over its rating while n requests are in flight.

    Args:
        at_once: n, requests in flight per copy of the weights where they are stated, else the batch B. [1]
        one, rise: u_1 and u_rise: nearly that of one request, and what more a full batch draws. [1]
        half: n_half, the requests that draw half of the rise. [1]

    Returns:
        Power over rating. [1]

    Sources:
        Judgment on DeepSeek-V4-Pro's watts: docs/eco-2-study.md

    >>> board_power(20, 0.5, 0.25, 20)
    0.625
    """
    return one + rise * at_once / (at_once + half)


@equation("E6b", "server over accelerators", "host = 1 + h / u", "1")
def host_factor(host_share: Number, power: Number) -> Number:
    """
    Power of a server over that of its accelerators: what is no accelerator draws the same whatever the boards do.

    Args:
        host_share: h, power of all that is no accelerator over the boards' rating. [1]
        power: u, E6a. [1]

    Returns:
        Factor. [1]

    Sources:
        See the constant host_share

    >>> host_factor(0.25, 0.5)
    1.5
    """
    return 1 + host_share / power


decoding_at_once = batch_equation(FLOATS)
