"""Names at home: Ollama's library means other models by some names, and what is unknown there is small."""

import re

import pytest
import yaml

from ecocli.catalog.compile_models import merge_models, model_entries
from ecocli.catalog.entries import Entries
from ecocli.catalog.models import resolve_model
from ecocli.catalog.regions import normal_provider
from ecocli.core.specs import ModelSpec
from ecocli.errors import UnknownModel
from tests.catalog.test_models import RAW
from tests.estimator_helpers import shipped


def resolve(name, provider="Ollama", *, fallback=True, **more):
    provider_id = provider and normal_provider(shipped(), provider)
    return resolve_model(shipped(), name, provider_id, fallback, provider=provider, **more)


SIZES = """
deepseek-r1                 8
deepseek-r1:latest          8
deepseek-r1:671b            671
qwen3-coder                 30.53
gpt-oss                     20.9
llama2                      7
tinyllama                   1.1
glm4:q8_0                   9
mixtral                     46.7
mixtral:v0.1                140.6
phi3:medium-128k            14
starcoder2:instruct         15
library/qwen2               7
"""


@pytest.mark.parametrize("line", SIZES.strip().splitlines())
def test_a_name_means_what_the_library_means(line):
    """By the parameters of the tag with the same digest, or of the model of the catalogue that it is."""
    name, total_b = line.split()
    assert resolve(name).spec.total_params_b.value == pytest.approx(float(total_b), rel=0.1)


def test_the_other_providers_mean_the_large_one():
    assert resolve("deepseek-r1", "deepseek").spec.total_params_b.value == 671
    assert resolve("deepseek-r1", None).spec.total_params_b.value == 671


@pytest.mark.parametrize("name", ["command-r", "command-r:latest"])
def test_the_library_has_a_later_release_under_the_bare_name(name):
    """Cohere's documentation: `command-r` is an alias for command-r-03-2024."""
    assert resolve(name).spec.id == "cohere/command-r-08-2024"
    assert resolve(name.partition(":")[0], "Cohere").spec.id == resolve("command-r-03-2024", "Cohere").spec.id == "cohere/command-r"


@pytest.mark.parametrize("how", [{"provider": None, "format": "ollama"}, {"provider": "ollama_chat"}])
def test_the_format_and_the_proxy_say_so_too(how):
    assert resolve("deepseek-r1", **how).spec.total_params_b.value == pytest.approx(8, rel=0.05)


def test_a_path_says_so_too():
    assert resolve("ollama/deepseek-r1", None).spec.total_params_b.value == pytest.approx(8, rel=0.05)


def test_the_parameters_of_a_mixture_that_are_active():
    assert resolve("dbrx").spec.active_params_b.value == 36
    assert resolve("nemotron-cascade-2").spec.active_params_b.value == 3.5  # 30b-a3b by its tag, and 3.5 as NVIDIA says of these layers


def test_what_is_assumed_is_said():
    unlisted = next(name for name, size in RAW["ollama_library"].items() if size != "hosted" and resolve(name).match == "class")
    known, unknown = resolve("gpt-oss"), resolve(unlisted)
    assert (known.match, known.warnings) == ("alias", ())
    assert known.spec.notes[-1] == "in Ollama's library 'gpt-oss' is gpt-oss:20b"
    assert "is not in the catalogue: taken as a model of " in unknown.warnings[0] and unknown.warnings[0].endswith(", as Ollama's library says")


def test_a_name_of_the_library_is_a_known_name():
    assert resolve("deepseek-r1", fallback=False).spec.id == "deepseek/deepseek-r1-0528-qwen3-8b"  # which the library's 8b has been since May 2025
    assert resolve("gpt-oss", fallback=False).spec.id == "openai/gpt-oss-20b"
    with pytest.raises(UnknownModel):
        resolve("my-own-tune", fallback=False)


def test_what_ollama_serves_itself_runs_on_no_own_machine():
    assert resolve("deepseek-v3.2:cloud").spec.id == resolve("deepseek-v3.2").spec.id == "deepseek/deepseek-v3.2"
    assert resolve("glm-5.2").spec.total_params_b.value > 300


@pytest.mark.parametrize("provider", ["Ollama", "LM Studio", "llama.cpp", "vllm"])
@pytest.mark.parametrize("name", ["my-own-tune", "acme-mini", "glm-custom", "acme/whatever:latest"])
def test_an_unknown_one_at_home_is_small(name, provider):
    found = resolve(name, provider)
    total = found.spec.total_params_b
    assert (found.match, found.spec.id) == ("class", "class:own-machine")
    assert total.value < 10 and total.high / total.low > 30 and found.widening > 2


def test_elsewhere_it_is_not():
    assert resolve("my-own-tune", "openrouter").spec.id == "class:unknown"


def test_every_entry_is_a_size_that_can_be_told():
    for name, size in RAW["ollama_library"].items():
        if size != "hosted":
            stated = resolve(f"x:{size}", None).spec
            assert 0.2 < stated.total_params_b.value < 700, name
            assert ("-a" in size) <= (stated.active_params_b.value < stated.total_params_b.value), name


def test_half_of_the_library_has_8_b_or_fewer():
    """Evidence for the size of the class of own machines."""
    sizes = sorted(resolve(f"x:{size}", None).spec.total_params_b.value for name, size in RAW["ollama_library"].items() if size != "hosted" and ":" not in name)
    body = ModelSpec.from_json(shipped().get("model-class", "own-machine")["spec"]).total_params_b
    assert sizes[len(sizes) // 2] == body.value == 8
    within = sum(body.low <= size <= body.high for size in sizes) / len(sizes)
    assert 0.88 < within < 0.95


def test_names_of_one_s_own():
    own = yaml.safe_load("ollama_library: {house-model: 12b}")
    entries = Entries.in_memory(model_entries(merge_models(RAW, own)))
    assert resolve_model(entries, "house-model", None, True, provider="ollama").spec.total_params_b.value == 12
    assert resolve_model(entries, "tinyllama", None, True, provider="ollama").spec.total_params_b.value == 1.1


def test_names_are_written_as_the_library_writes_them():
    assert all(re.fullmatch(r"[a-z0-9.-]+(:[a-z0-9.-]+)?", name) for name in RAW["ollama_library"])


OWN = [("--hosting", "own"), ("--provider", "lm-studio"), ("--provider", "llama.cpp"), ("--provider", "ollama"), ("--tag", "hosting=own")]


@pytest.mark.parametrize("flags", OWN)
def test_on_a_machine_of_ones_own_a_bare_name_is_what_ollama_would_fetch(eco, flags):
    """The library's `mistral-small` and its `latest` are the 24 B of January 2025, whatever Mistral serves by that name today."""
    audit = eco("estimate", "--model", "mistral-small", *flags, "--prompt-tokens", "10", "--completion-tokens", "5").json["audit"]
    assert audit["model"] == "mistralai/mistral-small-24b-instruct-2501"
    assert "in Ollama's library 'mistral-small' is mistral-small:24b" in audit["assumptions"]


def test_weights_with_their_path_are_those_also_on_a_machine_of_ones_own(eco):
    """An own server has room for all of DeepSeek-R1, which its page on Hugging Face names; Ollama's `deepseek-r1` is a small one."""
    sizes = {}
    for name in ("deepseek-ai/DeepSeek-R1", "deepseek-r1"):
        audit = eco("estimate", "--model", name, "--hosting", "own", "--prompt-tokens", "10", "--completion-tokens", "5", "--explain").json["audit"]
        sizes[name] = audit["model"]
    assert sizes["deepseek-ai/DeepSeek-R1"] == "deepseek/deepseek-r1"
    assert "8b" in sizes["deepseek-r1"]
