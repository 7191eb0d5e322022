"""
Water in the electricity of each country and eGRID subregion: what each technology consumes, times how much of it there is.

    python -m tools.water MIXES SUBREGIONS            what would change in regions.yaml, in percent
    python -m tools.water MIXES SUBREGIONS --write    writes it there

MIXES is codecarbon/data/private_infra/global_energy_mix.json of the package CodeCarbon: electricity by source and country, of Ember and
others, by way of Our World in Data. SUBREGIONS is app/data/subregion.json of USEPA/power-profiler: shares of fuels by eGRID subregion.
"""

import argparse
import json
import re
from collections.abc import Iterator, Mapping
from math import hypot
from pathlib import Path
from typing import NamedTuple

from ecocli.catalog.compile import load

REGIONS = Path(__file__).parent.parent / "regions.yaml"
L_PER_GALLON = 3.785411784
KWH_PER_MWH = 1000.0


class Water(NamedTuple):
    """Consumption of a technology. Low and high are, of those that burn something, from one way of cooling to another. [gal/MWh]"""

    low: float
    value: float
    high: float


TOWERS = 0.7
"""Share of thermal electricity that is cooled by towers, judged: more in the United States, less where plants stand by the sea. [1]"""


def _mean(tower: float, once_through: float) -> float:
    return TOWERS * tower + (1 - TOWERS) * once_through


TECHNOLOGIES = {
    "coal": Water(250, _mean(tower=687, once_through=250), 687),
    "gas": Water(2, 0.85 * _mean(tower=205, once_through=100) + 0.15 * _mean(tower=826, once_through=240), 826),  # combined cycles and steam; low: cooled by air
    "oil": Water(2, 240, 826),  # engines that need none, and steam
    "nuclear": Water(269, _mean(tower=672, once_through=269), 672),
    "biomass": Water(300, _mean(tower=553, once_through=300), 553),
    "geothermal": Water(15, 142.5, 505),  # flash with a tower, binary cooled by air, enhanced
    "hydro": Water(1425, 4491, 18000),  # evaporation of reservoirs, all of it counted for the electricity; the bounds recalled
    "solar": Water(0, 1, 26),  # photovoltaic; the upper bound recalled
    "wind": Water(0, 0, 1),
}
"""Medians of Macknick et al. 2012, "Operational water consumption and withdrawal factors for electricity generating technologies"."""

OF_MIXES = {
    "coal_TWh": "coal", "gas_TWh": "gas", "oil_TWh": "oil", "nuclear_TWh": "nuclear", "hydroelectricity_TWh": "hydro", "solar_TWh": "solar",
    "wind_TWh": "wind", "biofuel_TWh": "biomass", "other_renewable_exc_biofuel_TWh": "geothermal",
}  # fmt: skip
OF_SUBREGIONS = {name: name for name in TECHNOLOGIES} | {"otherFossilFuel": "oil"}
"""Fuels that are not known are left out: the rest stands for them."""


def water_l_per_kwh(amounts: Mapping[str, float]) -> Water:
    """
    Water of a mix, by amounts of technologies in any unit; bounds of technologies are independent of one another. [L/kWh]

    >>> [round(each, 3) for each in water_l_per_kwh({"hydro": 1, "wind": 1})]  # half of 4491 gallons, 8.5 L/kWh
    [2.697, 8.5, 34.069]
    """
    whole = sum(amounts.values())
    parts = [(amount / whole, TECHNOLOGIES[name]) for name, amount in amounts.items()]
    value = sum(share * water.value for share, water in parts)
    below = hypot(*(share * (water.value - water.low) for share, water in parts))
    above = hypot(*(share * (water.high - water.value) for share, water in parts))
    return Water(*(each * L_PER_GALLON / KWH_PER_MWH for each in (value - below, value, value + above)))


def countries(file: Path) -> dict[str, tuple[Water, int]]:
    """Water and year by country, and of the world, which is the sum of those."""
    found = {}
    world = dict.fromkeys(TECHNOLOGIES, 0.0)
    for iso3, row in json.loads(file.read_text("utf-8")).items():
        amounts = _amounts(row, OF_MIXES)
        found[iso3] = water_l_per_kwh(amounts), int(row["year"])
        world = {name: amount + amounts.get(name, 0.0) for name, amount in world.items()}
    return found | {"WORLD": (water_l_per_kwh(world), max(year for _, year in found.values()))}


def subregions(file: Path) -> dict[str, tuple[Water, int]]:
    """Water and year by eGRID subregion."""
    rows = [feature["properties"] for feature in json.loads(file.read_text("utf-8"))["features"]]
    return {row["name"]: (water_l_per_kwh(_amounts(row["fuelMix"], OF_SUBREGIONS)), int(row["dataYear"])) for row in rows if row["type"] == "subregion"}


def _amounts(row: Mapping[str, float], names: Mapping[str, str]) -> dict[str, float]:
    found: dict[str, float] = {}
    for key, name in names.items():
        found[name] = found.get(name, 0.0) + row.get(key, 0.0)
    return found


def written(text: str, found: Mapping[str, tuple[Water, int]], source: str) -> str:
    """regions.yaml with a figure of water at the end of each entry on one line."""
    for key, (water, year) in found.items():
        low, value, high = (f"{each:.4g}" for each in water)
        figure = f"water: {{value: {value}, low: {low}, high: {high}, unit: L/kWh, source: {source}, year: {year}, basis: derived}}"
        text = re.sub(rf"^(  {key}: \{{.*?)(?:, water: \{{[^}}]*\}})?\}}( *(?:#.*)?)$", rf"\1, {figure}}}\2", text, count=1, flags=re.MULTILINE)
    return text


def changes(found: Mapping[str, tuple[Water, int]], section: str) -> Iterator[str]:
    """Each figure that there is, and by how much it would change."""
    for key, entry in load(REGIONS)[section].items():
        if entry.get("water") and key in found:
            old, new = entry["water"]["value"], found[key][0].value
            yield f"{key} {old:.2f} -> {new:.2f} L/kWh, {new / old - 1:+.0%}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mixes", type=Path)
    parser.add_argument("subregions", type=Path)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    by_country, by_subregion = countries(options.mixes), subregions(options.subregions)
    print("\n".join([*changes(by_country, "countries"), *changes(by_subregion, "egrid"), f"world: {by_country.pop('WORLD')}"]))
    if options.write:
        text = written(REGIONS.read_text("utf-8"), by_country, "water-by-mix")
        REGIONS.write_text(written(text, by_subregion, "water-by-egrid"), "utf-8")


if __name__ == "__main__":
    main()
