"""Half a character in a log, as a JSON escape: that line is read or refused alone, and the log is read to its end."""

import json

import pytest

HALF = "\udc9f"
ANSWER = {
    "type": "assistant", "sessionId": "s1", "cwd": "/work", "gitBranch": "trunk", "timestamp": "2026-02-03T04:05:06Z", "requestId": "q2",
    "message": {"id": "m2", "model": "claude-sonnet-4-5", "usage": {"input_tokens": 30, "output_tokens": 20}},
}  # fmt: skip
FIELDS = ("sessionId", "cwd", "gitBranch", "timestamp", "requestId")


def numbered(number):
    return ANSWER | {"requestId": f"q{number}", "message": ANSWER["message"] | {"id": f"m{number}"}}


@pytest.mark.parametrize("field", [*FIELDS, "id", "model"])
def test_a_log_of_claude_code_is_read_to_its_end(eco, tmp_path, field):
    odd = numbered(2)
    inner = odd if field in FIELDS else odd["message"]
    inner[field] += HALF
    (tmp_path / "log.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in (numbered(1), odd, numbered(3))))
    [counts] = eco("import", "claude-code", "log.jsonl", exit_code=None).json["sources"]
    assert counts["new"] + counts["rejected"] == 3 and counts["new"] >= 2
    [again] = eco("import", "claude-code", "log.jsonl").json["sources"]
    assert (again["unchanged"], again["new"]) == (1, 0)


@pytest.mark.parametrize("field", ["id", "cwd"])
def test_a_log_of_codex_remembers_its_session(eco, tmp_path, field):
    counts = {"input_tokens": 30, "cached_input_tokens": 0, "output_tokens": 20, "reasoning_output_tokens": 0, "total_tokens": 50}
    lines = [
        {"timestamp": "2026-02-03T04:05:06Z", "type": "session_meta", "payload": {"id": "s1", "cwd": "/work"}},
        {"timestamp": "2026-02-03T04:05:07Z", "type": "turn_context", "payload": {"cwd": "/work", "model": "gpt-5"}},
        {
            "timestamp": "2026-02-03T04:05:08Z", "type": "event_msg",
            "payload": {"type": "token_count", "info": {"total_token_usage": counts, "last_token_usage": counts}},
        },
    ]  # fmt: skip
    lines[0]["payload"][field] += HALF
    (tmp_path / "rollout.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    assert eco("import", "codex", "rollout.jsonl").json["sources"][0]["new"] == 1
