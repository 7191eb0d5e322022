"""How a recomputation moves totals, as the contract's JSON."""

from collections.abc import Mapping
from typing import Any

from ecocli.analysis.methods import in_order, is_provisional
from ecocli.analysis.recomputation import Change, Totals
from ecocli.core.quantity import Estimate


def body(change: Change, applied: bool) -> dict[str, Any]:
    """Each estimate as [low, value, high]."""
    unsupported = {"unsupported": change.unsupported} if change.unsupported else {}
    return {
        "calls": change.calls,
        "changed": change.changed,
        "hourly": change.hourly,
        **unsupported,
        "applied": applied,
        "energyWh": {"before": _bounds(change.before.energy_wh), "after": _bounds(change.after.energy_wh)},
        "co2Grams": {"before": _bounds(change.before.co2_g), "after": _bounds(change.after.co2_g)},
        "methods": {"before": _by_method(change.before_by_method), "after": _by_method(change.after_by_method)},
    }


def _by_method(found: Mapping[str, Totals]) -> list[dict[str, Any]]:
    """Totals of each method, older methods first; one is provisional while its constants may still move."""
    return [
        {
            "method": method,
            "calls": found[method].calls,
            "energyWh": _bounds(found[method].energy_wh),
            "co2Grams": _bounds(found[method].co2_g),
            "provisional": is_provisional(method),
        }
        for method in in_order(found)
    ]


def _bounds(estimate: Estimate) -> list[float]:
    return [estimate.low, estimate.value, estimate.high]
