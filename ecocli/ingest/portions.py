"""Bytes in portions, and the documents of each: whole lines, or all there is of a container that is no lines."""

import io
import json
from collections.abc import Iterable, Iterator
from typing import BinaryIO, Literal

from ecocli.errors import BadData
from ecocli.ingest import documents
from ecocli.ingest.reading import Document, Reading, Rejected
from ecocli.ingest.recognition import NATIVE, Recogniser
from ecocli.util.valueclass import value_class

PORTION_BYTES = 64 * 1024
AROUND = b" \t\r\n\v\f\x1e\xef\xbb\xbf"
"""Bytes that may stand before a document: blanks, a byte order mark, the mark of a JSON text sequence. A zero begins an event stream of AWS."""


@value_class(frozen=True, slots=True)
class Portion:
    """A part of the input."""

    data: bytes
    form: Literal["lines", "document", "array", "wire"] = "lines"
    number: int = 1
    """Of its first line in the input."""


def of(stream: BinaryIO, format: str | None, number: int = 1) -> Iterator[Portion]:
    """The portions of a stream that begins in line `number` of the input. Its container is told by its first bytes."""
    number, first = documents.first_line(stream, number)
    if documents.is_utf_16(first):
        stream = io.BytesIO(documents.from_utf_16(documents.read_all(stream, first)))
        number, first = documents.first_line(stream)
    head = first.lstrip(AROUND)
    if head.startswith(b"HTTP/") and (answers := _bodies(stream, number, head)):
        for begin, body in answers:
            yield from of(io.BytesIO(body), format, begin)
    elif head.startswith(b"["):
        yield Portion(documents.read_all(stream, first), "array")
    elif not (head.startswith(b"{") or format == NATIVE) and _is_wire(head):
        yield Portion(documents.read_all(stream, first), "wire")
    elif _spans_lines(first):
        yield Portion(documents.read_all(stream, first), "document")
    else:
        for begin, data in documents.blocks(stream, first, number, PORTION_BYTES):
            yield Portion(data, "lines", begin)


def read(portion: Portion, format: str | None, recogniser: Recogniser) -> Iterator[Reading | Rejected]:
    """The calls of a portion."""
    if portion.form == "wire":
        from ecocli.ingest import streams

        yield from streams.read(portion.data, format)
    elif portion.form == "lines":
        yield from recogniser.read(parse_lines(portion))
    elif portion.form == "array":
        yield from recogniser.read(item for found in _parse(portion.data, None) for item in _items(found))
    else:
        yield from recogniser.read(_parse(portion.data, None))


def parse_lines(portion: Portion) -> Iterator[Document | Rejected]:
    """A document per line. What is not one is looked at more closely, and costs more."""
    for number, line in enumerate(io.BytesIO(portion.data), portion.number):
        if not line.strip():
            continue
        where = f"line {number}"
        try:
            yield Document(documents.parse(line, where), where, line)
        except BadData as error:
            yield from _parse_pieces(line, where, error)


def _bodies(stream: BinaryIO, number: int, head: bytes) -> Iterator[tuple[int, bytes]] | None:
    """The bodies of answers with their headers; None where the first line is no status line after all."""
    from ecocli.ingest import http_heads

    return http_heads.bodies(stream, number) if http_heads.is_head(head) else None


def _is_wire(head: bytes) -> bool:
    from ecocli.ingest import streams

    return streams.is_wire(head)


def _spans_lines(first: bytes) -> bool:
    """True when the first line opens a document that goes on below: an object printed over several lines."""
    try:
        json.loads(first)
    except json.JSONDecodeError as error:
        return first.lstrip(AROUND).startswith(b"{") and error.pos >= len(error.doc.rstrip())
    except (ValueError, RecursionError):
        return False
    return False


def _items(found: Document | Rejected) -> Iterable[Document | Rejected]:
    """The elements of an array; anything else as it is."""
    if isinstance(found, Document) and isinstance(found.body, list):
        return (Document(item, f"item {n}", b"") for n, item in enumerate(found.body, 1))
    return (found,)


def _parse(data: bytes, where: str | None) -> Iterator[Document | Rejected]:
    """The document in some bytes, or the documents where several follow one another without a line end."""
    try:
        yield Document(documents.parse(data, where), where, data)
    except BadData as error:
        yield from _parse_pieces(data, where, error)


def _parse_pieces(data: bytes, where: str | None, error: BadData) -> Iterator[Document | Rejected]:
    from ecocli.ingest import concatenated

    pieces = concatenated.split(data)
    if not pieces:
        yield Rejected(error, where, data)
    for number, piece in enumerate(pieces, 1):
        place = where or f"document {number}"
        try:
            yield Document(documents.parse(piece, place), place, piece)
        except BadData as fault:  # whole, and not usable all the same: NaN in it, or nested too deeply
            yield Rejected(fault, place, piece)
