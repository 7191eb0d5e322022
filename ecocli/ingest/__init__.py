"""Any payload to readings: `read` is the one way in."""

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, BinaryIO

from ecocli.errors import BadData, NoInput
from ecocli.ingest import documents, native
from ecocli.ingest.reading import Document, Reading, Rejected

if TYPE_CHECKING:
    from ecocli.ingest.assemblers import Sequence

NATIVE = "native"
NO_CALL = "the input holds no call"
NO_CALL_HINT = "requests that failed, answers from a gateway's cache and telemetry of other kinds are none"


def read(stream: BinaryIO, format: str | None = None) -> Iterator[Reading | Rejected]:
    """
    The calls that a stream of bytes tells of, in input order; what cannot be read comes as `Rejected`.

    The container is told by the first bytes: a JSON object, one document per line, an array, or a
    stream as it came over the wire. One per line is read lazily, everything else at once.
    Chunks of a streamed answer, in any of these, make one call.

    Args:
        stream: Bytes, read once from where they stand.
        format: Name of a payload format to force; recognised by its keys when None.

    Raises:
        NoInput: The stream holds nothing.
        UsageError: There is no format of that name.
    """
    if format not in (None, NATIVE):
        from ecocli.ingest import formats

        formats.by_name(format)
    empty = True
    for found in _read_container(stream, format):
        empty = False
        yield found
    if empty:
        yield Rejected(NoInput(NO_CALL, NO_CALL_HINT), None, b"")


def _read_container(stream: BinaryIO, format: str | None) -> Iterator[Reading | Rejected]:
    number, first = documents.first_line(stream)
    head = first.lstrip().removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith(b"["):
        yield from _read_array(documents.read_all(stream, first), format)
    elif head.startswith(b"{") or format == NATIVE or not _is_wire(head):
        yield from _read_lines(stream, number, first, format)
    else:
        from ecocli.ingest import streams

        yield from streams.read(documents.read_all(stream, first), format)


def _is_wire(head: bytes) -> bool:
    from ecocli.ingest import streams

    return streams.is_wire(head)


def _read_lines(stream: BinaryIO, number: int, first: bytes, format: str | None) -> Iterator[Reading | Rejected]:
    if _spans_lines(first):
        yield from _read_documents(_parse(documents.read_all(stream, first), None), format)
    else:
        yield from _read_documents(_parse_lines(documents.lines(stream, first, number)), format)


def _spans_lines(first: bytes) -> bool:
    """True when the first line opens a document that goes on below: an object printed over several lines."""
    try:
        json.loads(first)
    except json.JSONDecodeError as error:
        return first.lstrip(b"\xef\xbb\xbf \t").startswith(b"{") and error.pos >= len(error.doc.rstrip())
    except (ValueError, RecursionError):
        return False
    return False


def _read_array(data: bytes, format: str | None) -> Iterator[Reading | Rejected]:
    yield from _read_documents((item for found in _parse(data, None) for item in _items(found)), format)


def _items(found: Document | Rejected) -> Iterator[Document | Rejected]:
    """The elements of an array; anything else as it is."""
    if isinstance(found, Document) and isinstance(found.body, list):
        yield from (Document(item, f"item {n}", b"") for n, item in enumerate(found.body, 1))
    else:
        yield found


def _parse_lines(numbered: Iterable[tuple[int, bytes]]) -> Iterator[Document | Rejected]:
    """A document per line. What is not one is looked at more closely, and costs more."""
    for number, line in numbered:
        where = f"line {number}"
        try:
            yield Document(documents.parse(line, where), where, line)
        except BadData as error:
            yield from _parse_pieces(line, where, error)


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
        yield from _parse(piece, where or f"document {number}")


def _read_documents(found: Iterator[Document | Rejected], format: str | None) -> Iterator[Reading | Rejected]:
    """Native events at once; everything else goes through a `Sequence`, which is made when the first one comes."""
    sequence: Sequence | None = None
    for document in found:
        reading: Reading | Rejected | None
        if isinstance(document, Rejected):
            if sequence and sequence.is_waiting():
                sequence.damage()  # a streamed answer was cut off in the middle of a line
                continue
            reading = document
        else:
            reading = _native(document, format)
            if reading is None:
                sequence = sequence or _sequence(format)
                yield from sequence.add(document)
                continue
        if sequence:
            yield from sequence.flush()
        yield reading
    if sequence:
        yield from sequence.flush()


def _native(document: Document, format: str | None) -> Reading | Rejected | None:
    """The reading of a native event; None for a document that another format has to read."""
    body: Any = document.body
    if format not in (None, NATIVE):
        return None if isinstance(body, dict) else _rejected(BadData("not a JSON object"), document)
    try:
        if not isinstance(body, dict):
            raise BadData("not a JSON object", f"an event looks like {native.EXAMPLE}")  # noqa: TRY301 - answered as every other bad event
        if format is None and not native.is_native(body) and _is_foreign(body):
            return None
        return Reading(native.canonical(body), where=document.where, raw=document.raw)
    except BadData as error:
        foreign = isinstance(body, dict) and format is None and _is_known_elsewhere(body)
        return None if foreign else _rejected(error, document)


def _is_foreign(body: dict[str, Any]) -> bool:
    """False for a native event that lacks its counts or its model, which flags can still give."""
    known = sum(key in native.SPELLINGS for key in body)
    return "usage" in body or known * 2 < max(1, len(body)) or _is_known_elsewhere(body)


def _is_known_elsewhere(body: dict[str, Any]) -> bool:
    """True when a payload format claims the keys: gateways' rows have model and counts at their top, too."""
    from ecocli.ingest import formats

    return formats.detect(body) is not None or formats.stream_of(body) is not None


def _rejected(error: BadData, document: Document) -> Rejected:
    return Rejected(documents.at(error, document.where), document.where, document.raw)


def _sequence(format: str | None) -> "Sequence":
    from ecocli.ingest.assemblers import Sequence

    return Sequence(format)
