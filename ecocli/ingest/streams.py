"""Answers as they came over the wire: server-sent events and the event stream of AWS."""

from collections.abc import Iterator

from ecocli.errors import BadData
from ecocli.ingest import documents, eventstream
from ecocli.ingest.reading import Document, Reading, Rejected
from ecocli.ingest.sequence import Sequence

FIELDS = (b"data:", b"event:", b"id:", b"retry:", b":")
"""How a line of server-sent events begins; a colon alone opens a comment."""

DONE = b"[DONE]"


def is_wire(head: bytes) -> bool:
    """True when the first bytes are those of a stream, not of JSON."""
    return head.startswith((eventstream.FIRST_BYTE, *FIELDS))


def read(data: bytes, format: str | None = None) -> Iterator[Reading | Rejected]:
    """The calls in a stream, or in several that follow one another. One that is cut off counts as far as it goes."""
    sequence = Sequence(format)
    source = _binary(data) if data.startswith(eventstream.FIRST_BYTE) else _server_sent(data)
    for event in source:
        if isinstance(event, Document):
            yield from sequence.add(event)
        elif event is None:
            yield from sequence.end()
        elif not sequence.damage():
            yield event
    yield from sequence.flush()


def _binary(data: bytes) -> Iterator[Document | Rejected]:
    try:
        for body, message in eventstream.messages(data):
            yield Document(body, None, message)
    except BadData as error:
        yield Rejected(error, None, b"")


def _server_sent(data: bytes) -> Iterator[Document | Rejected | None]:
    """
    Each event's document; None for `[DONE]`, Rejected for what is not JSON.

    The standard joins data lines up to a blank one, but captured streams often lost their blank lines,
    so a line that is a document by itself is taken at once.
    """
    waiting: list[tuple[int, bytes]] = []
    for number, line in enumerate([*data.removeprefix(b"\xef\xbb\xbf").splitlines(), b""], 1):
        name, _, value = line.partition(b":")
        if name.strip() == b"data":
            whole = None if waiting else _event(value, number)
            if whole is None:
                waiting.append((number, value))
            else:
                yield from whole
        elif waiting and not line.strip():
            yield from _joined(waiting)
            waiting = []


def _joined(lines: list[tuple[int, bytes]]) -> Iterator[Document | Rejected | None]:
    """The document that several lines make; where they make none, what each of them is by itself."""
    together = _event(b"\n".join(value for _, value in lines), lines[0][0])
    if together is not None:
        yield from together
        return
    for number, value in lines:
        alone = _event(value, number)
        yield from [_not_json(value, number)] if alone is None else alone


def _event(value: bytes, number: int) -> list[Document | None] | None:
    """The content of a data field: nothing, the end, or a document; None when it is not JSON (yet)."""
    text = value.strip()
    if not text or text == DONE:
        return [None] if text else []
    try:
        body = documents.parse(text)
    except BadData:
        return None
    return [Document(body, f"line {number}", value)] if isinstance(body, dict) else []


def _not_json(value: bytes, number: int) -> Rejected:
    where = f"line {number}"
    return Rejected(documents.at(BadData("not a JSON event"), where), where, value)
