"""Regions and providers of the catalogue for lists, completion and suggestions."""

from difflib import get_close_matches
from typing import Any

from ecocli.catalog.entries import Entries

MAX_COMPARED = 40
"""Length of an unknown name that is compared, since the time grows with its square. [character]"""


def region_names(entries: Entries, prefix: str = "") -> list[str]:
    """Completions of `prefix`: codes of cloud regions, then of other places."""
    start = prefix.casefold()
    if not start.isprintable():
        return []
    places = (key.partition("/")[2] or key for key in entries.keys("grid"))
    return entries.keys("region-code", start) + sorted({p for p in places if p.casefold().startswith(start)})


def provider_names(entries: Entries, prefix: str = "") -> list[str]:
    """Completions of `prefix`: ids of providers."""
    return entries.keys("provider", prefix.casefold()) if prefix.isprintable() else []


def search_regions(entries: Entries, text: str = "", cloud: str | None = None) -> list[dict[str, Any]]:
    """Bodies of the cloud regions, of one cloud or of all, whose code, name, country or zone contains `text`."""
    wanted = text.casefold()
    bodies = (body for _, body in entries.all("region") if cloud in (None, body["cloud"]))
    return [body for body in bodies if wanted in _searchable(body)]


def search_places(entries: Entries, text: str = "") -> list[dict[str, Any]]:
    """Bodies, with their key, of the countries, states, zones and geographies whose code or name contains `text`."""
    wanted = text.casefold()
    found = ({"key": key, **body} for key, body in entries.all("grid"))
    return [place for place in found if wanted in f"{place['key']} {place['name']}".casefold()]


def close_regions(entries: Entries, text: str, cloud: str | None) -> list[str]:
    """Up to three codes similar to an unknown one: of the asking cloud, of the large clouds, and of other places."""
    written = text.casefold()[:MAX_COMPARED]
    about: dict[str, Any] = entries.get("meta", "regions") or {"minor": []}
    minor = tuple(f"{name}/" for name in about["minor"])
    large = [code for code, keys in entries.all("region-code") if not keys[0].startswith(minor)]
    own = [key.partition("/")[2] for key in entries.keys("region", f"{cloud}/")] if cloud else []
    return get_close_matches(written, dict.fromkeys([*own, *large, *entries.keys("place")]), n=3, cutoff=0.7)


def _searchable(body: dict[str, Any]) -> str:
    words = (body["cloud"], body["code"], body["name"], body["country"], body["country_name"], body["zone"])
    return " ".join(words).casefold()
