"""Codex's records of single responses beside its totals, its sub-agents, and a model that is named late."""

import pytest

from ecocli.imports import codex_usage
from tests.import_helpers import Logs, append, codex_count, codex_meta, codex_turn, write

AT = "2026-04-01T11:00:{:02}.000Z"
CHILD = {"source": {"subagent": {"thread_spawn": {"parent_thread_id": "p"}}}, "forked_from_id": "p"}


@pytest.fixture
def logs(eco):
    return Logs(eco)


@pytest.fixture
def sessions(tmp_path):
    return tmp_path / ".codex" / "sessions"


def record(response, number, **payload):
    """A response of so many times the smallest one: input 10, cached 4, output 2, reasoning 1."""
    usage = codex_count(1, number)["payload"]["info"]["last_token_usage"]
    return {"timestamp": AT.format(4), "type": "token_usage_record", "payload": {"response_id": response, "usage": usage} | payload}


def compacted(response):
    return {"timestamp": AT.format(9), "type": "compacted", "payload": {"message": "", "compaction_response_id": response}}


class TestRecords:
    def test_a_compaction_is_a_call_that_no_total_holds(self, logs, sessions):
        events = [record("r1", 3), codex_count(3, 3), record("c", 7), compacted("c"), codex_count(3, 3), record("r2", 2), codex_count(5, 2), codex_count(5, 2)]
        write(sessions / "rollout-1.jsonl", codex_meta("s1"), codex_turn(), *events)
        assert logs.read("codex")["new"] == 3
        assert logs.totals() == (3, 120, 24)

    def test_an_answer_as_large_as_the_compaction_before_it(self, logs, sessions):
        events = [record("r1", 3), codex_count(3, 3), record("c", 7), compacted("c"), record("r2", 7), codex_count(10, 7)]
        write(sessions / "rollout-1.jsonl", codex_meta("s1"), codex_turn(), *events)
        logs.read("codex")
        assert logs.totals() == (3, 170, 34)

    @pytest.mark.parametrize("at_once", [True, False])
    def test_records_that_are_written_behind_the_totals(self, logs, sessions, at_once):
        def told(response, total, last):
            return [codex_count(total, last, AT.format(1)), record(response, last) | {"timestamp": AT.format(2)}]

        compaction = [record("c", 7) | {"timestamp": AT.format(3)}, compacted("c")]
        body = [codex_meta("s1"), codex_turn(), *told("r1", 3, 3), *told("r2", 6, 3), *compaction, *told("r3", 8, 2)]
        for end in range(len(body) if at_once else 1, len(body) + 1):
            write(sessions / "rollout-1.jsonl", *body[:end])
            logs.read("codex")
        assert logs.totals() == (4, 150, 30)  # 3 + 3 + 7 + 2 times 10 and 2

    def test_where_nothing_but_records_is_written(self, logs, sessions):
        write(sessions / "rollout-1.jsonl", codex_meta("s1"), codex_turn(), record("r1", 3), record("r2", 3), record("r3", 1))
        logs.read("codex")
        assert logs.totals() == (3, 70, 14)

    def test_an_import_between_any_two_lines(self, logs, sessions):
        body = [codex_meta("s1"), codex_turn(), record("r1", 3), codex_count(3, 3), codex_count(3, 3), record("c", 7), compacted("c"), record("r2", 2), codex_count(5, 2)]
        for end in range(1, len(body) + 1):
            write(sessions / "rollout-1.jsonl", *body[:end])
            logs.read("codex")
        assert logs.totals() == (3, 120, 24)

    def test_a_log_from_before_there_were_records(self, logs, sessions):
        log = write(sessions / "rollout-1.jsonl", codex_meta("s1"), codex_turn(), codex_count(3, 3))
        logs.read("codex")
        append(log, record("r2", 3), codex_count(6, 3))
        logs.read("codex")
        assert logs.totals() == (2, 60, 12)

    def test_that_of_another_thread_is_not_this_ones(self, logs, sessions):
        write(sessions / "rollout-1.jsonl", codex_meta("s1"), codex_turn(), record("r1", 3, thread_id="s0"), record("r2", 2, thread_id="s1"))
        logs.read("codex")
        assert logs.totals() == (1, 20, 4)


class TestFamilies:
    @pytest.mark.parametrize("inherited", [0, 50])
    def test_children_that_answer_the_same_are_so_many_calls(self, logs, sessions, inherited):
        write(sessions / "rollout-p.jsonl", codex_meta("p"), codex_turn(), codex_count(50, 50))
        copied = [codex_meta("p", AT.format(0)), codex_count(50, 50, AT.format(0))] if inherited else []
        for child in "abc":
            own = codex_count(inherited + 6, 6, AT.format(9))
            write(sessions / f"rollout-{child}.jsonl", codex_meta(child, AT.format(0), **CHILD), *copied, codex_turn(time=AT.format(0)), own)
        logs.read("codex")
        assert logs.totals() == (4, 680, 136)

    def test_history_that_was_copied_with_its_times(self, logs, sessions):
        """Nothing but the totals tells it from the child's own."""
        counts = [codex_count(number, 1, AT.format(number)) for number in range(1, 6)]
        write(sessions / "rollout-p.jsonl", codex_meta("p"), codex_turn(), *counts)
        write(sessions / "rollout-q.jsonl", codex_meta("q", **CHILD), codex_turn(), *counts, codex_count(9, 4, AT.format(30)))
        logs.read("codex")
        assert logs.totals() == (6, 90, 18)

    def test_history_whose_end_the_log_tells(self, logs, sessions):
        """However long it took to copy, and however soon the first answer came."""
        lines = [codex_meta("a", AT.format(0), **CHILD, subagent_history_start_ordinal=3)]
        lines += [codex_turn(time=AT.format(0)), codex_count(50, 50, AT.format(20)), codex_count(56, 6, AT.format(20)), codex_count(57, 1, AT.format(40))]
        write(sessions / "rollout-a.jsonl", *({**line, "ordinal": number} for number, line in enumerate(lines)))
        logs.read("codex")
        assert logs.totals() == (2, 70, 14)

    def test_totals_that_begin_anew_and_come_to_the_same(self, logs, sessions):
        write(sessions / "rollout-1.jsonl", codex_meta("s1"), codex_turn(), codex_count(3, 3), codex_count(8, 5), codex_count(3, 3), codex_count(8, 5))
        logs.read("codex")
        assert logs.totals() == (4, 160, 32)


class TestModels:
    def test_one_that_is_named_after_the_calls(self, logs, sessions):
        log = write(sessions / "rollout-1.jsonl", codex_meta("s1"), codex_count(1, 1), codex_count(3, 2))
        logs.read("codex")
        assert [(row["model"], row["readingAssumptions"]) for row in logs.rows] == [("gpt-5", ["the log names no model: taken as gpt-5"])] * 2
        append(log, codex_turn("gpt-5.2"), codex_count(4, 1))
        assert (logs.read("codex")["updated"], logs.totals()) == (2, (3, 40, 8))
        assert [(row["model"], row["readingAssumptions"]) for row in logs.rows] == [("gpt-5.2", [])] * 3
        log.rename(sessions / "rollout-moved.jsonl")
        assert (logs.read("codex")["updated"], logs.totals()) == (0, (3, 40, 8))

    def test_one_that_the_event_names(self, logs, sessions):
        event = codex_count(1, 1)
        event["payload"]["info"]["model"] = "o3"
        write(sessions / "rollout-1.jsonl", codex_meta("s1"), event)
        logs.read("codex")
        assert [row["model"] for row in logs.rows] == ["o3"]


FIELDS = {"input": "inputTokens", "cached": "cachedTokens", "output": "outputTokens", "reasoning": "reasoningTokens", "written": "cacheWriteTokens"}


@pytest.mark.parametrize(("counter", "name"), [(counter, name) for counter, names in codex_usage.SPELLINGS.items() for name in names])
def test_every_spelling_of_a_counter(logs, sessions, counter, name):
    event = codex_count(20, 20)
    for usage in ("total_token_usage", "last_token_usage"):
        event["payload"]["info"][usage].pop(codex_usage.SPELLINGS[counter][0], None)
        event["payload"]["info"][usage][name] = 90
    write(sessions / "rollout-1.jsonl", codex_meta("s1"), codex_turn(), event)
    logs.read("codex")
    [row] = logs.rows
    assert row[FIELDS[counter]] == 90
    assert logs.stderr == ""


def test_a_number_that_is_no_counter_is_said(logs, sessions):
    event = codex_count(9, 9)
    event["payload"]["info"]["last_token_usage"]["dreamed_tokens"] = 4
    write(sessions / "rollout-1.jsonl", codex_meta("s1"), codex_turn(), event)
    assert logs.read("codex")["new"] == 1
    assert logs.stderr == "eco: warning: a number that eco does not understand was not counted: usage.dreamed_tokens\n"
