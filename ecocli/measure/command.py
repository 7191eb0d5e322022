"""Runs a command whose output is passed on as it comes, and kept."""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import BinaryIO

from ecocli.errors import CannotRun

CHUNK_BYTES = 65_536
OF_A_SIGNAL = 128
"""The number that a shell adds to a signal's for the exit code of a process that it ended."""


def run(command: Sequence[str], keep: BinaryIO, pass_on: Callable[[bytes], None]) -> int:
    """
    Run a command with this process's standard input and error.

    An interrupt from the keyboard reaches the command as well: it ends as it likes, and what it printed is kept.

    Args:
        keep: Where its standard output is written.
        pass_on: Called with each part of its standard output.

    Returns:
        Its exit code, as a shell has it.

    Raises:
        CannotRun: It cannot be started.
    """
    try:
        process = subprocess.Popen(command, stdout=subprocess.PIPE)  # noqa: S603 - what the user asks to run
    except (OSError, ValueError) as error:
        raise CannotRun(command[0], getattr(error, "strerror", None)) from error
    with process, _signals_for(process):
        if process.stdout is not None:
            while chunk := os.read(process.stdout.fileno(), CHUNK_BYTES):
                keep.write(chunk)
                pass_on(chunk)
        code = process.wait()
    return code if code >= 0 else OF_A_SIGNAL - code


@contextmanager
def _signals_for(process: "subprocess.Popen[bytes]") -> Iterator[None]:
    """This process outlives the command: it ignores an interrupt, which the terminal sends to both, and hands a request to end on."""
    kept = {signal.SIGINT: signal.signal(signal.SIGINT, lambda *_: None)}
    kept[signal.SIGTERM] = signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    try:
        yield
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
