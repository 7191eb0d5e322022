"""The sites that a mean is over: those of a mix, a cloud or a geography, each with its weight."""

from collections.abc import Iterator

from ecocli.catalog.entries import Entry
from ecocli.catalog.schema_regions import Region, RegionCatalog

Weighted = dict[str, float]
"""Weights by site: "egrid/SRVC" for a subregion, "aws/us-east-1" for a cloud region."""


def of_mix(catalog: RegionCatalog, key: str) -> Weighted:
    """The eGRID subregions of a mix."""
    return {f"egrid/{code}": weight for code, weight in catalog.mixes[key].weights.items()}


def of_cloud(catalog: RegionCatalog, key: str) -> Weighted:
    """The sites of a cloud's mix, else its public regions."""
    mix = catalog.clouds[key].mix
    return of_mix(catalog, mix) if mix else dict.fromkeys(_public(catalog, key), 1.0)


def of_geo(catalog: RegionCatalog, key: str) -> Weighted:
    """The regions that a geography names, else the public ones in its countries, those of minor clouds left out."""
    geo = catalog.geos[key]
    major = (site for name, cloud in catalog.clouds.items() if not cloud.minor for site in _public(catalog, name))
    return dict.fromkeys(geo.regions or [site for site in major if _region(catalog, site).country in geo.countries], 1.0)


def means(catalog: RegionCatalog) -> Iterator[Entry]:
    """Entries by the name that an audit gives to a mean, in lower case: its sites, and the provider that has it by default."""
    for key, geo in catalog.geos.items():
        yield _entry(catalog, key, of_geo(catalog, key), None, water_only=bool(geo.intensity or geo.zone))
    named: dict[str, tuple[str, Weighted]] = {}
    for provider, entry in catalog.providers.items():
        cloud = entry.default.cloud
        mix = catalog.clouds[cloud].mix if cloud else entry.default.mix
        if mix:
            named.setdefault(mix, (provider, of_mix(catalog, mix)))
        elif cloud:
            named.setdefault(cloud, (provider, of_cloud(catalog, cloud)))
    for name, (provider, sites) in named.items():
        yield _entry(catalog, name, sites, provider)


def _entry(catalog: RegionCatalog, name: str, weights: Weighted, provider: str | None, water_only: bool = False) -> Entry:
    sites = [[site, _zone(catalog, site), weight] for site, weight in weights.items()]
    return Entry("mean", name, {"provider": provider, "sites": sites, "water_only": water_only})


def _zone(catalog: RegionCatalog, site: str) -> str:
    """The grid zone with whose intensity a site counts."""
    kind, _, code = site.partition("/")
    return catalog.egrid[code].zone if kind == "egrid" else _region(catalog, site).zone


def _region(catalog: RegionCatalog, site: str) -> Region:
    cloud, _, code = site.partition("/")
    return catalog.regions[cloud][code]


def _public(catalog: RegionCatalog, cloud: str) -> list[str]:
    return [f"{cloud}/{code}" for code, region in catalog.regions[cloud].items() if region.status == "ga"]
