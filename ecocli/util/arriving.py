"""A pipe whose writer takes its time: what has arrived is taken out of it before anybody asks."""

import io
import os
import select
from collections import deque
from typing import BinaryIO, Self

from ecocli.util.pipes import widen

MOST_BYTES = 32 * 1024 * 1024
"""Taken out ahead of its reader."""
CHUNK_BYTES = 1024 * 1024


class Arriving(io.RawIOBase):
    """
    The rest of a stream that is no file.

    Args:
        descriptor: Of the pipe, terminal or socket.
        head: What has been read of it already.
    """

    def __init__(self, descriptor: int, head: bytes = b"") -> None:
        self._descriptor = descriptor
        self._chunks = deque([memoryview(head)] if head else [])
        self._bytes = len(head)
        self._has_ended = False
        widen(descriptor)

    @classmethod
    def of(cls, stream: BinaryIO) -> Self | None:
        """None where the system cannot tell what has arrived."""
        try:
            descriptor = stream.fileno()
        except OSError:
            return None
        if not isinstance(stream, io.BufferedReader) or not hasattr(select, "poll"):
            return None
        return cls(descriptor, stream.read1(len(stream.peek())))

    def readable(self) -> bool:
        return True

    def has_all(self) -> bool:
        """True when the writer is done and all that it wrote is here; takes what has arrived, and never waits."""
        poll = select.poll()
        poll.register(self._descriptor, select.POLLIN)
        while not self._has_ended and self._bytes < MOST_BYTES and poll.poll(0):
            self._take()
        return self._has_ended

    def readinto(self, buffer: "memoryview") -> int:  # type: ignore[override]  # any buffer; this is what a BufferedReader hands over
        if not self._chunks and not self._has_ended:
            self._take()
        if not self._chunks:
            return 0
        first = self._chunks.popleft()
        part, rest = first[: len(buffer)], first[len(buffer) :]
        buffer[: len(part)] = part
        if rest:
            self._chunks.appendleft(rest)
        self._bytes -= len(part)
        return len(part)

    def _take(self) -> None:
        chunk = os.read(self._descriptor, CHUNK_BYTES)
        self._has_ended = not chunk
        if chunk:
            self._chunks.append(memoryview(chunk))
            self._bytes += len(chunk)
