"""The part of a grid's lifecycle emissions that comes from burning fuel, where the same source year and place have both factors."""

from collections.abc import Mapping
from typing import Any

ANNUAL = "annual"
REPORTED = "reported"
NO_DIRECT = "no factor of combustion is known for the place"
OTHER_YEAR = "the factors of combustion and of the life cycle are of different years"
MEAN = "the place is a mean over several sites or grids"
HOURLY = "the life cycle's factor is that of an hour, the one of combustion that of a year"
LARGER = "the factor of combustion, from another source, is the larger one"
SMALL_GAP = 1.0
"""A share of combustion from this on says that two sources disagree, not that nothing is upstream. [1]"""


def share(basis: Mapping[str, Any]) -> tuple[float | None, str | None]:
    """
    (combustion's share of the lifecycle factor, None), or (None, why it cannot be told). [1]

    Combustion is scope 2; the rest is upstream: extraction and transport of fuels, and building and closing plants.
    """
    site = basis["site"]
    whole, direct = site["intensity_g_per_kwh"], site.get("direct_intensity_g_per_kwh")
    if (basis.get("grid") or {}).get("time", ANNUAL) != ANNUAL:
        return None, HOURLY
    if not direct:
        return None, NO_DIRECT
    if REPORTED not in (whole["basis"], direct["basis"]) or whole["basis"] != direct["basis"]:
        return None, MEAN
    if whole["year"] != direct["year"]:
        return None, OTHER_YEAR
    if not whole["value"] or direct["value"] / whole["value"] >= SMALL_GAP:
        return None, LARGER
    return direct["value"] / whole["value"], None
