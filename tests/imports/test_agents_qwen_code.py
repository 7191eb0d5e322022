"""Qwen Code: Gemini's names, whoever served; branches; reasoning inside or beside the answer."""

import json

import pytest

from tests.import_helpers import SECRET, Logs, append, write


@pytest.fixture
def logs(eco):
    return Logs(eco)


def line(uuid="u1", session="s-1", **changes):
    usage = {"promptTokenCount": 700, "candidatesTokenCount": 60, "thoughtsTokenCount": 25, "cachedContentTokenCount": 512, "totalTokenCount": 785}
    message = {"role": "model", "parts": [{"text": SECRET}]}
    body = {"uuid": uuid, "parentUuid": "u0", "sessionId": session, "timestamp": "2026-05-03T09:00:00.000Z", "type": "assistant"}
    body |= {"cwd": "/home/ann/garden", "version": "0.9.0", "gitBranch": "main", "model": "qwen3.5-plus", "message": message}
    return body | {"usageMetadata": usage | changes.pop("usage", {})} | changes


def chats(tmp_path):
    return tmp_path / ".qwen" / "projects" / "-home-ann-garden" / "chats"


def test_a_chat_that_grows(logs, tmp_path):
    telemetry = {"type": "system", "subtype": "ui_telemetry", "uuid": "t", "systemPayload": {"uiEvent": {"input_token_count": 700}}}
    path = write(chats(tmp_path) / "s-1.jsonl", {"uuid": "u0", "type": "user"}, line(), telemetry)
    assert logs.read("qwen-code")["new"] == 1
    append(path, line("u2"))
    assert logs.read("qwen-code")["new"] == 1
    assert logs.read("qwen-code")["unchanged"] == 1
    assert logs.totals() == (2, 1400, 170)
    row = logs.rows[0]
    assert (row["id"], row["providerId"], row["model"], row["source"]) == ("u1", "alibaba", "qwen3.5-plus", "qwen-code")
    assert (row["reasoningTokens"], row["cachedTokens"]) == (25, 512)
    assert (row["tags"]["project"], row["tags"]["session"], row["tags"]["branch"]) == ("/home/ann/garden", "s-1", "main")


def test_a_branch_copies_what_was_said_before(logs, tmp_path):
    write(chats(tmp_path) / "s-1.jsonl", line(), line("u2"))
    copied = line(session="s-2") | {"forkedFrom": {"sessionId": "s-1", "messageUuid": "u1"}}
    write(chats(tmp_path) / "s-2.jsonl", copied, line("u3", "s-2"))
    logs.read("qwen-code")
    assert [row["id"] for row in logs.rows] == ["u1", "u2", "u3"]


@pytest.mark.parametrize(
    ("usage", "output"),
    [({}, 85), ({"totalTokenCount": 760}, 60), ({"totalTokenCount": None}, 85), ({"thoughtsTokenCount": 70, "totalTokenCount": None}, 130)],
    ids=["beside", "inside", "no total", "more than the answer"],
)
def test_the_total_says_where_the_reasoning_is(logs, tmp_path, usage, output):
    logs.read("qwen-code", write(tmp_path / "s.jsonl", line(usage=usage)))
    assert logs.totals() == (1, 700, output)


def test_whoever_is_configured_is_not_taken_for_alibaba(logs, tmp_path):
    logs.read("qwen-code", write(tmp_path / "s.jsonl", line(model="gpt-5.2")))
    assert logs.rows[0]["providerId"] == "openai"


def test_where_it_looks(eco, tmp_path):
    write(tmp_path / "elsewhere" / "projects" / "p" / "chats" / "s.jsonl", line())
    [counts] = eco("import", "qwen-code", QWEN_RUNTIME_DIR=str(tmp_path / "elsewhere")).json["sources"]
    assert counts["new"] == 1


def test_a_line_that_is_recorded_is_the_call_of_the_chat(logs, tmp_path):
    said = {"uuid": "u0", "sessionId": "s-1", "timestamp": "2026-05-03T08:59:00Z", "type": "user", "message": {"role": "user", "parts": [{"text": SECRET}]}}
    for _ in range(2):
        logs.eco("record", input=json.dumps(said) + "\n" + json.dumps(line()))
    assert logs.read("qwen-code", write(tmp_path / "s.jsonl", line(), line("u2")))["new"] == 1
    assert logs.totals() == (2, 1400, 170)


def test_answers_that_counted_nothing(logs, tmp_path):
    empty = dict.fromkeys(("promptTokenCount", "candidatesTokenCount", "thoughtsTokenCount", "totalTokenCount"), 0)
    broken = line("u3", usage=dict.fromkeys(("promptTokenCount", "candidatesTokenCount")))
    counts = logs.read("qwen-code", write(tmp_path / "s.jsonl", line(usage=empty), broken), exit_code=4)
    assert (counts["new"], counts["rejected"]) == (0, 1)
