"""What users of ccusage type: totals by day, week, month and conversation, and blocks of five hours."""

import csv
import io
import json
import random
import time

import pytest

HOUR_MS, MINUTE_MS = 3_600_000, 60_000
BEGIN_MS = 1_763_800_000_000
NOON_MS = BEGIN_MS - BEGIN_MS % HOUR_MS


def record(eco, times_ms, **more):
    event = {"model": "gpt-4o", "prompt_tokens": 1000, "completion_tokens": 500} | more
    eco("record", "-q", input="".join(json.dumps(event | {"startTimeMs": at}) + "\n" for at in times_ms))


def ms(text: str) -> int:
    from datetime import datetime

    return round(datetime.fromisoformat(text).timestamp() * 1000)


@pytest.mark.parametrize(("short", "by"), [("daily", "day"), ("weekly", "week"), ("monthly", "month"), ("session", "tag:session")])
def test_a_short_form_is_the_summary(eco, short, by):
    record(eco, [BEGIN_MS, BEGIN_MS + 40 * 24 * HOUR_MS], tags={"session": "s1"})
    record(eco, [BEGIN_MS + 24 * HOUR_MS])
    for options in ((), ("--json",), ("--format", "csv"), ("--by", "model"), ("--since", "2025-11-23", "--format", "table"), ("--columns", "calls")):
        assert eco(short, *options) == eco("summary", "--by", by, *options)


def test_a_chart_by_day(terminal, eco):
    record(eco, [BEGIN_MS])
    assert "carbon by day" in terminal("daily", "--chart")


def test_sessions_and_projects_by_their_names_alone(eco):
    record(eco, [BEGIN_MS], tags={"session": "s1", "project": "p1"})
    assert eco("summary", "--by", "session,project", "--json").json["data"] == eco("summary", "--by", "tag:session", "--by", "tag:project", "--json").json["data"]


# blocks


def by_the_book(times_ms: list[int], length_ms: int = 5 * HOUR_MS) -> list[tuple[int, list[int]]]:
    """Blocks as ccusage makes them, entry by entry: (start, entries)."""
    found: list[tuple[int, list[int]]] = []
    for at in sorted(times_ms):
        if not found or at - found[-1][0] > length_ms or at - found[-1][1][-1] > length_ms:
            found.append((at // HOUR_MS * HOUR_MS, []))
        found[-1][1].append(at)
    return found


CASES = {
    "one call": [BEGIN_MS],
    "on the hour": [NOON_MS],
    "at the very end of a block": [NOON_MS, NOON_MS + 5 * HOUR_MS, NOON_MS + 5 * HOUR_MS + 1],
    "just before the end, and right after": [NOON_MS + 59 * MINUTE_MS, NOON_MS + 5 * HOUR_MS - 1, NOON_MS + 5 * HOUR_MS + 1],
    "a gap": [BEGIN_MS, BEGIN_MS + MINUTE_MS, BEGIN_MS + 30 * HOUR_MS],
    "the same moment": [BEGIN_MS, BEGIN_MS, BEGIN_MS],
    **{f"dice {seed}": [BEGIN_MS + random.Random(100 * seed + n).randrange(200 * HOUR_MS) for n in range(40)] for seed in range(3)},
}


@pytest.mark.parametrize("times_ms", CASES.values(), ids=CASES)
@pytest.mark.parametrize("hours", [5, 3])
def test_blocks_begin_as_in_ccusage(eco, times_ms, hours):
    record(eco, times_ms)
    found = eco("blocks", "--session-length", str(hours), "--json").json["data"]
    expected = by_the_book(times_ms, hours * HOUR_MS)
    assert [(ms(block["start"]), ms(block["firstCall"]), ms(block["lastCall"]), block["calls"]) for block in found] == [
        (start, entries[0], entries[-1], len(entries)) for start, entries in expected
    ]
    assert all(ms(block["end"]) - ms(block["start"]) == hours * HOUR_MS and not block["isActive"] for block in found)


def test_blocks_add_up_to_the_total(eco):
    record(eco, CASES["dice 1"])
    record(eco, CASES["dice 2"], model="claude-sonnet-4.5")
    found, total = eco("blocks", "--json").json["data"], eco("summary", "--json").json["total"]
    for name in ("calls", "inputTokens", "outputTokens", "energyWh", "co2Grams", "waterMl"):
        assert sum(block[name] for block in found) == pytest.approx(total[name], rel=1e-12)
    assert all(block["tokens"] == block["inputTokens"] + block["outputTokens"] for block in found)
    groups = eco("summary", "--by", "model", "--json").json["data"]
    assert {model for block in found for model in block["models"]} == {group["model"] for group in groups} and len(groups) == 2


def test_where_a_block_begins_does_not_depend_on_what_is_asked_for(eco):
    record(eco, CASES["dice 0"])
    every = eco("blocks", "--json").json["data"]
    later = eco("blocks", "--since", "2025-11-25", "--tz", "UTC", "--json").json["data"]
    assert later == [block for block in every if block["start"] >= "2025-11-25"] and 0 < len(later) < len(every)


def test_other_filters_choose_the_calls_that_make_blocks(eco):
    record(eco, [NOON_MS + 10 * MINUTE_MS], tags={"who": "me"})
    record(eco, [NOON_MS - 2 * HOUR_MS], model="claude-sonnet-4.5")
    assert [ms(block["start"]) for block in eco("blocks", "--json").json["data"]] == [NOON_MS - 2 * HOUR_MS]
    assert [ms(block["start"]) for block in eco("blocks", "--tag", "who=me", "--json").json["data"]] == [NOON_MS]


def test_the_burn_rate_is_the_average_of_a_minute(eco):
    record(eco, [BEGIN_MS, BEGIN_MS + 10 * MINUTE_MS])
    (block,) = eco("blocks", "--json").json["data"]
    rate = block["burnRate"]
    assert rate["tokensPerMinute"] == 2 * 1500 / 10
    assert rate["energyWhPerMinute"] == pytest.approx(block["energyWh"] / 10)
    assert rate["range"]["co2GramsPerMinute"] == pytest.approx([bound / 10 for bound in block["range"]["co2Grams"]])
    assert block["projection"] is None  # long over


def test_one_call_has_no_rate(eco):
    record(eco, [BEGIN_MS])
    assert eco("blocks", "--json").json["data"][0]["burnRate"] is None


@pytest.fixture
def running(eco):
    """Two calls, a minute apart, just before now."""
    now_ms = time.time_ns() // 1_000_000
    record(eco, [now_ms - 2 * MINUTE_MS, now_ms - MINUTE_MS])
    return eco


def test_the_block_that_runs_and_what_it_comes_to(running):
    record(running, [BEGIN_MS])
    (block,) = running("blocks", "--active", "--json").json["data"]
    assert block["isActive"]
    at_end, rate = block["projection"], block["burnRate"]
    assert 239 < at_end["minutesLeft"] <= 300
    assert rate["tokensPerMinute"] == 3000
    assert at_end["tokens"] == pytest.approx(3000 + 3000 * at_end["minutesLeft"])
    assert at_end["waterMl"] == pytest.approx(block["waterMl"] + rate["waterMlPerMinute"] * at_end["minutesLeft"])
    assert at_end["range"]["energyWh"][0] < at_end["energyWh"] < at_end["range"]["energyWh"][1]


def test_costs_where_they_are_asked_for(running):
    pytest.importorskip("genai_prices")
    (block,) = running("blocks", "--cost", "--json").json["data"]
    # $2.50 and $10.00 a million tokens of gpt-4o
    assert block["costUsd"] == pytest.approx(2 * (1000 * 2.5 + 500 * 10) / 1e6)
    assert block["burnRate"]["costUsdPerMinute"] == pytest.approx(block["costUsd"])
    assert "costUsd" not in running("blocks", "--json").json["data"][0]
    assert "$0.0150" in running("blocks", "--cost", "--format", "table").stdout


def test_a_table_for_80_columns(running, terminal):
    shown = terminal("blocks", COLUMNS="80", NO_COLOR="1")
    assert max(map(len, shown.splitlines())) <= 80
    assert "active, " in shown and "burn rate  3,000 tokens" in shown and "projected  " in shown


def test_a_block_of_one_call_says_why_it_has_no_rate(eco):
    record(eco, [time.time_ns() // 1_000_000 - MINUTE_MS])
    assert "no burn rate yet: it is known from the second call on" in eco("blocks", "--format", "table").stdout


def test_csv_and_ndjson(running):
    (row,) = csv.DictReader(io.StringIO(running("blocks", "--format", "csv").stdout))
    line = json.loads(running("blocks", "--format", "ndjson").stdout)
    assert float(row["energyWh"]) == line["energyWh"] and float(row["energyWhHigh"]) == line["range"]["energyWh"][1]
    assert float(row["tokensPerMinute"]) == 3000 and row["models"].endswith("gpt-4o") and row["isActive"] == "true"


def test_nothing_recorded(eco):
    assert eco("blocks", "--json").json["data"] == []
    assert eco("blocks", "--format", "table").stdout == "no calls match\n"


def test_a_length_that_is_none(eco):
    assert eco("blocks", "--session-length", "0", exit_code=2).stderr.startswith("eco: --session-length: must be 1 to 168")


def test_a_time_without_sense_hangs_nothing(eco):
    from contextlib import closing
    from sqlite3 import connect

    record(eco, [BEGIN_MS, BEGIN_MS + 1, BEGIN_MS + 2])
    with closing(connect(eco("db", "path").stdout.strip())) as connection, connection:
        for at, odd in enumerate((2**63 - 1, -(2**63), 2**62 + 7)):
            connection.execute("UPDATE calls SET started_at_ms = ? WHERE started_at_ms = ?", (odd, BEGIN_MS + at))
    for format in ("json", "table", "csv"):
        eco("blocks", "--format", format, exit_code=None)
