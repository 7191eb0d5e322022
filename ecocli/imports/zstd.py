"""Zstandard: Python's own from 3.14 on, else the package `zstandard`, imported where something is compressed with it."""

from importlib import import_module
from io import BytesIO
from typing import BinaryIO

from ecocli.errors import BadData
from ecocli.ingest import documents


class NoZstandard(BadData):
    """Nothing here can read it; another time it may be read."""

    def __init__(self) -> None:
        super().__init__("compressed with Zstandard, which nothing here can unpack: pip install 'ecocli[zstd]'")


def unpacking(packed: BinaryIO) -> tuple[BinaryIO, type[Exception]]:
    """
    A stream of what another one holds, and the error that reading it raises when that is damaged.

    Raises:
        NoZstandard: Nothing here can unpack it.
    """
    try:
        own = import_module("compression.zstd")
        return own.ZstdFile(packed), own.ZstdError
    except ImportError:
        pass
    try:
        package = import_module("zstandard")
    except ImportError:
        raise NoZstandard from None
    return package.ZstdDecompressor().stream_reader(packed, read_across_frames=True, closefd=True), package.ZstdError


def unpacked(data: bytes) -> bytes:
    """
    What some bytes hold.

    Raises:
        NoZstandard: Nothing here can unpack them.
        BadData: They are damaged, or hold more than any document may.
    """
    stream, fault = unpacking(BytesIO(data))
    try:
        found = stream.read(documents.MAX_BYTES + 1)
    except (fault, EOFError) as error:
        raise BadData("damaged: it cannot be unpacked") from error
    if len(found) > documents.MAX_BYTES:
        raise BadData(f"a compressed document is larger than {documents.MAX_BYTES >> 20} MiB")
    return found
