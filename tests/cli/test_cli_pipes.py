"""Pipes, shells, signals and several at once: what happens around a call."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

GPT = {"model": "gpt-4o", "prompt_tokens": 10, "completion_tokens": 5}
EVENT = json.dumps(GPT)
FLAGS = "--model gpt-4o --prompt-tokens 10 --completion-tokens 5"
ECO = [sys.executable, "-m", "ecocli"]


@pytest.fixture
def shell(env: dict[str, str], tmp_path: Path):
    """Runs a line in bash with `eco` as a command; gives exit code, stdout and stderr."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "eco").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m ecocli "$@"\n')
    (folder / "eco").chmod(0o755)
    path = {"PATH": f"{folder}:{env['PATH']}"}

    def run(line: str, **variables: str) -> tuple[int, str, str]:
        done = subprocess.run(["bash", "-c", line], capture_output=True, env=env | path | variables, cwd=tmp_path, timeout=60)
        assert b"Traceback" not in done.stderr, done.stderr
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    return run


def start(env: dict[str, str], *arguments: str, **streams: Any) -> subprocess.Popen[bytes]:
    return subprocess.Popen([*ECO, *arguments], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **streams)


def count(eco: Any) -> int:
    return eco("history", "--limit", "1").json["pagination"]["totalElements"]


# Standard input


def test_a_loop_keeps_its_input(shell):
    code, out, err = shell(f"printf 'a\\nb\\nc\\n' | while read id; do eco record {FLAGS} --id $id; done")
    assert (code, err) == (0, "")
    assert [json.loads(line)["id"] for line in out.splitlines()] == ["a", "b", "c"]


def test_complete_flags_do_not_wait_for_a_silent_pipe(env):
    with start(env, "record", *FLAGS.split(), stdin=subprocess.PIPE) as process:
        assert process.wait(20) == 0


def test_standard_streams_may_be_closed(shell):
    assert shell(f"eco record {FLAGS} <&- >&- 2>&-") == (0, "", "")
    assert shell("eco record <&-")[0] == 4
    assert shell("eco record --tee <&-")[0] == 4
    assert shell("eco record --strict --model nope --prompt-tokens 1 --completion-tokens 1 2>&-") == (3, "", "")
    assert shell("eco history | grep -c maskedKey")[1] == "1\n"


def test_standard_input_is_read_once(eco):
    result = eco("record", "-m", "gpt-4o", "--prompt-file", "-", "--completion-file", "-", input="x", exit_code=2)
    assert result.stderr.startswith("eco: --prompt-file and --completion-file read standard input\nhint: ")


# --tee


@pytest.mark.parametrize(
    ("text", "arguments", "code"),
    [
        (EVENT, (), 0),
        (EVENT + "\n\n\n", ("--format", "text"), 0),
        ("no json at all\r\n\x00\x01", (), 4),
        ("", (), 4),
        (EVENT, ("--key", "wrong"), 6),
        (EVENT, ("--prompt-tokens", "-1"), 2),
        (EVENT, ("--prompt-tokens", "many"), 2),
        (EVENT, ("--no-such-option",), 2),
        (EVENT, ("--input", "other.json"), 2),
        (EVENT, ("--region", "nowhere"), 3),
        (EVENT, ("--db", "/dev/null/eco.db"), 5),
        (EVENT, ("-q",), 0),
    ],
)
def test_tee_passes_every_byte_whatever_happens(eco, text, arguments, code):
    result = eco("record", "--tee", *arguments, input=text, exit_code=code)
    assert result.stdout == text
    assert bool(result.stderr) == ("-q" not in arguments)


def test_tee_answers_on_standard_error(eco):
    assert json.loads(eco("record", "--tee", input=EVENT).stderr)["audit"]["tokens"]["prompt"] == 10
    assert count(eco) == 1


def test_tee_passes_bytes_at_once(env):
    with start(env, "record", "--tee", stdin=subprocess.PIPE) as process:
        process.stdin.write(EVENT[:20].encode())
        process.stdin.flush()
        assert os.read(process.stdout.fileno(), 100) == EVENT[:20].encode()
        process.stdin.write(EVENT[20:].encode())
        process.stdin.close()
        assert process.stdout.read() == EVENT[20:].encode()
        assert process.wait(20) == 0


def test_tee_records_also_when_its_reader_goes_away(shell, eco):
    code, _, err = shell(f"set -o pipefail; (head -c 300000 /dev/zero | tr '\\0' ' '; printf '%s' '{EVENT}') | eco record --tee | head -c 1")
    assert code == 0
    assert json.loads(err)["energy_wh"] > 0
    assert count(eco) == 1


# Readers that go away, full disks


def test_head_ends_history_quietly(shell, eco):
    eco("record", input=(EVENT + "\n") * 3000)
    for options in ("--all --format ndjson", "--all --format csv", "--all --format json", "--limit 3000 --format csv", "--limit 3000"):
        code, out, err = shell(f"eco history {options} | head -c 10; exit ${{PIPESTATUS[0]}}")
        assert (code, len(out), err) == (141, 10, ""), options


@pytest.mark.parametrize("command", ["", "--help", "--version", "history --help", "summary", "record --help"])
def test_whatever_prints_ends_quietly(shell, eco, command):
    eco("record", input=EVENT)
    assert shell(f"eco {command} | sleep 0; exit ${{PIPESTATUS[0]}}") == (141, "", "")


@pytest.mark.parametrize(
    ("command", "code"),
    [("history --limit 0", 2), ("models show nope", 3), ("record --input nowhere", 4), ("history --key eco_x", 6), (f"record {FLAGS} --provider Foo", 0)],
)
def test_who_reads_errors_may_go_away(env, tmp_path, command, code):
    """The exit code stays what it is, and so does the answer."""
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "wb") as unheard:
        done = subprocess.run(
            [sys.executable, "-m", "ecocli", *command.split()], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=unheard, env=env, cwd=tmp_path
        )
    assert (done.returncode, b"energy_wh" in done.stdout) == (code, code == 0)


def test_a_closed_reader_does_not_undo_the_record(shell, eco):
    code, _, err = shell(f"yes '{EVENT}' | head -n 1500 | eco record | true; exit ${{PIPESTATUS[2]}}")
    assert (code, err) == (141, "")
    assert count(eco) == 1500


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_under_standard_output(shell, eco):
    code, _, err = shell(f"eco record {FLAGS} >/dev/full")
    assert (code, err) == (5, "eco: no room left: standard input or output\nhint: free some space; eco history shows what was stored\n")
    assert count(eco) == 1
    code, _, err = shell("eco history --all --format ndjson >/dev/full")
    assert (code, err.count("\n")) == (5, 2)


# Ctrl-C


@pytest.mark.parametrize("lines", [10, 3000])
def test_ctrl_c_keeps_nothing(env, eco, lines):
    with start(env, "record", stdin=subprocess.PIPE) as process:
        process.stdin.write((EVENT + "\n").encode() * lines)
        process.stdin.flush()
        time.sleep(1.0)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (130, b"", b"")
    assert count(eco) == 0


def test_ctrl_c_while_passing_bytes_on(env, eco):
    with start(env, "record", "--tee", stdin=subprocess.PIPE) as process:
        process.stdin.write(EVENT.encode())
        process.stdin.flush()
        os.read(process.stdout.fileno(), 10)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (130, b"")


# Several at once


def test_a_slow_pipe_does_not_keep_others_waiting(env, eco):
    with start(env, "record", stdin=subprocess.PIPE) as slow:
        slow.stdin.write((EVENT + "\n").encode())
        slow.stdin.flush()
        time.sleep(0.7)
        eco("record", *FLAGS.split(), ECO_BUSY_TIMEOUT="0.1")
        slow.stdin.write((EVENT + "\n").encode())
        out, _ = slow.communicate(timeout=20)
    assert (slow.returncode, out.count(b"\n")) == (0, 2)
    assert count(eco) == 3


def test_many_at_once_lose_nothing(env, eco):
    many = [start(env, "record", *FLAGS.split(), "--id", str(n)) for n in range(8)]
    for process in many:
        out, err = process.communicate(timeout=60)
        assert (process.returncode, err) == (0, b""), out
    assert count(eco) == 8


def test_a_lock_that_lasts_too_long(eco, tmp_path):
    eco("record", *FLAGS.split())
    with closing(sqlite3.connect(tmp_path / "data" / "eco" / "eco.db", isolation_level=None)) as other, other:
        other.execute("BEGIN IMMEDIATE")
        result = eco("record", *FLAGS.split(), ECO_BUSY_TIMEOUT="0.1", exit_code=5)
        assert "stayed locked by another program" in result.stderr
        assert count(eco) == 1  # readers do not wait
        other.execute("ROLLBACK")
    other.close()


def test_memory_does_not_grow_with_the_number_of_lines(env, tmp_path):
    def peak_kib(lines: int) -> int:
        (tmp_path / "calls").write_text(f"{EVENT}\n" * lines)
        process = start(env, "estimate", "--input", str(tmp_path / "calls"))
        process.stdout.close()
        process.stderr.close()
        _, _, usage = os.wait4(process.pid, 0)
        process.returncode = 0
        return usage.ru_maxrss

    assert peak_kib(12_000) < peak_kib(2_000) + 4_096
