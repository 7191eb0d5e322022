"""`from ecocli import estimate, Usage`: the same answer as the command's, for programs."""

import copy
import json
import pickle
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import asdict, fields
from multiprocessing import get_context

import pytest

from ecocli import Answer, EcoError, Usage, errors, estimate
from ecocli.errors import BadConfig, BadData, BadField, UnknownModel, UnknownRegion
from ecocli.ingest import native
from ecocli.library import FIELDS, _assessor

START_MS = 1_763_800_000_000
NOT_REPORTED = {"format", "encoding", "assumptions", "model_reported", "region_reported"}


@pytest.fixture(autouse=True)
def nobodys_catalogue(env, monkeypatch):
    """The shipped catalogue, whoever runs the tests."""
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, env[name])
    _assessor.cache_clear()
    yield
    _assessor.cache_clear()


def call(**changed) -> Usage:
    return Usage(**{"input_tokens": 1000, "output_tokens": 500, "model": "gpt-4o", "region": "us-east-1", "started_at_ms": START_MS} | changed)


def test_the_command_answers_the_same(eco):
    event = {"model": "gpt-4o", "prompt_tokens": 1000, "completion_tokens": 500, "region": "us-east-1", "startTimeMs": START_MS, "id": "mine"}
    assert estimate(call(id="mine")).body == eco("estimate", input=json.dumps(event)).json


def test_figures_have_ranges_and_the_audit_says_how():
    answer = estimate(call(cached_tokens=100))
    assert isinstance(answer, Answer)
    energy_wh = answer.footprint.facility_energy_wh
    assert 0 < energy_wh.low < energy_wh.value < energy_wh.high
    assert answer.audit["tokens"] == {"prompt": 1000, "completion": 500, "reasoning": None, "cached": 100, "cache_write": None}
    assert (answer.audit["calculationMethod"], answer.warnings) == ("EXACT_REGION", ())


def test_every_reported_field_goes_through_the_one_validator():
    assert set(FIELDS) == {field.name for field in fields(Usage)} - NOT_REPORTED
    assert set(FIELDS.values()) == set(native.FIELDS)


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"input_tokens": -1}, BadField),
        ({"output_tokens": True}, BadField),
        ({"cached_tokens": 1001}, BadField),
        ({"first_token_at_ms": START_MS - 1}, BadField),
        ({"tags": {"project": 7}}, BadField),
        ({"model": None}, BadData),
        ({"region": "us-easy-1"}, UnknownRegion),
    ],
)
def test_what_a_command_refuses_is_an_error(changed, error):
    with pytest.raises(error) as refused:
        estimate(call(**changed))
    assert isinstance(refused.value, EcoError)


def test_an_unknown_model_goes_on_unless_it_must_be_known():
    for guessed in (estimate(call(model="gpt-4oo")), estimate(call(model="gpt-4oo"), model_fallback=True)):
        assert guessed.audit["modelMatch"] in ("family", "class")
        assert guessed.warnings
    with pytest.raises(UnknownModel):
        estimate(call(model="gpt-4oo"), strict=True)


def test_an_unknown_region_goes_on_only_where_that_is_allowed():
    assert estimate(call(region="us-easy-1"), region_fallback=True).audit["calculationMethod"] != "EXACT_REGION"


def test_an_id_of_bedrock_tells_its_region():
    named = estimate(call(model="arn:aws:bedrock:eu-west-1:123456789012:foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0", region=None))
    assert named.audit["finalRegion"] == "eu-west-1"


def test_a_user_s_own_catalogue_counts(env, tmp_path):
    folder = tmp_path / "config" / "eco"
    folder.mkdir(parents=True)
    (folder / "models.yaml").write_text("edition: mine\n")
    assert "+own-" in estimate(call()).audit["dataEdition"]


def test_a_user_s_own_names_for_models_count_and_no_other_setting_does(env, tmp_path):
    folder = tmp_path / "config" / "eco"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text('strict = true\n[provider.openai]\nregion = "DE"\n[aliases]\n"our-bot" = "gpt-4o"\n')
    found = estimate(call(model="our-bot", provider="OpenAI", region=None))
    assert found.audit["model"] == "openai/gpt-4o"
    assert found.audit["finalRegion"] != "DE"
    assert estimate(call(model="nobody-knows")).audit["modelMatch"] == "class"  # not strict


def test_an_alias_of_nothing_is_an_error(env, tmp_path):
    folder = tmp_path / "config" / "eco"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text('[aliases]\n"our-bot" = "gpt-five-hundred"\n')
    with pytest.raises(BadConfig, match="our-bot"):
        estimate(call())


def test_threads_share_one_catalogue():
    with ThreadPoolExecutor(8) as pool:
        days = pool.map(lambda day: estimate(call(started_at_ms=START_MS + day * 86_400_000)), range(200))
    assert all(answer.footprint.co2_g.value > 0 for answer in days)


def test_processes_share_the_work():
    usages = [call(input_tokens=n, tags={"n": str(n)}) for n in range(4)]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        found = [answer.footprint for answer in pool.map(estimate, usages)]
        refused = pool.submit(estimate, call(model="gpt-4oo"), strict=True).exception()
    assert found == [estimate(usage).footprint for usage in usages]
    with pytest.raises(UnknownModel) as here:
        estimate(call(model="gpt-4oo"), strict=True)
    assert (type(refused), str(refused), refused.hint) == (UnknownModel, str(here.value), here.value.hint)


def test_a_usage_can_be_copied_and_be_a_key():
    usage = call(tags={"project": "x"})
    assert pickle.loads(pickle.dumps(usage)) == copy.deepcopy(usage) == Usage(**asdict(usage)) == usage
    assert {usage: 1, call(tags={"project": "y"}): 2}[call(tags={"project": "x"})] == 1


KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, EcoError)]


PARTS = {
    errors.BadField: ("prompt_tokens", -1, "must be an integer"),
    errors.BadPlugin: ("eco-acme", "ecocli.formats: acme = eco_acme", ValueError("x")),
    errors.MissingExtra: ("eco serve", "serve"),
    errors.CannotRun: ("frobnicate", "No such file or directory"),
    errors.MissingScope: ("laptop", "record"),
    errors.UnsupportedModality: ("sora-9", "a video model"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_arrives_whole_from_another_process(kind):
    error = kind(*PARTS.get(kind, ("gpt-4oo",)))
    error.where = "line 3"
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), again.args, vars(again)) == (kind, error.args, vars(error))


PROBE = "import json, sys; {}; print(json.dumps(sorted(sys.modules)))"


def modules_after(statement: str, env: dict[str, str]) -> set[str]:
    done = subprocess.run([sys.executable, "-I", "-c", PROBE.format(statement)], capture_output=True, env=env, check=True)
    return set(json.loads(done.stdout))


def test_importing_the_package_imports_nothing_else(env):
    assert modules_after("import ecocli", env) - modules_after("pass", env) == {"ecocli"}


def test_importing_the_library_needs_the_standard_library_only(env):
    loaded = modules_after("from ecocli import Answer, EcoError, Estimate, Footprint, Usage, estimate", env) - modules_after("pass", env)
    assert {name.partition(".")[0] for name in loaded} - sys.stdlib_module_names == {"ecocli"}


def test_a_name_that_the_package_lacks():
    import ecocli

    with pytest.raises(AttributeError, match="no attribute 'estimat'"):
        _ = ecocli.estimat
