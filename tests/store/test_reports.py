"""Reports of one call in several signals: what is undone and merged, and what it costs to look for them."""

import json

import pytest

from ecocli.store import Store, reports
from tests.import_helpers import claude_line, write

SESSION = "s1"
ENDED_MS = 1_775_037_600_000  # 2026-04-01T10:00:00Z, as in a line of Claude Code's log


def telemetry(path, is_span, at_ms=ENDED_MS):
    """A file of a collector with a log event, or a span, of the call of `claude_line`."""
    counts = {"input_tokens": 4, "output_tokens": 100, "cache_read_tokens": 1000, "cache_creation_tokens": 50}
    told = {"session.id": SESSION, "model": "claude-sonnet-4-5", **counts}
    record = {"attributes": [{"key": key, "value": {"stringValue": str(value)}} for key, value in told.items()]}
    if is_span:
        times = {"startTimeUnixNano": f"{at_ms - 3000}000000", "endTimeUnixNano": f"{at_ms}000000"}
        record |= times | {"name": "claude_code.llm_request", "traceId": "ab" * 16, "spanId": "cd" * 8}
        export = {"resourceSpans": [{"scopeSpans": [{"scope": {"name": "com.anthropic.claude_code.events"}, "spans": [record]}]}]}
    else:
        record |= {"timeUnixNano": f"{at_ms}000000", "body": {"stringValue": "claude_code.api_request"}}
        export = {"resourceLogs": [{"scopeLogs": [{"scope": {"name": "com.anthropic.claude_code.events"}, "logRecords": [record]}]}]}
    return write(path, export)


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


@pytest.mark.parametrize(
    ("sql", "plan"),
    [
        (reports.AMONG_TELEMETRY, "calls_telemetry (source=? AND input_tokens=? AND output_tokens=? AND started_at_ms>? AND started_at_ms<?)"),
        (reports.AMONG_LOGS, "calls_started_at_ms (started_at_ms>? AND started_at_ms<?)"),
        (reports.HAS_ALIKE, "calls_telemetry (source=? AND input_tokens=? AND output_tokens=? AND started_at_ms>? AND started_at_ms<?)"),
        (reports.HAS_TELEMETRY, "calls_telemetry (source=?)"),
        (reports.REPORTED, "reports_identity (report_id=? AND report_provider=?)"),
    ],
)
def test_no_look_grows_with_history(tmp_path, sql, plan):
    names = ("source", "input", "output", "session", "model", "model_id", "cached", "signal", "start", "end", "key_id")
    with Store.open(tmp_path / "eco.db") as store:
        values = dict.fromkeys(names) if ":source" in sql else [None] * (4 if "?4" in sql else sql.count("?"))
        found = [row[3] for row in store.connection.execute(f"EXPLAIN QUERY PLAN {sql}", values)]
    assert any(plan in step for step in found), found
    assert not any(step.startswith("SCAN") for step in found)
