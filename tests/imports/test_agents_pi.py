"""pi and Oh My Pi: trees of entries, forks with their ids, sessions of the first version."""

import gzip

import pytest

from tests.import_helpers import SECRET, Logs, append, write

FOLDERS = {"pi": ".pi", "oh-my-pi": ".omp"}
START_MS = 1_780_000_000_000


@pytest.fixture
def logs(eco):
    return Logs(eco)


@pytest.fixture(params=FOLDERS)
def source(request):
    return request.param


def sessions(tmp_path, source):
    return tmp_path / FOLDERS[source] / "agent" / "sessions" / "--home-ann-garden--"


def head(session="5aa1", **more):
    return {"type": "session", "version": 3, "id": session, "timestamp": "2026-05-28T20:26:40.000Z", "cwd": "/home/ann/garden"} | more


def entry(identity="a1b2c3d4", at_s=40, **changes):
    usage = {"input": 12, "output": 80, "cacheRead": 900, "cacheWrite": 100, "totalTokens": 1092, "cost": {"total": 0.01}}
    message = {"role": "assistant", "content": [{"type": "text", "text": SECRET}], "api": "anthropic-messages", "provider": "anthropic"}
    message |= {"model": "claude-sonnet-4-5", "stopReason": "stop", "timestamp": START_MS + (at_s - 40) * 1000}
    message |= {"usage": usage | changes.pop("usage", {})} | changes
    return {"type": "message", "id": identity, "parentId": None, "timestamp": f"2026-05-28T20:26:{at_s}.500Z", "message": message}


USER = {"type": "message", "id": "0", "timestamp": "2026-05-28T20:26:39.000Z", "message": {"role": "user", "content": SECRET, "timestamp": 1}}


def test_a_session_that_grows(logs, tmp_path, source):
    change = {"type": "model_change", "id": "9", "provider": "openai", "modelId": "gpt-5.2"}
    path = write(sessions(tmp_path, source) / "s_5aa1.jsonl", head(), USER, entry(), change)
    assert logs.read(source)["new"] == 1
    append(path, entry("b2c3d4e5", 50), entry("c3d4e5f6", 55, usage=dict.fromkeys(("input", "output", "cacheRead", "cacheWrite"), 0), stopReason="aborted"))
    assert logs.read(source)["new"] == 1
    assert logs.totals() == (2, 2 * 1012, 160)
    row = logs.rows[1]
    assert (row["providerId"], row["model"], row["startTimeMs"], row["endTimeMs"]) == ("anthropic", "claude-sonnet-4-5", START_MS + 10_000, START_MS + 10_500)
    assert (row["cachedTokens"], row["cacheWriteTokens"], row["reasoningTokens"]) == (900, 100, None)
    assert (row["source"], row["tags"]["project"], row["tags"]["session"]) == (source, "/home/ann/garden", "5aa1")


def test_a_fork_copies_entries_with_their_ids(logs, tmp_path, source):
    folder = sessions(tmp_path, source)
    write(folder / "1_5aa1.jsonl", head(), USER, entry(), entry("b2c3d4e5", 50))
    write(folder / "2_6bb2.jsonl", head("6bb2", parentSession="1_5aa1.jsonl"), USER, entry(), entry("d4e5f6a7", 52))
    assert logs.read(source)["new"] == 3
    (folder / "1_5aa1.jsonl").unlink()
    assert logs.read(source)["new"] == 0
    assert logs.totals()[0] == 3


def test_a_short_id_may_come_again_in_another_session(logs, tmp_path, source):
    write(sessions(tmp_path, source) / "1.jsonl", head(), entry())
    write(sessions(tmp_path, source) / "2.jsonl", head("6bb2"), entry(at_s=59))
    logs.read(source)
    assert logs.totals()[0] == 2


def test_a_session_written_anew_with_texts_cut_short(logs, tmp_path, source):
    path = write(sessions(tmp_path, source) / "1.jsonl", head(), USER, entry())
    logs.read(source)
    write(path, {"type": "title", "title": "t"}, head(), entry(content=[]), entry("b2c3d4e5", 50))
    assert logs.read(source)["new"] == 1
    assert logs.totals()[0] == 2


def test_a_session_that_was_compressed_counts_once(logs, tmp_path, source):
    path = write(sessions(tmp_path, source) / "1.jsonl", head(), USER, entry())
    logs.read(source)
    append(path, entry("b2c3d4e5", 50))
    path.with_name("1.jsonl.gz").write_bytes(gzip.compress(path.read_bytes()))
    path.unlink()
    assert logs.read(source)["new"] == 1
    assert [row["tags"]["session"] for row in logs.rows] == ["5aa1", "5aa1"]


def test_sessions_of_the_first_version_get_ids_when_they_are_opened_again(logs, tmp_path):
    first, second = ({name: value for name, value in entry(at_s=at_s).items() if name != "id"} for at_s in (40, 50))
    logs.read("pi", write(tmp_path / "old.jsonl", {"type": "session", "id": "5aa1"}, first, second))
    logs.read("pi", write(tmp_path / "old.jsonl", head(), entry(), entry("b2c3d4e5", 50), entry("c3d4e5f6", 55)))
    assert logs.totals()[0] == 3


@pytest.mark.parametrize(("code", "provider"), [("openai-codex", "openai"), ("google-gemini-cli", "google"), ("amazon-bedrock", "aws"), ("openrouter", "openrouter")])
def test_providers_by_the_codes_that_pi_gives_them(logs, tmp_path, code, provider):
    logs.read("pi", write(tmp_path / "1.jsonl", head(), entry(provider=code, model="gpt-5.2", usage={"reasoning": 30})))
    [row] = logs.rows
    assert (row["providerId"], row["outputTokens"], row["reasoningTokens"]) == (provider, 80, 30)
