"""The steps of one call as text: equation, numbers, result; then every factor with its source."""

from collections.abc import Mapping
from typing import Any

from ecocli.render.numbers import significant


def steps_text(explanation: Mapping[str, Any]) -> str:
    """All steps in order, then the factors."""
    steps = "\n\n".join(_step(step) for step in explanation["steps"])
    factors = "\n".join(_factor(factor) for factor in explanation["factors"])
    return f"Steps\n\n{steps}\n\nRanges: {explanation['rangeRule']}.\n\nFactors\n\n{factors}"


def _step(step: Mapping[str, Any]) -> str:
    low, value, high = (significant(step[name], 5) for name in ("low", "value", "high"))
    return f"{step['number']:<4} {step['name']}\n       {step['equation']}\n     = {step['numbers']}\n     = {value} {step['unit']}  ({low}–{high})"


def _factor(factor: Mapping[str, Any]) -> str:
    low, value, high = (significant(factor[name], 4) for name in ("low", "value", "high"))
    return f"{factor['name']}: {value} {factor['unit']} ({low}–{high})\n    {factor['basis']}, {factor['year']}: {factor['source']}"
