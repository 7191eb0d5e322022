"""Aider's analytics log."""

import pytest

from tests.import_helpers import Logs, append, write


@pytest.fixture
def logs(eco):
    return Logs(eco)


def sent(time, prompt=12_000, completion=300, model="gemini/gemini-2.5-pro", total=0.5, event="message_send"):
    names = {"main_model": model, "weak_model": "gemini/gemini-2.5-flash-lite", "editor_model": model, "edit_format": "diff"}
    counts = {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion, "cost": 0.1, "total_cost": total}
    return {"event": event, "properties": names | counts, "user_id": "0c1d", "time": time}


AT_S = 1_780_200_000
LAUNCHED = {"event": "launched", "properties": {}, "user_id": "0c1d", "time": AT_S}


def test_a_log_that_grows_and_is_copied(logs, tmp_path):
    path = write(tmp_path / "aider.jsonl", LAUNCHED, sent(AT_S + 1), sent(AT_S + 9, 13_000, 500, total=0.7))
    assert logs.read("aider", path)["new"] == 2
    append(path, LAUNCHED | {"time": AT_S + 100}, sent(AT_S + 101, 1000, 10))
    assert logs.read("aider", path)["new"] == 1
    (tmp_path / "copies").mkdir()
    (tmp_path / "copies" / "aider.log").write_bytes(path.read_bytes())
    counts = logs.read("aider", tmp_path / "copies")
    assert (counts["new"], counts["duplicates"]) == (0, 3)
    assert logs.totals() == (3, 26_000, 810)
    first = logs.rows[0]
    assert (first["providerId"], first["model"], first["startTimeMs"], first["cachedTokens"]) == ("google", "gemini-2.5-pro", (AT_S + 1) * 1000, None)


def test_equal_lines_of_one_second_are_two_answers(logs, tmp_path):
    same = sent(AT_S, 100, 10, "ollama_chat/qwen3:8b", total=0)
    path = write(tmp_path / "aider.jsonl", same, same)
    assert logs.read("aider", path)["new"] == 2
    append(path, same)
    assert logs.read("aider", path)["new"] == 1
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:2]))
    assert logs.read("aider", path)["new"] == 0


@pytest.mark.parametrize(
    ("name", "provider", "model"),
    [
        ("openai/gpt-5", "openai", "gpt-5"),
        ("openai/qwen3-32b", "alibaba", "qwen3-32b"),
        ("bedrock/anthropic.claude-sonnet-4-5-20250929-v1:0", "aws", "anthropic.claude-sonnet-4-5-20250929-v1:0"),
        ("gpt-5", "openai", "gpt-5"),
        ("openai/REDACTED", "unknown", "class:unknown"),
        ("None", "unknown", "class:unknown"),
    ],
)
def test_who_served_it(logs, tmp_path, name, provider, model):
    logs.read("aider", write(tmp_path / "aider.jsonl", sent(AT_S, model=name)))
    [row] = logs.rows
    assert (row["providerId"], row["model"]) == (provider, model)


def test_a_model_that_has_no_name_keeps_its_provider(logs, tmp_path):
    logs.read("aider", write(tmp_path / "aider.jsonl", sent(AT_S, model="groq/REDACTED")))
    [row] = logs.rows
    assert row["providerId"] == "groq"


def test_a_counter_that_is_none_and_a_line_that_is_cut(logs, tmp_path):
    path = write(tmp_path / "aider.jsonl", sent(AT_S, prompt=-1), sent(AT_S + 1))
    with path.open("ab") as stream:
        stream.write(b'{"event": "message_send", "prop')
    counts = logs.read("aider", path, exit_code=4)
    assert (counts["new"], counts["unfinished"], counts["rejected"]) == (1, 1, 1)


def test_the_environment_names_the_log(logs, tmp_path, env):
    env["AIDER_ANALYTICS_LOG"] = str(write(tmp_path / "events", sent(AT_S)))
    assert logs.read("aider")["new"] == 1
