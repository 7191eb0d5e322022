"""Reading over HTTP gives what the commands print."""

import csv
import io
import json

import pytest
from jsonschema import Draft202012Validator

from ecocli.cli.schema import FOLDER
from tests.serve_helpers import CALL

DAY_MS = 86_400_000
START_MS = 1_763_800_000_000
MANY = 1203
"""More than two parts of a streamed answer."""


@pytest.fixture(scope="module")
def filled(server):
    """Calls of two models on several days, some at the same millisecond; one with a name that a spreadsheet would run."""
    events = [CALL | {"id": f"call-{n}", "startTimeMs": START_MS + n % 7 * DAY_MS, "model": ("gpt-4o", "claude-sonnet-4.5")[n % 2]} for n in range(MANY)]
    events[5]["tags"] = {"project": "=1+1"}
    assert server.post(events).status == 200
    return server


def test_a_page_is_what_the_command_prints(filled):
    printed = json.loads(filled.eco("history", "--limit", "7", "--page", "3", "--format", "json"))
    answer = filled.get("/v1/history?limit=7&page=3")
    assert answer.json == printed
    schema = json.loads((FOLDER / "history.json").read_text("utf-8"))
    assert [*Draft202012Validator(schema).iter_errors(answer.json)] == []


def test_pages_together_are_all_calls_once(filled):
    pages = [filled.get(f"/v1/history?limit=500&page={number}").json for number in (1, 2, 3)]
    found = [row["id"] for page in pages for row in page["data"]]
    assert len(found) == len(set(found)) == MANY
    assert pages[0]["pagination"] == {"totalElements": MANY, "totalPages": 3, "currentPage": 1, "limit": 500}


def test_a_page_beyond_the_end_is_empty(filled):
    answer = filled.get("/v1/history?page=1000")
    assert answer.status == 200 and answer.json["data"] == []


@pytest.mark.parametrize("query", ["limit=0", "limit=100001", "limit=x", "page=0", "page=-1", "limit=1.5", "limit=1&limit=2", "limit="])
def test_a_limit_out_of_bounds_is_refused(filled, query):
    answer = filled.get(f"/v1/history?{query}")
    assert (answer.status, answer.json["code"]) == (422, "bad-parameter")


def test_csv_is_every_call_as_the_command_writes_it(filled):
    answer = filled.get("/v1/history", accept="text/csv")
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["transfer-encoding"] == "chunked"
    assert answer.body.decode() == filled.eco("history", "--format", "csv").replace("\n", "\r\n").replace("\r\r", "\r")
    rows = list(csv.DictReader(io.StringIO(answer.body.decode())))
    assert len(rows) == MANY
    assert sum(float(row["energyWh"]) for row in rows) == pytest.approx(filled.get("/v1/summary?by=year").json["total"]["energyWh"])


def test_lines_are_every_call_in_the_same_order(filled):
    answer = filled.get("/v1/history", accept="application/x-ndjson")
    assert answer.lines == [json.loads(line) for line in filled.eco("history", "--format", "ndjson").splitlines()]


def test_a_page_of_csv_where_one_is_asked_for(filled):
    rows = list(csv.DictReader(io.StringIO(filled.get("/v1/history?limit=3", accept="text/csv").body.decode())))
    assert [row["id"] for row in rows] == [row["id"] for row in filled.get("/v1/history?limit=3").json["data"]]


@pytest.mark.parametrize(
    ("query", "options"),
    [
        ("model=claude-sonnet-4.5", ("--model", "claude-sonnet-4.5")),
        ("startDate=2025-11-24&endDate=2025-11-25", ("--start-date", "2025-11-24", "--end-date", "2025-11-25")),
        ("provider=OpenAI&keyName=local", ("--provider", "OpenAI", "--key-name", "local")),
        ("tag=project%3D%3D1%2B1", ("--tag", "project==1+1")),
        ("startDate=2025-11-24&endDate=2025-11-24&tz=Asia/Tokyo", ("--start-date", "2025-11-24", "--end-date", "2025-11-24", "--tz", "Asia/Tokyo")),
    ],
)  # fmt: skip
def test_filters_are_those_of_the_command(filled, query, options):
    answer = filled.get(f"/v1/history?limit=2000&{query}").json
    assert answer == json.loads(filled.eco("history", "--limit", "2000", "--format", "json", *options))
    assert 0 < answer["pagination"]["totalElements"] < MANY or "provider" in query


@pytest.mark.parametrize(
    ("path", "command"),
    [
        ("/v1/summary", ("summary", "--tz", "UTC")),
        ("/v1/summary?by=model&by=day&tz=Europe/Berlin&sort=calls", ("summary", "--by", "model,day", "--tz", "Europe/Berlin", "--sort", "calls")),
        ("/v1/models?search=sonnet", ("models", "list", "--search", "sonnet")),
        ("/v1/models/openai%2Fgpt-4o", ("models", "show", "gpt-4o")),
        ("/v1/regions?cloud=aws", ("regions", "list", "--cloud", "aws")),
        ("/v1/regions/us-openai", ("regions", "show", "us-openai")),
        ("/v1/explain/call-7", ("explain", "call-7")),
    ],
)
def test_the_rest_is_what_the_commands_print(filled, path, command):
    printed = json.loads(filled.eco(*command, "--format", "json"))
    if isinstance(printed, dict):
        printed.pop("ownFile", None)  # where a file lies on the server's machine is nobody else's
    assert filled.get(path).json == printed


def test_the_report_of_a_locked_period_says_so(filled):
    filled.eco("report", "--lock", "2025", "--tz", "UTC", "--quiet")
    found = filled.get("/v1/report?startDate=2025&endDate=2025").json
    assert found["restatement"]["sameRows"] is True and found["restatement"]["locked"]["sha256"] == found["evidence"]["sha256"]


def test_the_report_is_what_the_command_prints(filled):
    found, printed = filled.get("/v1/report?startDate=2025").json, json.loads(filled.eco("report", "--start-date", "2025", "--tz", "UTC", "--format", "json"))
    assert found.pop("generated")[:10] == printed.pop("generated")[:10]
    assert found == printed


def test_an_id_with_a_slash_is_found_percent_encoded(start):
    server = start()
    server.post(CALL | {"id": "a/b c?d"})
    assert server.get("/v1/explain/a%2Fb%20c%3Fd").json["id"] == "a/b c?d"


def test_the_server_is_ready(filled):
    assert [filled.ask("GET", path).json for path in ("/healthz", "/readyz")] == [{"status": "ok"}] * 2


def test_a_store_that_is_not_there_is_empty(start):
    server = start()
    assert server.get("/v1/history").json["data"] == []
    assert not server.db.exists()
    server.post(CALL)
    assert len(server.get("/v1/history").json["data"]) == 1


def test_openapi_describes_each_route(filled):
    document = filled.get("/openapi.json").json
    assert document["openapi"] == "3.1.0"
    assert {"/v1/calculate", "/api/v1/calculate", "/v1/history", "/v1/explain/{id}", "/v1/models/{id}", "/healthz"} <= document["paths"].keys()
    references = {part.split('"')[0] for part in json.dumps(document).split('"$ref": "#/components/schemas/')[1:]}
    assert references <= document["components"]["schemas"].keys()
    event = {"$ref": "#/components/schemas/event", "components": document["components"]}
    assert Draft202012Validator(event).is_valid(CALL)
    assert not Draft202012Validator(event).is_valid(CALL | {"prompt_tokens": -1})
