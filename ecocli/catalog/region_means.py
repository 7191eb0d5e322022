"""Look up any place that an audit names, and the sites behind a mean."""

from dataclasses import replace
from typing import Any

from ecocli.catalog.entries import Entries
from ecocli.catalog.region_spellings import written
from ecocli.catalog.regions import resolve_site
from ecocli.core.matches import SiteMatch
from ecocli.errors import UnknownRegion

MEANS = ("GEO_AVERAGE", "PROVIDER_DEFAULT_MIX", "PROVIDER_DEFAULT_COUNTRY", "CLOUD_AVERAGE")
"""Matches of places that may be a mean over several sites."""


def look_up(entries: Entries, provider: str | None, text: str) -> SiteMatch:
    """
    A place by any name that an audit gives it.

    Those are the names that a call may give, the means that providers default to ("us-openai", "aws"),
    and the short codes of clouds ("gra"), which a call only gives together with its provider.

    Raises:
        UnknownRegion: No place has this name.
    """
    try:
        return resolve_site(entries, provider, text, False)
    except UnknownRegion:
        found = _mean(entries, provider, written(text.strip())) or _short_code(entries, written(text.strip()))
        if found is None:
            raise
        return found


def sites_behind(entries: Entries, found: SiteMatch) -> list[dict[str, Any]]:
    """
    The sites of a mean, the heaviest first: each with its grid zone, weight and share, and what it counts with.

    Where the carbon intensity is a figure of its own, and the water alone a mean, sites have no intensity.
    Empty for a single place.
    """
    return sites_of(entries, found.match, found.spec.region)


def sites_of(entries: Entries, match: str, region: str) -> list[dict[str, Any]]:
    """As `sites_behind`, of a place by the name that an audit gives it, and how it was found."""
    mean = entries.get("mean", region.casefold()) if match in MEANS else None
    if mean is None:
        return []
    whole = sum(weight for _, _, weight in mean["sites"])
    sites = [_site(entries, key, zone, mean["water_only"]) | {"weight": weight, "share": weight / whole} for key, zone, weight in mean["sites"]]
    return sorted(sites, key=lambda site: -site["weight"])


def _mean(entries: Entries, provider: str | None, name: str) -> SiteMatch | None:
    """The default of the provider that is asked for, else of the first one, where it is the mean of this name."""
    mean = entries.get("mean", name)
    for candidate in (provider, mean["provider"]) if mean else ():
        if candidate and (found := resolve_site(entries, candidate, None, False)).spec.region == name:
            return found
    return None


def _short_code(entries: Entries, code: str) -> SiteMatch | None:
    """The region of the first cloud that has this code, with a warning where others have it too."""
    found = [resolve_site(entries, None, key, False) for key in entries.keys("region") if key.partition("/")[2] == code]
    if len(found) < 2:
        return found[0] if found else None
    others = ", ".join(each.spec.provider for each in found[1:])
    warning = f"{code} is a region of {found[0].spec.provider} and of {others}: {found[0].spec.provider}'s is shown"
    return replace(found[0], warnings=(*found[0].warnings, warning))


def _site(entries: Entries, key: str, zone: str, water_only: bool) -> dict[str, Any]:
    """A site as its mean counts it: a subregion has the intensity of its zone. [gCO2e/kWh, L/kWh]"""
    region = entries.get("region", key)
    body: Any = region or entries.get("grid", key)
    grid: Any = region or entries.get("grid", f"zone/{zone}")
    carbon = {} if water_only else {"intensity_g_per_kwh": grid["site"]["intensity_g_per_kwh"]["value"]}
    water = {"wue_source_l_per_kwh": body["site"]["wue_source_l_per_kwh"]["value"]}
    return {"site": key.removeprefix("egrid/"), "name": body["name"], "zone": zone} | carbon | water
