"""How fast a model writes, E14, and how much hidden reasoning the wait for the first token stands for, E15."""

from collections.abc import Callable
from typing import Any

from ecocli.core.quantity import Estimate
from ecocli.estimator.equations import equation
from ecocli.estimator.numbers import FLOATS, Number, Numbers

MS_PER_S = 1000.0


@equation("E14", "speed of writing", "rate = rate_50 * (P_act / 50)^exponent", "token/s")
def decode_rate(active_params_b: float, at_50b: Estimate, exponent: float) -> Estimate:
    """
    Speed at which a served model writes.

    Args:
        active_params_b: Active parameters. [10^9]
        at_50b: Speed of a model with 50 billion active parameters. [token/s]
        exponent: How the speed follows the size, below 0. [1]

    Returns:
        Speed. [token/s]

    >>> decode_rate(50, Estimate(20, 60, 120), -0.3)
    Estimate(low=20.0, value=60.0, high=120.0)
    """
    ratio: float = (active_params_b / 50.0) ** exponent
    return at_50b * ratio


def waiting_equation(numbers: Numbers) -> Callable[..., Any]:
    """`hidden_reasoning_tokens`, over floats or over arrays."""
    maximum, minimum = numbers.maximum, numbers.minimum

    @equation("E15", "hidden reasoning", "N_reason = min(room, max(0, TTFT - (queue + N_fresh / prefill_rate)) * rate)", "token")
    def hidden_reasoning_tokens(wait_ms: Number, fresh: Number, queue_s: Number, prefill_rate: Number, rate: Number, room: Number) -> Number:
        """
        Tokens generated before the first visible one.

        The wait is evidence for tokens and not energy itself: a queue would look like work, which is why
        the lower bound takes the longest plausible queue.

        Args:
            wait_ms: First token's time minus the start's. [ms]
            fresh: Prompt tokens that had to be read. [token]
            queue_s: Network, queue and start-up. [s]
            prefill_rate: Speed of reading the prompt. [token/s]
            rate: Speed of writing, E14. [token/s]
            room: What fits into the model's context. [token]

        Returns:
            Reasoning tokens; 0 when the wait needs no explanation. [token]

        >>> hidden_reasoning_tokens(11_000, 0, 1, 1, 100, 1e6)
        1000.0
        """
        return minimum(room, maximum(0.0, wait_ms / MS_PER_S - (queue_s + fresh / prefill_rate)) * rate)

    return hidden_reasoning_tokens


hidden_reasoning_tokens = waiting_equation(FLOATS)
