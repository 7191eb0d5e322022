"""What holds for every log: read once, in whatever state it is found, and nothing lost on the way."""

import json
import os
import random
import signal
import subprocess
import sys
import time

import pytest

from ecocli.imports import NAMES, files
from ecocli.imports import lines as lines_of_logs
from ecocli.imports.source import Memory
from tests.import_helpers import USER_LINE, Logs, append, claude_line, lines, write


@pytest.fixture
def logs(eco):
    return Logs(eco)


@pytest.fixture
def log(tmp_path):
    return tmp_path / ".claude" / "projects" / "garden" / "s1.jsonl"


def answer(number: int, output: int = 10):
    return claude_line(f"msg_{number}", output, f"req_{number}")


def test_only_what_is_new_is_read(logs, log):
    write(log, answer(1))
    assert logs.read("claude-code")["new"] == 1
    again = logs.read("claude-code")
    assert (again["files"], again["unchanged"], again["new"], again["duplicates"]) == (0, 1, 0, 0)
    append(log, answer(2))
    assert logs.read("claude-code") == {
        "source": "claude-code", "files": 1, "unchanged": 0, "new": 1, "updated": 0, "duplicates": 0, "unfinished": 0, "rejected": 0,
    }  # fmt: skip


def test_a_log_that_was_cut_and_written_anew(logs, log):
    write(log, answer(1), answer(2))
    logs.read("claude-code")
    write(log, answer(3))
    logs.read("claude-code")
    assert logs.totals()[0] == 3


def test_a_log_that_was_replaced_by_a_longer_one(logs, log):
    write(log, answer(1))
    logs.read("claude-code")
    write(log, *(answer(number) for number in range(2, 30)))
    assert logs.read("claude-code")["new"] == 28


def test_a_log_that_was_rotated(logs, log):
    write(log, answer(1))
    logs.read("claude-code")
    append(log, answer(2))
    log.rename(log.with_name("s0.jsonl"))
    write(log, answer(3))
    assert logs.read("claude-code")["new"] == 2
    assert logs.totals()[0] == 3


def test_what_was_imported_stays_when_the_log_is_gone(logs, log):
    write(log, answer(1))
    logs.read("claude-code")
    log.unlink()
    assert logs.read("claude-code")["new"] == 0
    assert logs.totals()[0] == 1


def test_a_line_that_is_not_there_yet(logs, log):
    body = lines(answer(1), answer(2))
    write(log)
    for end in (len(body) // 2 + 5, len(body) - 30, len(body) - 1, len(body)):
        log.write_bytes(body[:end])
        counts = logs.read("claude-code")
        assert counts["rejected"] == 0
        assert logs.totals()[0] == (2 if end >= len(body) - 1 else 1)
        assert counts["unfinished"] == (0 if end >= len(body) - 1 else 1)


@pytest.mark.parametrize("where", ["text", "between"])
def test_a_call_written_on_behind_a_long_line_that_was_cut(logs, log, where):
    patch = [{"old": number, "new": {"line": "é"}} for number in range(300)]
    line = lines({"type": "user", "patch": patch, "text": "half a word"})
    end = line.index(b"half") + 6 if where == "text" else line.rindex(b"},") + 2
    write(log)
    log.write_bytes(line[:end] + lines(claude_line("msg_2")))
    logs.read("claude-code", exit_code=4)
    assert [row["id"] for row in logs.rows] == ["msg_2"]


def test_a_line_that_was_cut_for_good(logs, log):
    write(log)
    log.write_bytes(lines(answer(1)) + lines(answer(2))[:300] + b"\n" + lines(answer(3))[:200] + lines(answer(4)))
    counts = logs.read("claude-code", exit_code=4)
    assert (counts["new"], counts["rejected"]) == (2, 2)
    assert f"{log}:2: not JSON" in logs.stderr and f"{log}:3: not JSON" in logs.stderr
    assert [row["id"] for row in logs.rows] == ["msg_1", "msg_4"]


def test_other_peoples_lines_do_no_harm(logs, log):
    write(log)
    log.write_bytes(b"\n\n\0\0\0\n" + lines(USER_LINE, {"type": "summary", "summary": "usage"}) + b"\xef\xbb\xbf" + lines(answer(1)))
    assert logs.read("claude-code")["new"] == 1


def test_a_log_that_cannot_be_read(logs, log):
    write(log, answer(1))
    (log.parent / "gone.jsonl").symlink_to("nowhere")
    os.mkfifo(log.parent / "pipe.jsonl")
    assert logs.read("claude-code")["new"] == 1


def test_a_log_that_is_written_while_it_is_imported(logs, log, env):
    """A writer adds lines in pieces; however often eco looks, each call is there once in the end."""
    write(log)
    body = b"".join(lines(USER_LINE, answer(number, 1), answer(number, 20)) for number in range(300))
    random.seed(3)
    writer = f"""
import random, sys, time
body, at = open({str(log.with_suffix('.body'))!r}, 'rb').read(), 0
while at < len(body):
    end = at + random.randint(1, 4000)
    with open({str(log)!r}, 'ab') as stream:
        stream.write(body[at:end])
    at = end
    time.sleep(0.005)
"""
    log.with_suffix(".body").write_bytes(body)
    with subprocess.Popen([sys.executable, "-c", writer]) as process:
        while process.poll() is None:
            assert logs.read("claude-code")["rejected"] == 0
    logs.read("claude-code")
    assert logs.totals() == (300, 300 * 1054, 300 * 20)


def test_imports_at_the_same_time(logs, log, env, tmp_path):
    for name in range(4):
        write(log.with_name(f"s{name}.jsonl"), *(answer(number) for number in range(name * 50, name * 50 + 100)))
    command = [sys.executable, "-m", "ecocli", "import", "claude-code"]
    running = [subprocess.Popen(command, env=env, cwd=tmp_path, stdout=subprocess.PIPE) for _ in range(4)]
    assert [process.communicate()[0] and process.returncode for process in running] == [0] * 4
    assert logs.totals()[0] == 250


def test_an_import_that_is_killed(logs, log, env, tmp_path):
    for name in range(3):
        write(log.with_name(f"s{name}.jsonl"), *(answer(number) for number in range(name * 6000, name * 6000 + 6000)))
    for delay_s in (0.4, 0.8, 1.2):
        process = subprocess.Popen([sys.executable, "-m", "ecocli", "import", "claude-code"], env=env, cwd=tmp_path, stdout=subprocess.DEVNULL)
        time.sleep(delay_s)
        process.send_signal(signal.SIGKILL)
        process.wait()
    logs.read("claude-code")
    assert logs.eco("history", "--limit", "1").json["pagination"]["totalElements"] == 18000


def test_a_log_counts_as_read_only_from_its_end_on(log):
    """Each portion may be the last one that is stored before eco is killed: the next run must go on from there."""
    write(log, *(answer(number) for number in range(10)))
    file = files.look(log, "host")
    with log.open("rb") as stream:
        *parts, last = [lines_of_logs.position(stream, portion, Memory()) for portion in lines_of_logs.portions(stream, file, 0, 1000)]
    assert parts
    assert file.stamp not in {part.stamp for part in parts}
    assert last.stamp == file.stamp


def test_everything_that_is_found(eco, log, tmp_path):
    assert eco("import", "--all").json == {"sources": []}
    write(log, answer(1))
    (tmp_path / ".codex" / "sessions").mkdir(parents=True)
    assert [(found["source"], found["new"]) for found in eco("import", "--all").json["sources"]] == [("claude-code", 1), ("codex", 0)]


def test_a_summary_for_people(eco, log):
    write(log, answer(1), answer(1, 20))
    assert eco("import", "claude-code", "--format", "text").stdout == "claude-code: 1 new call, 1 seen before, 1 log read\n"
    assert eco("import", "claude-code", "-q").stdout == ""


def test_settings_and_tags_go_with_each_call(logs, log, eco):
    write(log, answer(1))
    eco("import", "claude-code", "--tag", "machine=laptop", ECO_TAGS="team=blue", ECO_REGION="DE", ECO_CONCURRENCY="16")
    [row] = logs.rows
    assert row["concurrency"] == 16
    assert (row["tags"]["machine"], row["tags"]["team"]) == ("laptop", "blue")
    assert row["detectedRegion"] is None  # Anthropic computes where it does, wherever its user is


@pytest.mark.parametrize(
    ("arguments", "exit_code", "message"),
    [
        ((), 2, "eco: a source or --all is needed, and not both\nhint: for example eco import claude-code\n"),
        (("codex", "--all"), 2, "eco: a source or --all is needed, and not both\nhint: for example eco import claude-code\n"),
        (("claude",), 2, "eco: no log source named 'claude'\nhint: did you mean claude-code or codex or cline?\n"),
        (("crush",), 2, "eco: Crush keeps only what a session cost: the tokens it keeps are those of the last step\n"),
        (("codecarbon", "emissions.csv"), 2, "eco: CodeCarbon's rows are runs, without the models and tokens of calls: eco measure records the calls of a run with what they drew\n"),
        (("antigravity",), 2, "eco: Antigravity keeps its counts in a form that its makers have not published\n"),
        (("litellm",), 4, "eco: litellm has no fixed place for its logs\nhint: eco import litellm PATH\n"),
        (("codex", "nowhere"), 4, "eco: no file or folder 'nowhere'\nhint: give the path of a log, or of a folder of logs\n"),
        (("eco",), 4, "eco: eco import eco needs a file\nhint: eco history --all --format ndjson --full > FILE makes one\n"),
        (("codex", "--tag", "x"), 2, None),
    ],
)
def test_what_is_wrong_is_said(eco, arguments, exit_code, message):
    done = eco("import", *arguments, exit_code=exit_code)
    assert done.stdout == ""
    if message:
        assert done.stderr == message


def test_a_key_without_the_scope(eco, log):
    write(log, answer(1))
    secret = next(word for word in eco("keys", "create", "Reader", "--scope", "history:read").stdout.replace('"', " ").split() if word.startswith("eco_") and "..." not in word)
    done = eco("import", "claude-code", exit_code=6, ECO_API_KEY=secret)
    assert "has no scope record" in done.stderr
    assert json.loads(eco("history", "--json").stdout)["data"] == []


@pytest.mark.parametrize("source", [*NAMES, "csv"])
def test_a_folder_without_a_log_of_the_source_is_said_to_have_none(eco, tmp_path, source):
    """Most likely it is the wrong folder; where a job looks into one that is empty as yet, that is no error."""
    folder = tmp_path / "somewhere"
    folder.mkdir()
    (folder / "readme.rst").write_text("no log")
    found = eco("import", source, "somewhere", "--format", "text")
    assert (found.stdout, found.stderr) == (f"{source}: 0 new calls\n", f"eco: nothing in 'somewhere' that eco import {source} reads\n")
