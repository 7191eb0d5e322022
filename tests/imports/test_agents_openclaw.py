"""OpenClaw: events in files and in a database, moved, forked and archived; what Codex ran is Codex's."""

import json
import sqlite3
from contextlib import closing

import pytest

from tests.import_helpers import SECRET, Logs, append, write

AT_MS = 1_780_000_000_000


@pytest.fixture
def logs(eco):
    return Logs(eco)


def agent(tmp_path):
    return tmp_path / ".openclaw" / "agents" / "main"


def event(identity="e1f2a3b4", at_ms=AT_MS, **changes):
    usage = {"input": 30, "output": 70, "cacheRead": 400, "cacheWrite": 0, "totalTokens": 500}
    message = {"role": "assistant", "content": [{"type": "text", "text": SECRET}], "provider": "anthropic", "model": "claude-opus-4-5"}
    message |= {"timestamp": at_ms, "usage": usage | changes.pop("usage", {})} | changes
    return {"type": "message", "id": identity, "parentId": None, "timestamp": "2026-05-28T20:27:00.000Z", "message": message}


HEAD = {"type": "session", "version": 3, "id": "s-1", "cwd": "/home/ann/garden"}


def database(tmp_path, *rows):
    path = agent(tmp_path) / "agent" / "openclaw-agent.sqlite"
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as connection, connection:
        columns = "session_id TEXT NOT NULL, seq INTEGER NOT NULL, event_json TEXT NOT NULL, created_at INTEGER NOT NULL"
        connection.execute(f"CREATE TABLE IF NOT EXISTS transcript_events ({columns}, PRIMARY KEY (session_id, seq))")
        for session, seq, body in rows:
            text = body if isinstance(body, str) else json.dumps(body)
            connection.execute("INSERT OR REPLACE INTO transcript_events VALUES (?, ?, ?, ?)", (session, seq, text, AT_MS))
    return path


def test_a_transcript_that_grows_and_is_archived(logs, tmp_path):
    path = write(agent(tmp_path) / "sessions" / "s-1.jsonl", HEAD, event())
    assert logs.read("openclaw")["new"] == 1
    append(path, event("e2", AT_MS + 5000))
    path.rename(path.with_name("s-1.jsonl.deleted.2026-06-01T00-00-00.000Z"))
    assert logs.read("openclaw")["new"] == 1
    assert logs.totals() == (2, 860, 140)
    row = logs.rows[0]
    assert (row["providerId"], row["model"], row["cachedTokens"], row["startTimeMs"]) == ("anthropic", "claude-opus-4-5", 400, AT_MS)
    assert (row["tags"]["session"], row["tags"]["project"]) == ("s-1", "/home/ann/garden")


def test_events_keep_their_ids_when_they_move_to_the_database(logs, tmp_path):
    write(agent(tmp_path) / "sessions" / "s-1.jsonl", HEAD, event(), event("e2", AT_MS + 5000))
    logs.read("openclaw")
    database(tmp_path, ("s-1", 0, HEAD), ("s-1", 1, event()), ("s-1", 2, event("e2", AT_MS + 5000)), ("s-1", 3, event("e3", AT_MS + 9000)))
    assert logs.read("openclaw")["new"] == 1
    database(tmp_path, ("s-2", 0, event()), ("s-2", 1, event("e4", AT_MS + 9500)), ("s-2", 2, "{broken"))
    assert logs.read("openclaw", exit_code=4)["new"] == 1  # a fork with one event of its own
    assert logs.totals()[0] == 4


def test_what_no_model_wrote_and_what_codex_ran_is_left_out(logs, tmp_path):
    mirror = event("e2", idempotencyKey="codex-app-server:thr:turn:assistant", provider="openai", model="gpt-5.2-codex")
    delivery = event("e3", provider="openclaw", model="delivery-mirror")
    write(agent(tmp_path) / "sessions" / "s-1.jsonl", HEAD, event(), mirror, delivery)
    write(agent(tmp_path) / "agent" / "codex-home" / "sessions" / "rollout-1.jsonl", event("e9"))
    assert logs.read("openclaw")["new"] == 1


def test_a_message_without_a_model_has_the_one_that_was_chosen(logs, tmp_path):
    nameless = event(model=None, provider=None)
    chosen = {"type": "model_change", "id": "m", "provider": "openai", "modelId": "gpt-5.2"}
    snapshot = {"type": "custom", "customType": "model-snapshot", "id": "c", "data": {"provider": "google", "modelId": "gemini-2.5-pro"}}
    later = event("e2", AT_MS + 1, model=None, provider=None)
    write(agent(tmp_path) / "sessions" / "s-1.jsonl", HEAD, chosen, nameless, snapshot, later)
    logs.read("openclaw")
    assert [(row["providerId"], row["model"]) for row in logs.rows] == [("openai", "gpt-5.2"), ("google", "gemini-2.5-pro")]
