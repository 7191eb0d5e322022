"""Hidden reasoning: tokens that a page or a proxy does not see, told from the wait. E14 and E15."""

from ecocli.core.quantity import Estimate

MS_PER_S = 1000.0


def decode_rate(active_params_b: float, at_50b: Estimate, exponent: float) -> Estimate:
    """
    Speed at which a served model writes.

    E14:  rate = rate_50 * (P_act / 50)^exponent

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


def hidden_reasoning_tokens(
    wait_ms: float, fresh_tokens: float, queue_s: Estimate, prefill_rate: Estimate, rate: Estimate, cap: float
) -> Estimate:
    """
    Tokens generated before the first visible one.

    E15:  N_reason = min(cap, max(0, TTFT - (queue + N_fresh / prefill_rate)) * rate)

    The wait is evidence for tokens and not energy itself: a queue would look like work, which is why
    the lower bound takes the longest plausible queue.

    Args:
        wait_ms: First token's time minus the start's. [ms]
        fresh_tokens: Prompt tokens that had to be read. [token]
        queue_s: Network, queue and start-up. [s]
        prefill_rate: Speed of reading the prompt. [token/s]
        rate: Speed of writing, E14. [token/s]
        cap: What fits into the model's context. [token]

    Returns:
        Reasoning tokens; all zero when the wait needs no explanation. [token]

    >>> wait = Estimate(1, 1, 1)
    >>> hidden_reasoning_tokens(11_000, 0, wait, wait, Estimate(50, 100, 200), 1e6)
    Estimate(low=500.0, value=1000.0, high=2000.0)
    """

    def bound(queue: float, prefill: float, speed: float) -> float:
        unexplained_s = wait_ms / MS_PER_S - (queue + fresh_tokens / prefill)
        return min(cap, max(0.0, unexplained_s) * speed)

    return Estimate(
        bound(queue_s.high, prefill_rate.low, rate.low),
        bound(queue_s.value, prefill_rate.value, rate.value),
        bound(queue_s.low, prefill_rate.high, rate.high),
    )
