"""How a recomputation moves totals, as the contract's JSON."""

from typing import Any

from ecocli.analysis.recomputation import Change
from ecocli.core.quantity import Estimate


def body(change: Change, applied: bool) -> dict[str, Any]:
    """Each estimate as [low, value, high]."""
    unsupported = {"unsupported": change.unsupported} if change.unsupported else {}
    return {
        "calls": change.calls,
        "changed": change.changed,
        **unsupported,
        "applied": applied,
        "energyWh": {"before": _bounds(change.energy_before_wh), "after": _bounds(change.energy_after_wh)},
        "co2Grams": {"before": _bounds(change.co2_before_g), "after": _bounds(change.co2_after_g)},
    }


def _bounds(estimate: Estimate) -> list[float]:
    return [estimate.low, estimate.value, estimate.high]
