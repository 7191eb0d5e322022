"""Energy at the accelerators: E1 to E5. Every function is per model; only E5 sees the tokens of a call."""

from dataclasses import field

from ecocli.estimator.tokens import Tokens
from ecocli.quantity import Estimate
from ecocli.values import value_class

J_PER_WH = 3600.0
BYTES_PER_GB = 1e9
Row = tuple[float, float, float, float, float]
"""A number for each of the five costs."""
Rows = tuple[Row, Row, Row]


@value_class(frozen=True, slots=True)
class TokenCosts:
    """
    What one token costs a model at the accelerators. Two of the five grow with the tokens before it.

    fresh [J/token], growth [J/token per token of position], cached [J/token], output [J/token],
    context [J/token per token of context beyond reference_context].
    """

    fresh: Estimate
    growth: Estimate
    cached: Estimate
    output: Estimate
    context: Estimate
    reference_context: float
    _bounds: Rows | None = field(default=None, compare=False, repr=False)

    @property
    def bounds(self) -> Rows:
        """All that is low, all central values, all that is high; in the order of `each`."""
        if self._bounds is None:  # kept: each call of a plan asks
            rows = zip(*((cost.low, cost.value, cost.high) for cost in self.each()), strict=True)
            object.__setattr__(self, "_bounds", tuple(rows))
        return self._bounds  # type: ignore[return-value]  # set by now

    def each(self) -> tuple[Estimate, Estimate, Estimate, Estimate, Estimate]:
        return self.fresh, self.growth, self.cached, self.output, self.context

    def amounts(self, tokens: Tokens) -> Row:
        """How much of each cost a call has, in the order of `each`."""
        context = tokens.mean_context(self.reference_context)
        return tokens.fresh, tokens.fresh * tokens.mean_position, tokens.cached, tokens.output, tokens.output * context

    def central(self, tokens: Tokens) -> Row:
        """Central energy of a call by cost, in the order of `each`. [J]"""
        fresh, growth, cached, output, context = self.amounts(tokens)
        p, g, r, d, c = self.bounds[1]
        return p * fresh, g * growth, r * cached, d * output, c * context


def accelerator_energy(tokens: Tokens, costs: TokenCosts) -> Estimate:
    """
    Energy of one call at the accelerators.

    E5:  E_acc = N_fresh*e_p*(1 + pos/L0) + N_cached*r*e_p + N_out*(e_d + k*kv*ctx)

    The terms share the model's size and its servers, so their bounds add.

    Args:
        tokens: The call, E0. [token]
        costs: What one token costs, E1 to E4. [J/token]

    Returns:
        Energy at the accelerators. [Wh]

    >>> one, none = Estimate(1, 2, 4), Estimate(0, 0, 0)
    >>> accelerator_energy(Tokens(3600, 0, 0), TokenCosts(one, none, none, none, none, 500))
    Estimate(low=1.0, value=2.0, high=4.0)
    """
    fresh, growth, cached, output, context = costs.amounts(tokens)
    low, value, high = [
        (p * fresh + g * growth + r * cached + d * output + c * context) / J_PER_WH for p, g, r, d, c in costs.bounds
    ]
    return Estimate(low, value, high)
