"""The tokens of one call as the energy equation counts them."""

from typing import NamedTuple

Row = tuple[float, float, float, float, float]
"""A number for each of the five costs of `TokenCosts`."""


class Tokens(NamedTuple):
    """
    Token counts of one call. [token]

    fresh: prompt tokens that were computed, cache writes included; cached: prompt tokens read from the
    cache; output: every generated token, hidden reasoning included.
    """

    fresh: float
    cached: float
    output: float

    @property
    def mean_position(self) -> float:
        """Mean position of a fresh prompt token, the cached ones standing before it. [token]"""
        return self.cached + self.fresh / 2

    def mean_context(self, reference: float) -> float:
        """Mean context while decoding, beyond the `reference` that the decode law contains already. [token]"""
        beyond = self.cached + self.fresh + self.output / 2 - reference
        return beyond if beyond > 0 else 0.0

    def amounts(self, reference: float) -> Row:
        """How much of each cost the call has, in the order of `TokenCosts.each`."""
        fresh, cached, output = self
        return fresh, fresh * self.mean_position, cached, output, output * self.mean_context(reference)


def split(input_tokens: int, cached_tokens: int | None, output_tokens: float) -> Tokens:
    """
    Reported counts as the equation needs them.

    E0:  N_fresh = prompt - cached reads

    >>> split(100, 20, 5)
    Tokens(fresh=80, cached=20, output=5)
    """
    cached = cached_tokens or 0
    return Tokens(input_tokens - cached, cached, output_tokens)
