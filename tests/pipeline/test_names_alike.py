"""One name means one model, however a call comes in: by flags, as an event, as a provider's answer, or in a log."""

import json

import pytest

AT_MS = 1_763_800_000_000
"""22 November 2025."""
NAMES = [
    "gpt-4o",
    "4o",
    "GPT-4o",
    "gpt-4o-2024-08-06",
    "openai/gpt-4o",
    "azure/gpt-4o",
    "sonnet",
    "claude-sonnet-4-5-20250929",
    "us.anthropic.claude-haiku-4-5-20251001-v1:0",
    "mistral-small",
    "mistral-small-latest",
    "gemini-flash",
    "deepseek-chat",
    "llama-3.3-70b-instruct:free",
    "gpt-4o-of-tomorrow",
    "nobody-knows-this",
]
PROVIDERS = [None, "openai", "openrouter", "ollama", "deepseek", "azure"]
USAGE = {"prompt_tokens": 100, "completion_tokens": 50, "total_tokens": 150}


def events(name, provider):
    """The call in each of the forms that a file may have."""
    named = {"provider": provider} if provider else {}
    yield {"model": name, "prompt_tokens": 100, "completion_tokens": 50, "startTimeMs": AT_MS, **named}
    yield {"id": "chat-1", "object": "chat.completion", "created": AT_MS // 1000, "model": name, "choices": [], "usage": USAGE, **named}
    yield {
        "id": "row-1", "call_type": "acompletion", "model": name, "custom_llm_provider": provider, "startTime": AT_MS / 1000, "endTime": AT_MS / 1000 + 1,
        "prompt_tokens": 100, "completion_tokens": 50, "response_cost": 0.1,
    }  # fmt: skip


@pytest.mark.parametrize("provider", PROVIDERS)
def test_flags_events_answers_and_logs_mean_the_same(eco, tmp_path, provider):
    flags = ("--provider", provider) if provider else ()
    for name in NAMES:
        typed = eco("estimate", "--model", name, *flags, "--prompt-tokens", "100", "--completion-tokens", "50", "--start-time-ms", str(AT_MS)).json["audit"]
        found = [eco("estimate", input=json.dumps(event)).json["audit"] for event in events(name, provider)]
        assert {(audit["format"], audit["model"], audit["modelMatch"]) for audit in found} == {
            (form, typed["model"], typed["modelMatch"]) for form in {audit["format"] for audit in found}
        }, name
        assert len({audit["format"] for audit in found}) == 3


def test_a_long_input_means_the_same_as_its_lines(eco):
    lines = [json.dumps({"model": name, "prompt_tokens": 100, "completion_tokens": 50, "startTimeMs": AT_MS}) for name in NAMES]
    together = eco("estimate", "--format", "ndjson", input="\n".join(lines * 2)).stdout.splitlines()
    alone = [eco("estimate", "--format", "ndjson", input=line).stdout.strip() for line in lines]
    named = [[(audit["model"], audit["modelMatch"]) for audit in (json.loads(answer)["audit"] for answer in answers)] for answers in (together, alone)]
    assert named[0] == named[1] * 2
