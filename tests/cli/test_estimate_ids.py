"""The id of an estimate: the one that was given, and null where none was, since nothing is stored under it."""

import json
from pathlib import Path
from typing import Any

import pytest

from ecocli import Usage, estimate

PAYLOADS = Path(__file__).parent.parent / "ingest" / "payloads"
GPT = {"model": "gpt-4o", "prompt_tokens": 10, "completion_tokens": 5}
CALL = ("--model", "gpt-4o", "--prompt-tokens", "10", "--completion-tokens", "5")


def ids(result: Any) -> list[str | None]:
    return [json.loads(line)["id"] for line in result.stdout.splitlines()]


@pytest.mark.parametrize("options", [(), ("--explain",), ("--format", "json"), ("--region", "FR")], ids=" ".join)
def test_flags(eco, options):
    assert eco("estimate", *CALL, *options).json["id"] is None
    assert eco("estimate", *CALL, *options, "--id", "mine").json["id"] == "mine"


@pytest.mark.parametrize("name", ["id", "requestId", "request_id"])
def test_an_event(eco, name):
    assert eco("estimate", input=json.dumps(GPT)).json["id"] is None
    assert eco("estimate", input=json.dumps(GPT | {name: "mine"})).json["id"] == "mine"


def test_an_id_that_looks_like_a_digest_is_the_callers(eco):
    assert eco("estimate", *CALL, "--id", "sha256:0a").json["id"] == "sha256:0a"


def test_counted_text(eco):
    assert eco("estimate", "-m", "gpt-4o", "--prompt-text", "Hello", "--completion-text", "Hi").json["id"] is None


def test_an_answer_has_the_id_that_its_provider_gave_it(eco):
    payload = (PAYLOADS / "openai_chat.json").read_text()
    assert eco("estimate", input=payload).json["id"] == json.loads(payload)["id"]


@pytest.mark.parametrize("payload", ["ollama.json", "converse.json"])
def test_an_answer_without_an_id_gets_one_only_where_it_is_stored(eco, payload):
    data = (PAYLOADS / payload).read_text()
    assert eco("estimate", input=data).json["id"] is None
    assert eco("record", input=data).json["id"].startswith("sha256:")


@pytest.mark.parametrize("form", ["array", "lines"])
def test_several_events(eco, form):
    events = [GPT, GPT | {"id": "a"}, GPT]
    data = json.dumps(events) if form == "array" else "".join(f"{json.dumps(event)}\n" for event in events)
    assert ids(eco("estimate", input=data)) == [None, "a", None]
    assert [each["id"] for each in eco("estimate", "--format", "json", input=data).json] == [None, "a", None]


@pytest.mark.workers
def test_an_input_that_several_processes_share(eco):
    events = [GPT | ({"id": f"{number}"} if number % 2 else {}) for number in range(20_000)]
    found = ids(eco("estimate", input="".join(f"{json.dumps(event)}\n" for event in events)))
    assert found == [event.get("id") for event in events]


def test_a_record_always_has_one(eco):
    found = ids(eco("record", input=f"{json.dumps(GPT)}\n{json.dumps(GPT | {'id': 'a'})}\n"))
    assert found[0]
    assert found[1] == "a"


def test_from_python():
    assert estimate(Usage(model="gpt-4o", input_tokens=10, output_tokens=5)).body["id"] is None
    assert estimate(Usage(model="gpt-4o", input_tokens=10, output_tokens=5, id="mine")).body["id"] == "mine"
