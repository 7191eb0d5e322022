"""A name that moves stands for what its maker served on the day of the call."""

import copy
from datetime import date

import pytest

from ecocli.catalog.compile_models import model_entries
from ecocli.catalog.models import resolve_model
from ecocli.core.usage import Usage, Usages
from ecocli.errors import BadCatalog
from ecocli.pipeline.assessment import Assessor
from ecocli.pipeline.bases import DAY_MS
from tests.catalog.test_models import RAW
from tests.estimator_helpers import shipped


def day(text: str) -> int:
    return (date.fromisoformat(text) - date(1970, 1, 1)).days


def on(text: str, name: str, provider: str | None = None) -> str:
    return resolve_model(shipped(), name, provider, False, day=day(text)).spec.id


DAYS = """
2025-01-01  deepseek-chat       deepseek/deepseek-chat
2025-03-23  deepseek-chat       deepseek/deepseek-chat
2025-03-24  deepseek-chat       deepseek/deepseek-chat-v3-0324
2025-12-01  deepseek-chat       deepseek/deepseek-v3.2
2025-02-01  deepseek-reasoner   deepseek/deepseek-r1
2025-09-28  deepseek-reasoner   deepseek/deepseek-v3.1-terminus
2025-12-24  gemini-pro-latest   google/gemini-2.5-pro
2026-01-21  gemini-pro-latest   google/gemini-3-pro-preview
2026-03-06  google/gemini-pro-latest  google/gemini-3.1-pro-preview
2025-06-01  mistral-medium-latest     mistralai/mistral-medium-3
2025-08-12  mistral-medium-latest     mistralai/mistral-medium-3.1
2024-12-24  mistral/mistral-large-latest  mistralai/mistral-large-2411
2025-08-04  opus[1m]            anthropic/claude-opus-4
2025-08-05  opus[1m]            anthropic/claude-opus-4.1
2024-07-01  sonnet              anthropic/claude-3.5-sonnet
2025-03-01  claude-sonnet       anthropic/claude-3.7-sonnet
2025-10-01  claude              anthropic/claude-sonnet-4.5
2025-10-14  haiku               anthropic/claude-3.5-haiku
2025-10-15  claude-haiku-latest anthropic/claude-haiku-4.5
2025-06-01  4o                  openai/gpt-4o
2025-06-01  4o-mini             openai/gpt-4o-mini
2025-08-06  gpt                 openai/gpt-4o
2025-08-07  chatgpt             openai/gpt-5
2025-08-07  gpt-mini            openai/gpt-5-mini
2024-06-01  gemini-pro          google/gemini-1.0-pro
2025-10-01  gemini-pro          google/gemini-2.5-pro
2025-03-01  gemini-flash        google/gemini-2.0-flash-001
2025-10-01  Gemini              google/gemini-2.5-flash
2024-03-01  mistral-small       mistralai/mistral-small-2402
2025-07-01  mistral-small       mistralai/mistral-small-3.2-24b-instruct
2025-07-01  mistral/mistral-medium    mistralai/mistral-medium-3
2024-12-01  mistral-large       mistralai/mistral-large-2411
"""


@pytest.mark.parametrize("line", DAYS.strip().splitlines())
def test_what_a_name_stood_for(line):
    when, name, model_id = line.split()
    assert on(when, name) == model_id


def test_a_model_that_has_the_name_as_its_id_keeps_it_where_nobody_moves_it():
    assert on("2026-11-20", "mistral-large") == "mistralai/mistral-large-4"
    assert on("2026-11-20", "mistralai/mistral-large") == on("2026-11-20", "mistralai/mistral-large", "openrouter") == "mistralai/mistral-large"


def test_a_version_is_never_dropped_for_the_model_of_today():
    for name in ("gpt-4", "gpt-3.5-turbo", "claude-3-haiku", "gemini-1.5-pro", "mistral-small-2409", "gpt-4o-2024-05-13"):
        assert name in on("2026-11-20", name)


def test_a_person_reads_what_a_bare_name_was_taken_for(eco):
    call = ("--prompt-tokens", "10", "--completion-tokens", "5", "--at", "2025-10-20")
    audits = {name: eco("estimate", "--model", name, *call).json["audit"] for name in ("4o", "sonnet", "mistral-small", "gemini-flash")}
    assert {name: (audit["model"], audit["modelMatch"]) for name, audit in audits.items()} == {
        "4o": ("openai/gpt-4o", "alias"),
        "sonnet": ("anthropic/claude-sonnet-4.5", "alias"),
        "mistral-small": ("mistralai/mistral-small-3.2-24b-instruct", "alias"),
        "gemini-flash": ("google/gemini-2.5-flash", "alias"),
    }
    for name, audit in audits.items():
        assert any(sentence.startswith(f"'{name}' stands for {audit['model']} since 202") for sentence in audit["assumptions"])


def test_before_the_first_day_it_is_the_first_one():
    assert on("2015-01-01", "deepseek-reasoner") == "deepseek/deepseek-r1"


def test_a_name_moves_at_its_own_host():
    """Others serve one model under this name, which is also the id of that model."""
    assert on("2026-01-01", "deepseek-chat", "deepseek") == on("2026-01-01", "deepseek/deepseek-chat", "deepseek") == "deepseek/deepseek-v3.2"
    assert on("2026-01-01", "deepseek-chat", "openrouter") == on("2026-01-01", "deepseek/deepseek-chat") == "deepseek/deepseek-chat"


def test_the_audit_says_which_and_since_when():
    (*_, note) = resolve_model(shipped(), "deepseek-chat", "deepseek", False, day=day("2025-10-10")).spec.notes
    assert note.startswith("'deepseek-chat' stands for deepseek/deepseek-v3.2-exp since 2025-09-29: Change log of the DeepSeek API.")


def call(when: str, **more) -> Usage:
    return Usage(1000, 500, provider="deepseek", model="deepseek-chat", started_at_ms=day(when) * DAY_MS, **more)


WHEN = ("2025-12-01", "2025-03-23", "2025-03-24", "2025-11-30", "2025-12-02", "2025-03-22")
IDS = ["deepseek-v3.2", "deepseek-chat", "deepseek-chat-v3-0324", "deepseek-v3.2-exp", "deepseek-v3.2", "deepseek-chat"]


def test_calls_in_any_order_of_their_days():
    assessor = Assessor(shipped())
    found = [assessor.assess(call(when), 0) for when in WHEN]
    assert [one.model.spec.id.removeprefix("deepseek/") for one in found] == IDS
    assert found[0].assessment.basis == found[4].assessment.basis != found[1].assessment.basis


def test_many_at_once_are_as_one_by_one():
    starts = [day(when) * DAY_MS for when in WHEN]
    columns = {"model": ["deepseek-chat"] * 6, "provider": ["deepseek"] * 6, "input_tokens": [1000] * 6, "output_tokens": [500] * 6, "started_at_ms": starts}
    costs = Assessor(shipped()).assess_many(Usages(columns, 6), starts)
    assert [route.model.spec.id.removeprefix("deepseek/") for route in costs.routes] == IDS


def test_an_alias_of_another_model_is_refused():
    raw = copy.deepcopy(RAW)
    alias = next(alias for model in raw["models"] for alias in model.get("aliases", ()) if model["id"] == "openai/gpt-4o")
    raw["moving_names"] = {alias: raw["moving_names"]["deepseek-chat"]}
    with pytest.raises(BadCatalog, match=r"stands for deepseek/\S+ at last, and is an alias of openai/gpt-4o"):
        list(model_entries(raw))


@pytest.mark.parametrize(
    ("spans", "told"),
    [
        ([("2025-01-02", "openai/gpt-4o"), ("2025-01-02", "openai/gpt-4")], "the days of the spans must rise"),
        ([("2025-01-02", "openai/gpt-none")], "'openai/gpt-none' is not under models"),
        ([], "at least 1 item"),
    ],
)
def test_a_history_that_cannot_be(spans, told):
    raw = copy.deepcopy(RAW)
    entries = [{"from": date.fromisoformat(since), "model": model, "source": "deepseek-updates"} for since, model in spans]
    raw["moving_names"] = {"x": {"spans": entries}}
    with pytest.raises(BadCatalog, match=told):
        list(model_entries(raw))


@pytest.mark.parametrize("provider", [None, "together", "fireworks"])
def test_published_weights_are_what_their_name_says_but_where_the_name_moves(provider):
    day = (date(2026, 11, 20) - date(1970, 1, 1)).days
    assert resolve_model(shipped(), "deepseek-v4-pro", provider, False, day=day).spec.id == "deepseek/deepseek-v4-pro"
    assert resolve_model(shipped(), "deepseek-v4-pro", "deepseek", False, day=day).spec.id != "deepseek/deepseek-v4-pro"


def test_a_name_that_no_model_has_as_its_own_moves_at_resellers_too():
    day = (date(2025, 10, 20) - date(1970, 1, 1)).days
    assert resolve_model(shipped(), "deepseek-reasoner", "openrouter", False, day=day).spec.id == "deepseek/deepseek-v3.2-exp"
    assert resolve_model(shipped(), "deepseek-chat", "openrouter", False, day=day).spec.id == "deepseek/deepseek-chat"
