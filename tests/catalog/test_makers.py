"""A provider that is no known host of a model is said; whoever may serve it is left alone."""

import json

import genai_prices.data
import pytest
import yaml

from ecocli.catalog.compiled import data_path
from ecocli.catalog.makers import OPEN, disagreement
from ecocli.catalog.models import resolve_model, search_models
from ecocli.catalog.regions import normal_provider
from ecocli.errors import UnsupportedModality
from tests.estimator_helpers import shipped

TOKENS = ("--prompt-tokens", "10", "--completion-tokens", "5")
NO_HOST = "{} is not known to serve {}: the provider or the model may be wrong, both are taken as written"


def said(provider: str, name: str, *, is_self_run: bool = False) -> str | None:
    found = resolve_model(shipped(), name, normal_provider(shipped(), provider), True, provider=provider)
    return disagreement(shipped(), provider, found, is_self_run=is_self_run)


STRANGERS = [
    ("OpenAI", "claude-sonnet-4.5", "OpenAI", "anthropic/claude-sonnet-4.5"),
    ("Anthropic", "gpt-5", "Anthropic", "openai/gpt-5"),
    ("gemini", "gpt-4o", "Google", "openai/gpt-4o"),
    ("groq", "gpt-4o", "Groq", "openai/gpt-4o"),
    ("bedrock", "gemini-2.5-pro", "AWS", "google/gemini-2.5-pro"),
    ("OpenAI", "llama-3.3-70b-instruct", "OpenAI", "meta-llama/llama-3.3-70b-instruct"),
    ("ollama", "gpt-4o", "ollama", "openai/gpt-4o"),
]


@pytest.mark.parametrize(("provider", "name", "shown", "model_id"), STRANGERS)
def test_no_known_host(provider, name, shown, model_id):
    assert said(provider, name) == NO_HOST.format(shown, model_id)


HOSTS = """
Azure gpt-4o
Azure claude-sonnet-4.5
Bedrock claude-sonnet-4.5
Bedrock llama-3.3-70b-instruct
Vertex claude-sonnet-4.5
Gemini gemini-2.5-pro
OpenRouter claude-sonnet-4.5
litellm gpt-4o
Cursor claude-sonnet-4.5
Groq llama-3.3-70b-instruct
Groq gpt-oss-20b
Together deepseek-r1
Perplexity sonar
ollama qwen3-8b
OpenAI gpt-5
OpenAI auto
"""


@pytest.mark.parametrize("line", HOSTS.strip().splitlines())
def test_a_known_host(line):
    assert said(*line.split()) is None


def test_nothing_is_said_of_unknown_providers_and_unknown_models():
    assert said("Acme AI", "claude-sonnet-4.5") is None
    assert said("OpenAI", "my-own-thing") is None


def test_an_open_model_on_a_machine_of_ones_own_may_be_called_by_any_library():
    assert said("OpenAI", "llama-3.3-70b-instruct", is_self_run=True) is None
    assert said("OpenAI", "claude-sonnet-4.5", is_self_run=True) is not None


def test_no_pair_of_a_public_price_list_is_doubted():
    """A later list may have a few that are new."""
    pairs = [(provider.id, model.id) for provider in genai_prices.data.providers for model in provider.models]
    assert len(pairs) > 1000
    assert sum(1 for pair in pairs if _doubted(*pair)) <= len(pairs) / 100


def _doubted(provider: str, name: str) -> bool:
    try:
        return said(provider, name) is not None
    except UnsupportedModality:
        return False


def test_makers_are_named_as_the_models_name_them():
    providers = yaml.load(data_path("regions.yaml").read_text("utf-8"), yaml.CSafeLoader)["providers"]
    makers = {model.developer for model in search_models(shipped())}
    assert {name for provider in providers.values() for name in provider.get("serves", ())} - {OPEN} <= makers


def test_a_person_is_told_and_the_audit_keeps_it(eco):
    result = eco("record", "--provider", "OpenAI", "--model", "claude-sonnet-4.5", *TOKENS)
    sentence = NO_HOST.format("OpenAI", "anthropic/claude-sonnet-4.5")
    assert result.stderr == f"eco: warning: {sentence}\n"
    assert sentence in json.loads(result.stdout)["audit"]["assumptions"]


def test_a_list_of_calls_says_it_once(eco):
    event = {"provider": "OpenAI", "model": "claude-sonnet-4.5", "prompt_tokens": 10, "completion_tokens": 5}
    result = eco("record", input="".join(json.dumps(event | {"id": str(number)}) + "\n" for number in range(50)))
    assert result.stderr.count("is not known to serve") == 1


def test_a_model_of_a_catalogue_of_ones_own_is_served_by_whomever_one_says(eco, tmp_path):
    folder = tmp_path / "config" / "eco"
    folder.mkdir(parents=True)
    (folder / "models.yaml").write_text("models:\n  - {id: house/tuned, base: llama-3-8b, developer: house, reasoning: \"no\"}\n")
    assert eco("estimate", "--provider", "OpenAI", "--model", "house/tuned", *TOKENS).stderr == ""
