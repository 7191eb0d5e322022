"""The regions and providers that the catalogue knows: for lists, completion and suggestions."""

from difflib import get_close_matches
from typing import Any

from ecocli.catalog.entries import Entries

COMPARED = 40
"""Characters of an unknown name that are compared: comparing costs their square."""


def region_names(entries: Entries, prefix: str = "") -> list[str]:
    """Codes that start with `prefix`, cloud regions first: what a user may type as a region."""
    start = prefix.casefold()
    if not start.isprintable():
        return []
    places = (key.partition("/")[2] or key for key in entries.keys("grid"))
    return entries.keys("region-code", start) + sorted({p for p in places if p.casefold().startswith(start)})


def provider_names(entries: Entries, prefix: str = "") -> list[str]:
    """Ids of the providers that start with `prefix`."""
    return entries.keys("provider", prefix.casefold()) if prefix.isprintable() else []


def search_regions(entries: Entries, text: str = "", cloud: str | None = None) -> list[dict[str, Any]]:
    """Cloud regions whose code, name, country or zone contains `text`, of one cloud or of all."""
    wanted = text.casefold()
    bodies = (body for _, body in entries.all("region") if cloud in (None, body["cloud"]))
    return [body for body in bodies if wanted in _searchable(body)]


def search_places(entries: Entries, text: str = "") -> list[dict[str, Any]]:
    """Countries, states, zones, subregions and geographies whose code or name contains `text`."""
    wanted = text.casefold()
    found = ({"key": key, **body} for key, body in entries.all("grid"))
    return [place for place in found if wanted in f"{place['key']} {place['name']}".casefold()]


def close_regions(entries: Entries, text: str) -> list[str]:
    """Up to three names that look like an unknown one."""
    written = text.casefold()[:COMPARED]
    known = entries.keys("region-code") + entries.keys("place")
    return get_close_matches(written, known, n=3, cutoff=0.7)


def _searchable(body: dict[str, Any]) -> str:
    words = (body["cloud"], body["code"], body["name"], body["country"], body["country_name"], body["zone"])
    return " ".join(words).casefold()
