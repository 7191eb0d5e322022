"""The hours of a call's grid, as far as the catalogue knows them."""

from ecocli.catalog.entries import Entries
from ecocli.catalog.hours import hours_of
from ecocli.core.factors import Factor
from ecocli.core.hosting import OWN
from ecocli.core.matches import SiteMatch
from ecocli.estimator.grid_time import ANNUAL, PROFILE, GridTime
from ecocli.pipeline.serving import Serving

EXACT = ("EXACT_REGION", "EXACT_REGION_CLOUD_INFERRED")
"""Matches of a region: its grid zone is that of the site."""
ZONES = ("EXACT_ZONE", "COUNTRY")
"""Matches of a place where an own machine stands."""


def grid_zone(site: SiteMatch, served: Serving) -> str | None:
    """The zone whose hours are the call's; None where the site is only likely, or a mean of places."""
    if site.match in EXACT:
        return site.spec.zone
    if site.match in ZONES and served.hosting == OWN:
        return site.spec.zone or site.spec.region  # a country that is one zone goes by its code
    return None


def known_time(catalog: Entries, zone: str | None) -> GridTime:
    """A profile where the zone has one, else the mean of the year with the width of an hour."""
    body = hours_of(catalog, zone)
    if profile := body.get("profile"):
        return GridTime(PROFILE, Factor.from_json(profile["hour"]), tuple(map(tuple, profile["months"])), zone)
    return GridTime(ANNUAL, Factor.from_json(body["hour"]))
