"""Compile what is known of the hours of grids."""

from collections.abc import Iterator
from typing import Any

from ecocli.catalog.entries import Entry
from ecocli.catalog.hours import ANY_ZONE
from ecocli.catalog.schema_places import HourSpread
from ecocli.catalog.schema_regions import RegionCatalog
from ecocli.core.factors import Factor


def hours_of_grids(catalog: RegionCatalog) -> Iterator[Entry]:
    """An entry for any zone, and one for each zone that has a width or a profile of its own."""
    hours = catalog.hours
    yield Entry("hours", ANY_ZONE, {"hour": _factor(catalog, hours.any)})
    for zone in sorted(hours.zones.keys() | catalog.hour_profiles.keys()):
        body: dict[str, Any] = {"hour": _factor(catalog, hours.zones.get(zone, hours.any))}
        if profile := catalog.hour_profiles.get(zone):
            around = hours.profiles.get(zone, hours.any)  # of which nothing better is known, so that a profile does not narrow it
            body["profile"] = {"hour": _factor(catalog, around, profile.source), "months": profile.months}
        yield Entry("hours", zone, body)


def _factor(catalog: RegionCatalog, spread: HourSpread, shape: str | None = None) -> dict[str, Any]:
    source = catalog.sources[spread.source].citation
    if shape:
        source = f"{catalog.sources[shape].citation}; its range: {source}"
    return Factor(1.0, spread.low, spread.high, "1", source, spread.year, "derived").to_json()
