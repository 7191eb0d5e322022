"""Contractual instruments by the countries that the catalogue knows."""

from dataclasses import replace

from ecocli.catalog.entries import Entries
from ecocli.catalog.region_places import place_key
from ecocli.core.organisation import Instrument
from ecocli.errors import BadConfig, quoted


def of_countries(instrument: Instrument, catalog: Entries) -> Instrument:
    """The instrument, its market as ISO 3166-1 alpha-3. BadConfig for a name that is no country's."""
    return replace(instrument, market=tuple(_country(name, instrument.name, catalog) for name in instrument.market))


def _country(name: str, instrument: str, catalog: Entries) -> str:
    key = place_key(catalog, name) or ""
    kind, _, code = key.partition("/")
    if kind != "country":
        raise BadConfig(f"instruments.{instrument}.market: no country is called {quoted(name)}", "a country is written DE, DEU or Germany")
    return code
