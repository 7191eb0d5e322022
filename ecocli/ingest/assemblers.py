"""Streams put together again: the chunks of one answer become the answer as it would have come in one piece."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from ecocli.errors import BadData
from ecocli.ingest import documents, formats
from ecocli.ingest.formats._fields import HASHED, canonical, digest
from ecocli.ingest.reading import Document, Reading, Rejected

UNSEEN_PROMPT = ""
"""
Stands for a prompt that nobody reported: counted as the empty text it is, so that the call is kept and marked
as estimated; --prompt-tokens and --prompt-text replace it.
"""

NO_USAGE = "completion_tokens is missing in the payload: the text it carries was counted instead"
CUT_OFF = "the stream ended early: only what came before is counted"
DAMAGED = "a part of the stream could not be read"
PROMPT_UNSEEN = (
    "the payload does not tell its prompt_tokens: none were counted (--prompt-tokens or --prompt-text adds them)"
)


class Assembler:
    """
    One streamed answer, chunk by chunk; a subclass knows one family of streams.

    `body` grows into the document that `formats.<format>.read` understands. `text` is what the model
    wrote, kept until it is known whether it has to be counted; chunks themselves are never counted.
    """

    format: ClassVar[str]

    def __init__(self) -> None:
        self.body: dict[str, Any] = {}
        self.text: list[str] = []
        self.complete = False
        """The provider said that the answer is finished."""

    @staticmethod
    def is_chunk(document: dict[str, Any]) -> bool:
        """True when the keys are those of a chunk, not of a whole answer."""
        raise NotImplementedError

    def belongs(self, chunk: dict[str, Any]) -> bool:
        """False when the chunk opens the next answer."""
        return not self.complete

    def add(self, chunk: dict[str, Any]) -> None:
        raise NotImplementedError

    def end(self) -> None:
        """The wire said that nothing follows (`[DONE]`); most families have an end of their own instead."""

    def is_complete(self) -> bool:
        """True when nothing is missing at the end."""
        return self.complete

    def write(self, *parts: Any) -> None:
        """Collect what the model wrote; anything but text is passed over."""
        self.text.extend(part for part in parts if isinstance(part, str) and part)

    def readings(self) -> list[Reading]:
        """The calls of the finished answer."""
        return list(formats.by_name(self.format).read(self.body))


@dataclass(slots=True)
class _Answer:
    """A streamed answer under way."""

    assembler: Assembler
    first: Document
    raw: list[bytes]
    damaged: bool = False

    def take(self, document: Document) -> None:
        self.assembler.add(document.body)
        self.raw.append(document.raw or canonical(document.body))

    def readings(self) -> Iterator[Reading | Rejected]:
        module, text = formats.by_name(self.assembler.format), "".join(self.assembler.text)
        in_one_piece = len(self.raw) == 1 and module.matches(self.first.body)  # a whole answer can look like a chunk
        for reading in module.read(self.first.body) if in_one_piece else self.assembler.readings():
            if not in_one_piece:
                reading.fields["id"] = _wire_id(reading.fields["id"], self.raw)
            counted = in_one_piece and "completion_tokens" in reading.fields
            reading.assumptions += [CUT_OFF] * (not counted and not self.assembler.is_complete())
            reading.assumptions += [DAMAGED] * self.damaged
            yield with_text(reading, text)


class Sequence:
    """
    Documents that are not native events, in their order: whole answers at once, chunks when their answer ends.

    `format` restricts which formats are tried.
    """

    def __init__(self, format: str | None = None) -> None:
        self._format = format
        self._open: _Answer | None = None
        self.has_streamed = False
        """A chunk was among them: what it means depends on those before it."""

    def add(self, document: Document) -> Iterator[Reading | Rejected]:
        """The calls that are complete once this document is known."""
        if self._open and not self._continues(self._open.assembler, document.body):
            yield from self.flush()
        yield from placed(self._add(document), document.where, document.raw)

    def _add(self, document: Document) -> Iterator[Reading | Rejected]:
        if self._open is None:
            family = formats.stream_of(document.body, self._format)
            if family is None:
                yield from _whole(document.body, self._format)
                return
            self._open, self.has_streamed = _Answer(family(), document, []), True
        self._open.take(document)

    def end(self) -> Iterator[Reading | Rejected]:
        """The wire said that the answer is over."""
        if self._open:
            self._open.assembler.end()
        yield from self.flush()

    def is_waiting(self) -> bool:
        """True while more of an answer has to come."""
        return self._open is not None and not self._open.assembler.is_complete()

    def damage(self) -> bool:
        """A part of the running answer could not be read. False when none is running."""
        if self._open:
            self._open.damaged = True
        return self._open is not None

    def flush(self) -> Iterator[Reading | Rejected]:
        """What is left of the running answer, finished or not."""
        answer, self._open = self._open, None
        if answer:
            yield from placed(answer.readings(), answer.first.where, b"".join(answer.raw))

    @staticmethod
    def _continues(assembler: Assembler, chunk: dict[str, Any]) -> bool:
        return assembler.is_chunk(chunk) and assembler.belongs(chunk)


def _wire_id(identity: str, raw: list[bytes]) -> str:
    """The id; where it is the hash of a document put together here, that of the bytes which came."""
    if not identity.startswith(HASHED):
        return identity
    _, mark, part = identity.partition("#")
    return f"{digest(b''.join(raw))}{mark}{part}"


def placed(readings: Iterator[Reading | Rejected], where: str | None, raw: bytes) -> Iterator[Reading | Rejected]:
    """The readings with their place in the input; a payload that cannot be read ends them as `Rejected`."""
    try:
        for reading in readings:
            if isinstance(reading, Rejected):
                yield Rejected(documents.at(reading.error, where), where, reading.raw or raw)
                continue
            reading.where, reading.raw = where, raw
            yield reading
    except BadData as error:
        yield Rejected(documents.at(error, where), where, raw)
    except RecursionError:
        yield Rejected(documents.at(BadData("nested too deeply"), where), where, raw)


def with_text(reading: Reading, written: str = "") -> Reading | Rejected:
    """
    The reading, with text in place of the counts that it lacks, so that the call is not lost.

    Rejected when there is neither: then it is not a call.
    """
    if "completion_tokens" not in reading.fields and reading.completion_text is None:
        if not written:
            problem = f"no token counts in it (read as {reading.format})"
            return Rejected(BadData(problem, "they are in the answer's usage object"), None, b"")
        reading.completion_text = written
    if reading.completion_text is not None:
        reading.assumptions.append(NO_USAGE)
    if "prompt_tokens" not in reading.fields and reading.prompt_text is None:
        reading.prompt_text = UNSEEN_PROMPT
        reading.assumptions.append(PROMPT_UNSEEN)
    return reading


def _whole(document: dict[str, Any], format: str | None) -> Iterator[Reading | Rejected]:
    module = formats.by_name(format) if format else formats.detect(document)
    if module is None:
        raise formats.unknown(document)
    for reading in module.read(document):
        yield reading if isinstance(reading, Rejected) else with_text(reading)
