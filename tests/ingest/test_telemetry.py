"""OpenTelemetry as files hold it. The counts are worked out from what each client documents; the values are invented."""

import io
import json

import pytest

from ecocli import ingest
from ecocli.core.signals import SOURCES
from ecocli.ingest import native, otel_attributes
from ecocli.ingest.counters import NOT_UNDERSTOOD
from ecocli.ingest.reading import Reading

NOON = 1_767_225_600_000
NANO = f"{NOON}000000"


def typed(value):
    kind = {bool: "boolValue", int: "intValue", float: "doubleValue", str: "stringValue"}[type(value)]
    return {kind: value}


def pairs(attributes):
    return [{"key": key, "value": typed(value)} for key, value in attributes.items()]


def logs(*events, service="app", scope="app", **record):
    """An export of log records with these attributes."""
    made = [{"timeUnixNano": NANO, "attributes": pairs(event)} | record for event in events]
    return {"resourceLogs": [{"resource": {"attributes": pairs({"service.name": service})}, "scopeLogs": [{"scope": {"name": scope}, "logRecords": made}]}]}


def spans(*each, service="app", scope="app", **span):
    made = [
        {"traceId": "ab" * 16, "spanId": f"{n:016x}", "startTimeUnixNano": NANO, "endTimeUnixNano": f"{NOON + 2000}000000", "attributes": pairs(one)} | span
        for n, one in enumerate(each, 1)
    ]
    return {"resourceSpans": [{"resource": {"attributes": pairs({"service.name": service})}, "scopeSpans": [{"scope": {"name": scope}, "spans": made}]}]}


def calls(*documents):
    found = list(ingest.read(io.BytesIO("\n".join(map(json.dumps, documents)).encode())))
    return [reading for reading in found if isinstance(reading, Reading)]


def counted(reading):
    return tuple(reading.fields.get(name) for name in native.TOKEN_FIELDS)


CHAT = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "example-1", "gen_ai.usage.input_tokens": 700, "gen_ai.usage.output_tokens": 90}
SPELLINGS = [(field, name) for field, names in otel_attributes.COUNTERS.items() for name in names]


@pytest.mark.parametrize(("field", "name"), SPELLINGS)
def test_every_spelling_of_a_counter_is_read_and_understood(field, name):
    base = {"llm.usage.prompt_tokens": 50, "llm.usage.completion_tokens": 40, "gen_ai.request.model": "example-1"}
    replaced = {"prompt_tokens": "llm.usage.prompt_tokens", "completion_tokens": "llm.usage.completion_tokens"}.get(field)
    attributes = {key: value for key, value in base.items() if key != replaced} | {name: 30}
    [reading] = calls(spans(attributes))
    assert reading.fields[field] == 30
    assert reading.assumptions == []


def test_a_number_that_is_not_understood_is_named():
    [reading] = calls(spans(CHAT | {"gen_ai.usage.dream_tokens": 5, "gen_ai.usage.cost": 0.5, "gen_ai.usage.audio.input_tokens": 4, "gen_ai.usage.zero_tokens": 0}))
    assert reading.assumptions == [f"{NOT_UNDERSTOOD}gen_ai.usage.dream_tokens"]


@pytest.mark.parametrize(
    ("scope", "total", "prompt"),
    [
        ("opentelemetry.instrumentation.bedrock", None, 700 + 300 + 20),  # copies the prompt of Converse, which leaves out the cache
        ("OpenTelemetry::Instrumentation::RubyLLM", None, 700 + 300 + 20),
        ("opentelemetry.instrumentation.openai.v1", None, 700),
        ("strands.telemetry.tracer", 700 + 90 + 320, 700 + 320),  # the total says it
        ("strands.telemetry.tracer", 700 + 90, 700),
    ],
)
def test_the_record_tells_whether_the_cache_is_inside_the_prompt(scope, total, prompt):
    cache = {"gen_ai.usage.cache_read.input_tokens": 300, "gen_ai.usage.cache_creation.input_tokens": 20}
    [reading] = calls(spans(CHAT | cache | ({"gen_ai.usage.total_tokens": total} if total else {}), scope=scope))
    assert counted(reading) == (prompt, 90, None, 300, 20)


def codex(kind="response.completed", **changes):
    event = {"event.name": "codex.sse_event", "event.kind": kind, "event.timestamp": "2026-01-01T00:00:00.500Z", "conversation.id": "c-1"}
    counts = {"input_token_count": "800", "output_token_count": "70", "cached_token_count": 640, "reasoning_token_count": 20, "tool_token_count": "870"}
    return event | {"model": "gpt-5-codex", "duration_ms": "0"} | counts | changes


def test_codex_counts_only_a_complete_answer_with_its_counts():
    bare = {name: value for name, value in codex().items() if "token" not in name}
    [reading] = calls(logs(codex("response.created"), bare, codex(), service="codex_exec", timeUnixNano="0", observedTimeUnixNano=NANO))
    assert counted(reading) == (800, 70, 20, 640, None)
    assert (reading.fields["source"], reading.fields["model"], reading.fields["endTimeMs"]) == ("codex", "gpt-5-codex", NOON)
    assert reading.fields["startTimeMs"] == NOON  # not when it is read
    assert reading.fields["tags"]["session"] == "c-1"
    later = codex(**{"event.timestamp": "2026-01-01T00:00:01.500Z"})
    assert len({call.fields["id"] for call in calls(logs(codex(), later), logs(codex()))}) == 2


GEMINI = {
    "event.name": "gemini_cli.api_response", "session.id": "g-1", "event.timestamp": "2026-01-01T00:00:00.100Z", "model": "gemini-3-pro",
    "input_token_count": 60, "output_token_count": 7, "cached_content_token_count": 50, "thoughts_token_count": 11, "tool_token_count": 3, "duration_ms": 400,
}  # fmt: skip
DETAILS = CHAT | {"event.name": "gen_ai.client.inference.operation.details", "session.id": "g-1", "gen_ai.operation.name": "generate_content"}


def test_gemini_cli_tells_of_one_call_in_three_signals():
    span = {"gen_ai.operation.name": "llm_call", "gen_ai.request.model": "gemini-3-pro"}
    [reading] = calls(logs(GEMINI, DETAILS, service="gemini-cli", scope="gemini-cli"), spans(span, service="gemini-cli", scope="gemini-cli"))
    assert counted(reading) == (63, 18, 11, 50, None)  # 60 + 3, 7 + 11
    assert reading.fields["provider"] == "Google"
    assert len(calls(logs(DETAILS, service="other", scope="other"))) == 1  # elsewhere that event is the call
    [fork] = calls(logs(GEMINI | {"event.name": "qwen-code.api_response", "model": "qwen3-coder-plus"}, service="qwen-code"))
    assert (fork.fields.get("provider"), fork.fields["source"], counted(fork)[0]) == (None, "qwen-code", 63)


def ids(*documents):
    return [call.fields["id"] for call in calls(*documents)]


@pytest.mark.parametrize("name", ["gemini_cli.api_response", "qwen-code.api_response"])
@pytest.mark.parametrize("change", [{}, {"output_token_count": 8}, {"duration_ms": 401}, {"prompt_id": "g-1########2"}])
def test_two_answers_in_one_millisecond_of_a_session_are_two(name, change):
    """Neither numbers its events. Sent again they are the same two, in one export or in two, and in another order where they differ."""
    one = GEMINI | {"event.name": name}
    both = logs(one, one | change)
    assert len(set(ids(both))) == 2
    assert ids(both) == ids(both)
    if change:
        assert set(ids(logs(one | change, one))) == set(ids(logs(one), logs(one | change))) == set(ids(both))
    else:
        assert set(ids(logs(one), logs(one))) < set(ids(both))


def test_no_text_goes_into_an_id():
    assert ids(logs(GEMINI | {"prompt": "one"})) == ids(logs(GEMINI | {"prompt": "another"}))


def test_an_event_that_has_a_number_is_that_one_however_often_it_comes():
    assert len(set(ids(logs(REQUEST, REQUEST, **AROUND)))) == 1


@pytest.mark.parametrize(("total", "completion"), [(785, 85), (760, 60), (None, 85)])
def test_qwen_codes_total_says_whether_thoughts_are_in_the_answer(total, completion):
    """As in its chats: 700 in and 60 out, 25 of thoughts in them or beside them."""
    event = {"event.name": "qwen-code.api_response", "model": "qwen3.5-plus", "input_token_count": 700, "output_token_count": 60, "thoughts_token_count": 25}
    [reading] = calls(logs(event | ({} if total is None else {"total_token_count": total}), service="qwen-code"))
    assert counted(reading)[:3] == (700, completion, 25)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ({"prompt_tokens": 700, "completion_tokens": 90, "completion_tokens_details": {"reasoning_tokens": 16}, "prompt_tokens_details": {"cached_tokens": 128}}, (16, 128)),
        ({"input_tokens": 700, "output_tokens": 90, "output_tokens_details": {"reasoning_tokens": 16}, "input_tokens_details": {"cached_tokens": 128}}, (16, 128)),
        ({"prompt_tokens": 701, "completion_tokens": 90, "completion_tokens_details": {"reasoning_tokens": 16}}, (None, None)),  # of something else
        ({"prompt_tokens": 700, "completion_tokens": 90, "completion_tokens_details": {"reasoning_tokens": "many"}}, (None, None)),
        ({"note": "none"}, (None, None)),
        ([], (None, None)),
    ],
)
def test_details_come_from_the_answers_own_usage_where_the_counters_lack_them(raw, expected):
    [reading] = calls(spans(CHAT | {"gen_ai.usage.raw": json.dumps(raw)}))
    assert counted(reading)[:4] == (700, 90, *expected)
    assert reading.assumptions == []


REQUEST = {
    "event.name": "api_request", "session.id": "s-1", "event.sequence": 3, "model": "claude-sonnet-4-5",
    "input_tokens": 4, "output_tokens": 100, "cache_read_tokens": 900, "cache_creation_tokens": 50, "duration_ms": 1200,
}  # fmt: skip
AROUND = {"service": "claude-code", "traceId": "cd" * 16, "spanId": "11" * 8}


def nested(*each):
    """An export of spans, each given by its id, that of the span around it, and its attributes."""
    document = spans(*(attributes for _, _, attributes in each))
    [scope] = document["resourceSpans"][0]["scopeSpans"]
    for span, (identity, around, _) in zip(scope["spans"], each, strict=True):
        span |= {"spanId": f"{identity:016x}", "parentSpanId": f"{around:016x}" if around else ""}
    return document


def chat(prompt, completion, **more):
    return CHAT | {"gen_ai.usage.input_tokens": prompt, "gen_ai.usage.output_tokens": completion} | more


CACHED = {"gen_ai.usage.cache_read.input_tokens": 500}
PLAIN = {"http.request.method": "POST"}
INFERENCE = {"openinference.span.kind": "LLM", "llm.model_name": "example-1", "llm.token_count.prompt": 700, "llm.token_count.completion": 90}


@pytest.mark.parametrize(
    ("each", "expected"),
    [
        # a framework's span around that of the client: its counts are the client's, which knows more
        ([(1, 0, chat(700, 90)), (2, 1, chat(700, 90, **CACHED))], [(700, 90, None, 500, None)]),
        ([(2, 1, chat(700, 90, **CACHED)), (1, 0, chat(700, 90))], [(700, 90, None, 500, None)]),
        ([(1, 0, INFERENCE), (2, 1, INFERENCE)], [(700, 90, None, None, None)]),
        ([(1, 0, chat(700, 90)), (2, 1, PLAIN), (3, 2, chat(700, 90))], [(700, 90, None, None, None)]),
        ([(1, 0, chat(700, 90)), (2, 1, chat(700, 90)), (3, 2, chat(700, 90))], [(700, 90, None, None, None)]),
        ([(1, 0, chat(700, 90)), (2, 1, chat(300, 50)), (3, 1, chat(400, 40))], [(300, 50, None, None, None), (400, 40, None, None, None)]),
        # counts of its own are a call of its own, and so are equal ones side by side
        ([(1, 0, chat(700, 90)), (2, 1, chat(300, 50))], [(700, 90, None, None, None), (300, 50, None, None, None)]),
        ([(1, 0, PLAIN), (2, 1, chat(700, 90)), (3, 1, chat(700, 90))], [(700, 90, None, None, None)] * 2),
        ([(1, 1, chat(700, 90))], [(700, 90, None, None, None)]),
        ([(1, 2, chat(700, 90)), (2, 1, chat(700, 90))], [(700, 90, None, None, None)] * 2),  # in a circle: nobody's
        # an agent, its call, and below that the call of another agent: 300 + 400
        ([(1, 0, chat(700, 90)), (2, 1, chat(300, 50)), (3, 2, chat(400, 40))], [(300, 50, None, None, None), (400, 40, None, None, None)]),
        # a collector that sends some spans twice: the store knows the second of the call
        ([(1, 0, chat(700, 90))] * 2 + [(2, 1, chat(700, 90))] * 2, [(700, 90, None, None, None)] * 2),
    ],
)
def test_a_span_around_a_call_that_tells_of_it_again_is_none(each, expected):
    assert [counted(call) for call in calls(nested(*each))] == expected


def test_two_requests_inside_of_one_span_are_two():
    found = calls(logs(REQUEST, REQUEST | {"event.sequence": 4}, **AROUND))
    assert len({call.fields["id"] for call in found}) == 2
    timed = {name: value for name, value in REQUEST.items() if name != "event.sequence"}
    first, second = ({"event.timestamp": f"2026-01-01T00:00:0{n}.000Z"} for n in (1, 2))
    assert len({call.fields["id"] for call in calls(logs(timed | first, timed | second, **AROUND))}) == 2
    [named] = calls(logs(REQUEST | {"request_id": "req_7"}, **AROUND))
    assert (named.fields["id"], named.fields["tags"]["request"]) == ("req_7", "req_7")


def test_the_sources_of_telemetry_are_listed():
    """The store looks for other reports of their calls alone."""
    agents = {"claude-code": REQUEST, "gemini-cli": GEMINI, "qwen-code": GEMINI | {"event.name": "qwen-code.api_response"}}
    found = [call.fields["source"] for service, event in agents.items() for call in calls(logs(event, service=service))]
    found += [call.fields["source"] for call in calls(logs(codex()), spans(CHAT))]
    assert sorted(found) == sorted(SOURCES)


def test_claude_codes_span_has_the_counts_of_its_log_event():
    request = {name: value for name, value in REQUEST.items() if not name.startswith("event.")} | {"ttft_ms": 300, "gen_ai.system": "anthropic"}
    around = {"service": "claude-code", "traceId": "cd" * 16}
    [span] = calls(spans(request, name="claude_code.llm_request", parentSpanId="11" * 8, **around))
    [event] = calls(logs(REQUEST, **AROUND))
    assert counted(span) == counted(event) == (954, 100, None, 900, 50)
    assert span.fields["firstTokenTimeMs"] == NOON + 300
    own = {"service": "claude-code", "session": "s-1"}  # by which the store matches them
    assert (span.fields["tags"], event.fields["tags"]) == (own | {"signal": "span"}, own | {"signal": "event"})


@pytest.mark.parametrize(
    ("details", "expected"),
    [
        ({"prompt_tokens": 80, "completion_tokens": 9, "total_tokens": 89, "prompt_tokens_details": {"cached_tokens": 64}}, (80, 9, None, 64, None)),
        ({"input": 16, "output": 9, "input_cached_tokens": 64, "output_reasoning_tokens": 5}, (80, 14, 5, 64, None)),  # each kind has its own number
        ({"input": 80, "output": 9, "input_cached_tokens": 64, "total": 89}, (80, 9, None, 64, None)),
        ({"input_tokens": 16, "output_tokens": 9, "cache_read_input_tokens": 64, "cache_creation_input_tokens": 2}, (82, 9, None, 64, 2)),
    ],
)
def test_langfuse(details, expected):
    attributes = {"langfuse.observation.type": "generation", "langfuse.observation.model.name": "gpt-4o", "langfuse.observation.usage_details": json.dumps(details)}
    attributes["langfuse.observation.completion_start_time"] = '"2026-01-01T00:00:00.700Z"'
    [reading] = calls(spans(attributes, scope="langfuse-sdk"))
    assert counted(reading) == expected
    assert (reading.fields["model"], reading.fields["firstTokenTimeMs"]) == ("gpt-4o", NOON + 700)
    assert calls(spans(attributes | {"langfuse.observation.type": "agent"})) == []


SECONDS = NOON // 1000
RESOURCE = {"attributes": {"service.name": "gemini-cli"}}
JS_LOG = {"hrTime": [SECONDS, 600_000_000], "resource": RESOURCE, "instrumentationScope": {"name": "gemini-cli"}, "attributes": GEMINI, "_body": "API response"}
JS_SPAN = {
    "resource": {"_rawAttributes": [["service.name", "shop"]]}, "instrumentationScope": {"name": "shop"}, "name": "chat", "kind": 2,
    "_spanContext": {"traceId": "ab" * 16, "spanId": "cd" * 8}, "startTime": [SECONDS, 0], "endTime": [SECONDS + 1, 500_000_000], "attributes": CHAT,
}  # fmt: skip
PYTHON_SPAN = {
    "name": "chat", "context": {"trace_id": f"0x{'ab' * 16}", "span_id": f"0x{'cd' * 8}"}, "kind": "SpanKind.CLIENT", "parent_id": None,
    "start_time": "2026-01-01T00:00:00.000000Z", "end_time": "2026-01-01T00:00:01.500000Z", "attributes": CHAT, "resource": {"attributes": {"service.name": "shop"}},
}  # fmt: skip
GO_SPAN = {
    "Name": "chat", "SpanContext": {"TraceID": "ab" * 16, "SpanID": "cd" * 8}, "StartTime": "2026-01-01T00:00:00Z", "EndTime": "2026-01-01T00:00:01.5Z",
    "Attributes": [{"Key": key, "Value": {"Type": "STRING", "Value": value}} for key, value in CHAT.items()],
    "Resource": [{"Key": "service.name", "Value": {"Type": "STRING", "Value": "shop"}}],
}  # fmt: skip


@pytest.mark.parametrize("record", [JS_SPAN, PYTHON_SPAN, GO_SPAN])
def test_a_span_as_an_sdk_prints_it(record):
    [reading] = calls(record)
    assert counted(reading) == (700, 90, None, None, None)
    assert (reading.fields["id"], reading.fields["tags"]) == (f"{'ab' * 16}:{'cd' * 8}", {"service": "shop"})
    assert (reading.fields["startTimeMs"], reading.fields["endTimeMs"]) == (NOON, NOON + 1500)


def test_log_records_as_an_sdk_prints_them():
    config = {"attributes": {"event.name": "gemini_cli.config", "session.id": "g-1"}, "_body": "CLI configuration loaded."}
    printed = json.dumps(config, indent=2) + "\n" + json.dumps(JS_LOG, indent=2) + "\n"
    [reading] = (found for found in ingest.read(io.BytesIO(printed.encode())) if isinstance(found, Reading))
    assert counted(reading) == (63, 18, 11, 50, None)
    assert (reading.fields["startTimeMs"], reading.fields["endTimeMs"]) == (NOON + 200, NOON + 600)
    python = {"body": "x", "severity_number": 9, "attributes": DETAILS, "timestamp": "2026-01-01T00:00:00.5Z", "trace_id": "0x0", "span_id": "0x0", "resource": RESOURCE}
    assert calls(python) == []  # Gemini CLI's second event
    assert len(calls(python | {"resource": {"attributes": {}}})) == 1
