"""Number, name, text and unit of an equation stand where it is defined; documents and explanations are made from them."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeVar

from ecocli.core.quantity import Estimate

Function = TypeVar("Function", bound=Callable[..., Any])


class Equation(NamedTuple):
    """E.g. E7, "at the meter", "E_facility = E_it * PUE", Wh. Further lines of the text say what its symbols are."""

    number: str
    name: str
    text: str
    unit: str


EQUATIONS: dict[Callable[..., Any], Equation] = {}
"""Every equation of the methods that are loaded, by its function."""


def equation(number: str, name: str, text: str, unit: str, part: str = "") -> Callable[[Function], Function]:
    """
    Register a function as an equation and put the text into its docstring, below the sentence.

    Args:
        part: Which of several equations that share the number.
    """

    def register(function: Function) -> Function:
        EQUATIONS[function] = Equation(number, name, text, unit)
        sentence, gap, rest = (function.__doc__ or "").partition("\n\n")
        margin = sentence[: len(sentence) - len(sentence.lstrip())]
        shown = text.replace("\n", f"{margin}     ")
        function.__doc__ = f"{sentence}\n{margin}{number}{part}:  {shown}{gap}{rest}"
        return function

    return register


def step(function: Callable[..., Any], result: Estimate, symbols: Mapping[str, float], *scaled_by: str) -> dict[str, Any]:
    """
    One line of a worked call.

    Args:
        symbols: The value of each symbol in the equation's text.
        scaled_by: Symbols of factors that the result contains and the equation does not.
    """
    number, name, text, unit = EQUATIONS[function]
    text = " * ".join((right_side(text), *scaled_by))
    return {
        "number": number, "name": name, "equation": text, "numbers": with_numbers(text, symbols),
        "value": result.value, "low": result.low, "high": result.high, "unit": unit,
    }  # fmt: skip


def derived(number: str, name: str, text: str, value: float, unit: str, symbols: Mapping[str, float], form: str = ".6g") -> dict[str, Any]:
    """
    One line of a worked call that prepares an equation: `text` is a sum of symbols, whose result the equation takes.

    Args:
        number: Of the equation.
        name: The symbol that the equation has for it, and what that is.
        form: As for `with_numbers`.
    """
    return {
        "number": number, "name": name, "equation": text, "numbers": with_numbers(text, symbols, form),
        "value": value, "low": value, "high": value, "unit": unit,
    }  # fmt: skip


def right_side(text: str) -> str:
    """The right side of an equation's text: of "E_it = E_acc * host * idle" the product."""
    return text.partition("\n")[0].partition(" = ")[2]


def with_numbers(text: str, symbols: Mapping[str, float], form: str = ".6g") -> str:
    """
    The text with a number for each symbol; `form` gives enough digits to redo the sum, and no more.

    >>> with_numbers("E_it * PUE", {"E_it": 0.5, "PUE": 1.2})
    '0.5 * 1.2'
    """
    import re

    longest_first = sorted(map(re.escape, symbols), key=len, reverse=True)
    return re.sub(rf"(?<!\w)(?:{'|'.join(longest_first)})(?!\w)", lambda found: format(symbols[found[0]], form), text)
