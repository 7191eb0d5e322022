"""Models: every name leads to the model it means, or to an error; and every figure has its papers."""

import copy
import json
import re
import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ecocli.catalog.compile_models import merge_models, model_entries
from ecocli.catalog.entries import Entries
from ecocli.catalog.models import maker_of, model, model_names, resolve_model, search_models
from ecocli.cli import hints
from ecocli.core.factors import Factor
from ecocli.core.matches import MODEL_MATCHES
from ecocli.core.specs import MODEL_FACTORS, ModelSpec
from ecocli.errors import BadCatalog, UnknownModel

ROOT = Path(__file__).resolve().parents[2]
RAW = yaml.load((ROOT / "models.yaml").read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
ENTRIES = Entries.in_memory(model_entries(RAW))
IDS = [entry["id"] for entry in RAW["models"]]
SPECS = {model_id: ModelSpec.from_json(body["spec"]) for model_id, body in ENTRIES.all("model")}


def resolve(name, provider=None, fallback=False):
    return resolve_model(ENTRIES, name, provider, fallback)


# --- the catalogue itself


def test_none_of_the_models_is_lost():
    assert len(IDS) == len(set(IDS)) >= 384


@pytest.mark.parametrize("model_id", IDS)
def test_every_id_resolves_exactly(model_id):
    found = resolve(model_id)
    assert (found.spec.id, found.match) == (model_id, "exact")
    assert found.warnings == ()
    assert resolve(model_id.upper()) == found


OF_SOME = ("compute_multiplier", "prefill_params_b", "table_params_b")
"""Factors that only some models have."""


@pytest.mark.parametrize("spec", SPECS.values(), ids=lambda spec: spec.id)
def test_every_figure_has_its_papers(spec):
    for name in MODEL_FACTORS:
        factor = getattr(spec, name)
        if name in OF_SOME and factor is None:
            continue
        assert isinstance(factor, Factor)
        assert 0 < factor.low <= factor.value <= factor.high, name
        assert len(factor.source) > 20 and 2020 <= factor.year <= 2026
        assert factor.basis in ("measured", "reported", "derived", "assumed")


@pytest.mark.parametrize("spec", SPECS.values(), ids=lambda spec: spec.id)
def test_sizes_are_possible(spec):
    total, active = spec.total_params_b, spec.active_params_b
    assert active.value <= total.value
    assert spec.total_params_b.unit == spec.active_params_b.unit == "B"
    assert 4 <= spec.weight_bits.value <= 16
    if spec.size_basis == "guess":
        assert total.low < total.high, "a guess without a range"


def test_figures_that_anyone_can_check():
    assert SPECS["meta-llama/llama-3.3-70b-instruct"].total_params_b.value == 70.55
    # 80 layers * 8 heads * 128 wide * keys and values * 2 bytes
    assert SPECS["meta-llama/llama-3.3-70b-instruct"].kv_bytes_per_token.value == 80 * 8 * 128 * 2 * 2
    # 61 layers * (512 latent + 64 rotary) * 2 bytes
    assert SPECS["deepseek/deepseek-r1"].kv_bytes_per_token.value == 61 * 576 * 2
    assert SPECS["openai/gpt-oss-120b"].weight_bits.value == 4.25


def test_products_that_the_energy_law_does_not_fit_say_so():
    groq = resolve("groq/llama-3.1-8b-instant")
    assert groq.spec.accelerator == "lpu" and groq.widening > 1 and "LPU" in groq.spec.notes[0]
    assert SPECS["inception/mercury-2"].architecture == "diffusion"
    assert SPECS["openai/gpt-5-pro"].compute_multiplier.value == 12
    assert resolve("google/lyria-3-pro-preview").widening > resolve("google/gemini-3-pro-image-preview").widening > 1
    assert resolve("switchpoint/router").widening > 1


def test_variants_share_their_base():
    sizes = ("total_params_b", "active_params_b", "kv_bytes_per_token")
    free, paid = SPECS["openai/gpt-oss-20b:free"], SPECS["openai/gpt-oss-20b"]
    assert all(getattr(free, name) == getattr(paid, name) for name in sizes)


# --- names that people and clouds write

ALIASES = """
gpt-4o                                        openai/gpt-4o
GPT-4o                                        openai/gpt-4o
gpt-4o-2024-08-06                             openai/gpt-4o-2024-08-06
chatgpt-4o-latest                             openai/gpt-4o
gpt-35-turbo                                  openai/gpt-3.5-turbo
gpt-4-0125-preview                            openai/gpt-4-turbo-preview
gpt-5-2025-08-07                              openai/gpt-5
gpt-5.1-codex-mini                            openai/gpt-5.1-codex-mini
azure/gpt-4o                                  openai/gpt-4o
openrouter/openai/gpt-4o                      openai/gpt-4o
claude-sonnet-4-5                             anthropic/claude-sonnet-4.5
claude-sonnet-4-5-20250929                    anthropic/claude-sonnet-4.5
anthropic/claude-4.5-sonnet-20250929          anthropic/claude-sonnet-4.5
Claude Sonnet 4.5                             anthropic/claude-sonnet-4.5
claude-3-5-sonnet-20241022                    anthropic/claude-3.5-sonnet
claude-3-opus-20240229                        anthropic/claude-3-opus
claude-opus-5-5                               anthropic/claude-opus-5.5
Claude Fable 5.1                              anthropic/claude-fable-5.1
gpt-5.6                                       openai/gpt-5.6-sol
gpt-6.1-terra                                 openai/gpt-6.1-terra
gemini-4-argon                                google/gemini-4-argon
grok-build-0.1                                x-ai/grok-build-0.1
gemini-3-pro                                  google/gemini-3-pro-preview
models/gemini-2.5-flash                       google/gemini-2.5-flash
publishers/google/models/gemini-2.5-pro       google/gemini-2.5-pro
vertex_ai/gemini-2.5-pro                      google/gemini-2.5-pro
gemini-2.0-flash                              google/gemini-2.0-flash-001
llama3.1:8b                                   meta-llama/llama-3.1-8b-instruct
ollama/llama3.2                               meta-llama/llama-3.2-3b-instruct
qwen3:32b                                     qwen/qwen3-32b
gpt-oss:20b                                   openai/gpt-oss-20b
gemma3:27b                                    google/gemma-3-27b-it
deepseek-ai/DeepSeek-V3                       deepseek/deepseek-chat
deepseek.v3-v1:0                              deepseek/deepseek-chat-v3.1
zai-org/GLM-4.6                               z-ai/glm-4.6
moonshotai/Kimi-K2-Instruct-0905              moonshotai/kimi-k2-0905
accounts/fireworks/models/llama-v3p3-70b-instruct  meta-llama/llama-3.3-70b-instruct
xai/grok-4                                    x-ai/grok-4
mistral-large-latest                          mistralai/mistral-large-2512
claude-sonnet-4-5@20250929                    anthropic/claude-sonnet-4.5
projects/p/locations/l/publishers/anthropic/models/claude-opus-4@20250514  anthropic/claude-opus-4
"""

SUFFIXES = """
anthropic.claude-sonnet-4-5-20250929-v1:0     anthropic/claude-sonnet-4.5
us.anthropic.claude-sonnet-4-5-20250929-v1:0  anthropic/claude-sonnet-4.5
eu.anthropic.claude-haiku-4-5-20251001-v1:0   anthropic/claude-haiku-4.5
global.anthropic.claude-opus-4-5-20251101-v1:0  anthropic/claude-opus-4.5
apac.anthropic.claude-3-5-sonnet-20241022-v2:0  anthropic/claude-3.5-sonnet
bedrock/anthropic.claude-3-haiku-20240307-v1:0  anthropic/claude-3-haiku
arn:aws:bedrock:us-east-1:1:inference-profile/us.anthropic.claude-opus-4-1-20250805-v1:0  anthropic/claude-opus-4.1
arn:aws:bedrock:us-west-2::foundation-model/meta.llama3-3-70b-instruct-v1:0  meta-llama/llama-3.3-70b-instruct
openai.gpt-oss-120b-1:0                       openai/gpt-oss-120b
claude-opus-4-5[1m]                           anthropic/claude-opus-4.5
claude-sonnet-4-5-20250929[1m]                anthropic/claude-sonnet-4.5
claude-3-5-haiku-latest                       anthropic/claude-3.5-haiku
claude-sonnet-4.5:thinking                    anthropic/claude-sonnet-4.5
openai/gpt-5-mini:free                        openai/gpt-5-mini
openai/gpt-5:nitro                            openai/gpt-5
gemini-2.5-flash-preview-05-20                google/gemini-2.5-flash
grok-4-fast-non-reasoning                     x-ai/grok-4-fast
llama3.1:8b-instruct-q4_0                     meta-llama/llama-3.1-8b-instruct
llama3.1:8b-instruct-q4_K_M                   meta-llama/llama-3.1-8b-instruct
meta-llama/Llama-3.3-70B-Instruct-Turbo       meta-llama/llama-3.3-70b-instruct
together_ai/meta-llama/Meta-Llama-3.1-70B-Instruct-Turbo  meta-llama/llama-3.1-70b-instruct
Qwen/Qwen3-235B-A22B-Instruct-2507-FP8        qwen/qwen3-235b-a22b-2507
Qwen/Qwen3-32B-AWQ                            qwen/qwen3-32b
"""


def table(text):
    return [tuple(re.split(r"  +", line.strip())) for line in text.strip().splitlines()]


@pytest.mark.parametrize(("name", "model_id"), table(ALIASES))
def test_aliases(name, model_id):
    found = resolve(name)
    assert (found.spec.id, found.match, found.widening) == (model_id, "alias", 1.0)


@pytest.mark.parametrize(("name", "model_id"), table(SUFFIXES))
def test_the_same_model_with_another_suffix(name, model_id):
    found = resolve(name)
    assert (found.spec.id, found.match, found.widening) == (model_id, "suffix", 1.0)


def test_the_provider_settles_which_host_is_meant():
    assert resolve("llama-3.3-70b-versatile").spec.id == "groq/llama-3.3-70b-versatile"
    assert resolve("llama-4-maverick").spec.id == "meta-llama/llama-4-maverick"
    assert resolve("llama-4-maverick", "groq").spec.id == "groq/llama-4-maverick"
    assert resolve("openai/gpt-oss-120b", "groq").spec.id == "groq/gpt-oss-120b"
    assert resolve("gpt-oss-120b", "together").spec.id == "openai/gpt-oss-120b"
    assert resolve("google/gemini-1.5-pro", "google").match == "exact"


# --- names that are not known


@pytest.mark.parametrize(
    ("name", "close"),
    [
        ("grok-5", "x-ai/grok-4"),
        ("gpt-6", "openai/gpt-5"),
        ("gpt-4o-maxi", "openai/gpt-4o"),
        ("gemini-3.5-pro", "google/gemini-3.1-pro-preview"),
        ("claude-sonet-4.5", "anthropic/claude-sonnet-4.5"),
        ("openai/gpt-4oo", "openai/gpt-4o"),
        ("mistral-small-2412", "mistralai/mistral-small"),
    ],
)
def test_a_near_miss_is_an_error_with_suggestions(name, close):
    with pytest.raises(UnknownModel) as error:
        resolve(name)
    assert repr(name) in str(error.value)
    assert close in error.value.hint


def test_nothing_like_it_points_to_the_list():
    with pytest.raises(UnknownModel) as error:
        resolve("zzzzzz")
    assert "eco models list" in hints.hint(error.value)


@pytest.mark.parametrize(
    ("name", "model_id"),
    [
        ("gpt-5.9-mini", "openai/gpt-5.4-mini"),
        ("gpt-7", "openai/gpt-6.1-sol"),
        ("gpt-7-luna", "openai/gpt-6-luna"),
        ("us.anthropic.claude-opus-6-20280101-v1:0", "anthropic/claude-opus-5.5"),
        ("claude-3-opus-20991231-next", "anthropic/claude-3-opus"),
        ("claude-fable-6", "anthropic/claude-fable-5.2"),
        ("gemini-4-flash", "google/gemini-3.8-flash"),
        ("gemini-4-flash-lite", "google/gemini-3.5-flash-lite"),
        ("o5-mini", "openai/o4-mini"),
        ("grok-6-fast", "x-ai/grok-4.1-fast"),
        ("deepseek-v4", "deepseek/deepseek-v4.1-flash"),
        ("gpt-4o-2099-01-01-next", "openai/gpt-4o"),  # the start that fits is the longest, not that of `chatgpt`'s family
        ("gpt-4.1-next", "openai/gpt-4.1"),
        ("gpt-4-next", "openai/gpt-4"),
    ],
)
def test_families(name, model_id):
    found = resolve(name, fallback=True)
    assert (found.spec.id, found.match) == (model_id, "family")
    assert found.widening >= 1.5
    assert model_id in found.warnings[0]
    with pytest.raises(UnknownModel):
        resolve(name)


@pytest.mark.parametrize(
    ("name", "spec_id"),
    [
        ("whatever-nano", "class:small"),
        ("acme-ultra-2", "class:large"),
        ("acme-chat", "class:medium"),
        ("text-embedding-3-large", "class:embedding"),
        ("olmographer", "class:unknown"),
        ("foo-13b", "class:13b"),
    ],
)
def test_classes(name, spec_id):
    found = resolve(name, fallback=True)
    assert (found.spec.id, found.match) == (spec_id, "class")
    assert found.widening >= 1.5 and found.warnings
    assert maker_of(ENTRIES, spec_id) is None


def test_a_size_in_the_name_is_the_size():
    dense = resolve("llama-5-70b", fallback=True).spec
    assert (dense.architecture, dense.total_params_b.value, dense.active_params_b.value) == ("dense", 70, 70)
    sparse = resolve("foo-30b-a3b", fallback=True).spec
    assert (sparse.architecture, sparse.total_params_b.value, sparse.active_params_b.value) == ("moe", 30, 3)
    big = resolve("foo-1000b", fallback=True).spec
    assert big.architecture == "moe" and big.total_params_b.value == 1000
    assert big.active_params_b.low < big.active_params_b.value < 100 < big.active_params_b.high == 1000


def test_the_steps_widen_one_after_another():
    widths = [resolve(n, fallback=True).widening for n in ("gpt-4o", "gpt-6", None, "acme")]
    family, default, unknown = widths[1], resolve(None, "openai").widening, widths[3]
    assert widths[0] == 1 < family < default < unknown


# --- no model named


def test_a_provider_has_a_documented_default():
    found = resolve(None, "anthropic")
    assert (found.spec.id, found.match) == ("anthropic/claude-sonnet-5.5", "provider_default")
    assert "no model was named" in found.warnings[0]


@pytest.mark.parametrize("provider", [None, "nobody", "\ud800"])
def test_without_a_default_it_is_a_class(provider):
    found = resolve(None, provider)
    assert (found.spec.id, found.match) == ("class:unknown", "class")


def test_every_default_is_of_a_provider():  # who only passes calls on, or hosts anything, has none: a class stands for its model
    regions = yaml.load((ROOT / "regions.yaml").read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    assert set(RAW["defaults"]) < set(regions["providers"])


def test_every_provider_of_a_model_by_its_own_maker_has_a_default():
    community = """
        01-ai aetherwiing agentica-org aion-labs aisingapore alfredpros all-hands allenai alpindale anthracite-org
        arcee-ai argilla arliai austism baichuan bespokelabs bigcode bigscience bsc-lt codeup cognition
        cognitivecomputations cursor databricks deepcogito defog dicta-il dots-studio eleutherai epfl essentialai
        eva-unit-01 featherless flagalpha garage-baind gryphe hcompany inceptionai inclusionai infermatic infly intel
        internlm ise-uiuc jetbrains jinaai jondurbin latitudegames lgai-exaone lighton llava lmsys mancer mattshumer
        mbzuai medllama2 mindlab-research moondream morph motherduckdb neversleep nexusflow nothingiisreal nousresearch
        numind open-orca open-r1 open-thoughts openbmb openchat opengvlab ornith pankajmathur perceptron phind poolside
        powerinfer prime-intellect prism-ml raifle reflection-ai relace sail sakana sao10k scb10x sentientagi servicenow
        shisa-ai snorkelai snowflake sophosympatheia speakleash stabilityai stanford steelskull swiss-ai switchpoint
        tencentarc thedrummer thinkingmachines tiiuae tinyllama togethercomputer tokyotech-llm undi95 utter-project
        wizardlm xingchen-agi xwin-lm
    """
    providers = {body["provider"] for _, body in ENTRIES.all("model")}
    assert providers - set(RAW["defaults"]) == set(community.split())


# --- hostile names


@given(st.text(alphabet=st.characters(), max_size=256) | st.text(alphabet="-.:/@[]ab0123456789x", max_size=256))
def test_any_name_ends_in_a_match_or_unknown_model(name):
    found = resolve(name, name, fallback=True)
    assert found.match in MODEL_MATCHES and found.spec.total_params_b.low > 0
    assert ModelSpec.from_json(json.loads(json.dumps(found.spec.to_json() | {"context_tokens": None})))


@pytest.mark.parametrize("unit", ["-", "/", "a/", "-q4", "-2025", "1", "b1", ":free", "us.", "[1m]", "x7b", "\x00", "İ", "\ud800"])
def test_long_names_are_quick(unit):
    start = time.perf_counter()
    with pytest.raises(UnknownModel):
        resolve((unit * 256)[:256])
    resolve((unit * 256)[:256], "groq", fallback=True)
    assert time.perf_counter() - start < 2


def test_a_known_name_takes_two_look_ups():
    calls = []

    class Counting:
        def get(self, kind, key):
            calls.append((kind, key))
            return ENTRIES.get(kind, key)

    for name in ("openai/gpt-4o", "claude-sonnet-4-5-20250929"):
        calls.clear()
        resolve_model(Counting(), name, None, False)
        assert [kind for kind, _ in calls] == ["model-name", "model"]


# --- lists


def test_listing():
    listed = model(ENTRIES, "OpenAI/GPT-4o")
    assert (listed.spec.id, listed.developer, listed.open_weights) == ("openai/gpt-4o", "openai", False)
    assert model(ENTRIES, "nothing") is None
    assert maker_of(ENTRIES, "groq/llama-4-scout") == "groq"
    assert maker_of(ENTRIES, "meta-llama/llama-4-scout") == "meta"


def test_searching():
    assert [m.spec.id for m in search_models(ENTRIES, "Haiku")] == [
        "anthropic/claude-3-haiku",
        "anthropic/claude-3.5-haiku",
        "anthropic/claude-haiku-4.5",
        "anthropic/claude-haiku-5.5",
    ]
    assert {m.provider for m in search_models(ENTRIES, "llama", "groq")} == {"groq"}
    assert len(list(search_models(ENTRIES))) == len(IDS)


def test_completions():
    assert model_names(ENTRIES, "claude-opus-4.6") == ["claude-opus-4.6", "claude-opus-4.6-fast"]
    assert all(name.startswith("x-ai/") for name in model_names(ENTRIES, "x-ai/"))
    assert set(IDS) <= set(model_names(ENTRIES))


# --- the file's schema


def broken(change):
    raw = copy.deepcopy(RAW)
    change(raw)
    with pytest.raises(BadCatalog) as error:
        list(model_entries(raw))
    assert "\n" not in str(error.value) and str(error.value).startswith("models.yaml: ")
    return str(error.value)


def gpt_4o(raw):
    return next(entry for entry in raw["models"] if entry["id"] == "openai/gpt-4o")


def size(raw):
    return raw["architectures"]["gpt-4o"]["total_params_b"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda r: gpt_4o(r).update(aliass=[]), "models.openai/gpt-4o.aliass: unknown key"),
        (lambda r: gpt_4o(r).pop("base"), "models.openai/gpt-4o.base: missing"),
        (lambda r: gpt_4o(r).update(base="nothing"), "models.openai/gpt-4o.base: 'nothing' is not under architectures"),
        (lambda r: gpt_4o(r).update(family="x"), "models.openai/gpt-4o.family: 'x' is not under families"),
        (lambda r: gpt_4o(r).update(precision="x"), "models.openai/gpt-4o.precision: 'x' is not under precisions"),
        (lambda r: gpt_4o(r).update(reasoning=False), "models.openai/gpt-4o.reasoning: "),
        (lambda r: gpt_4o(r).update(context_tokens="128000"), "models.openai/gpt-4o.context_tokens: "),
        (lambda r: gpt_4o(r).update(range_widening=0.5), "models.openai/gpt-4o.range_widening: "),
        (lambda r: gpt_4o(r).update(aliases=["gpt-4-32k"]), "aliases: 'gpt-4-32k' already stands for openai/gpt-4"),
        (lambda r: r["models"].append(gpt_4o(r)), "models.openai/gpt-4o.id: is used twice"),
        (lambda r: size(r).update(low=500), "architectures.gpt-4o.total_params_b: low 500.0 <= value 440.0"),
        (lambda r: size(r).update(low=0), "architectures.gpt-4o.total_params_b: low must be above 0"),
        (lambda r: size(r).update(unit="M"), "architectures.gpt-4o.total_params_b.unit: Input should be 'B'"),
        (lambda r: r["precisions"]["unknown"].update(unit="byte"), "precisions.unknown.unit: Input should be 'bit'"),
        (
            lambda r: r["architectures"]["deepseek-v3"]["kv_bytes_per_token"].update(unit="kB/token"),
            "architectures.deepseek-v3.kv_bytes_per_token.unit: Input should be 'bytes/token'",
        ),
        (lambda r: size(r).update(value="440"), "architectures.gpt-4o.total_params_b.value: "),
        (lambda r: size(r).update(source="x"), "architectures.gpt-4o.total_params_b.source: 'x' is not under sources"),
        (lambda r: size(r).pop("source"), "architectures.gpt-4o.total_params_b.source: missing"),
        (lambda r: size(r).pop("year"), "architectures.gpt-4o.total_params_b.year: missing"),
        (lambda r: size(r).update(value=30.0, low=30.0), "architectures.gpt-4o: active_params_b must not be above"),
        (
            lambda r: r["families"]["gpt"].update(representative="x"),
            "families.gpt.representative: 'x' is not under models",
        ),
        (lambda r: r["defaults"]["openai"].update(model="x"), "defaults.openai.model: 'x' is not under models"),
        (lambda r: r["classes"].pop("small"), "classes: small is missing"),
        (lambda r: r["precisions"].pop("unknown"), "is not under precisions"),
        (lambda r: r["kv_rule"].update(source="x"), "kv_rule.source: 'x' is not under sources"),
        (lambda r: r["sources"]["hf-card"].update(year="2025"), "sources.hf-card.year: "),
        (lambda r: r["sources"]["hf-card"].update(retrieved="today"), "sources.hf-card.retrieved: "),
        (lambda r: r["sources"]["hf-card"].update(via="a blog"), "sources.hf-card: checked: true beside via: what was read in a blog was not read at its source"),
        (lambda r: r.update(models=3), "models: "),
        (lambda r: r.update(models=[3]), "models.0: "),
        (lambda r: r.update(extra={}), "extra: unknown key"),
        (lambda r: r.pop("edition"), "edition: missing"),
    ],
)
def test_violations_name_entry_and_field(change, message):
    assert message in broken(change)


# --- a user's own file

OWN = {"id": "acme/one", "base": "deepseek-v3", "developer": "acme", "reasoning": "no", "aliases": ["acme-one"]}


def merged(own):
    return Entries.in_memory(model_entries(merge_models(RAW, own)))


def test_an_own_model_is_added_and_may_use_the_shipped_facts():
    entries = merged({"models": [OWN]})
    assert resolve_model(entries, "acme-one", None, False).spec.total_params_b.value == 671
    assert resolve_model(entries, "gpt-4o", None, False).spec == SPECS["openai/gpt-4o"]


def test_an_own_entry_replaces_the_whole_entry():
    entries = merged({"edition": "2027-01-01", "models": [OWN | {"id": "openai/gpt-4o"}]})
    found = resolve_model(entries, "openai/gpt-4o", None, False).spec
    assert (found.developer, found.total_params_b.value, found.context_tokens) == ("acme", 671, None)
    assert len(entries.keys("model")) == len(IDS)


def test_an_own_architecture_source_and_default():
    facts = copy.deepcopy(RAW["architectures"]["phi-4"])
    for name in ("total_params_b", "active_params_b"):
        facts[name]["source"] = "acme-card"
    own = {
        "sources": {"acme-card": {"title": "The card", "publisher": "Acme", "year": 2026}},
        "architectures": {"acme": facts},
        "models": [OWN | {"base": "acme"}],
        "defaults": {"acme": {"model": "acme/one", "reason": "its only model"}},
    }
    assert resolve_model(merged(own), None, "acme", False).spec.total_params_b.source.startswith("The card. Acme, 2026")


@pytest.mark.parametrize(
    ("own", "message"),
    [
        ({"model": []}, "models.yaml: model: unknown key"),
        ({"models": {}}, "models.yaml: models: "),
        ({"models": [{"base": "phi-4"}]}, f"models.{len(IDS)}.id: missing"),
        ({"models": [OWN | {"id": ["a"]}]}, "id: Input should be a valid string"),
        ({"models": [OWN | {"aliases": ["gpt-4-32k"]}]}, "already stands for openai/gpt-4"),
        ({"sources": []}, "models.yaml: sources: "),
        ({3: 3}, "models.yaml: 3: unknown key"),
    ],
)
def test_a_bad_own_file_is_refused(own, message):
    with pytest.raises(BadCatalog) as error:
        merged(own)
    assert message in str(error.value)


def test_an_own_model_never_takes_a_shipped_short_name():
    entries = merged({"models": [OWN | {"id": "acme/gpt-4o", "aliases": []}]})
    assert resolve_model(entries, "gpt-4o", None, False).spec.id == "openai/gpt-4o"
    assert resolve_model(entries, "gpt-4o", "acme", False).spec.id == "acme/gpt-4o"
