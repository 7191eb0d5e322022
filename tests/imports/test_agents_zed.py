"""Zed's threads, compressed and not."""

import json
import sqlite3
import sys
from contextlib import closing

import pytest
import zstandard

from ecocli.imports import zstd
from tests.import_helpers import SECRET, Logs

CREATED = "2026-05-06T07:08:09.123456789+00:00"


@pytest.fixture
def logs(eco):
    return Logs(eco)


def thread(prompt=400, completion=60, read=30, written=5, provider="anthropic", model="claude-sonnet-4-5", **more):
    usage = {"input_tokens": prompt, "output_tokens": completion, "cache_read_input_tokens": read, "cache_creation_input_tokens": written}
    body = {"version": "0.3.0", "title": SECRET, "messages": [SECRET], "updated_at": CREATED, "imported": False}
    names = {"provider": provider, "model": model}
    return body | {"cumulative_token_usage": {name: count for name, count in usage.items() if count}, "model": names} | more


@pytest.fixture
def save(tmp_path):
    """Saves threads as Zed does."""
    path = tmp_path / "data" / "zed" / "threads" / "threads.db"
    path.parent.mkdir(parents=True)

    def save(body, name="t-1", updated=CREATED, kind="zstd", folders=("/home/ann/garden\n/home/ann/orchard", "1,0")):
        data = json.dumps(body).encode()
        data = zstandard.compress(data) if kind == "zstd" else data
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute(
                "CREATE TABLE IF NOT EXISTS threads (id TEXT PRIMARY KEY, summary TEXT, updated_at TEXT, data_type TEXT, data BLOB, "
                "parent_id TEXT, folder_paths TEXT, folder_paths_order TEXT, created_at TEXT)"
            )
            values = (name, SECRET, updated, kind, data, None, *folders, CREATED)
            connection.execute("INSERT OR REPLACE INTO threads VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
        return path

    return save


def counts(row):
    return tuple(row[name] for name in ("inputTokens", "outputTokens", "cachedTokens", "cacheWriteTokens"))


def test_a_thread_that_grows_is_one_row(logs, save):
    save(thread())
    save(thread(100, 20, 0, 0, "zed.dev", "gpt-5"), "t-2", kind="json")
    assert logs.read("zed")["new"] == 2
    save(thread(900, 150, 700, 5), updated="2026-05-06T08:00:00+00:00")
    result = logs.read("zed")
    assert (result["new"], result["updated"], result["duplicates"]) == (0, 1, 0)  # the other one was not read again
    first, second = sorted(logs.rows, key=lambda row: row["id"])
    assert (counts(first), counts(second)) == ((900 + 700 + 5, 150, 700, 5), (100, 20, 0, 0))
    assert (first["providerId"], second["providerId"]) == ("anthropic", "openai")
    assert (first["startTimeMs"], first["tags"]["project"]) == (1_778_051_289_123, "/home/ann/orchard")
    assert logs.read("zed")["files"] == 0


def test_usage_by_message_where_there_is_no_sum(logs, save):
    by_message = {"u1": {"input_tokens": 70, "output_tokens": 7}, "u2": {"input_tokens": 30, "output_tokens": 3, "cache_read_input_tokens": 500}}
    save(thread(cumulative_token_usage={}, request_token_usage=by_message))
    save(thread(cumulative_token_usage={}, request_token_usage=list(by_message.values())), "t-2")
    logs.read("zed")
    assert {counts(row) for row in logs.rows} == {(600, 10, 500, 0)}


def test_threads_that_were_shared_or_count_nothing(logs, save):
    save(thread(imported=True))
    save(thread(0, 0, 0, 0), "t-2")
    assert logs.read("zed")["new"] == 0


def test_a_deleted_thread_stays(logs, save):
    path = save(thread())
    logs.read("zed")
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM threads")
    logs.read("zed")
    assert logs.totals() == (1, 435, 60)


def test_a_thread_that_is_damaged_leaves_the_others(logs, save):
    path = save(thread(), "t-1")
    save(thread(), "t-2")
    save(thread(), "t-3", kind="brotli")
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE threads SET data = x'28b52ffd00' WHERE id = 't-2'")
    assert logs.read("zed", exit_code=4)["new"] == 1
    assert "t-2" in logs.stderr
    assert "brotli" in logs.stderr


def test_without_zstandard_it_is_said_and_read_another_time(logs, save, monkeypatch):
    save(thread())
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "compression.zstd", None)
        patch.setitem(sys.modules, "zstandard", None)
        logs.read("zed", exit_code=4)
        assert "Zstandard" in logs.stderr
    assert logs.read("zed")["new"] == 1


def test_documents_have_a_limit(monkeypatch):
    monkeypatch.setattr(zstd.documents, "MAX_BYTES", 1000)
    assert zstd.unpacked(zstandard.compress(b"x" * 1000)) == b"x" * 1000
    with pytest.raises(zstd.BadData, match="larger"):
        zstd.unpacked(zstandard.compress(b"x" * 1001))
