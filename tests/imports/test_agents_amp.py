"""Amp: threads that are written anew, and a ledger beside their messages."""

import json

import pytest

from tests.import_helpers import SECRET, Logs


@pytest.fixture
def logs(eco):
    return Logs(eco)


def save(path, body):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(body))
    return path


def answer(number, **changes):
    usage = {"model": "claude-sonnet-4-5", "inputTokens": 8, "outputTokens": 150, "cacheCreationInputTokens": 900, "cacheReadInputTokens": 7000}
    usage |= {"totalInputTokens": 7908, "timestamp": f"2026-05-28T20:26:4{number}.000Z"} | changes
    return {"role": "assistant", "messageId": number, "content": [{"type": "text", "text": SECRET}], "usage": usage}


def ledger(identity, to=None, **changes):
    tokens = {"input": 8, "output": 150} | changes
    event = {"id": identity, "timestamp": "2026-05-28T20:27:00.000Z", "model": "claude-sonnet-4-5", "operationType": "inference", "tokens": tokens}
    return event | ({"toMessageId": to} if to is not None else {})


def thread(tmp_path, *messages, events=None):
    body = {"v": 9, "id": "T-5aa1", "created": 1_780_000_000_000, "messages": [{"role": "user", "messageId": 0, "content": SECRET}, *messages]}
    body |= {"usageLedger": {"events": events}} if events is not None else {}
    return save(tmp_path / "data" / "amp" / "threads" / "T-5aa1.json", body)


def test_a_thread_that_grows(logs, tmp_path):
    thread(tmp_path, answer(1))
    assert logs.read("amp")["new"] == 1
    thread(tmp_path, answer(1), answer(3))
    assert logs.read("amp")["new"] == 1
    assert logs.totals() == (2, 2 * 7908, 300)
    row = logs.rows[0]
    assert (row["cachedTokens"], row["cacheWriteTokens"], row["startTimeMs"]) == (7000, 900, 1_780_000_001_000)
    assert (row["tags"]["session"], row["providerId"]) == ("T-5aa1", "anthropic")


def test_a_ledger_repeats_what_messages_count(logs, tmp_path):
    events = [ledger("ev-1", to=1), ledger("ev-2"), ledger("ev-3", input=20, output=5)]
    thread(tmp_path, answer(1), answer(3), events=events)
    assert logs.read("amp")["new"] == 3
    assert logs.totals() == (3, 2 * 7908 + 20, 305)


def test_a_deleted_message_stays_as_its_event(logs, tmp_path):
    thread(tmp_path, answer(1), answer(3), events=[ledger("ev-1", to=1), ledger("ev-2", to=3)])
    logs.read("amp")
    thread(tmp_path, answer(1), events=[ledger("ev-1", to=1), ledger("ev-2", to=3)])
    assert logs.read("amp")["new"] == 0
    assert logs.totals() == (2, 2 * 7908, 300)
