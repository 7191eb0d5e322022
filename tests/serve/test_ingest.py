"""Payloads of any format over HTTP."""

import json

import pytest

from tests.serve_helpers import CALL

ANSWER = {"id": "chatcmpl-in-1", "object": "chat.completion", "model": "gpt-4o", "choices": [], "usage": {"prompt_tokens": 21, "completion_tokens": 8}}
STREAM = b"""event: message_start
data: {"type":"message_start","message":{"id":"msg_in_1","type":"message","role":"assistant","model":"claude-sonnet-4-5","content":[],"usage":{"input_tokens":31,"output_tokens":1}}}

event: message_delta
data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":17}}

event: message_stop
data: {"type":"message_stop"}

"""


def row(server, id):
    return next(row for row in server.get("/v1/history?limit=1000").json["data"] if row["id"] == id)


@pytest.mark.parametrize("format", ["openai-chat", "auto"])
def test_an_answer_of_a_provider_is_recorded(server, format):
    answer = server.ask("POST", f"/ingest/{format}", ANSWER | {"id": f"in-{format}"})
    assert (answer.status, answer.json["audit"]["format"]) == (200, "openai-chat")
    assert (row(server, f"in-{format}")["inputTokens"], row(server, f"in-{format}")["outputTokens"]) == (21, 8)


def test_an_answer_that_was_streamed_is_one_call(server):
    answer = server.ask("POST", "/ingest/auto?store=false", STREAM, content_type="text/event-stream")
    assert (answer.status, answer.json["audit"]["tokens"]["prompt"], answer.json["audit"]["tokens"]["completion"]) == (200, 31, 17)


def test_the_query_gives_fields_to_every_call_as_the_options_of_the_command_do(server, tmp_path):
    sent = [ANSWER | {"id": f"in-query-{n}"} for n in range(2)]
    query = "provider=azure&model=gpt-4o-mini&region=swedencentral&tag=team%3Dred&tag=env%3Dtest"
    answer = server.ask("POST", f"/ingest/openai-chat?{query}", sent)
    assert [one["id"] for one in answer.json] == ["in-query-0", "in-query-1"]
    found = row(server, "in-query-1")
    assert (found["model"], found["tags"]) == ("gpt-4o-mini", {"team": "red", "env": "test"})
    (tmp_path / "one.json").write_text(json.dumps(sent[0]))
    options = ("--provider", "azure", "--model", "gpt-4o-mini", "--region", "swedencentral", "--tag", "team=red", "--tag", "env=test")
    assert json.loads(server.eco("estimate", "--input", str(tmp_path / "one.json"), *options, "--format", "json"))["energy_wh"] == answer.json[0]["energy_wh"]


def test_a_body_larger_than_what_is_read_at_once_takes_the_fields_too(server):
    sent = "\n".join(json.dumps(CALL | {"id": f"in-many-{n}", "completion_tokens": 7 + n}) for n in range(600)).encode()
    answer = server.ask("POST", "/ingest/native?tag=batch%3Dlong&skipInvalid=true", sent + b'\n{"model": "gpt-4o"}', content_type="application/x-ndjson")
    assert answer.status == 200
    assert [("id" in one, "error" in one) for one in answer.lines] == [(True, False)] * 600 + [(False, True)]
    assert row(server, "in-many-599")["tags"] == {"batch": "long"}


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/ingest/opnai-chat", 404, "unknown-format"),
        ("/ingest/auto?modle=x", 422, "bad-parameter"),
        ("/ingest/auto?tag=red", 422, "bad-parameter"),
        ("/ingest/auto?tag=a%3D1&tag=a%3D2", 422, "bad-parameter"),
        ("/ingest/auto?model=%07", 422, "bad-field"),
        ("/ingest/", 404, "no-such-route"),
    ],
)
def test_what_the_address_says_wrongly_is_told(server, path, status, code):
    answer = server.ask("POST", path, ANSWER | {"id": "in-wrong"})
    assert (answer.status, answer.json["code"]) == (status, code)
    assert "in-wrong" not in {row["id"] for row in server.get("/v1/history?limit=1000").json["data"]}


def test_a_body_without_a_call_is_told(server):
    assert [server.ask("POST", "/ingest/auto", body).status for body in (b"", b"[]", b"words", {"rows": 1})] == [400, 400, 400, 422]


def test_only_keys_that_record_may(server):
    reader = server.new_key("ingest-reader", "--scope", "history:read")
    assert server.ask("POST", "/ingest/auto", ANSWER, key=reader).status == 403
    writer = server.new_key("ingest-writer")
    server.ask("POST", "/ingest/auto", ANSWER | {"id": "in-by-key"}, key=writer)
    assert row(server, "in-by-key")["keyName"] == "ingest-writer"
