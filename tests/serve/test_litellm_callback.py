"""Batches of LiteLLM's callback `generic_api`."""

import gzip
import http.client
import json

import pytest

SECRET = "Birnenkompott mit Nelken"


def payload(id, prompt=120, completion=30, **more):
    return {
        "id": id, "call_type": "acompletion", "cache_hit": None, "status": "success", "custom_llm_provider": "openai", "model": "openai/gpt-4o",
        "startTime": 1_764_400_000.5, "endTime": 1_764_400_002.5, "completionStartTime": 1_764_400_001.0,
        "prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion,
        "messages": [{"role": "user", "content": SECRET}], "response": {"choices": [{"message": {"content": SECRET}}]}, "metadata": {"user_api_key_team_alias": "garden"},
    } | more  # fmt: skip


def send(server, rows, form="array", **headers):
    body = json.dumps(rows).encode() if form == "array" else b"\n".join(json.dumps(row).encode() for row in rows)
    return server.ask("POST", "/litellm", body, content_type="application/json", **headers)


def row(server, id):
    return next((row for row in server.get("/v1/history?limit=10000").json["data"] if row["id"] == id), None)


def told(rows, stored, duplicates=0, skipped=0, rejected=0):
    return {"rows": rows, "stored": stored, "duplicates": duplicates, "skipped": skipped, "rejected": rejected}


def counts(answer):
    assert answer.status == 200
    return {name: value for name, value in answer.json.items() if name != "errors"}


@pytest.mark.parametrize("form", ["array", "lines"])
def test_a_batch_is_recorded_in_either_form(server, form):
    answer = send(server, [payload(f"ll-{form}-{n}", completion=n) for n in range(1, 4)], form)
    assert counts(answer) == told(3, 3)
    found = row(server, f"ll-{form}-3")
    assert (found["model"], found["inputTokens"], found["outputTokens"], found["source"]) == ("openai/gpt-4o", 120, 3, "litellm")
    assert (found["logDate"], found["tags"]) == ("2025-11-29T07:06:40.500Z", {"team": "garden"})


def test_what_was_sent_before_counts_once(server):
    send(server, [payload("ll-once")])
    assert counts(send(server, [payload("ll-once"), payload("ll-new"), payload("ll-new")])) == told(3, 1, duplicates=2)


def test_failures_cached_answers_and_images_are_skipped(server):
    rows = [payload("ll-failed", status="failure"), payload("ll-hit", cache_hit=True), payload("ll-image", call_type="aimage_generation"), payload("ll-good")]
    assert counts(send(server, rows)) == told(4, 1, skipped=3)


@pytest.mark.parametrize("form", ["array", "lines"])
def test_good_rows_are_kept_beside_bad_ones(server, form):
    rows = [payload(f"ll-kept-{form}-1"), payload(SECRET, prompt=-1), SECRET, payload(f"ll-kept-{form}-2")]
    answer = send(server, rows, form)
    assert counts(answer) == told(4, 2, rejected=2)
    assert [error["where"] for error in answer.json["errors"]] == ["row 2", "row 3"]
    assert SECRET not in answer.body.decode()
    assert row(server, f"ll-kept-{form}-1") and row(server, f"ll-kept-{form}-2")


def test_a_line_that_was_cut_off_takes_no_other_with_it(server):
    good = json.dumps(payload("ll-whole")).encode()
    answer = server.ask("POST", "/litellm", good[:200] + b"\n" + good, content_type="application/x-ndjson")
    assert counts(answer) == told(2, 1, rejected=1)


def test_many_errors_are_counted_and_the_first_ten_shown(server):
    answer = send(server, [payload("ll-among"), *(payload(f"ll-bad-{n}", prompt=-1) for n in range(30))])
    assert counts(answer) == told(31, 1, rejected=30)
    assert len(answer.json["errors"]) == 10


def test_a_request_of_which_nothing_can_be_used_is_an_error(server):
    assert [server.ask("POST", "/litellm", body).status for body in (b"", b"[]", b" \n", b"words", b"[5]", [payload("x", prompt=-1)])] == [400, 400, 400, 400, 400, 422]


def test_a_full_batch_with_long_prompts_is_larger_than_other_bodies_may_be(server):
    rows = [payload(f"ll-long-{n}", messages=[{"role": "user", "content": SECRET * 1800}]) for n in range(512)]
    assert len(json.dumps(rows)) > 20 << 20
    assert counts(send(server, rows)) == told(512, 512)


def test_a_body_larger_than_the_limit_is_refused(server):
    head = f"POST /litellm HTTP/1.1\r\nhost: {server.host}:{server.port}\r\ncontent-length: {(64 << 20) + 1}\r\n\r\n"
    answer = server.raw(head.encode())
    assert answer.startswith(b"HTTP/1.1 413 ") and b"body-too-large" in answer


def test_a_batch_has_so_many_rows_and_those_before_are_kept(server):
    packed = gzip.compress(b"[" + json.dumps(payload("ll-of-too-many")).encode() + b",{}" * 20_000 + b"]")
    assert server.ask("POST", "/litellm", packed, content_encoding="gzip", content_type="application/json").status == 413
    assert row(server, "ll-of-too-many")


def test_chunks_and_gzip_are_taken(server):
    connection = http.client.HTTPConnection(server.host, server.port, timeout=60)
    body = json.dumps([payload("ll-chunks-1"), payload("ll-chunks-2")]).encode()
    connection.request("POST", "/litellm", iter([body[:100], body[100:]]), {"content-type": "application/json", "transfer-encoding": "chunked"}, encode_chunked=True)
    assert json.loads(connection.getresponse().read())["stored"] == 2
    connection.close()
    packed = gzip.compress(json.dumps(payload("ll-packed")).encode())
    assert server.ask("POST", "/litellm", packed, content_type="application/json", content_encoding="gzip").json["stored"] == 1


@pytest.mark.parametrize("packed", [False, True])
def test_rows_are_stored_while_the_others_arrive(server, packed):
    """LiteLLM deletes what it began to send: a connection that breaks loses no more than what was under way."""
    body = b"\n".join(json.dumps(payload(f"ll-early-{packed}-{n}")).encode() for n in range(700))
    body = gzip.compress(body) if packed else body
    connection = http.client.HTTPConnection(server.host, server.port, timeout=60)
    connection.putrequest("POST", "/litellm")
    connection.putheader("content-type", "application/json")
    connection.putheader("content-length", str(len(body)))
    if packed:
        connection.putheader("content-encoding", "gzip")
    connection.endheaders(body[:-10])
    for _ in range(200):
        if row(server, f"ll-early-{packed}-511"):
            break
    assert row(server, f"ll-early-{packed}-0") and row(server, f"ll-early-{packed}-511")
    connection.close()


def test_the_key_is_checked_and_named(server):
    assert send(server, [payload("ll-wrong-key")], key="wrong").status == 401
    send(server, [payload("ll-key")], key=server.new_key("proxy"))
    assert (row(server, "ll-wrong-key"), row(server, "ll-key")["keyName"]) == (None, "proxy")


def test_no_prompt_is_kept_or_shown_anywhere(start, tmp_path):
    server = start("--access-log")
    answers = [send(server, [payload("ll-quiet"), payload(SECRET, prompt=-1), {SECRET: SECRET}, SECRET], form) for form in ("array", "lines")]
    answers += [server.ask("POST", "/litellm", body) for body in (SECRET.encode(), json.dumps([SECRET]).encode(), json.dumps(payload(SECRET)).encode()[:-9])]
    assert {answer.status for answer in answers} == {200, 400}
    written = [file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()]  # with the write-ahead log
    assert server.end() == 0
    written += [file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()]
    said = [server.process.stdout.read(), server.process.stderr.read(), *(answer.body for answer in answers)]
    assert any(b"gpt-4o" in data for data in written)
    assert not any(SECRET.encode() in data for data in (*written, *said))
