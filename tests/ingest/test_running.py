"""Counters that add up: turns of a thread of `codex exec`, and results of a process of `claude -p`."""

import json
from io import BytesIO

import pytest

from ecocli import ingest
from ecocli.ingest.formats import claude_cli, codex_exec


def lines(*events):
    return b"".join(json.dumps(event).encode() + b"\n" for event in events)


def thread(*totals, name="th-1"):
    """A stream of turns, given the input, the cached part of it and the output that the thread has come to."""
    usages = [{"input_tokens": fresh, "cached_input_tokens": cached, "output_tokens": output} for fresh, cached, output in totals]
    return lines({"type": "thread.started", "thread_id": name}, *({"type": "turn.completed", "usage": usage} for usage in usages))


def counted(data):
    names = ("prompt_tokens", "cached_tokens", "completion_tokens")
    return [tuple(reading.fields.get(name) for name in names) for reading in ingest.read(BytesIO(data))]


def of_models(session, usage=None, **models):
    names = ("inputTokens", "outputTokens")
    told = {model: dict(zip(names, counts, strict=True)) for model, counts in models.items()}
    body = {"type": "result", "session_id": session, "uuid": f"u-{sum(map(sum, models.values()))}", "modelUsage": told}
    return body | ({"usage": {"input_tokens": usage[0], "output_tokens": usage[1]}} if usage else {})


def of_claude(*results):
    return [(reading.fields["model"], reading.fields["prompt_tokens"], reading.fields["completion_tokens"]) for reading in ingest.read(BytesIO(lines(*results)))]


def test_each_turn_of_a_stream_is_what_it_added():
    assert counted(thread((700, 0, 20), (1500, 600, 50), (2400, 1300, 51))) == [(700, 0, 20), (800, 600, 30), (900, 700, 1)]


def test_streams_of_one_thread_in_one_input():
    assert counted(thread((700, 0, 20)) + thread((10, 0, 1), name="th-2") + thread((1500, 600, 50))) == [(700, 0, 20), (10, 0, 1), (800, 600, 30)]


def test_counters_that_begin_anew():
    assert counted(thread((700, 100, 20), (300, 0, 10), (500, 200, 11))) == [(700, 100, 20), (300, 0, 10), (200, 200, 1)]


def test_the_first_turn_of_a_stream_says_that_others_may_be_in_it():
    first, second = ingest.read(BytesIO(thread((700, 0, 20), (1500, 600, 50))))
    assert codex_exec.EARLIER in first.assumptions and codex_exec.EARLIER not in second.assumptions


def test_an_id_holds_the_totals_of_its_thread():
    [found] = ingest.read(BytesIO(thread((700, 0, 20))))
    assert codex_exec.totals(found.fields["id"]) == {"prompt_tokens": 700, "cached_tokens": 0, "completion_tokens": 20}
    assert [codex_exec.totals(other) for other in ("th-1#1", "resp_1", "a:1-2-3-4", "a:1-2-3-4-x")] == [None] * 4


class TestRecorded:
    """A thread that is resumed has a stream of its own each time."""

    @pytest.fixture
    def record(self, eco, tmp_path):
        def run(command, data):
            path = tmp_path / "turns.ndjson"
            path.write_bytes(data)
            return eco(command, "--input", path)

        return run

    @pytest.fixture
    def totals(self, eco):
        def look():
            rows = [json.loads(line) for line in eco("history", "--all", "--full", "--format", "ndjson").stdout.splitlines()]
            return sorted((row["inputTokens"], row["cachedTokens"], row["outputTokens"]) for row in rows)

        return look

    def test_the_difference_to_what_is_stored(self, record, totals):
        record("record", thread((700, 0, 20)))
        record("record", thread((1500, 600, 50)))
        record("record", thread((2400, 1300, 51)))
        assert totals() == [(700, 0, 20), (800, 600, 30), (900, 700, 1)]
        for data in (thread((1500, 600, 50)), thread((700, 0, 20)), thread((700, 0, 20), (1500, 600, 50), (2400, 1300, 51))):
            record("record", data)
        assert totals() == [(700, 0, 20), (800, 600, 30), (900, 700, 1)]

    def test_all_of_it_where_nothing_is_stored(self, record, totals):
        record("record", thread((1500, 600, 50)))
        record("record", thread((9, 0, 9), name="th-10"))
        assert totals() == [(9, 0, 9), (1500, 600, 50)]

    def test_a_session_of_goose_that_is_exported_again(self, record, totals):
        def exported(prompt, cached, output):
            usage = {"input_tokens": prompt, "cache_read_input_tokens": cached, "output_tokens": output}
            return lines({"id": "20260101_1", "conversation": [], "message_count": 2, "model_config": {"model_name": "gpt-4o"}, "accumulated_usage": usage})

        for data in (exported(700, 0, 20), exported(1500, 600, 50), exported(1500, 600, 50)):
            record("record", data)
        assert totals() == [(700, 0, 20), (800, 600, 30)]

    def test_an_estimate_looks_nothing_up(self, record, totals):
        record("record", thread((700, 0, 20)))
        assert codex_exec.EARLIER in json.dumps(record("estimate", thread((1500, 600, 50))).json)


def test_each_result_of_a_process_of_claude_is_what_it_added():
    results = [of_models("s-1", (10, 5), large=(10, 5)), of_models("s-1", (20, 6), large=(30, 11), small=(7, 1)), of_models("s-1", (4, 2), large=(34, 13), small=(7, 1))]
    assert of_claude(*results) == [("large", 10, 5), ("large", 20, 6), ("small", 7, 1), ("large", 4, 2)]


def test_results_of_another_process_or_session_are_their_own():
    other = of_models("s-2", (40, 9), large=(40, 9))
    resumed = of_models("s-1", (50, 9), large=(50, 9))
    assert of_claude(of_models("s-1", (10, 5), large=(10, 5)), other, resumed) == [("large", 10, 5), ("large", 40, 9), ("large", 50, 9)]


def test_results_without_counters_of_their_own_are_taken_to_add_up():
    assert of_claude(of_models("s-1", large=(10, 5)), of_models("s-1", large=(30, 11))) == [("large", 10, 5), ("large", 20, 6)]


@pytest.mark.parametrize(("counter", "name"), [(counter, name) for counter, names in claude_cli.SPELLINGS.items() for name in names])
def test_every_spelling_of_a_counter_of_claude(counter, name):
    field = {"input": "prompt_tokens", "cache_read": "cached_tokens", "cache_write": "cache_write_tokens", "output": "completion_tokens"}[counter]
    body = {"type": "result", "session_id": "s-1", "uuid": "u", "modelUsage": {"large": {"inputTokens": 0, "outputTokens": 0} | {name: 7}}}
    if counter in ("input", "output"):
        del body["modelUsage"]["large"][claude_cli.SPELLINGS[counter][0]]
        body["modelUsage"]["large"][name] = 7
    [found] = ingest.read(BytesIO(lines(body)))
    assert found.fields[field] == 7 and not [note for note in found.assumptions if "understand" in note]
