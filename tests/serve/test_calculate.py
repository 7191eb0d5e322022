"""Recording and estimating over HTTP."""

import json

import pytest

from tests.serve_helpers import CALL, FIRST


def calls_of(server, key_name="local"):
    return server.get(f"/v1/history?limit=1000&keyName={key_name}").json["data"]


def ids(server) -> set[str]:
    return {row["id"] for row in calls_of(server)}


@pytest.mark.parametrize("path", ["/v1/calculate", "/api/v1/calculate"])
def test_the_contracts_first_event_is_answered_and_stored(server, path):
    answer = server.ask("POST", path, FIRST)
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    body = answer.json
    low, high = body["range"]["energy_wh"]
    assert low < body["energy_wh"] < high
    assert body["tree_days"] == pytest.approx(body["co2_grams"] / (22_000 / 365))  # 22 kg a year
    assert (body["audit"]["tokens"]["prompt"], body["audit"]["tokens"]["completion"]) == (788, 312)
    row = next(row for row in server.get("/v1/history?endDate=2024").json["data"] if row["id"] == body["id"])
    assert (row["provider"], row["model"], row["logDate"]) == ("Google", "gemini-3-pro", "2024-03-09T16:00:00Z")
    assert (row["energyWh"], row["co2Grams"], row["source"], row["isEstimated"]) == (body["energy_wh"], body["co2_grams"], "dom_estimated", True)
    printed = json.loads(server.eco("history", "--end-date", "2024", "--format", "json"))["data"]
    assert row in printed


def test_the_command_answers_the_same(server, tmp_path):
    event = FIRST | {"id": "by-both"}
    answer = server.post(event).json
    (tmp_path / "event.json").write_text(json.dumps(event))
    assert json.loads(server.eco("record", "--input", str(tmp_path / "event.json"), "--format", "json")) == answer | {"duplicate": True}


def test_an_estimate_is_not_stored(server):
    before = ids(server)
    answer = server.post(CALL, "?store=false")
    assert answer.status == 200 and answer.json["energy_wh"] > 0
    assert ids(server) == before


def test_the_same_id_again_is_the_first_result_whatever_its_counts(server):
    first = server.post(CALL | {"id": "twice"})
    again = server.post(CALL | {"id": "twice", "prompt_tokens": 99_999})
    assert again.status == 200
    assert again.json == first.json | {"duplicate": True}


def test_an_array_is_answered_in_its_order(server):
    answer = server.post([CALL | {"id": f"many-{n}", "completion_tokens": n} for n in (3, 1, 2)])
    assert [one["id"] for one in answer.json] == ["many-3", "many-1", "many-2"]
    assert [one["audit"]["tokens"]["completion"] for one in answer.json] == [3, 1, 2]
    assert len(server.post([CALL]).json) == 1  # an array, too


def test_an_array_is_stored_as_a_whole_or_not_at_all(server):
    answer = server.post([CALL | {"id": "good"}, CALL | {"id": "bad", "prompt_tokens": -1}])
    assert answer.status == 422
    assert (answer.json["code"], answer.json["field"], answer.json["where"]) == ("bad-field", "prompt_tokens", "item 2")
    assert "good" not in ids(server)


def test_good_events_are_kept_where_bad_ones_may_be_skipped(server):
    answer = server.post([CALL | {"id": "kept"}, CALL | {"prompt_tokens": -1}, CALL | {"id": "kept-too"}], "?skipInvalid=true")
    assert answer.status == 200
    assert [one.get("id") for one in answer.json] == ["kept", None, "kept-too"]
    assert answer.json[1]["error"]["code"] == "bad-field"
    assert {"kept", "kept-too"} <= ids(server)


def test_what_cannot_be_used_has_a_limit_where_the_others_are_kept(server):
    """Three bytes take as long to refuse as an event does to estimate, and five million fit into a body."""
    good = json.dumps(CALL | {"id": "beside-many"}).encode()
    answer = server.post(b"[" + b"{}," * 10_001 + good + b"]", "?skipInvalid=true")
    assert (answer.status, answer.json["code"]) == (400, "bad-data")
    assert all(row["id"] != "beside-many" for row in server.get("/v1/history?limit=1000").json["data"])
    answer = server.post(b"[" + b"{}," * 1_000 + good + b"]", "?skipInvalid=true")
    assert (answer.status, answer.json[-1]["id"], len(answer.json)) == (200, "beside-many", 1_001)


@pytest.mark.parametrize("body", [b"[" + b"{}," * 2_000_000 + b"{}]", b"7\n" * 2_000_000, b"[" + b"7," * 2_000_000 + b"7]"], ids=["objects", "lines", "numbers"])
def test_the_first_event_that_cannot_be_used_is_the_last_that_is_read(server, body):
    """To look at all of them takes minutes, and each long request waits for the one before it."""
    assert server.post(body).status in (400, 422)


@pytest.mark.parametrize("media_type", ["application/x-ndjson", "application/json"])
def test_lines_are_taken_under_either_type(server, media_type):
    data = "".join(f"{json.dumps(CALL | {'id': f'{media_type}-{n}'})}\n" for n in range(3)).encode()
    answer = server.post(data, content_type=media_type)
    found = answer.lines if media_type == "application/x-ndjson" else answer.json
    assert answer.headers["content-type"] == media_type
    assert [one["id"] for one in found] == [f"{media_type}-{n}" for n in range(3)]


def test_a_long_input_is_answered_line_by_line_as_a_short_one(server):
    events = [CALL | {"id": f"long-{n}", "completion_tokens": n} for n in range(8000)]
    answer = server.post("\n".join(map(json.dumps, events)).encode(), content_type="application/x-ndjson")
    assert answer.status == 200
    assert [one["id"] for one in answer.lines] == [event["id"] for event in events]
    alone = server.post(CALL | {"completion_tokens": 4321}).json
    assert answer.lines[4321]["energy_wh"] == alone["energy_wh"]


def test_text_is_counted(server):
    answer = server.post({"model": "gpt-4o", "messages": [{"role": "user", "content": "hello"}], "completion_text": "hello"}).json
    # hello is one token of o200k_base; a message costs three more and its role one, the answer's beginning three
    assert (answer["audit"]["tokens"]["prompt"], answer["audit"]["tokens"]["completion"]) == (8, 1)


def test_no_text_is_kept_or_shown_anywhere(start, tmp_path):
    server, secret = start("--access-log"), "Zwiebelkuchen vom Blech"
    event = {"model": "gpt-4o", "messages": [{"role": "user", "content": secret}], "completion_text": secret[::-1]}
    answers = [server.post(event), server.post([event, {"model": "gpt-4o", "prompt_text": secret, "messages": secret}], "?skipInvalid=true"), server.post(event | {"x": secret})]
    assert [answer.status for answer in answers] == [200, 200, 400]
    assert server.end() == 0
    written = [file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()]
    shown = [server.process.stdout.read(), server.process.stderr.read(), *(answer.body for answer in answers)]
    assert any(b"gpt-4o" in data for data in written)
    for text in (secret, secret[::-1]):
        assert not any(text.encode() in data for data in (*written, *shown))


def test_a_providers_answer_is_an_event_as_well(server):
    payload = {"id": "chatcmpl-1", "object": "chat.completion", "model": "gpt-4o", "choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 4}}
    assert server.post(payload).json["audit"]["format"] == "openai-chat"


def test_a_forgotten_call_stays_away(server):
    server.post(CALL | {"id": "to-forget"})
    server.eco("forget", "--id", "to-forget", "--yes")
    answer = server.post(CALL | {"id": "to-forget"})
    assert answer.status == 200 and answer.json["forgotten"] is True
    assert "to-forget" not in ids(server)


def test_what_one_request_stored_can_be_undone(server):
    server.post([CALL | {"id": "undo-1"}, CALL | {"id": "undo-2"}])
    server.eco("undo", "--yes")
    assert ids(server) & {"undo-1", "undo-2"} == set()


def test_a_warning_comes_with_the_answer(server):
    answer = server.post({"model": "no-such-model-5", "prompt_tokens": 1, "completion_tokens": 1}, "?store=false").json
    assert any("not in the catalogue" in warning for warning in answer["warnings"])
