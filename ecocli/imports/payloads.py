"""Files of payloads that a gateway or a collector writes: one JSON document per line, or one in all."""

from collections.abc import Iterable, Iterator
from types import ModuleType
from typing import Any

from ecocli.errors import BadData
from ecocli.imports import files as below
from ecocli.imports import lines
from ecocli.imports.found import (
    LogCall,
    LogFile,
    Piece,
    Saved,
    adopt,
    rejected,
    tags,
)
from ecocli.ingest import documents
from ecocli.ingest.formats import _fields as f
from ecocli.ingest.reading import Rejected

PATTERN = r".*\.(jsonl?|ndjson|log)(\.\d+)?"
"""Also those that were rotated away."""


def read(file: LogFile, saved: Saved | None, source: str, format: ModuleType) -> Iterator[Piece]:
    """Line by line where each holds a document; else as a whole, whenever the file changed."""

    def make(file: LogFile, state: dict[str, Any]) -> Reader:
        return Reader(file, state, source, format)

    return lines.read(file, saved, make) if _has_lines(file) else _read_whole(file, make)


def _has_lines(file: LogFile) -> bool:
    try:
        with file.path.open("rb") as stream:
            first = stream.readline(documents.MAX_BYTES).strip()
            is_alone = not stream.read(1)
    except OSError as error:
        raise below.unreadable(file.path, error) from error
    if first.startswith(b"["):
        return False
    try:
        documents.parse(first)
    except BadData:
        return not is_alone and first.endswith(b"}")  # a damaged line among whole ones
    return True


def _read_whole(file: LogFile, make: Any) -> Iterator[Piece]:
    try:
        with file.path.open("rb") as stream:
            body = documents.parse(documents.read_all(stream))
    except OSError as error:
        raise below.unreadable(file.path, error) from error
    reader = make(file, {})
    documents_found = body if isinstance(body, list) else [body]
    yield Piece([call for one in documents_found for call in reader.take(None, one)], Saved(file.stamp))


class Reader:
    """Reads documents of one payload format. Remembers nothing: each stands for itself."""

    def __init__(self, file: LogFile, state: dict[str, Any], source: str, format: ModuleType) -> None:
        self.state = state
        self._file, self._source, self._format = file, source, format

    def feed(self, number: int, line: bytes) -> Iterable[LogCall | Rejected]:
        body, damage = lines.parse(line, self._file, number)
        return [*damage, *self.take(number, body)] if body else damage

    def take(self, number: int | None, body: Any) -> Iterator[LogCall | Rejected]:
        if not isinstance(body, dict) or not self._format.matches(body):
            yield rejected(self._file, number, f"not in the format {self._format.NAME}")
            return
        try:
            for reading in self._format.read(body):
                yield self._adopt(number, reading)
        except BadData as error:
            yield rejected(self._file, number, error)

    def _adopt(self, number: int | None, reading: Any) -> LogCall | Rejected:
        if isinstance(reading, Rejected):
            return rejected(self._file, number, reading.error)
        found = adopt(reading, self._file, number, self._source, tags(host=self._file.host))
        found.fields.setdefault("id", f.body_id(reading.fields))
        found.fields.setdefault("startTimeMs", found.fields.get("endTimeMs", self._file.mtime_ms))
        return found
