"""The recipes of docs/prompt.md in real shells: each shows the figure, and none waits for eco."""

import re
import shutil
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.shell_helpers import typing

DOCUMENT = (Path(__file__).parents[2] / "docs" / "prompt.md").read_text("utf-8")
SHELLS = {"bash": (".bashrc", ("-i",)), "zsh": (".zshrc", ("-i",)), "fish": (".config/fish/config.fish", ("-i",))}
SLOW_ECO = """#!/bin/sh
echo "$@" >>"{folder}/started"
until [ -e "{folder}/go" ]; do [ -d "{folder}" ] || exit; sleep 0.05; done
exec "{python}" -m ecocli "$@"
"""
"""An eco that is not done before it is allowed to be."""
FIGURE = "1 calls today"


def recipe(shell):
    (block,) = re.findall(rf"^```{shell}\n(.*?)^```$", DOCUMENT, re.MULTILINE | re.DOTALL)
    return block


@pytest.fixture
def prompt(env, tmp_path, request):
    """A shell whose user wrote the recipe into the file that the document names, and whose eco waits."""
    shell = request.param
    if shutil.which(shell) is None:
        pytest.skip(f"no {shell} here")
    name, options = SHELLS[shell]
    home = tmp_path / "home"
    (home / name).parent.mkdir(parents=True)
    (home / name).write_text(recipe(shell), "utf-8")
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "eco").write_text(SLOW_ECO.format(folder=tmp_path, python=sys.executable))
    (folder / "eco").chmod(0o755)
    own = {"HOME": str(home), "ZDOTDIR": str(home), "XDG_CONFIG_HOME": str(home / ".config"), "XDG_CACHE_HOME": str(home / "cache")}
    variables = env | own | {"PATH": f"{folder}:{env['PATH']}", "TERM": "vt100", "ECO_STATUSLINE": "{today_calls} calls today"}
    with typing((shell, *options), variables, tmp_path) as screen:
        yield screen
    (tmp_path / "go").touch()  # none is left behind that waits


def wait_for(condition):
    end = time.monotonic() + 20
    while not condition() and time.monotonic() < end:
        time.sleep(0.05)
    assert condition()


@pytest.mark.parametrize("prompt", SHELLS, indirect=True)
def test_the_prompt_shows_the_figure_and_never_waits(eco, prompt, tmp_path):
    eco("record", "-m", "gpt-4o", "--prompt-tokens", "10", "--completion-tokens", "5", "-q")
    started, line = tmp_path / "started", tmp_path / "home" / "cache" / "eco" / "prompt"
    wait_for(started.exists)
    for number in range(3):  # the shell is there for its user while eco is not done
        prompt.type(f"echo re''ady{number}\r")
        prompt.wait_for(f"ready{number}")
    assert FIGURE not in prompt.text
    assert started.read_text() == "statusline\n"  # one for all of these prompts
    (tmp_path / "go").touch()
    wait_for(lambda: line.exists() and line.read_text())
    assert line.read_text() == f"{FIGURE}\n"
    prompt.type("\r")
    prompt.wait_for(FIGURE)
    assert started.read_text() == "statusline\n"
    assert [path.name for path in line.parent.iterdir()] == ["prompt"]
    assert stat.S_IMODE(line.stat().st_mode) == 0o600


@pytest.mark.parametrize("prompt", SHELLS, indirect=True)
def test_the_prompt_starts_no_program_to_show_it(prompt, tmp_path):
    (tmp_path / "go").touch()
    line = tmp_path / "home" / "cache" / "eco" / "prompt"
    wait_for(lambda: line.exists() and line.read_text())
    prompt.type("export PATH=/nowhere; echo re''ady\r")
    prompt.wait_for("ready")
    line.write_text("100 % of $(touch hit) `touch hit` today\n")
    prompt.type("\r")
    prompt.wait_for("100 % of $(touch hit) `touch hit` today")
    assert "not found" not in prompt.text
    assert not (tmp_path / "hit").exists()


@pytest.mark.parametrize("prompt", SHELLS, indirect=True)
def test_without_eco_the_prompt_stays_as_it_is(prompt, tmp_path):
    wait_for((tmp_path / "started").exists)
    (tmp_path / "bin" / "eco").unlink()
    prompt.type("echo re''ady\r")
    prompt.wait_for("ready")
    prompt.type("\r")
    prompt.settle()
    assert "not found" not in prompt.text and "eco:" not in prompt.text


def test_tmux_shows_the_line(on_path, env, tmp_path):
    if shutil.which("tmux") is None:
        pytest.skip("no tmux here")
    setting = re.search(r"`(set -g status-right .*?)` in `~/.tmux.conf`", DOCUMENT)[1]
    (tmp_path / ".tmux.conf").write_text(f"{setting}\nset -g status-right-length 60\n")
    variables = on_path | {"TERM": "xterm", "ECO_STATUSLINE": "{today_calls} calls today", "TMUX_TMPDIR": str(tmp_path)}
    with typing(("tmux", "-f", str(tmp_path / ".tmux.conf"), "new", "sleep 60"), variables, tmp_path) as screen:
        try:
            screen.wait_for("0 calls today")
        finally:
            subprocess.run(["tmux", "kill-server"], env=variables, capture_output=True)
