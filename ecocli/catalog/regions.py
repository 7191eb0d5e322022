"""Resolve a provider and a region to the site whose grid and cooling are used."""

from dataclasses import replace
from typing import Any

from ecocli.catalog.entries import Entries
from ecocli.catalog.region_lists import close_regions, provider_names, region_names, search_places, search_regions
from ecocli.catalog.region_spellings import display, normal, own_spellings, spellings, written
from ecocli.core.matches import SiteMatch
from ecocli.core.specs import SiteSpec
from ecocli.errors import UnknownRegion, quoted, shorten
from ecocli.util.valueclass import value_class

__all__ = ["normal", "normal_provider", "provider_names", "region_names", "resolve_site", "search_places", "search_regions"]

MOST_LIKELY = "aws"


def normal_provider(entries: Entries, name: str) -> str | None:
    """The catalogue's id of a provider, whatever the case, accents and punctuation; None when it is not known."""
    key = normal(name)
    return entries.get("provider-name", key) if key else None


def resolve_site(entries: Entries, provider: str | None, region: str | None, fallback: bool) -> SiteMatch:
    """
    Resolve the site of a call.

    A region code is looked up in the provider's own cloud, in the clouds that it rents from, then in any cloud;
    then countries, states, zones and geographies are tried, then cities. Without a region it is the provider's default.

    Args:
        provider: A provider or cloud, in any spelling; None when it is not known.
        region: A cloud region, country, state, zone, geography or city, in any spelling; None when it is not known.
        fallback: Use the provider's default for an unknown region, with a warning.

    Raises:
        UnknownRegion: The region is not known, and `fallback` is False.
    """
    served = _served(entries, provider)
    text = (region or "").strip()
    if not text or text.casefold() in _body(entries, "meta", "regions")["no_region"]:
        return _default(entries, served)
    found = _region(entries, served, text) or _place(entries, served, text)
    if found:
        return found
    if not fallback:
        raise UnknownRegion(text, [] if normal_provider(entries, text) else close_regions(entries, text, served.cloud[0]))
    default = _default(entries, served)
    warning = f"region {quoted(text)} is not known: {default.spec.region} is used"
    return replace(default, warnings=(*default.warnings, warning))


def _body(entries: Entries, kind: str, key: str) -> Any:
    """The body of an entry that exists because another entry refers to it."""
    return entries.get(kind, key)


@value_class(frozen=True, slots=True)
class _Served:
    """The provider that serves a call, as named in `written`; `body` is None when it is not known."""

    id: str
    written: str
    body: dict[str, Any] | None
    facility: dict[str, Any]
    warnings: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.body["name"] if self.body else self.id

    @property
    def cloud(self) -> tuple[str | None, str | None]:
        """The provider's own cloud, and the pattern of the zones of its regions."""
        return (self.body["cloud"], self.body["zone"]) if self.body else (None, None)

    @property
    def clouds(self) -> list[tuple[str, str]]:
        """(cloud, match) pairs in the order in which a region code is looked up."""
        if not self.body:
            return []
        own = [(self.body["cloud"], "EXACT_REGION")] if self.body["cloud"] else []
        return own + [(cloud, "EXACT_REGION_CLOUD_INFERRED") for cloud in self.body["hosts"]]


def _served(entries: Entries, provider: str | None) -> _Served:
    written = (provider or "").strip()
    key = normal_provider(entries, written)
    if key:
        body = _body(entries, "provider", key)
        notes = [*body["facility"]["notes"], *body["notes"]]
        return _Served(key, written, body, body["facility"] | {"notes": notes})
    facility = {"provider": written or "unknown"} | _body(entries, "facility", "generic")
    warnings = (f"provider {quoted(written)} is not known: average figures are used",) if written else ()
    return _Served(written or "unknown", written, None, facility, warnings)


def _default(entries: Entries, served: _Served) -> SiteMatch:
    if served.body is None or served.body["site"] is None:
        found = _at(served, _body(entries, "grid", "world"))
        return replace(found, match="USER_OVERRIDE") if served.body and served.body["own"] else found
    spec = SiteSpec.from_json(served.body["site"])
    match = "USER_OVERRIDE" if served.body["own"] else served.body["match"]
    spec = replace(spec, notes=(*spec.notes, *served.body["notes"]))
    return SiteMatch(spec, match, served.id, served.name, served.warnings)


def _at(served: _Served, grid: dict[str, Any]) -> SiteMatch:
    """The match of a place that is no cloud region, with PUE and on-site water of the provider."""
    match = "USER_OVERRIDE" if grid["own"] else grid["match"]
    provider = served.written if match == "GLOBAL_AVERAGE" and served.written else served.facility["provider"]
    notes = [*grid["site"].get("notes", ()), *served.facility["notes"]]
    spec = SiteSpec.from_json(served.facility | grid["site"] | {"provider": provider, "notes": notes})
    return SiteMatch(spec, match, served.id, served.name, served.warnings)


def _region(entries: Entries, served: _Served, text: str) -> SiteMatch | None:
    """Match a cloud region by its code or its display name."""
    code = written(text)
    if served.body and (label := served.body["labels"].get(code)):
        return _at(served, _body(entries, "grid", label))
    keys = _named(entries, code) if " " in code else None
    is_own_name = keys and any(key.startswith(f"{served.cloud[0]}/") for key in keys)
    if not is_own_name and (found := _own(entries, served, code)):
        return found
    keys = keys or next((keys for spelling in spellings(code) if (keys := entries.get("region-code", spelling))), None)
    return _choose(entries, served, keys, text) if keys else None


def _own(entries: Entries, served: _Served, code: str) -> SiteMatch | None:
    """Match a code in the provider's own cloud, or in the cloud named before it, as in "aws/us-east-1" and "AWS_US_EAST_1"."""
    cloud, zone = served.cloud
    named, separator, rest = code.partition("/" if "/" in code else "_")
    if separator:
        if body := entries.get("region", code):
            return _matched(served, body, "EXACT_REGION")
        named_cloud = _served(entries, named).cloud
        if named_cloud[0]:
            cloud, zone = named_cloud
            code = rest.replace("_", "-")
    for spelling in own_spellings(code, zone) if cloud and len(code) > len("US") else ():
        key = f"{cloud}/{spelling}"
        body = entries.get("region", key) or ((alias := entries.get("region-alias", key)) and _body(entries, "region", alias))
        if body:
            return _matched(served, body, "EXACT_REGION")
    return None


def _named(entries: Entries, name: str) -> list[str] | None:
    """Keys of the regions with this display name. Azure's is its code with spaces: "Canada Central" is not AWS's "Canada (Central)"."""
    return entries.get("region-code", name.replace(" ", "")) or entries.get("region-name", display(name))


def _choose(entries: Entries, served: _Served, keys: list[str], text: str) -> SiteMatch:
    """Decide between regions of the same code: that of the provider's clouds, else of the likeliest cloud."""
    for cloud, match in served.clouds:
        for key in keys:
            if key.startswith(f"{cloud}/"):
                return _found(entries, served, key, match)
    likely = sorted(keys, key=lambda key: not key.startswith(f"{MOST_LIKELY}/"))
    found, *rest = (_found(entries, served, key, "EXACT_REGION_CLOUD_INFERRED") for key in likely)
    # no warning where all are on the same grid
    elsewhere = [other.spec.provider for other in rest if other.spec.zone != found.spec.zone]
    if not elsewhere:
        return found
    warning = f"{shorten(text)} is a region of {found.spec.provider} and, elsewhere, of {', '.join(elsewhere)}: "
    return replace(found, warnings=(*found.warnings, f"{warning}{found.spec.provider}'s is used"))


def _found(entries: Entries, served: _Served, key: str, match: str) -> SiteMatch:
    return _matched(served, _body(entries, "region", key), match)


def _matched(served: _Served, region: dict[str, Any], match: str) -> SiteMatch:
    return SiteMatch(SiteSpec.from_json(region["site"]), "USER_OVERRIDE" if region["own"] else match, served.id, served.name, served.warnings)


def _place(entries: Entries, served: _Served, text: str) -> SiteMatch | None:
    """Match a country, state, zone or geography, else a city: the provider's own region there, else the grid that feeds it."""
    from ecocli.catalog.region_places import around_key, find_city, inner_key, place_key  # not needed for codes

    key = place_key(entries, text)
    if key is None and (city := find_city(entries, text, served.cloud[0])):
        if city.region:
            return _found(entries, served, city.region, "EXACT_REGION")
        key = city.grid
    key = key or inner_key(entries, text) or around_key(entries, text)
    return _said(entries, _at(served, _body(entries, "grid", key)), text) if key else None


def _said(entries: Entries, found: SiteMatch, text: str) -> SiteMatch:
    """The match of a place, with a warning where its name is also that of another one."""
    from ecocli.catalog.region_places import other_keys

    others = [_body(entries, "grid", key)["site"]["region"] for key in other_keys(entries, text)]
    if not others:
        return found
    warning = f"{shorten(text)} may mean {found.spec.region} or {' or '.join(others)}: {found.spec.region} is used"
    return replace(found, warnings=(*found.warnings, warning))
