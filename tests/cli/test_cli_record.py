"""`eco record` and `eco estimate` from outside: what may be given, what is refused, and what is answered."""

import json
import time
from typing import Any

import pytest

from ecocli.core.dates import iso

GPT = {"model": "gpt-4o", "prompt_tokens": 10, "completion_tokens": 5}
CALL = ("--model", "gpt-4o", "--prompt-tokens", "10", "--completion-tokens", "5")
FIGURES = ("energy_wh", "co2_grams", "water_ml", "tree_days")
BIG = 10**12
FIRST_MS = 1_420_070_400_000  # 2015
LAST_MS = 253_402_300_799_999


def ndjson(*events: Any) -> str:
    return "".join(json.dumps(event) + "\n" for event in events)


def answers(result: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def rows(eco: Any) -> list[dict[str, Any]]:
    """What is stored, oldest first."""
    return answers(eco("history", "--all", "--full", "--format", "ndjson"))[::-1]


# What may be given


def test_flags_and_an_event_are_the_same_call(eco):
    event = {"provider": "Google", "model": "gemini-3-pro", "prompt_tokens": 788, "completion_tokens": 312}
    by_flags = eco("record", "--provider", "Google", "--model", "gemini-3-pro", "--prompt-tokens", "788", "--completion-tokens", "312").json
    by_pipe = eco("record", input=json.dumps(event)).json
    assert by_flags["id"] != by_pipe["id"]
    assert by_flags["range"] == by_pipe["range"]
    assert len(rows(eco)) == 2


SPELLINGS = {
    "prompt_tokens": ("inputTokens", "input_tokens"),
    "completion_tokens": ("outputTokens", "output_tokens"),
    "reasoning_tokens": ("reasoningTokens",),
    "cached_tokens": ("cachedTokens",),
    "cache_write_tokens": ("cacheWriteTokens",),
    "detected_region": ("detectedRegion", "region"),
    "startTimeMs": ("start_time_ms",),
    "firstTokenTimeMs": ("first_token_time_ms",),
    "endTimeMs": ("end_time_ms",),
    "is_estimated": ("isEstimated",),
    "estimation_method": ("estimationMethod",),
    "id": ("requestId", "request_id"),
    "tags": ("metadata",),
    "weight_precision": ("weightPrecision",),
}
FULL = GPT | {
    "provider": "AWS",
    "reasoning_tokens": 2,
    "cached_tokens": 3,
    "cache_write_tokens": 4,
    "detected_region": "us-west-2",
    "startTimeMs": 1_700_000_000_000,
    "firstTokenTimeMs": 1_700_000_000_500,
    "endTimeMs": 1_700_000_001_000,
    "source": "test",
    "is_estimated": True,
    "estimation_method": "by eye",
    "tags": {"project": "a"},
    "concurrency": 12.5,
    "accelerator": "RTX 4090",
    "weight_precision": "q4_K_M",
}


def test_every_spelling_of_every_field(eco):
    plain = FULL | {"id": "plain"}
    other = []
    for name, spellings in SPELLINGS.items():
        for spelling in spellings:
            event = FULL | {"id": f"by {spelling}"}
            event[spelling] = event.pop(name)
            other.append(event)
    eco("record", input=ndjson(plain, *other), exit_code=0)
    first, *others = rows(eco)
    assert len(others) == len(other)
    stored = {
        "inputTokens": 10, "outputTokens": 5, "reasoningTokens": 2, "cachedTokens": 3, "cacheWriteTokens": 4,
        "detectedRegion": "us-west-2", "startTimeMs": 1_700_000_000_000, "firstTokenTimeMs": 1_700_000_000_500,
        "endTimeMs": 1_700_000_001_000, "source": "test", "isEstimated": True, "estimationMethod": "by eye",
        "concurrency": 12.5, "accelerator": "RTX 4090", "weightPrecision": "q4_K_M",
        "tags": {"project": "a"}, "provider": "AWS", "model": "gpt-4o", "id": "plain", "logDate": "2023-11-14T22:13:20Z",
    }  # fmt: skip
    assert {name: first[name] for name in stored} == stored
    different = {"id", "recordedTimeMs", "computedTimeMs"}
    for row in others:
        assert {name: row[name] for name in row if name not in different} == {n: first[n] for n in first if n not in different}, row["id"]


def test_flags_for_every_field(eco):
    eco(
        "record", *CALL, "--provider", "aws", "--reasoning-tokens", "2", "--cached-tokens", "3", "--cache-write-tokens", "4",
        "--region", "us-west-2", "--start-time-ms", "1700000000000", "--first-token-time-ms", "1700000000500",
        "--end-time-ms", "1700000001000", "--source", "test", "--is-estimated", "--estimation-method", "by eye",
        "--id", "x", "--tag", "project=a", "--tag", "team=b=c",
    )  # fmt: skip
    (row,) = rows(eco)
    assert (row["id"], row["tags"], row["endTimeMs"]) == ("x", {"project": "a", "team": "b=c"}, 1_700_000_001_000)
    assert (row["reasoningTokens"], row["cachedTokens"], row["cacheWriteTokens"], row["isEstimated"]) == (2, 3, 4, True)


def test_what_is_not_said_is_unknown_and_not_zero(eco):
    tokens = eco("record", *CALL).json["audit"]["tokens"]
    assert tokens == {"prompt": 10, "completion": 5, "reasoning": None, "cached": None, "cache_write": None}
    (row,) = rows(eco)
    assert (row["reasoningTokens"], row["cachedTokens"], row["source"], row["isEstimated"], row["tags"]) == (None, None, "manual", False, {})


def test_the_extremes_that_are_allowed(eco):
    tomorrow_ms = round(time.time() * 1000) + 86_000_000
    extremes = [
        GPT | {"prompt_tokens": 0, "completion_tokens": 0},
        GPT | {"prompt_tokens": BIG, "completion_tokens": BIG, "cached_tokens": BIG},
        GPT | {"startTimeMs": FIRST_MS, "firstTokenTimeMs": FIRST_MS, "endTimeMs": FIRST_MS},
        GPT | {"startTimeMs": tomorrow_ms},
        GPT | {"id": "x" * 256, "source": "é" * 256, "tags": {"k" * 256: "v" * 256}},
        GPT | {"tags": {}},
        GPT | {"concurrency": 1, "accelerator": "x" * 64, "weight_precision": "x" * 32},
        GPT | {"concurrency": 10**6},
    ]
    found = answers(eco("record", input=ndjson(*extremes)))
    assert found[0]["energy_wh"] == 0
    assert found[1]["energy_wh"] > 0
    dates = {row["logDate"] for row in rows(eco)}
    assert {"2015-01-01T00:00:00Z", iso(tomorrow_ms)} <= dates


def test_reasoning_beyond_the_completion_was_counted_apart(eco):
    within, beyond = answers(eco("estimate", input=ndjson(GPT | {"reasoning_tokens": 5}, GPT | {"reasoning_tokens": 6})))
    assert within["audit"]["tokens"]["completion"] == 5
    assert beyond["audit"]["tokens"]["completion"] == 11
    assert any("counted apart" in sentence for sentence in beyond["audit"]["assumptions"])
    assert not any("counted apart" in sentence for sentence in within["audit"]["assumptions"])


# What is refused


BAD_TOKENS = (-1, 1.0, 1.5, "7", True, None, [], {}, BIG + 1, 10**400)
BAD_TEXTS = ("", "x" * 257, 5, None, [], "a\nb", "a\x1b[31mb", "\x7f", "\x9b", "\ud800")
BAD_TIMES = (-1, 1.5, "2025-01-01", LAST_MS + 1, False, None)
BAD_CONCURRENCIES = (0, 0.999, -1, 10**6 + 1, 1_000_000.5, 10**400, "16", True, None, [], {})
BAD = [
    *(("prompt_tokens", v) for v in BAD_TOKENS),
    *(("completion_tokens", v) for v in BAD_TOKENS),
    *(("reasoning_tokens", v) for v in BAD_TOKENS),
    *(("cached_tokens", v) for v in (*BAD_TOKENS, 11)),
    *(("cache_write_tokens", v) for v in (*BAD_TOKENS, 11)),
    *((name, v) for name in ("provider", "model", "detected_region", "source", "estimation_method", "id") for v in BAD_TEXTS),
    *((name, v) for name in ("startTimeMs", "firstTokenTimeMs", "endTimeMs") for v in BAD_TIMES),
    *(("concurrency", v) for v in BAD_CONCURRENCIES),
    *(("accelerator", v) for v in (*BAD_TEXTS, "x" * 65)),
    *(("weight_precision", v) for v in (*BAD_TEXTS, "x" * 33)),
    *(("is_estimated", v) for v in (0, 1, "true", None)),
    *(("tags", v) for v in (5, "a=b", [], None)),
    *((name, v) for name, v in (("tags.a", {"a": 1}), ("tags.a", {"a": ""}), ("tags.a", {"a": "x\ny"}), ("tags key", {"": "x"}))),
]


def test_every_bad_value_names_its_field_and_nothing_is_stored(eco, tmp_path):
    events = [GPT | {name.partition(".")[0].partition(" ")[0]: value} for name, value in BAD]
    result = eco("record", "--skip-invalid", "--rejects", "bad.ndjson", input=ndjson(*events), exit_code=4)
    rejects = [json.loads(line) for line in (tmp_path / "bad.ndjson").read_text().splitlines()]
    assert [r["where"] for r in rejects] == [f"line {n}" for n in range(1, len(BAD) + 1)]
    for (name, value), reject in zip(BAD, rejects, strict=True):
        assert reject["error"].startswith(f"{reject['where']}: {name}: must be "), (name, value)
        assert ", not " in reject["error"]
        assert len(reject["error"]) < 200
        assert reject["error"].isprintable()
        assert json.loads(reject["input"]) == GPT | {name.partition(".")[0].partition(" ")[0]: value}
    assert result.stdout == ""
    assert result.stderr.startswith(f"eco: {len(BAD)} of {len(BAD)} events could not be used\nhint: they are in bad.ndjson")
    assert rows(eco) == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"prompt_tokens": "7"}, 'prompt_tokens: must be an integer from 0 to 10^12, not "7"'),
        ({"cached_tokens": 6, "cache_write_tokens": 5}, "cached_tokens: must be at most prompt_tokens (10), cache writes included, not 11"),
        ({"concurrency": 0.5}, "concurrency: must be a number from 1 to 10^6, not 0.5"),
        ({"concurrency": "16"}, 'concurrency: must be a number from 1 to 10^6, not "16"'),
        ({"accelerator": ""}, 'accelerator: must be a string of 1 to 64 characters without control characters, not ""'),
        ({"weight_precision": 8}, "weight_precision: must be a string of 1 to 32 characters without control characters, not 8"),
        ({"startTimeMs": 5, "firstTokenTimeMs": 4}, "firstTokenTimeMs: must be at least startTimeMs (5), not 4"),
        ({"startTimeMs": 5, "endTimeMs": 4}, "endTimeMs: must be at least startTimeMs (5), not 4"),
        ({"firstTokenTimeMs": 5, "endTimeMs": 4}, "endTimeMs: must be at least firstTokenTimeMs (5), not 4"),
    ],
)
def test_one_bad_line_stops_all(eco, tmp_path, change, message):
    result = eco("record", input=ndjson(GPT, GPT | change, GPT), exit_code=4)
    assert (result.stdout, result.stderr) == ("", f"eco: line 2: {message}\n")
    assert not rows(eco)


def test_a_long_value_is_shortened(eco):
    result = eco("record", input=ndjson(GPT | {"source": "long " * 10_000}), exit_code=4)
    assert result.stderr.startswith("eco: line 1: source: must be a string of 1 to 256 characters")
    assert len(result.stderr) < 250


def test_an_unknown_field_suggests_the_right_one(eco):
    cases = {"prompt_token": "prompt_tokens", "outputToken": "outputTokens", "start_time": "start_time_ms", "tag": "tags", "request": "requestId"}
    for wrong, right in cases.items():
        result = eco("estimate", input=ndjson(GPT | {wrong: 1}), exit_code=4)
        assert result.stderr == f"eco: line 1: unknown field {wrong!r}\nhint: did you mean {right}?\n"


def test_an_unknown_field_like_none_lists_them_all(eco):
    result = eco("estimate", input=ndjson(GPT | {"zzz": 1}), exit_code=4)
    assert result.stderr.startswith("eco: line 1: unknown field 'zzz'\nhint: the fields are provider, model, prompt_tokens")


def test_a_field_under_two_spellings(eco):
    result = eco("estimate", input=ndjson(GPT | {"input_tokens": 1}), exit_code=4)
    assert result.stderr == "eco: line 1: prompt_tokens is given twice, under two spellings\nhint: keep one of them\n"


@pytest.mark.parametrize(
    ("event", "message"),
    [
        ({"prompt_tokens": 1, "completion_tokens": 1}, "line 1: a provider or a model is needed"),
        ({"model": "gpt-4o", "prompt_tokens": 1}, "line 1: completion_tokens is missing"),
        ({"model": "gpt-4o"}, "line 1: prompt_tokens is missing"),
        (5, "line 1: not a JSON object"),
        (None, "line 1: not a JSON object"),
    ],
)
def test_what_is_missing(eco, event, message):
    result = eco("estimate", input=ndjson(event), exit_code=4)
    assert result.stderr.startswith(f"eco: {message}\nhint: an event looks like ")


@pytest.mark.parametrize("text", ["hello", '{"model": NaN}', '{"a": 1', "\ufeff\ufeff", "[" * 100_000, b"\xff\xfe", b"\x00", "[1, 2", '{"a":1}}'])
def test_what_is_no_json(eco, text):
    result = eco("record", input=text, exit_code=4)
    assert result.stdout == ""
    assert result.stderr.startswith("eco: ")
    assert len(result.stderr) < 400


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_a_number_that_json_does_not_have_is_named_wherever_it_stands(eco, number):
    """Python reads such a document, so it looks whole."""
    bad, good = json.dumps(GPT).replace("10", number, 1), json.dumps(GPT)
    for text, place in (bad, "line 1"), (f"{good}\n{bad}", "line 2"), (f"{good} {bad}", "line 1"), (f"[\n{bad}]", "document 1"), (bad.replace(",", ",\n"), "document 1"):
        assert eco("record", input=text, exit_code=4).stderr.startswith(f"eco: {place}: not usable JSON: {number} is not a JSON number\n")


# Where the call comes from


def test_the_containers_of_events(eco, tmp_path):
    pretty = json.dumps(GPT, indent=2)
    containers = {
        "object": json.dumps(GPT),
        "object, printed over lines": pretty,
        "one per line, with blank lines and CRLF": "\r\n\n" + ndjson(GPT, GPT).replace("\n", "\r\n") + "\n",
        "with a byte order mark": "\ufeff" + json.dumps(GPT),
        "array": json.dumps([GPT, GPT, GPT]),
        "array over lines": json.dumps([GPT, GPT, GPT], indent=1),
    }
    expected = {"object": 1, "object, printed over lines": 1, "with a byte order mark": 1, "array": 3, "array over lines": 3}
    for name, text in containers.items():
        found = answers(eco("estimate", input=text))
        assert len(found) == expected.get(name, 2), name
        assert all(one["audit"]["tokens"]["prompt"] == 10 for one in found)


def test_input_is_a_file_or_standard_input(eco, tmp_path):
    (tmp_path / "calls.ndjson").write_text(ndjson(GPT, GPT))
    assert len(answers(eco("record", "--input", "calls.ndjson"))) == 2
    assert len(answers(eco("record", "-i", "-", input=ndjson(GPT)))) == 1
    assert len(rows(eco)) == 3


def test_flags_beat_the_payload_and_fill_what_it_leaves_open(eco):
    overridden = eco("estimate", "--prompt-tokens", "77", "--region", "us-east-1", input=ndjson(GPT | {"region": "us-west-2"})).json
    assert (overridden["audit"]["tokens"]["prompt"], overridden["audit"]["finalRegion"]) == (77, "us-east-1")
    filled = eco("estimate", "--completion-tokens", "3", input='{"model": "gpt-4o", "prompt_tokens": 2}').json
    assert (filled["audit"]["tokens"]["prompt"], filled["audit"]["tokens"]["completion"]) == (2, 3)
    tagged = eco("record", "--tag", "a=flag", input=ndjson(GPT | {"tags": {"a": "event", "b": "event"}}))
    assert tagged.json
    assert rows(eco)[-1]["tags"] == {"a": "flag", "b": "event"}


def test_neither_flags_nor_input(eco):
    result = eco("record", exit_code=4)
    assert result.stderr.startswith("eco: no call is given: neither flags nor input\nhint: for example: eco record --provider ")


def test_flags_that_are_not_complete(eco):
    result = eco("record", "--model", "gpt-4o", "--prompt-tokens", "1", exit_code=4)
    assert result.stderr.startswith("eco: the call is not complete: --completion-tokens missing\nhint: for example: eco record ")
    result = eco("record", "--completion-tokens", "1", exit_code=4)
    assert "--model or --provider, --prompt-tokens missing" in result.stderr


def test_text_is_counted_and_said_to_be_an_estimate(eco, tmp_path):
    (tmp_path / "prompt.txt").write_text("hello world")
    found = eco("record", "--model", "gpt-4o", "--prompt-file", "prompt.txt", "--completion-text", "bye").json
    assert (found["audit"]["tokens"]["prompt"], found["audit"]["tokens"]["completion"]) == (2, 1)
    (row,) = rows(eco)
    assert (row["source"], row["isEstimated"], row["estimationMethod"]) == ("dom_estimated", True, "dom_gpt_tokenizer_v1")
    assert not any(b"hello world" in file.read_bytes() for file in tmp_path.rglob("eco.db*"))


def test_text_with_a_model_that_is_no_text(eco):
    for name, value in (("model", 5), ("provider", [])):
        result = eco("estimate", "--prompt-text", "a", "--completion-text", "b", input=json.dumps({"model": "gpt-4o"} | {name: value}), exit_code=4)
        assert f"line 1: {name}: must be a string" in result.stderr


# Twice the same


def test_a_second_delivery_returns_the_first_result(eco):
    first = eco("record", input=ndjson(GPT | {"provider": "openai", "id": "a"})).json
    again = eco("record", input=ndjson(GPT | {"provider": "OpenAI", "id": "a", "prompt_tokens": 99})).json
    assert "duplicate" not in first
    assert again == first | {"duplicate": True}
    assert [row["inputTokens"] for row in rows(eco)] == [10]


def test_an_id_is_unique_per_provider_only_and_duplicates_may_stand_in_one_list(eco):
    event = GPT | {"id": "a"}
    found = answers(eco("record", input=ndjson(event, event | {"provider": "Azure"}, event, GPT, GPT)))
    assert [one.get("duplicate", False) for one in found] == [False, False, True, False, False]
    assert len(rows(eco)) == 4
    assert len({one["id"] for one in found}) == 3


def test_an_own_id_is_a_uuid_of_version_7(eco):
    made = eco("record", *CALL).json["id"]
    assert [len(part) for part in made.split("-")] == [8, 4, 4, 4, 12]
    assert made[14] == "7"


# Names

REPORTED = {"id": "chatcmpl-1", "object": "chat.completion", "model": "no-such-thing", "choices": [],
            "usage": {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}}  # fmt: skip


def test_an_unknown_model_suggests_others(eco):
    result = eco("record", "--strict", "--model", "gpt4oo", "--prompt-tokens", "1", "--completion-tokens", "1", exit_code=3)
    assert result.stderr.startswith("eco: no model named 'gpt4oo' in the catalogue\nhint: did you mean openai/gpt-4o")
    unknown = ndjson(GPT | {"model": "no-such-thing"})
    assert eco("record", "--strict", input=unknown, exit_code=3).stderr.startswith("eco: line 1: no model named 'no-such-thing'")
    assert eco("record", "--strict", input=json.dumps(REPORTED), exit_code=3).stderr.startswith("eco: line 1: no model named 'no-such-thing'")
    assert eco("history").json["data"] == []


def test_an_unknown_model_goes_on_to_its_family_or_class(eco):
    """With and without --model-fallback, which is accepted and changes nothing."""
    unknown = ndjson(GPT | {"model": "no-such-thing"})
    for flag in ((), ("--model-fallback",)):
        found = eco("record", "--model", "gpt-4o-omega-vision", *flag, "--prompt-tokens", "1", "--completion-tokens", "1")
        assert found.json["audit"]["modelMatch"] in ("family", "class")
        assert found.stderr.startswith("eco: warning: ")
        assert eco("estimate", *flag, input=unknown).json["audit"]["modelMatch"] == "class"


def test_a_provider_payload_goes_on_to_the_class(eco):
    result = eco("record", input=json.dumps(REPORTED))
    assert (result.json["id"], result.json["audit"]["modelMatch"]) == ("chatcmpl-1", "class")
    assert "warning" in result.stderr


def test_an_unknown_region_suggests_others(eco):
    result = eco("record", *CALL, "--region", "us-wst-1", exit_code=3)
    assert result.stderr == "eco: no region named 'us-wst-1' in the catalogue\nhint: did you mean us-west-1 or us-west1 or us-west-2?\n"
    found = eco("estimate", *CALL, "--region", "us-wst-1", "--region-fallback")
    assert found.json["audit"]["calculationMethod"] == "PROVIDER_AVERAGE"
    assert "us-wst-1" in found.stderr
    assert eco("record", input=ndjson(GPT | {"region": "us-wst-1"}), exit_code=3).stderr.startswith("eco: line 1: no region named")


def test_an_unknown_provider_is_kept_as_written(eco):
    result = eco("record", *CALL, "--provider", "My Own Box")
    audit = result.json["audit"]
    assert (audit["calculationMethod"], audit["regionMatch"], audit["finalRegion"], audit["finalProvider"]) == (
        "GLOBAL_AVERAGE", "GLOBAL_AVERAGE", "WORLD", "My Own Box",
    )  # fmt: skip
    assert result.stderr == "eco: warning: provider 'My Own Box' is not known: average figures are used\n"
    assert rows(eco)[0]["provider"] == "My Own Box"


def test_no_model_takes_the_default_of_the_provider(eco):
    found = eco("estimate", "--provider", "anthropic", "--prompt-tokens", "1", "--completion-tokens", "1").json
    assert found["audit"]["modelMatch"] == "provider_default"
    assert found["audit"]["model"].startswith("anthropic/")


def test_the_provider_defaults_to_the_maker(eco):
    eco("record", *CALL)
    assert rows(eco)[0]["provider"] == "OpenAI"


@pytest.mark.parametrize("name", ["google", "Google Cloud", "google-cloud", "GOOGLE", "gcp", "hugging face", "Hugging Face", "aws", "AWS"])
def test_how_a_provider_is_written_does_not_matter(catalog, name):
    from ecocli.catalog.regions import normal_provider

    assert normal_provider(catalog, name)


@pytest.mark.parametrize(
    ("provider", "region", "method", "match", "where"),
    [
        ("aws", "us-west-1", "EXACT_REGION", "EXACT_REGION", ("us-west-1", "AWS")),
        ("anthropic", "us-west-1", "EXACT_REGION", "EXACT_REGION_CLOUD_INFERRED", ("us-west-1", "AWS")),
        ("meta", "us-west1", "EXACT_REGION", "EXACT_REGION_CLOUD_INFERRED", ("us-west1", "Google Cloud")),
        ("openai", "westus", "EXACT_REGION", None, ("westus", "Azure")),
        ("openai", "DE", "REGION_SPECIFIC", "COUNTRY", None),
        ("openai", "Germany", "REGION_SPECIFIC", "COUNTRY", None),
        ("openai", "US-CA", "REGION_SPECIFIC", "EXACT_ZONE", None),
    ],
)
def test_where_a_region_leads(eco, provider, region, method, match, where):
    audit = eco("estimate", *CALL, "--provider", provider, "--region", region).json["audit"]
    assert audit["calculationMethod"] == method
    assert match in (None, audit["regionMatch"])
    assert where in (None, (audit["finalRegion"], audit["finalProvider"]))


# The answer


def test_the_names_of_the_answer(eco):
    found = eco("record", *CALL, "--region", "us-east-1", "--provider", "aws").json
    assert list(found) == [
        "id", "energy_wh", "co2_grams", "water_ml", "tree_days", "embodied_co2_grams", "range", "audit", "message",
    ]  # fmt: skip
    audit = found["audit"]
    assert {
        "calculationMethod", "regionMatch", "finalRegion", "finalProvider", "model", "modelMatch", "tokens", "inferredReasoning",
        "reasoningSource", "energy", "water", "format", "assumptions", "dominantFactor", "method", "dataEdition",
    } <= set(audit)  # fmt: skip
    assert set(audit["energy"]) == {"accelerator_wh", "it_wh", "facility_wh", "idle_wh"}
    assert set(audit["water"]) == {"onsite_ml", "offsite_ml"}
    assert (audit["model"], audit["modelMatch"], audit["format"], audit["reasoningSource"]) == ("openai/gpt-4o", "alias", "native", "none")
    assert found["energy_wh"] == audit["energy"]["facility_wh"] >= audit["energy"]["it_wh"] >= audit["energy"]["accelerator_wh"]
    assert found["water_ml"] == pytest.approx(sum(audit["water"].values()))
    assert found["tree_days"] == pytest.approx(found["co2_grams"] / 60.27, rel=1e-4)
    assert found["message"].startswith("This request cost the equivalent of 0.0000")
    assert found["message"].endswith(" days of a tree's carbon absorption.")
    for name in FIGURES:
        low, high = found["range"][name]
        assert 0 < low <= found[name] <= high


def test_reasoning_says_where_it_is_known_from(eco):
    reported, waited = answers(
        eco("estimate", input=ndjson(
            GPT | {"reasoning_tokens": 1},
            {"model": "o3", "prompt_tokens": 10, "completion_tokens": 5, "startTimeMs": FIRST_MS, "firstTokenTimeMs": FIRST_MS + 60_000},
        ))
    )  # fmt: skip
    assert reported["audit"]["reasoningSource"] == "reported"
    if waited["audit"]["reasoningSource"] == "inferred_from_ttft":
        inferred = waited["audit"]["inferredReasoning"]
        assert inferred["low"] <= inferred["value"] <= inferred["high"]


def test_explain_adds_factors_and_steps(eco):
    assert "factors" not in eco("estimate", *CALL).json["audit"]
    audit = eco("estimate", *CALL, "--explain").json["audit"]
    assert {"name", "value", "low", "high", "unit", "source", "year"} <= set(audit["factors"][0])
    assert audit["steps"]


def test_formats(eco):
    two = ndjson(GPT, GPT)
    assert len(eco("estimate", "--format", "json", input=two).json) == 2
    assert len(eco("estimate", "--json", input=two).json) == 2
    assert len(answers(eco("estimate", "--format", "ndjson", input=two))) == 2
    assert isinstance(eco("estimate", *CALL, "--format", "json").json, dict)
    card = eco("estimate", *CALL, "--format", "text").stdout
    assert card.startswith("openai/gpt-4o · ")
    assert "\x1b" not in card
    assert "nothing was stored" in card
    totals = eco("estimate", "--format", "text", input=two).stdout
    assert totals.startswith("2 calls estimated, nothing stored · 20 tokens in, 10 out")


def test_an_estimate_stores_nothing_and_makes_no_file(eco, tmp_path):
    eco("estimate", *CALL)
    assert not (tmp_path / "data").exists()


def test_answers_come_in_input_order_also_beyond_a_thousand(eco):
    events = [GPT | {"id": f"{n}"} for n in range(2300)]
    result = eco("record", input=ndjson(*events))
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == [event["id"] for event in events]
    assert result.stderr == ""


def test_skip_invalid_keeps_the_good_ones(eco, tmp_path):
    mixed = ndjson(GPT | {"id": "a"}, GPT | {"prompt_tokens": -1}, GPT | {"id": "b"}) + "garbage\n"
    result = eco("record", "--skip-invalid", input=mixed, exit_code=4)
    assert [one["id"] for one in answers(result)] == ["a", "b"]
    assert [row["id"] for row in rows(eco)] == ["a", "b"]
    first, second, error, hint = result.stderr.splitlines()
    assert json.loads(first)["error"] == "line 2: prompt_tokens: must be an integer from 0 to 10^12, not -1"
    assert json.loads(second)["input"] == "garbage"
    assert (error, hint) == ("eco: 2 of 4 events could not be used", "hint: each is named above, with its reason")


def test_a_rejects_file_of_an_earlier_run_does_not_stay(eco, tmp_path):
    (tmp_path / "bad").write_text("old")
    eco("estimate", "--skip-invalid", "--rejects", "bad", input=ndjson(GPT))
    assert (tmp_path / "bad").read_text() == ""


def test_an_array_names_its_item(eco):
    result = eco("record", input=json.dumps([GPT, GPT | {"zzz": 1}]), exit_code=4)
    assert result.stderr.startswith("eco: item 2: unknown field 'zzz'\n")


# All of the catalogue


def test_every_model_of_the_catalogue(eco, catalog):
    models = catalog.keys("model")
    assert len(models) >= 384
    events = [{"model": model, "prompt_tokens": 1000, "completion_tokens": 500, "id": model} for model in models]
    found = answers(eco("estimate", input=ndjson(*events)))
    assert [one["id"] for one in found] == list(models)
    assert {one["audit"]["modelMatch"] for one in found} == {"exact"}
    assert [one["audit"]["model"] for one in found] == list(models)
    assert_ordered(found)


def test_every_region_of_the_catalogue(eco, catalog):
    sites = [body for _, body in catalog.all("region")]
    assert len(sites) > 100
    events = [GPT | {"provider": site["cloud"], "region": site["code"], "id": f"{site['cloud']}/{site['code']}"} for site in sites]
    found = answers(eco("estimate", input=ndjson(*events)))
    assert len(found) == len(sites)
    assert {(one["audit"]["calculationMethod"], one["audit"]["regionMatch"]) for one in found} == {("EXACT_REGION", "EXACT_REGION")}
    assert [one["audit"]["finalRegion"] for one in found] == [site["code"] for site in sites]
    assert_ordered(found)


def assert_ordered(found: list[dict[str, Any]]) -> None:
    for one in found:
        for name in FIGURES:
            low, high = one["range"][name]
            # embeddings and the greenest sites included: nothing is free, and no range is upside down
            assert 0 <= low <= one[name] <= high, (one["id"], name)
        assert one["energy_wh"] > 0
        assert one["range"]["energy_wh"][0] > 0


def test_one_id_for_many_calls_is_refused(eco):
    events = f"{EVENT_LINE}\n{EVENT_LINE}\n"
    result = eco("record", "--id", "x", input=events, exit_code=2)
    assert result.stderr.startswith("eco: --id is given, and the input holds more than one call\nhint: ")
    assert eco("history", "--format", "json").json["data"] == []


EVENT_LINE = '{"model": "gpt-4o", "prompt_tokens": 1, "completion_tokens": 1}'


@pytest.mark.parametrize("name", ["gpt-4o\t", "\tgpt-4o", "gpt-4o\n"])
def test_a_name_that_was_copied_with_white_space_is_trimmed(eco, name):
    assert eco("record", "--model", name, "--prompt-tokens", "1", "--completion-tokens", "1").json["audit"]["modelMatch"] == "alias"
    assert eco("history", "--format", "json").json["data"][0]["model"] == "gpt-4o"


def test_a_clock_that_was_never_set_stores_nothing_that_cannot_be_read(eco, monkeypatch):
    monkeypatch.setattr("time.time_ns", lambda: -5_000_000_000)
    eco("record", "--model", "gpt-4o", "--prompt-tokens", "3", "--completion-tokens", "2", "--db", "a.db")
    eco("keys", "create", "k", "--db", "a.db")
    [row] = eco("history", "--json", "--db", "a.db").json["data"]
    assert row["logDate"] == "1970-01-01T00:00:00Z"
    assert eco("merge", "a.db", "--db", "b.db").json["new"] == 1
    for command in (("summary", "--by", "day", "--json"), ("report", "--json"), ("db", "check")):
        eco(*command, "--db", "a.db")
