"""Calls to one model are counted under one name, however each of them spelt it."""

import json

import pytest

SPELT = ["gpt-4o", "GPT-4o", "openai/gpt-4o", "azure/gpt-4o", "gpt-4o:free", "4o"]
"""All of them the catalogue's openai/gpt-4o: exact, as another name, and with a suffix."""
STOOD_IN = ["gpt-4o-of-tomorrow", "nobody-knows-this"]
"""The first is taken for another of its family, the second for a size."""
AT_MS = 1_763_800_000_000


def record(eco, names, **more):
    events = ({"prompt_tokens": 1000, "completion_tokens": 50, "startTimeMs": AT_MS, **({"model": name} if name else {"provider": "google"})} | more for name in names)
    eco("record", "--quiet", input="".join(json.dumps(event) + "\n" for event in events))


def groups(eco, by="model", *options):
    return {group[by]: group["calls"] for group in eco("summary", "--by", by, "--json", *options).json["data"]}


def test_every_spelling_counts_under_the_id(eco):
    record(eco, SPELT)
    assert groups(eco) == {"openai/gpt-4o": len(SPELT)}
    ((total),) = eco("summary", "--by", "model", "--json").json["data"]
    assert total["inputTokens"] == 1000 * len(SPELT)


def test_a_name_that_another_model_stands_in_for_is_kept(eco):
    """What is known of the stand-in is not known of the model: the two are no one row."""
    record(eco, [*SPELT, *STOOD_IN, STOOD_IN[0]])
    assert groups(eco) == {"openai/gpt-4o": len(SPELT), STOOD_IN[0]: 2, STOOD_IN[1]: 1}


def test_where_no_model_was_named_the_one_that_is_taken_counts(eco):
    record(eco, [None])
    ((name, calls),) = groups(eco).items()
    assert name.startswith("google/")
    assert calls == 1


def test_names_as_reported(eco):
    record(eco, [*SPELT, *SPELT, *STOOD_IN])
    assert groups(eco, "reported-model") == dict.fromkeys(SPELT, 2) | dict.fromkeys(STOOD_IN, 1)


def test_both_at_once(eco):
    record(eco, ["gpt-4o", "4o"])
    found = eco("summary", "--by", "model,reported-model", "--json").json["data"]
    assert {(group["model"], group["reported-model"]) for group in found} == {("openai/gpt-4o", "gpt-4o"), ("openai/gpt-4o", "4o")}


def test_more_calls_than_are_added_up_at_a_time(eco):
    record(eco, [*SPELT, *STOOD_IN] * 1200)
    assert groups(eco) == {"openai/gpt-4o": 1200 * len(SPELT), **dict.fromkeys(STOOD_IN, 1200)}
    assert groups(eco, "model", "--since", "2025-11-22", "--until", "2025-11-22") == groups(eco)


def test_a_filter_finds_what_a_summary_counts(eco):
    record(eco, [*SPELT, *STOOD_IN, None])
    for name, calls in groups(eco).items():
        assert eco("history", "--model", name, "--json").json["pagination"]["totalElements"] == calls, name
        assert groups(eco, "model", "--model", name) == {name: calls}


@pytest.mark.parametrize(
    ("asked", "calls"), [("openai/gpt-4o", 6), ("GPT-4o", 6), ("4o", 1), ("azure/gpt-4o", 1), ("*gpt-4o", 6), ("gpt-4o*", 7), ("openai/*", 6), ("nobody-knows-this", 1)]
)
def test_a_filter_takes_the_id_with_or_without_its_maker_a_name_as_written_and_patterns(eco, asked, calls):
    record(eco, [*SPELT, *STOOD_IN])
    assert eco("history", "--model", asked, "--json").json["pagination"]["totalElements"] == calls


def test_who_forgets_a_model_keeps_those_that_it_stood_in_for(eco):
    record(eco, [*SPELT, *STOOD_IN])
    eco("forget", "--model", "openai/gpt-4o", "--yes")
    assert groups(eco) == dict.fromkeys(STOOD_IN, 1)


def test_a_report_counts_as_a_summary_does(eco):
    record(eco, [*SPELT, *STOOD_IN])
    lines = eco("report", "--format", "json", "--tz", "UTC").json["byModel"]
    assert {line["name"]: line["calls"] for line in lines} == groups(eco)


def test_two_times_are_compared_by_id(eco):
    record(eco, ["gpt-4o"], startTimeMs=AT_MS - 86_400_000)
    record(eco, ["openai/gpt-4o", "4o"])
    (pair,) = eco("summary", "--compare", "previous", "--since", "2025-11-22", "--until", "2025-11-22", "--by", "model", "--json").json["data"]
    assert (pair["model"], pair["calls"], pair["previous"]["calls"]) == ("openai/gpt-4o", 2, 1)


def test_prices_add_up_under_the_id(eco):
    record(eco, ["gpt-4o", "openai/gpt-4o"])
    (group,) = eco("summary", "--by", "model", "--cost", "--json").json["data"]
    assert (group["model"], group["pricedCalls"]) == ("openai/gpt-4o", 2)


def test_a_model_that_becomes_known_moves_with_its_recomputed_calls(eco, tmp_path):
    record(eco, ["house-model"])
    assert groups(eco) == {"house-model": 1}
    folder = tmp_path / "config" / "eco"
    folder.mkdir(parents=True)
    (folder / "models.yaml").write_text('models:\n  - {id: house/model, base: llama-3-8b, developer: house, aliases: [house-model], reasoning: "no", open_weights: true}\n')
    assert groups(eco) == {"house-model": 1}
    eco("recompute", "--apply")
    assert groups(eco) == {"house/model": 1}
    assert groups(eco, "reported-model") == {"house-model": 1}
