"""Goose's database of sessions, with and without its ledger of calls."""

import json
import sqlite3
from contextlib import closing

import pytest

from tests.import_helpers import SECRET, Logs

SESSIONS = """
    CREATE TABLE IF NOT EXISTS sessions (
        id TEXT PRIMARY KEY, name TEXT, working_dir TEXT, created_at TIMESTAMP, total_tokens INTEGER, input_tokens INTEGER, output_tokens INTEGER,
        cache_read_tokens INTEGER, cache_write_tokens INTEGER, accumulated_total_tokens INTEGER, accumulated_input_tokens INTEGER,
        accumulated_output_tokens INTEGER, accumulated_cache_read_tokens INTEGER, accumulated_cache_write_tokens INTEGER,
        provider_name TEXT, model_config_json TEXT)
"""
LEDGER = """
    CREATE TABLE IF NOT EXISTS usage_ledger (
        id INTEGER PRIMARY KEY AUTOINCREMENT, session_id TEXT, created_timestamp INTEGER, model TEXT, input_tokens INTEGER, output_tokens INTEGER,
        total_tokens INTEGER, cache_read_tokens INTEGER, cache_write_tokens INTEGER, cost REAL, cost_source TEXT, is_compaction INTEGER DEFAULT 0)
"""
CREATED = "2026-05-04 08:30:00"
AT_S = 1_777_900_000


@pytest.fixture
def logs(eco):
    return Logs(eco)


@pytest.fixture
def goose(tmp_path):
    """The database, and statements on it."""
    path = tmp_path / "data" / "goose" / "sessions" / "sessions.db"
    path.parent.mkdir(parents=True)

    class Goose:
        def run(self, *statements):
            with closing(sqlite3.connect(path)) as connection, connection:
                for sql, *values in statements:
                    connection.execute(sql, values)

        def session(self, prompt, completion, total=None, name="20260504_1", provider="anthropic", model="claude-sonnet-4-5", cache=(None, None)):
            """A session with what all its calls counted; the last of them counted 1 and 1."""
            all = (prompt + completion if total is None else total, prompt, completion, *cache)
            model = json.dumps({"model_name": model}) if model else None
            values = (name, SECRET, "/home/ann/garden", CREATED, 2, 1, 1, None, None, *all, provider, model)
            self.run([SESSIONS], [f"INSERT OR REPLACE INTO sessions VALUES ({', '.join('?' * len(values))})", *values])

        def call(self, prompt, completion, name="20260504_1", model="claude-sonnet-4-5", cache=(0, 0), source="estimated", time=AT_S):
            row = (name, time, model, prompt, completion, prompt + completion, *cache, source)
            columns = "session_id, created_timestamp, model, input_tokens, output_tokens, total_tokens, cache_read_tokens, cache_write_tokens, cost_source"
            self.run([LEDGER], [f"INSERT INTO usage_ledger ({columns}) VALUES ({', '.join('?' * len(row))})", *row])

    return Goose()


def counts(row):
    return tuple(row[name] for name in ("inputTokens", "outputTokens", "cachedTokens", "cacheWriteTokens", "reasoningTokens"))


def test_a_session_that_grows_is_one_row(logs, goose):
    goose.session(1000, 200)
    assert logs.read("goose")["new"] == 1
    goose.session(2500, 450)
    assert logs.read("goose")["updated"] == 1
    [row] = logs.rows
    assert counts(row)[:2] == (2500, 450)
    assert (row["providerId"], row["model"], row["startTimeMs"]) == ("anthropic", "claude-sonnet-4-5", 1_777_883_400_000)
    assert (row["tags"]["project"], row["tags"]["session"]) == ("/home/ann/garden", "20260504_1")
    assert logs.read("goose")["files"] == 0


def test_the_ledger_goes_on_where_the_session_stood(logs, goose):
    goose.session(1000, 200)
    logs.read("goose")
    goose.call(1000, 200, model=None, source="carried_forward")
    goose.call(800, 90, cache=(600, 50), time=AT_S + 60)
    goose.session(1800, 290, cache=(600, 50))
    result = logs.read("goose")
    assert (result["new"], result["updated"], result["duplicates"]) == (1, 0, 1)
    goose.call(900, 70, model="claude-haiku-4-5", cache=(850, 0), time=AT_S + 120)
    goose.session(2700, 360, cache=(1450, 50))
    assert logs.read("goose")["new"] == 1
    assert sorted(map(counts, logs.rows)) == sorted([(1000, 200, None, None, None), (800, 90, 600, 50, None), (900, 70, 850, 0, None)])
    assert {row["model"] for row in logs.rows} == {"claude-sonnet-4-5", "claude-haiku-4-5"}


def test_a_first_import_of_both(logs, goose):
    goose.call(1000, 200, model=None, source="carried_forward")
    goose.call(800, 90)
    goose.session(1800, 290)
    logs.read("goose")
    assert logs.totals() == (2, 1800, 290)


def test_a_deleted_session_stays_and_its_number_may_come_again(logs, goose):
    goose.call(800, 90)
    goose.session(800, 90)
    logs.read("goose")
    goose.run(["DELETE FROM usage_ledger"], ["DELETE FROM sessions"])
    goose.call(700, 60, time=AT_S + 3600)
    goose.session(700, 60)
    assert logs.read("goose")["new"] == 1
    assert logs.totals() == (2, 1500, 150)


def test_a_copy_of_a_session_counts_only_its_own_calls(logs, goose):
    goose.call(800, 90)
    goose.session(800, 90)
    goose.session(0, 0, name="20260504_2")
    goose.call(850, 20, name="20260504_2")
    goose.session(850, 20, name="20260504_2")
    logs.read("goose")
    assert logs.totals() == (2, 1650, 110)


@pytest.mark.parametrize(
    ("total", "cache", "expected"),
    [
        (None, (600, 50), (1000, 200, 600, 50, None)),
        (1500, (None, None), (1000, 500, None, None, 300)),
        (1850, (600, 50), (1650, 200, 600, 50, None)),
    ],
    ids=["cache inside", "reasoning beside", "cache beside"],
)
def test_the_total_tells_what_stands_beside(logs, goose, total, cache, expected):
    goose.session(1000, 200, total, cache=cache)
    logs.read("goose")
    [row] = logs.rows
    assert counts(row) == expected


def test_tools_with_logs_of_their_own_are_left_to_those(logs, goose):
    goose.session(1000, 200, provider="claude-code")
    goose.session(1000, 200, name="20260504_2", provider="claude-acp")
    assert logs.read("goose")["new"] == 0


def test_a_session_of_before_models_were_kept(logs, goose):
    goose.session(1000, 200, provider=None, model=None)
    logs.read("goose")
    [row] = logs.rows
    assert (row["providerId"], counts(row)[:2]) == ("unknown", (1000, 200))


def test_another_database(logs, goose):
    goose.run(["CREATE TABLE sessions (id TEXT)"])
    logs.read("goose", exit_code=4)
    assert "no table of Goose's sessions" in logs.stderr


def test_the_environment_names_the_root(logs, goose, tmp_path, env):
    goose.session(1000, 200)
    (tmp_path / "root").mkdir()
    (tmp_path / "data" / "goose").rename(tmp_path / "root" / "data")
    env["GOOSE_PATH_ROOT"] = str(tmp_path / "root")
    assert logs.read("goose")["new"] == 1
