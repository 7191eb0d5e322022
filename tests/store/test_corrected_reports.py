"""A call that was corrected, undone, forgotten or merged: what its other signals, which come later, find of it."""

import itertools
import json
import sqlite3
from contextlib import closing

import pytest

from tests.import_helpers import append, claude_line, write
from tests.signal_helpers import ENDED_MS, SESSION, by_conventions, telemetry

SIGNALS = ("span", "event", "log")
PAIRS = list(itertools.permutations(SIGNALS, 2))


@pytest.fixture
def tell(eco, tmp_path):
    """Records a report of the call; a log is written to a file of its own each time, so that it is read."""
    numbers = itertools.count()

    def tell(signal, *more, output=100, at_ms=ENDED_MS, **variables):
        folder = tmp_path / f"{next(numbers)}"
        if signal == "log":
            write(folder / "s1.jsonl", claude_line(request=None, output=output))
            return eco("import", "claude-code", str(folder), *more, **variables)
        return eco("import", "otel", str(telemetry(folder / "otel.jsonl", signal == "span", at_ms, output)), *more, **variables)

    return tell


def rows(eco, *options):
    return [json.loads(line) for line in eco("history", "--all", "--format", "ndjson", *options).stdout.splitlines()]


def correct(eco, call_id, tokens=7, **variables):
    return eco("record", "--replace", "--json", input=json.dumps({"id": call_id, "provider": "Anthropic", "model": "claude-sonnet-4-5", "prompt_tokens": tokens, "completion_tokens": 1}), **variables)


def the_id(eco):
    [row] = rows(eco)
    return row["id"]


@pytest.mark.parametrize("order", PAIRS, ids="-".join)
def test_a_call_is_corrected_by_the_id_of_any_of_its_reports(eco, tell, order):
    """Whichever name its caller knows it by, it is the one call, and keeps its own id."""
    tell(order[0])
    named = the_id(eco)
    tell(order[1])
    own = the_id(eco)
    assert correct(eco, named).json["id"] == own
    for signal in order:
        tell(signal)
    [row] = rows(eco)
    assert (row["id"], row["inputTokens"]) == (own, 7)
    assert eco("explain", named, "--json").json["id"] == own


@pytest.mark.parametrize("order", PAIRS, ids="-".join)
def test_the_other_signal_of_a_corrected_call_joins_it(eco, tell, order):
    tell(order[0])
    own = the_id(eco)
    correct(eco, own)
    for _ in range(2):
        tell(order[1])
        [row] = rows(eco)
        assert (row["id"], row["inputTokens"]) == (own, 7)
    assert [report["signal"] for report in eco("explain", own, "--json").json["reports"]] == [order[1]]


def test_a_correction_that_counts_the_same_is_not_taken_over_by_a_better_signal(eco, tell, tmp_path):
    path = telemetry(tmp_path / "event.jsonl", False)
    eco("record", "--input", str(path))
    own = the_id(eco)
    eco("record", "--replace", "--input", str(path), "--region", "eu-west-1")
    tell("log")
    [row] = rows(eco)
    assert (row["id"], row["region"]) == (own, "eu-west-1")


def test_a_correction_under_another_provider_is_still_the_call(eco, tell):
    tell("log")
    eco("record", "--replace", "--id", "msg_1", "--provider", "aws", "--model", "claude-sonnet-4-5", "--prompt-tokens", "7", "--completion-tokens", "1")
    for signal in ("event", "log", "span"):
        tell(signal)
        [row] = rows(eco)
        assert row["inputTokens"] == 7


@pytest.mark.parametrize("order", PAIRS, ids="-".join)
@pytest.mark.parametrize("gone", ["undo", "forget"])
def test_a_call_that_is_gone_does_not_come_back_by_its_other_signal(eco, tell, order, gone):
    tell(order[0])
    eco("undo", "--yes") if gone == "undo" else eco("forget", "--model", "*sonnet*", "--yes")
    for _ in range(2):
        [counts] = tell(order[1]).json["sources"]
        assert (rows(eco), counts["new"], counts.get("forgotten", 0) + counts.get("voided", 0)) == ([], 0, 1)


@pytest.mark.parametrize("gone", ["undo", "forget"])
def test_a_corrected_call_that_is_gone_stays_so_in_every_signal(eco, tell, gone):
    tell("event")
    own = the_id(eco)
    correct(eco, own)
    eco("undo", "--yes") if gone == "undo" else eco("forget", "--id", own, "--yes")
    for signal in ("log", "span", "event"):
        tell(signal)
        assert rows(eco) == []


@pytest.mark.parametrize("gone", ["undo", "forget"])
def test_what_is_recorded_again_is_one_call(eco, tell, gone):
    tell("event")
    eco("undo", "--yes") if gone == "undo" else eco("forget", "--id", the_id(eco), "--yes")
    tell("log", "--again")
    for signal in ("log", "event", "span"):
        tell(signal)
        assert [row["id"] for row in rows(eco)] == ["msg_1"]


@pytest.mark.parametrize("gone", ["undo", "forget"])
def test_an_equal_call_in_the_signal_that_is_gone_is_another_one(eco, tell, gone):
    tell("event")
    eco("undo", "--yes") if gone == "undo" else eco("forget", "--id", the_id(eco), "--yes")
    tell("event", at_ms=ENDED_MS + 1000)
    assert len(rows(eco)) == 1


@pytest.mark.parametrize("change", [{"output": 101}, {"at_ms": ENDED_MS + 600_000}])
@pytest.mark.parametrize("gone", ["undo", "forget"])
def test_another_call_is_not_taken_for_one_that_is_gone(eco, tell, gone, change):
    tell("log")
    eco("undo", "--yes") if gone == "undo" else eco("forget", "--id", "msg_1", "--yes")
    tell("event", **change)
    assert len(rows(eco)) == 1


@pytest.mark.parametrize("here", ["span", "event", "log", "event log", "span event"])
@pytest.mark.parametrize("there", ["span", "event", "log", "event log", "log span"])
def test_a_call_that_another_store_undid_counts_in_no_signal(eco, tell, tmp_path, here, there):
    other = str(tmp_path / "other.db")
    for signal in there.split():
        tell(signal, "--db", other)
    eco("undo", "--yes", "--db", other)
    for signal in here.split():
        tell(signal)
    for _ in range(2):
        eco("merge", other)
        assert rows(eco) == []
    for signal in SIGNALS:
        tell(signal)
    assert rows(eco) == []


@pytest.mark.parametrize("here", ["span", "event", "log", "event log"])
@pytest.mark.parametrize("there", ["event", "log", "event log"])
def test_a_call_that_another_store_corrected_is_corrected_in_every_signal(eco, tell, tmp_path, here, there):
    other = str(tmp_path / "other.db")
    for signal in here.split():
        tell(signal)
    for signal in there.split():
        tell(signal, "--db", other)
    [there_row] = rows(eco, "--db", other)
    eco("record", "--replace", "--db", other, input=json.dumps({"id": there_row["id"], "provider": "Anthropic", "model": "claude-sonnet-4-5", "prompt_tokens": 7, "completion_tokens": 1}))
    for _ in range(2):
        eco("merge", other)
        assert [row["inputTokens"] for row in rows(eco)] == [7]
    for signal in SIGNALS:
        tell(signal)
        assert [row["inputTokens"] for row in rows(eco)] == [7]


@pytest.mark.parametrize("here", SIGNALS)
@pytest.mark.parametrize("there", SIGNALS)
def test_a_call_that_was_undone_here_does_not_come_with_another_store(eco, tell, tmp_path, here, there):
    other = str(tmp_path / "other.db")
    tell(there, "--db", other)
    tell(here)
    eco("undo", "--yes")
    eco("merge", other)
    assert rows(eco) == []


# whose call it is


def key(eco, name):
    return {"ECO_API_KEY": eco("keys", "create", name).stdout.strip()}


@pytest.mark.parametrize("order", PAIRS, ids="-".join)
@pytest.mark.parametrize("is_with_key", [(True, False), (False, True)])
def test_a_call_belongs_to_who_told_of_it_first(eco, tell, order, is_with_key):
    mine = key(eco, "mine")
    for signal, with_key in zip(order, is_with_key, strict=True):
        tell(signal, **(mine if with_key else {}))
    [row] = rows(eco)
    assert row["keyName"] == ("mine" if is_with_key[0] else "local")


@pytest.mark.parametrize("first", ["event", "log"])
def test_a_log_that_has_grown_belongs_to_who_told_of_the_call_first(eco, tell, tmp_path, first):
    mine = key(eco, "mine")
    log = write(tmp_path / "log" / "s1.jsonl", claude_line(request=None, output=2))
    steps = {"event": lambda: tell("event", **mine), "log": lambda: eco("import", "claude-code", "log")}
    for step in sorted(steps, key=lambda step: step != first):
        steps[step]()
    append(log, claude_line(request=None))
    eco("import", "claude-code", "log")
    [row] = rows(eco)
    assert (row["id"], row["keyName"]) == ("msg_1", "mine" if first == "event" else "local")
    eco("undo", "--yes", **(mine if first == "event" else {}))
    assert rows(eco) == []


def test_a_log_with_a_key_that_has_grown_changes_nothing_of_the_owners_call(eco, tell, tmp_path):
    mine = key(eco, "mine")
    log = write(tmp_path / "log" / "s1.jsonl", claude_line(request=None, output=2))
    eco("import", "claude-code", "log", **mine)
    tell("event")
    [event] = [row for row in rows(eco, "--full") if row["outputTokens"] == 100]
    append(log, claude_line(request=None))
    eco("import", "claude-code", "log", **mine)
    assert rows(eco, "--full") == [event]
    tell("log", **mine)
    assert rows(eco, "--full") == [event]


@pytest.mark.parametrize("order", list(itertools.permutations(["one event", "two span", "owner log"])), ids="-".join)
def test_reports_of_two_keys_are_two_calls_whatever_the_owner_told_of(eco, tell, order):
    keys = {"one": key(eco, "one"), "two": key(eco, "two"), "owner": {}}
    for who, signal in map(str.split, order):
        tell(signal, **keys[who])
    assert len(rows(eco)) == 2


@pytest.mark.parametrize("order", PAIRS, ids="-".join)
def test_a_report_with_a_key_changes_nothing_of_the_owners_call(eco, tell, order):
    tell(order[0])
    before = rows(eco, "--full")
    told = tell(order[1], **key(eco, "mine"))
    assert rows(eco, "--full") == before
    assert told.json["sources"][0]["matched"] == 1
    tell(order[1])
    assert rows(eco, "--full") == before


def test_a_key_corrects_no_call_of_the_owner_by_the_id_of_its_own_report(eco, tell):
    mine = key(eco, "mine")
    tell("event", "--db", "other.db")
    [event] = rows(eco, "--db", "other.db")
    tell("log")
    tell("event", **mine)
    refused = eco("record", "--replace", "--json", input=json.dumps({"id": event["id"], "provider": "Anthropic", "model": "claude-sonnet-4-5", "prompt_tokens": 7, "completion_tokens": 1}), exit_code=6, **mine)
    assert "was recorded by somebody else" in refused.stderr


@pytest.mark.parametrize("finished", [{"output": 100}, {"output": 1}])
def test_the_last_snapshot_of_an_answer_leaves_it_with_who_told_of_it_first(eco, tmp_path, finished):
    """A stream's first lines count what was foreseen, its last one what was."""
    mine = key(eco, "mine")
    log = write(tmp_path / "log" / "s1.jsonl", claude_line(output=2, message={"stop_reason": None}))
    eco("import", "claude-code", "log", **mine)
    [before] = rows(eco, "--full")
    append(log, claude_line(message={"stop_reason": "end_turn"}, **finished))
    eco("import", "claude-code", "log")
    [row] = rows(eco, "--full")
    assert (row["keyName"], row["outputTokens"]) == ("mine", finished["output"])
    assert row["recordedTimeMs"] == before["recordedTimeMs"]
    eco("undo", "--yes", **mine)
    assert rows(eco) == []


# one id


@pytest.mark.parametrize("session", [SESSION, None])
@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("command", ["import", "record"])
@pytest.mark.parametrize("order", list(itertools.permutations([True, False])))
def test_under_one_id_the_report_that_tells_more_counts(eco, tmp_path, order, command, together, session):
    """A span with reasoning tokens and first chunk, and an event that has neither."""
    files = []
    for is_span in order:
        more = {"gen_ai.usage.reasoning.output_tokens": "1"} if is_span else {}
        files.append(by_conventions(tmp_path / f"{is_span}.jsonl", is_span, "resp_1", ENDED_MS, session, more))
    if together:
        both = write(tmp_path / "both.jsonl")
        both.write_bytes(b"".join(file.read_bytes() for file in files))
        files = [both]
    for file in files * 2:
        eco("import", "otel", str(file)) if command == "import" else eco("record", "--input", str(file))
    [row] = rows(eco, "--full")
    assert (row["reasoningTokens"], row["tags"]["signal"], row["logDate"]) == (1, "span", "2026-04-01T09:59:59.700Z")


@pytest.mark.parametrize("is_span", [True, False])
def test_under_one_id_the_report_that_tells_more_counts_in_merged_stores(eco, tmp_path, is_span):
    for of_span, db in ((is_span, "eco.db"), (not is_span, "other.db")):
        more = {"gen_ai.usage.reasoning.output_tokens": "1"} if of_span else {}
        eco("import", "otel", str(by_conventions(tmp_path / f"{of_span}.jsonl", of_span, "resp_1", ENDED_MS, more=more)), "--db", db)
    for _ in range(2):
        eco("merge", "other.db", "--db", "eco.db")
        [row] = rows(eco, "--full", "--db", "eco.db")
        assert (row["reasoningTokens"], row["tags"]["signal"], row["logDate"]) == (1, "span", "2026-04-01T09:59:59.700Z")


@pytest.mark.parametrize("order", [("span", "event"), ("event", "span")], ids="-".join)
def test_under_one_id_no_result_stays_of_counts_that_the_call_has_not(eco, tmp_path, order):
    for signal in order:
        more = {"gen_ai.usage.output_tokens": "50" if signal == "event" else "1"}
        eco("import", "otel", str(by_conventions(tmp_path / f"{signal}.jsonl", signal == "span", "resp_1", ENDED_MS, more=more)))
    assert [row["outputTokens"] for row in rows(eco)] == [50]
    assert eco("explain", "resp_1", "--json").json["earlier"] == []


def test_a_correction_outlasts_the_end_of_an_answer_in_the_log(eco, tmp_path):
    log = write(tmp_path / "log" / "s1.jsonl", claude_line(output=2, message={"stop_reason": None}))
    eco("import", "claude-code", "log")
    correct(eco, "msg_1")
    append(log, claude_line(message={"stop_reason": "end_turn"}))
    eco("import", "claude-code", "log")
    assert [row["inputTokens"] for row in rows(eco)] == [7]


# what an older eco stored


@pytest.mark.parametrize(
    "sql", ["call_id = 'abab:cdcd', tags = json_remove(tags, '$.signal')", "call_id = substr(call_id, 1, instr(call_id, '~') - 1)"], ids=["before schema 14", "schema 14"]
)
def test_an_event_is_known_under_the_id_that_an_older_eco_gave_it(eco, tell, tmp_path, sql):
    """Log events had the id of the span around them once, and those without a number that of their millisecond."""
    tell("event")
    [row] = eco("db", "path").stdout.splitlines()
    with closing(sqlite3.connect(row)) as connection, connection:
        connection.execute(f"UPDATE calls SET {sql}")
    before = the_id(eco)
    for signal in ("event", "event"):
        [counts] = tell(signal).json["sources"]
        assert (the_id(eco), counts["new"], counts["duplicates"]) == (before, 0, 1)
    tell("event", output=101)
    assert len(rows(eco)) == 2  # in its millisecond as well
    tell("log")
    assert sorted(row["outputTokens"] for row in rows(eco)) == [100, 101]
