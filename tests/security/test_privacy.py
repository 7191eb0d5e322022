"""What people and models said passes through eco and never reaches the disk; nor does a provider's key."""

import json
import re
import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path

import pytest

from tests.cli.test_forget import found_in
from tests.import_helpers import SECRET, USER_LINE, claude_line, codex_count, codex_meta, codex_turn, write
from tests.imports.test_import_others import gemini, opencode

CALL = ("-m", "gpt-4o")
COUNTS = ("--prompt-tokens", "10", "--completion-tokens", "5")
SAID = re.compile(rb'("(?:content|text|thinking|reasoning|reasoning_content|delta|result|response|generation|arguments)": ?)"[^"]*"')
"""What was said in a payload, whatever its format."""
PAYLOADS = [path for path in sorted((Path(__file__).parents[1] / "ingest" / "payloads").iterdir()) if SAID.search(path.read_bytes())]


@pytest.fixture
def written(env, tmp_path, cache_folder):
    """Asks which files hold a text or one of its words, wherever eco may write."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    env["TMPDIR"] = str(temporary)

    def ask(text=SECRET):
        words = tuple(word for word in text.split() if len(word) > 5)
        found = [name for folder in ("data/eco", "config/eco", "temporary") for word in words for name in found_in(tmp_path / folder, word)]
        return found + [file.name for file in cache_folder.rglob("*") if file.is_file() and holds(str(file), words, *facts(file))]

    return ask


def facts(file):
    status = file.stat()
    return status.st_ino, status.st_size, status.st_mtime_ns


@cache
def holds(path, words, *_):
    """Whether a file has one of the words; the large catalogue, which all tests share, is read again only when it has changed."""
    content = Path(path).read_bytes()
    return any(word.encode(form) in content for word in words for form in ("utf-8", "utf-16-le", "utf-16-be"))


def stored(eco):
    return eco("history", "--json").json["pagination"]["totalElements"]


def test_a_text_that_is_kept_would_be_found(eco, written):
    eco("record", *CALL, *COUNTS, "--tag", f"said={SECRET}")
    assert written() == ["eco.db", "eco.db"]


def test_text_from_flags_and_files(eco, tmp_path, written):
    (tmp_path / "prompt.txt").write_text(SECRET)
    (tmp_path / "chat.json").write_text(json.dumps([{"role": "user", "content": SECRET}]))
    eco("record", *CALL, "--prompt-text", SECRET, "--completion-text", SECRET)
    eco("record", *CALL, "--prompt-file", "prompt.txt", "--completion-file", "-", input=SECRET)
    eco("record", *CALL, "--messages", "chat.json", "--completion-text", SECRET)
    assert stored(eco) == 3
    assert written() == []


NAMELESS = {"opencode_run.ndjson": ("--model", "gpt-4o")}
"""Options for a payload that names neither model nor provider."""
LEFT_OUT = ("openai_realtime.ndjson",)
"""Payloads of models that are not estimated."""


@pytest.mark.parametrize("payload", PAYLOADS, ids=lambda path: path.name)
def test_text_in_a_payload(eco, written, payload):
    said = SAID.sub(rb'\1"%s"' % SECRET.encode(), payload.read_bytes())
    eco("record", *NAMELESS.get(payload.name, ()), input=said)
    assert stored(eco) >= (payload.name not in LEFT_OUT)
    assert written() == []


def test_text_that_is_passed_on(eco, written):
    answer = {"id": "x", "model": "gpt-4o", "choices": [{"message": {"content": SECRET}}], "usage": {"prompt_tokens": 1, "completion_tokens": 1}}
    assert SECRET in eco("record", "--tee", input=json.dumps(answer)).stdout
    assert stored(eco) == 1
    assert written() == []


def test_text_in_what_is_refused(eco, written):
    eco("record", input=json.dumps({"model": "gpt-4o", "prompt": SECRET}), exit_code=4)
    bad = json.dumps({"id": "x", "choices": [{"message": {"content": SECRET}}], "usage": {"prompt_tokens": "many"}})
    eco("record", "--skip-invalid", input=f"{bad}\n{bad}\n", exit_code=4)
    assert written() == []


def test_text_in_logs(eco, tmp_path, written):
    write(tmp_path / ".claude" / "projects" / "p" / "s.jsonl", USER_LINE, claude_line(), {"type": "assistant", "message": SECRET, "usage": 1})
    write(tmp_path / ".codex" / "sessions" / "r.jsonl", codex_meta("s1"), codex_turn(), codex_count(1, 1))
    write(tmp_path / ".gemini" / "tmp" / "p" / "chats" / "c.jsonl", {"sessionId": "s-1"}, gemini())
    write(tmp_path / "data" / "opencode" / "storage" / "message" / "ses_1" / "m1.json", opencode() | {"summary": SECRET})
    with closing(sqlite3.connect(tmp_path / "logs.db")) as logs, logs:
        logs.execute("CREATE TABLE responses (id TEXT, model TEXT, input_tokens INT, output_tokens INT, prompt TEXT, response TEXT)")
        logs.execute("INSERT INTO responses VALUES ('r1', 'gpt-4o', 10, 5, ?, ?), ('r2', 'gpt-4o', NULL, NULL, ?, ?)", (SECRET,) * 4)
    for arguments in (("--all",), ("llm", "logs.db")):
        eco("import", *arguments)
    assert {row["source"] for row in eco("history", "--json").json["data"]} == {"claude-code", "codex", "gemini-cli", "opencode", "llm"}
    assert written() == []


def test_a_providers_key(eco, written):
    secret = "sk-proj-abcdefghijklmnop"
    eco("record", *CALL, *COUNTS, "--header", f"Authorization: Bearer {secret}", "--header", f"x-api-key: {secret}")
    answer = {"id": "x", "model": "gpt-4o", "usage": {"prompt_tokens": 1, "completion_tokens": 1}, "api_key": secret}
    eco("record", input=json.dumps(answer))
    assert stored(eco) == 2
    assert written(secret) == []
