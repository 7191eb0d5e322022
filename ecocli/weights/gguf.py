"""The header of a GGUF file: its metadata, and the name, shape and type of each tensor. The weights themselves are never read."""

import io
import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from ecocli.errors import BadData, quoted

MAGIC = b"GGUF"
VERSIONS = (2, 3)
MOST_KEPT_BYTES, MOST_KEPT_NUMBERS = 65_536, 4096
"""Of a text and of a list of numbers: longer ones, as vocabularies are, are passed over."""
MOST_STRINGS = 5_000_000
"""In a list: vocabularies have some hundred thousand."""
MOST_DIMENSIONS = 4
MOST_ELEMENTS = 10**14
SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
"""Types of values by their number, as `struct` names them."""
STRING, ARRAY = 8, 9
SMALLEST_PAIR, SMALLEST_TENSOR = 13, 24
"""Bytes of an entry with an empty name."""
BLOCKS = {
    0: (1, 4), 1: (1, 2), 2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 8: (32, 34), 10: (256, 84), 11: (256, 110), 12: (256, 144),
    13: (256, 176), 14: (256, 210), 16: (256, 66), 17: (256, 74), 18: (256, 98), 19: (256, 50), 20: (32, 18), 21: (256, 110), 22: (256, 82),
    23: (256, 136), 24: (1, 1), 25: (1, 2), 26: (1, 4), 27: (1, 8), 28: (1, 8), 29: (256, 56), 30: (1, 2), 34: (256, 54), 35: (256, 66), 39: (32, 17),
    40: (64, 36),
}  # fmt: skip
"""Weights in a block and its bytes, by the number of a tensor's type: ggml, 2026."""


class Tensor(NamedTuple):
    """A tensor of the file. `bits` is the mean size of its weights, None for a type that is not known. [bit]"""

    name: str
    elements: int
    bits: float | None


class Header(NamedTuple):
    """What stands before the weights."""

    metadata: dict[str, Any]
    tensors: list[Tensor]


def is_gguf(start: bytes) -> bool:
    return start.startswith(MAGIC)


def read(path: Path) -> Header:
    """The header of a file of any size. BadData, with the code "bad-gguf", for a file that is cut short or no GGUF."""
    try:
        with path.open("rb", buffering=1 << 20) as file:
            return _Reader(file, path).header()
    except OSError as error:
        raise BadData(f"{quoted(str(path), 200)} cannot be read: {(error.strerror or 'unknown reason').lower()}") from error


class _Reader:
    """Reads forward; each length is looked at before anything of that length is read."""

    def __init__(self, file: BinaryIO, path: Path) -> None:
        self._file, self._path = file, path
        self._left = os.fstat(file.fileno()).st_size

    def header(self) -> Header:
        if self._bytes(4) != MAGIC:
            raise self._bad("is no GGUF file: it does not begin with GGUF")
        version = self._number("I")
        if version not in VERSIONS:
            hint = ", or is written for big-endian machines" if version > 0xFFFF else ""
            raise self._bad(f"has version {version}, and eco reads {' and '.join(map(str, VERSIONS))}{hint}")
        tensors, pairs = self._count(SMALLEST_TENSOR), self._count(SMALLEST_PAIR)
        metadata = dict(self._pair() for _ in range(pairs))
        return Header(metadata, [self._tensor() for _ in range(tensors)])

    def _pair(self) -> tuple[str, Any]:
        key = self._string()
        return key or "", self._value(self._number("I"))

    def _value(self, kind: int) -> Any:
        """A value; None for what is longer than anything of use."""
        if kind in SCALARS:
            return self._number(SCALARS[kind])
        if kind == STRING:
            return self._string()
        if kind == ARRAY:
            return self._array()
        raise self._bad(f"has a value of type {kind}, which there is not")

    def _array(self) -> list[Any] | None:
        kind = self._number("I")
        if kind in SCALARS:
            size = struct.calcsize(SCALARS[kind])
            count = self._count(size)
            if count > MOST_KEPT_NUMBERS:
                self._skip(count * size)
                return None
            return list(struct.unpack(f"<{count}{SCALARS[kind]}", self._bytes(count * size)))
        if kind != STRING:
            raise self._bad(f"has a list of values of type {kind}, which eco does not read")
        count = self._count(8)
        if count > MOST_STRINGS:
            raise self._bad(f"has a list of {count:,} texts, more than any vocabulary")
        for _ in range(count):
            self._skip(self._count(1))
        return None

    def _tensor(self) -> Tensor:
        name = self._string()
        dimensions = self._number("I")
        if dimensions > MOST_DIMENSIONS:
            raise self._bad(f"has a tensor of {dimensions} dimensions")
        elements = 1
        for _ in range(dimensions):
            elements *= self._number("Q")
        if elements > MOST_ELEMENTS:
            raise self._bad(f"has a tensor of {elements:.3g} weights")
        weights, size = BLOCKS.get(self._number("I"), (0, 0))
        self._skip(8)
        return Tensor(name or "", elements, 8 * size / weights if weights else None)

    def _string(self) -> str | None:
        length = self._count(1)
        if length > MOST_KEPT_BYTES:
            self._skip(length)
            return None
        return self._bytes(length).decode("utf-8", "replace")

    def _count(self, smallest: int) -> int:
        """A number of things of at least so many bytes each, which the rest of the file can hold."""
        count: int = self._number("Q")
        if count * smallest > self._left:
            raise self._bad(f"is cut short or damaged: it states {count:,} entries of {smallest} bytes or more, and {self._left:,} bytes follow")
        return count

    def _number(self, kind: str) -> Any:
        return struct.unpack(f"<{kind}", self._bytes(struct.calcsize(kind)))[0]

    def _bytes(self, count: int) -> bytes:
        found = self._file.read(count) if count <= self._left else b""
        if len(found) < count:
            raise self._bad("is cut short: it ends within its header")
        self._left -= count
        return found

    def _skip(self, count: int) -> None:
        if count > self._left:
            raise self._bad("is cut short: it ends within its header")
        self._file.seek(count, io.SEEK_CUR)
        self._left -= count

    def _bad(self, what: str) -> BadData:
        return BadData(f"{quoted(str(self._path), 200)} {what}", code="bad-gguf")


def parts(path: Path, header: Header) -> Iterator[Path]:
    """Every file of a model that is split over several: `NAME-00001-of-00003.gguf`. BadData where its name does not tell the others."""
    count = header.metadata.get("split.count")
    if not isinstance(count, int) or count <= 1:
        yield path
        return
    start, mark, _ = path.stem.rpartition("-of-")
    stem, dash, number = start.rpartition("-")
    if not mark or not dash or not number.isdecimal() or count > 10_000:
        raise BadData(f"{quoted(str(path), 200)} is one of {count:,} files of a model, and its name does not tell the others", code="bad-gguf")
    yield from (path.with_name(f"{stem}-{part:05}-of-{count:05}.gguf") for part in range(1, count + 1))
