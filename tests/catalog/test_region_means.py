"""Places that an audit names are found again, with the sites behind a mean; a name with two meanings says so."""

from math import fsum
from pathlib import Path

import pytest

from ecocli.catalog.compile import regions_of
from ecocli.catalog.compile_regions import region_entries
from ecocli.catalog.compiled import shipped_files
from ecocli.catalog.entries import Entries
from ecocli.catalog.region_means import look_up, sites_behind
from ecocli.catalog.regions import resolve_site
from ecocli.errors import UnknownRegion

ROOT = Path(__file__).resolve().parents[2]
RAW = regions_of(shipped_files())
ENTRIES = Entries.in_memory(region_entries(RAW))
FIGURED = {"us", "europe"}
"""Geographies with a figure of their own, whose regions are behind their water alone."""


@pytest.mark.parametrize("provider", RAW["providers"])
def test_the_place_that_a_provider_defaults_to_is_found_with_its_figures(provider):
    named = resolve_site(ENTRIES, provider, None, False).spec
    found = look_up(ENTRIES, provider, named.region).spec
    assert (found.region, found.intensity_g_per_kwh.value) == (named.region, named.intensity_g_per_kwh.value)
    assert look_up(ENTRIES, None, named.region).spec.region == named.region


def test_every_region_is_found_by_the_names_that_an_audit_gives_to_it_and_to_its_cloud():
    for key, body in ENTRIES.all("region"):
        site = look_up(ENTRIES, body["site"]["provider"], body["code"]).spec
        assert (site.region, site.zone) == (body["code"], body["zone"]), key
        assert look_up(ENTRIES, None, body["code"]), key


def test_every_other_place_is_found_by_the_name_that_an_audit_gives_it():
    for key, body in ENTRIES.all("grid"):
        found = look_up(ENTRIES, None, body["site"]["region"]).spec
        assert (found.region, found.intensity_g_per_kwh.value) == (body["site"]["region"], body["site"]["intensity_g_per_kwh"]["value"]), key


@pytest.mark.parametrize("key", ["us-any", "us-openai", "us-anthropic", "us-google", "us-fireworks", "aws", "azure", *(RAW["geos"].keys() - FIGURED)])
def test_the_weighted_sites_make_the_mean(key):
    found = look_up(ENTRIES, None, key)
    sites = sites_behind(ENTRIES, found)
    assert fsum(site["share"] for site in sites) == pytest.approx(1)
    for name in ("intensity_g_per_kwh", "wue_source_l_per_kwh"):
        assert fsum(site["share"] * site[name] for site in sites) == pytest.approx(getattr(found.spec, name).value), name


@pytest.mark.parametrize(("provider", "key"), [(None, "europe"), ("xAI", "us-east-1")])
def test_a_geography_with_a_figure_of_its_own_is_a_mean_of_water_alone(provider, key):
    found = look_up(ENTRIES, provider, key)
    sites = sites_behind(ENTRIES, found)
    assert len(sites) > 20
    assert not any("intensity_g_per_kwh" in site for site in sites)
    assert fsum(site["share"] * site["wue_source_l_per_kwh"] for site in sites) == pytest.approx(found.spec.wue_source_l_per_kwh.value)


def test_openais_sites_by_hand():
    sites = {site["site"]: (site["zone"], site["weight"], site["share"]) for site in sites_behind(ENTRIES, look_up(ENTRIES, None, "us-openai"))}
    assert sites.keys() == RAW["mixes"]["us-openai"]["weights"].keys()
    assert sites["ERCT"] == ("US-TEX-ERCO", 2, 0.2)
    assert sites["NWPP"] == ("US-NW-BPAT", 1, 0.1)


@pytest.mark.parametrize(("provider", "name"), [("AWS", "us-east-1"), (None, "FR"), (None, "US"), (None, "WORLD"), ("xAI", "US-TEN-TVA"), (None, "CAMX")])
def test_a_single_place_has_no_sites(provider, name):
    assert sites_behind(ENTRIES, look_up(ENTRIES, provider, name)) == []


def test_a_mean_is_shown_with_the_cooling_of_who_defaults_to_it():
    assert look_up(ENTRIES, "Groq", "us-any").spec.provider == "Groq"
    assert look_up(ENTRIES, None, "us-openai").spec.provider == "Azure"
    assert look_up(ENTRIES, "Groq", "us-openai").spec.provider == "Azure"  # Groq defaults to another one


def test_a_short_code_of_two_clouds_says_so():
    assert look_up(ENTRIES, None, "gra").warnings == ()
    assert look_up(ENTRIES, None, "syd").warnings == ("syd is a region of OVHcloud and of Vultr: OVHcloud's is shown",)
    assert look_up(ENTRIES, "Vultr", "syd").spec.provider == "Vultr"


@pytest.mark.parametrize("name", ["us-openai", "aws", "gra"])
def test_a_call_still_gives_no_such_name(name):
    with pytest.raises(UnknownRegion):
        resolve_site(ENTRIES, "Groq", name, False)


@pytest.mark.parametrize("name", ["us-wst-1", "us-closedai", "", "'"])
def test_unknown_stays_unknown(name):
    if name:
        with pytest.raises(UnknownRegion):
            look_up(ENTRIES, "Groq", name)
    else:
        assert look_up(ENTRIES, "Groq", name).spec.region == "us-any"


# names with two meanings


def test_georgia_is_the_country_and_says_that_it_may_be_the_state():
    found = resolve_site(ENTRIES, "AWS", "Georgia", False)
    assert (found.spec.country, found.warnings) == ("GEO", ("Georgia may mean GE or US-GA: GE is used",))


@pytest.mark.parametrize(
    ("written", "zone"),
    [("Atlanta, Georgia", "US-SE-SOCO"), ("Tbilisi, Georgia", "GE"), ("Georgia, USA", "US-GA"), ("US-GA", "US-GA"), ("GE", "GE"), ("California, US", "US-CA")],
)
def test_what_stands_beside_a_name_settles_it(written, zone):
    found = resolve_site(ENTRIES, "Groq", written, False)
    assert (found.spec.zone, found.warnings) == (zone, ())


def test_a_place_that_nobody_listed_is_in_neither_georgia():
    with pytest.raises(UnknownRegion):
        resolve_site(ENTRIES, "AWS", "Augusta, Georgia", False)


def test_every_name_of_two_countries_says_so():
    for name in ENTRIES.keys("place-also"):
        assert resolve_site(ENTRIES, None, name, False).warnings != (), name


@pytest.mark.parametrize(
    ("provider", "name", "match", "region"),
    [("OpenAI", "global", "PROVIDER_DEFAULT_MIX", "us-openai"), ("OpenAI", "europe", "GEO_AVERAGE", "EUROPE"), (None, "Northern Ireland", "EXACT_ZONE", "GB-NIR")],
)
def test_groups_of_regions_and_parts_of_countries(provider, name, match, region):
    found = resolve_site(ENTRIES, provider, name, False)
    assert (found.match, found.spec.region) == (match, region)


# the command


def test_show_lists_the_sites_behind_a_mean(eco):
    body = eco("regions", "show", "us-openai").json
    assert (body["region"], body["regionMatch"]) == ("us-openai", "PROVIDER_DEFAULT_MIX")
    assert {"site": "ERCT", "weight": 2, "share": 0.2}.items() <= body["sites"][1].items()
    text = eco("regions", "show", "us-openai", "--format", "text").stdout
    assert "ERCT" in text and "20.0%" in text and "a mean over 8 sites" in text
    assert "sites" not in eco("regions", "show", "us-east-1").json


def test_the_lists_know_nothing_of_means(eco):
    assert not {"mix", "cloud", "mean"} & {row["key"].partition("/")[0] for row in eco("regions", "list", "--places").json}
