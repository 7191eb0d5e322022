"""Answers without token counts: their text is counted, and standard error says so."""

import json

import pytest

COUNTED = "eco: warning: the answer has no token counts: its text was counted instead\n"
UNKNOWN = "eco: warning: the prompt is unknown, and counts as 0 tokens: give it with --prompt-tokens or --prompt-file\n"


def chunk(**more):
    return {"id": "chat-7", "object": "chat.completion.chunk", "created": 1_763_800_000, "model": "gpt-4o", "choices": [{"index": 0, "delta": {"content": "Good morning"}}]} | more


def stream(*chunks):
    return "".join(f"data: {json.dumps(each)}\n\n" for each in chunks) + "data: [DONE]\n\n"


WITHOUT = stream(chunk())


@pytest.mark.parametrize("command", ["record", "estimate"])
def test_a_stream_without_usage_says_what_was_counted_and_what_is_unknown(eco, command):
    assert eco(command, input=WITHOUT).stderr == COUNTED + UNKNOWN


@pytest.mark.parametrize("prompt", [("--prompt-tokens", "40"), ("--prompt-text", "Say good morning")])
def test_a_prompt_that_is_given_is_not_unknown(eco, prompt):
    done = eco("estimate", *prompt, input=WITHOUT)
    assert done.stderr == COUNTED
    assert done.json["audit"]["tokens"]["prompt"] > 0
    assert not any("prompt_tokens" in text for text in done.json["audit"]["assumptions"])


def test_with_both_counts_there_is_nothing_to_say(eco):
    assert eco("estimate", "--prompt-tokens", "40", "--completion-tokens", "2", input=WITHOUT).stderr == ""
    usage = {"prompt_tokens": 40, "completion_tokens": 2}
    assert eco("estimate", input=stream(chunk(), chunk(choices=[], usage=usage))).stderr == ""


def test_many_streams_say_it_once(eco):
    assert eco("record", input=stream(chunk(id="a")) + stream(chunk(id="b"))).stderr == COUNTED + UNKNOWN


def test_quiet_says_nothing(eco):
    assert eco("record", "-q", input=WITHOUT).stderr == ""
