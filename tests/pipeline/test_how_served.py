"""How a call is served, as far as it is known: who operates, on which accelerator, in which precision."""

from collections.abc import Callable

import pytest

from ecocli.catalog.entries import Entries
from ecocli.core.usage import Usage
from ecocli.estimator.eco2.operators import OPERATORS
from ecocli.pipeline.assessment import Assessed, Assessor
from ecocli.pipeline.serving import Serving

NOW_MS = 1_780_315_200_000
Serve = Callable[..., Serving]


@pytest.fixture
def assess(catalog: Entries) -> Callable[..., Assessed]:
    assessor = Assessor(catalog)
    return lambda model, **fields: assessor.assess(Usage(1000, 500, model=model, **fields), NOW_MS)


@pytest.fixture
def serve(assess: Callable[..., Assessed]) -> Serve:
    return lambda model, **fields: assess(model, **fields).serving


# The operator


@pytest.mark.parametrize(("model", "provider", "operator"), [
    ("gpt-4o", None, "frontier"), ("claude-opus-4.5", None, "frontier"), ("claude-opus-4.5", "aws", "frontier"), ("gpt-4o", "azure", "frontier"),
    ("meta-llama/llama-3.3-70b-instruct", None, "open_host"), ("meta-llama/llama-3.3-70b-instruct", "together", "open_host"),
    ("openai/gpt-oss-120b", None, "open_host"), ("openai/gpt-oss-120b", "groq", "open_host"),
    ("deepseek/deepseek-r1", None, "wide_expert_parallel"), ("deepseek/deepseek-r1", "deepseek-ai", "wide_expert_parallel"),
    ("deepseek/deepseek-r1", "together", "open_host"),  # another host's servers are not DeepSeek's
    ("deepseek/deepseek-r1-distill-llama-70b", "deepseek", "open_host"),  # dense: it has no experts to spread
    ("sao10k/l3.3-euryale-70b", None, "rare"), ("nousresearch/hermes-4-405b", None, "rare"),
    ("meta-llama/llama-3.1-8b-instruct", "ollama", "one_user"), ("meta-llama/llama-3.1-8b-instruct", "lm-studio", "one_user"),
    ("gpt-4o", "local", "one_user"), ("sao10k/l3.3-euryale-70b", "ollama", "one_user"), ("deepseek/deepseek-r1", "llama.cpp", "one_user"),
    ("meta-llama/llama-3.1-8b-instruct", "vllm", "own_server"), ("deepseek/deepseek-r1", "SGLang", "own_server"),
])  # fmt: skip
def test_who_operates_is_told_from_model_and_provider(serve: Serve, model: str, provider: str | None, operator: str) -> None:
    assert serve(model, provider=provider).operator == operator


@pytest.mark.parametrize(("tag", "operator"), [
    ("own", "one_user"), ("on-prem", "one_user"), ("rented", "own_server"), ("leased", "own_server"), ("cloud", "open_host"), ("bought", "open_host"),
    ("api", "open_host"), (" Own ", "one_user"), ("whatever", "open_host"),
])  # fmt: skip
def test_the_tag_hosting_is_heard(serve: Serve, tag: str, operator: str) -> None:
    assert serve("meta-llama/llama-3.3-70b-instruct", tags={"hosting": tag}).operator == operator


def test_the_tag_does_not_make_one_users_machine_a_server(serve: Serve) -> None:
    assert serve("llama3.1:8b", provider="ollama", tags={"hosting": "own"}).operator == "one_user"


def test_every_operator_can_be_met(serve: Serve) -> None:
    calls = [("gpt-4o", {}), ("meta-llama/llama-3.3-70b-instruct", {}), ("deepseek/deepseek-r1", {}), ("nousresearch/hermes-4-405b", {}),
             ("llama3.1:8b", {"provider": "ollama"}), ("llama3.1:8b", {"provider": "vllm"})]  # fmt: skip
    assert {serve(model, **fields).operator for model, fields in calls} == OPERATORS.keys()


# What is stated


def test_nothing_stated_is_nothing_known(serve: Serve) -> None:
    found = serve("meta-llama/llama-3.3-70b-instruct")
    assert (found.accelerator, found.weight_precision, found.assumptions, found.warnings) == (None, None, (), ())


def test_stated_names_become_those_of_the_tables(serve: Serve) -> None:
    found = serve("meta-llama/llama-3.3-70b-instruct", accelerator="8x NVIDIA H100 80GB HBM3", weight_precision="FP8")
    assert (found.accelerator, found.weight_precision, found.warnings) == ("H100", "fp8", ())
    assert found.to_json() == {
        "operator": "open_host", "accelerator": "H100", "weight_precision": "fp8", "hosting": "api", "energy": "modelled", "hardware": None,
    }  # fmt: skip
    assert found.constants["accelerator_compute"].value == 1
    assert found.constants["stored_bits"].value == 8


def test_unknown_names_are_warned_of(assess: Callable[..., Assessed]) -> None:
    found = assess("meta-llama/llama-3.3-70b-instruct", accelerator="abacus", weight_precision="fp6")
    assert (found.serving.accelerator, found.serving.weight_precision) == (None, None)
    assert found.serving.warnings == (
        "accelerator 'abacus' is not known: the mix of the day is taken",
        "weight precision 'fp6' is not known: the precision that hosts usually serve is taken",
    )
    assert set(found.serving.warnings) <= set(found.warnings)
    assert set(found.serving.warnings) <= set(found.assessment.basis.content["assumptions"])


@pytest.mark.parametrize(("model", "weights"), [
    ("llama3.1:8b-instruct-q4_K_M", "q4_k_m"), ("llama3.2:3b-instruct-fp16", "fp16"), ("Qwen/Qwen3-235B-A22B-FP8", "fp8"), ("llama3.1:8b", None),
    ("Qwen/Qwen3-8B-AWQ", "awq"),
])  # fmt: skip
def test_the_precision_is_read_from_the_models_name(assess: Callable[..., Assessed], model: str, weights: str | None) -> None:
    found = assess(model, provider="ollama")
    assert found.serving.weight_precision == weights
    said = f"the weights are taken as {weights}, as the model's name says"
    assert (said in found.assessment.basis.content["assumptions"]) is (weights is not None)
    assert found.warnings == found.model.warnings + found.site.warnings


def test_what_is_stated_beats_the_name(serve: Serve) -> None:
    found = serve("llama3.1:8b-instruct-q4_K_M", weight_precision="bf16")
    assert (found.weight_precision, found.assumptions) == ("bf16", ())


def test_a_stated_precision_that_is_unknown_leaves_the_name_to_speak(serve: Serve) -> None:
    found = serve("llama3.1:8b-instruct-q4_K_M", weight_precision="fp6")
    assert found.weight_precision == "q4_k_m" and len(found.warnings) == 1


def test_the_name_of_a_closed_model_says_nothing_of_weights(serve: Serve) -> None:
    assert serve("gpt-4o-fp8").weight_precision is None


def test_what_is_stated_has_a_basis_of_its_own_and_no_more(assess: Callable[..., Assessed]) -> None:
    """Calls that state the same share one; a concurrency is of the call."""
    model = "meta-llama/llama-3.3-70b-instruct"
    plain, stated, respelled, busy = (
        assess(model, **fields).assessment.basis.digest
        for fields in ({}, {"accelerator": "H100"}, {"accelerator": "nvidia h100 sxm"}, {"accelerator": "H100", "concurrency": 64.0})
    )
    assert plain != stated == respelled == busy
