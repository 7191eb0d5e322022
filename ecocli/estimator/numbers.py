"""The functions that equations of a call are written with, for floats here and for arrays in `arrays`, and the rule for products over them."""

from collections.abc import Callable, Iterable, Sequence
from math import exp, hypot
from typing import Any, NamedTuple

from ecocli.core.quantity import Estimate, log_ratio

Number = Any
"""A float, or an array with one for each call."""
Quantity = tuple[Number, Number, Number, Number, Number]
"""Low, value and high, and the log-widths below and above the value."""


class Numbers(NamedTuple):
    """The functions that equations need beside operators. None of them branches on a value that an array holds."""

    exp: Callable[[Number], Number]
    hypot: Callable[[Number, Number], Number]
    log_ratio: Callable[[Number, Number], Number]
    maximum: Callable[[Number, Number], Number]
    minimum: Callable[[Number, Number], Number]
    where: Callable[[Any, Number, Number], Number]
    """The second where the first holds, the third elsewhere."""
    argmax: Callable[[Sequence[Number]], Any]
    """Position of the greatest, the first of equals."""
    estimate: Callable[..., Any]
    """From low, value and high, and both log-widths where they are known."""


FLOATS = Numbers(exp, hypot, log_ratio, max, min, lambda holds, this, that: this if holds else that, lambda each: each.index(max(each)), Estimate)


def range_rules(numbers: Numbers) -> tuple[Callable[[Quantity, Iterable[Any]], Quantity], Callable[[Quantity, Iterable[Any]], list[Number]]]:
    """Products as `Estimate` has them: log-ratios add in squares, upward and downward apart."""
    exp, hypot, where = numbers.exp, numbers.hypot, numbers.where

    def scaled(quantity: Quantity, factors: Iterable[Any]) -> Quantity:
        """A quantity times independent estimates. A side that none of them widens keeps its last digit."""
        low, value, high, own_down, own_up = quantity
        down, up = own_down, own_up
        for factor in factors:
            low, value, high = low * factor.value, value * factor.value, high * factor.value
            down, up = hypot(down, factor.log_down), hypot(up, factor.log_up)
        return where(down > own_down, value * exp(-down), low), value, where(up > own_up, value * exp(up), high), down, up

    def products(quantity: Quantity, factors: Iterable[tuple[Number, Number, Number]]) -> list[Number]:
        """Low, value and high of the quantity itself, then of its product with each factor (value, log-widths down and up)."""
        low, value, high, down, up = quantity
        row = [low, value, high]
        for factor, factor_down, factor_up in factors:
            product = value * factor
            row += (product * exp(-hypot(down, factor_down)), product, product * exp(hypot(up, factor_up)))
        return row

    return scaled, products
