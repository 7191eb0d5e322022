"""Zstandard: Python's own from 3.14 on, else the package `zstandard`, imported where something is compressed with it."""

from importlib import import_module
from io import BytesIO
from typing import BinaryIO

from ecocli.errors import BadData
from ecocli.ingest import documents


class NoZstandard(BadData):
    """Nothing here can read it; another time it may be read."""

    def __init__(self) -> None:
        super().__init__("compressed with Zstandard, which this Python cannot read", "pip install zstandard")


def decompressed(data: bytes) -> bytes:
    """
    The bytes behind compressed ones.

    Raises:
        NoZstandard: Nothing here can read them.
        BadData: They are damaged, or hold more than any document may.
    """
    stream, error = opened(BytesIO(data))
    try:
        found = stream.read(documents.MAX_BYTES + 1)
    except (error, EOFError) as fault:
        raise BadData(f"damaged Zstandard data: {fault}") from fault
    if len(found) > documents.MAX_BYTES:
        raise BadData(f"a compressed document is larger than {documents.MAX_BYTES >> 20} MiB")
    return found


def opened(source: BinaryIO) -> tuple[BinaryIO, type[Exception]]:
    """
    A stream of the bytes behind compressed ones, which closes their own, and what it raises where they are damaged.

    Raises:
        NoZstandard: Nothing here can read them.
    """
    try:
        own = import_module("compression.zstd")
        return own.ZstdFile(source), own.ZstdError
    except ImportError:
        pass
    try:
        package = import_module("zstandard")
    except ImportError:
        raise NoZstandard from None
    return package.ZstdDecompressor().stream_reader(source, read_across_frames=True, closefd=True), package.ZstdError
