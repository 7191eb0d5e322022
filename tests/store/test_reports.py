"""Reports of one call in several signals: what is undone and merged, and what it costs to look for them."""

import itertools
import json

import pytest

from ecocli.core.usage import Usage
from ecocli.store import Store, matching, reports
from tests.import_helpers import append, claude_line, write
from tests.signal_helpers import ENDED_MS, SESSION, by_conventions, telemetry
from tests.store.test_store import add, new_call


@pytest.fixture
def ways(eco, tmp_path):
    """Imports a report of the call."""
    span, event = telemetry(tmp_path / "otel" / "span.jsonl", True), telemetry(tmp_path / "otel" / "event.jsonl", False)
    log = write(tmp_path / "log" / "s1.jsonl", claude_line(request=None))
    commands = {"span": ("otel", span), "event": ("otel", event), "log": ("claude-code", log.parent)}

    def tell(*which, **options):
        for way in which:
            source, path = commands[way]
            eco("import", source, str(path), *(word for name, value in options.items() for word in (f"--{name}", value)))

    return tell


def ids_of(store):
    return [call.call_id for call in store.rows()]


def ids(eco, *options):
    return [json.loads(line)["id"] for line in eco("history", "--all", "--format", "ndjson", *options).stdout.splitlines()]


def test_what_one_file_tells_in_two_signals_is_one_call(eco, tmp_path):
    span, event = telemetry(tmp_path / "a.jsonl", True), telemetry(tmp_path / "b.jsonl", False)
    both = tmp_path / "both" / "otel.jsonl"
    write(both)
    both.write_bytes(span.read_bytes() + event.read_bytes())
    eco("import", "otel", str(both))
    assert len(ids(eco)) == 1
    eco("record", "--input", str(both))
    assert len(ids(eco)) == 1


def test_an_import_says_how_many_calls_were_known_from_another_signal(eco, ways):
    ways("event")
    assert eco("import", "claude-code", "log", "--format", "text").stdout == "claude-code: 0 new calls, 1 known from another signal, 1 log read\n"
    [again] = eco("import", "otel", "otel", "--format", "json").json["sources"]
    assert (again["new"], again["duplicates"], again["matched"]) == (0, 0, 1)  # the span; the file of the event has not changed


def test_a_call_that_was_undone_stays_away_in_every_signal_that_told_of_it(eco, ways):
    ways("log", "event")
    eco("undo", "--yes")
    eco("record", "--input", "otel/event.jsonl")
    assert ids(eco) == []


def test_a_call_stays_that_of_who_told_of_it_first(eco, ways):
    """The second import adds no call: it is the first that can be undone."""
    ways("event", "log")
    assert ids(eco) == ["msg_1"]
    assert eco("undo", "--yes", "--json").json["calls"] == 1
    assert ids(eco) == []


@pytest.mark.parametrize("order", list(itertools.permutations([("one", True), ("one", False), ("two", True), ("two", False)])))
def test_responses_with_other_ids_are_other_calls_however_alike(eco, tmp_path, order):
    for response, is_span in order:
        path = by_conventions(tmp_path / f"{response}-{is_span}.jsonl", is_span, response, ENDED_MS + (700 if response == "two" else 0))
        eco("import", "otel", str(path))
    assert sorted(ids(eco)) == ["one", "two"]


@pytest.mark.parametrize(("is_estimated", "calls"), [(False, 1), (True, 2)])
@pytest.mark.parametrize("is_first", [True, False])
def test_estimated_counts_match_nothing_in_either_order(eco, ways, is_first, is_estimated, calls):
    counts = {"prompt_tokens": 1054, "completion_tokens": 100, "cached_tokens": 1000, "cache_write_tokens": 50}
    found = {"id": "by-hand", "source": "claude-code", "model": "claude-sonnet-4-5", "startTimeMs": ENDED_MS, "is_estimated": is_estimated, "tags": {"session": SESSION}} | counts
    if not is_first:
        ways("event")
    eco("record", "--input", "-", input=json.dumps(found))
    if is_first:
        ways("event")
    assert len(ids(eco)) == calls


def test_a_log_that_has_grown_takes_over_tags(eco, tmp_path):
    log = write(tmp_path / "log" / "s1.jsonl", claude_line(request=None, output=2))
    eco("import", "claude-code", "log")
    eco("import", "otel", str(telemetry(tmp_path / "event.jsonl", False, service="garden")))
    append(log, claude_line(request=None))
    eco("import", "claude-code", "log")
    [tags] = [json.loads(line)["tags"] for line in eco("history", "--all", "--format", "ndjson").stdout.splitlines()]
    assert (tags["service"], tags["session"], "signal" in tags) == ("garden", SESSION, False)


def test_a_log_that_has_grown_takes_over_no_second_event(eco, tmp_path):
    """The event that it was matched with keeps it; another one that has the new counts is another call."""
    log = write(tmp_path / "log" / "s1.jsonl", claude_line(request=None))
    eco("import", "claude-code", "log")
    for at_ms, output in ((ENDED_MS, 100), (ENDED_MS + 100, 130)):
        eco("import", "otel", str(telemetry(tmp_path / f"{output}.jsonl", False, at_ms, output)))
    append(log, claude_line(request=None, output=130))
    eco("import", "claude-code", "log")
    assert len(ids(eco)) == 2


def test_a_merge_counts_a_better_report_as_no_new_call(eco, ways, tmp_path):
    other = str(tmp_path / "other.db")
    ways("log", db=other)
    ways("span")
    assert eco("merge", other, "--json").json == {"new": 0, "updated": 1, "duplicates": 0}


@pytest.mark.parametrize("there", ["event", "log", "event log"])
@pytest.mark.parametrize("here", ["span", "log", "span event"])
def test_stores_with_different_signals_merge_into_one_call(eco, ways, tmp_path, here, there):
    other = str(tmp_path / "other.db")
    ways(*there.split(), db=other)
    ways(*here.split())
    eco("merge", other)
    told = {*here.split(), *there.split()}
    assert len(ids(eco)) == 1
    assert (ids(eco) == ["msg_1"]) == ("log" in told)
    ways(*told)  # of what is known in either store nothing comes again
    eco("merge", other)
    assert len(ids(eco)) == 1


@pytest.mark.parametrize("tags", [{}, {"project": "garden"}, {"session": "s1"}])
def test_for_an_event_that_no_other_signal_tells_of_no_report_is_looked_for(tmp_path, tags):
    """Neither one whose source has no telemetry, in a session or not, nor one without a session; whatever the store knows."""
    asked: list[str] = []
    with Store.open(tmp_path / "eco.db") as store:
        add(store, new_call("first", usage=Usage(10, 20, tags={"session": "s1"}, source="claude-code")))
        store.trail.undo(store.trail.last_run(None), 9_500)
        store.connection.set_trace_callback(asked.append)
        add(store, new_call("second", usage=Usage(10, 20, tags=tags)))
        store.connection.set_trace_callback(None)
        assert ids_of(store) == ["second"]
    assert asked
    assert not any(table in sql for table in ("reports", "withdrawn_calls") for sql in asked)


@pytest.mark.parametrize(
    ("sql", "plan"),
    [
        (matching.AMONG_TELEMETRY, "calls_telemetry (source=? AND input_tokens=? AND output_tokens=? AND started_at_ms>? AND started_at_ms<?)"),
        (matching.AMONG_LOGS, "calls_started_at_ms (started_at_ms>? AND started_at_ms<?)"),
        (matching.HAS_ALIKE, "calls_telemetry (source=? AND input_tokens=? AND output_tokens=? AND started_at_ms>? AND started_at_ms<?)"),
        (matching.HAS_TELEMETRY, "calls_telemetry (source=?)"),
        (matching.HAS_ALIKE_WITHDRAWN, "withdrawn_calls_counts (source=? AND input_tokens=? AND output_tokens=? AND started_at_ms>? AND started_at_ms<?)"),
        (matching.HAS_WITHDRAWN, "withdrawn_calls_counts (source=?)"),
        (matching.AMONG_WITHDRAWN, "withdrawn_calls_counts (source=? AND input_tokens=? AND output_tokens=? AND started_at_ms>? AND started_at_ms<?)"),
        (matching.LOGS_AMONG_REPORTS, "reports_identity (report_id=?)"),
        (reports.REPORTED, "reports_identity (report_id=? AND report_provider=?)"),
    ],
)
def test_no_look_grows_with_history(tmp_path, sql, plan):
    names = ("source", "input", "output", "session", "model", "model_id", "cached", "signal", "start", "end", "key_id")
    with Store.open(tmp_path / "eco.db") as store:
        values = dict.fromkeys(names) if ":source" in sql else [None] * (4 if "?4" in sql else sql.count("?"))
        found = [row[3] for row in store.connection.execute(f"EXPLAIN QUERY PLAN {sql}", values)]
    assert any(plan in step for step in found), found
    assert not any(step.startswith("SCAN") and "wanted" not in step for step in found)
