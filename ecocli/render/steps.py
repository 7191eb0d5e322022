"""
The computation of one call as text: equation, numbers and result of each step, then every factor with its source.

Names may come from another machine, so control characters are shown as escapes.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ecocli.core.numbers import factor_number
from ecocli.errors import plain

WIDEST, WIDEST_TITLE = 5, "widest factors"
"""How many factors of the range are named, and the header above them."""
MEAN_UNITS = {"intensity_g_per_kwh": "gCO2e/kWh", "wue_source_l_per_kwh": "L/kWh"}
CHANGED = "The catalogue has changed since: these sites do not make the figures that the call was computed with."
NO_STEPS = "This eco does not have the method's equations."


def steps_text(explanation: Mapping[str, Any]) -> str:
    """Format an explanation of ecocli/analysis/explanation.py."""
    steps = "\n\n".join(_step(step) for step in explanation["steps"])
    factors = "\n".join(_factor(factor) for factor in explanation["factors"])
    ranges = "\n".join([f"Ranges: {explanation['rangeRule']}.", *_shares(explanation.get("rangeShares", ()))])
    inputs = "\n".join(_input(each) for each in explanation.get("inputs", ()))
    call = f"The call, which began {explanation['began']}\n\n{inputs}\n\n" if inputs else ""
    mean = "\n".join(_mean(explanation["mean"])) + "\n\n" if explanation.get("mean") else ""
    return f"{call}{mean}Steps\n\n{steps or NO_STEPS}\n\n{ranges}\n\nFactors\n\n{factors}"


def _mean(mean: Mapping[str, Any]) -> Iterator[str]:
    """The sites of a mean, and the sums that make it of them."""
    yield from ("The sites of the mean", "")
    for site in mean["sites"]:
        figures = [f"weight {exact(site['weight'])}"]
        figures += [f"{exact(site[name])} {unit}" for name, unit in MEAN_UNITS.items() if name in site]
        yield f"{plain(site['site'])} ({plain(site['name'])}, grid {plain(site['zone'])}): {', '.join(figures)}"
    if not mean["isOfThen"]:
        yield CHANGED
    yield from ("", "\n\n".join(map(_step, mean["steps"])))


def _input(each: Mapping[str, Any]) -> str:
    unit = "" if each["unit"] == "1" else f" {each['unit']}"
    return f"{each['name']}: {exact(each['value'])}{unit}"


def exact(value: float) -> str:
    """Ten digits, as long sums need them: a count of tokens whole."""
    return factor_number(value, 10)


def _shares(shares: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """A table of the factors that most of the energy's range is from."""
    if not shares:
        return
    shown = shares[:WIDEST]
    width = max(len(WIDEST_TITLE), *(len(share["factor"]) for share in shown))
    yield f"{WIDEST_TITLE:<{width}}   down     up"
    yield from (f"{plain(share['factor']):<{width}}  {share['downward']:>4.0%}   {share['upward']:>4.0%}" for share in shown)


def _step(step: Mapping[str, Any]) -> str:
    low, value, high = (factor_number(step[name]) for name in ("low", "value", "high"))
    number, name, equation, numbers, unit = (plain(str(step[key])) for key in ("number", "name", "equation", "numbers", "unit"))
    result = exact(step["value"]) if low == high else value
    amount = result if unit == "1" else f"{result} {unit}"
    spread = "" if low == high else f"  ({low}–{high})"
    return f"{number:<4} {name}\n       {equation}\n     = {numbers}\n     = {amount}{spread}"


def _factor(factor: Mapping[str, Any]) -> str:
    low, value, high = (factor_number(factor[name]) for name in ("low", "value", "high"))
    name, unit, basis, year, source = (plain(str(factor[key])) for key in ("name", "unit", "basis", "year", "source"))
    return f"{name}: {value} {unit} ({low}–{high})\n    {basis}, {year}: {source}"
