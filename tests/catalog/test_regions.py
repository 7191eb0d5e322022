"""Regions: every name leads to the place it means, and every figure has its papers."""

import copy
import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ecocli.catalog.compile import regions_of
from ecocli.catalog.compile_regions import merge_regions, region_entries
from ecocli.catalog.compiled import shipped_files
from ecocli.catalog.entries import Entries
from ecocli.catalog.hints import HOSTS, region_from_headers, region_from_host, region_in_model_name
from ecocli.catalog.regions import (
    normal_provider,
    provider_names,
    region_names,
    resolve_site,
    search_places,
    search_regions,
)
from ecocli.core.factors import Factor
from ecocli.core.matches import METHOD_OF_REGION_MATCH
from ecocli.core.specs import SITE_FACTORS, SiteSpec
from ecocli.errors import BadCatalog, UnknownRegion

ROOT = Path(__file__).resolve().parents[2]
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
RAW = regions_of(shipped_files())
COMPILED = list(region_entries(RAW))
ENTRIES = Entries.in_memory(COMPILED)

CLOUD_PROVIDERS = {
    "aws": "AWS", "azure": "Azure", "gcp": "Google", "oci": "Oracle", "alibaba": "Alibaba", "ibm": "IBM",
    "tencent": "Tencent", "ovh": "OVHcloud", "scaleway": "Scaleway", "hetzner": "Hetzner", "digitalocean": "DigitalOcean",
    "upcloud": "UpCloud", "vercel": "Vercel", "coreweave": "CoreWeave", "lambda": "Lambda", "nebius": "Nebius", "vultr": "Vultr",
}  # fmt: skip
REGIONS = [(cloud, code) for cloud, codes in RAW["regions"].items() for code in codes]
COUNTRIES = RAW["countries"].items()


def resolve(provider=None, region=None, *, fallback=False):
    return resolve_site(ENTRIES, provider, region, fallback)


# places


@pytest.mark.parametrize(("cloud", "code"), REGIONS)
def test_every_region_is_exact_with_its_own_cloud(cloud, code):
    match = resolve(CLOUD_PROVIDERS[cloud], code)
    assert (match.match, match.spec.region) == ("EXACT_REGION", code)
    assert match.spec.provider == RAW["clouds"][cloud]["name"]
    assert match.warnings == ()


def test_none_is_lost():
    public = [r for codes in RAW["regions"].values() for r in codes.values() if r.get("status", "ga") == "ga"]
    assert (len(REGIONS) >= 275, len(public) >= 215, len(COUNTRIES) >= 213, len(RAW["egrid"])) == (True, True, True, 27)
    assert {code for code in RAW["states"] if code != "US-PR"} == {f"US-{code}" for code in STATES.split()}


STATES = """AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND
OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY"""


@pytest.mark.parametrize(
    ("provider", "region", "name", "zone", "grams", "direct", "pue", "wue"),
    [  # Electricity Maps 2025; Google 2025; the operators' 2025 sheets, Microsoft's of 2022; China's ministry 2023, x 1.0975
        ("AWS", "us-west-2", "AWS", "US-NW-BPAT", 129, 97.85, 1.12, 0.12),
        ("Google", "us-west2", "Google Cloud", "US-CAL-CISO", 208, 149.91, 1.09, 1.15),
        ("AWS", "us-east-1", "AWS", "US-MIDA-PJM", 418, 343.48, 1.15, 0.06),
        ("AWS", "us-west-1", "AWS", "US-CAL-CISO", 208, 149.91, 1.18, 0.39),
        ("AWS", "eu-west-1", "AWS", "IE", 301, None, 1.10, 0.02),
        ("Alibaba", "eu-west-1", "Alibaba Cloud", "GB", 176, 109.39, 1.19, 1.144),
        ("Azure", "swedencentral", "Azure", "SE-SE3", 20, 19.39, 1.16, 0.16),
        ("Google", "us-east1", "Google Cloud", "US-CAR-SC", 654, 579.44, 1.09, 1.15),
        ("AWS", "cn-northwest-1", "AWS", "CN-NX", 679.02325, 618.7, 1.25, 0.12),
        ("Oracle", "uk-london-1", "Oracle Cloud", "GB", 176, 109.39, 1.36, 0.375),
        ("IBM", "eu-de", "IBM Cloud", "DE", 342, 275.81, 1.25, 0.375),
    ],
)
def test_known_places(provider, region, name, zone, grams, direct, pue, wue):
    spec = resolve(provider, region).spec
    assert (spec.provider, spec.zone, spec.intensity_g_per_kwh.value) == (name, zone, pytest.approx(grams))
    assert (spec.pue.value, spec.wue_site_l_per_kwh.value) == (pue, wue)
    assert (spec.direct_intensity_g_per_kwh.value if spec.direct_intensity_g_per_kwh else None) == direct


def test_a_site_that_may_lie_in_other_zones_spans_them():
    # us-west-2: BPA 129, PacifiCorp West 204 or Portland General 274; each zone +-15 %
    factor = resolve("AWS", "us-west-2").spec.intensity_g_per_kwh
    assert (factor.low, factor.value, factor.high) == pytest.approx((109.65, 129, 315.1))
    plain = resolve("AWS", "eu-west-3").spec.intensity_g_per_kwh
    assert (plain.low, plain.value, plain.high) == pytest.approx((26.35, 31, 35.65))


def test_market_claims_stay_beside_the_headline():
    spec = resolve("AWS", "us-east-1").spec
    assert spec.market_intensity_g_per_kwh.value == 0
    assert spec.intensity_g_per_kwh.value == 418


@pytest.mark.parametrize("iso3", [iso3 for iso3, _ in COUNTRIES])
def test_every_country_by_code_and_name(iso3):
    country = RAW["countries"][iso3]
    for written in (iso3, country["iso2"], country["iso2"].lower(), country["name"], *country.get("aliases", [])):
        match = resolve("OpenAI", written)
        assert (match.match, match.spec.region, match.spec.country) == ("COUNTRY", country["iso2"], iso3), written
        figure = RAW["zones"][country["zone"]].get("intensity") if "zone" in country else country["intensity"]
        assert match.spec.intensity_g_per_kwh.value == (figure["value"] if figure else pytest.approx(702.4 * 1.124)), "Puerto Rico is PRMS"


@pytest.mark.parametrize("code", RAW["states"])
def test_every_state(code):
    match = resolve("OpenAI", code.lower())
    assert (match.match, match.spec.region, match.spec.country) == ("EXACT_ZONE", code, "USA")


@pytest.mark.parametrize("code", RAW["egrid"])
def test_every_egrid_subregion_is_direct_times_the_lifecycle_ratio(code):
    match = resolve("OpenAI", code)
    assert (match.match, match.spec.region) == ("EXACT_ZONE", code)
    assert match.spec.intensity_g_per_kwh.value == pytest.approx(RAW["egrid"][code]["direct"]["value"] * 1.124)


@pytest.mark.parametrize("code", [code for code in RAW["zones"] if "-" in code])
def test_every_grid_zone_below_a_country(code):
    match = resolve("OpenAI", code)
    assert (match.match, match.spec.region) == ("EXACT_ZONE", code)


def test_california_by_subregion_and_by_state():
    assert resolve(None, "CAMX").spec.intensity_g_per_kwh.value == pytest.approx(219.225, abs=0.001)
    assert resolve(None, "US-CA").spec.intensity_g_per_kwh.value == 177.11


# which cloud


@pytest.mark.parametrize(
    ("provider", "region", "match", "final_region", "final_provider"),
    [
        ("AWS", "us-west-1", "EXACT_REGION", "us-west-1", "AWS"),
        ("Google", "us-west1", "EXACT_REGION", "us-west1", "Google Cloud"),
        ("OpenAI", "eastus", "EXACT_REGION", "eastus", "Azure"),
        ("OpenAI", "West US 2", "EXACT_REGION", "westus2", "Azure"),
        ("azure", "EAST US", "EXACT_REGION", "eastus", "Azure"),
        ("Anthropic", "us-east-1", "EXACT_REGION_CLOUD_INFERRED", "us-east-1", "AWS"),
        ("Anthropic", "us-east5", "EXACT_REGION_CLOUD_INFERRED", "us-east5", "Google Cloud"),
        ("Google", "us-west-1", "EXACT_REGION_CLOUD_INFERRED", "us-west-1", "AWS"),
        ("Groq", "us-west1", "EXACT_REGION_CLOUD_INFERRED", "us-west1", "Google Cloud"),
        ("Groq", "westus", "EXACT_REGION_CLOUD_INFERRED", "westus", "Azure"),
        (None, "us-south", "EXACT_REGION_CLOUD_INFERRED", "us-south", "IBM Cloud"),
        ("AWS", "us-east-1a", "EXACT_REGION", "us-east-1", "AWS"),
        ("Google", "us-central1-f", "EXACT_REGION", "us-central1", "Google Cloud"),
        ("AWS", "US East (N. Virginia)", "EXACT_REGION", "us-east-1", "AWS"),
        ("AWS", "us-gov-east-1", "EXACT_REGION", "us-gov-east-1", "AWS"),
        ("Azure", "usgovvirginia", "EXACT_REGION", "usgovvirginia", "Azure"),
        ("Groq", "gcp/us-west1", "EXACT_REGION", "us-west1", "Google Cloud"),
        ("xAI", "us-east-1", "GEO_AVERAGE", "US", "xAI"),
        ("xAI", "eu-west-1", "GEO_AVERAGE", "EU", "xAI"),
        ("OpenAI", "US", "COUNTRY", "US", "Azure"),
        ("Groq", "DE", "COUNTRY", "DE", "Groq"),
        ("OpenAI", "CA", "COUNTRY", "CA", "Azure"),
        ("OpenAI", "GA", "COUNTRY", "GA", "Azure"),
        ("OpenAI", "Cote d-Ivoire", "COUNTRY", "CI", "Azure"),
        ("OpenAI", "US-CA", "EXACT_ZONE", "US-CA", "Azure"),
        ("OpenAI", "eu", "GEO_AVERAGE", "EU", "Azure"),
        ("OpenAI", "Asia Pacific", "GEO_AVERAGE", "APAC", "Azure"),
        ("xAI", None, "PROVIDER_DEFAULT_REGION", "US-TEN-TVA", "xAI"),
        ("Amazon", None, "PROVIDER_DEFAULT_REGION", "us-east-1", "AWS"),
        ("DeepSeek", None, "PROVIDER_DEFAULT_COUNTRY", "CN", "DeepSeek"),
        ("Groq", None, "PROVIDER_DEFAULT_COUNTRY", "us-any", "Groq"),
        ("OpenAI", None, "PROVIDER_DEFAULT_MIX", "us-openai", "Azure"),
        ("OpenAI", "global", "PROVIDER_DEFAULT_MIX", "us-openai", "Azure"),
        ("OpenAI", "  ", "PROVIDER_DEFAULT_MIX", "us-openai", "Azure"),
        ("AWS", None, "CLOUD_AVERAGE", "aws", "AWS"),
        ("ollama", None, "GLOBAL_AVERAGE", "WORLD", "ollama"),
        ("Some New Lab", None, "GLOBAL_AVERAGE", "WORLD", "Some New Lab"),
        ("Some New Lab", "world", "GLOBAL_AVERAGE", "WORLD", "Some New Lab"),
        ("Some New Lab", "FR", "COUNTRY", "FR", "Some New Lab"),
    ],
)
def test_the_contracts_matches(provider, region, match, final_region, final_provider):
    found = resolve(provider, region)
    assert (found.match, found.spec.region, found.spec.provider) == (match, final_region, final_provider)
    assert found.calculation_method == METHOD_OF_REGION_MATCH[match]


def test_a_code_that_means_two_places_is_awss_with_a_warning():
    match = resolve("Groq", "eu-west-1")
    assert (match.spec.provider, match.spec.country) == ("AWS", "IRL")
    assert match.warnings == ("eu-west-1 is a region of AWS and, elsewhere, of Alibaba Cloud: AWS's is used",)


def test_a_code_shared_on_one_grid_needs_no_warning():
    assert resolve("Google", "us-west-1").warnings == ()


def test_hyphens_of_a_code_are_never_dropped():
    with pytest.raises(UnknownRegion):
        resolve("AWS", "uswest2x")
    assert resolve("Google", "us-west2").spec.zone != resolve("Google", "us-west-2").spec.zone
    with pytest.raises(UnknownRegion):
        resolve("OpenAI", "N/A")


def test_unknown_provider_is_kept_as_written_with_a_warning():
    match = resolve("Some New Lab")
    assert match.provider_id == "Some New Lab"
    assert match.warnings == ("provider 'Some New Lab' is not known: average figures are used",)


def test_unknown_region_is_an_error_with_suggestions():
    with pytest.raises(UnknownRegion) as caught:
        resolve("AWS", "us-east-7")
    assert str(caught.value) == "no region named 'us-east-7' in the catalogue"
    assert "us-east-" in caught.value.hint


def test_unknown_region_falls_back_and_keeps_what_was_written():
    match = resolve("OpenAI", "atlantis-" + "x" * 100, fallback=True)
    assert (match.match, match.spec.region) == ("PROVIDER_DEFAULT_MIX", "us-openai")
    assert match.warnings[0].startswith("region 'atlantis-xxx")
    assert len(match.warnings[0]) < 120


def test_a_router_says_that_the_host_is_unknown():
    notes = resolve("openrouter").spec.notes
    assert "OpenRouter forwards calls; the provider behind it was not named" in notes


def test_a_local_machine_has_no_hall_to_cool():
    spec = resolve("vLLM", "Norway").spec
    assert spec.pue.estimate == Factor(1, 1, 1, "1", "", 2025).estimate
    assert spec.wue_site_l_per_kwh.high == 0
    assert spec.intensity_g_per_kwh.value == 30


def test_openais_mix_by_hand():
    # PJM 418 x 3, MISO 501, ERCOT 363 x 2, CAISO 208, BPA 129, APS 393, WACM 687: 3898 / 10
    assert resolve("OpenAI").spec.intensity_g_per_kwh.value == pytest.approx(389.8)
    assert resolve("OpenAI").spec.intensity_g_per_kwh.low == pytest.approx(194.9)


def test_a_default_region_has_its_own_figures_and_its_operators_range():
    pue = resolve("Oracle").spec.pue  # Chicago 1.33; Oracle's 35 regions span 1.12 to 1.92
    assert (pue.low, pue.value, pue.high) == (1.12, 1.33, 1.92)


def test_a_country_that_only_the_grid_zones_know():
    assert (resolve("OpenAI", "Kosovo").match, resolve("OpenAI", "XK").spec.region) == ("EXACT_ZONE", "XK")


# providers


@pytest.mark.parametrize(
    ("written", "provider"),
    [
        ("Google", "google"), ("Gemini", "google"), ("vertex_ai", "google"), ("gcp.vertex_ai", "google"),
        ("gcp.gemini", "google"), ("gcp.gen_ai", "google"), ("Google Vertex", "google"), ("Google AI Studio", "google"),
        ("google cloud", "gcp"), ("GOOGLE-CLOUD", "gcp"), ("OpenAI", "openai"), ("open ai", "openai"),
        ("Hugging Face", "huggingface"), ("AWS", "aws"), ("amazon bedrock", "aws"), ("Amazon Bedrock", "aws"),
        ("bedrock_converse", "aws"), ("aws.bedrock", "aws"), ("amazon", "amazon"), ("azure", "azure"),
        ("azure.ai.openai", "azure"), ("az.ai.inference", "azure"), ("azure_ai", "azure"), ("Azure OpenAI", "azure"),
        ("x_ai", "xai"), ("x-ai", "xai"), ("xAI", "xai"), ("z-ai", "zhipu"), ("Z.AI", "zhipu"),
        ("mistral_ai", "mistral"),
        ("mistralai", "mistral"), ("moonshot_ai", "moonshot"), ("Moonshot AI", "moonshot"), ("qwen", "alibaba"),
        ("dashscope", "alibaba"), ("ibm.watsonx.ai", "ibm"), ("together_ai", "together"), ("fireworks_ai", "fireworks"),
        ("DeepInfra", "deepinfra"), ("hosted_vllm", "local"), ("ollama_chat", "local"), ("llama.cpp", "local"),
        ("meta-llama", "meta"), ("nousresearch", "community"), ("Arcee AI", "community"),
        ("Some New Lab", None), ("", None), ("🦙", None),
    ],
)  # fmt: skip
def test_providers_as_they_are_written(written, provider):
    assert normal_provider(ENTRIES, written) == provider


@pytest.mark.parametrize("provider", RAW["providers"])
def test_every_provider_has_a_default_and_says_why(provider):
    match = resolve(provider)
    assert match.provider_id == provider
    assert match.match == RAW["providers"][provider]["default"]["match"]
    assert RAW["providers"][provider]["evidence"]


# figures


def factors():
    for kind, key, body in COMPILED:
        site = body.get("facility", {}) | (body.get("site") or {}) if isinstance(body, dict) else {}
        yield from ((f"{kind} {key} {name}", name, site[name]) for name in SITE_FACTORS if name in site)


def test_every_figure_has_its_papers():
    for where, name, data in factors():
        factor = Factor.from_json(data)
        assert all((factor.source, factor.unit, 1990 <= factor.year <= 2026)), where
        assert factor.low <= factor.value <= factor.high, where
        assert factor.low > 0 or factor.high == 0, where
        assert name != "pue" or factor.low >= 1, where


def test_only_a_local_machine_and_a_market_claim_are_zero():
    zero = {where for where, _, data in factors() if data["value"] == 0}
    assert {w for w in zero if "market" not in w} == {"provider local wue_site_l_per_kwh"}


def test_the_wider_the_stand_in_the_wider_the_range():
    def width(match):
        factor = match.spec.intensity_g_per_kwh
        return factor.high / factor.low

    region, country, mix, world = (resolve(*c) for c in [("AWS", "eu-west-3"), ("AWS", "FR"), ("OpenAI",), ("x",)])
    assert width(region) < width(country) < width(mix) < width(world)


def test_water_without_a_figure_is_the_worlds_and_says_so():
    spec = resolve("OpenAI", "XK").spec  # Kosovo, which Ember's list of countries does not have
    assert spec.wue_source_l_per_kwh.value == resolve(None, "world").spec.wue_source_l_per_kwh.value
    assert "no figure for the water in this country's electricity: the world's mean is used" in spec.notes


# hostile


@given(st.text(max_size=400), st.text(max_size=400), st.booleans())
def test_any_text_resolves_or_is_an_unknown_region(provider, region, fallback):
    try:
        spec = resolve_site(ENTRIES, provider, region, fallback).spec
    except UnknownRegion:
        assert not fallback
    else:
        assert SiteSpec.from_json(json.loads(json.dumps(spec.to_json()))).region


@pytest.mark.parametrize(
    "text", ["\ud800", "a" * 10**6, "\x00", "us-east-1" + "a" * 10**5, " " * 10**5 + "x", "' OR 1=1"]
)
def test_hostile_names(text):
    assert resolve(text, text, fallback=True).match == "GLOBAL_AVERAGE"
    assert region_names(ENTRIES, text) == provider_names(ENTRIES, text) == []
    assert region_from_host(text) is region_in_model_name(text) is None


# lists and hints


def test_completion_and_search():
    assert "us-west-2" in region_names(ENTRIES, "us-w")
    assert "US-CA" in region_names(ENTRIES, "us-c")
    assert {"openai", "opencode", "openrouter"} <= set(provider_names(ENTRIES, "open"))
    assert {r["code"] for r in search_regions(ENTRIES, "ireland", "aws")} == {"eu-west-1"}
    assert any(place["key"] == "country/FRA" for place in search_places(ENTRIES, "france"))


@pytest.mark.parametrize(
    ("host", "region", "provider"),
    [
        ("eu.api.openai.com", "eea", "openai"),
        ("jp.api.openai.com", "jp", "openai"),
        ("https://bedrock-runtime.us-west-2.amazonaws.com/model/x/invoke", "us-west-2", "aws"),
        ("us-central1-aiplatform.googleapis.com:443", "us-central1", "google"),
        ("us-east-1.api.x.ai", "us-east-1", "xai"),
        ("api.eu.mistral.ai", "eu", "mistral"),
        ("dashscope-intl.aliyuncs.com", "ap-southeast-1", "alibaba"),
        ("abc.ap-southeast-1.maas.aliyuncs.com", "ap-southeast-1", "alibaba"),
        ("api.deepseek.com", "CN", "deepseek"),
        ("us-south.ml.cloud.ibm.com", "us-south", "ibm"),
        ("api.tokenfactory.uk-south1.nebius.com", "uk-south1", "nebius"),
    ],
)
def test_hosts(host, region, provider):
    hint = region_from_host(host)
    assert (hint.region, hint.provider) == (region, provider)
    assert resolve(hint.provider, hint.region).match in {"EXACT_REGION", "COUNTRY", "GEO_AVERAGE"}


@pytest.mark.parametrize(
    "host", ["api.openai.com", "generativelanguage.googleapis.com", "evil.com/us.api.openai.com", ""]
)
def test_hosts_that_say_nothing(host):
    assert region_from_host(host) is None


def test_every_fixed_hint_is_a_place():
    for _, region, provider, _, _ in HOSTS:
        assert region is None or resolve(provider, region)


@pytest.mark.parametrize(
    ("model_id", "region"),
    [
        ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", "us"),
        ("apac.amazon.nova-pro-v1:0", "apac"),
        ("us-gov.anthropic.claude-3-haiku-20240307-v1:0", "us-gov"),
        ("arn:aws:bedrock:us-east-1:123456789012:inference-profile/eu.anthropic.claude-sonnet-4-5-v1:0", "eu"),
        ("arn:aws:bedrock:eu-central-1:123456789012:application-inference-profile/abc", "eu-central-1"),
        ("in.anthropic.claude-sonnet-4-5-20250929-v1:0", "in"),
        ("amer.amazon.nova-lite-v1:0", "amer"),
        ("litellm_proxy/bedrock/jp.anthropic.claude-haiku-4-5-20251001-v1:0", "jp"),
        ("bedrock/eu-west-1/anthropic.claude-instant-v1", "eu-west-1"),
        ("bedrock/us-gov-west-1/amazon.titan-text-lite-v1", "us-gov-west-1"),
        ("bedrock/invoke/us-east-2/meta.llama3-70b-instruct-v1:0", "us-east-2"),
        ("bedrock/ap-northeast-1/1-month-commitment/anthropic.claude-v2:1", "ap-northeast-1"),
        ("bedrock/eu-west-1/eu.anthropic.claude-haiku-4-5-20251001-v1:0", "eu"),
    ],
)
def test_bedrock_names(model_id, region):
    hint = region_in_model_name(model_id)
    assert (hint.region, hint.provider) == (region, "aws")
    assert resolve("AWS", region)


@pytest.mark.parametrize(
    ("name", "region", "provider"),
    [
        ("azure/eu/gpt-4o-2024-11-20", "eu", "azure"),
        ("azure/us/gpt-4.1", "us", "azure"),
        ("azure/swedencentral/gpt-4o", "swedencentral", "azure"),
        ("azure_ai/eastus2/Phi-4", "eastus2", "azure"),
        ("vertex_ai/europe-west4/gemini-2.5-pro", "europe-west4", "google"),
        ("projects/p-1/locations/europe-west1/publishers/google/models/gemini-2.5-flash", "europe-west1", "google"),
        ("projects/p-1/locations/us/endpoints/123", "us", "google"),
        ("ocid1.generativeaimodel.oc1.us-chicago-1.amaaaaaa", "us-chicago-1", "oracle"),
        ("ocid1.generativeaiendpoint.oc1.phx.amaaaaaa", "phx", "oracle"),
    ],
)
def test_names_that_carry_a_region(name, region, provider):
    hint = region_in_model_name(name)
    assert (hint.region, hint.provider) == (region, provider)
    assert resolve(hint.provider, hint.region)


@pytest.mark.parametrize(
    "name",
    [
        "anthropic.claude-sonnet-4-5-20250929-v1:0", "azure/gpt-4o", "azure/global/gpt-4o", "azure/global-standard/gpt-4o",
        "azure/high/1024-x-1024/gpt-image-1", "azure/standard/1024-x-1792/dall-e-3", "bedrock/anthropic.claude-v2",
        "bedrock/*/1-month-commitment/cohere.command-text-v14", "vertex_ai/claude-3-5-sonnet@20240620", "gpt-4.1",
        "meta-llama/Llama-3.1-8B-Instruct", "databricks/system.ai.kimi-k3", "oci/xai.grok-4.1-fast", "", "eu.", "projects/locations",
    ],
)  # fmt: skip
def test_names_that_carry_none(name):
    assert region_in_model_name(name) is None


def test_azures_header():
    hint = region_from_headers({"X-MS-Region": "West US 3"})
    assert resolve(hint.provider, hint.region).spec.region == "westus3"
    assert region_from_headers({"cf-ray": "8a-SJC"}) is None


# the file


def changed(path, value):
    raw = copy.deepcopy(RAW)
    *parents, last = path.split("/")
    target = raw
    for part in parents:
        target = target[part]
    target[last] = value
    return raw


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("regions/aws/us-east-1/zone", "US-XX", "regions.aws.us-east-1.zone: no entry 'US-XX' under zones"),
        ("regions/aws/us-east-1/pue/value", 0.9, "regions.aws.us-east-1.pue.value: Input should be greater than"),
        ("regions/aws/us-east-1/pues", 1, "regions.aws.us-east-1.pues: unknown key"),
        ("regions/aws/us-east-1/country", "ATL", "regions.aws.us-east-1.country: no entry 'ATL' under countries"),
        ("regions/aws/US EAST", {}, "regions.aws.US EAST.[key]: String should match pattern"),
        ("regions/mine", {"x-1": RAW["regions"]["aws"]["us-east-1"]}, "regions.mine: no entry 'mine' under clouds"),
        ("zones/DE/intensity/source", "hearsay", "zones.DE.intensity.source: no entry 'hearsay' under sources"),
        ("zones/DE/intensity/unit", "kg/MWh", "zones.DE.intensity.unit: Input should be 'gCO2e/kWh'"),
        ("zones/DE/intensity/low", 1.0, "zones.DE.intensity: low and high go together"),
        ("zones/DE/intensity/value", "342", "zones.DE.intensity.value: Input should be a valid number"),
        ("countries/NOR/iso2", False, "countries.NOR.iso2: Input should be a valid string"),
        ("countries/FRA/intensity/year", 1066, "countries.FRA.intensity.year: Input should be greater than or equal"),
        ("facilities/aws/pue/high", 1.1, "facilities.aws.pue: low 1.06 <= value 1.14 <= high 1.1 does not hold"),
        ("facilities/aws/wue_site/low", 0, "facilities.aws.wue_site: low must be above 0 where the value is"),
        ("mixes/us-google/weights", {"XXXX": 1}, "mixes.us-google.weights: no entry 'XXXX' under egrid"),
        ("mixes/us-google/weights", {}, "mixes.us-google.weights: Dictionary should have at least 1 item"),
        ("clouds/new", {"name": "New", "facility": "aws"}, "clouds.new: no public region to average"),
        ("geos/eu/countries", ["AFG"], "geos.eu: no public region in its countries"),
        ("providers/groq/aliases", ["grok"], "providers.groq: the name 'grok' is xai's too"),
        ("providers/groq/hosts", ["moon"], "providers.groq.hosts: no entry 'moon' under clouds"),
        ("providers/groq/default", {"match": "CLOUD_AVERAGE"}, "providers.groq.default: CLOUD_AVERAGE with no place"),
        ("providers/xai/labels", {"us-1": "geo/xx"}, "providers.xai.labels.us-1: no place 'geo/xx'"),
        ("zones/DE/lifecycle_ratio", "us", "zones.DE: one of intensity, lifecycle_ratio and egrid is needed"),
        ("zones/CN-BJ/lifecycle_ratio", "moon", "zones.CN-BJ.lifecycle_ratio: no entry 'moon' under lifecycle_ratios"),
        ("zones/CN-BJ", {"name": "Beijing", "lifecycle_ratio": "china"}, "zones.CN-BJ: a lifecycle_ratio needs a direct intensity"),
        ("countries/ASM", {"iso2": "AS", "name": "American Samoa"}, "countries.ASM: zone or intensity is needed"),
        ("ranges/zone/low", 1.2, "ranges.zone.low: Input should be less than or equal to 1"),
        ("hours/zones/Atlantis", {"low": 0.5, "high": 1.5, "source": "em-hours", "year": 2024}, "hours.zones: no entry 'Atlantis' under zones"),
        ("hours/any/source", "hearsay", "hours.any.source: no entry 'hearsay' under sources"),
        ("hour_profiles/US-CAL-CISO/months", [[2.0] * 24] * 12, "hour_profiles.US-CAL-CISO: the mean of a profile must be 1"),
        ("hour_profiles/US-CAL-CISO/months", [[1.0] * 24] * 11, "hour_profiles.US-CAL-CISO.months: List should have at least 12 items"),
        ("hour_profiles/Atlantis", RAW["hour_profiles"]["US-CAL-CISO"], "hour_profiles: no entry 'Atlantis' under zones"),
        ("sources/egrid-2023/via", "a blog", "sources.egrid-2023: checked: true beside via: what was read in a blog was not read at its source"),
        ("edition", 2026, "edition: Input should be a valid string"),
        ("planets", {}, "planets: unknown key"),
    ],
)  # fmt: skip
def test_a_mistake_is_named(path, value, message):
    with pytest.raises(BadCatalog) as caught:
        list(region_entries(changed(path, value), "mine.yaml"))
    assert str(caught.value).startswith(f"mine.yaml: {message}")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("raw", [None, [], "text", {}, 3])
def test_something_else_is_no_catalogue(raw):
    with pytest.raises(BadCatalog):
        list(region_entries(raw))


@pytest.mark.parametrize("name", ["models.yaml", "regions.yaml", "zones.yaml"])
def test_no_key_stands_twice(name):
    def keys(node, path=""):
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                yield f"{path}/{key.value}"
                yield from keys(value, f"{path}/{key.value}")

    found = list(keys(yaml.compose((ROOT / name).read_bytes(), Loader=LOADER)))
    assert len(found) == len(set(found))


def test_every_source_is_used():
    used = {data["source"] for data in figures(RAW)} | {cloud["source"] for cloud in RAW["clouds"].values()}
    hours = RAW["hours"]
    used |= {spread["source"] for spread in (hours["any"], *hours["zones"].values(), *hours["profiles"].values(), *RAW["hour_profiles"].values())}
    assert used == set(RAW["sources"])


def figures(value):
    if isinstance(value, dict):
        if "source" in value and "value" in value:
            yield value
        for inner in value.values():
            yield from figures(inner)


# a user's own file

OWN = {
    "sources": {"meter": {"title": "Our meter", "publisher": "Us", "year": 2026}},
    "clouds": {"ours": {"name": "Our hall", "facility": "generic", "mix": "us-any"}},
    "regions": {
        "ours": {"cellar-1": {"name": "Cellar", "country": "DEU", "zone": "DE", "facility": "generic",
                              "pue": {"value": 1.4, "unit": "1", "source": "meter", "year": 2026}}},
        "aws": {"us-east-1": {"name": "Ours now", "country": "USA", "zone": "US-MIDA-PJM", "facility": "aws"}},
    },
    "countries": {"FRA": {"iso2": "FR", "name": "France",
                          "intensity": {"value": 50, "unit": "gCO2e/kWh", "source": "meter", "year": 2026}}},
}  # fmt: skip


def test_own_entries_are_added_or_take_the_place_of_others():
    mine = Entries.in_memory(region_entries(merge_regions(RAW, OWN)))
    cellar = resolve_site(mine, "Groq", "cellar-1", False)
    assert (cellar.match, cellar.spec.provider, cellar.spec.pue.value) == ("USER_OVERRIDE", "Our hall", 1.4)
    assert resolve_site(mine, "AWS", "us-east-1", False).match == "USER_OVERRIDE"
    france = resolve_site(mine, "OpenAI", "France", False)
    assert (france.match, france.spec.intensity_g_per_kwh.value) == ("USER_OVERRIDE", 50)
    assert resolve_site(mine, "AWS", "us-east-2", False).match == "EXACT_REGION"
    assert "ours" not in RAW["regions"]


@pytest.mark.parametrize(
    ("own", "message"),
    [
        ([], "own.yaml: the file: should be a mapping of sections"),
        ({"zones": []}, "own.yaml: zones: should be a mapping"),
        ({"regions": {"aws": 3}}, "own.yaml: regions.aws: should be a mapping of region codes"),
    ],
)
def test_an_own_file_of_another_shape(own, message):
    with pytest.raises(BadCatalog, match=message):
        merge_regions(RAW, own, "own.yaml")


def test_resolving_needs_neither_yaml_nor_pydantic():
    import subprocess
    import sys

    code = "import sys, ecocli.catalog.regions, ecocli.catalog.hints; print({'yaml', 'pydantic'} & set(sys.modules))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert result.stdout.strip() == "set()"
