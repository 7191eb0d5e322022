"""Where a call ran, told by what comes with it."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from ecocli.catalog.entries import Entries
from ecocli.ingest.reading import Reading
from ecocli.pipeline.assessment import Assessor
from ecocli.pipeline.recording import Fill, to_usage

CONVERSE = {"usage": {"inputTokens": 10, "outputTokens": 5, "totalTokens": 15}, "output": {}, "metrics": {"latencyMs": 5}}
COUNTS = {"prompt_tokens": 10, "completion_tokens": 5}


@pytest.fixture
def assessor(catalog: Entries) -> Assessor:
    return Assessor(catalog)


@pytest.mark.parametrize(
    ("model", "headers", "region", "provider"),
    [
        ("eu.anthropic.claude-sonnet-4-5-20250929-v1:0", {}, "eu", "aws"),
        ("arn:aws:bedrock:us-west-2:123456789012:inference-profile/x", {}, "us-west-2", "aws"),
        ("gpt-4o", {"x-ms-region": "West US 2"}, "West US 2", "azure"),
        ("gpt-4o", {"Host": "eu.api.openai.com"}, "eea", "openai"),
        ("us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0", {}, "us-gov", "aws"),
        ("bedrock/eu-west-1/anthropic.claude-instant-v1", {}, "eu-west-1", "aws"),
        ("azure/eu/gpt-4o", {}, "eu", "azure"),
        ("projects/p-1/locations/europe-west1/publishers/google/models/gemini-2.5-flash", {}, "europe-west1", "google"),
        ("azure/global/gpt-4o", {}, None, None),
        ("openrouter/meta-llama/llama-3.1-8b-instruct", {}, None, None),
        ("gpt-4.1", {}, None, None),
        ("llama3.1:8b", {}, None, None),
    ],
)
def test_a_hint_fills_what_nobody_named(
    assessor: Assessor, model: str, headers: dict[str, str], region: str | None, provider: str | None
) -> None:
    usage = to_usage(Reading(COUNTS | {"model": model}, format="openai-chat"), assessor, Fill(headers=headers))
    assert (usage.region, usage.provider) == (region, provider)


def test_a_named_region_beats_every_hint(assessor: Assessor) -> None:
    fields = COUNTS | {"model": "eu.anthropic.claude-sonnet-4-5-20250929-v1:0", "detected_region": "us-east-1"}
    assert to_usage(Reading(fields), assessor, Fill()).region == "us-east-1"
    over = Fill(overrides={"detected_region": "us-west-2"}, headers={"x-ms-region": "East US"})
    assert to_usage(Reading(fields), assessor, over).region == "us-west-2"


def test_a_hint_beats_a_setting(assessor: Assessor) -> None:
    fill = Fill(defaults={"detected_region": "FR"}, headers={"x-ms-region": "East US"})
    assert to_usage(Reading(COUNTS | {"model": "gpt-4o"}), assessor, fill).region == "East US"


def test_the_audit_says_where_a_hint_came_from(eco: Callable[..., Any]) -> None:
    result = eco("estimate", "--model", "us.anthropic.claude-sonnet-4-5-20250929-v1:0", input=json.dumps(CONVERSE))
    audit = result.json["audit"]
    assert audit["finalRegion"] == "US"
    assert any("cross-region profile" in sentence for sentence in audit["assumptions"])


def test_a_region_in_the_name_is_used_for_many_calls_as_for_one(eco: Callable[..., Any]) -> None:
    event = COUNTS | {"provider": "Azure", "model": "azure/eu/gpt-4o"}
    one = eco("estimate", input=json.dumps(event)).json["audit"]
    many = [json.loads(line)["audit"] for line in eco("estimate", input="\n".join([json.dumps(event)] * 3)).stdout.splitlines()]
    assert one["finalRegion"] == "EU" and many == [one] * 3
    assert "region eu, from the region in the model's name" in one["assumptions"]
    named = eco("estimate", "--region", "swedencentral", input=json.dumps(event)).json["audit"]
    assert named["finalRegion"] == "swedencentral"


def test_tags_of_settings_payload_and_flags_are_united(assessor: Assessor) -> None:
    reading = Reading(COUNTS | {"model": "gpt-4o", "tags": {"b": "payload", "c": "payload"}})
    fill = Fill(defaults={"tags": {"a": "setting", "b": "setting"}}, overrides={"tags": {"c": "flag"}})
    assert dict(to_usage(reading, assessor, fill).tags) == {"a": "setting", "b": "payload", "c": "flag"}


def test_a_header_flag_tells_the_region(eco: Callable[..., Any]) -> None:
    counts = ("--prompt-tokens", "10", "--completion-tokens", "5")
    audit = eco("estimate", "--model", "gpt-4o", *counts, "--header", "x-ms-region: Sweden Central").json["audit"]
    assert (audit["finalRegion"], audit["finalProvider"]) == ("swedencentral", "Azure")


def test_a_header_without_a_colon_is_refused(eco: Callable[..., Any]) -> None:
    result = eco("estimate", "--model", "gpt-4o", "--header", "x-ms-region", exit_code=2)
    assert result.stderr.startswith("eco: --header: no header 'x-ms-region'\nhint: ")
