"""Totals are the sum of the calls to the last digit, whichever days and months they are cut into."""

import csv
import io
import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from math import fsum
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ecocli.analysis import periods, summaries
from ecocli.analysis.equivalences import EQUIVALENCES
from ecocli.core.dates import EPOCH, MS
from ecocli.core.quantity import Estimate
from ecocli.render.chart import lengths, series
from ecocli.render.fold import columns as cells
from ecocli.render.summary import rounded
from ecocli.store import Filters, Store
from ecocli.store import totals as store_totals
from ecocli.store.totals import FIGURES, sums

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Apia", "America/St_Johns", "Australia/Lord_Howe")
NAMES = ("energyWh", "co2Grams", "waterMl", "treeDays")
HOUR_MS, LONG_AGO_MS = 3_600_000, 1_500_000_000_000


def ms(text: str, zone: str = "UTC") -> int:
    return int((datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)) - EPOCH) / MS)


def event(number: int, at_ms: int, model: str = "gpt-4o", **tags: str) -> dict:
    counts = {"prompt_tokens": 37 * number % 9001, "completion_tokens": 11 * number % 1009}
    return {"model": model, **counts, "startTimeMs": at_ms, "id": f"call-{number}", "tags": tags}


def record(eco, events, *options: str) -> None:
    eco("record", "--quiet", *options, input="\n".join(map(json.dumps, events)))


@pytest.fixture
def year(eco):
    """Calls around both changes of the clock in Berlin and New York, and at other times of a year."""
    times = [ms("2025-01-01T00:00:00"), *(ms("2025-03-29T22:00") + at * HOUR_MS // 2 for at in range(60))]
    times += [ms("2025-10-25T20:30") + at * HOUR_MS for at in range(30)]
    times += [ms("2025-11-02T03:59:59") + at * HOUR_MS for at in range(4)]
    models = ("gpt-4o", "claude-sonnet-4.5", "gemini-3-pro")
    record(eco, [event(n, at, models[n % 3], project="ab"[n % 2]) for n, at in enumerate(times)])
    return len(times)


def copies(path: Path, values: list[float]) -> None:
    """The one call of a store, again with each of these as every figure."""
    with closing(sqlite3.connect(path)) as connection, connection:
        columns = [row[1] for row in connection.execute("PRAGMA table_info(calls)")]
        asked = ["'copy-' || json_each.key" if name == "call_id" else "json_each.value" if name in FIGURES else name for name in columns[1:]]
        asked = ["calls." + name if name in columns else name for name in asked]
        connection.execute(
            f"INSERT INTO calls ({', '.join(columns[1:])}) SELECT {', '.join(asked)} FROM calls, json_each(?)", (json.dumps(values),)
        )
        connection.execute("DELETE FROM calls WHERE call_id NOT LIKE 'copy-%'")
    connection.close()


@pytest.mark.parametrize(
    ("by", "tz"),
    [
        *((by, "UTC") for by in ("week", "month", "year", "model", "reported-model", "provider", "region", "key", "source", "tag:project")),
        *(("day,model", tz) for tz in ZONES),
    ],
)
def test_totals_are_the_sum_of_history(eco, year, by, tz):
    rows = eco("history", "--all", "--format", "json").json["data"]
    summary = eco("summary", "--by", by, "--tz", tz, "--json").json
    for name in NAMES:
        assert summary["total"][name] == fsum(row[name] for row in rows)
    assert summary["total"]["inputTokens"] == sum(row["inputTokens"] for row in rows)
    assert sum(row["calls"] for row in summary["data"]) == summary["total"]["calls"] == year == len(rows)


@pytest.mark.parametrize("tz", ZONES)
def test_each_day_is_what_history_has_of_it(eco, year, tz):
    rows = eco("history", "--all", "--format", "json").json["data"]
    days: dict[str, list[float]] = {}
    for row in rows:
        day = datetime.fromisoformat(row["logDate"]).astimezone(ZoneInfo(tz)).date().isoformat()
        days.setdefault(day, []).append(row["co2Grams"])
    summary = eco("summary", "--by", "day", "--tz", tz, "--json").json["data"]
    assert {row["day"]: row["co2Grams"] for row in summary if row["calls"]} == {day: fsum(values) for day, values in days.items()}
    listed = [row["day"] for row in summary]
    assert listed == sorted(listed)
    assert (listed[0], listed[-1]) == (min(days), max(days))


def test_the_machines_own_zone_counts_days(eco, env, year):
    local = eco("summary", "--by", "day", "--json", TZ="America/New_York").json
    assert local["data"] == eco("summary", "--by", "day", "--tz", "America/New_York", "--json").json["data"]
    assert local["timeZone"] == "America/New_York"
    assert eco("summary", "--by", "day", "--json", ECO_TZ="Asia/Kolkata").json["timeZone"] == "Asia/Kolkata"


@given(st.lists(st.floats(1e-9, 1e12), min_size=1, max_size=60), st.sampled_from([1, 3, 4096]))
@example([1.0, 1.0, 1.2999999999999998, 1.7, 274877906939.7507], 3)
def test_a_sum_is_rounded_once(one_call, values, block):
    path = one_call(values)
    with pytest.MonkeyPatch.context() as patch, Store.open(path) as store:
        patch.setattr(store_totals, "BLOCK", block)
        found = sums(store)[()].sum()
        by_time = sums(store, Filters(start_ms=0, end_ms=2**60))[()].sum()
    assert {figure: found[figure].value for figure in FIGURES} == dict.fromkeys(FIGURES, fsum(values))
    assert {figure: by_time[figure].value for figure in FIGURES} == dict.fromkeys(FIGURES, fsum(values))


@pytest.fixture(scope="module")
def one_call(tmp_path_factory, cache_folder):
    """Makes stores whose calls have given figures."""
    import os
    import shutil
    import subprocess
    import sys

    folder = tmp_path_factory.mktemp("copies")
    first, made = folder / "first.db", folder / "made.db"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ECO_")}
    flags = ("--model", "gpt-4o", "--prompt-tokens", "1", "--completion-tokens", "1", "-q")
    arguments = [sys.executable, "-m", "ecocli", "record", "--db", str(first), *flags]
    env = kept | {"XDG_CACHE_HOME": str(cache_folder), "HOME": str(folder)}
    subprocess.run(arguments, check=True, stdin=subprocess.DEVNULL, env=env)

    def make(values: list[float]) -> Path:
        for stale in folder.glob("made.db*"):
            stale.unlink()
        shutil.copy(first, made)
        copies(made, values)
        return made

    return make


def test_bounds_add(eco):
    record(eco, [event(1, LONG_AGO_MS), event(2, LONG_AGO_MS)])
    full = eco("history", "--all", "--full", "--format", "json").json["data"]
    total = eco("summary", "--json").json["total"]
    for name, own in (("energyWh", "energy_wh"), ("co2Grams", "co2_grams")):
        assert total["range"][name] == pytest.approx([sum(row["range"][own][at] for row in full) for at in (0, 1)], rel=1e-12)
    assert total["waterMl"] == pytest.approx(total["waterOnsiteMl"] + total["waterOffsiteMl"])


@given(
    st.integers(0, 4_000_000_000_000),
    st.sampled_from([*ZONES, "America/Sao_Paulo", "Africa/Cairo", "America/Havana", "Asia/Beirut"]),
    st.sampled_from(periods.PERIODS),
)
def test_periods_have_no_gaps_and_do_not_overlap(at_ms, zone, period):
    around = periods.bounds(period, ZoneInfo(zone))
    first, after = around(at_ms)
    assert first <= at_ms < after
    assert around(first) == (first, after)
    assert around(after)[0] == after
    assert around(after - 1)[0] == first


@pytest.mark.parametrize(("day", "hours"), [("2025-03-30", 23), ("2025-10-26", 25), ("2025-10-27", 24)])
def test_days_are_as_long_as_the_clock_makes_them(day, hours):
    first, after = periods.bounds("day", ZoneInfo("Europe/Berlin"))(ms(f"{day}T12:00", "Europe/Berlin"))
    assert (after - first) / HOUR_MS == hours
    assert periods.label("day", first, ZoneInfo("Europe/Berlin")) == day


def test_clocks_that_go_back_over_midnight_do_not_bring_a_day_back():
    # St. John's in 1988: from 00:01 on 30 October back to 22:01 on 29 October
    zone = ZoneInfo("America/St_Johns")
    first, _ = periods.bounds("day", zone)(ms("1988-10-30T02:31"))
    assert periods.label("day", first, zone) == "1988-10-30"


@pytest.mark.parametrize(("day", "week"), [("2027-01-01", "2026-W53"), ("2024-12-30", "2025-W01"), ("2026-11-22", "2026-W47")])
def test_weeks_are_those_of_iso_8601(day, week):
    first, after = periods.bounds("week", UTC)(ms(day))
    assert periods.label("week", first, UTC) == week
    assert after - first == 7 * 24 * HOUR_MS


def test_since_shows_days_without_calls(eco):
    eco("record", "--model", "gpt-4o", "--prompt-tokens", "1", "--completion-tokens", "1")
    rows = eco("summary", "--by", "day", "--since", "3d", "--json").json["data"]
    assert [row["calls"] for row in rows] == [0, 0, 0, 1]


def test_filters_are_those_of_history(eco, year):
    chosen = ("--model", "gpt-4o", "--tag", "project=a", "--start-date", "2025-03-30", "--end-date", "2025-11-01")
    rows = eco("history", "--all", "--format", "json", *chosen).json["data"]
    total = eco("summary", "--json", "--tz", "UTC", *chosen).json["total"]
    assert total["calls"] == len(rows) > 0
    assert total["energyWh"] == fsum(row["energyWh"] for row in rows)
    assert eco("summary", "--key-name", "nobody", exit_code=3).stderr.startswith("eco: no key named 'nobody'")


def test_a_narrow_span_is_found_by_time(one_call):
    path = one_call([1.0] * 50_000)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE calls SET started_at_ms = id * 1000")
    connection.close()
    with Store.open(path) as store:
        asked: list[str] = []
        store.connection.set_trace_callback(asked.append)
        found = sums(store, Filters(start_ms=1_000_000, end_ms=1_100_000))[()].sum()
    assert found.calls == 100
    assert any("INDEXED BY calls_started_at_ms" in sql for sql in asked)


def test_groups_without_periods_are_sorted_by_carbon(eco, year):
    rows = eco("summary", "--by", "model", "--json").json["data"]
    assert [row["co2Grams"] for row in rows] == sorted((row["co2Grams"] for row in rows), reverse=True)
    assert {row["model"] for row in rows} == {"openai/gpt-4o", "anthropic/claude-sonnet-4.5", "google/gemini-3-pro-preview"}


def test_names_are_those_of_history(eco):
    record(eco, [event(1, LONG_AGO_MS, project="x"), event(2, LONG_AGO_MS)])
    row = eco("history", "--all", "--format", "json").json["data"][0]
    for name, own in (("reported-model", "model"), ("provider", "provider"), ("region", "region"), ("source", "source"), ("key", "keyName")):
        assert [group[name] for group in eco("summary", "--by", name, "--json").json["data"]] == [row[own]]
    assert {group["tag:project"] for group in eco("summary", "--by", "tag:project", "--json").json["data"]} == {"x", None}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--by", "modle"), "eco: --by: cannot group by 'modle'\nhint: did you mean model?\n"),
        (("--by", "tag:"), "eco: --by: cannot group by 'tag:'\n"),
        (("--by", "day", "--by", "week"), "eco: --by: day, week are more than one period, or the same twice\n"),
        (("--since", "soon"), "eco: --since: no date 'soon'\n"),
        (("--since", "7d", "--start-date", "2025-01-01"), "eco: --since and --start-date both say when to begin\n"),
        (("--start-date", "2025-02-01", "--end-date", "2025-01-01"), "eco: --end-date 2025-01-01 is before --start-date 2025-02-01\n"),
        (("--tz", "Europe/Atlantis"), "eco: no time zone 'Europe/Atlantis'\n"),
        (("--chart", "--format", "csv"), "eco: --format: must be one of table, not 'csv'\n"),
    ],
)
def test_wrong_use(eco, arguments, message):
    result = eco("summary", *arguments, exit_code=2)
    assert result.stdout == ""
    assert result.stderr.startswith(message)


def test_a_key_needs_to_be_allowed_to_read(eco):
    secret = eco("keys", "create", "writer", "--scope", "record").stdout.strip()
    for command in (("summary",), ("summary", "--glance"), (), ("statusline",), ("budget", "check")):
        refused = eco(*command, exit_code=6, ECO_API_KEY=secret)
        assert refused.stdout == ""
        assert "has no scope history:read" in refused.stderr


def test_nothing_recorded_is_no_error(eco, tmp_path):
    body = eco("summary", "--json").json
    assert (body["status"], body["data"], body["total"]["calls"]) == ("success", [], 0)
    assert eco("summary", "--format", "table").stdout == "no calls match\n"
    header = eco("summary", "--format", "csv").stdout
    assert header.startswith("month,start,end,calls,inputTokens,outputTokens,energyWh,")
    assert not (tmp_path / "data").exists()
    eco("record", "--model", "gpt-4o", "--prompt-tokens", "1", "--completion-tokens", "1")
    assert eco("summary", "--format", "csv").stdout.startswith(header)


def test_csv_has_every_digit_and_runs_nothing(eco):
    record(eco, [event(1, LONG_AGO_MS, project="=cmd()")])
    text = eco("summary", "--by", "tag:project", "--format", "csv").stdout
    row = next(csv.DictReader(io.StringIO(text)))
    body = eco("summary", "--by", "tag:project", "--json").json["data"][0]
    assert row["tag:project"] == "'=cmd()"
    assert float(row["energyWh"]) == body["energyWh"]
    assert [float(row["co2GramsLow"]), float(row["co2GramsHigh"])] == body["range"]["co2Grams"]


def test_names_from_outside_do_not_drive_the_terminal(eco):
    record(eco, [event(1, LONG_AGO_MS, project="a\u202eb")])
    for arguments in (("--format", "table"), ("--chart",)):
        assert "\u202e" not in eco("summary", "--by", "tag:project", *arguments).stdout


@pytest.mark.parametrize("columns", [60, 80, 140])
def test_a_chart_fits_its_terminal(eco, year, columns):
    lines = eco("summary", "--chart", "--by", "month", COLUMNS=str(columns)).stdout.split("\n\n")[0].splitlines()
    bars = [line for line in lines if line.startswith("2025-")]
    assert [line[:7] for line in bars] == [f"2025-{month:02}" for month in range(1, 12)]
    assert max(map(len, bars)) <= columns
    assert max(map(len, bars)) >= columns - 6
    assert "\x1b" not in "".join(lines)
    legend = [line for line in lines if "openai/gpt-4o" in line]
    assert legend and "▓" in legend[0]


@pytest.mark.parametrize("columns", [60, 80, 100, 140])
def test_no_column_of_a_table_is_lost(eco, columns):
    record(eco, [event(1000 * n, ms("2025-05-10"), "claude-sonnet-4.5") for n in range(1, 20)])
    eco("record", "--model", "gpt-4o", "--prompt-tokens", "1000", "--completion-tokens", "500")
    for arguments, label in ((("summary", "--format", "table"), "2025-05"), (("summary", "--by", "day,provider", "--format", "table"), "2025-05-10"), ((), "this week")):
        lines = eco(*arguments, COLUMNS=str(columns)).stdout.split("\n\n")[0].splitlines()
        assert any(line.startswith(label) for line in lines)
        assert max(map(len, lines[:3])) <= columns


@pytest.mark.parametrize("columns", [60, 80, 100])
def test_a_sign_of_the_legend_stands_with_its_name(eco, columns):
    names = ["gpt-4o", "claude-sonnet-4.5", "meta-llama/llama-3.3-70b-instruct", "qwen3-235b-a22b-instruct-2507", "日本語のモデル"]
    record(eco, [event(1000 + at, ms("2025-05-10"), name) for at, name in enumerate(names)], "--model-fallback")
    _, _, *legend = eco("summary", "--chart", "--by", "day", COLUMNS=str(columns)).stdout.split("\n\n")[0].splitlines()
    entries = [entry for line in legend for entry in line.split("  ")]
    assert sorted(entry[2:] for entry in entries) == sorted(row["model"] for row in eco("summary", "--by", "model", "--json").json["data"])
    assert len({entry[0] for entry in entries}) == len(names) and {entry[1] for entry in entries} == {" "}
    assert max(map(cells, legend)) <= columns


def test_parts_of_a_bar_add_up_to_it():
    assert sum(lengths([0.4] * 10, 1.0)) == 4
    assert lengths([0.0, 2.0], 1.5) == [0, 3]
    many = {"bar": {f"m{at}": float(at) for at in range(20)}}
    assert series(many) == ["m19", "m18", "m17", "m16", "m15", "m14", "m13", "other"]


@pytest.mark.parametrize("each", EQUIVALENCES, ids=lambda each: each.name)
def test_equivalences_have_papers(each):
    factor = each.factor
    assert 0 < factor.low <= factor.value <= factor.high
    assert factor.source and factor.unit and factor.year > 2000
    assert each.figure in FIGURES


def test_an_equivalence_says_no_more_than_is_known(eco):
    # 3000 Wh of 1000 to 9000, by phones of 19 Wh: 158 times, which nobody knows to the last one
    assert rounded(Estimate(50, 157.9, 500)) == "200"
    assert rounded(Estimate(150, 157.9, 165)) == "160"
    assert rounded(Estimate.exactly(157.9)) == "158"


def test_the_glance(eco):
    assert eco().stdout.startswith("Usage: eco ")
    assert "Nothing is recorded yet. To start:" in eco().stdout
    eco("record", "--model", "gpt-4o", "--prompt-tokens", "1000", "--completion-tokens", "1000")
    lines = eco().stdout.splitlines()
    assert [line.split("  ")[0] for line in lines[1:4]] == ["today", "this week", "this month"]
    body = eco("summary", "--glance", "--json").json
    assert [row["calls"] for row in body["data"]] == [1, 1, 1]


def test_an_hour_that_comes_twice_is_counted_twice(eco):
    # 02:30 in Berlin on 26 October 2025 comes at 00:30 and at 01:30 UTC
    record(eco, [event(1, ms("2025-10-26T00:30")), event(2, ms("2025-10-26T01:30"))])
    rows = eco("summary", "--by", "day", "--tz", "Europe/Berlin", "--json").json["data"]
    assert [(row["day"], row["calls"]) for row in rows] == [("2025-10-26", 2)]
    assert (rows[0]["start"], rows[0]["end"]) == ("2025-10-25T22:00:00Z", "2025-10-26T23:00:00Z")


def test_check_takes_what_the_help_names():
    summaries.check(["month", "model"])
    summaries.check(["tag:a,b", "key"])


FAR = [-(2**63), -1, 253_370_764_800_000, 253_402_300_799_999, 253_402_300_800_000, 2**63 - 2]
"""The ends of what a store can hold, the beginning and the end of the year 9999, and the moment after it. [ms]"""


@pytest.mark.parametrize("far_ms", FAR)
@pytest.mark.parametrize("period", periods.PERIODS)
def test_every_time_lies_before_the_end_of_its_period(far_ms, period):
    start_ms, after_ms = periods.bounds(period, UTC)(far_ms)
    assert start_ms < after_ms > far_ms
    assert periods.label(period, start_ms, UTC)


@pytest.mark.parametrize("far_ms", FAR[2:])
@pytest.mark.parametrize("command", [("summary",), *(("summary", "--by", period) for period in periods.PERIODS), ("report",), ("history",)])
def test_a_call_of_any_year_is_added_up(eco, tmp_path, far_ms, command):
    eco("record", "-m", "gpt-4o", "--prompt-tokens", "70", "--completion-tokens", "30")
    eco("record", "-m", "gpt-4o", "--prompt-tokens", "70", "--completion-tokens", "30", "--id", "far")
    with closing(sqlite3.connect(tmp_path / "data" / "eco" / "eco.db")) as connection, connection:
        connection.execute("UPDATE calls SET started_at_ms = ? WHERE call_id = 'far'", (far_ms,))
    body = eco(*command, "--json").json
    counted = {"summary": lambda: body["total"]["calls"], "report": lambda: 2, "history": lambda: len(body["data"])}[command[0]]()
    assert counted == 2
