"""Files of payloads that a gateway or a collector writes: one JSON document per line, or one in all."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from ecocli.core.usage import NOT_UNDERSTOOD
from ecocli.errors import BadData, NotUnderstood
from ecocli.imports import files as below
from ecocli.imports import json_lines, lines
from ecocli.imports.calls import LogCall, adopt, place, rejected, tags
from ecocli.imports.log_file import LogFile
from ecocli.imports.source import LogSource, Memory, Piece
from ecocli.ingest import concatenated, documents
from ecocli.ingest import fields as f
from ecocli.ingest.reading import Reading, Rejected
from ecocli.store.imports import Position

PATTERN = r".*\.(jsonl?|ndjson|log)(\.\d+)?"
"""Also those that were rotated away."""


def source(name: str, title: str, format: ModuleType, message_logs: str | None = None) -> LogSource:
    """A source of files of one payload format, which have no place of their own."""

    def reader(file: LogFile, _: Memory) -> Reader:
        return Reader(file, name, format)

    def read_whole(file: LogFile, _: Position | None) -> Iterator[Piece]:
        return _read_whole(file, Reader(file, name, format))

    return LogSource(
        name=name, title=title, roots=no_roots, files=files, reader=reader, read_whole=read_whole, has_lines=has_lines,
        many_providers=True, message_logs=message_logs,
    )  # fmt: skip


def no_roots(_: Mapping[str, str]) -> list[Path]:
    return []


def files(root: Path) -> Iterator[Path]:
    return below.below(root, PATTERN)


def has_lines(file: LogFile) -> bool:
    """True where each line holds a document; else the file is read as a whole whenever it changed."""
    try:
        with file.path.open("rb") as stream:
            first = stream.readline(documents.MAX_BYTES).strip(json_lines.AROUND + b"\n")
            is_alone = not stream.read(1)
    except OSError as error:
        raise below.unreadable(file.path, error) from error
    if first.startswith(b"[") or documents.is_utf_16(first):
        return False
    try:
        documents.parse(first)
    except BadData:
        return not is_alone and first.endswith(b"}")  # a damaged line among whole ones
    return True


def _read_whole(file: LogFile, reader: "Reader") -> Iterator[Piece]:
    try:
        with file.path.open("rb") as stream:
            data = documents.read_all(stream)
    except OSError as error:
        raise below.unreadable(file.path, error) from error
    found, is_unfinished = _documents(documents.from_utf_16(data) if documents.is_utf_16(data) else data)
    calls = [call for body in found for one in (body if isinstance(body, list) else [body]) for call in reader.take(None, one)]
    yield Piece(calls, Position(file.stamp), is_unfinished)


def _documents(data: bytes) -> tuple[list[Any], bool]:
    """The documents of a file, an error in the place of each that cannot be used, and True where the last one is still being written. Raises BadData where there are none."""
    try:
        return [documents.parse(data)], False
    except BadData:
        pieces = concatenated.split(data)
        if not pieces:
            raise
    is_unfinished = not concatenated.split(pieces[-1])
    return [_document(piece) for piece in (pieces[:-1] if is_unfinished else pieces)], is_unfinished


def _document(piece: bytes) -> Any:
    try:
        return documents.parse(piece)
    except BadData as error:
        return error


class Reader:
    """Reads documents of one payload format, each of which stands for itself."""

    def __init__(self, file: LogFile, source: str, format: ModuleType) -> None:
        self._file, self._source, self._format = file, source, format

    def feed(self, number: int, line: bytes) -> Iterable[LogCall | Rejected]:
        body, damage = lines.parse(line, self._file, number)
        return [*damage, *self.take(number, body)] if body else damage

    def take(self, number: int | None, body: Any) -> Iterator[LogCall | Rejected]:
        """The calls of a document."""
        if isinstance(body, BadData):
            yield rejected(self._file, number, body)
            return
        if not isinstance(body, dict) or not self._format.matches(body):
            yield rejected(self._file, number, f"not in the format {self._format.NAME}")
            return
        try:
            for reading in self._format.read(body):
                yield from self._warnings(number, reading)
                yield self._adopt(number, reading)
        except BadData as error:
            yield rejected(self._file, number, error)

    def _warnings(self, number: int | None, reading: Reading | Rejected) -> Iterator[Rejected]:
        for sentence in () if isinstance(reading, Rejected) else reading.assumptions:
            if sentence.startswith(NOT_UNDERSTOOD):
                yield Rejected(NotUnderstood(sentence), place(self._file, number), b"", is_fault=False)

    def _adopt(self, number: int | None, reading: Any) -> LogCall | Rejected:
        if isinstance(reading, Rejected):
            return Rejected(reading.error, place(self._file, number), b"", reading.is_fault)
        found = adopt(reading, self._file, number, self._source, tags(host=self._file.host))
        found.fields.setdefault("id", f.body_id(reading.fields))
        found.fields.setdefault("startTimeMs", found.fields.get("endTimeMs", self._file.mtime_ms))
        return found
