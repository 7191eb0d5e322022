"""
The computation of one call as text: equation, numbers and result of each step, then every factor with its source.

Names may come from another machine, so control characters are shown as escapes.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ecocli.core.numbers import factor_number, significant
from ecocli.errors import plain

WIDEST, WIDEST_TITLE = 5, "widest factors"
"""How many factors of the range are named, and the header above them."""
NO_STEPS = "This eco does not have the method's equations."


def steps_text(explanation: Mapping[str, Any]) -> str:
    """Format an explanation of ecocli/analysis/explanation.py."""
    steps = "\n\n".join(_step(step) for step in explanation["steps"])
    factors = "\n".join(_factor(factor) for factor in explanation["factors"])
    ranges = "\n".join([f"Ranges: {explanation['rangeRule']}.", *_shares(explanation.get("rangeShares", ()))])
    return f"Steps\n\n{steps or NO_STEPS}\n\n{ranges}\n\nFactors\n\n{factors}"


def _shares(shares: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """A table of the factors that most of the energy's range is from."""
    if not shares:
        return
    shown = shares[:WIDEST]
    width = max(len(WIDEST_TITLE), *(len(share["factor"]) for share in shown))
    yield f"{WIDEST_TITLE:<{width}}   down     up"
    yield from (f"{plain(share['factor']):<{width}}  {share['downward']:>4.0%}   {share['upward']:>4.0%}" for share in shown)


def _step(step: Mapping[str, Any]) -> str:
    low, value, high = (significant(step[name], 5) for name in ("low", "value", "high"))
    number, name, equation, numbers, unit = (plain(str(step[key])) for key in ("number", "name", "equation", "numbers", "unit"))
    return f"{number:<4} {name}\n       {equation}\n     = {numbers}\n     = {value} {unit}  ({low}–{high})"


def _factor(factor: Mapping[str, Any]) -> str:
    low, value, high = (factor_number(factor[name]) for name in ("low", "value", "high"))
    name, unit, basis, year, source = (plain(str(factor[key])) for key in ("name", "unit", "basis", "year", "source"))
    return f"{name}: {value} {unit} ({low}–{high})\n    {basis}, {year}: {source}"
