"""Codex rollouts: cumulative counters, events written twice, compactions, forks and sub-agents."""

import copy

import pytest

from tests.import_helpers import Logs, codex_count, codex_meta, codex_turn, write

LATER = "2026-04-01T11:00:0{}.000Z"


@pytest.fixture
def logs(eco):
    return Logs(eco)


@pytest.fixture
def sessions(tmp_path):
    return tmp_path / ".codex" / "sessions" / "2026" / "04" / "01"


def test_events_written_twice_count_once(logs, sessions):
    events = [codex_count(1, 1), codex_count(1, 1), codex_count(3, 2), codex_count(3, 2)]
    write(sessions / "rollout-1.jsonl", codex_meta("s1"), codex_turn(), *events)
    assert logs.read("codex")["new"] == 2
    assert logs.totals() == (2, 30, 6)
    row = logs.rows[0]
    assert (row["id"], row["model"], row["providerId"]) == ("s1:gpt-5.2-codex:10-4-2-1", "gpt-5.2-codex", "openai")
    assert (row["cachedTokens"], row["reasoningTokens"]) == (4, 1)
    assert {key: row["tags"][key] for key in ("project", "session", "branch")} == {"project": "/home/ann/garden", "session": "s1", "branch": "main"}


def test_two_equal_calls_in_a_row_are_two(logs, sessions):
    write(sessions / "rollout-1.jsonl", codex_meta("s1"), codex_turn(), codex_count(1, 1), codex_count(2, 1))
    logs.read("codex")
    assert logs.totals() == (2, 20, 4)


def test_after_a_compaction_the_counters_begin_anew(logs, sessions):
    write(sessions / "rollout-1.jsonl", codex_meta("s1"), codex_turn(), codex_count(9, 9), codex_count(2, 2), codex_count(5, 3))
    logs.read("codex")
    assert logs.totals() == (3, 140, 28)


def test_rate_limits_alone_are_no_call(logs, sessions):
    event = codex_count(1, 1)
    event["payload"]["info"] = None
    write(sessions / "rollout-1.jsonl", codex_meta("s1"), codex_turn(), event)
    counts = logs.read("codex")
    assert (counts["new"], counts["rejected"]) == (0, 0)


def test_the_model_is_the_latest_turns(logs, sessions):
    write(sessions / "rollout-1.jsonl", codex_meta("s1"), codex_count(1, 1), codex_turn("gpt-5.2"), codex_count(2, 1), codex_turn("o3"), codex_count(4, 2))
    logs.read("codex")
    rows = logs.rows
    assert [row["model"] for row in rows] == ["gpt-5.2", "gpt-5.2", "o3"]
    assert all(row["readingAssumptions"] == [] for row in rows)


def fork_of(parent, session="s2", **payload):
    """A session that begins with its parent's history, all of it written at the moment of the fork."""
    start = "2026-04-01T11:00:00.00{}Z"
    known = {"forked_from_id": parent} | payload
    copied = [codex_meta(parent, start.format(1)), codex_turn(time=start.format(1))]
    copied += [codex_count(1, 1, start.format(2)), codex_count(3, 2, start.format(2)), codex_count(3, 2, start.format(3))]
    return [codex_meta(session, start.format(0), **known), *copied]


SPAWNED = {"forked_from_id": None, "source": {"subagent": {"thread_spawn": {"parent_thread_id": "s1"}}}}


@pytest.mark.parametrize("how", [{}, SPAWNED], ids=["fork", "sub-agent"])
def test_a_fork_counts_only_what_it_adds(logs, sessions, how):
    write(sessions / "rollout-1.jsonl", codex_meta("s1"), codex_turn(), codex_count(1, 1), codex_count(3, 2))
    write(sessions / "rollout-2.jsonl", *fork_of("s1", **how), codex_count(7, 4, LATER.format(5)), codex_count(7, 4, LATER.format(6)))
    logs.read("codex")
    assert logs.totals() == (3, 70, 14)


@pytest.mark.parametrize("how", [{}, SPAWNED], ids=["fork", "sub-agent"])
def test_a_fork_whose_parent_is_gone(logs, sessions, how):
    write(sessions / "rollout-2.jsonl", *fork_of("s1", **how), codex_count(7, 4, LATER.format(5)))
    logs.read("codex")
    assert logs.totals() == (1, 40, 8)
    write(sessions / "rollout-1.jsonl", codex_meta("s1"), codex_turn(), codex_count(1, 1), codex_count(3, 2))
    logs.read("codex")
    assert logs.totals() == (3, 70, 14)


def test_a_fork_of_a_fork(logs, sessions):
    write(sessions / "rollout-1.jsonl", codex_meta("s1"), codex_turn(), codex_count(1, 1), codex_count(3, 2))
    write(sessions / "rollout-2.jsonl", *fork_of("s1"), codex_count(7, 4, LATER.format(5)))
    again = [*fork_of("s2", "s3"), codex_count(7, 4, "2026-04-01T11:00:00.004Z"), codex_count(8, 1, LATER.format(9))]
    write(sessions / "rollout-3.jsonl", *again)
    logs.read("codex")
    assert logs.totals() == (4, 80, 16)


def test_a_sub_agent_that_begins_from_nothing(logs, sessions):
    write(sessions / "rollout-1.jsonl", codex_meta("s1"), codex_turn(), codex_count(1, 1))
    write(sessions / "rollout-2.jsonl", codex_meta("s2", LATER.format(0), **SPAWNED), codex_turn(time=LATER.format(0)), codex_count(5, 5, LATER.format(4)))
    logs.read("codex")
    assert logs.totals() == (2, 60, 12)


def test_a_session_that_moved_to_the_archive(logs, sessions, tmp_path):
    log = write(sessions / "rollout-1.jsonl", codex_meta("s1"), codex_turn(), codex_count(1, 1))
    logs.read("codex")
    archive = tmp_path / ".codex" / "archived_sessions"
    archive.mkdir()
    log.rename(archive / log.name)
    assert logs.read("codex")["new"] == 0
    assert logs.totals() == (1, 10, 2)


EVENT = codex_count(1, 1)
PATHS = [("timestamp",)]
PATHS += [("payload", "info", usage) for usage in EVENT["payload"]["info"]]
PATHS += [("payload", "info", usage, name) for usage, found in EVENT["payload"]["info"].items() for name in found]


@pytest.mark.parametrize("path", PATHS, ids=".".join)
@pytest.mark.parametrize("which", range(4))
def test_a_null_in_every_field_in_turn(logs, sessions, path, which):
    events = [codex_count(1, 1), codex_count(1, 1), codex_count(3, 2), codex_count(3, 2)]
    events[which] = copy.deepcopy(events[which])
    holder = events[which]
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = None
    write(sessions / "rollout-1.jsonl", codex_meta("s1"), codex_turn(), *events)
    logs.read("codex")
    assert logs.totals() == (2, 30, 6)


def test_an_import_between_two_events(logs, sessions):
    """What a reader has to remember survives from one run to the next."""
    body = [codex_meta("s1"), codex_turn(), codex_count(1, 1), codex_count(1, 1), codex_count(3, 2), codex_count(3, 2)]
    for end in range(1, len(body) + 1):
        write(sessions / "rollout-1.jsonl", *body[:end])
        logs.read("codex")
    assert logs.totals() == (2, 30, 6)
