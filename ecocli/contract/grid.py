"""Imported hours of grid intensity as the contract's JSON."""

from typing import Any

from ecocli.core.dates import iso
from ecocli.store.grid import Added, Held

HOUR_MS = 3_600_000


def added(found: Added, layout: str, source: str) -> dict[str, Any]:
    """An import of one zone."""
    return {
        "zone": found.zone,
        "layout": layout,
        "source": source,
        "hours": found.hours,
        "new": found.new,
        "replaced": found.replaced,
        "firstHour": iso(found.first_hour * HOUR_MS),
        "lastHour": iso(found.last_hour * HOUR_MS),
    }


def held(found: Held) -> dict[str, Any]:
    """Hours of one zone from one source."""
    return {
        "zone": found.zone,
        "layout": found.origin.layout,
        "source": found.origin.source,
        "basis": found.origin.basis,
        "hours": found.hours,
        "firstHour": iso(found.first_hour * HOUR_MS),
        "lastHour": iso(found.last_hour * HOUR_MS),
        "meanGramsPerKwh": found.mean_g_per_kwh,
        "importedAt": iso(found.imported_at_ms),
    }
