"""Resolve a provider and a region to the site whose grid and cooling are used."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from unicodedata import normalize

from ecocli.catalog.entries import Entries
from ecocli.catalog.region_lists import close_regions, provider_names, region_names, search_places, search_regions
from ecocli.core.matches import SiteMatch
from ecocli.core.specs import SiteSpec
from ecocli.errors import UnknownRegion, quoted, shorten
from ecocli.util.valueclass import value_class

__all__ = ["normal", "normal_provider", "provider_names", "region_names", "resolve_site", "search_places", "search_regions"]

MAX_LENGTH = 256
"""Longest string that the contract allows: a longer one is no name. [character]"""
AVAILABILITY_ZONE = r"(.+\d)-?[a-f]"
"""Matches AWS's us-east-1a and Google's us-central1-a; the group is the region."""
MOST_LIKELY = "aws"


def normal(name: str) -> str:
    """
    The letters and digits of `name`, in lower case and without accents; empty when it is too long.

    >>> normal("Côte d'Ivoire"), normal("x_ai"), normal("gcp.vertex_ai")
    ('cotedivoire', 'xai', 'gcpvertexai')
    """
    if len(name) > MAX_LENGTH:
        return ""
    return "".join(c for c in normalize("NFKD", name.casefold()) if c.isalnum())


def normal_provider(entries: Entries, name: str) -> str | None:
    """The catalogue's id of a provider, whatever the case, accents and punctuation; None when it is not known."""
    key = normal(name)
    return entries.get("provider-name", key) if key else None


def resolve_site(entries: Entries, provider: str | None, region: str | None, fallback: bool) -> SiteMatch:
    """
    Resolve the site of a call.

    A region code is looked up in the provider's own cloud, in the clouds that it rents from, then in any cloud;
    then countries, states, zones and geographies are tried. Without a region it is the provider's default.

    Args:
        provider: A provider or cloud, in any spelling; None when it is not known.
        region: A cloud region, country, state, zone or geography, in any spelling; None when it is not known.
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
        raise UnknownRegion(text, close_regions(entries, text))
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
    if served.body is None:
        return _at(served, _body(entries, "grid", "world"))
    spec = SiteSpec.from_json(served.body["site"])
    match = "USER_OVERRIDE" if served.body["own"] else served.body["match"]
    provider = served.written if match == "GLOBAL_AVERAGE" else spec.provider
    spec = replace(spec, provider=provider, notes=(*spec.notes, *served.body["notes"]))
    return SiteMatch(spec, match, served.id, served.name, served.warnings)


def _at(served: _Served, grid: dict[str, Any]) -> SiteMatch:
    """The match of a place that is no cloud region, with PUE and on-site water of the provider."""
    match = "USER_OVERRIDE" if grid["own"] else grid["match"]
    provider = served.written if match == "GLOBAL_AVERAGE" and served.written else served.facility["provider"]
    notes = [*grid["site"].get("notes", ()), *served.facility["notes"]]
    spec = SiteSpec.from_json(served.facility | grid["site"] | {"provider": provider, "notes": notes})
    return SiteMatch(spec, match, served.id, served.name, served.warnings)


def _written(text: str) -> str:
    """A code in lower case; empty when it cannot be one."""
    return text.casefold() if text.isprintable() and len(text) <= MAX_LENGTH else ""


def _region(entries: Entries, served: _Served, text: str) -> SiteMatch | None:
    """Match a cloud region by its code or its display name."""
    code = _written(text)
    if served.body and (label := served.body["labels"].get(code)):
        return _at(served, _body(entries, "grid", label))
    if entries.get("region", code):  # in the form "aws/us-east-1"
        return _found(entries, served, code, "EXACT_REGION")
    keys = next((keys for spelling in _spellings(code) if (keys := _keys(entries, spelling))), None)
    return _choose(entries, served, keys, text) if keys else None


def _spellings(code: str) -> Iterator[str]:
    """The code, an Azure display name without spaces, the region of an availability zone."""
    yield code
    if " " in code:
        yield code.replace(" ", "")
    if zone := re.fullmatch(AVAILABILITY_ZONE, code):
        yield zone[1]


def _keys(entries: Entries, code: str) -> list[str]:
    """Keys ("cloud/code") of the regions with this code or name."""
    if clouds := entries.get("region-code", code):
        return [f"{cloud}/{code}" for cloud in clouds]
    return entries.get("region-name", code) or []


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
    body = _body(entries, "region", key)
    return SiteMatch(SiteSpec.from_json(body["site"]), "USER_OVERRIDE" if body["own"] else match, served.id, served.name, served.warnings)


def _place(entries: Entries, served: _Served, text: str) -> SiteMatch | None:
    """Match a country, state, zone or geography by its code, or by its name in any spelling. Two letters are a country."""
    key = entries.get("place", _written(text)) or entries.get("place-name", normal(text))
    return _at(served, _body(entries, "grid", key)) if key else None
