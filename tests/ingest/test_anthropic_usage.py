"""Anthropic's usage object: every spelling of a counter, and which runs of the model its own sums leave out."""

import json
from io import BytesIO

import pytest

from ecocli import ingest
from ecocli.ingest import anthropic_usage, counters


def run(kind, fresh, output, read=0, write=0, model=None):
    counters = {"input_tokens": fresh, "output_tokens": output, "cache_read_input_tokens": read, "cache_creation_input_tokens": write}
    return {"type": kind, **counters} | ({"model": model} if model else {})


def message(usage, iterations, model="claude-opus-4-8", **body):
    counters = {name: value for name, value in usage.items() if name not in ("type", "model")}
    return {"id": "msg_01q", "type": "message", "role": "assistant", "model": model, "usage": counters | {"iterations": iterations}, **body}


def calls(body):
    found = list(ingest.read(BytesIO(json.dumps(body).encode())))
    return [(each.fields.get("model"), each.fields["prompt_tokens"], each.fields["completion_tokens"]) for each in found], found[0].assumptions


SERVED = run("fallback_message", 5, 70, read=900, model="claude-opus-4-8")
DECLINED = run("message", 5, 30, read=400, write=500, model="claude-fable-5")
SECOND = run("fallback_message", 6, 20, model="claude-sonnet-4-6")
MINE = run("message", 10, 20)
ADVISOR = run("advisor_message", 300, 40, model="claude-opus-5")
SUMMARY = run("compaction", 50, 60)
OPUS, FABLE = ("claude-opus-4-8", 905, 70), ("claude-fable-5", 905, 30)


@pytest.mark.parametrize(
    ("sums", "iterations", "expected"),
    [
        (SERVED, [DECLINED, SERVED], [OPUS, FABLE]),
        (SERVED, [DECLINED, SECOND, SERVED], [OPUS, FABLE, ("claude-sonnet-4-6", 6, 20)]),
        (SERVED, [{**DECLINED, "model": None}, SERVED], [OPUS, ("claude-opus-4-8", 905, 30)]),  # a run that names no model has the message's
        (run("", 10, 140, read=1800), [DECLINED, SERVED, ADVISOR, run("fallback_message", 5, 70, read=900, model="claude-opus-4-8")],
         [("claude-opus-4-8", 1810, 140), FABLE, ("claude-opus-5", 300, 40)]),
        (run("", 20, 40), [MINE, ADVISOR, MINE], [("claude-opus-4-8", 20, 40), ("claude-opus-5", 300, 40)]),
        (MINE, [SUMMARY, MINE], [("claude-opus-4-8", 10, 20), ("claude-opus-4-8", 50, 60)]),
        (run("", 310, 60), [MINE, ADVISOR], [("claude-opus-4-8", 310, 60)]),  # sums that hold the advisor: it is not counted again
        (MINE, [SUMMARY], [("claude-opus-4-8", 10, 20), ("claude-opus-4-8", 50, 60)]),
    ],
    ids=["fallback", "two fallbacks", "declined by nobody named", "fallback with advisor", "advisor", "compaction", "advisor inside", "no message"],
)  # fmt: skip
def test_what_the_sums_leave_out_is_a_call_of_its_own(sums, iterations, expected):
    found, assumptions = calls(message(sums, iterations))
    assert found == expected
    assert not counters.warnings(assumptions)


@pytest.mark.parametrize(("sums", "how", "count"), [(MINE, "a run of its own", 2), (run("", 17, 28), "part of the message", 1)])
def test_a_kind_that_is_not_known_is_said_and_counted_by_the_sums(sums, how, count):
    found, assumptions = calls(message(sums, [MINE, run("dream_message", 7, 8)]))
    assert len(found) == count
    [warning] = counters.warnings(assumptions)
    assert "dream_message" in warning and how in warning


def test_a_streamed_answer_is_of_the_model_that_served_it():
    events = [
        {"type": "message_start", "message": message(run("", 5, 1), [], model="claude-fable-5")},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "fallback", "from": {"model": "claude-fable-5"}, "to": {"model": "claude-opus-4-8"}}},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {**SERVED, "iterations": [DECLINED, SERVED]}},
        {"type": "message_stop"},
    ]
    found = list(ingest.read(BytesIO(b"".join(json.dumps(event).encode() + b"\n" for event in events))))
    assert [(each.fields["model"], each.fields["completion_tokens"]) for each in found] == [("claude-opus-4-8", 70), ("claude-fable-5", 30)]


COUNTED = {
    "input": ("prompt_tokens", 7), "cache_read": ("cached_tokens", 7), "cache_write": ("cache_write_tokens", 7),
    "output": ("completion_tokens", 7), "thinking": ("reasoning_tokens", 7),
}  # fmt: skip


@pytest.mark.parametrize(("counter", "name"), [(counter, name) for counter, names in anthropic_usage.SPELLINGS.items() for name in names])
def test_every_spelling_of_a_counter(counter, name):
    usage = {"input_tokens": 0, "output_tokens": 0} if counter not in ("input", "output") else {}
    first, *rest = name.split(".")
    usage[first] = {rest[0]: 7} if rest else 7
    field, value = COUNTED[counter]
    assert anthropic_usage.counts(usage)[field] == value
    assert anthropic_usage.notes(usage) == []


def test_a_number_that_is_no_counter_is_said():
    assert anthropic_usage.notes({"input_tokens": 1, "dreamed_tokens": 3, "server_tool_use": {"web_search_requests": 2}}) == [
        "a number that eco does not understand was not counted: usage.dreamed_tokens"
    ]
    assert anthropic_usage.notes({"service_tier": "standard", "nothing": 0, "unknown": None, "deep": {"er": 4}}) == [
        "a number that eco does not understand was not counted: usage.deep.er"
    ]


@pytest.mark.parametrize(
    ("usage", "prompt", "write"),
    [
        ({"cache_creation": {"ephemeral_5m_input_tokens": 30, "ephemeral_1h_input_tokens": 50}}, 180, 80),
        ({"cache_creation_input_tokens": 0, "cache_creation": {"ephemeral_5m_input_tokens": 30, "ephemeral_1h_input_tokens": 50}}, 180, 80),
        ({"cache_creation_input_tokens": 80, "cache_creation": {"ephemeral_5m_input_tokens": 30, "ephemeral_1h_input_tokens": 50}}, 180, 80),
        ({"cache_creation_input_tokens": 90, "cache_creation": {"ephemeral_5m_input_tokens": 30, "ephemeral_1h_input_tokens": None}}, 190, 90),
        # others who answer in this shape count the cache in, and their total says so: 100 + 7 = 107
        ({"cache_read_input_tokens": 60, "total_tokens": 107}, 100, None),
        ({"cache_read_input_tokens": 60, "total_tokens": 167}, 160, None),
        ({"cache_read_input_tokens": 60}, 160, None),
        ({"cache_read_input_tokens": 160, "total_tokens": 107}, 260, None),  # more than all of the input cannot be in it
    ],
)
def test_what_was_written_to_the_cache_and_whether_the_input_holds_it(usage, prompt, write):
    counted = anthropic_usage.counts({"input_tokens": 100, "output_tokens": 7} | usage)
    assert (counted["prompt_tokens"], counted["cache_write_tokens"], counted["completion_tokens"]) == (prompt, write, 7)
