"""
The computation of one call as text: equation, numbers and result of each step, then every factor with its source.

Names may come from another machine, so control characters are shown as escapes.
"""

from collections.abc import Mapping
from typing import Any

from ecocli.core.numbers import factor_number, significant
from ecocli.errors import plain


def steps_text(explanation: Mapping[str, Any]) -> str:
    """Format an explanation of ecocli/analysis/explanation.py."""
    steps = "\n\n".join(_step(step) for step in explanation["steps"])
    factors = "\n".join(_factor(factor) for factor in explanation["factors"])
    return f"Steps\n\n{steps}\n\nRanges: {explanation['rangeRule']}.\n\nFactors\n\n{factors}"


def _step(step: Mapping[str, Any]) -> str:
    low, value, high = (significant(step[name], 5) for name in ("low", "value", "high"))
    number, name, equation, numbers, unit = (plain(str(step[key])) for key in ("number", "name", "equation", "numbers", "unit"))
    return f"{number:<4} {name}\n       {equation}\n     = {numbers}\n     = {value} {unit}  ({low}–{high})"


def _factor(factor: Mapping[str, Any]) -> str:
    low, value, high = (factor_number(factor[name]) for name in ("low", "value", "high"))
    name, unit, basis, year, source = (plain(str(factor[key])) for key in ("name", "unit", "basis", "year", "source"))
    return f"{name}: {value} {unit} ({low}–{high})\n    {basis}, {year}: {source}"
