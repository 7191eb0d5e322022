"""TAB and RETURN typed into real shells: a hostile name is offered, put on the line, and arrives at eco as the word that it is."""

import shutil
import sys
from pathlib import Path

import pytest

from tests.shell_helpers import typing

COMPLETIONS = Path(__file__).parents[2] / "completions"
SHELLS = {
    "bash": (("bash", "--norc", "-i"), f"bind 'set enable-bracketed-paste off'; source {COMPLETIONS / 'eco.bash'}"),
    "zsh": (("zsh", "-f", "-i"), f"unsetopt zle_bracketed_paste; autoload -U compinit; compinit -u -D; source {COMPLETIONS / '_eco'}"),
    "fish": (("fish", "--no-config", "-i"), f"source {COMPLETIONS / 'eco.fish'}"),
}
NAMES = ("k$(touch hit)", "k`touch hit`", "k; touch hit", "k' touch hit", 'k" touch hit', "k\\$(touch hit) *", "k > hit !!")


@pytest.mark.parametrize("shell", SHELLS)
def test_a_hostile_name_arrives_as_one_word(env, eco, tmp_path, shell):
    command, setup = SHELLS[shell]
    if shutil.which(command[0]) is None:
        pytest.skip(f"no {shell} here")
    bin = tmp_path / "bin"
    bin.mkdir()
    (bin / "eco").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m ecocli "$@"\n')
    (bin / "eco").chmod(0o755)
    folder = tmp_path / "here"
    folder.mkdir()
    variables = env | {"PATH": f"{bin}:{env['PATH']}", "TERM": "dumb", "PS1": "> ", "COLUMNS": "200"}
    with typing(command, variables, folder) as screen:
        screen.type(f"{setup}; echo re'ady'\n")
        screen.wait_for("ready")
        for name in NAMES:
            eco("keys", "create", name)
            screen.type("eco keys revoke k\t")
            screen.settle()
            screen.type("\r")
            screen.wait_for("revoked")
            assert eco("keys", "list").json[-1]["name"] == name
            assert eco("keys", "list").json[-1]["status"] == "revoked"
            assert list(folder.iterdir()) == []
