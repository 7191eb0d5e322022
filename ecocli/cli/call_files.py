"""Files and standard input of a call, and standard input that is copied to standard output."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from ecocli.errors import BadData, MissingFile, quoted

CHUNK_BYTES = 65_536
KEPT_IN_MEMORY_BYTES = 8 * 1024 * 1024


def open_file(path: Path) -> BinaryIO:
    """Open a file, or standard input for `-`. BadData when it cannot be read."""
    if str(path) == "-":
        return sys.stdin.buffer
    try:
        return path.open("rb")
    except OSError as error:
        raise unreadable(path, error) from error


def read_file(path: Path) -> bytes:
    """The bytes of a file, or of standard input for `-`. BadData when it cannot be read."""
    with open_file(path) as stream:
        try:
            return stream.read()
        except OSError as error:
            raise unreadable(path, error) from error


def unreadable(path: Path, error: OSError) -> BadData:
    """The error for a file that is missing or cannot be read."""
    if isinstance(error, FileNotFoundError):
        return MissingFile(f"no file {quoted(str(path))}", "give the path of a file that exists, or - for standard input")
    return BadData(f"{quoted(str(path))} cannot be read: {_reason(error)}")


@contextmanager
def passed_through() -> Iterator[BinaryIO]:
    """Copy standard input to standard output as it arrives, then yield it for reading. A closed reader does not stop it."""
    from tempfile import SpooledTemporaryFile

    with SpooledTemporaryFile(max_size=KEPT_IN_MEMORY_BYTES) as kept:
        while chunk := os.read(sys.stdin.fileno(), CHUNK_BYTES):
            kept.write(chunk)
            pass_on(chunk)
        kept.seek(0)
        yield kept  # type: ignore[misc]  # a binary file in all but its base class


def pass_on(chunk: bytes) -> None:
    """Write to standard output at once; a reader that is gone is no error."""
    try:
        sys.stdout.buffer.write(chunk)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _reason(error: OSError) -> str:
    return (error.strerror or "unknown reason").lower()
