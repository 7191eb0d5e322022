"""One language for time and one zone in every command that looks back: the same days are the same calls everywhere."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest

from ecocli.core import zones

KIRITIMATI = "Pacific/Kiritimati"
"""Fourteen hours ahead of UTC: hardly ever the same day."""
GPT = {"model": "gpt-4o", "prompt_tokens": 1000, "completion_tokens": 500}
WAYS = (
    *(("--since", "2025-05-10", "--until", "2025-05-10"), ("--start-date", "20250510", "--end-date", "2025-05-10"), ("--since", "2025-05"), ("--until", "2025-W19")),
    *(("--last", "7d"), ("--last", "2w"), ("--since", "last month", "--until", "yesterday"), ("--since", "today"), ("--since", "2025"), ("--since", "3d")),
)
ZONES = ({"ECO_TZ": KIRITIMATI}, {"TZ": "America/New_York"}, {})


@pytest.fixture
def calls(eco):
    """Every hour of five days in May 2025, and of the last fifty hours."""
    now = datetime.now(UTC)
    times = [datetime(2025, 5, 8, tzinfo=UTC) + timedelta(hours=hour) for hour in range(120)] + [now - timedelta(hours=hour) for hour in range(50)]
    eco("record", input="".join(json.dumps(GPT | {"startTimeMs": round(at.timestamp() * 1000)}) + "\n" for at in times))
    return eco


@pytest.mark.parametrize("zone", ZONES, ids=str)
@pytest.mark.parametrize("way", WAYS, ids=" ".join)
def test_the_same_days_are_the_same_calls_in_every_command(calls, way, zone):
    counts = {
        "history": calls("history", *way, "--json", **zone).json["pagination"]["totalElements"],
        "rows": len(calls("history", *way, "--format", "ndjson", **zone).stdout.splitlines()),
        "summary": calls("summary", *way, "--json", **zone).json["total"]["calls"],
        "report": calls("report", *way, "--json", **zone).json["total"]["calls"],
        "recompute": calls("recompute", *way, "--json", **zone).json["calls"],
    }
    if "--last" not in way:
        counts["forget"] = calls("forget", *(word.replace("start-date", "since").replace("end-date", "until") for word in way), "--dry-run", "--json", **zone).json["calls"]
    assert len(set(counts.values())) == 1, counts
    assert 0 < counts["history"] <= 170


@pytest.mark.parametrize("zone", ZONES, ids=str)
def test_today_is_one_day(calls, zone):
    """Of the status line, the glance, a budget and a summary."""
    calls("budget", "set", "1kg", "--per", "day", **zone)
    today = calls("summary", "--since", "today", "--json", **zone).json["total"]
    assert calls("statusline", "--format-string", "{today_calls}", **zone).stdout == f"{today['calls']}\n"
    assert calls("--json", **zone).json["data"][0]["calls"] == today["calls"]
    assert calls("budget", "list", "--json", **zone).json[0]["spent"] == pytest.approx(today["co2Grams"])


def test_the_zone_of_a_flag_wins_over_the_variable_the_file_and_the_machine(eco, tmp_path):
    (tmp_path / "config" / "eco").mkdir(parents=True)
    (tmp_path / "config" / "eco" / "config.toml").write_text('timezone = "Asia/Kolkata"\n', "utf-8")
    asked = [
        (("--tz", "Asia/Tokyo"), {"ECO_TZ": "Asia/Seoul", "TZ": "Asia/Dubai"}, "Asia/Tokyo"),
        ((), {"ECO_TZ": "Asia/Seoul", "TZ": "Asia/Dubai"}, "Asia/Seoul"),
        ((), {"TZ": "Asia/Dubai"}, "Asia/Kolkata"),
    ]
    for options, variables, name in asked:
        assert eco("summary", *options, "--json", **variables).json["timeZone"] == name
    (tmp_path / "config" / "eco" / "config.toml").unlink()
    assert eco("summary", "--json", TZ="Asia/Dubai").json["timeZone"] == "Asia/Dubai"


def test_each_command_prints_its_zone(calls):
    zone = {"TZ": "Asia/Dubai"}
    calls("budget", "set", "1kg", **zone)
    said = "Asia/Dubai, this machine's time zone"
    for arguments in (("summary", "--format", "table"), (), ("budget", "list", "--format", "table"), ("recompute", "--since", "2025", "--format", "text"),
                      ("forget", "--before", "2025", "--dry-run", "--format", "text"), ("report", "--format", "text")):  # fmt: skip
        assert said in " ".join(calls(*arguments, **zone).stdout.split()), arguments
    assert calls("statusline", "--json", **zone).json["timeZone"] == "Asia/Dubai"


def test_columns_name_their_zone(calls):
    calls("keys", "create", "A", "--expires", "90d")
    hours = {}
    for zone, name in (({}, "UTC"), ({"ECO_TZ": "Asia/Dubai"}, "Asia/Dubai")):
        header, first, *_ = calls("history", "--limit", "1", "--format", "table", **zone).stdout.splitlines()
        assert f"when ({name})" in header
        assert f"expires ({name})" in calls("keys", "list", "--format", "table", **zone).stdout
        hours[name] = datetime.fromisoformat(re.search(r"[0-9]{4}-[0-9-]{5} [0-9:]{5}", first)[0])
    assert hours["Asia/Dubai"] - hours["UTC"] == timedelta(hours=4)


def test_a_report_warns_of_a_zone_that_the_machine_chose(calls):
    warned = calls("report", "--json", TZ="Asia/Dubai")
    assert warned.stderr.startswith("eco: warning: Days are those of Asia/Dubai, this machine's time zone: ")
    assert any("Asia/Dubai" in warning for warning in warned.json["warnings"])
    assert calls("report", "--json", "--tz", "Asia/Dubai").stderr == ""


def test_an_unknown_zone_of_the_machine_is_said(calls):
    said = calls("summary", TZ="Europe/Berln").stderr
    assert said == "eco: warning: TZ is 'Europe/Berln', which is no time zone: this machine takes UTC. did you mean Europe/Berlin?\n"
    for known in ("UTC", "Europe/Berlin", "Africa/Abidjan", "CET-1CEST", ":Europe/Berlin", ""):
        assert calls("summary", TZ=known).stderr == ""
    assert calls("summary", "--tz", "UTC", TZ="Europe/Berln").stderr == ""


def test_machines_without_a_name_for_their_zone(monkeypatch):
    monkeypatch.setenv("TZ", "CET-1CEST")
    assert zones.described(zones.Local()) == "this machine's time zone"
    assert zones.zone_name(zones.Local()) == "local"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("history", "--last", "3m"), "--last: '3m' may be minutes or months"),
        (("history", "--last", "7d", "--since", "2025"), "--since and --last both say when to begin"),
        (("summary", "--last", "7d", "--until", "today"), "--until and --last both say when to end"),
        (("report", "--since", "today", "--until", "yesterday"), "--until yesterday is before --since today"),
        (("forget", "--before", "2025", "--until", "2025"), "--before and --until both say when to end"),
        (("forget", "--before", "whenever"), "--before: no date 'whenever'"),
        (("keys", "create", "A", "--expires", "3m"), "'3m' may be minutes or months"),
        (("keys", "create", "A", "--expires", "3mo"), "no span of time '3mo'"),
    ],
)
def test_wrong_use(eco, arguments, message):
    assert eco(*arguments, exit_code=2).stderr.startswith(f"eco: {message}\n")
