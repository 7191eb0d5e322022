"""Compile parsed regions.yaml to catalogue entries: references resolved, ranges applied."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import ValidationError

from ecocli.catalog.compile_hours import hours_of_grids
from ecocli.catalog.compile_places import MAX_CODE_LENGTH, cities, place_names
from ecocli.catalog.entries import NOTICE, Entry
from ecocli.catalog.mean_sites import means
from ecocli.catalog.region_references import broken_references
from ecocli.catalog.region_sites import Sites
from ecocli.catalog.region_spellings import display, normal
from ecocli.catalog.schema import reason
from ecocli.catalog.schema_regions import Provider, RegionCatalog
from ecocli.errors import BadCatalog, shorten

MARKED_SECTIONS = ("zones", "egrid", "states", "countries", "geos", "providers")
"""Sections whose entries are marked with `own` when they come from the user's own file."""
PLAIN_SECTIONS = ("sources", "hour_profiles", "facilities", "mixes", "clouds", "cities", "provinces")
CODE = re.compile(r"[a-z0-9][a-z0-9-]*")


def read_regions(raw: Any, file: str = "regions.yaml") -> RegionCatalog:
    """Validate parsed YAML, references included. BadCatalog states the first problem."""
    try:
        catalog = RegionCatalog.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise _bad(file, where, reason(first)) from None
    for where, message in broken_references(catalog):
        raise _bad(file, where, message)
    return catalog


def region_entries(raw: Any, file: str = "regions.yaml") -> Iterator[Entry]:
    """The entries that resolving a region or provider needs. BadCatalog when the YAML is not valid."""
    catalog = read_regions(raw, file)
    sites = Sites(catalog)
    minor = sorted(key for key, cloud in catalog.clouds.items() if cloud.minor)
    yield Entry("meta", "regions", {"edition": catalog.edition, "no_region": sorted(catalog.no_region), "minor": minor})
    yield from _regions(catalog, sites)
    yield from _grids(sites)
    yield from (Entry(NOTICE, notice.owner, notice.text) for notice in catalog.notices)
    yield from hours_of_grids(catalog)
    yield from place_names(catalog)
    yield from cities(catalog)
    yield from means(catalog)
    yield from _providers(catalog, sites)
    yield from _provider_names(catalog, file)


def merge_regions(base: dict[str, Any], overrides: Any, file: str = "regions.yaml") -> dict[str, Any]:
    """Merge a user's own regions.yaml into `base`: entries are added, and replace those with the same id. BadCatalog when one is no mapping."""
    if not isinstance(overrides, dict):
        raise _bad(file, "the file", "should be a mapping of sections")
    merged = dict(base)
    for section, entries in overrides.items():
        merged[section] = _merged(section, base.get(section, {}), entries, file)
    return merged


def _merged(section: str, base: Any, overrides: Any, file: str) -> Any:
    if section not in (*MARKED_SECTIONS, *PLAIN_SECTIONS, "regions"):
        return overrides  # edition and world are replaced whole; validation refuses unknown sections
    if not isinstance(overrides, dict):
        raise _bad(file, section, "should be a mapping")
    if section == "regions":
        return base | {cloud: _merged_codes(base.get(cloud, {}), codes, cloud, file) for cloud, codes in overrides.items()}
    return base | {key: _marked(entry) if section in MARKED_SECTIONS else entry for key, entry in overrides.items()}


def _merged_codes(base: dict[str, Any], overrides: Any, cloud: object, file: str) -> dict[str, Any]:
    if not isinstance(overrides, dict):
        raise _bad(file, f"regions.{cloud}", "should be a mapping of region codes")
    return base | {code: _marked(entry) for code, entry in overrides.items()}


def _marked(entry: Any) -> Any:
    return entry | {"own": True} if isinstance(entry, dict) else entry


def _bad(file: str, where: str, message: str) -> BadCatalog:
    return BadCatalog(f"{file}: {shorten(where, 120)}: {shorten(message, 200)}")


def _regions(catalog: RegionCatalog, sites: Sites) -> Iterator[Entry]:
    for cloud, regions in catalog.regions.items():
        for code, region in regions.items():
            yield Entry("region", f"{cloud}/{code}", _region_body(catalog, sites, cloud, code))
            for alias in _codes_of(region.aliases):
                yield Entry("region-alias", f"{cloud}/{alias}", f"{cloud}/{code}")
    yield from (Entry("region-code", code, keys) for code, keys in _codes(catalog).items())
    yield from (Entry("region-name", name, keys) for name, keys in _display_names(catalog).items())


def _codes(catalog: RegionCatalog) -> dict[str, list[str]]:
    """Keys of regions by codes that need no provider: all but short ones, and a minor cloud's that a greater cloud has too."""
    found: dict[bool, dict[str, list[str]]] = {True: defaultdict(list), False: defaultdict(list)}
    for cloud, regions in catalog.regions.items():
        for code, region in regions.items():
            for written in (code, *_codes_of(region.aliases)):
                if len(written) > MAX_CODE_LENGTH:
                    found[catalog.clouds[cloud].minor][written].append(f"{cloud}/{code}")
    return found[True] | found[False]


def _codes_of(aliases: Iterable[str]) -> list[str]:
    """The codes among other names of a region, and the names of words alone in one: Azure's bills have "EU West" and "EuropeWest"."""
    together = (alias if CODE.fullmatch(alias) else alias.replace(" ", "").lower() for alias in aliases)
    return [code for code in dict.fromkeys(together) if CODE.fullmatch(code)]


def _display_names(catalog: RegionCatalog) -> dict[str, list[str]]:
    """Keys of regions by their display names: "US East (Ohio)" is a cloud's name for a region, "Tokyo" is only a city."""
    names: dict[str, list[str]] = defaultdict(list)
    for cloud, regions in catalog.regions.items():
        for code, region in regions.items():
            written = [region.name] if "(" in region.name else []
            for name in sorted({display(n) for n in (*written, *region.aliases) if not CODE.fullmatch(n)}):
                names[name].append(f"{cloud}/{code}")
    return names


def _region_body(catalog: RegionCatalog, sites: Sites, cloud: str, code: str) -> dict[str, Any]:
    region = catalog.regions[cloud][code]
    return {
        "cloud": cloud,
        "code": code,
        "name": region.name,
        "country": region.country,
        "country_name": catalog.countries[region.country].name,
        "zone": region.zone,
        "status": region.status,
        "unchecked": sorted({*region.unchecked, *catalog.clouds[cloud].unchecked}),
        "own": region.own,
        "site": sites.region(cloud, code).to_json(),
    }


def _grids(sites: Sites) -> Iterator[Entry]:
    for key, grid in sites.grids():
        yield Entry("grid", key, grid)


def _providers(catalog: RegionCatalog, sites: Sites) -> Iterator[Entry]:
    for key, cloud in catalog.clouds.items():
        yield Entry("cloud", key, {"name": cloud.name, "site": sites.cloud(key).to_json()})
    yield Entry("facility", "generic", sites.facility("generic"))
    for key, provider in catalog.providers.items():
        yield Entry("provider", key, {
            "name": provider.name,
            "cloud": provider.cloud,
            "zone": catalog.clouds[provider.cloud].zone_suffix if provider.cloud else None,
            "hosts": provider.hosts,
            "labels": provider.labels,
            "local": provider.local,
            "operator": provider.operator,
            "serves": provider.serves,
            "own": provider.own,
            "notes": _notes(provider),
            "evidence": provider.evidence,
            "checked": provider.checked,
            "facility": {"provider": provider.name} | sites.facility(provider.facility),
            "match": provider.default.match,
            "site": None if provider.default.match == "GLOBAL_AVERAGE" else sites.default(key).to_json(),  # the world's, then
        })  # fmt: skip


def _notes(provider: Provider) -> list[str]:
    forwards = f"{provider.name} forwards calls; the provider behind it was not named" if provider.forwards else None
    return [note for note in (provider.note, forwards) if note]


def _provider_names(catalog: RegionCatalog, file: str) -> Iterator[Entry]:
    names: dict[str, str] = {}
    for key, provider in catalog.providers.items():
        for name in (key, provider.name, *provider.aliases):
            if names.setdefault(normal(name), key) != key:
                raise _bad(file, f"providers.{key}", f"the name {name!r} is {names[normal(name)]}'s too")
    yield from (Entry("provider-name", name, key) for name, key in names.items())
