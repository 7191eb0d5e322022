"""The hour of a call on its grid: what is known of it from the catalogue, and what an imported hour makes of a result."""

from collections.abc import Mapping
from typing import Any

from ecocli.catalog.entries import Entries
from ecocli.core.factors import Factor
from ecocli.core.hosting import OWN
from ecocli.core.matches import SiteMatch
from ecocli.estimator.grid_time import ANNUAL, PROFILE, GridTime
from ecocli.pipeline.serving import Serving

EXACT = ("EXACT_REGION", "EXACT_REGION_CLOUD_INFERRED")
"""Matches of a region: its grid zone is that of the site."""
ZONES = ("EXACT_ZONE", "COUNTRY")
"""Matches of a place, which is where an own machine stands."""
ANY_ZONE = "*"


def grid_zone(site: SiteMatch, served: Serving) -> str | None:
    """The zone whose hours are the call's; None where the site is only likely, or a mean of places."""
    if site.match in EXACT:
        return site.spec.zone
    if site.match in ZONES and served.hosting == OWN:
        return site.spec.zone or site.spec.region  # a country that is one zone goes by its code
    return None


def known_time(catalog: Entries, zone: str | None) -> GridTime:
    """What the catalogue knows of the hours of a zone: a profile, the width of its hours, or that of any zone's."""
    body: Mapping[str, Any] = (zone and catalog.get("hours", zone)) or catalog.get("hours", ANY_ZONE) or {}
    if profile := body.get("profile"):
        return GridTime(PROFILE, Factor.from_json(profile["hour"]), tuple(map(tuple, profile["months"])), zone)
    return GridTime(ANNUAL, Factor.from_json(body["hour"]))
