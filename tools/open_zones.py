"""
zones-open.yaml: what stands for the figures of zones in a build that may not pass on those of Electricity Maps.

    python -m tools.open_zones          writes it from regions.yaml and the tables here, and docs/open-grid.md, which compares both

In the order of preference: a subregion of EPA's eGRID through the national ratio of lifecycle to direct (United States), the province's
generation by source (Canada), the state's factors (Australia), Ember's mean of the country with a range of ±30 %, the world's.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import fmean, median
from typing import Any

from ecocli.catalog.compile import load
from ecocli.catalog.compiled import compile_files
from ecocli.catalog.zone_figures import OPEN, ZONES

ROOT = Path(__file__).parent.parent
FILE = ROOT / OPEN
COMPARISON = ROOT / "docs" / "open-grid.md"

SUBREGIONS = {
    "AKGD": ["US-AK"],
    "AKMS": ["US-AK-SEAPA"],
    "AZNM": ["US-SW-AZPS", "US-SW-EPE", "US-SW-PNM", "US-SW-SRP", "US-SW-TEPC", "US-SW-WALC"],
    "CAMX": ["US-CAL-BANC", "US-CAL-CISO", "US-CAL-IID", "US-CAL-LDWP", "US-CAL-TIDC"],
    "ERCT": ["US-TEX-ERCO"],
    "FRCC": ["US-FLA-FMPP", "US-FLA-FPC", "US-FLA-FPL", "US-FLA-GVL", "US-FLA-HST", "US-FLA-JEA", "US-FLA-SEC", "US-FLA-TAL", "US-FLA-TEC"],
    "HIOA": ["US-HI"],
    "MROW": ["US-NW-WAUW"],
    "NEWE": ["US-NE-ISNE"],
    "NWPP": ["US-NW-GRID", "US-NW-IPCO", "US-NW-NWMT"],
    "RMPA": ["US-NW-PSCO", "US-NW-WACM"],
    "SPSO": ["US-CENT-SPA"],
    "SRMW": ["US-MIDW-AECI"],
    "SRSO": ["US-SE-SOCO", "US-SE-SEPA"],
    "SRTV": ["US-TEN-TVA", "US-MIDW-LGEE"],
    "SRVC": ["US-CAR-CPLE", "US-CAR-CPLW", "US-CAR-DUK", "US-CAR-SC", "US-CAR-SCEG", "US-CAR-YAD"],
}  # fmt: skip
"""Balancing authorities in each eGRID subregion: assigned by place, not read at a source."""
SEVERAL = {
    "US-MIDA-PJM": {"RFCE": 302, "RFCW": 524},  # TWh of 2023
    "US-MIDW-MISO": {"MROE": 1, "MROW": 1, "RFCM": 1, "SRMV": 1, "SRMW": 1},
    "US-CENT-SWPP": {"SPNO": 1, "SPSO": 1},
    "US-NY-NYIS": {"NYCW": 65, "NYUP": 65},
}
"""Those that span subregions, with weights."""
OF_STATES = {
    "US-NW-BPAT": ("US-OR", "US-WA"), "US-NW-NEVP": ("US-NV",), "US-NW-PACE": ("US-UT",), "US-NW-PACW": ("US-OR",), "US-NW-PGE": ("US-OR",),
    **dict.fromkeys(("US-NW-AVA", "US-NW-CHPD", "US-NW-DOPD", "US-NW-GCPD", "US-NW-PSEI", "US-NW-SCL", "US-NW-TPWR"), ("US-WA",)),
}  # fmt: skip
"""Those of the northwestern subregion whose states are nearer to them than its mean, which has the dams of one and the coal of another."""

IPCC = {"coal": 820, "gas": 490, "oil": 650, "biomass": 230, "solar": 48, "hydro": 24, "wind": 11.5, "nuclear": 12}
"""Medians of lifecycle emissions, AR5 WG3, Annex III, Table A.III.2; oil from elsewhere. [gCO2e/kWh]"""
PROVINCES = {
    "CA-AB": {"gas": 73.5, "oil": 0.02, "biomass": 2.0, "coal": 8.0, "solar": 3.2, "wind": 11.3, "hydro": 1.8},
    "CA-BC": {"gas": 2.8, "oil": 0.1, "biomass": 6.7, "solar": 0.6, "wind": 2.9, "hydro": 86.8},
    "CA-MB": {"gas": 0.6, "oil": 0.1, "biomass": 0.2, "solar": 0.1, "wind": 1.7, "hydro": 97.4},
    "CA-NB": {"gas": 16.6, "nuclear": 39.9, "oil": 0.3, "biomass": 1.3, "coal": 12.1, "wind": 8.7, "hydro": 21.0},
    "CA-NL": {"gas": 0.2, "oil": 0.4, "wind": 0.4, "hydro": 99.0},
    "CA-NS": {"gas": 13.9, "biomass": 3.5, "coal": 47.5, "solar": 0.02, "wind": 24.2, "hydro": 10.9},
    "CA-NT": {"gas": 7.3, "oil": 10.5, "solar": 0.9, "wind": 7.1, "hydro": 74.2},
    "CA-NU": {"oil": 99.8, "solar": 0.2},
    "CA-ON": {"gas": 8.6, "nuclear": 50.1, "oil": 0.1, "biomass": 1.0, "solar": 5.2, "wind": 11.7, "hydro": 23.4},
    "CA-PE": {"oil": 2.2, "biomass": 0.6, "solar": 0.1, "wind": 97.3},
    "CA-QC": {"gas": 0.2, "oil": 0.3, "biomass": 0.7, "solar": 0.01, "wind": 6.7, "hydro": 92.1},
    "CA-SK": {"gas": 50.7, "coal": 27.9, "biomass": 1.2, "solar": 0.6, "wind": 3.0, "hydro": 16.6},
    "CA-YT": {"gas": 20.2, "oil": 15.0, "biomass": 0.5, "solar": 0.1, "wind": 0.2, "hydro": 64.1},
}
"""Percent of generation by source."""
STATES = {"AU-NSW": 700, "AU-VIC": 860, "AU-QLD": 810, "AU-SA": 280, "AU-WA": 570, "AU-TAS": 180, "AU-NT": 630}
"""Scopes 2 and 3 of a kWh bought: generation, fuel and losses of the grid. [gCO2e/kWh]"""
STATE_OF = {"AU-TAS-FI": "AU-TAS", "AU-TAS-KI": "AU-TAS", "AU-WA-RI": "AU-WA"}
COUNTRIES = {"AX": "FIN", "GS": "WORLD", "CW": "WORLD", "FM": "WORLD", "PW": "WORLD", "YT": "WORLD"}
"""Of zones that regions.yaml gives no country."""
ALONE = {"XK": 902.9}
"""Kosovo, which ISO 3166 and so regions.yaml has no country for: Ember's figure. [gCO2e/kWh]"""
HYDRO_ONLY = {"CF"}
"""Ember rounds its intensity to 0."""

NORTHWEST = "the subregion's mean is poor here: it holds the dams of the Columbia and the coal of Utah and Wyoming"
BY_STATE = "by generation of the state, since the subregion's mean is poor here"
SCANDINAVIA = "the national mean is poor here: the north has dams and wind, and the south buys in"
CANADA = "by generation of the province; the national mean would be poor here"
IMPORTS = "generation only: what is bought from neighbours is not in it"
STANDS_IN = "the mean of the country stands for a part of it"
NO_FIGURE = "no figure of it under a free licence: the world's mean"

HEAD = """# What stands for zones.yaml in a build that may not pass it on: ECO_OPEN_GRID=1 python -m build. Made by python -m tools.open_zones
#
# Every figure is under a licence that asks for credit at most: NOTICE. Nothing here is from Electricity Maps. Means of countries are
# Ember's, by generation, with +-30 %; a note says where such a mean is poor. docs/open-grid.md compares both for 40 regions of clouds.
"""


def figures() -> dict[str, Any]:
    """The whole file."""
    regions = load(ROOT / "regions.yaml")
    zones = load(ROOT / "zones.yaml")["zones"]
    return {"sources": SOURCES, "zones": {code: _whole(code, regions) for code in zones}, "hours": _hours(regions)}


def _whole(code: str, regions: Mapping[str, Any]) -> dict[str, Any]:
    """The figure of a zone; a direct one in regions.yaml traces imports, which none of these do, and gives way."""
    found = _zone(code, regions)
    return found | {"direct": None} if "intensity" in found and "direct" in regions["zones"][code] else found


def _zone(code: str, regions: Mapping[str, Any]) -> dict[str, Any]:
    if states := OF_STATES.get(code):
        value = fmean(regions["states"][state]["intensity"]["value"] for state in states)
        return _figure(value, "ember-states", 2024, 0.7, 1.4, f"{BY_STATE}; {IMPORTS}")
    if code in SEVERAL or any(code in zones for zones in SUBREGIONS.values()):
        return _american(code, regions)
    if code in PROVINCES:
        mix = PROVINCES[code]
        value = sum(share * IPCC[name] for name, share in mix.items()) / sum(mix.values())
        return _figure(value, "canada-mixes", 2023, 0.75, 1.4, f"{CANADA}; {IMPORTS}" if code in ("CA-QC", "CA-ON") else IMPORTS)
    if state := STATE_OF.get(code, code if code in STATES else None):
        return _figure(STATES[state], "nga-2024", 2024, 0.8, 1.1, None if state == code else f"the state of {state} stands for an island")
    if code in HYDRO_ONLY:
        return _figure(IPCC["hydro"], "ipcc-ar5", 2014, 0.5, 3.0, "nearly all of it is hydropower")
    return _national(code, regions)


def _american(code: str, regions: Mapping[str, Any]) -> dict[str, Any]:
    if weights := SEVERAL.get(code):
        direct = sum(regions["egrid"][name]["direct"]["value"] * weight for name, weight in weights.items()) / sum(weights.values())
        ratio = regions["lifecycle_ratios"]["us"]["value"]
        return _figure(direct * ratio, "egrid-means", 2023, 0.8, 1.25, f"the mean of {', '.join(weights)}")
    (subregion,) = (name for name, zones in SUBREGIONS.items() if code in zones)
    return {"egrid": subregion} | ({"note": NORTHWEST} if subregion == "NWPP" else {})


def _national(code: str, regions: Mapping[str, Any]) -> dict[str, Any]:
    if code in ALONE:
        return _figure(ALONE[code], "ember-2026", 2025, 0.7, 1.3, None)
    iso3 = regions["zones"][code].get("country") or COUNTRIES[code]
    found = (regions["world"] if iso3 == "WORLD" else regions["countries"][iso3])["intensity"]
    if iso3 == "WORLD":
        return _figure(found["value"], found["source"], found["year"], 0.5, 2.0, NO_FIGURE)
    note = SCANDINAVIA if code.startswith(("SE-", "NO-")) else STANDS_IN if "-" in code or code in COUNTRIES else None
    return _figure(found["value"], found["source"], found["year"], 0.7, 1.3, note)


def _figure(value: float, source: str, year: int, low: float, high: float, note: str | None) -> dict[str, Any]:
    intensity = {"value": round(value, 1), "low": round(value * low, 1), "high": round(value * high, 1), "unit": "gCO2e/kWh", "source": source, "year": year}
    return {"intensity": intensity} | ({"note": note} if note else {})


def _hours(regions: Mapping[str, Any]) -> dict[str, Any]:
    """Hours of any zone: as wide as those of California, whose sun moves them more than most."""
    (profile,) = regions["hour_profiles"].values()
    hours = sorted(each for month in profile["months"] for each in month)
    low, high = hours[len(hours) * 5 // 100], hours[len(hours) * 95 // 100]
    assert 0.99 < fmean(hours) < 1.01
    return {"any": {"low": low, "high": high, "source": profile["source"], "year": profile["year"]}, "zones": {}, "profiles": {}}


SOURCES = {
    "egrid-means": {
        "title": "eGRID2023 rev2, means over subregions of a balancing authority, times the national ratio of lifecycle to direct (Ember)",
        "publisher": "US EPA, Ember", "year": 2025, "url": "https://www.epa.gov/egrid", "licence": "CC-BY-4.0", "retrieved": "2026-11-22", "via": "power-profiler and ecocost 0.2.4", "checked": False,
    },
    "canada-mixes": {
        "title": "Electricity by source and province, times medians of lifecycle emissions (IPCC AR5, WG3, Annex III)",
        "publisher": "Canada Energy Regulator, IPCC", "year": 2024, "url": "https://www.cer-rec.gc.ca/en/data-analysis/energy-markets/provincial-territorial-energy-profiles/",
        "licence": "OGL-Canada-2.0", "retrieved": "2026-11-29", "via": "CodeCarbon 3.3.2", "checked": False,
    },
    "nga-2024": {
        "title": "National Greenhouse Accounts Factors 2024: electricity by state, scopes 2 and 3",
        "publisher": "Department of Climate Change, Energy, the Environment and Water of Australia", "year": 2024, "url": "https://www.dcceew.gov.au/climate-change/publications/national-greenhouse-accounts-factors",
        "licence": "CC-BY-4.0", "retrieved": "2026-11-29", "via": "a data set of Programmer-RD-AI on Hugging Face", "checked": False,
    },
    "ipcc-ar5": {
        "title": "AR5, WG3, Annex III, Table A.III.2: medians of lifecycle emissions", "publisher": "IPCC", "year": 2014,
        "url": "https://www.ipcc.ch/site/assets/uploads/2018/02/ipcc_wg3_ar5_annex-iii.pdf", "licence": "figures quoted", "checked": False,
    },
}  # fmt: skip


def text() -> str:
    """The file as it is written: an entry on each line."""
    found = figures()
    lines = [HEAD, "sources:", *(f"  {id}: {_inline(entry)}" for id, entry in found["sources"].items())]
    lines += ["", "zones:", *(f"  {_key(code)}: {_inline(entry)}" for code, entry in found["zones"].items())]
    return "\n".join([*lines, "", "hours:", *(f"  {name}: {_inline(entry)}" for name, entry in found["hours"].items())]) + "\n"


def _inline(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_inline(inner) if name != 'retrieved' else inner}" for name, inner in value.items()) + "}"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else f"{value:g}" if isinstance(value, float) else str(value)


def _key(code: str) -> str:
    """NO is false in YAML."""
    return f'"{code}"' if code == "NO" else code


def page() -> str:
    """docs/open-grid.md: both figures of the zones that most regions of the large clouds are in."""
    found = {name: {key.removeprefix("zone/"): body["site"] for key, body in _grids(name)} for name in ZONES}
    regions = load(ROOT / "regions.yaml")
    codes: dict[str, list[str]] = {}
    for cloud in LARGE:
        for code, region in regions["regions"][cloud].items():
            codes.setdefault(region["zone"], []).append(f"{cloud} {code}")
    chosen = sorted(sorted((zone for zone in codes if not zone.startswith("CN")), key=lambda zone: -len(codes[zone]))[:SHOWN])
    lines, off = [], []
    for zone in chosen:
        theirs, ours = (found[name][zone]["intensity_g_per_kwh"] for name in ZONES)
        change = ours["value"] / theirs["value"] - 1
        off.append(abs(change))
        note = regions["zones"][zone]["name"] if not (notes := found[OPEN][zone].get("notes")) else notes[-1]
        lines.append(f"| {zone} | {codes[zone][0]} | {theirs['value']:.0f} | {ours['value']:.0f} ({ours['low']:.0f}–{ours['high']:.0f}) | {change:+.0%} | {note} |")
    within = sum(each <= 0.25 for each in off)
    summary = f"Of these {len(off)} zones {within} are within ±25 % of the headline; the median difference is {median(off):.0%}, the largest {max(off):.0%}.\n"
    return "\n".join([PAGE, summary, *TABLE, *lines]) + "\n"


def _grids(zones: str) -> Iterator[tuple[str, Any]]:
    return ((entry.key, entry.body) for entry in compile_files([], zones=zones) if entry.kind == "grid" and entry.key.startswith("zone/"))


LARGE = ("aws", "azure", "gcp", "oci", "alibaba", "ibm")
SHOWN = 40
PAGE = """# A grid under free licences alone

`ECO_OPEN_GRID=1 python -m build` makes a wheel without `zones.yaml`, for who may not pass on a database under the Open Database License; a checkout from which that file is deleted does the same.
`zones-open.yaml` takes its place: eGRID by subregion times the ratio of lifecycle to direct for the United States, Ember's states in the northwest, generation by province for Canada, the National Greenhouse Accounts for Australia, and Ember's mean of the country elsewhere, Great Britain included.
`dataEdition` then ends in `-open`. This page and that file are made by `python -m tools.open_zones`.

What it costs: no imports are traced, and a part of a country has the mean of the whole. That is poor for Sweden and Norway, where the north has dams and the south buys in, and would be for the Pacific Northwest, Quebec and Ontario.
Those have the generation of their state or province instead: the subregion's mean would be twice that of Oregon and Washington, and Canada's seven and three times as much. Each such figure says so in `zones-open.yaml`, and every call there among its assumptions.
Not found in a readable copy, and so not in it: EIA-930 by balancing authority for a whole year, Canada's National Inventory Report, the National Energy System Operator's means of Great Britain's regions.
"""
TABLE = [
    "| zone | a region there | Electricity Maps 2025, g/kWh | open, g/kWh (range) | difference | where the open one is weak, else its name |",
    "|---|---|---|---|---|---|",
]

if __name__ == "__main__":
    FILE.write_text(text(), "utf-8")
    COMPARISON.write_text(page(), "utf-8")
