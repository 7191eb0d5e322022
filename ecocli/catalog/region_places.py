"""Cities and provinces by name: whose region is there, and which grid feeds them."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from ecocli.catalog.entries import Entries
from ecocli.catalog.region_spellings import normal, written


class City(NamedTuple):
    """A city; `region` is the key ("cloud/code") of the asking cloud's region there, None when it has none."""

    region: str | None
    grid: str
    """Key of the grid that feeds it."""


def find_city(entries: Entries, text: str, cloud: str | None) -> City | None:
    """
    The city that `text` names, alone or with what it lies in.

    Args:
        text: As in "Frankfurt", "Frankfurt, Germany" or "Germany (Frankfurt)".
        cloud: The cloud that serves; None when it is not known.
    """
    for name, around in _readings(text):
        body = entries.get("city", normal(name)) if name else None
        if body and _lies_in(entries, body, around):
            return City(body["regions"].get(cloud), body["grid"])
    return None


def place_key(entries: Entries, text: str) -> str | None:
    """
    Key of the grid of a country, state, province, zone or geography, None when `text` names none.

    A code counts as written, a name in any spelling; two letters are a country.
    """
    return entries.get("place", written(text)) or entries.get("place-name", normal(text))


def other_keys(entries: Entries, text: str) -> list[str]:
    """Keys of the places in other countries that have the same name: the state, for "Georgia"."""
    return entries.get("place-also", normal(text)) or []


def inner_key(entries: Entries, text: str) -> str | None:
    """Key of the place that `text` begins with, in the larger one that follows: the state, for "Georgia, USA"."""
    name, comma, around = text.partition(",")
    country = _country(entries, place_key(entries, around.strip())) if comma else None
    keys = [place_key(entries, name), *other_keys(entries, name)]
    return next((key for key in keys if country and key and _country(entries, key) == country), None)


def around_key(entries: Entries, text: str) -> str | None:
    """
    Key of the larger place that `text` ends with: "Lyon, France" is in France, though nobody listed Lyon.

    A name or two letters that are both a country and a US state say neither: "Springfield, IL" is not in Israel.
    """
    _, comma, last = text.rpartition(",")
    key = place_key(entries, last.strip()) if comma else None
    if key and other_keys(entries, last):
        return None
    if key and key.startswith("country/") and entries.get("place", f"us-{written(last.strip())}"):
        return None
    return key


def _readings(text: str) -> Iterator[tuple[str, str]]:
    """(name, what it lies in) pairs: the whole text, the part before a comma, the part in brackets."""
    yield text, ""
    name, comma, around = text.partition(",")
    if comma:
        yield name, around.rpartition(",")[2].strip()
    if found := re.fullmatch(r"([^()]*)\(([^()]+)\)\s*", text):
        yield found[2], ""


def _lies_in(entries: Entries, city: dict[str, Any], around: str) -> bool:
    """True when nothing is said of what it lies in, or that is its country, or its state in the United States."""
    if not around or city["state"] == f"US-{around.upper()}":
        return True
    key = place_key(entries, around)
    return key is not None and any(_holds(entries, each, city) for each in (key, *other_keys(entries, around)))


def _holds(entries: Entries, key: str, city: dict[str, Any]) -> bool:
    if key.startswith("state/"):
        return bool(city["state"] == key.removeprefix("state/"))
    return _country(entries, key) in (None, city["country"])


def _country(entries: Entries, key: str | None) -> str | None:
    body: dict[str, Any] | None = entries.get("grid", key) if key else None
    return body["site"].get("country") if body else None
