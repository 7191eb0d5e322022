"""Blocks of five hours as the contract's JSON."""

from collections.abc import Mapping
from datetime import tzinfo
from typing import Any

from ecocli.analysis.blocks import Block, Use, burn_rate, projection
from ecocli.contract.summary import RANGE, cost_figures, figures
from ecocli.core.dates import iso
from ecocli.core.quantity import Estimate
from ecocli.core.zones import zone_name

NAMES = {"energyWh": "facility_energy_wh", "co2Grams": "co2_g", "waterMl": "water_ml"}
"""Of a rate and a projection, to the names of figures."""


def body(blocks: list[Block], now_ms: int, tz: tzinfo) -> dict[str, Any]:
    """All of them, as they are at a moment."""
    return {"status": "success", "timeZone": zone_name(tz), "data": [row(block, now_ms) for block in blocks], "range": RANGE}


def row(block: Block, now_ms: int) -> dict[str, Any]:
    """One block. Its rate is null for a single moment, its projection where it runs no longer or has no rate."""
    rate, at_end = burn_rate(block), projection(block, now_ms)
    return {
        "start": iso(block.start_ms),
        "end": iso(block.end_ms),
        "firstCall": iso(block.first_ms),
        "lastCall": iso(block.last_ms),
        "isActive": block.is_active(now_ms),
        "models": list(block.models),
        "tokens": block.tokens,
        **figures(block.sum),
        **cost_figures(block.cost),
        "burnRate": rate and _use(rate, "PerMinute"),
        "projection": at_end and {"minutesLeft": block.minutes_left(now_ms), **_use(at_end, "")},
    }


def _use(use: Use, suffix: str) -> dict[str, Any]:
    found: Mapping[str, Estimate] = {f"{name}{suffix}": use.figures[figure] for name, figure in NAMES.items()}
    money = {} if use.usd is None else {f"costUsd{suffix}": use.usd}
    ranges = {name: [estimate.low, estimate.high] for name, estimate in found.items()}
    return {f"tokens{suffix}": use.tokens, **{name: estimate.value for name, estimate in found.items()}, **money, "range": ranges}
