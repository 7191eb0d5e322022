"""Grok Build's sessions."""

import json

import pytest

from tests.import_helpers import SECRET, Logs, append, write

START_MS = 1_783_000_000_000


@pytest.fixture
def logs(eco):
    return Logs(eco)


def update(kind, session="s-1", event=1, written_s=0, of=None, **more):
    meta = {"eventId": f"{of or session}-{event}", "agentTimestampMs": START_MS + event}
    params = {"sessionId": session, "update": {"sessionUpdate": kind, **more}, "_meta": meta}
    return {"timestamp": START_MS // 1000 + written_s, "method": "_x.ai/session/update", "params": params}


def used(prompt=1000, completion=80, reasoning=30, cached=700):
    counts = {"inputTokens": prompt, "outputTokens": completion, "reasoningTokens": reasoning, "cachedReadTokens": cached}
    return counts | {"totalTokens": prompt + completion, "modelCalls": 3}


def turn(event, models=None, **more):
    models = models or {"grok-code-fast-1": used()}
    total = {name: sum(each[name] for each in models.values()) for name in used()}
    usage = {**total, "modelUsage": models, "numTurns": 3, **more.pop("usage", {})}
    return update("turn_completed", event=event, prompt_id=f"p-{event}", stop_reason="end_turn", agent_result=SECRET, usage=usage, **more)


def session(tmp_path, *updates, name="s-1", **summary):
    folder = tmp_path / ".grok" / "sessions" / "%2Fhome%2Fann%2Fgarden" / name
    path = write(folder / "updates.jsonl", *updates)
    known = {"info": {"id": name, "cwd": "/home/ann/garden"}, "current_model_id": "grok-4", "head_branch": "main"}
    (folder / "summary.json").write_text(json.dumps(known | summary))
    return path


def counts(row):
    return tuple(row[name] for name in ("inputTokens", "outputTokens", "reasoningTokens", "cachedTokens"))


def test_turns_of_a_session_that_grows(logs, tmp_path):
    path = session(tmp_path, update("agent_message_chunk", content=SECRET), turn(2))
    assert logs.read("grok-build")["new"] == 1
    append(path, update("agent_message_chunk", event=3), turn(4, {"grok-code-fast-1": used(2000), "claude-sonnet-4-5": used(500, 20, 0, 0)}))
    assert logs.read("grok-build")["new"] == 2
    assert sorted(map(counts, logs.rows)) == [(500, 20, 0, 0), (1000, 80, 30, 700), (2000, 80, 30, 700)]
    first = logs.rows[0]
    assert (first["providerId"], first["model"], first["startTimeMs"]) == ("xai", "grok-code-fast-1", START_MS + 2)
    assert first["tags"] | {"host": ""} == {"project": "/home/ann/garden", "session": "s-1", "branch": "main", "host": ""}
    assert {row["providerId"] for row in logs.rows} == {"xai", "anthropic"}


def test_a_fork_repeats_turns_under_their_event_ids(logs, tmp_path):
    session(tmp_path, turn(2), turn(3))
    logs.read("grok-build")
    copied = turn(2, session="s-2", of="s-1", written_s=900)
    session(tmp_path, copied, turn(9, session="s-2"), name="s-2", session_kind="fork", parent_session_id="s-1")
    result = logs.read("grok-build")
    assert (result["new"], result["duplicates"]) == (1, 1)


def test_what_sub_agents_used_is_part_of_the_turn(logs, tmp_path):
    session(tmp_path, turn(2, {"grok-code-fast-1": used(4000)}))
    session(tmp_path, turn(1, session="s-child"), name="s-child", session_kind="subagent_fork")
    assert logs.read("grok-build")["new"] == 1
    assert logs.totals() == (1, 4000, 80)


def test_a_turn_without_models_or_counts(logs, tmp_path):
    plain = turn(2)
    del plain["params"]["update"]["usage"]["modelUsage"]
    cancelled = update("turn_completed", event=3, prompt_id="p-3", stop_reason="cancelled")
    session(tmp_path, plain, cancelled, turn(4, {"grok-4": used(0, 0, 0, 0)}))
    logs.read("grok-build")
    [row] = logs.rows
    assert (row["model"], counts(row)) == ("grok-4", (1000, 80, 30, 700))


def test_a_counter_that_is_none(logs, tmp_path):
    session(tmp_path, turn(2, {"grok-4": used(prompt=-5), "grok-code-fast-1": used()}))
    assert logs.read("grok-build", exit_code=4)["new"] == 1
    assert "inputTokens" in logs.stderr
