"""Energy at the accelerators: E1 to E5. Every function is per model; only E5 sees the tokens of a call."""

from dataclasses import field

from ecocli.core.quantity import Estimate
from ecocli.estimator.tokens import Row, Tokens
from ecocli.util.valueclass import value_class

J_PER_WH = 3600.0
BYTES_PER_GB = 1e9
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
    bounds: Rows = field(init=False, compare=False, repr=False)
    """All that is low, all central values, all that is high; in the order of `each`."""

    def __post_init__(self) -> None:
        low, value, high = zip(*((cost.low, cost.value, cost.high) for cost in self.each()), strict=True)
        object.__setattr__(self, "bounds", (low, value, high))

    def each(self) -> tuple[Estimate, Estimate, Estimate, Estimate, Estimate]:
        return self.fresh, self.growth, self.cached, self.output, self.context


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
    return Estimate(*energy_bounds(tokens.amounts(costs.reference_context), costs.bounds))


def energy_bounds(amounts: Row, bounds: Rows) -> tuple[float, float, float]:
    """E5 in numbers: low, value and high of a call that has these amounts of each cost. [Wh]"""
    fresh, growth, cached, output, context = amounts
    (p, g, r, d, c), (p1, g1, r1, d1, c1), (p2, g2, r2, d2, c2) = bounds
    return (
        (p * fresh + g * growth + r * cached + d * output + c * context) / J_PER_WH,
        (p1 * fresh + g1 * growth + r1 * cached + d1 * output + c1 * context) / J_PER_WH,
        (p2 * fresh + g2 * growth + r2 * cached + d2 * output + c2 * context) / J_PER_WH,
    )
