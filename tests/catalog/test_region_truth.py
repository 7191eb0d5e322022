"""Physical truth of every place in the catalogue: bases that may be compared, one figure per place, sites as their operators published them."""

from collections import defaultdict
from pathlib import Path

import pytest

from ecocli.catalog.compile import regions_of
from ecocli.catalog.compile_regions import region_entries
from ecocli.catalog.compiled import shipped_files

ROOT = Path(__file__).resolve().parents[2]
RAW = regions_of(shipped_files())
BODIES = {(kind, key): body for kind, key, body in region_entries(RAW) if kind in ("region", "grid", "cloud", "provider")}
SITES = {f"{kind} {key}": body["site"] for (kind, key), body in BODIES.items() if body["site"]}
REGIONS = {key: site for (kind, key), site in ((where, body["site"]) for where, body in BODIES.items()) if kind == "region"}
HEADLINE, DIRECT = "intensity_g_per_kwh", "direct_intensity_g_per_kwh"
CHINA = {f"{cloud}/{code}" for cloud, regions in RAW["regions"].items() for code, region in regions.items() if region["country"] == "CHN"}

AZURE_SITES = {  # Microsoft's sheets of single datacenter regions: PUE of 2023, litres per kWh of 2022; Quincy is westus2
    "eastus": (1.14, 0.17), "eastus2": (1.14, 0.17), "centralus": (1.16, 0.19), "northcentralus": (1.35, 0.79),
    "southcentralus": (1.28, 1.82), "westus2": (1.15, 1.09), "westus3": (1.18, 2.24), "westcentralus": (1.11, 0.23),
    "northeurope": (1.19, 0.03), "westeurope": (1.14, 0.08), "swedencentral": (1.16, 0.16), "southeastasia": (1.34, 2.06),
}  # fmt: skip
AZURE_DESIGNS = {  # what it planned for regions before they opened
    "eastus3": (1.12, 0.06), "mexicocentral": (1.12, 0.056), "brazilsouth": (1.12, 0.039), "austriaeast": (1.12, 0.023),
    "denmarkeast": (1.16, 0.01), "greececentral": (1.12, 0.102), "italynorth": (1.12, 0.023), "polandcentral": (1.12, 0.023),
    "australiaeast": (1.12, 0.012), "australiasoutheast": (1.12, 0.012), "indonesiacentral": (1.32, 1.9), "taiwannorth": (1.2, 1.0),
}  # fmt: skip


def test_direct_combustion_is_at_most_the_lifecycle():
    broken = [where for where, site in SITES.items() if DIRECT in site and site[DIRECT]["value"] > site[HEADLINE]["value"]]
    assert broken == []


def test_a_zone_has_one_direct_figure():
    found = defaultdict(set)
    for site in SITES.values():
        if DIRECT in site and "zone" in site:
            found[site["zone"]].add(site[DIRECT]["value"])
    assert {zone: values for zone, values in found.items() if len(values) > 1} == {}


def test_a_zone_has_one_lifecycle_figure_whoever_refers_to_it():
    found = defaultdict(set)
    for where, site in SITES.items():
        if "zone" in site and where != f"grid geo/{site['region'].lower()}":
            found[site["zone"]].add(site[HEADLINE]["value"])
    assert {zone: values for zone, values in found.items() if len(values) > 1} == {}


def test_a_name_outside_the_clouds_is_one_place_with_one_figure():
    found = defaultdict(set)
    for (kind, _), body in BODIES.items():
        if kind != "region" and body["site"] and body["site"]["region"] not in CODES:
            found[body["site"]["region"]].add(body["site"][HEADLINE]["value"])
    assert {name: values for name, values in found.items() if len(values) > 1} == {}


CODES = {code for regions in RAW["regions"].values() for code in regions}


def test_every_region_and_country_on_a_grid_says_which():
    assert [where for where in REGIONS if not REGIONS[where].get("zone")] == []
    alone = {iso3 for iso3, country in RAW["countries"].items() if country["iso2"] in RAW["zones"]}
    assert [iso3 for iso3 in sorted(alone) if not SITES[f"grid country/{iso3}"].get("zone")] == []


def test_the_range_of_a_country_holds_what_the_other_source_says():
    for iso3, country in RAW["countries"].items():
        factor = SITES[f"grid country/{iso3}"][HEADLINE]
        if "intensity" in country:
            assert factor["low"] <= country["intensity"]["value"] <= factor["high"], iso3


@pytest.mark.parametrize("name", ["pue", "wue_site"])
def test_reported_is_what_the_operator_reported_of_that_site(name):
    borrowed = []
    for cloud, regions in RAW["regions"].items():
        for code, region in regions.items():
            factor = REGIONS[f"{cloud}/{code}"]["pue" if name == "pue" else "wue_site_l_per_kwh"]
            if name not in region and factor["basis"] in ("reported", "measured"):
                borrowed.append(f"{cloud}/{code}")
    assert borrowed == []


def test_a_mean_over_sites_says_so():
    for where, site in SITES.items():
        for name in ("pue", "wue_site_l_per_kwh"):
            if name in site and site[name]["source"].startswith("mean over"):
                assert site[name]["basis"] == "derived", where
    assert REGIONS["azure/francecentral"]["pue"]["source"].startswith("mean over Microsoft's sites in Europe")


@pytest.mark.parametrize("code", AZURE_SITES | AZURE_DESIGNS)
def test_azures_sites_are_near_what_microsoft_published(code):
    pue, wue = (AZURE_SITES | AZURE_DESIGNS)[code]
    site = REGIONS[f"azure/{code}"]
    assert site["pue"]["value"] == pytest.approx(pue, abs=0.05)
    assert site["wue_site_l_per_kwh"]["value"] == pytest.approx(wue, rel=0.1)
    assert site["wue_site_l_per_kwh"]["low"] <= wue <= site["wue_site_l_per_kwh"]["high"]
    assert site["pue"]["basis"] == site["wue_site_l_per_kwh"]["basis"] == ("reported" if code in AZURE_SITES else "assumed")


@pytest.mark.parametrize("key", RAW["facilities"])
def test_an_operators_range_holds_its_sites(key):
    facility = RAW["facilities"][key]
    for cloud, regions in RAW["regions"].items():
        for code, region in regions.items():
            if region["facility"] == key:
                for name in ("pue", "wue_site"):
                    value = region.get(name, facility[name])["value"]
                    assert facility[name]["low"] <= value <= facility[name]["high"], f"{cloud}/{code} {name}"


def test_a_cloud_without_a_region_spans_its_sites():
    for cloud in ("aws", "azure", "gcp", "oci"):
        site = SITES[f"cloud {cloud}"]
        for key, region in REGIONS.items():
            if key.startswith(f"{cloud}/") and region["wue_site_l_per_kwh"]["basis"] == "reported":
                assert site["wue_site_l_per_kwh"]["low"] <= region["wue_site_l_per_kwh"]["value"] <= site["wue_site_l_per_kwh"]["high"], key
            if key.startswith(f"{cloud}/") and region["pue"]["basis"] == "reported":
                assert site["pue"]["low"] <= region["pue"]["value"] <= site["pue"]["high"], key


# China


def test_chinas_clouds_have_the_grid_of_their_province():
    assert len(CHINA) > 35
    assert {key for key in CHINA if not REGIONS[key]["zone"].startswith("CN-")} == set()


@pytest.mark.parametrize(
    ("key", "zone", "direct"),  # grams of CO2 per kWh in 2023: Ministry of Ecology and Environment, announcement 47 of 2025, table 3
    [
        ("aws/cn-north-1", "CN-BJ", 555.4), ("aws/cn-northwest-1", "CN-NX", 618.7), ("azure/chinaeast2", "CN-SH", 573.7),
        ("azure/chinanorth3", "CN-HE", 651.6), ("alibaba/cn-hangzhou", "CN-ZJ", 497.4), ("alibaba/cn-chengdu", "CN-SC", 156.4),
        ("alibaba/cn-shenzhen-finance-1", "CN-GD", 441.9), ("tencent/ap-chongqing", "CN-CQ", 558.1), ("tencent/ap-zhongwei", "CN-NX", 618.7),
    ],
)  # fmt: skip
def test_provinces_as_the_ministry_published_them(key, zone, direct):
    site = REGIONS[key]
    assert (site["zone"], site[DIRECT]["value"], site[DIRECT]["year"]) == (zone, direct, 2023)
    # Ember's lifecycle over the ministry's direct intensity of China in 2023: 582.32 / 530.6
    assert site[HEADLINE]["value"] == pytest.approx(direct * 582.32 / 530.6, rel=1e-3)
    assert site[HEADLINE]["year"] == 2023


def test_china_as_a_whole_holds_its_provinces():
    for where in ("grid country/CHN", "grid zone/CN", "provider deepseek", "provider moonshot"):
        factor = SITES[where][HEADLINE]
        assert all(factor["low"] <= REGIONS[key][HEADLINE]["value"] <= factor["high"] for key in CHINA), where
