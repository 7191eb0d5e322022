"""Whose machine computes a call and where that stands: own machines get no vendor's cloud, and settings say the rest."""

from collections.abc import Callable

import pytest

from ecocli.catalog.entries import Entries
from ecocli.core.factors import Factor
from ecocli.core.hardware import Hardware
from ecocli.core.hosting import is_near
from ecocli.core.preferences import NONE, Preferences
from ecocli.core.usage import Usage
from ecocli.ingest.reading import Fill, Reading
from ecocli.pipeline.assessment import Assessed, Assessor
from ecocli.pipeline.recording import assess_one

NOW_MS = 1_795_000_000_000
DESK = Hardware("desk", Factor(200.0, 150.0, 260.0, "W", "a meter", 2026), region="FR", providers=("ollama",))
QWEN = "qwen3:8b"


@pytest.fixture
def assess(catalog: Entries) -> Callable[..., Assessed]:
    def run(preferences: Preferences = NONE, **fields: object) -> Assessed:
        given = {"prompt_tokens": 500, "completion_tokens": 300} | fields
        found = assess_one(Reading(given), Assessor(catalog, preferences=preferences), Fill(), NOW_MS)
        assert isinstance(found, Assessed), found
        return found

    return run


def energy_wh(found: Assessed) -> float:
    return found.assessment.footprint.facility_energy_wh.value


# Own, rented, cloud


@pytest.mark.parametrize("provider", ["Ollama", "LM Studio", "llama.cpp", "mlx", "Jan", "GPT4All", "llamafile", "koboldcpp"])
def test_a_runtime_of_own_machines_is_one(assess, provider):
    found = assess(provider=provider, model=QWEN)
    assert (found.serving.hosting, found.site.spec.provider, found.site.calculation_method) == ("own", "own", "GLOBAL_AVERAGE")
    assert (found.site.spec.pue.value, found.site.spec.wue_site_l_per_kwh.value) == (1, 0)


@pytest.mark.parametrize("provider", ["vLLM", "SGLang", "TGI"])
def test_an_engine_says_nothing_of_its_machine(assess, provider):
    found = assess(provider=provider, model="qwen/qwen3-8b")
    assert found.serving.hosting == "unknown"
    assert found.site.spec.pue.low == 1  # one's own machine
    assert found.site.spec.pue.high >= 1.5  # a rented server
    assert found.site.calculation_method == "GLOBAL_AVERAGE"


@pytest.mark.parametrize("host", ["localhost", "http://127.0.0.1:8000/v1", "192.168.1.7:1234", "[::1]:8080", "gpu-box.local", "10.0.0.3"])
def test_an_engine_on_a_host_nearby_is_an_own_machine(assess, host):
    assert assess(provider="vllm", model="qwen/qwen3-8b", host=host).serving.hosting == "own"
    assert assess(model="qwen/qwen3-8b", host=host).site.spec.provider == "own"


def test_a_file_of_llama_cpps_format_is_on_an_own_machine_unless_a_host_is_named(assess):
    name = "/models/Qwen3-8B-Q4_K_M.gguf"
    assert assess(model=name).serving.hosting == "own"
    assert assess(Preferences(region="DE"), model=name).site.spec.region == "DE"
    assert assess(model=name, provider="DeepInfra").serving.hosting == "api"


@pytest.mark.parametrize("model", ["gpt-4o", "claude-sonnet-4.5"])
def test_a_closed_model_nearby_is_behind_a_gateway(assess, model):
    assert assess(model=model, host="localhost").serving.hosting == "api"
    assert assess(model="our-own-tune-7b", provider="OpenAI", host="localhost").serving.hosting == "own"


@pytest.mark.parametrize("host", ["api.openai.com", "https://api.together.xyz/v1", "8.8.8.8", "localhost.example.com", "dashscope.aliyuncs.com"])
def test_a_host_elsewhere_is_none(host):
    assert not is_near(host)


@pytest.mark.parametrize("region", ["eu-central-1", "westeurope", "us-central1", "DE", "FR", None])
@pytest.mark.parametrize("provider", ["Alibaba", "Meta", "OpenAI", "Ollama", None])
def test_an_own_machine_never_has_a_vendors_cloud(assess, provider, region):
    fields = {"provider": provider, "detected_region": region}
    found = assess(model=QWEN, hosting="own", **{name: value for name, value in fields.items() if value})
    site = found.site.spec
    assert (site.provider, site.pue.value, site.wue_site_l_per_kwh.value, site.market_intensity_g_per_kwh) == ("own", 1, 0, None)
    assert (site.region == "WORLD") == (region is None)


def test_a_rented_server_whose_place_is_not_known_stands_somewhere_in_the_world(assess):
    found = assess(provider="Alibaba", model="qwen/qwen3-8b", hosting="rented")
    assert found.serving.operator == "own_server"
    assert assess(provider="Meta", model="meta-llama/llama-3.1-8b-instruct", hosting="rented").site.calculation_method == "GLOBAL_AVERAGE"


def test_a_rented_server_in_a_cloud_has_the_clouds_region(assess):
    found = assess(provider="AWS", model="meta-llama/llama-3.1-8b-instruct", hosting="rented", detected_region="eu-central-1")
    assert (found.site.spec.region, found.site.match, found.site.spec.provider) == ("eu-central-1", "EXACT_REGION", "AWS")


@pytest.mark.parametrize("hosting", ["cloud", "api"])
def test_a_managed_service_is_served_as_an_api_is(assess, hosting):
    found, plain = (assess(provider="AWS", model="claude-sonnet-4.5", **fields) for fields in ({"hosting": hosting}, {}))
    assert found.serving.operator == plain.serving.operator
    assert energy_wh(found) == energy_wh(plain)


def test_the_field_comes_before_the_tag(assess):
    found = assess(model="qwen/qwen3-8b", hosting="own", tags={"hosting": "api"})
    assert found.serving.hosting == "own"


@pytest.mark.parametrize("model", ["gpt-oss:120b-cloud", "qwen3-coder:480b-cloud", "deepseek-v3.1:671b-cloud"])
def test_what_ollamas_own_servers_run_is_no_machine_of_ones_own(assess, model):
    found = assess(provider="Ollama", model=model)
    assert found.serving.hosting == "api"
    assert found.serving.operator != "one_user"
    assert found.site.provider_name == "Ollama Cloud"


def test_a_board_for_data_centres_is_no_home_machine(assess):
    assert assess(model="qwen/qwen3-8b", hosting="own", accelerator="H100").serving.operator == "own_server"
    assert assess(model="qwen/qwen3-8b", hosting="own", accelerator="RTX 4090").serving.operator == "one_user"


# Time and measurement


def test_time_counts_on_an_own_machine_only(assess):
    times = {"startTimeMs": NOW_MS - 60_000, "endTimeMs": NOW_MS}
    api, timed = (assess(provider="OpenAI", model="gpt-4o", startTimeMs=NOW_MS - 60_000, **fields) for fields in ({}, {"endTimeMs": NOW_MS}))
    assert energy_wh(api) == energy_wh(timed)
    assert timed.serving.energy == "modelled"
    assert assess(provider="Ollama", model=QWEN, **times).serving.energy == "timed"


def test_a_described_machine_has_its_watts_times_the_time(assess):
    preferences = Preferences(hardware={"desk": DESK})
    found = assess(preferences, provider="Ollama", model=QWEN, prompt_ms=1_000, generation_ms=35_000)
    assert energy_wh(found) == pytest.approx(200 * 36 / 3600)
    assert (found.usage.hardware, found.site.spec.region, found.serving.energy) == ("desk", "FR", "timed")


@pytest.mark.parametrize(("accelerator", "low_w", "high_w"), [("RTX 4090", 210, 520), ("NVIDIA RTX A6000", 180, 425), ("Apple M3 Max", 28, 120)])
def test_an_accelerator_tells_a_machine_that_nobody_described(assess, accelerator, low_w, high_w):
    hour = {"provider": "Ollama", "model": QWEN, "generation_ms": 3_600_000, "concurrency": 1}
    found = assess(accelerator=accelerator, **hour)
    energy = found.assessment.footprint.facility_energy_wh
    assert (energy.low, energy.high) == pytest.approx((low_w, high_w))
    assumptions = found.assessment.basis.content["assumptions"]
    assert any(f"with {low_w} to {high_w} W at the wall" in sentence for sentence in assumptions)
    assert not any("no hardware profile" in sentence for sentence in assumptions)
    assert not any("accelerator" in warning for warning in found.warnings)
    assert found.assessment.basis.content["constants"]["embodied_kg"]["source"] != assess(**hour).assessment.basis.content["constants"]["embodied_kg"]["source"]


def test_a_described_machine_is_not_what_its_accelerator_usually_is(assess):
    preferences = Preferences(hardware={"desk": DESK})
    hour = {"provider": "Ollama", "model": QWEN, "generation_ms": 3_600_000}
    assert energy_wh(assess(preferences, accelerator="RTX 4090", **hour)) == pytest.approx(200)


@pytest.mark.parametrize("accelerator", ["2x RTX 4090", "TPU v9"])
def test_an_accelerator_of_no_usual_machine_changes_nothing(assess, accelerator):
    hour = {"provider": "Ollama", "model": QWEN, "generation_ms": 3_600_000}
    assert energy_wh(assess(accelerator=accelerator, **hour)) == energy_wh(assess(**hour))


def test_without_a_time_an_accelerator_changes_nothing(assess):
    assert energy_wh(assess(provider="Ollama", model=QWEN, accelerator="RTX 4090")) == energy_wh(assess(provider="Ollama", model=QWEN))


def test_a_measurement_is_taken_as_it_is(assess):
    found = assess(provider="Ollama", model=QWEN, measured_wh=0.4, measured_boundary="wall", measured_by="a plug")
    assert (energy_wh(found), found.serving.energy) == (0.4, "measured")


def test_on_a_server_the_halls_losses_come_on_top_of_a_measurement(assess):
    found = assess(provider="AWS", model="qwen/qwen3-8b", hosting="rented", detected_region="eu-central-1", measured_wh=2.0, measured_boundary="wall")
    assert energy_wh(found) == pytest.approx(2.0 * found.site.spec.pue.value)


def test_a_power_that_no_machine_has_is_warned_of(assess):
    found = assess(provider="Ollama", model=QWEN, generation_ms=3_600_000, measured_wh=1.0)
    assert any("1.00 W" in warning for warning in found.warnings)
    assert not any(" W at the wall" in warning for warning in assess(provider="Ollama", model=QWEN, generation_ms=3_600_000, measured_wh=100.0).warnings)


def test_a_profile_that_is_not_there_is_said(assess):
    found = assess(provider="Ollama", model=QWEN, hardware="attic")
    assert any("'attic'" in warning for warning in found.warnings)


# Settings


def placed(found: Assessed) -> str:
    return found.site.spec.region


def test_a_plain_region_is_for_those_whose_place_nobody_knows(assess):
    german = Preferences(region="DE")
    assert placed(assess(german, provider="Ollama", model=QWEN)) == "DE"
    assert placed(assess(german, provider="vllm", model="qwen/qwen3-8b")) == "DE"
    assert placed(assess(german, provider="OpenAI", model="gpt-4o")) == placed(assess(provider="OpenAI", model="gpt-4o"))
    assert placed(assess(german, model="claude-sonnet-4.5")) == placed(assess(model="claude-sonnet-4.5"))


def test_a_clouds_region_is_for_that_cloud(assess):
    mine = Preferences(region="eu-central-1")
    assert placed(assess(mine, provider="AWS", model="claude-sonnet-4.5")) == "eu-central-1"
    assert placed(assess(mine, provider="Anthropic", model="claude-sonnet-4.5")) != "eu-central-1"


def test_that_a_region_is_of_no_use_is_said(assess):
    german = Preferences(region="DE")
    assert any("region DE" in warning for warning in assess(german, provider="OpenAI", model="gpt-4o").warnings)
    for fields in ({"provider": "Ollama", "model": QWEN}, {"provider": "OpenAI", "model": "gpt-4o", "detected_region": "SE"}):
        assert not any("region DE" in warning for warning in assess(german, **fields).warnings)


def test_a_providers_settings_are_for_its_calls(assess):
    mine = Preferences(providers={"ollama": {"region": "DE"}, "openai": {"region": "SE", "accelerator": "H100"}})
    assert placed(assess(mine, provider="Ollama", model=QWEN)) == "DE"
    assert placed(assess(mine, provider="LM Studio", model=QWEN)) == "WORLD"
    found = assess(mine, provider="Open AI", model="gpt-4o")
    assert (placed(found), found.usage.accelerator) == ("SE", "H100")
    assert placed(assess(mine, model="gpt-4o")) == "SE"  # by its maker
    assert placed(assess(mine, model="gpt-4o", detected_region="FR")) == "FR"


def test_a_providers_hosting_makes_an_engine_an_own_machine(assess):
    mine = Preferences(providers={"vllm": {"hosting": "own"}}, region="DE")
    found = assess(mine, provider="vllm", model="qwen/qwen3-8b")
    assert (found.serving.hosting, placed(found)) == ("own", "DE")


@pytest.mark.parametrize(("fields", "matches"), [
    ({"provider": "Ollama"}, True), ({"provider": "ollama"}, True), ({"provider": "OpenAI"}, False),
    ({"provider": "OpenAI", "host": "desk.example"}, False), ({"provider": "Ollama", "hosting": "api"}, False),
    ({"provider": "Ollama", "tags": {"hosting": "rented"}}, False), ({"provider": "Ollama", "hosting": "own"}, True),
])  # fmt: skip
def test_a_profile_is_for_the_calls_that_it_matches(assess, fields, matches):
    found = assess(Preferences(hardware={"desk": DESK}), model=QWEN, **fields)
    assert (found.usage.hardware == "desk") == matches


@pytest.mark.parametrize(("written", "called", "matches"), [
    ("LM Studio", "lm-studio", True), ("llama.cpp", "LlamaCpp", True), ("ollama", "ollama2", False), ("☃", "☃", True), ("☃", "☂", False), ("☃", None, False),
])  # fmt: skip
def test_names_of_providers_are_compared_by_letters_and_digits(written, called, matches):
    profile = Hardware("desk", Factor(50.0, 40.0, 60.0, "W", "a meter", 2026), providers=(written,))
    assert profile.matches(called, None, {}) == matches


def test_a_profile_may_match_by_host_and_by_tags(assess):
    watts = Factor(50.0, 40.0, 60.0, "W", "a meter", 2026)
    by_host, by_tag = Hardware("rack", watts, hosts=("gpu.example",)), Hardware("attic", watts, tags={"machine": "attic"})
    mine = Preferences(hardware={"rack": by_host, "attic": by_tag})
    assert assess(mine, model="qwen/qwen3-8b", host="GPU.example").usage.hardware == "rack"
    assert assess(mine, model="qwen/qwen3-8b", tags={"machine": "attic", "x": "y"}).usage.hardware == "attic"
    assert assess(mine, model="qwen/qwen3-8b", tags={"machine": "cellar"}).usage.hardware is None
    assert assess(mine, model="qwen/qwen3-8b", tags={"machine": "attic"}).serving.hosting == "own"


def test_one_by_one_and_by_column_are_alike(catalog):
    """Whatever the settings, a batch gets what its calls get alone."""
    from ecocli.core.usage import Usages

    assessor = Assessor(catalog, preferences=Preferences(hardware={"desk": DESK}))
    calls = [Usage(500, 300, "Ollama", QWEN, started_at_ms=NOW_MS, ended_at_ms=NOW_MS + at * 1000, hardware="desk") for at in (1, 5, 60)]
    names = ("input_tokens", "output_tokens", "provider", "model", "started_at_ms", "ended_at_ms", "hardware")
    usages = Usages({name: [getattr(call, name) for call in calls] for name in names}, len(calls))
    costs = assessor.assess_many(usages, [NOW_MS] * len(calls))
    for at, call in enumerate(calls):
        assert costs.footprint(at) == assessor.assess(call, NOW_MS).assessment.footprint
