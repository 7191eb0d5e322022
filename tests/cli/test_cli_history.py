"""`eco history` and `eco explain` from outside: pages, filters, dates, and the three ways out."""

import csv
import io
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

GPT = {"model": "gpt-4o", "prompt_tokens": 10, "completion_tokens": 5}
DAY_MS = 86_400_000
MAY_10 = 1_746_835_200_000  # 2025-05-10T00:00:00Z
NAMES = [
    "id", "logDate", "keyName", "maskedKey", "provider", "model", "inputTokens", "outputTokens", "reasoningTokens", "cachedTokens",
    "energyWh", "co2Grams", "waterMl", "treeDays", "region", "calculationMethod", "source", "isEstimated", "tags",
]  # fmt: skip


def store(eco: Any, *changes: dict[str, Any]) -> list[dict[str, Any]]:
    lines = "".join(json.dumps(GPT | change) + "\n" for change in changes)
    return [json.loads(line) for line in eco("record", input=lines).stdout.splitlines()]


def ids(eco: Any, *arguments: str, **variables: str) -> list[str]:
    return [row["id"] for row in eco("history", *arguments, **variables).json["data"]]


def test_an_empty_page_is_no_error_and_makes_no_file(eco, tmp_path):
    assert eco("history").json == {
        "status": "success",
        "data": [],
        "pagination": {"totalElements": 0, "totalPages": 0, "currentPage": 1, "limit": 100},
    }
    assert eco("history", "--format", "table").stdout == "no calls match\n"
    assert eco("history", "--format", "csv").stdout == ",".join(NAMES) + "\r\n"
    assert eco("history", "--all", "--format", "ndjson").stdout == ""
    assert eco("history", "--all").json["pagination"] == {"totalElements": 0, "totalPages": 0, "currentPage": 1, "limit": 0}
    assert not (tmp_path / "data").exists()


def test_a_row(eco):
    (answer,) = store(
        eco, {"id": "a", "provider": "openai", "startTimeMs": MAY_10 + DAY_MS // 2, "region": "us-east-1", "cached_tokens": 4, "tags": {"p": "é"}}
    )
    (row,) = eco("history").json["data"]
    assert list(row) == NAMES
    assert row == {
        "id": "a", "logDate": "2025-05-10T12:00:00Z", "keyName": "local", "maskedKey": None, "provider": "OpenAI", "model": "gpt-4o",
        "inputTokens": 10, "outputTokens": 5, "reasoningTokens": None, "cachedTokens": 4,
        "energyWh": answer["energy_wh"], "co2Grams": answer["co2_grams"], "waterMl": answer["water_ml"], "treeDays": answer["tree_days"],
        "region": "us-east-1", "calculationMethod": "EXACT_REGION", "source": "api", "isEstimated": False, "tags": {"p": "é"},
    }  # fmt: skip


@pytest.mark.parametrize("arguments", [(), ("--all",), ("--format", "table"), ("--all", "--format", "csv"), ("--full", "--format", "ndjson")])
def test_a_time_that_another_program_stored_is_shown(eco, tmp_path, arguments):
    store(eco, {"id": "a"})
    with closing(sqlite3.connect(tmp_path / "data" / "eco" / "eco.db")) as connection, connection:
        connection.execute("UPDATE calls SET started_at_ms = 253402300800000")  # the first moment of the year 10000
    assert "+010000-01-01" in eco("history", *arguments).stdout


def test_pages_newest_first_and_stable_under_ties(eco):
    store(eco, *({"id": f"{n}", "startTimeMs": MAY_10 + n // 3} for n in range(10)))
    newest = [f"{n}" for n in reversed(range(10))]
    pages = [eco("history", "--limit", "4", "--page", str(page)).json for page in (1, 2, 3, 4)]
    assert [row["id"] for page in pages for row in page["data"]] == newest
    assert [page["pagination"] for page in pages] == [
        {"totalElements": 10, "totalPages": 3, "currentPage": number, "limit": 4} for number in (1, 2, 3, 4)
    ]
    assert ids(eco, "--all") == newest
    assert ids(eco, "--limit", "100000") == newest


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--start-date", "2025-05-10"), "432"),
        (("--end-date", "2025-05-10"), "321"),
        (("--start-date", "2025-05-10", "--end-date", "2025-05-10"), "32"),
        (("--start-date", "20250510", "--end-date", "20250510"), "32"),
        (("--start-date", "2025-W19-6", "--end-date", "2025W196"), "32"),
        (("--start-date", "2025-05-10T00:00:00.001Z"), "43"),
        (("--end-date", "2025-05-10T23:59:59.999Z"), "321"),
        (("--end-date", "2025-05-10T23:59:59.998"), "21"),
        (("--start-date", "2025-05-10T00:00+02:00"), "4321"),
        (("--start-date", "2025-05-10", "--tz", "Europe/Berlin"), "4321"),
        (("--start-date", "2025-05-10", "--end-date", "2025-05-10", "--tz", "America/New_York"), "43"),
        (("--start-date", "0001-01-01", "--end-date", "9999-12-31"), "4321"),
        (("--start-date", "0001-01-01", "--tz", "Asia/Tokyo"), "4321"),
        (("--end-date", "9999-12-31", "--tz", "America/New_York"), "4321"),
        (("--end-date", "2025-05-09"), "1"),
        (("--start-date", "2025-05-12"), ""),
    ],
)
def test_dates(eco_of_four, arguments, expected):
    assert "".join(ids(eco_of_four, *arguments)) == expected


def test_the_zone_of_dates_comes_from_the_environment(eco_of_four):
    assert ids(eco_of_four, "--start-date", "2025-05-10", ECO_TZ="Europe/Berlin") == ["4", "3", "2", "1"]


@pytest.fixture(scope="module")
def four(tmp_path_factory):
    return tmp_path_factory.mktemp("four") / "eco.db"


@pytest.fixture
def eco_of_four(eco, four):
    """One millisecond before May 10, its first, its last, and the one after."""
    if not four.exists():
        times = (MAY_10 - 1, MAY_10, MAY_10 + DAY_MS - 1, MAY_10 + DAY_MS)
        lines = "".join(json.dumps(GPT | {"id": f"{n}", "startTimeMs": at}) + "\n" for n, at in enumerate(times, 1))
        eco("record", "--db", str(four), input=lines)
    return lambda *arguments, **options: eco(*arguments, "--db", str(four), **options)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--start-date", "eventually"), "--start-date: no date 'eventually'"),
        (("--start-date", ""), "--start-date: no date ''"),
        (("--end-date", "2025-13-01"), "--end-date: no date '2025-13-01'"),
        (("--start-date", "2025-02-02", "--end-date", "2025-02-01"), "--end-date 2025-02-01 is before --start-date 2025-02-02"),
        (("--tz", "Mars/Olympus"), "no time zone 'Mars/Olympus'"),
        (("--limit", "0"), "--limit: must be 1 to 100000, not 0"),
        (("--limit", "100001"), "--limit: must be 1 to 100000, not 100001"),
        (("--limit", "ten"), "--limit: must be a whole number, not 'ten'"),
        (("--page", "0"), "--page: must be 1 to 1000000000, not 0"),
        (("--tag", "project=a", "--tag", "project=b"), "--tag: project cannot be both 'a' and 'b'"),
        (("--tag", "project"), "--tag: must be KEY=VALUE, not 'project'"),
        (("--format", "xml"), "--format: must be one of table, json, csv, ndjson, not 'xml'"),
        (("--full", "--format", "table"), "--full needs --format ndjson, json or csv, not table"),
        (("--all", "--page", "2"), "--all takes neither --page nor --limit"),
    ],
)
def test_wrong_use(eco, arguments, message):
    result = eco("history", *arguments, exit_code=2)
    assert result.stdout == ""
    assert result.stderr.partition("\n")[0] == f"eco: {message}"


def test_filters(eco):
    store(
        eco,
        {"id": "1", "provider": "Hugging Face", "tags": {"project": "a", "team": "x"}, "source": "cron"},
        {"id": "2", "provider": "aws", "region": "us-west-2", "tags": {"project": "a"}},
        {"id": "3", "provider": "Own Box", "model": "claude-sonnet-4.5", "tags": {"project": "b"}},
    )
    cases = {
        ("--provider", "huggingface"): ["1"],
        ("--provider", "Amazon Web Services"): ["2"],
        ("--provider", "own box"): ["3"],
        ("--provider", "nobody"): [],
        ("--model", "GPT-4o"): ["2", "1"],
        ("--model", "openai/gpt-4o"): ["2", "1"],
        ("--region", "us-west-2"): ["2"],
        ("--source", "cron"): ["1"],
        ("--tag", "project=a"): ["2", "1"],
        ("--tag", "project=a", "--tag", "team=x"): ["1"],
        ("--key-name", "local"): ["3", "2", "1"],
    }
    for arguments, expected in cases.items():
        assert ids(eco, *arguments) == expected, arguments


def test_csv_is_rfc_4180_and_runs_nothing(eco):
    hostile = ["=1+1", "+1", "-1", "@SUM(A1)", 'say "hi", you', "plain"]
    store(eco, *({"provider": text, "source": text, "id": text, "tags": {"note": text}} for text in hostile))
    text = eco("history", "--format", "csv").stdout
    assert text.startswith(",".join(NAMES) + "\r\n")
    assert text.count("\r\n") == text.count("\n") == 7
    table = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [row["source"] for row in reversed(table)] == ["'=1+1", "'+1", "'-1", "'@SUM(A1)", 'say "hi", you', "plain"]
    for row in table:
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row.values())
        assert json.loads(row["tags"])["note"] in hostile
    by_json = {row["id"]: row for row in eco("history").json["data"]}
    assert {float(row["energyWh"]) for row in table} == {row["energyWh"] for row in by_json.values()}


def test_full_loses_nothing_and_needs_json(eco):
    store(eco, {"id": "a"})
    (row,) = eco("history", "--full", "--format", "json").json["data"]
    assert {"startTimeMs", "recordedTimeMs", "cacheWriteTokens", "detectedRegion", "basis", "result", "range"} <= set(row)
    assert json.loads(eco("history", "--all", "--full", "--format", "ndjson").stdout) == row


def test_quiet_prints_nothing(eco):
    store(eco, {"id": "a"})
    for arguments in (("history",), ("explain", "a"), ("models", "list"), ("regions", "show", "us-west-2"), ("keys", "list"), ("record", "--id", "b")):
        text = json.dumps(GPT) if arguments[0] == "record" else None
        result = eco(*arguments, "-q", input=text)
        assert (result.stdout, result.stderr) == ("", ""), arguments


def test_explain_shows_every_step(eco):
    store(eco, {"id": "a", "provider": "openai"}, {"id": "a", "provider": "azure"}, {"id": "b"})
    found = eco("explain", "b").json
    assert found["earlier"] == []
    assert {"name", "value", "low", "high", "unit", "source", "year"} <= set(found["audit"]["factors"][0])
    assert [step["name"] for step in found["audit"]["steps"]][-1] == "a tree's days"
    assert found["energy_wh"] == eco("history", "--limit", "1").json["data"][0]["energyWh"]
    text = eco("explain", "b", "--format", "text").stdout
    assert text.startswith("b: openai/gpt-4o (alias), ")
    result = eco("explain", "a", exit_code=2)
    assert result.stderr == "eco: 2 providers have a call with this id: openai, azure\nhint: name one with --provider\n"
    assert eco("explain", "a", "--provider", "OpenAI").json["id"] == "a"


def test_an_unknown_record(eco):
    result = eco("explain", "no-such-id", exit_code=3)
    assert result.stderr == "eco: no record with id 'no-such-id'\nhint: eco history lists the ids\n"
    store(eco, {"id": "a", "provider": "openai"})
    assert eco("explain", "a", "--provider", "google", exit_code=3).stdout == ""


DAMAGE = ["UPDATE calls SET tags = '{x'", "UPDATE calls SET tags = '[1]'", "UPDATE calls SET id = 9223372036854775807"]


@pytest.mark.parametrize("statement", DAMAGE[:2])
@pytest.mark.parametrize("way", [("--all", "--format", "csv"), ("--all", "--format", "ndjson"), ("--all", "--format", "json"), ("--format", "csv"), ()])
def test_a_damaged_row_is_said_to_be_damaged_whichever_way_it_is_read(eco, tmp_path, statement, way):
    damage(eco, tmp_path / "own.db", statement)
    assert eco("history", "--db", "own.db", *way, exit_code=5).stderr.startswith(f"eco: {tmp_path / 'own.db'} is damaged\n")


def test_no_room_behind_the_largest_row_is_said(eco, tmp_path):
    damage(eco, tmp_path / "own.db", DAMAGE[2])
    assert "is damaged" in eco("record", "--db", "own.db", input=json.dumps(GPT), exit_code=5).stderr


def damage(eco: Any, path: Path, statement: str) -> None:
    eco("record", "--db", str(path), input=json.dumps(GPT))
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement)


@pytest.fixture
def many(eco):
    """More calls than a page has."""
    eco("record", input="".join(json.dumps(GPT | {"id": f"{number}", "startTimeMs": MAY_10 + number}) + "\n" for number in range(250)))
    return eco


@pytest.mark.parametrize("arguments", [(), ("--start-date", "2025-01-01"), ("--all",)])
def test_csv_and_ndjson_hold_every_call(many, arguments):
    for format, header in (("csv", 1), ("ndjson", 0)):
        whole = many("history", *arguments, "--format", format)
        assert len(whole.stdout.splitlines()) == 250 + header
        assert whole.stderr == ""


@pytest.mark.parametrize("format", ["csv", "ndjson", "json", "table"])
@pytest.mark.parametrize(
    ("page", "left_out"),
    [
        (("--limit", "20"), "230 of 250 calls are left out: --page 2 shows the next, --all shows every one"),
        (("--page", "3"), "200 of 250 calls are left out: --all shows every one"),
        (("--limit", "250"), ""),
    ],
)
def test_what_a_page_leaves_out_is_said(many, format, page, left_out):
    assert many("history", *page, "--format", format).stderr == (f"eco: {left_out}\n" if left_out else "")
    assert many("history", *page, "--format", format, "-q").stderr == ""


def test_json_is_a_page_by_itself(many):
    page = many("history", "--json")
    assert len(page.json["data"]) == 100
    assert page.json["pagination"] == {"totalElements": 250, "totalPages": 3, "currentPage": 1, "limit": 100}
    assert page.stderr == "eco: 150 of 250 calls are left out: --page 2 shows the next, --all shows every one\n"
