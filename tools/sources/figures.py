"""The catalogue's figures, each with the source that it cites and the names that it may have there."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from ecocli.catalog.compile import LOADER

Names = Mapping[str, Mapping[str, str]]
"""By source, what it calls an entry of the catalogue."""

FILES = ("models.yaml", "regions.yaml", "zones.yaml")
NAMES = Path(__file__).parent / "names.yaml"
CLOUDS = {"azure": "Microsoft Azure", "gcp": "Google Cloud", "oci": "Oracle Cloud Infrastructure"}
"""Clouds as the Green Software Foundation's table spells them."""


class Figure(NamedTuple):
    source: str
    place: tuple[str, ...]
    """The keys that lead to the entry, as in ("regions", "aws", "us-east-1")."""
    field: str
    value: float
    names: tuple[str, ...]
    """What the source may call it; any of these will do."""

    @property
    def path(self) -> str:
        return ".".join((*self.place, self.field))


def figures(root: Path) -> list[Figure]:
    """Every figure of the catalogue that cites a source."""
    paths = [NAMES, *(root / name for name in FILES if (root / name).exists())]
    names, *catalogs = (yaml.load(path.read_bytes(), Loader=LOADER) for path in paths)  # noqa: S506 - a safe loader
    return [figure for catalog in catalogs for figure in cited(catalog, names)]


def cited(catalog: Mapping[str, Any], names: Names) -> Iterator[Figure]:
    """The figures of a catalogue as its YAML file has it."""
    google = _codes_by_zone(catalog)
    for place, entry in _entries(catalog, ()):
        *parents, field = place
        called = _names(entry, tuple(parents), names, google)
        yield Figure(entry["source"], tuple(parents), field, entry["value"], called)


def _entries(node: Any, place: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    if not isinstance(node, dict):
        return
    if {"value", "source", "unit"} <= set(node):
        yield place, node
        return
    for key, child in node.items():
        yield from _entries(child, (*place, str(key)))


def _codes_by_zone(catalog: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Google's regions by their grid zone, whose intensity Google publishes by region."""
    regions = catalog.get("regions", {}).get("gcp", {})
    return {zone: tuple(code for code, region in regions.items() if region["zone"] == zone) for zone in {region["zone"] for region in regions.values()}}


def _names(entry: Mapping[str, Any], place: tuple[str, ...], names: Names, google: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    source, last = entry["source"], place[-1]
    if source == "google-grid-2025":
        return google.get(last, ())
    called = names.get(source, {}).get(last, last)
    if place[0] != "regions":
        return (called,)
    provider = CLOUDS.get(place[1])
    return ("/".join(part for part in (str(entry["year"]), provider, called) if part),)
