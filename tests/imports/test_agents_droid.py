"""Droid: the sum of a session, in a file that is written anew."""

import json

import pytest

from tests.import_helpers import Logs


@pytest.fixture
def logs(eco):
    return Logs(eco)


def save(path, body):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(body))
    return path


def settings(tmp_path, **changes):
    usage = {"inputTokens": 500, "outputTokens": 300, "cacheCreationTokens": 2000, "cacheReadTokens": 40_000, "thinkingTokens": 100}
    body = {"model": "claude-sonnet-4-5-20250929", "providerLock": "anthropic", "providerLockTimestamp": "2026-05-28T20:26:40Z"}
    body |= {"tokenUsage": usage | changes.pop("usage", {})} | changes
    return save(tmp_path / ".factory" / "sessions" / "-home-ann-garden" / "5aa1.settings.json", body)


def test_a_session_is_one_call_that_grows(logs, tmp_path):
    settings(tmp_path)
    assert logs.read("droid")["new"] == 1
    settings(tmp_path, usage={"outputTokens": 900, "cacheReadTokens": 90_000})
    counts = logs.read("droid")
    assert (counts["new"], counts["updated"]) == (0, 1)
    assert logs.totals() == (1, 92_500, 1000)
    [row] = logs.rows
    assert (row["id"], row["providerId"], row["reasoningTokens"], row["cachedTokens"]) == ("5aa1", "anthropic", 100, 90_000)
    assert (row["startTimeMs"], row["tags"]["project"]) == (1_780_000_000_000, "-home-ann-garden")


def test_a_session_that_was_deleted_stays(logs, tmp_path):
    path = settings(tmp_path)
    logs.read("droid")
    path.unlink()
    assert logs.read("droid")["new"] == 0
    assert logs.totals()[0] == 1


@pytest.mark.parametrize(
    ("name", "model"),
    [("custom:Claude-Opus-4.5-[Anthropic]-0", "Claude-Opus-4.5"), ("custom:GLM-4.7-(free)-12", "GLM-4.7"), ("gpt-5.1", "gpt-5.1"), ("custom:qwen3-32", "qwen3-32")],
)
def test_models_of_one_s_own(logs, tmp_path, name, model):
    settings(tmp_path, model=name, providerLock=None)
    logs.read("droid")
    assert logs.rows[0]["model"] == model


def test_sessions_without_counts(logs, tmp_path):
    settings(tmp_path, tokenUsage=None)
    assert logs.read("droid")["new"] == 0
