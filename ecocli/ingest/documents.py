"""Bytes from a pipe or a file, as JSON documents with their place: one object, an array, or one per line."""

import codecs
import json
from collections.abc import Iterator
from json.scanner import make_scanner
from typing import Any, BinaryIO, NoReturn

from ecocli.errors import BadData, EcoError, NoInput, shorten

MAX_BYTES = 256 * 1024 * 1024
"""A longer line or document is refused: it would have to be held in memory."""


def parse(text: bytes | str, where: str | None = None) -> Any:
    """One JSON document. Anything that is not one is BadData, never another exception."""
    try:
        return _decode(text.decode(_encoding(text), "surrogatepass") if isinstance(text, bytes) else text)
    except UnicodeDecodeError as error:
        reason = f"not UTF-8 text (byte {error.start})"
    except RecursionError:
        reason = "nested too deeply"
    except json.JSONDecodeError as error:
        reason = f"not JSON: {error.msg} (column {error.colno})"
    except ValueError as error:  # NaN and the like, or an integer of thousands of digits
        reason = f"not usable JSON: {shorten(str(error))}"
    raise at(BadData(reason, "one JSON object per line, an array, or one object"), where)


def parse_lines(data: bytes) -> list[Any] | None:
    """
    The documents of lines that are nothing but JSON, one each or none, read quickly; None where there is anything else.

    A byte order mark, blanks around a document, damage: what such lines are worth `parse` knows.
    """
    try:
        lines = [line for line in data.decode().split("\n") if line not in {"", "\r"}]
        found = [_scan(line, 0) for line in lines]
    except (StopIteration, ValueError, RecursionError):
        return None
    are_whole = all(end == len(line) or line[end:] == "\r" for (_, end), line in zip(found, lines, strict=True))
    return [document for document, _ in found] if are_whole else None


def at(error: EcoError, where: str | None) -> EcoError:
    """The error with its place in front, once."""
    if where and not error.where:
        error.args = (f"{where}: {error.args[0]}",)
        error.where = where
    return error


def lines(stream: BinaryIO, first: bytes = b"", number: int = 1) -> Iterator[tuple[int, bytes]]:
    """Non-blank lines with their number. Memory holds one line at a time."""
    line = first or read_line(stream, number)
    while line:
        if line.strip():
            yield number, line
        number += 1
        line = read_line(stream, number)


def blocks(stream: BinaryIO, first: bytes, number: int, size_bytes: int) -> Iterator[tuple[int, bytes]]:
    """Whole lines by the hundred, with the number of the first of them; `first` is read already."""
    data = first + stream.read(max(0, size_bytes - len(first)))
    while data:
        if not data.endswith(b"\n"):
            data += read_line(stream, number + data.count(b"\n"))
        yield number, data
        number += data.count(b"\n")
        data = stream.read(size_bytes)


def read_all(stream: BinaryIO, first: bytes = b"") -> bytes:
    """The rest of the stream, refused above MAX_BYTES."""
    data = first + stream.read(MAX_BYTES + 1 - len(first))
    check_size(len(data))
    return data


def check_size(size_bytes: int) -> None:
    """BadData for a document above MAX_BYTES."""
    if size_bytes > MAX_BYTES:
        raise BadData(f"the document is larger than {MAX_BYTES >> 20} MiB", "one event per line has no such limit")


def is_utf_16(data: bytes) -> bool:
    """True for text that begins with the byte order mark of UTF-16, in which Windows PowerShell writes files."""
    return data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and not data.startswith(codecs.BOM_UTF32_LE)


def from_utf_16(data: bytes) -> bytes:
    """The text in UTF-8. Raises BadData for what is not UTF-16."""
    try:
        return data.decode("utf-16").encode("utf-8", "surrogatepass")
    except UnicodeDecodeError as error:
        raise BadData(f"not UTF-16 text (byte {error.start}), though it begins with the mark of it") from None


def first_line(stream: BinaryIO, begin: int = 1) -> tuple[int, bytes]:
    """The first line that is not blank, and its number; the stream begins in line `begin`. Raises NoInput when there is none."""
    for number, line in lines(stream, number=begin):
        return number, line
    raise NoInput("the input is empty")


def read_line(stream: BinaryIO, number: int) -> bytes:
    """The next line with its end, empty at the end of the stream. Raises BadData, with its number, for one above MAX_BYTES."""
    line = stream.readline(MAX_BYTES + 1)
    if len(line) > MAX_BYTES:
        raise at(BadData(f"longer than {MAX_BYTES >> 20} MiB"), f"line {number}")
    return line


def _encoding(data: bytes) -> str:
    """The encoding, recognised by the first bytes: nearly always UTF-8, and whatever the ancestors of RFC 8259 allowed."""
    return "utf-8" if data.startswith(b'{"') else json.detect_encoding(data)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


_decoder = json.JSONDecoder(parse_constant=_refuse_constant)
"""Made once: json.loads makes a new decoder for every document."""
_decode = _decoder.decode
_scan = make_scanner(_decoder)  # type: ignore[arg-type]  # what is known of its types is wrong
"""The decoder's own scanner: the document that begins at a place, and where it ends."""
