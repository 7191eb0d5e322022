"""Compile the names of places: countries, states, provinces, zones, geographies and cities."""

from collections import defaultdict
from collections.abc import Iterator

from ecocli.catalog.entries import Entry
from ecocli.catalog.region_spellings import normal
from ecocli.catalog.schema_regions import RegionCatalog

MAX_CODE_LENGTH = 3
"""Names up to this length are codes, which are matched literally, so that "n/a" is not Namibia. [character]"""


def cities(catalog: RegionCatalog) -> Iterator[Entry]:
    """Entries by every spelling of a city: its grid, and the first region that each cloud has there."""
    for city in catalog.cities.values():
        body = {
            "grid": f"zone/{city.zone}" if city.zone else f"country/{city.country}",
            "country": catalog.zones[city.zone].country if city.zone else city.country,
            "state": city.state,
            "regions": {key.partition("/")[0]: key for key in reversed(city.regions)},
        }
        yield from (Entry("city", name, body) for name in sorted({normal(name) for name in (city.name, *city.aliases)}))


def place_names(catalog: RegionCatalog) -> Iterator[Entry]:
    """
    Entries that map codes in lower case, and names without case, accents and punctuation, to the key of a grid.

    A name that also stands for a place in another country, as "Georgia" does, has an entry with the keys of those.
    """
    codes: dict[str, str] = {}
    names: dict[str, list[str]] = defaultdict(list)
    for key, written in _names(catalog):
        codes.setdefault(written.casefold(), key)
        if len(normal(written)) > MAX_CODE_LENGTH:
            names[normal(written)].append(key)
    yield from (Entry("place", code, key) for code, key in codes.items())
    yield from (Entry("place-name", name, keys[0]) for name, keys in names.items())
    for name, keys in names.items():
        if others := [key for key in dict.fromkeys(keys) if _country(catalog, key) not in (None, _country(catalog, keys[0]))]:
            yield Entry("place-also", name, others)


def _country(catalog: RegionCatalog, key: str) -> str | None:
    """The country of a grid, as ISO 3166-1 alpha-3; None for a geography and the world."""
    kind, _, code = key.partition("/")
    if kind == "zone":
        return catalog.zones[code].country
    return {"country": code, "state": "USA", "egrid": "USA"}.get(kind)


def _names(catalog: RegionCatalog) -> Iterator[tuple[str, str]]:
    """(grid key, name) pairs. The first of equal names wins: "DE" is Germany and neither its grid zone nor Delaware."""
    for iso3, country in catalog.countries.items():
        yield from ((f"country/{iso3}", name) for name in (iso3, country.iso2, country.name, *country.aliases))
    for code, state in catalog.states.items():
        yield from ((f"state/{code}", name) for name in (code, state.name, code.removeprefix("US-")))
    for code in catalog.egrid:
        yield f"egrid/{code}", code
    for code, zone in catalog.zones.items():
        yield f"zone/{code}", code
        if "-" not in code:  # a whole country, perhaps one that Ember leaves out
            yield f"zone/{code}", zone.name
    for code, province in catalog.provinces.items():
        yield from ((f"zone/{province.zone}", name) for name in (code, province.name or code, *province.aliases))
    for code, geo in catalog.geos.items():
        yield from ((f"geo/{code}", name) for name in (code, geo.name, *geo.aliases))
    yield from (("world", name) for name in ("world", *catalog.world.aliases))
