"""Long text at a terminal goes through the pager that git would take, and nothing else does."""

import os
import pty
import re
import select
import shutil
import stat
import subprocess
import sys
import time
from contextlib import suppress

import pytest

COLOUR = re.compile(r"\x1b\[[0-9;]*m")
SMALL = {"TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24"}
PATIENCE_S = 30
PROMPT = b"\n:"
"""Of less, when it waits for a key."""
TITLE = "Greenhouse gas report of AI model calls"


@pytest.fixture
def at_terminal(env, tmp_path, eco):
    """Starts eco in a process of its own with a terminal that it controls; what it shows, and its exit code."""
    eco("record", "-m", "gpt-4o", "--prompt-tokens", "10", "--completion-tokens", "5")

    def run(*arguments, keys=(), **variables):
        child, screen = pty.fork()
        if child == 0:
            os.chdir(tmp_path)
            os.execve(sys.executable, [sys.executable, "-m", "ecocli", *arguments], env | SMALL | variables)
        shown, end = b"", time.monotonic() + PATIENCE_S
        with suppress(OSError):  # Linux reports the end of a terminal as an error
            while time.monotonic() < end:
                if select.select([screen], [], [], 0.5)[0]:
                    shown += os.read(screen, 65_536)
                elif PROMPT in shown:  # what is typed before Ctrl-C is seen to may get lost
                    key, *rest = keys
                    keys = rest or [key]
                    os.write(screen, key)
        os.close(screen)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        text = re.sub("\r+\n", "\n", shown.decode())
        assert "Traceback" not in text
        return code, text

    return run


@pytest.fixture
def pager(tmp_path):
    """A pager that keeps what it is given, and says which options less would have."""
    script = tmp_path / "keeps.sh"
    script.write_text('#!/bin/sh\ncat > "$1"\nprintf "%s" "$LESS" > "$1.less"\n')
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    return f"{script} kept"


def without_times(text):
    return re.sub(r"\d\d:\d\d:\d\d\S*", "", COLOUR.sub("", text))


def test_the_pager_gets_the_whole_text(at_terminal, pager, tmp_path, eco):
    code, shown = at_terminal("report", "--full", ECO_PAGER=pager)
    assert (code, TITLE in shown) == (0, False)
    plain = eco("report", "--full", "--format", "text", COLUMNS="80").stdout
    assert without_times((tmp_path / "kept").read_text()) == without_times(plain)
    assert (tmp_path / "kept.less").read_text() == "FRX"


def test_options_of_less_that_are_set_stay(at_terminal, pager, tmp_path):
    at_terminal("report", "--full", ECO_PAGER=pager, LESS="-i")
    assert (tmp_path / "kept.less").read_text() == "-i"


@pytest.mark.parametrize(
    ("arguments", "variables"),
    [
        (("--no-pager",), {}),
        ((), {"LINES": "200"}),
        ((), {"ECO_PAGER": ""}),
        ((), {"ECO_PAGER": "cat"}),
        ((), {"TERM": "dumb"}),
        ((), {"ECO_PAGER": "no-such-program"}),
        ((), {"ECO_PAGER": "less 'unclosed"}),
        (("--format", "md"), {}),
    ],
    ids=str,
)
def test_no_pager(at_terminal, pager, tmp_path, arguments, variables):
    code, shown = at_terminal("report", *arguments, **{"PAGER": pager} | variables)
    assert code == 0 and TITLE in COLOUR.sub("", shown)
    assert not (tmp_path / "kept").exists()


def test_no_pager_but_at_a_terminal(eco_process, pager, tmp_path):
    assert eco_process("report", "--format", "text", ECO_PAGER=pager, LINES="10").stdout.startswith(TITLE)
    assert not (tmp_path / "kept").exists()


def test_which_pager_is_taken(at_terminal, pager, tmp_path):
    """The variable, then the setting, then what every program takes."""
    config = tmp_path / "config" / "eco" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text(f'pager = "{pager}-by-setting"\n')
    at_terminal("report", PAGER=f"{pager}-by-all")
    assert (tmp_path / "kept-by-setting").exists() and not (tmp_path / "kept-by-all").exists()
    at_terminal("report", ECO_PAGER=f"{pager}-by-variable")
    assert (tmp_path / "kept-by-variable").exists()
    config.write_text('pager = ""\n')
    _, shown = at_terminal("report", PAGER=f"{pager}-by-all")
    assert TITLE in COLOUR.sub("", shown) and not (tmp_path / "kept-by-all").exists()


@pytest.mark.skipif(not shutil.which("less"), reason="no less")
@pytest.mark.parametrize("keys", [[b"q"], [b"\x03", b"q"]], ids=["q", "Ctrl-C, then q"])
def test_leaving_less(at_terminal, keys):
    code, shown = at_terminal("report", "--full", keys=keys, PAGER="less")
    assert code == 0 and TITLE in COLOUR.sub("", shown)
    assert "Error" not in shown


def test_a_pager_that_ends_at_once_is_no_error(at_terminal):
    assert at_terminal("report", "--full", ECO_PAGER="true")[0] == 0


def test_head_ends_the_report_quietly(on_path, eco):
    eco("record", "-m", "gpt-4o", "--prompt-tokens", "10", "--completion-tokens", "5")
    done = subprocess.run("eco report --full --format text | head -1", shell=True, env=on_path | {"ECO_TZ": "UTC"}, capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == (f"{TITLE}\n", "")
