"""What is wrong is said with a status, a code and a hint, and never repeats what was sent."""

import ast
import gzip
import json
import re
from pathlib import Path

import pytest

import ecocli
from ecocli import errors
from ecocli.serve import statuses
from tests.serve_helpers import CALL

PACKAGE = Path(ecocli.__file__).parent
DOCUMENT = Path(__file__).parents[2] / "docs" / "server.md"
SECRET = "Zwiebelkuchen"


def subclasses(kind: type) -> set[type]:
    return {kind} | {each for child in kind.__subclasses__() for each in subclasses(child)}


def codes_in_source() -> set[str]:
    """Every code that an error class has, or is made with, anywhere in the package."""
    found = set()
    for file in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "code" and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
                found.add(node.value.value)
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "code" and isinstance(node.value, ast.Constant):
                found.add(node.value.value)
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "Refused":
                found.add(getattr(node.args[0], "value", None))
    return {code for code in found if isinstance(code, str)}


def test_every_code_has_a_status():
    found = codes_in_source()
    assert {kind.code for kind in subclasses(errors.EcoError) if kind.__module__.startswith("ecocli")} <= found
    assert found <= statuses.STATUSES.keys()


def test_the_document_has_the_table():
    rows = dict(re.findall(r"^\| `([a-z-]+)` \| (\d{3}) ", DOCUMENT.read_text("utf-8"), re.MULTILINE))
    assert {code: int(status) for code, status in rows.items()} == {code: int(status) for code, status in statuses.STATUSES.items()}


REQUESTS = [
    (400, "bad-data", "POST", "/v1/calculate", b"{", {}),
    (400, "no-input", "POST", "/v1/calculate", b"[]", {}),
    (400, "no-input", "POST", "/v1/calculate", b"", {}),
    (400, "bad-request", "POST", "/v1/calculate", b"not gzip", {"content-encoding": "gzip"}),
    (400, "bad-request", "GET", "/v1/history?model=%ff", None, {}),
    (404, "no-such-route", "GET", "/v1/nothing", None, {}),
    (404, "no-such-route", "GET", "/", None, {}),
    (404, "no-such-route", "GET", "/v1/calculate/", None, {}),
    (404, "unknown-model", "GET", "/v1/models/nonsense-of-nobody", None, {}),
    (404, "unknown-region", "GET", "/v1/regions/nonsense", None, {}),
    (404, "unknown-record", "GET", "/v1/explain/nonsense", None, {}),
    (405, "method-not-allowed", "DELETE", "/v1/history", None, {}),
    (405, "method-not-allowed", "GET", "/v1/calculate", None, {}),
    (406, "not-acceptable", "GET", "/v1/history", None, {"accept": "image/png"}),
    (406, "not-acceptable", "POST", "/v1/calculate", CALL, {"accept": "text/html;q=1, application/json;q=0, application/x-ndjson;q=0"}),
    (413, "body-too-large", "POST", "/v1/calculate", b" " * (16 * 1024 * 1024 + 1), {}),
    (413, "body-too-large", "POST", "/v1/calculate", gzip.compress(b" " * 17_000_000), {"content-encoding": "gzip"}),
    (415, "unsupported-media-type", "POST", "/v1/calculate", b"a=b", {"content-type": "application/x-www-form-urlencoded"}),
    (415, "unsupported-media-type", "POST", "/v1/calculate", b"{}", {"content-encoding": "br"}),
    (422, "bad-field", "POST", "/v1/calculate", CALL | {"prompt_tokens": -1}, {}),
    (422, "bad-field", "POST", "/v1/calculate", CALL | {"tags": {"a": 5}}, {}),
    (422, "missing-count", "POST", "/v1/calculate", {"model": "gpt-4o", "prompt_tokens": 5}, {}),
    (422, "unknown-payload", "POST", "/v1/calculate", {"some": "thing"}, {}),
    (422, "unknown-region", "POST", "/v1/calculate", CALL | {"region": "Atlantis"}, {}),
    (422, "unsupported-modality", "POST", "/v1/calculate", CALL | {"model": "dall-e-3"}, {}),
    (422, "bad-parameter", "POST", "/v1/calculate?store=maybe", CALL, {}),
    (422, "bad-parameter", "POST", "/v1/calculate?stor=false", CALL, {}),
    (422, "bad-parameter", "GET", "/v1/history?startDate=someday", None, {}),
    (422, "bad-parameter", "GET", "/v1/history?startDate=2026&endDate=2025", None, {}),
    (422, "bad-parameter", "GET", "/v1/history?tz=Atlantis", None, {}),
    (422, "bad-parameter", "GET", "/v1/history?tag=nothing", None, {}),
    (422, "unknown-key", "GET", "/v1/history?keyName=nobody", None, {}),
    (422, "bad-grouping", "GET", "/v1/summary?by=shoes", None, {}),
]


@pytest.mark.parametrize(("status", "code", "method", "path", "body", "headers"), REQUESTS, ids=lambda value: None if isinstance(value, bytes) and len(value) > 99 else repr(value)[:60])
def test_a_request_is_refused_with_a_status_and_a_code(server, status, code, method, path, body, headers):
    answer = server.ask(method, path, body, key=server.token, **headers)
    assert (answer.status, answer.json["code"], answer.json["status"]) == (status, code, status)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json["title"] and answer.json["detail"] and answer.json["type"] == "about:blank"
    if status == 405:
        assert set(answer.headers["allow"].split(", ")) >= {"OPTIONS"}
    if status == 415:
        assert answer.headers.get("accept") or answer.headers.get("accept-encoding")


@pytest.mark.parametrize(
    ("path", "allow"),
    [("/v1/calculate", "OPTIONS, POST"), ("/v1/history", "GET, HEAD, OPTIONS"), ("/v1/models/x", "GET, HEAD, OPTIONS")],
)
def test_options_tells_what_a_path_can_do(server, path, allow):
    answer = server.ask("OPTIONS", path)
    assert (answer.status, answer.headers["allow"], answer.body) == (204, allow, b"")


@pytest.mark.parametrize("path", ["/healthz", "/v1/history", "/v1/models", "/openapi.json"])
def test_head_is_get_without_its_body(server, path):
    whole, head = server.get(path), server.ask("HEAD", path, key=server.token)
    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-length"] == whole.headers["content-length"] == str(len(whole.body))


def test_no_answer_names_the_server(server):
    for answer in (server.get("/healthz"), server.get("/nothing"), server.post(CALL)):
        assert "server" not in answer.headers
        assert answer.headers["x-content-type-options"] == "nosniff"


WORD_IN = [
    *({"model": "gpt-4o", "prompt_tokens": 1, "completion_tokens": 1} | {field: SECRET} for field in (
        "prompt_tokens", "cached_tokens", "startTimeMs", "is_estimated", "tags", "concurrency", "hosting", "measured_wh", "region", "messages", "control")),
    *({"model": "gpt-4o", "prompt_tokens": 1, "completion_tokens": 1} | {field: f"{SECRET}\n"} for field in ("model", "provider", "source", "id", "accelerator")),
    {"model": "gpt-4o", "prompt_tokens": 1, "completion_tokens": 1, "tags": {f"{SECRET}\n": "x"}},
    {"model": "gpt-4o", "prompt_tokens": 1, "completion_tokens": 1, "tags": {SECRET: 5}},
    {"model": "gpt-4o", "prompt_tokens": 1, "completion_tokens": 1, SECRET: 5},
    {"model": "gpt-4o", "prompt_tokens": 1, "completion_tokens": 1, f"it's \"{SECRET}\" here": 5},
    {"model": "gpt-4o", "prompt_tokens": 1, "completion_tokens": 1, "region": f"'{SECRET}' \" {SECRET}"},
    {"model": f"dall-e-3-{SECRET}", "prompt_tokens": 1, "completion_tokens": 1},
    {"model": f"{SECRET}/dall-e-3", "prompt_tokens": 1, "completion_tokens": 1},
    {SECRET: SECRET},
    {"model": "gpt-4o", "completion_tokens": 5, "messages": [{"role": "user", "content": 5, "name": SECRET}]},
    {"model": "gpt-4o", "completion_tokens": 5, "messages": [{"role": SECRET, "tool_calls": SECRET}]},
    {"model": "gpt-4o", "prompt_text": [SECRET], "completion_tokens": 1},
    {"model": "gpt-4o", "choices": [{"message": {"content": SECRET}}], "usage": {"prompt_tokens": SECRET, "completion_tokens": 4}},
    {"type": "assistant", "uuid": SECRET, "message": {"model": SECRET, "usage": {"input_tokens": SECRET}}, "sessionId": SECRET},
    {"hook_event_name": "Status", "session_id": SECRET, "model": {"id": SECRET}},
    [SECRET],
    SECRET,
]  # fmt: skip


@pytest.mark.parametrize("body", WORD_IN, ids=lambda body: json.dumps(body)[:70])
def test_no_word_of_a_bad_event_comes_back(server, body):
    answer = server.post(body)
    assert 400 <= answer.status < 500
    assert SECRET.encode() not in answer.body
    many = server.post([CALL, body], "?skipInvalid=true&store=false")
    assert many.status == 200 and SECRET.encode() not in many.body


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"model": "gpt-4o", "choices": [], "usage": {"prompt_tokens": -4, "completion_tokens": 4}}, "usage.prompt_tokens"),
        ({"model": "gpt-4o", "choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 4, "prompt_tokens_details": {"cached_tokens": -1}}}, "usage.prompt_tokens_details.cached_tokens"),
        (CALL | {"tags": {SECRET: 5}}, "tags"),  # what follows is the sender's own word
    ],
)
def test_a_field_inside_of_another_is_named_with_its_path(server, body, field):
    found = server.post(body).json
    assert found["field"] == field
    assert found["detail"].startswith(f"{field}: must be ")


@pytest.mark.parametrize("data", [f'{{"model": "{SECRET}', f"{SECRET}", f'["{SECRET}" "x"]', f'{{"a": {SECRET}}}', f'{{"a": 1}}{SECRET}', f'{{"{SECRET}": NaN}}'])
def test_no_word_of_what_is_no_json_comes_back(server, data):
    answer = server.post(data.encode())
    assert 400 <= answer.status < 500
    assert SECRET.encode() not in answer.body


@pytest.mark.parametrize("name", ["startDate", "endDate", "keyName", "tag", "tz", "page", "limit", "by", "sort", SECRET])
@pytest.mark.parametrize("path", ["/v1/history", "/v1/summary"])
def test_no_word_of_a_bad_parameter_comes_back(server, path, name):
    answer = server.get(f"{path}?{name}={SECRET}")
    assert 400 <= answer.status < 500
    assert SECRET.encode() not in answer.body


@pytest.mark.parametrize("path", [f"/{SECRET}", f"/v1/models/{SECRET}", f"/v1/regions/{SECRET}", f"/v1/explain/{SECRET}", f"/key/{SECRET}/v1/logs", f"/v1/history/{SECRET}"])
def test_no_word_of_a_path_comes_back(server, path):
    answer = server.ask("GET", path, key=server.token)
    assert 400 <= answer.status < 500
    assert SECRET.encode() not in answer.body
