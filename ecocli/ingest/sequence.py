"""Documents to readings, by the format that knows their keys; the chunks of a streamed answer make one document."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ecocli.errors import BadData
from ecocli.ingest import documents, formats
from ecocli.ingest.assembler import Assembler
from ecocli.ingest.fields import HASHED, canonical, digest
from ecocli.ingest.format import Format
from ecocli.ingest.reading import NO_USAGE, PROMPT_UNSEEN, Document, Reading, Rejected
from ecocli.ingest.running import RunningTotals

UNSEEN_PROMPT = ""
"""
Stands for a prompt that nobody reported: counted as the empty text it is, so that the call is kept and marked
as estimated.
"""

CUT_OFF = "the stream ended early: only what came before is counted"
DAMAGED = "a part of the stream could not be read"


@dataclass(slots=True)
class _Answer:
    """A streamed answer under way."""

    format: Format
    assembler: Assembler
    first: Document
    raw: list[bytes]
    damaged: bool = False

    def take(self, document: Document) -> None:
        self.assembler.add(document.body)
        self.raw.append(document.raw or canonical(document.body))

    def readings(self) -> Iterator[Reading | Rejected]:
        in_one_piece = len(self.raw) == 1 and self.format.matches(self.first.body)  # a whole answer can look like a chunk
        for body in (self.first.body,) if in_one_piece else self.assembler.bodies():
            for reading in self.format.read(body):
                yield reading if isinstance(reading, Rejected) else self._finished(reading, in_one_piece)

    def _finished(self, reading: Reading, in_one_piece: bool) -> Reading | Rejected:
        if not in_one_piece and "id" in reading.fields:
            reading.fields["id"] = _wire_id(reading.fields["id"], self.raw)
        counted = in_one_piece and "completion_tokens" in reading.fields
        reading.assumptions += [CUT_OFF] * (not counted and not self.assembler.is_complete())
        reading.assumptions += [DAMAGED] * self.damaged
        return with_text(reading, self.assembler.written())


class Sequence:
    """
    Documents that are not native events, in their order: whole answers at once, chunks when their answer ends.

    `format` restricts which formats are tried.
    """

    def __init__(self, format: str | None = None) -> None:
        self._format = format
        self._open: _Answer | None = None
        self._totals = RunningTotals()
        self.has_streamed = False
        """A chunk, or a counter that adds up, was among them: what it means depends on those before it."""

    def add(self, document: Document) -> Iterator[Reading | Rejected]:
        """The calls that are complete once this document is known."""
        if self._open and not self._continues(self._open.assembler, document.body):
            yield from self.flush()
        yield from placed(self._settled(self._add(document)), document.where, document.raw)

    def _add(self, document: Document) -> Iterator[Reading | Rejected]:
        if self._open is None:
            format, stream = formats.recognise(document.body, self._format)
            if stream is None:
                for reading in format.read(document.body):
                    yield reading if isinstance(reading, Rejected) else with_text(reading)
                return
            self._open, self.has_streamed = _Answer(format, stream(), document, []), True
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
        """The calls of the running answer, finished or not."""
        answer, self._open = self._open, None
        if answer:
            yield from placed(self._settled(answer.readings()), answer.first.where, b"".join(answer.raw))

    def _settled(self, readings: Iterator[Reading | Rejected]) -> Iterator[Reading | Rejected]:
        """The readings with counts of their own, where those that were read hold earlier ones."""
        for reading in readings:
            if isinstance(reading, Rejected) or reading.running is None:
                yield reading
                continue
            self.has_streamed = True
            if settled := self._totals.settle(reading):
                yield settled

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
                error = documents.at(reading.error, where) if reading.is_fault else reading.error
                yield Rejected(error, where, reading.raw or raw, reading.is_fault)
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
