"""Messages between processes: each one goes through a pipe with its length before it."""

import io
import os
from contextlib import ExitStack
from typing import BinaryIO

SIZE_BYTES = 8
"""Length of the number that precedes each message."""
DEFAULT_BYTES, WIDE_BYTES = 4 * 1024, 1024 * 1024
"""Capacity that every system gives a pipe, and the capacity that Linux allows an ordinary user."""


def open_pipe(undo: ExitStack) -> tuple[int, int]:
    """A new pipe as (read end, write end); `undo` closes both if its block fails."""
    ends = os.pipe()
    for end in ends:
        undo.callback(os.close, end)
    return ends


def widen(pipe: int) -> int:
    """Enlarge a pipe as far as the system allows; returns its capacity. [byte]"""
    try:
        import fcntl

        return fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, WIDE_BYTES)
    except (ImportError, AttributeError, OSError):
        return DEFAULT_BYTES


def send(pipe: BinaryIO, message: bytes) -> None:
    """Write one message; BrokenPipeError when the reader is gone."""
    pipe.write(len(message).to_bytes(SIZE_BYTES))
    pipe.write(message)
    pipe.flush()


def receive(pipe: io.RawIOBase | io.BufferedIOBase) -> bytearray:
    """Read one message, waiting for all of it; EOFError when the writer is gone."""
    return _exactly(pipe, int.from_bytes(_exactly(pipe, SIZE_BYTES)))


def _exactly(pipe: io.RawIOBase | io.BufferedIOBase, size_bytes: int) -> bytearray:
    data = bytearray(size_bytes)
    view = memoryview(data)
    while view:
        count = pipe.readinto(view)
        if not count:
            raise EOFError
        view = view[count:]
    return data
