"""A command does in a process of its own what it does in the tests' process, where most tests run it."""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from ecocli.cli.main import COMMANDS
from tests.cli_helpers import all_from
from tests.import_helpers import claude_line, write

CALL = ("--model", "gpt-4o", "--prompt-tokens", "1000", "--completion-tokens", "500", "--id", "new", "--start-time-ms", "1763800000000")
EVENT = {"model": "gpt-4o", "prompt_tokens": 10, "completion_tokens": 5, "provider": "中文", "startTimeMs": 1_763_800_000_000}
EVENTS = "".join(json.dumps(EVENT | {"id": f"e{number}", "tags": {"project": "x"}}, ensure_ascii=False) + "\n" for number in range(3))

LINES = [
    ("record", *CALL), ("record", *CALL, "--format", "text"), ("record", "--format", "ndjson"), ("record", "--tee"),
    ("estimate", *CALL), ("estimate", *CALL, "--explain", "--json"),
    ("history",), ("history", "--format", "table"), ("history", "--all", "--full", "--format", "ndjson"),
    ("summary", "--by", "day"), ("summary", "--chart"), ("report", "--start-date", "2025-11-01", "--end-date", "2025-11-30", "--format", "md"), ("report", "--since", "2025-11", "--until", "2025-11", "--compare", "previous", "--format", "md"), ("report", "--unlock", "2024", "--why", "x"),
    ("explain", "a"), ("compare", "gpt-4o", "claude-sonnet-4.5"), ("recompute",), ("import", "claude-code"), ("import", "supplier", "other.csv"), ("merge", "other.db"),
    ("daily", "--since", "2025-11-01", "--until", "2025-11-30"), ("weekly", "--by", "model"), ("monthly",), ("session",), ("blocks",), ("history", "--json", "id,model"),
    ("budget", "check"), ("statusline",), ("keys", "list"), ("db", "check"), ("db", "query", "SELECT id, model, co2_g FROM calls"), ("db", "views", "tags"), ("forget", "--id", "a", "--yes"), ("forget", "--id", "a"),
    ("models", "show", "gpt-4o"), ("models", "alias", "mine", "gpt-4o"), ("models", "alias"), ("models", "add", "my/own", "--total", "7", "--dry-run"), ("regions", "resolve", "us-east-1"), ("formats",), ("schema", "event"), ("about",), ("about", "--licences"), ("undo", "--dry-run"), ("grid", "list"), ("hardware", "list", "--search", "mini"),
    ("measure", "--idle-s", "0", "no-such-command"),  # the time of any other differs
    ("serve", "--port", "0", "--host", "192.0.2.1"), ("serve", "--open", "--require-key"),
    ("setup", "--shell", "zsh", "--dry-run"), ("doctor",), ("doctor", "--format", "text"), ("config", "list"), ("config", "set", "region", "DE"), ("config", "get", "regoin"),
    (), ("--version",), ("record", "--help"), ("recrod",), ("explain", "none", "--json"), ("history", "--limit", "0"), ("budget", "remove", "9"),
    ("record", *CALL, "--db", "no.db"), ("import", "claude"), ("history", "--key", "wrong"),
]  # fmt: skip
"""Each command at least once, in each way out at least once."""
NOW = re.compile(r'(?<=^- Made: )\S+|(?<=^ {2}clock {6})\S+ \S+|(?<="clock": {"time": ")[^"]+', re.MULTILINE)
"""What differs from one run to the next."""


@pytest.fixture
def seeded(eco, tmp_path):
    """A store with two calls, a key and a budget that is spent; another one; a log. Gives a function that puts the store back."""
    eco("record", *CALL[:-4], "--id", "a", "--start-time-ms", "1763700000000", "--tag", "project=x")
    eco("record", *CALL[:-4], "--id", "b", "--db", "other.db", "--start-time-ms", "1763700000000")
    eco("keys", "create", "Laptop")
    eco("budget", "set", "1mg", "--per", "year")
    (tmp_path / "no.db").write_text("no database\n" * 100)
    write(tmp_path / ".claude" / "projects" / "p" / "s.jsonl", claude_line())
    shutil.copytree(tmp_path / "data", tmp_path / "kept")

    def put_back() -> None:
        shutil.rmtree(tmp_path / "data")
        shutil.copytree(tmp_path / "kept", tmp_path / "data")

    return put_back


def test_every_command_is_tried():
    assert {line[0] for line in LINES if line} >= COMMANDS.keys()


@pytest.mark.parametrize("line", LINES, ids=" ".join)
def test_a_process_does_the_same(eco, eco_process, seeded, line):
    results = []
    for run in (eco, eco_process):
        seeded()
        results.append(run(*line, input=EVENTS, exit_code=None, ECO_TZ="Asia/Kolkata", TZ="America/New_York", PYTHONIOENCODING="latin-1"))
    here, there = (replace(result, stdout=NOW.sub("", result.stdout)) for result in results)
    assert here == there


@pytest.mark.parametrize("line", [("estimate", *CALL), ("history",), ("recrod",)], ids=" ".join)
def test_a_process_at_a_terminal_shows_the_same(terminal, env, seeded, tmp_path, line):
    pty = pytest.importorskip("pty")
    screen, end = pty.openpty()
    command = [sys.executable, "-m", "ecocli", *line]
    subprocess.run(command, stdin=subprocess.DEVNULL, stdout=end, stderr=end, env=env | {"TERM": "xterm-256color"}, cwd=tmp_path, timeout=60)
    os.close(end)
    assert all_from(screen) == terminal(*line, errors=True, exit_code=None)
    os.close(screen)


@pytest.mark.parametrize("run", ["eco", "eco_process"])
def test_what_one_run_changes_another_one_sees_and_nothing_else_stays(request, run, tmp_path):
    run = request.getfixturevalue(run)
    run("record", *CALL, "--provider", "AWS", ECO_DB="first.db", ECO_REGION="eu-west-1")
    assert run("history").json["data"] == []
    assert [row["region"] for row in run("history", ECO_DB="first.db").json["data"]] == ["eu-west-1"]
    assert run("record", *CALL, "--provider", "AWS", "--json").json["audit"]["finalRegion"] != "eu-west-1"


FULL = Path("/dev/full")


@pytest.mark.skipif(not FULL.exists(), reason="a device of Linux")
@pytest.mark.parametrize(
    "command",
    [("history",), ("history", "--format", "csv"), ("record", *CALL[:-4]), ("estimate", *CALL[:-4]), ("summary",), ("report", "--tz", "UTC"), ("db", "path"), ("--help",), ("--version",), ("models", "list")],
)
def test_output_that_finds_no_room_is_exit_5(env, tmp_path, command):
    with FULL.open("w") as full:
        done = subprocess.run([sys.executable, "-m", "ecocli", *command], stdin=subprocess.DEVNULL, stdout=full, stderr=subprocess.PIPE, env=env, cwd=tmp_path, text=True)
    assert done.returncode == 5, done
    assert done.stderr.startswith("eco: no room left: standard input or output\nhint: ") and done.stderr.count("\n") == 2


@pytest.mark.skipif(not FULL.exists(), reason="a device of Linux")
def test_errors_that_find_no_room_change_nothing(env, tmp_path):
    with FULL.open("w") as full:
        done = subprocess.run([sys.executable, "-m", "ecocli", "models", "show", "no-such-model"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=full, env=env, cwd=tmp_path)
    assert done.returncode == 3


@pytest.mark.parametrize("command", [(), *((name,) for name in COMMANDS), ("db", "restore"), ("keys", "create"), ("models", "list"), ("budget", "set")])
def test_help_is_whole_without_docstrings(env, tmp_path, command):
    run = partial(subprocess.run, capture_output=True, env=env, cwd=tmp_path, text=True, check=True)
    with_them, without = (run([sys.executable, *options, "-m", "ecocli", *command, "--help"]).stdout for options in ((), ("-OO",)))
    assert without == with_them and len(without) > 300
