"""One call that several signals tell of is one row, whichever comes first: telemetry that is received, and the tool's own log that is imported."""

import itertools
import json

import pytest

from tests.import_helpers import write
from tests.serve_helpers import running

JSON = "application/json"
BEGAN_MS = 1_764_400_000_000  # 2025-11-29T07:06:40Z


def iso(ms):
    return f"2025-11-29T07:{6 + (40_000 + ms) // 60_000:02}:{(40_000 + ms) % 60_000 // 1000:02}.{ms % 1000:03}Z"


def attributes(found):
    return [{"key": key, "value": {"intValue": str(one)} if isinstance(one, int) else {"stringValue": one}} for key, one in found.items()]


def event(name, scope, ended_ms, found):
    record = {"timeUnixNano": f"{BEGAN_MS + ended_ms}000000", "body": {"stringValue": name}, "attributes": attributes({"event.name": name, "event.timestamp": iso(ended_ms)} | found)}
    return {"resourceLogs": [{"scopeLogs": [{"scope": {"name": scope}, "logRecords": [record]}]}]}


def span(number, scope, name, from_ms, to_ms, found):
    times = {"startTimeUnixNano": f"{BEGAN_MS + from_ms}000000", "endTimeUnixNano": f"{BEGAN_MS + to_ms}000000"}
    record = {"traceId": "ab" * 16, "spanId": f"{number:016x}", "name": name, "kind": 1, "attributes": attributes(found)} | times
    return {"resourceSpans": [{"scopeSpans": [{"scope": {"name": scope}, "spans": [record]}]}]}


class Claude:
    """Claude Code behind a gateway that leaves out the id of the request: its log event, its span and its session's log."""

    source, scope = "claude-code", "com.anthropic.claude_code.events"
    expected = ("claude-sonnet-4-5", 640, 90)
    counts = {"model": "claude-sonnet-4-5", "input_tokens": 10, "output_tokens": 90, "cache_read_tokens": 600, "cache_creation_tokens": 30}

    @classmethod
    def event(cls, session, number=1, at_ms=9_000):
        return event("claude_code.api_request", cls.scope, at_ms, cls.counts | {"session.id": session, "event.sequence": number, "duration_ms": 2_000})

    @classmethod
    def span(cls, session, number=1, at_ms=9_000):
        return span(number + 1000 * hash_of(session), cls.scope, "claude_code.llm_request", at_ms - 2_400, at_ms + 40, cls.counts | {"session.id": session})

    @classmethod
    def log(cls, session, number=1, at_ms=9_000, **more):
        usage = {"input_tokens": 10, "output_tokens": 90, "cache_read_input_tokens": 600, "cache_creation_input_tokens": 30}
        message = {"id": f"msg_{session}_{number}", "role": "assistant", "model": "claude-sonnet-4-5", "usage": usage | more}
        return [{"type": "assistant", "timestamp": iso(at_ms), "cwd": "/home/ann/garden", "sessionId": session, "message": message}]


class Codex:
    """Codex: its log event and its rollout."""

    source = "codex"
    expected = ("gpt-5.1-codex", 700, 80)

    @classmethod
    def event(cls, session, number=1, at_ms=9_000):
        counts = {"input_token_count": "700", "output_token_count": "80", "cached_token_count": 500, "reasoning_token_count": 30, "tool_token_count": "780"}
        return event("codex.sse_event", "codex_otel.log_only", at_ms, counts | {"event.kind": "response.completed", "model": "gpt-5.1-codex", "conversation.id": session})

    @classmethod
    def log(cls, session, number=1, at_ms=9_000):
        usage = {"input_tokens": 700, "cached_input_tokens": 500, "output_tokens": 80, "reasoning_output_tokens": 30, "total_tokens": 780}
        count = {"type": "token_count", "info": {"total_token_usage": usage, "last_token_usage": usage}}
        return [
            {"timestamp": iso(0), "type": "session_meta", "payload": {"id": session, "cwd": "/home/ann/garden", "model_provider": "openai"}},
            {"timestamp": iso(1), "type": "turn_context", "payload": {"model": "gpt-5.1-codex", "cwd": "/home/ann/garden"}},
            {"timestamp": iso(at_ms + 20), "type": "event_msg", "payload": count},
        ]


class Gemini:
    """Gemini CLI: its log event and its chat."""

    source = "gemini-cli"
    expected = ("gemini-3-pro", 420, 75)

    @classmethod
    def event(cls, session, number=1, at_ms=9_000):
        counts = {"input_token_count": 420, "output_token_count": 50, "thoughts_token_count": 25, "cached_content_token_count": 100, "tool_token_count": 0}
        return event("gemini_cli.api_response", "gemini-cli", at_ms, counts | {"session.id": session, "model": "gemini-3-pro", "duration_ms": 1_500})

    @classmethod
    def log(cls, session, number=1, at_ms=9_000):
        tokens = {"input": 420, "output": 50, "cached": 100, "thoughts": 25, "tool": 0, "total": 495}
        return [{"sessionId": session}, {"id": f"m{number}", "timestamp": iso(at_ms + 30), "type": "gemini", "model": "gemini-3-pro", "tokens": tokens}]


class Qwen:
    """Qwen Code: its log event and its chat, with thoughts inside of the answer."""

    source = "qwen-code"
    expected = ("qwen3.5-plus", 700, 60)

    @classmethod
    def event(cls, session, number=1, at_ms=9_000):
        counts = {"input_token_count": 700, "output_token_count": 60, "thoughts_token_count": 25, "cached_content_token_count": 512, "total_token_count": 760}
        return event("qwen-code.api_response", "qwen-code", at_ms, counts | {"session.id": session, "model": "qwen3.5-plus", "duration_ms": 1_500})

    @classmethod
    def log(cls, session, number=1, at_ms=9_000):
        usage = {"promptTokenCount": 700, "candidatesTokenCount": 60, "thoughtsTokenCount": 25, "cachedContentTokenCount": 512, "totalTokenCount": 760}
        body = {"uuid": f"{session}-{number}", "sessionId": session, "timestamp": iso(at_ms), "type": "assistant", "cwd": "/home/ann/garden", "model": "qwen3.5-plus"}
        return [body | {"message": {"role": "model", "parts": []}, "usageMetadata": usage}]


def hash_of(session):
    return sum(session.encode())


PAIRS = [(client, order) for client, ways in ((Claude, ("event", "span", "log")), (Codex, ("event", "log")), (Gemini, ("event", "log")), (Qwen, ("event", "log"))) for order in itertools.permutations(ways)]


def tell(server, folder, client, way, session, **more):
    """Send a report, or write it to the tool's log and import that."""
    found = getattr(client, way)(session, **more)
    if way == "log":
        number = more.get("number", 1)
        write(folder / client.source / "chats" / f"{session}-{number}.jsonl", *found)
        return server.eco("import", client.source, str(folder / client.source), "--format", "json")
    answer = server.ask("POST", "/v1/logs" if way == "event" else "/v1/traces", json.dumps(found).encode(), content_type=JSON)
    assert (answer.status, answer.body) == (200, b"{}")
    return answer


def rows(server, session):
    return server.get(f"/v1/history?limit=1000&tag=session%3D{session}").json["data"]


@pytest.mark.parametrize(("client", "order"), PAIRS, ids=lambda one: one.__name__ if isinstance(one, type) else "-".join(one))
def test_every_order_gives_one_call_with_what_the_log_says(server, tmp_path, client, order):
    session = f"{client.__name__}-{'-'.join(order)}"
    for way in order:
        tell(server, tmp_path, client, way, session)
    (row,) = rows(server, session)
    assert (row["model"], row["inputTokens"], row["outputTokens"]) == client.expected
    assert row["tags"]["project"] and "signal" not in row["tags"]
    for way in order:  # delivered again, and read again
        tell(server, tmp_path, client, way, session)
    assert rows(server, session) == [row]


@pytest.mark.parametrize("order", [("event", "span"), ("span", "event")])
def test_of_an_event_and_a_span_the_event_counts(server, tmp_path, order):
    session = f"rank-{order[0]}"
    for way in order:
        tell(server, tmp_path, Claude, way, session)
    (row,) = rows(server, session)
    assert (row["id"], row["tags"]["signal"]) == (f"{session}:claude_code.api_request:1", "event")


@pytest.mark.parametrize("order", list(itertools.permutations(("event", "span", "log"))))
def test_equal_calls_beside_each_other_are_matched_one_to_one(server, tmp_path, order):
    session = f"siblings-{'-'.join(order)}"
    for way in order:
        for number, at_ms in ((1, 9_000), (2, 9_700), (3, 10_400)):
            tell(server, tmp_path, Claude, way, session, number=number, at_ms=at_ms)
    assert len(rows(server, session)) == 3


@pytest.mark.parametrize("order", [("event", "log"), ("log", "event")])
def test_equal_calls_after_each_other_are_matched_with_those_that_end_with_them(server, tmp_path, order):
    """Each of 2,000 ms begins as the one before it ends, and is written to the log then: by the start that would be the next one's."""
    session = f"in-a-row-{order[0]}"
    for way in order:
        for number in range(5):
            tell(server, tmp_path, Claude, way, session, number=number, at_ms=4_000 + 2_000 * number)
    assert len(rows(server, session)) == 5


@pytest.mark.parametrize("way", ["event", "span", "log"])
def test_reports_of_one_signal_are_never_matched(server, tmp_path, way):
    session = f"alike-{way}"
    for number in (1, 2):
        tell(server, tmp_path, Claude, way, session, number=number)
    assert len(rows(server, session)) == 2


@pytest.mark.parametrize(
    ("change", "calls"),
    [({}, 1), ({"at_ms": 14_000}, 1), ({"at_ms": 14_001}, 2), ({"at_ms": 2_000}, 1), ({"at_ms": 1_999}, 2), ({"output_tokens": 91}, 2), ({"cache_read_input_tokens": 599, "input_tokens": 11}, 2)],
)  # fmt: skip
@pytest.mark.parametrize("log_first", [True, False])
def test_what_a_log_and_an_event_must_have_in_common(server, tmp_path, change, calls, log_first):
    """The event ends at 9,000 ms and took 2,000; the log may be 5,000 ms off."""
    session = f"common-{log_first}-{'-'.join(f'{name}{value}' for name, value in change.items())}"
    steps = [("log", change), ("event", {})]
    for way, more in steps if log_first else reversed(steps):
        tell(server, tmp_path, Claude, way, session, **more)
    assert len(rows(server, session)) == calls


def test_other_sessions_are_other_calls(server, tmp_path):
    tell(server, tmp_path, Claude, "event", "mine")
    tell(server, tmp_path, Claude, "log", "yours")
    assert [len(rows(server, session)) for session in ("mine", "yours")] == [1, 1]


def test_calls_of_two_keys_are_two_calls_and_the_owners_may_be_anybodys(server, tmp_path):
    first, second = (server.new_key(name) for name in ("one-laptop", "another"))
    for way, key, calls in (("event", first, 1), ("span", second, 2), ("log", None, 2)):
        if way == "log":
            tell(server, tmp_path, Claude, way, "keys")
        else:
            path = "/v1/logs" if way == "event" else "/v1/traces"
            assert server.ask("POST", path, json.dumps(getattr(Claude, way)("keys")).encode(), content_type=JSON, key=key).status == 200
        assert len(rows(server, "keys")) == calls


def test_a_log_that_was_read_too_early_is_matched_when_it_has_grown(server, tmp_path):
    tell(server, tmp_path, Claude, "log", "grown", output_tokens=2)
    tell(server, tmp_path, Claude, "event", "grown")
    assert len(rows(server, "grown")) == 2  # for now: nobody can know
    write(tmp_path / "claude-code" / "chats" / "grown-1.jsonl", *Claude.log("grown", output_tokens=2), *Claude.log("grown"))
    server.eco("import", "claude-code", str(tmp_path / "claude-code"))
    (row,) = rows(server, "grown")
    assert (row["id"], row["outputTokens"]) == ("msg_grown_1", 90)


def test_an_import_and_a_server_that_starts_again_know_what_was_matched(start, tmp_path):
    server = start()
    tell(server, tmp_path, Claude, "span", "later")
    assert server.end() == 0
    tell(server, tmp_path, Claude, "log", "later")
    with running(server.env, server.db) as again:
        for way in ("event", "span", "event"):
            tell(again, tmp_path, Claude, way, "later")
        assert [row["id"] for row in rows(again, "later")] == ["msg_later_1"]


def test_recorded_by_hand_telemetry_is_matched_all_the_same(server, tmp_path):
    """`eco record` of a file that a collector wrote."""
    file = tmp_path / "span.json"
    file.write_text(json.dumps(Claude.span("by-hand")))
    tell(server, tmp_path, Claude, "event", "by-hand")
    server.eco("record", "--input", str(file))
    assert len(rows(server, "by-hand")) == 1


def test_explain_tells_of_every_report(server, tmp_path):
    for way in ("span", "event", "log"):
        tell(server, tmp_path, Claude, way, "told")
    by_span = f"{'ab' * 16}:{1 + 1000 * hash_of('told'):016x}"
    for id in ("msg_told_1", by_span, "told:claude_code.api_request:1"):
        found = server.get(f"/v1/explain/{id.replace(':', '%3A')}").json
        assert found["id"] == "msg_told_1"
        assert [(report["signal"], report["id"]) for report in found["reports"]] == [("span", by_span), ("event", "told:claude_code.api_request:1")]
    assert f"also told of by a span, {by_span}: matched 20" in " ".join(server.eco("explain", by_span, "--format", "text").split())


def test_a_forgotten_call_stays_away_in_every_signal(server, tmp_path):
    for way in ("event", "log"):
        tell(server, tmp_path, Claude, way, "forgotten")
    server.eco("forget", "--tag", "session=forgotten", "--yes")
    for way in ("event", "log"):
        tell(server, tmp_path, Claude, way, "forgotten")
    assert rows(server, "forgotten") == []
    assert b"forgotten:claude_code" not in server.db.read_bytes()
