"""TAB and RETURN typed into real shells: a hostile name is offered, put on the line, and arrives at eco as the word that it is."""

import os
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

fcntl, pty, termios = (pytest.importorskip(name) for name in ("fcntl", "pty", "termios"))

COMPLETIONS = Path(__file__).parents[2] / "completions"
SHELLS = {
    "bash": (("bash", "--norc", "-i"), f"bind 'set enable-bracketed-paste off'; source {COMPLETIONS / 'eco.bash'}"),
    "zsh": (("zsh", "-f", "-i"), f"unsetopt zle_bracketed_paste; autoload -U compinit; compinit -u -D; source {COMPLETIONS / '_eco'}"),
    "fish": (("fish", "--no-config", "-i"), f"source {COMPLETIONS / 'eco.fish'}"),
}
NAMES = ("k$(touch hit)", "k`touch hit`", "k; touch hit", "k' touch hit", 'k" touch hit', "k\\$(touch hit) *", "k > hit !!")
SECONDS = 20


class Screen:
    """A shell at a terminal: what is typed into it, and what it shows."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self.text = ""

    def type(self, keys: str) -> None:
        self.text = ""
        os.write(self._descriptor, keys.encode())

    def wait_for(self, word: str) -> None:
        end = time.monotonic() + SECONDS
        while word not in self.text and time.monotonic() < end:
            self._read(0.2)
        assert word in self.text, self.text

    def settle(self) -> None:
        """Until something was shown, and then nothing more for a while."""
        end = time.monotonic() + SECONDS
        while not self._read(0.2) and time.monotonic() < end:
            pass
        while self._read(1.0):
            pass

    def _read(self, patience_s: float) -> bool:
        if not select.select([self._descriptor], [], [], patience_s)[0]:
            return False
        try:
            self.text += os.read(self._descriptor, 65536).decode("utf-8", "replace")
        except OSError:  # Linux reports the end of a terminal as an error
            pytest.fail(f"the shell ended: {self.text}")
        return True


@contextmanager
def typing(command: tuple[str, ...], env: dict[str, str], folder: Path) -> Iterator[Screen]:
    inside, outside = pty.openpty()
    process = subprocess.Popen(
        command, stdin=outside, stdout=outside, stderr=outside, env=env, cwd=folder, start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # fish wants a terminal of its own
    )  # fmt: skip
    os.close(outside)
    try:
        yield Screen(inside)
    finally:
        process.kill()
        process.wait(10)
        os.close(inside)


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
