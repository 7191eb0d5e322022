"""GitHub Copilot CLI: sums at the end of each run of a session."""

import pytest

from tests.import_helpers import SECRET, Logs, append, write

BEGIN_MS = 1_780_000_000_000  # 2026-05-28T20:26:40Z


@pytest.fixture
def logs(eco):
    return Logs(eco)


def folder(tmp_path, session="5aa1"):
    return tmp_path / ".copilot" / "session-state" / session / "events.jsonl"


def event(kind, time, identity="x", **data):
    return {"type": kind, "id": identity, "parentId": None, "timestamp": time, "data": data}


START = event("session.start", "2026-05-28T20:26:40.000Z", sessionId="5aa1", context={"cwd": "/home/ann/garden", "branch": "main"})
USER = event("user.message", "2026-05-28T20:26:41.000Z", content=SECRET)
ANSWER = event("assistant.message", "2026-05-28T20:26:45.000Z", content=SECRET, outputTokens=600)
RESUME = event("session.resume", "2026-05-28T21:26:40.000Z", resumeTime="2026-05-28T21:26:40.000Z", eventCount=4)


def metric(requests=3, **changes):
    usage = {"inputTokens": 9000, "outputTokens": 700, "cacheReadTokens": 8000, "cacheWriteTokens": 500, "reasoningTokens": 200}
    return {"requests": {"count": requests, "cost": 1}, "usage": usage | changes}


def shutdown(identity, time="2026-05-28T20:30:00.000Z", **models):
    return event("session.shutdown", time, identity, shutdownType="routine", modelMetrics=models, sessionStartTime=BEGIN_MS)


def test_runs_of_a_session_add_up(logs, tmp_path):
    path = write(folder(tmp_path), START, USER, ANSWER, shutdown("end-1", **{"claude-sonnet-4.5": metric(), "gpt-5.2": metric(1, inputTokens=8500)}))
    assert logs.read("copilot")["new"] == 2
    append(path, RESUME, USER, shutdown("end-2", **{"claude-sonnet-4.5": metric(inputTokens=8600)}))
    assert logs.read("copilot")["new"] == 1
    assert logs.read("copilot")["unchanged"] == 1
    assert logs.totals() == (3, 9000 + 8500 + 8600, 2100)
    first, _, last = logs.rows
    assert (first["startTimeMs"], last["startTimeMs"]) == (BEGIN_MS, BEGIN_MS + 3_600_000)
    assert (first["cachedTokens"], first["cacheWriteTokens"], first["reasoningTokens"]) == (8000, 500, 200)
    assert (first["tags"]["project"], first["tags"]["session"], first["tags"]["branch"]) == ("/home/ann/garden", "5aa1", "main")
    assert "3 are shown as one" in logs.eco("explain", first["id"], "--json").stdout


def test_a_session_that_copies_another_counts_once(logs, tmp_path):
    write(folder(tmp_path), START, shutdown("end-1", **{"gpt-5.2": metric()}))
    write(folder(tmp_path, "6bb2"), START, shutdown("end-1", **{"gpt-5.2": metric()}), RESUME, shutdown("end-2", **{"gpt-5.2": metric()}))
    write(folder(tmp_path).with_name("other.jsonl"), shutdown("end-9", **{"gpt-5.2": metric()}))
    logs.read("copilot")
    assert logs.totals()[0] == 2


def test_a_run_that_counted_nothing(logs, tmp_path):
    nothing = dict.fromkeys(("inputTokens", "outputTokens", "cacheReadTokens", "cacheWriteTokens", "reasoningTokens"), 0)
    write(folder(tmp_path), START, shutdown("end-1", **{"gpt-5.2": metric(0, **nothing)}), shutdown("end-2"))
    assert logs.read("copilot")["new"] == 0


def test_where_it_looks(eco, tmp_path):
    write(tmp_path / "home" / "session-state" / "s" / "events.jsonl", START, shutdown("end-1", **{"gpt-5.2": metric()}))
    [counts] = eco("import", "copilot", COPILOT_HOME=str(tmp_path / "home")).json["sources"]
    assert counts["new"] == 1


def span(identity, operation="chat", **changes):
    attributes = {"gen_ai.operation.name": operation, "gen_ai.response.model": "gpt-5.2", "gen_ai.conversation.id": "5aa1"}
    attributes |= {"gen_ai.usage.input_tokens": 4000, "gen_ai.usage.output_tokens": 90, "gen_ai.usage.cache_read.input_tokens": 3500} | changes
    body = {"type": "span", "traceId": "0af7651916cd43dd8448eb211c80319c", "spanId": identity, "name": f"{operation} gpt-5.2"}
    return body | {"startTime": [1_780_000_000, 0], "endTime": [1_780_000_004, 500_000_000], "attributes": attributes}


@pytest.mark.parametrize("source", ["copilot", "otel"])
def test_its_own_telemetry_is_read_where_it_is_given(logs, tmp_path, source):
    metric = {"type": "metric", "name": "gen_ai.client.token.usage", "attributes": {}}
    chats = [span("b7ad6b7169203331"), span("b7ad6b7169203332"), span("b7ad6b7169203333", "invoke_agent")]
    path = write(tmp_path / ".copilot" / "otel" / "copilot.jsonl", metric, *chats)
    assert logs.read(source, path.parent)["new"] == 2
    assert logs.totals() == (2, 8000, 180)
    row = logs.rows[0]
    assert (row["startTimeMs"], row["endTimeMs"], row["cachedTokens"], row["source"]) == (BEGIN_MS, BEGIN_MS + 4500, 3500, source)
