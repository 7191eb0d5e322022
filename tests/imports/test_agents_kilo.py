"""Kilo CLI's database: OpenCode's tables under its own name."""

import json
import sqlite3
from contextlib import closing

import pytest

from tests.import_helpers import Logs


@pytest.fixture
def logs(eco):
    return Logs(eco)


def answer(created=1_781_000_000_000, provider="anthropic", model="claude-sonnet-4-5", **tokens):
    counts = {"input": 12, "output": 80, "reasoning": 0, "cache": {"read": 700, "write": 30}} | tokens
    times = {"created": created, "completed": created + 2500}
    return {"role": "assistant", "providerID": provider, "modelID": model, "time": times, "tokens": counts}


def database(path, *rows):
    """Rows of (message id, when it changed, body); a row with a known id replaces that one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE IF NOT EXISTS session (id TEXT PRIMARY KEY, directory TEXT)")
        connection.execute("INSERT OR REPLACE INTO session VALUES ('ses_1', '/home/ann/garden')")
        connection.execute("CREATE TABLE IF NOT EXISTS message (id TEXT PRIMARY KEY, session_id TEXT, time_created INT, time_updated INT, data TEXT)")
        for identity, changed, body in rows:
            values = (identity, "ses_1", body["time"]["created"], changed, json.dumps(body))
            connection.execute("INSERT OR REPLACE INTO message VALUES (?, ?, ?, ?, ?)", values)
    return path


def test_a_session_that_grows_and_is_forked(logs, tmp_path):
    path = tmp_path / "data" / "kilo" / "kilo.db"
    database(path, ("msg_1", 1, answer()), ("msg_2", 2, answer(1_781_000_060_000, output=1)))
    assert logs.read("kilo")["new"] == 2
    database(path, ("msg_2", 3, answer(1_781_000_060_000, output=90)), ("msg_copy", 4, answer()))
    counts = logs.read("kilo")
    assert (counts["new"], counts["updated"]) == (0, 1)
    assert logs.totals() == (2, 2 * (12 + 700 + 30), 80 + 90)
    [first, _] = logs.rows
    assert (first["source"], first["providerId"], first["cachedTokens"], first["cacheWriteTokens"]) == ("kilo", "anthropic", 700, 30)
    assert (first["tags"]["project"], first["tags"]["session"]) == ("/home/ann/garden", "ses_1")
    assert logs.read("kilo")["files"] == 0


def test_kilos_gateway_is_no_provider(logs, tmp_path):
    database(tmp_path / "data" / "kilo" / "kilo-beta.db", ("msg_1", 1, answer(provider="kilo", model="anthropic/claude-sonnet-4.5")))
    logs.read("kilo")
    [row] = logs.rows
    assert row["providerId"] == "anthropic"  # who made the model


def test_the_database_may_be_elsewhere(logs, tmp_path, eco, env):
    env["KILO_DB"] = str(database(tmp_path / "elsewhere.sqlite", ("msg_1", 1, answer())))
    assert logs.read("kilo")["new"] == 1
    env["KILO_DB"] = "named.db"
    database(tmp_path / "data" / "kilo" / "named.db", ("msg_2", 1, answer(1_781_000_090_000)))
    assert logs.read("kilo")["new"] == 1


def test_read_as_opencodes_and_as_its_own_it_counts_once(logs, tmp_path):
    path = database(tmp_path / "data" / "kilo" / "kilo.db", ("msg_1", 1, answer()))
    assert logs.read("opencode", path.parent)["new"] == 1
    counts = logs.read("kilo")
    assert (counts["new"], counts["duplicates"]) == (0, 1)


def test_a_migrated_task_of_the_older_extension_has_no_counts(logs, tmp_path):
    empty = answer(provider="legacy", model="legacy", input=0, output=0, cache={"read": 0, "write": 0})
    database(tmp_path / "data" / "kilo" / "kilo.db", ("msg_1", 1, empty))
    assert logs.read("kilo")["new"] == 0
