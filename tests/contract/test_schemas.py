"""The JSON Schemas that ship say what eco really takes and prints."""

import json
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from ecocli.core.matches import METHOD_OF_REGION_MATCH, MODEL_MATCHES
from ecocli.errors import BadData
from ecocli.ingest import event_texts, native, times
from tools import schemas

ROOT = Path(__file__).parents[2]
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
NAMES = ["answer", "doctor", "event", "history", "models", "recomputation", "regions"]
CROSS_FIELD_RULES = ("must be at most prompt_tokens", "must be at least startTimeMs", "must be at least firstTokenTimeMs", "says how measured_wh was measured")
"""What no schema can say of an event."""


def schema(name: str) -> Draft202012Validator:
    body = json.loads((schemas.FOLDER / f"{name}.json").read_text("utf-8"))
    return Draft202012Validator(body, format_checker=Draft202012Validator.FORMAT_CHECKER)


EVENT = schema("event")


@pytest.mark.parametrize("name", NAMES)
def test_each_is_a_schema_of_draft_2020_12(name):
    Draft202012Validator.check_schema(schema(name).schema)
    assert schema(name).schema["$schema"] == schemas.DRAFT


def test_there_are_no_others(eco):
    assert sorted(file.stem for file in schemas.FOLDER.iterdir()) == NAMES
    assert eco("schema", "xyz", exit_code=2).stderr == f"eco: no schema 'xyz'\nhint: there are {', '.join(NAMES)}\n"
    assert eco("schema", "evnt", exit_code=2).stderr == "eco: no schema 'evnt'\nhint: did you mean event?\n"


@pytest.mark.parametrize("name", NAMES)
def test_the_command_prints_them(eco, name):
    assert eco("schema", name).json == schema(name).schema


@pytest.mark.parametrize(("name", "made"), schemas.schemas().items())
def test_what_is_made_from_code_is_current(name, made):
    # otherwise: python -m tools.schemas
    assert (schemas.FOLDER / name).read_text("utf-8") == schemas.text(made)


@pytest.mark.parametrize("name", ["models", "regions"])
def test_the_catalogue_keeps_its_schema(name):
    shipped = yaml.load((ROOT / f"{name}.yaml").read_bytes(), Loader=LOADER)
    as_json = json.loads(json.dumps(shipped, default=str))
    assert [error.message for error in schema(name).iter_errors(as_json)] == []


# --- the event

CONTRACT = {
    "provider": ("provider",),
    "model": ("model",),
    "prompt_tokens": ("prompt_tokens", "inputTokens", "input_tokens"),
    "completion_tokens": ("completion_tokens", "outputTokens", "output_tokens"),
    "reasoning_tokens": ("reasoning_tokens", "reasoningTokens"),
    "cached_tokens": ("cached_tokens", "cachedTokens"),
    "cache_write_tokens": ("cache_write_tokens", "cacheWriteTokens"),
    "detected_region": ("detected_region", "detectedRegion", "region"),
    "startTimeMs": ("startTimeMs", "start_time_ms"),
    "firstTokenTimeMs": ("firstTokenTimeMs", "first_token_time_ms"),
    "endTimeMs": ("endTimeMs", "end_time_ms"),
    "source": ("source",),
    "is_estimated": ("is_estimated", "isEstimated"),
    "estimation_method": ("estimation_method", "estimationMethod"),
    "id": ("id", "requestId", "request_id"),
    "tags": ("tags", "metadata"),
    "concurrency": ("concurrency",),
    "accelerator": ("accelerator",),
    "weight_precision": ("weight_precision", "weightPrecision"),
    "hosting": ("hosting",),
    "control": ("control",),
    "host": ("host",),
    "hardware": ("hardware",),
    "load_ms": ("load_ms", "loadMs"),
    "prompt_ms": ("prompt_ms", "promptMs"),
    "generation_ms": ("generation_ms", "generationMs"),
    "measured_wh": ("measured_wh", "measuredWh"),
    "measured_boundary": ("measured_boundary", "measuredBoundary"),
    "measured_by": ("measured_by", "measuredBy"),
    "service_tier": ("service_tier", "serviceTier"),
    "server_tool_calls": ("server_tool_calls", "serverToolCalls"),
    **{name: (name,) for name in ("prompt_text", "completion_text", "messages")},
}


def test_it_has_every_spelling_that_is_promised():
    assert set(EVENT.schema["properties"]) == {spelling for spellings in CONTRACT.values() for spelling in spellings}


@pytest.mark.parametrize(("one", "other"), [pair[:2] for name, pair in CONTRACT.items() if len(pair) > 1 and name not in ("measured_boundary", "measured_by")])
def test_one_field_under_two_spellings_is_refused(one, other):
    whole = {"model": "m", "prompt_tokens": 1, "completion_tokens": 1}
    times_ms = dict.fromkeys(native.TIME_FIELDS, times.FIRST_MS)
    value = {**times_ms, "is_estimated": True, "tags": {}, "id": "a", "estimation_method": "a", "detected_region": "FR", "weight_precision": "fp8"}
    value = (value | {"service_tier": "flex", "server_tool_calls": {}}).get(one, 1)
    assert EVENT.is_valid(whole | {one: value})
    assert not EVENT.is_valid(whole | {one: value, other: value})


TEXTS = st.one_of(
    st.text(min_size=1, max_size=3),
    st.text(st.characters(max_codepoint=0xA1), max_size=3),
    st.sampled_from(["x" * native.MAX_CHARACTERS, "x" * (native.MAX_CHARACTERS + 1), "a\n"]),
)
COUNTS = st.one_of(st.integers(0, 2000), st.sampled_from([native.MAX_TOKENS, native.MAX_TOKENS + 1, native.MAX_TIME_MS, native.MAX_TIME_MS + 1, -1]))
TAGS = st.dictionaries(TEXTS, st.one_of(TEXTS, COUNTS), min_size=1, max_size=2)
TIMES = st.sampled_from([0, -1, times.FIRST_MS - 1, times.FIRST_MS, native.MAX_TIME_MS, native.MAX_TIME_MS + 1])
OF_KIND = {"tokens": COUNTS, "time": TIMES, "text": TEXTS, "flag": st.booleans(), "tags": TAGS}
ANYTHING = st.one_of(*OF_KIND.values(), st.none(), st.just(0.5), st.lists(st.integers(), max_size=1))
OF_KIND |= {
    "concurrency": st.one_of(st.floats(0, 2_000_000), st.integers(-1, 3), st.sampled_from([0.999, 1, 1.0, 1_000_000, 1_000_000.5, 1_000_001])),
    "accelerator": st.one_of(TEXTS, st.sampled_from(["RTX 4090", "x" * 64, "x" * 65])),
    "precision": st.one_of(TEXTS, st.sampled_from(["q4_K_M", "x" * 32, "x" * 33])),
    "profile": st.one_of(TEXTS, st.sampled_from(["desk", "x" * 64, "x" * 65])),
    "hosting": st.one_of(TEXTS, st.sampled_from(["own", "rented", "cloud", "api", "Own", "bought"])),
    "boundary": st.one_of(TEXTS, st.sampled_from(["gpu", "soc", "wall", "GPU"])),
    "milliseconds": st.one_of(st.floats(-1, 1e13), st.sampled_from([0, 10**12, 10**12 + 1])),
    "tool_calls": st.one_of(
        st.dictionaries(TEXTS, st.integers(-1, 10**12 + 1), max_size=3), st.sampled_from([{}, {"web_search": 2}, {"": 1}, {"a": 1.5}, {f"t{n}": 1 for n in range(65)}])
    ),
    "measured": st.one_of(st.floats(-1, 1e10), st.sampled_from([0, 1e-15, 1e-16, 10**9, 10**9 + 1])),
}


def values(spelling: str) -> st.SearchStrategy:
    """Mostly of the field's own kind: what is wrong is then wrong by a little."""
    kind = EVENT.schema["properties"][spelling]["$ref"].rpartition("/")[2]
    return st.one_of(OF_KIND[kind], OF_KIND[kind], ANYTHING)


WHOLE = {"model": "gpt-4o", "prompt_tokens": 2000, "completion_tokens": 5}
GOOD = {"tokens": 5, "time": times.FIRST_MS, "text": "x", "flag": True, "tags": {"project": "x"}, "concurrency": 1.5, "accelerator": "H100", "precision": "fp8"}
GOOD |= {"written": "two\nlines", "messages": [{"role": "user", "content": "x"}]}
GOOD |= {"profile": "desk", "hosting": "own", "boundary": "wall", "milliseconds": 2.5, "measured": 0.4, "tool_calls": {"web_search": 2}}
NAMES_OF_FIELDS = st.sets(st.sampled_from([*native.SPELLINGS, *event_texts.FIELDS, "promptTokens"]), max_size=6)


@pytest.mark.parametrize(
    ("name", "value"),
    [("prompt_text", 5), ("prompt_text", "x" * 10_000_001), ("completion_text", None), ("messages", []), ("messages", ["x"]), ("messages", "x")],
    ids=repr,
)
def test_schema_and_validator_refuse_a_text_that_is_none(name, value):
    event = WHOLE | {name: value}
    assert not EVENT.is_valid(event)
    assert refusal(event).startswith(f"{name}: must be")


def kind(spelling: str) -> str:
    return EVENT.schema["properties"][spelling]["$ref"].rpartition("/")[2]


def values(spelling: str) -> st.SearchStrategy:
    """Mostly of the field's own kind: what is wrong is then wrong by a little."""
    return st.one_of(OF_KIND[kind(spelling)], OF_KIND[kind(spelling)], ANYTHING)


def refusal(event: dict) -> str | None:
    """Why the validator refuses an event, if only for what a schema can say."""
    try:
        rest, texts = event_texts.taken(event)
        fields = native.canonical(rest)
        counted = {"prompt_tokens": event_texts.PROMPTS, "completion_tokens": event_texts.COMPLETIONS}
        fields |= {name: 1 for name, names in counted.items() if name not in fields and not texts.keys().isdisjoint(names)}
        times.doubt(native.to_usage(fields), native.MAX_TIME_MS)
    except BadData as error:
        return None if any(rule in str(error) for rule in CROSS_FIELD_RULES) else str(error)
    return None


@pytest.mark.parametrize("spelling", native.SPELLINGS)
@given(data=st.data())
def test_schema_and_validator_agree_on_every_value(spelling, data):
    others = {name: value for name, value in WHOLE.items() if name != native.SPELLINGS[spelling]}
    event = others | {spelling: data.draw(values(spelling))}
    assert EVENT.is_valid(event) == (refusal(event) is None)


@example({"promptTokens"}, {*WHOLE})
@given(NAMES_OF_FIELDS, st.sets(st.sampled_from([*WHOLE])))
def test_schema_and_validator_agree_on_every_set_of_fields(spellings, whole):
    event = {name: WHOLE[name] for name in whole} | {name: GOOD[kind(name)] if name in EVENT.schema["properties"] else 5 for name in spellings}
    assert EVENT.is_valid(event) == (refusal(event) is None)


# --- what is printed

CALLS = [
    {"model": "gpt-4o", "prompt_tokens": 1000, "completion_tokens": 500, "region": "us-east-1", "id": "a"},
    {"provider": "Google", "model": "gemini-3-pro", "prompt_tokens": 0, "completion_tokens": 0, "tags": {"project": "x"}},
    {"provider": "Nobody", "model": "deepseek-r1", "prompt_tokens": 7, "completion_tokens": 9, "reasoning_tokens": 3, "cached_tokens": 2},
    {
        "model": "deepseek/deepseek-r1", "prompt_tokens": 900, "completion_tokens": 40, "isEstimated": True,
        "startTimeMs": 1_763_800_000_000, "firstTokenTimeMs": 1_763_800_030_000, "region": "DE",
    },
    {"model": "gpt-4o", "prompt_tokens": 1000, "completion_tokens": 500, "region": "us-east-1", "id": "a"},
]
STDIN = "\n".join(map(json.dumps, CALLS))


def assert_described(validator: Draft202012Validator, body: object) -> None:
    assert [f"{error.json_path}: {error.message}" for error in validator.iter_errors(body)] == []


def test_answers_keep_their_schema(eco):
    answers = [json.loads(line) for line in eco("record", "--explain", input=STDIN).stdout.splitlines()]
    assert [answer.get("duplicate") for answer in answers] == [None, None, None, None, True]
    assert answers[3]["audit"]["inferredReasoning"]
    for answer in answers:
        assert_described(schema("answer"), answer)
        assert set(answer) <= set(schema("answer").schema["properties"])
        described = set(schema("answer").schema["properties"]["audit"]["properties"])
        # price with --cost, see test_prices.py; mean where the place is one
        assert described - {"price", "mean"} <= set(answer["audit"]) <= described - {"price"}
    for answer in eco("estimate", "--format", "json", input=STDIN).json:
        assert_described(schema("answer"), answer)


def test_history_keeps_its_schema(eco):
    secret = eco("keys", "create", "Production Key", "--json").json["key"]
    eco("record", input=STDIN)
    eco("record", input=json.dumps(CALLS[1]), ECO_API_KEY=secret)
    row = schema("history").schema["$defs"]["row"]["properties"]
    for arguments in ((), ("--limit", "2"), ("--all",), ("--all", "--full"), ("--model", "gpt-5")):
        page = eco("history", "--format", "json", *arguments).json
        assert_described(schema("history"), page)
        assert "--full" in arguments or all(set(call) == set(row) for call in page["data"])
    assert {call["maskedKey"] for call in eco("history", "--json").json["data"]} == {None, f"eco_...{secret[-4:]}"}


@pytest.mark.parametrize("arguments", [(), ("--model", "no-such-model"), ("--apply",)])
def test_a_recomputation_keeps_its_schema(eco, arguments):
    eco("record", input=STDIN)
    change = eco("recompute", "--json", *arguments).json
    assert_described(schema("recomputation"), change)
    described = schema("recomputation").schema
    assert set(change) == set(described["properties"])
    assert all(set(one) == set(described["$defs"]["method"]["properties"]) for side in change["methods"].values() for one in side)


@pytest.mark.parametrize("broken", [{"energy_wh": "3"}, {"range": {}}, {"duplicate": False}, {"audit": {"calculationMethod": "NEAR"}}, {"id": 5}, {"id": ""}])
def test_what_is_no_answer_is_refused(eco, broken):
    answer = eco("estimate", "--json", input=json.dumps(CALLS[0])).json
    audit = answer["audit"] | broken.get("audit", {})
    assert not schema("answer").is_valid(answer | broken | {"audit": audit})


def test_matches_and_methods_are_those_of_the_code():
    audit = schema("answer").schema["properties"]["audit"]["properties"]
    assert audit["regionMatch"]["enum"] == list(METHOD_OF_REGION_MATCH)
    assert audit["calculationMethod"]["enum"] == list(dict.fromkeys(METHOD_OF_REGION_MATCH.values()))
    assert audit["modelMatch"]["enum"] == list(MODEL_MATCHES)
