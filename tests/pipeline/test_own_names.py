"""A user's own names for models mean the same wherever a call comes from, alone or among many."""

import json
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ecocli.core.aliases import Alias
from ecocli.core.preferences import Preferences
from ecocli.errors import BadConfig
from ecocli.ingest import native
from ecocli.ingest.reading import Fill, Reading, Rejected
from ecocli.pipeline import builder, recording
from ecocli.pipeline.assessment import Assessor
from ecocli.pipeline.builder import RowBuilder
from ecocli.store.rows import Row, call_row
from tests.estimator_helpers import NOW_MS, shipped

NAMES = (
    Alias("my-deployment", "gpt-4o"),
    Alias("azure/gpt-4", "gpt-4o-mini"),
    Alias("team-*", "claude-sonnet-4.5"),
    Alias("team-*-large", "claude-opus-4.5"),
    Alias("arn:aws:bedrock:*:application-inference-profile/abc*", "claude-haiku-4.5"),
    Alias("*", "gpt-5"),
)
ARN = "arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/abc42"
EVENT = st.fixed_dictionaries(
    {
        "model": st.sampled_from(["my-deployment", "azure/my-deployment", "gpt-4", "team-x", "team-x-large", ARN, "llama-3.1-8b-instruct", "no such"]),
        "prompt_tokens": st.integers(0, 1000),
        "completion_tokens": st.integers(0, 1000),
        "startTimeMs": st.just(1_760_000_000_000),
    },
    optional={"provider": st.sampled_from(["Azure", "AWS", "vllm"]), "detected_region": st.just("us-east-1"), "is_estimated": st.booleans()},
)


def assessor(*names: Alias, **settings: Any) -> Assessor:
    return Assessor(shipped(), preferences=Preferences(aliases=names or NAMES, **settings))


def alone(events: list[dict[str, Any]], by: Assessor) -> list[Row]:
    found = [recording.assess_one(Reading(native.canonical(event)), by, Fill(), NOW_MS) for event in events]
    return [call_row(recording.new_call(one, None, NOW_MS)) for one in found if not isinstance(one, Rejected)]


COUNTS = {"prompt_tokens": 0, "completion_tokens": 0, "startTimeMs": 1_760_000_000_000}


@settings(deadline=None)
@example([{"model": "my-deployment"} | COUNTS, {"model": ARN, "provider": "vllm"} | COUNTS], {"region": "DE"})
@given(st.lists(EVENT, min_size=2, max_size=6), st.sampled_from([{}, {"region": "DE"}]))
def test_many_calls_get_the_models_that_each_would_get(events: list[dict[str, Any]], more: dict[str, Any]) -> None:
    events = [event | {"id": f"call-{number}"} for number, event in enumerate(events)]
    with patch.object(builder, "FEW", 1):
        built = RowBuilder(assessor(**more), Fill(), NOW_MS, None).from_lines(("\n".join(map(json.dumps, events)).encode(), 1), None)
    assert built is not None
    assert list(built.rows) == alone(events, assessor(**more))


@pytest.mark.parametrize(
    ("name", "provider", "model"),
    [
        ("my-deployment", None, "openai/gpt-4o"),
        (" My-Deployment", None, "openai/gpt-4o"),
        ("azure/my-deployment", "Azure", "openai/gpt-4o"),
        ("azure/my-deployment", None, "openai/gpt-4o"),
        ("gpt-4", "Azure", "openai/gpt-4o-mini"),
        ("azure/gpt-4", None, "openai/gpt-4o-mini"),
        ("team-x", "AWS", "anthropic/claude-sonnet-4.5"),
        ("team-x-large", None, "anthropic/claude-opus-4.5"),
        (ARN, "AWS", "anthropic/claude-haiku-4.5"),
        (f"bedrock/{ARN}", "AWS", "anthropic/claude-haiku-4.5"),
        ("no such", None, "openai/gpt-5"),
    ],
)
def test_the_closest_alias_is_taken(name: str, provider: str | None, model: str) -> None:
    found = assessor().model_named(name, provider)
    assert (found.spec.id, found.match, found.widening) == (model, "alias", 1.0)


def test_another_provider_keeps_its_own_model_of_that_name() -> None:
    named = assessor(Alias("azure/gpt-4", "gpt-4o"))
    assert named.model_named("gpt-4", "OpenAI").spec.id == "openai/gpt-4"
    assert named.model_named("openai/gpt-4", "Azure").spec.id == "openai/gpt-4"


def test_a_name_costs_what_its_model_costs() -> None:
    call = {"prompt_tokens": 1000, "completion_tokens": 500, "provider": "Azure", "startTimeMs": 1_760_000_000_000}
    own, plain = ({"model": name, **call} for name in ("my-deployment", "gpt-4o"))
    first, second = (recording.assess_one(Reading(native.canonical(event)), assessor(NAMES[0]), Fill(), NOW_MS) for event in (own, plain))
    assert not isinstance(first, Rejected) and not isinstance(second, Rejected)
    assert first.assessment.footprint == second.assessment.footprint
    assert first.usage.model == "my-deployment"
    assert "the model is gpt-4o by your alias 'my-deployment' in config.toml" in first.assessment.basis.content["assumptions"]


def test_strict_takes_an_alias_for_a_known_name() -> None:
    strict = Assessor(shipped(), strict=True, preferences=Preferences(aliases=NAMES[:1]))
    assert strict.model_named("my-deployment", None).match == "alias"


def test_an_alias_of_an_unknown_model_names_its_place() -> None:
    with pytest.raises(BadConfig, match=r"config\.toml: aliases: 'mine': no model named 'gpt-99-ultra'"):
        assessor(Alias("mine", "gpt-99-ultra"))
