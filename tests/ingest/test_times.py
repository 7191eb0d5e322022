"""Times that no call can have: refused where the caller can put them right, kept with a warning where a log says so."""

import json
import time
from datetime import UTC, datetime

import pytest

CALL = ("--model", "gpt-4o", "--prompt-tokens", "10", "--completion-tokens", "5")
EVENT = {"model": "gpt-4o", "prompt_tokens": 10, "completion_tokens": 5}
NOON_S = 1_763_812_800
"""2025-11-22T12:00:00Z"""


def chat(created: object) -> dict:
    usage = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
    return {"id": f"c{created}", "object": "chat.completion", "model": "gpt-4o", "created": created, "choices": [], "usage": usage}


def start_ms(eco) -> int:
    return json.loads(eco("history", "--full", "--format", "ndjson", "--limit", "1").stdout)["startTimeMs"]


@pytest.mark.parametrize(
    ("at", "zone", "moment"),
    [
        ("2025-11-20 10:00", {"ECO_TZ": "Asia/Dubai"}, "2025-11-20T06:00"),
        ("20251120T1000", {"TZ": "Asia/Dubai"}, "2025-11-20T06:00"),
        ("2025-11-20T10:00+02:00", {"ECO_TZ": "Asia/Dubai"}, "2025-11-20T08:00"),
        ("2025-11-20", {}, "2025-11-20T00:00"),
    ],
)
def test_at_is_a_moment_of_a_zone(eco, at, zone, moment):
    eco("record", *CALL, "--at", at, **zone)
    assert start_ms(eco) == datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp() * 1000


def test_at_now_and_yesterday(eco):
    eco("record", *CALL, "--at", "now")
    assert abs(start_ms(eco) - time.time() * 1000) < 60_000
    eco("estimate", *CALL, "--at", "yesterday 14:00", "--tz", "Asia/Tokyo")
    eco("compare", "gpt-4o", "--at", "yesterday 14:00")


@pytest.mark.parametrize("command", [("record", *CALL), ("estimate", *CALL), ("compare", "gpt-4o")])
def test_what_at_refuses(eco, command):
    assert eco(*command, "--at", "soon", exit_code=2).stderr.startswith("eco: --at: no moment 'soon'\n")
    assert eco(*command, "--at", "2014-12-31", exit_code=4).stderr.startswith("eco: --at: must be in 2015 or later, not ")
    both = eco(*command, "--at", "now", "--start-time-ms", "1763800000000", exit_code=2).stderr
    assert both.startswith("eco: --at and --start-time-ms both say when it began\n")


def test_the_day_decides_what_a_moving_name_means(eco):
    found = [eco("estimate", "--model", "deepseek-chat", *CALL[2:], "--at", at).json["audit"]["model"] for at in ("2025-03-01", "2025-11-01")]
    assert len(set(found)) == 2


@pytest.mark.parametrize("field", ["startTimeMs", "firstTokenTimeMs", "endTimeMs"])
@pytest.mark.parametrize("many", [1, 40])
def test_an_event_with_an_absurd_time_is_refused(eco, field, many):
    lines = "".join(json.dumps(EVENT | {field: ms}) + "\n" for ms in [NOON_S * 1000] * many + [NOON_S])
    said = eco("record", input=lines, exit_code=4).stderr
    meant = "seconds are given for milliseconds? 1763812800000 is 2025-11-22T12:00:00Z"
    assert said == f"eco: line {many + 1}: {field}: must be in 2015 or later, not {NOON_S}\nhint: {meant}\n"
    assert eco("history", "--json").json["data"] == []


@pytest.mark.parametrize("unknown", [0, 0.0, "0", "", None, -1, "1970-01-01T00:00:00Z", -1e30])
def test_a_time_of_zero_is_unknown(eco, unknown):
    done = eco("record", input=json.dumps(chat(unknown)))
    assert done.stderr == ""
    assert abs(start_ms(eco) - time.time() * 1000) < 60_000


@pytest.mark.parametrize(
    ("created", "date", "why"),
    [
        ("1999-12-31T23:59:59Z", "1999-12-31", "before 2015"),
        (1_000_000_000, "2001-09-09", "before 2015"),
        (4_102_444_800, "2100-01-01", "more than a day ahead"),
        (10**60, "9999-12-31", "more than a day ahead"),
    ],
)
@pytest.mark.parametrize("many", [1, 40])
def test_a_wrong_clock_loses_no_call(eco, created, date, why, many):
    """Of one call, and of so many that they are looked at together."""
    lines = "".join(json.dumps(chat(NOON_S) | {"id": f"good{number}"}) + "\n" for number in range(many)) + json.dumps(chat(created))
    said = eco("record", input=lines).stderr
    assert said.startswith(f"eco: warning: a call began on {date}, {why}: kept as reported. ")
    assert date in {row["logDate"][:10] for row in eco("history", "--json").json["data"]}
    for command in (("summary", "--by", "day"), ("summary", "--by", "month"), ("summary",), (), ("report",), ("budget", "check"), ("statusline",)):
        began = time.monotonic()
        eco(*command)
        assert time.monotonic() - began < 5


def test_a_report_over_thousands_of_years_stays_short(eco):
    eco("record", input="".join(json.dumps(chat(created)) + "\n" for created in (NOON_S, "0200-01-01T00:00:00Z", 10**60)))
    assert len(eco("report", "--json").json["overTime"]["data"]) < 100
