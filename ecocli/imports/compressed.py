"""Logs that a tool compressed in their place, read as they are unpacked: neither memory nor disk holds one as a whole."""

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

from ecocli.errors import BadData
from ecocli.imports import zstd
from ecocli.imports.lines import Portion
from ecocli.imports.log_file import LogFile
from ecocli.ingest import documents

NOWHERE = (0, 0)
"""A name in place of a file, for a portion that is in memory."""


@contextmanager
def opened(file: LogFile) -> Iterator[BinaryIO]:
    """
    The bytes of a log, unpacked where it is compressed. A file that is cut ends early.

    Raises:
        BadData: It is damaged, or nothing here can unpack it.
    """
    if not file.is_compressed:
        with file.path.open("rb") as stream:
            yield stream
        return
    with file.path.open("rb") as packed:
        unpacked, faults = _unpacking(packed, file.path.suffix)
        try:
            yield unpacked
        except faults as error:
            raise BadData("damaged: it cannot be unpacked") from error


def portions(file: LogFile, size_bytes: int) -> Iterator[tuple[BinaryIO, Portion]]:
    """Portions of a compressed log of lines, each as a stream of its own."""
    with opened(file) as stream:
        rest: list[bytes] = []
        while data := _some(stream, size_bytes):
            cut = data.rfind(b"\n") + 1
            if cut:
                whole = b"".join((*rest, data[:cut]))
                yield io.BytesIO(whole), Portion(file, NOWHERE, 0, len(whole), None)
                rest.clear()
            rest.append(data[cut:])
            if sum(map(len, rest)) > documents.MAX_BYTES:
                raise BadData(f"a line is longer than {documents.MAX_BYTES >> 20} MiB")
        yield io.BytesIO(), Portion(file, NOWHERE, 0, 0, b"".join(rest))


def _some(stream: BinaryIO, size_bytes: int) -> bytes:
    try:
        return stream.read(size_bytes)
    except EOFError:  # cut: what is whole counts
        return b""


def _unpacking(packed: BinaryIO, ending: str) -> tuple[BinaryIO, tuple[type[Exception], ...]]:
    """A stream of what a compressed file holds, and the errors that reading it raises when it is damaged."""
    if ending == ".gz":
        return cast(BinaryIO, gzip.GzipFile(fileobj=packed)), (gzip.BadGzipFile, zlib.error)
    stream, fault = zstd.opened(packed)
    return stream, (fault,)
