"""Families of unknown names: which one a name begins, and which size of it a word means."""

from pathlib import Path

import pytest
import yaml

from ecocli.catalog.compile_models import model_entries
from ecocli.catalog.entries import Entries
from ecocli.catalog.model_families import begins, family_of, words_in
from ecocli.catalog.models import resolve_model
from ecocli.core.specs import ModelSpec
from ecocli.errors import BadCatalog

ROOT = Path(__file__).resolve().parents[2]
RAW = yaml.load((ROOT / "models.yaml").read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
ENTRIES = Entries.in_memory(model_entries(RAW))


WITHOUT_SMALL = ("phi", "voxtral", "deepseek", "minimax", "solar", "mercury")
MAIN_ONLY = {name: {key: value for key, value in RAW["families"][name].items() if key != "small"} for name in WITHOUT_SMALL}
BARE = Entries.in_memory(model_entries({**RAW, "models": [model | {"family": None} for model in RAW["models"]], "families": MAIN_ONLY}))


def resolve(name, entries=ENTRIES):
    return resolve_model(entries, name, None, fallback=True)


def total_b(model_id):
    return ModelSpec.from_json(ENTRIES.get("model", model_id)["spec"]).total_params_b.value


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("databricks-grok-9", "grok"),
        ("us-gov.anthropic.claude-opus-9", "claude-opus"),
        ("Z.ai: GLM 9", "glm"),
        ("coding-minimax-m9", "minimax"),
        ("kimi9", "kimi"),  # a digit may follow a word,
        ("gpt-48", "gpt"),  # but not another digit of a version
        ("gpt-4.9", "gpt"),
        ("gpt-4-9-preview", "gpt"),
        ("gpt-4-0101-acme", "gpt-4"),
        ("gpt-4.1-acme", "gpt-4.1"),
        ("claude-fable-9", "claude-fable"),
        ("eu.anthropic.claude-mythos-9", "claude-mythos"),
        ("glm-9-airx", "glm-airx"),
    ],
)
def test_a_name_belongs_to_the_family_that_begins_it(name, family):
    assert family_of(ENTRIES, name).model_id == RAW["families"][family]["representative"].lower()


@pytest.mark.parametrize("name", ["olmographer", "qwen_gateway/acme-9", "grokking", "minimax/edit/acme"])
def test_a_gateway_or_a_longer_word_is_no_family(name):
    assert family_of(ENTRIES, name) is None


@pytest.mark.parametrize(("form", "start", "does"), [("gpt-4o", "gpt-4", False), ("gpt-4", "gpt-4", True), ("gpt-4-32k", "gpt-4", True), ("o34", "o3", False)])
def test_begins(form, start, does):
    assert begins(form, start) is does


# --- sizes within a family


@pytest.mark.parametrize("name", ["openai.gpt-9-luna", "gpt-9-micro", "claude-9-lite", "command-light-9", "qwen9-vl-flash", "glm-9-flashx", "ernie-9-tiny"])
def test_a_word_for_small_means_the_family_s_small_model(name):
    found = resolve(name)
    main = next(f for f in RAW["families"].values() if not f.get("words") and any(name.removeprefix("openai.").startswith(start) for start in f["start"]))
    assert found.match == "family"
    assert found.spec.total_params_b.value < total_b(main["representative"].lower()) / 2


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("Phi-9-mini-4k-reasoning", 3.8),  # Phi-3-mini
                ("mercury-coder-small-9", None),
    ],
)
def test_a_family_without_a_small_model_is_scaled_down(name, known):
    found = resolve(name, BARE)
    size, representative = found.spec.total_params_b, family_of(BARE, name).model_id
    assert (found.match, found.spec.id[:6]) == ("class", "class:")
    assert representative in found.warnings[0] and found.widening >= 1.5
    assert size.high < total_b(representative)
    assert found.spec.active_params_b.value <= size.value
    if known:
        assert size.low <= known <= size.high


@pytest.mark.parametrize(
    ("name", "model_id"),
    [
        ("mimo-v9-flash", RAW["families"]["mimo-flash"]["representative"]),  # the representative is small itself
        ("mistral-tiny", "mistralai/ministral-8b-2512"),  # the family begins with the word
        ("gpt-9-instant", RAW["families"]["gpt"]["representative"]),  # not smaller, but without reasoning
        ("kimi-k9-fast", RAW["families"]["kimi"]["representative"]),
        ("gemini-9-flash", RAW["families"]["gemini-flash"]["representative"]),
        ("grok-9-mini", "x-ai/grok-3-mini"),
    ],
)
def test_words_that_the_representative_has_change_nothing(name, model_id):
    found = resolve(name)
    assert (found.spec.id, found.match) == (model_id, "family")


def test_the_small_model_of_a_family_must_exist():
    broken = {**RAW, "families": {**RAW["families"], "gpt": {**RAW["families"]["gpt"], "small": "nobody"}}}
    with pytest.raises(BadCatalog, match=r"families\.gpt\.small: 'nobody' is not under models"):
        list(model_entries(broken))


# --- embeddings come before families and sizes


@pytest.mark.parametrize(
    "name", ["doubao-embedding-9", "mistral-embed-9", "acme-textembedding", "embeddinggemma-9", "gpt-reranker", "voyage-9-large", "bge-m9"]
)
def test_a_model_that_embeds_belongs_to_no_chat_family(name):
    found = resolve(name)
    assert (found.spec.id, found.match) == ("class:embedding", "class")


def test_a_stated_size_of_an_embedding_model_is_kept():
    found = resolve("acme-embedding:300m")
    assert found.spec.total_params_b.value == found.spec.active_params_b.value == 0.3


def test_words():
    assert words_in("Hunyuan-TurboS-9") >= {"hunyuan", "turbo"}
    assert words_in("solar-mini4") == {"solar", "mini"}
    assert "mini" not in words_in("gemini minimax")
