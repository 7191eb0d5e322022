"""Size of one token of context in the key-value cache, where some layers look back over a window only."""

from collections.abc import Sequence

from ecocli.core.quantity import Estimate

USUAL_TOKENS, SHORT_TOKENS = 8192, 2048
"""Contexts over which a window is spread for the central figure and for the upper bound, as everywhere in the catalogue."""
CACHE_BYTES = 2
"""Of a number in the cache; a cache in 8 bits is the lower bound."""


def bytes_per_token(numbers: Sequence[int], windows: Sequence[int | None], context_tokens: int | None) -> Estimate:
    """
    Mean size of a token of context over all layers. [bytes/token]

    Args:
        numbers: That each layer keeps of a token in its reach.
        windows: How many tokens each layer looks back; None for all of them.
        context_tokens: The longest context, None where that is not known.

    >>> bytes_per_token([1024, 1024], [None, None], None)
    Estimate(low=2048.0, value=4096.0, high=4096.0)
    """

    def mean(tokens: float) -> float:
        return sum(CACHE_BYTES * number * (1.0 if window is None else min(1.0, window / tokens)) for number, window in zip(numbers, windows, strict=True))

    longest = max(context_tokens or USUAL_TOKENS, SHORT_TOKENS)
    usual = min(longest, USUAL_TOKENS)
    in_full = sum(CACHE_BYTES * number for number, window in zip(numbers, windows, strict=True) if window is None)
    low = (in_full or mean(longest)) / 2
    return Estimate(float(low), float(mean(usual)), float(mean(min(usual, SHORT_TOKENS))))


def described(kind: str, windows: Sequence[int | None]) -> str:
    """In words, such as `GQA` or `30 of 36 layers with a window of 1024, GQA`."""
    narrow = [window for window in windows if window is not None]
    return f"{len(narrow)} of {len(windows)} layers with a window of {min(narrow)}, {kind}" if narrow else kind
