"""The bytes of a call: files, standard input, and standard input that is passed on."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TextIO

from ecocli.errors import BadData, MissingFile, quoted

CHUNK_BYTES = 65_536
KEPT_IN_MEMORY_BYTES = 8 * 1024 * 1024


def open_file(path: Path) -> BinaryIO:
    """The file, or standard input for `-`."""
    if str(path) == "-":
        return sys.stdin.buffer
    try:
        return path.open("rb")
    except OSError as error:
        raise unreadable(path, error) from error


def read_file(path: Path) -> bytes:
    with open_file(path) as stream:
        try:
            return stream.read()
        except OSError as error:
            raise unreadable(path, error) from error


def create_file(path: Path) -> TextIO:
    """A file to write, empty at first."""
    try:
        return path.open("w", encoding="utf-8")
    except OSError as error:
        raise BadData(f"{quoted(str(path))} cannot be written: {_reason(error)}") from error


def unreadable(path: Path, error: OSError) -> BadData:
    """A file that is not there or cannot be read, as an error that names it."""
    if isinstance(error, FileNotFoundError):
        return MissingFile(f"no file {quoted(str(path))}", "give the path of a file that exists, or - for standard input")
    return BadData(f"{quoted(str(path))} cannot be read: {_reason(error)}")


@contextmanager
def passed_through() -> Iterator[BinaryIO]:
    """Standard input, after it was copied to standard output as it came. A closed reader does not stop it."""
    from tempfile import SpooledTemporaryFile

    with SpooledTemporaryFile(max_size=KEPT_IN_MEMORY_BYTES) as kept:
        while chunk := os.read(sys.stdin.fileno(), CHUNK_BYTES):
            kept.write(chunk)
            _pass_on(chunk)
        kept.seek(0)
        yield kept  # type: ignore[misc]  # a binary file in all but its base class


def _pass_on(chunk: bytes) -> None:
    try:
        sys.stdout.buffer.write(chunk)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _reason(error: OSError) -> str:
    return (error.strerror or "unknown reason").lower()
