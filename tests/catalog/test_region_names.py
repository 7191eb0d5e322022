"""Names of regions as vendors, standards and people write them: region_names.csv says what each means, and where that was read."""

import csv
from pathlib import Path

import pytest

from ecocli.catalog.compile import regions_of
from ecocli.catalog.compile_regions import region_entries
from ecocli.catalog.compiled import shipped_files
from ecocli.catalog.entries import Entries
from ecocli.catalog.region_spellings import display, own_spellings, spellings
from ecocli.catalog.regions import normal_provider, resolve_site
from ecocli.errors import UnknownRegion

ROOT = Path(__file__).resolve().parents[2]
RAW = regions_of(shipped_files())
ENTRIES = Entries.in_memory(region_entries(RAW))
with (Path(__file__).parent / "region_names.csv").open(encoding="utf-8", newline="") as file:
    NAMES = list(csv.DictReader(file))


def resolve(provider, region):
    return resolve_site(ENTRIES, provider or None, region, False)


def test_the_list_is_long_and_every_name_has_a_source():
    assert len(NAMES) >= 300
    assert all(row["source"] for row in NAMES)


@pytest.mark.parametrize("row", NAMES, ids=[f"{row['provider']}-{row['name']}" for row in NAMES])
def test_every_name(row):
    assert resolve(row["provider"], row["name"]).spec.region == row["expected"]


@pytest.mark.parametrize(
    ("provider", "code", "country"),
    [
        ("OVHcloud", "BHS", "CAN"), ("OpenAI", "BHS", "BHS"), ("Oracle", "FRA", "DEU"), ("OpenAI", "FRA", "FRA"),
        ("Oracle", "SGP", "SGP"), ("Oracle", "SIN", "SGP"), ("Lambda", "me-west-1", "ISR"), ("AWS", "me-west-1", "SAU"),
        (None, "me-west-1", "SAU"), ("Google", "me-west1", "ISR"), ("Alibaba", "eu-west-1", "GBR"), ("OVHcloud", "DE", "DEU"),
        ("Hetzner", "FIN", "FIN"), ("Vultr", "MEX", "MEX"), ("IBM", "fra", "DEU"), ("IBM", "FRA02", "DEU"),
    ],
)  # fmt: skip
def test_a_code_is_looked_up_at_its_own_provider_first(provider, code, country):
    assert resolve(provider, code).spec.country == country


def test_one_code_in_three_clouds():
    zones = {provider: resolve(provider, "us-west-2").spec.zone for provider in ("AWS", "Lambda", "Groq")}
    assert zones == {"AWS": "US-NW-BPAT", "Lambda": "US-SW-AZPS", "Groq": "US-NW-BPAT"}
    assert resolve("Groq", "us-west-2").warnings == ()  # a minor cloud's region of the same code makes it no less AWS's


@pytest.mark.parametrize("city", ["dublin", "frankfurt", "paris", "sydney"])
@pytest.mark.parametrize("provider", ["AWS", "Azure", "Google", "Groq", "Anthropic", "DeepSeek", "ollama", "IBM"])
def test_a_city_never_has_the_cooling_of_another_cloud(provider, city):
    found = resolve(provider, city)
    if found.match == "EXACT_REGION":
        assert found.spec.provider == {"AWS": "AWS", "Azure": "Azure", "Google": "Google Cloud", "IBM": "IBM Cloud"}[provider]
    else:
        body = ENTRIES.get("provider", normal_provider(ENTRIES, provider))
        assert (found.match, found.spec.pue.to_json()) == ("EXACT_ZONE", body["facility"]["pue"])
    assert found.spec.zone == {"dublin": "IE", "frankfurt": "DE", "paris": "FR", "sydney": "AU-NSW"}[city]


@pytest.mark.parametrize(
    ("written", "match", "region"),
    [
        ("Georgia", "COUNTRY", "GE"), ("Washington", "EXACT_ZONE", "US-WA"), ("New York", "EXACT_ZONE", "US-NY"),
        ("Virginia", "EXACT_ZONE", "US-VA"), ("Iowa", "EXACT_ZONE", "US-IA"), ("Singapore", "COUNTRY", "SG"),
        ("Luxembourg", "COUNTRY", "LU"), ("Mexico", "COUNTRY", "MX"), ("CA", "COUNTRY", "CA"), ("ID", "COUNTRY", "ID"),
    ],
)  # fmt: skip
def test_names_of_states_and_countries_stay_what_they_are(written, match, region):
    for provider in ("AWS", "Google", "OpenAI"):
        found = resolve(provider, written)
        assert (found.match, found.spec.region) == (match, region)


@pytest.mark.parametrize(
    "written",
    ["Atlantis", "Europe (Atlantis)", "Frankfurt, Atlantis", "us-east-7", "nam99", "EUR9", "Springfield, IL", "fra9", "QQ", "xx-par-1"],
)
def test_unknown_stays_unknown(written):
    with pytest.raises(UnknownRegion):
        resolve("AWS", written)


@pytest.mark.parametrize(
    ("written", "region"),
    [("Paris, TX", "US-TX"), ("Vancouver, WA", "US-WA"), ("Vancouver, BC", "CA-BC"), ("Lyon, France", "FR"), ("Atlantis, Portugal", "PT"),
     ("San Jose, CA", "us-west-1"), ("Las Vegas, NV", "us-west-2-las-1")],
)  # fmt: skip
def test_what_a_city_lies_in_counts(written, region):
    assert resolve("AWS", written).spec.region == region


def test_a_multi_region_is_the_mean_of_its_regions_with_the_providers_cooling():
    spec = resolve("Google", "EUR4").spec  # Hamina in Finland and Eemshaven in the Netherlands
    places = [resolve("Google", code).spec for code in ("europe-north1", "europe-west4")]
    assert spec.intensity_g_per_kwh.value == pytest.approx(sum(p.intensity_g_per_kwh.value for p in places) / 2)
    assert (spec.provider, spec.pue.value) == ("Google Cloud", 1.09)


def test_regions_of_minor_clouds_are_in_the_mean_of_no_geography():
    minor = {name for name, cloud in RAW["clouds"].items() if cloud.get("minor")}
    fewer = {cloud: regions for cloud, regions in RAW["regions"].items() if cloud not in minor}
    cities = {key: city | {"regions": [r for r in city.get("regions", []) if r.partition("/")[0] not in minor]} for key, city in RAW["cities"].items()}
    providers = {key: p for key, p in RAW["providers"].items() if p.get("cloud") not in minor}
    providers = {key: p | {"hosts": [h for h in p.get("hosts", []) if h not in minor]} for key, p in providers.items()}
    clouds = {key: cloud for key, cloud in RAW["clouds"].items() if key not in minor}
    without = Entries.in_memory(region_entries(RAW | {"regions": fewer, "cities": cities, "providers": providers, "clouds": clouds}))
    for key in RAW["geos"]:
        assert without.get("grid", f"geo/{key}") == ENTRIES.get("grid", f"geo/{key}"), key


@pytest.mark.parametrize(
    ("written", "provider"),
    [
        ("opencode", "opencode"), ("cursor", "cursor"), ("databricks", "databricks"), ("nebius", "nebius"), ("scaleway", "scaleway"),
        ("ollama-cloud", "ollama-cloud"), ("github_copilot", "microsoft"), ("snowflake", "snowflake"), ("vercel_ai_gateway", "vercel"),
        ("lambda_ai", "lambda"), ("gradient_ai", "digitalocean"), ("ovhcloud", "ovhcloud"), ("huggingface_groq", "groq"),
        ("vertex_ai-anthropic_models", "google"), ("moonshotai-cn", "moonshot"), ("kilo", "kilo"), ("requesty", "requesty"),
        ("Weights & Biases", "wandb"), ("BaseTen", "baseten"), ("GMICloud", "gmi"), ("cloudflare-workers-ai", "cloudflare"),
        ("siliconflow-cn", "siliconflow-cn"), ("sap-ai-core", "sap-ai-core"), ("stackit", "stackit"), ("nano-gpt", "nano-gpt"),
    ],
)  # fmt: skip
def test_providers_that_lists_of_prices_name(written, provider):
    assert normal_provider(ENTRIES, written) == provider


def test_every_provider_in_the_lists_of_prices_is_known():
    with (Path(__file__).parent / "provider_names.csv").open(encoding="utf-8", newline="") as file:
        names = [row["name"] for row in csv.DictReader(file)]
    assert len(names) > 400
    assert [name for name in names if normal_provider(ENTRIES, name) is None] == []


@pytest.mark.parametrize("key", [key for key, provider in RAW["providers"].items() if provider.get("forwards")])
def test_who_passes_calls_on_says_so_and_claims_no_place(key):
    spec = resolve(key, None).spec
    assert spec.region == "WORLD"
    assert any("forwards calls; the provider behind it was not named" in note for note in spec.notes)


def test_suggestions_are_of_the_asking_cloud_and_of_the_large_ones():
    with pytest.raises(UnknownRegion) as asked_at_coreweave:
        resolve("CoreWeave", "us-wst-1")
    assert "us-west-01" in asked_at_coreweave.value.hint
    with pytest.raises(UnknownRegion) as asked_elsewhere:
        resolve("AWS", "us-wst-1")
    assert asked_elsewhere.value.hint == "did you mean us-west-1 or us-west1 or us-west-2?"


def test_a_forwarder_with_a_region_is_there():
    assert resolve("cursor", "us-east-1").spec.provider == "AWS"
    assert resolve("opencode", "DE").spec.region == "DE"


def test_display_names_compare_without_accents_and_punctuation():
    assert display("Europe (Zürich)") == display("EU  Zurich") == "eu zurich"
    assert display("AWS GovCloud (US-East)") != display("AWS GovCloud (US East)")  # hyphens tell codes apart


def test_a_name_with_a_code_beside_it_is_that_code():
    assert "us-west1" in spellings("oregon (us-west1)")
    assert "us-west1" in spellings("us-west1 (oregon)")
    assert list(own_spellings("gra11", r"-?\d+"))[-1] == "gra"
