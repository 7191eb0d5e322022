"""Check that every id in regions.yaml refers to an entry."""

from collections.abc import Collection, Container, Iterator
from typing import Any

from ecocli.catalog.schema_regions import RegionCatalog

REFERENCES = {"source": "sources", "zone": "zones", "egrid": "egrid", "country": "countries", "countries": "countries"}
REFERENCES |= {
    "alternatives": "zones",
    "facility": "facilities",
    "mix": "mixes",
    "cloud": "clouds",
    "hosts": "clouds",
    "weights": "egrid",
    "state": "states",
    "lifecycle_ratio": "lifecycle_ratios",
}


def broken_references(catalog: RegionCatalog) -> Iterator[tuple[str, str]]:
    """(path, message) for every id without an entry, and for every mean over no regions."""
    known: dict[str, Container[str]] = {name: getattr(catalog, name).keys() for name in REFERENCES.values()}
    known["regions"] = {f"{cloud}/{code}" for cloud, codes in catalog.regions.items() for code in codes}
    for where, field, value in _fields(catalog.model_dump(exclude_none=True), ()):
        section = "regions" if field in ("region", "regions") else REFERENCES.get(field)
        if section and value not in known[section]:
            yield where, f"no entry {value!r} under {section}"
    for cloud in catalog.regions.keys() - catalog.clouds.keys():
        yield f"regions.{cloud}", f"no entry {cloud!r} under clouds"
    of_zones: dict[str, Collection[str]] = {"hours.zones": catalog.hours.zones, "hours.profiles": catalog.hours.profiles, "hour_profiles": catalog.hour_profiles}
    for section, entries in of_zones.items():
        for zone in {*entries} - catalog.zones.keys():
            yield section, f"no entry {zone!r} under zones"
    yield from _broken_labels(catalog)
    yield from _empty_means(catalog)


def _fields(value: Any, path: tuple[str, ...]) -> Iterator[tuple[str, str, str]]:
    """(path, field, value) for every value that may be a reference."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if path and path[-1] == "weights":
                yield ".".join(path), "weights", key
            yield from _fields(inner, (*path, key))
    elif isinstance(value, list):
        for inner in value:
            yield from _fields(inner, path)
    elif isinstance(value, str) and path:
        yield ".".join(path), path[-1], value


def _broken_labels(catalog: RegionCatalog) -> Iterator[tuple[str, str]]:
    places = {f"geo/{key}" for key in catalog.geos} | {f"country/{key}" for key in catalog.countries}
    for key, provider in catalog.providers.items():
        for label, place in provider.labels.items():
            if place not in places:
                yield f"providers.{key}.labels.{label}", f"no place {place!r}: geo/… or country/… is needed"


def _empty_means(catalog: RegionCatalog) -> Iterator[tuple[str, str]]:
    public = [(cloud, r.country) for cloud, codes in catalog.regions.items() for r in codes.values() if r.status == "ga"]
    for key, cloud in catalog.clouds.items():
        if not cloud.mix and key not in {name for name, _ in public}:
            yield f"clouds.{key}", "no public region to average: give it a mix"
    for key, geo in catalog.geos.items():
        if geo.countries and not {country for _, country in public} & set(geo.countries):
            yield f"geos.{key}", "no public region in its countries"
