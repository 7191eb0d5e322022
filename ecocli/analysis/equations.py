"""The equations of a method, in the order of their numbers."""

import re
from collections.abc import Iterable

from ecocli.estimator import figures, site, waiting
from ecocli.estimator.equations import EQUATIONS, Equation
from ecocli.estimator.methods import PACKAGES, package

OWN = {"eco-1": (".laws",), "eco-2": (".laws", ".fleet", ".wall")}
"""The modules of each method that have equations."""
SHARED = tuple(module.__name__ for module in (figures, site, waiting))
NUMBER = re.compile(r"E(\d+)(\w*)")


def of_method(method: str) -> list[Equation]:
    """Its own and those that all methods share; none of a method that this program does not have."""
    if method not in PACKAGES:
        return []
    modules = {*SHARED, *(package(method, module).__name__ for module in OWN[method])}
    return in_order(equation for function, equation in EQUATIONS.items() if function.__module__ in modules)


def in_one_line(equation: Equation) -> str:
    """Its text; lines that say what its symbols are stand behind it."""
    return equation.text.replace("\n", "; ")


def in_order(equations: Iterable[Equation]) -> list[Equation]:
    """
    By number, each once.

    >>> [each.number for each in in_order([Equation("E10", "", "", ""), Equation("E2b", "", "", ""), Equation("E2", "", "", "")])]
    ['E2', 'E2b', 'E10']
    """
    def key(equation: Equation) -> tuple[int, str]:
        number, part = NUMBER.fullmatch(equation.number).groups()  # type: ignore[union-attr]  # every number is like this
        return int(number), part

    return sorted(dict.fromkeys(equations), key=key)
