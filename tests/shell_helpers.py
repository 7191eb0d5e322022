"""A real shell at a pseudo-terminal: what is typed into it, and what it shows."""

import os
import select
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

fcntl, pty, termios = (pytest.importorskip(name) for name in ("fcntl", "pty", "termios"))

SECONDS = 20
WINDOW = (24, 160)
"""Lines and columns."""


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
    """A shell that runs inside, in this folder."""
    inside, outside = pty.openpty()
    termios.tcsetwinsize(outside, WINDOW)
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
