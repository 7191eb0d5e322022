"""Names as vendors, clouds and gateways write them: what they add is taken off, and what names another model never is."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ecocli.catalog import model_spellings
from ecocli.catalog.compile_models import model_entries
from ecocli.catalog.entries import Entries
from ecocli.catalog.model_affixes import NOT_REASONING, PRECISIONS, PREFIXES, QUANTISATIONS, REASONING, SERVING, SPEEDS
from ecocli.catalog.model_parts import MAX_WORDS, has_suffix, parts
from ecocli.catalog.models import close_names, resolve_model
from ecocli.errors import UnknownModel

ROOT = Path(__file__).resolve().parents[2]
RAW = yaml.load((ROOT / "models.yaml").read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
ENTRIES = Entries.in_memory(model_entries(RAW))
MOVING = {name.lower() for name in RAW["moving_names"]}
IDS = [entry["id"] for entry in RAW["models"] if entry["id"].rpartition("/")[2].lower() not in MOVING]
"""Ids of models whose name means them on every day."""
BASES = {entry["id"]: entry["base"] for entry in RAW["models"]}
REASONS = [entry["id"] for entry in RAW["models"] if entry["reasoning"] != "no"]


def resolve(name, provider=None, fallback=False):
    return resolve_model(ENTRIES, name, provider, fallback)


def table(text):
    return [tuple(part.strip() for part in line.split("  ") if part.strip()) for line in text.strip().splitlines()]


ALIASES = """
us.deepseek.r1                                     deepseek/deepseek-r1
in.anthropic.claude-haiku-4-5                      anthropic/claude-haiku-4.5
amer.anthropic.claude-opus-4-6                     anthropic/claude-opus-4.6
us-gov.anthropic.claude-sonnet-4-5                 anthropic/claude-sonnet-4.5
regional.openai.gpt-5.4                            openai/gpt-5.4
databricks/databricks-claude-opus-4-5              anthropic/claude-opus-4.5
databricks-meta-llama-3-1-70b-instruct             meta-llama/llama-3.1-70b-instruct
system.ai.gpt-oss-20b                              openai/gpt-oss-20b
azure_ai/FW-Kimi-K2.5                              moonshotai/kimi-k2.5
snowflake/openai-gpt-5.1                           openai/gpt-5.1
zai-org-glm-4.6                                    z-ai/glm-4.6
duo-chat-opus-4-6                                  anthropic/claude-opus-4.6
fireworks_ai/accounts/fireworks/models/qwen3-8b    qwen/qwen3-8b
accounts/fireworks/models/minimax-m2p5             minimax/minimax-m2.5
accounts/fireworks/models/llama-v3p1-405b          meta-llama/llama-3.1-405b
Anthropic: Claude Opus 4.6                         anthropic/claude-opus-4.6
Z.ai: GLM 5                                        z-ai/glm-5
Nobody's Gateway: Claude Opus 4.6                  anthropic/claude-opus-4.6
Cohere: Command R+                                 cohere/command-r-plus
EU Anthropic Claude Sonnet 4.6                     anthropic/claude-sonnet-4.6
gemma4:26b                                         google/gemma-4-26b-a4b-it
o4mini                                             openai/o4-mini
qwen-3-14b                                         qwen/qwen3-14b
claude-4.1-opus                                    anthropic/claude-opus-4.1
claude-haiku4-5                                    anthropic/claude-haiku-4.5
gpt-41-nano                                        openai/gpt-4.1-nano
openai-gpt-52                                      openai/gpt-5.2
llama31-70b-instruct                               meta-llama/llama-3.1-70b-instruct
io/minimax-m25                                     minimax/minimax-m2.5
qwen3-vl-30b                                       qwen/qwen3-vl-30b-a3b-instruct
mistral-nemo-12b                                   mistralai/mistral-nemo
llama4:17b-scout-16e                               meta-llama/llama-4-scout
mistral.ministral-3-8b-instruct                    mistralai/ministral-8b-2512
Llama 4 Maverick 17B 128E Instruct                 meta-llama/llama-4-maverick
"""

SUFFIXES = """
us.deepseek.r1-v2:0                                deepseek/deepseek-r1
claude-haiku-4.5:batch                             anthropic/claude-haiku-4.5
minimax/MiniMax-M2-highspeed                       minimax/minimax-m2
moonshotai/kimi-k2.5-turbo                         moonshotai/kimi-k2.5
zai-org/GLM-5-fast                                 z-ai/glm-5
Claude Opus 4.1 (latest)                           anthropic/claude-opus-4.1
Claude Sonnet 4.6 (EU)                             anthropic/claude-sonnet-4.6
Grok 4 Fast (Non-Reasoning)                        x-ai/grok-4-fast
glm-4-6-251008                                     z-ai/glm-4.6
mistral-nemo@2407                                  mistralai/mistral-nemo
claude-opus-4-1@default                            anthropic/claude-opus-4.1
claude-opus-4-6[1m]                                anthropic/claude-opus-4.6
claude-sonnet-4-5:32000                            anthropic/claude-sonnet-4.5
claude-opus-4.5-thinking:8192                      anthropic/claude-opus-4.5
claude-sonnet-4.5:thinking:high                    anthropic/claude-sonnet-4.5
gpt-5.2-codex-xhigh                                openai/gpt-5.2-codex
deepseek/deepseek-v3.2/community                   deepseek/deepseek-v3.2
qwen3-vl:8b-thinking-q5_K_M                        qwen/qwen3-vl-8b-thinking
gemma3:12b-it-qat-q4_0                             google/gemma-3-12b-it
qwen3:14b-instruct-2507                            qwen/qwen3-14b
qwen3-235b-a22b-instruct-fp8                       qwen/qwen3-235b-a22b
llama3.1:70b-text-q6_K                             meta-llama/llama-3.1-70b-instruct
mistral-7b-instruct-v0p3                           mistralai/mistral-7b-instruct-v0.1
gpt-41-copilot                                     openai/gpt-4.1
Claude Opus 4.5 (Global)                           anthropic/claude-opus-4.5
"""


@pytest.mark.parametrize(("name", "model_id"), table(ALIASES))
def test_what_stands_before_a_name_is_taken_off_at_once(name, model_id):
    found = resolve(name)
    assert (found.spec.id, found.match, found.widening, found.warnings) == (model_id, "alias", 1.0, ())


@pytest.mark.parametrize(("name", "model_id"), table(SUFFIXES))
def test_what_stands_behind_a_name_is_taken_off_at_once(name, model_id):
    found = resolve(name)
    assert (found.spec.id, found.match, found.widening, found.warnings) == (model_id, "suffix", 1.0, ())


@pytest.mark.parametrize("name", ["\tgpt-5\t", "gpt-5\n", "\u00a0openai/gpt-5 ", "openai\t:\tgpt-5", "gpt\u20135"])
def test_white_space_and_dashes_of_any_kind_separate(name):
    assert resolve(name).spec.id == "openai/gpt-5"


@pytest.mark.parametrize(
    ("name", "model_id"),
    [
        ("ft:gpt-4.1-nano-2025-04-14:acme::Ab12", "openai/gpt-4.1-nano"),
        ("ft:gpt-3.5-turbo", "openai/gpt-3.5-turbo"),
        ("openai/ft:gpt-4.1-nano-2025-04-14:acme::Ab12", "openai/gpt-4.1-nano"),
        ("azure/ft:gpt-3.5-turbo", "openai/gpt-3.5-turbo"),
        ("gpt-4.1-nano-2025-04-14.ft-0123456789abcdef0123456789abcdef-acme", "openai/gpt-4.1-nano"),
        ("gpt-4o-mini:ft-acme-2024-10-01", "openai/gpt-4o-mini"),
    ],
)
def test_a_fine_tuned_model_is_its_base(name, model_id):
    assert resolve(name).spec.id == model_id


# --- another model


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("phi-4-reasoning", "microsoft/phi-4"),  # Phi-4 does not reason
        ("command-a-reasoning-08-2025", "cohere/command-a"),
        ("sonar-reasoning", "perplexity/sonar"),
        ("qwen3-vl-32b-thinking", "qwen/qwen3-vl-32b-instruct"),
        ("gpt-4o-high", "openai/gpt-4o"),
        ("grok-4.20-fast", "x-ai/grok-4.20"),  # xAI sells models named fast
        ("glm-4.6-turbo", "z-ai/glm-4.6"),  # and Zhipu one named turbo
        ("mistral-small-2409", "mistralai/mistral-small-2603"),  # a year and a month name other weights
        ("phi-4-base", "microsoft/phi-4"),  # without a size the plain model might have another one
        ("llama-3.1-13b-instruct", "meta-llama/llama-3.1-8b-instruct"),  # the size is another one
        ("mistral-nemo-27b", "mistralai/mistral-nemo"),
        ("llama-4-scout-70b", "meta-llama/llama-4-scout"),
        ("gpt-4.7", "openai/gpt-4"),
        ("gpt-47", "openai/gpt-4"),
        ("Coding Router", "switchpoint/router"),  # one word is too little to be meant
        ("acme-gpt-4o", "openai/gpt-4o"),
        ("gpt-4o-acme", "openai/gpt-4o"),
    ],
)
def test_another_model_is_not_taken_for_a_known_one(name, other):
    assert resolve(other).match == "exact"
    found = resolve(name, fallback=True)
    assert found.spec.id != other or found.match in ("family", "class")


@pytest.mark.parametrize("name", ["grok-4-fast", "gpt-4-turbo", "qwen3-max-thinking", "o3-mini-high", "claude-opus-4.6-fast", "gpt-oss-20b:free"])
def test_a_suffix_that_is_part_of_a_known_name_stays(name):
    assert resolve(f"{name}-latest").spec.id.endswith(name)


# --- whatever is added to an id

OF_SIZED = {"instruct-turbo", "instruct-lite"}
OF_IMAGES = {word for word in SERVING if "banana" in word}
"""Nicknames of image models, behind whose names they stand."""
FREE = st.sampled_from(sorted({*SERVING, *PRECISIONS, *QUANTISATIONS, *NOT_REASONING, "2027-03-04", "20270304", "270304", "128k", "1m"} - OF_SIZED - OF_IMAGES))
SEPARATED = st.sampled_from("-:._ @")


@given(st.sampled_from(sorted(PREFIXES)), st.sampled_from(["-", ".", "/", ": ", " "]), st.sampled_from(IDS))
def test_any_prefix_before_any_id(prefix, separator, model_id):
    found = resolve(prefix + separator + model_id)
    assert BASES[found.spec.id] == BASES[model_id]


@given(st.sampled_from(IDS), SEPARATED, FREE)
def test_any_suffix_behind_any_id(model_id, separator, suffix):
    found = resolve(model_id + separator + suffix)
    assert found.spec.id == model_id or found.match != "suffix"  # the longer name is a known one


@given(st.sampled_from(REASONS), SEPARATED, st.sampled_from(REASONING))
def test_any_mode_behind_an_id_that_reasons(model_id, separator, mode):
    found = resolve(model_id + separator + mode)
    assert found.spec.id == model_id or found.match != "suffix"


@given(st.sampled_from(["zai-org/glm-4.7", "minimax/minimax-m2", "openai/gpt-oss-20b", "qwen/qwen3-32b"]), st.sampled_from(SPEEDS))
def test_any_speed_behind_an_id_of_open_weights(model_id, speed):
    if (model_id, speed) != ("zai-org/glm-4.7", "turbo"):
        assert resolve(f"{model_id}-{speed}").spec.id.rpartition("/")[2] == model_id.rpartition("/")[2]


@given(st.sampled_from(sorted(PREFIXES)), st.sampled_from(sorted(PREFIXES)), st.sampled_from(IDS), FREE, FREE)
def test_prefixes_and_suffixes_together(outer, inner, model_id, first, second):
    found = resolve(f"{outer}/{inner}.{model_id.rpartition('/')[2]}-{first}:{second}", fallback=True)
    bare = resolve(model_id.rpartition("/")[2])
    if found.match == "suffix" and bare.spec.id == model_id:
        assert found.spec.total_params_b == bare.spec.total_params_b


# --- parts


def test_the_longest_part_comes_first_and_no_part_is_empty():
    lengths = [len(part.words) for part in parts("bedrock/us.anthropic.claude-opus-9-20270101-v1:0")]
    assert lengths == sorted(lengths, reverse=True) and min(lengths) > 0


@given(st.text(max_size=300))
def test_a_name_of_any_length_has_few_parts(name):
    assert len(parts(name)) <= MAX_WORDS**2


@pytest.mark.parametrize(("name", "has"), [("gpt-4o-2024-05-13", True), ("Claude Opus 4.5 (latest)", True), ("gpt-4o", False), ("claude-opus-4-6", False)])
def test_has_suffix(name, has):
    assert has_suffix(name) is has


# --- cost


def test_a_name_that_is_known_as_it_is_loads_none_of_this():
    code = """if 1:
        import os, sys
        from ecocli.catalog.compiled import open_for
        catalog = open_for(os.environ)
        for name in [name for name in sys.modules if name.startswith("ecocli.catalog.model")]:
            del sys.modules[name]  # what compiling may have loaded
        from ecocli.catalog.models import resolve_model
        resolve_model(catalog, "openai/gpt-4o", None, False)
        print(sorted(name for name in sys.modules if name.startswith("ecocli.catalog.model")))
    """
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "['ecocli.catalog.model_names', 'ecocli.catalog.models']"


def test_a_name_is_searched_for_once(monkeypatch):
    searched = []
    for function in ("_find", "_suggestions"):
        original = getattr(model_spellings, function)
        monkeypatch.setattr(model_spellings, function, lambda *args, original=original: searched.append(args[1]) or original(*args))
    for _ in range(3):
        with pytest.raises(UnknownModel):
            resolve("name-that-nobody-has", "openai")
    assert searched == ["name-that-nobody-has"] * 2
    assert close_names(ENTRIES, "gpt-4oo")[0] == "openai/gpt-4o"


def test_what_is_remembered_is_bounded():
    entries = Entries.in_memory(model_entries(RAW))
    for i in range(model_spellings.MOST_REMEMBERED + 10):
        model_spellings.find(entries, f"nobody-{i}", None)
    assert len(model_spellings._remembered[entries]) <= model_spellings.MOST_REMEMBERED
