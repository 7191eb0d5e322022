"""Carbon intensity of grids as their owners, or packages that carry them, publish it: g CO2e/kWh by zone, country or region."""

import csv
import json
import re
from pathlib import Path

from tools.sources.stated import Entry, Stated

KG_PER_LB = 0.45359237


def electricity_maps(path: Path) -> dict[str, Entry]:
    """@tgwf/co2's data/electricity-maps/yearly_YEAR.js: a zone's intensity beside its name."""
    pattern = r'"([A-Z0-9-]+)": \{ "zone": .*?"carbonIntensity": \{ "value": ([0-9.]+)'
    return {zone: {"intensity": Stated.exactly(float(value))} for zone, value in re.findall(pattern, path.read_text("utf-8"))}


def ember(path: Path) -> dict[str, Entry]:
    """EcoLogits' electricity_mixes.json: kg CO2e/kWh by country."""
    mixes = json.loads(path.read_text("utf-8"))["electricity_mixes"]
    return {mix["name"]: {"intensity": Stated.exactly(mix["gwp"] * 1000)} for mix in mixes}


def ember_file(path: Path) -> dict[str, Entry]:
    """tret's grid_ember_2025.json, made of Ember's own file: g CO2e/kWh by country."""
    file = json.loads(path.read_text("utf-8"))
    return {code: {"intensity": Stated.exactly(entry["g_per_kwh"])} for code, entry in {**file["countries"], "world": file["world"]}.items()}


def google(path: Path) -> dict[str, Entry]:
    """Google's data/yearly/YEAR.csv, whose header differs from year to year in all but its words."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row]
    (intensity,) = (name for name in rows[0] if "intensity" in name.lower())
    return {row["Google Cloud Region"]: {"direct": Stated.exactly(float(row[intensity]))} for row in rows if row[intensity]}


def egrid(path: Path) -> dict[str, Entry]:
    """EPA's subregion.json of the Power Profiler: total output emission rates in lb CO2e/MWh."""
    features = [feature["properties"] for feature in json.loads(path.read_text("utf-8"))["features"]]
    rates = {region["name"]: region["emissionFactor"]["co2eEmissionRate"] for region in features if "emissionFactor" in region}
    if other := {rate["units"] for rate in rates.values()} - {"lb/MWh"}:
        raise ValueError(f"{path}: rates in {', '.join(sorted(other))}, not in lb/MWh")
    return {name: {"direct": Stated.exactly(rate["value"] * KG_PER_LB)} for name, rate in rates.items()}


def china(path: Path) -> dict[str, Entry]:
    """codecarbon's copy of the ministry's table of provinces, in g CO2/kWh."""
    provinces = json.loads(path.read_text("utf-8"))["data"]
    return {code: {"direct": Stated.exactly(province["emission_factor"])} for code, province in provinces.items()}
