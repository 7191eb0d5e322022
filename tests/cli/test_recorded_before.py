"""A log that is delivered twice: people are told how much of it is new."""

import json

import pytest


def events(*names):
    return "".join(json.dumps({"model": "gpt-4o", "prompt_tokens": 10, "completion_tokens": 5, "id": name}) + "\n" for name in names)


LOG = events(*(f"call-{number}" for number in range(310)))


@pytest.fixture
def title(eco):
    """Record a log, and give the first line that a person reads."""
    return lambda log, *options: eco("record", *options, "--format", "text", input=log).stdout.splitlines()[0]


def test_a_log_that_is_sent_again_adds_nothing_and_says_so(eco, title):
    assert title(LOG) == "310 calls recorded · 3,100 tokens in, 1,550 out"
    assert title(LOG) == "310 calls, all recorded before · 3,100 tokens in, 1,550 out"
    assert eco("summary", "--json").json["data"][0]["calls"] == 310


def test_a_log_that_has_grown_says_how_much_is_new(title):
    title(events("a", "b"))
    assert title(events("a", "b", "c")).startswith("3 calls: 1 recorded now, 2 recorded before · ")


def test_an_id_twice_in_one_log_is_one_call(title):
    assert title(events("a", "a", "b")).startswith("3 calls: 2 recorded now, 1 recorded before · ")


@pytest.mark.parametrize("taken_away", [("undo",), ("forget", "--last")])
def test_what_was_undone_or_forgotten_is_not_called_recorded(eco, title, taken_away):
    title(events("a", "b"))
    eco(*taken_away, "--yes")
    assert title(events("a", "b")).startswith("2 calls: 2 not stored again · ")
    title(events("c"))
    assert title(events("a", "b", "c", "d")).startswith("4 calls: 1 recorded now, 1 recorded before, 2 not stored again · ")


def test_what_replaces_a_call_is_new(title):
    title(events("a", "b"))
    assert title(events("a", "b"), "--replace").startswith("2 calls recorded · ")


def test_an_estimate_stores_nothing_whatever_is_stored(eco, title):
    title(events("a", "b"))
    estimated = eco("estimate", "--format", "text", input=events("a", "b")).stdout
    assert estimated.startswith("2 calls estimated, nothing stored · ")
