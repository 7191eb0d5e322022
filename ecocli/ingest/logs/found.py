"""What readers of logs hand out: calls, how far they came, and helpers they share."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from ecocli.errors import BadData, EcoError
from ecocli.ingest.formats import _fields as f
from ecocli.ingest.reading import Reading, Rejected
from ecocli.values import value_class


@dataclass(slots=True)
class LogCall(Reading):
    """A call as a log tells it: perhaps one of several snapshots, perhaps a copy of one in another session."""

    request: str | None = None
    """The provider's id of the request, where the call's own id may be shared by several."""
    is_sidechain: bool = False
    """Written by a sub-agent, whose log may repeat calls of the session that started it."""
    lacks: tuple[str, ...] = ()
    """Counters that this snapshot leaves out and that are counted as 0: another snapshot may tell them."""
    shared_id: str | None = None
    """The id in the log, where that is another call's, too, and this one was given one of its own."""
    has_twins: bool = False
    """The tool copies calls under new ids: one with the same time, model and counts is the same call."""


class Chunk(NamedTuple):
    """Where some whole lines of a log lie."""

    begin: int
    end: int
    rest: bytes | None
    """At the end of the log: what follows its last whole line."""


def each_line(stream: BinaryIO, chunks: Iterable[Chunk]) -> Iterator[tuple[Chunk, list[Any]]]:
    """The lines themselves: whoever reads them finds out what they say."""
    for chunk in chunks:
        yield chunk, lines_of(stream, chunk.begin, chunk.end)


def lines_of(stream: BinaryIO, begin: int, end: int) -> list[bytes]:
    stream.seek(begin)
    return stream.read(end - begin).split(b"\n")[:-1]


Tell = Callable[[BinaryIO, Iterator[Chunk]], Iterator[tuple[Chunk, list[Any]]]]
"""For each chunk, in its order, the lines that make it up, or what a module's `told` finds out of each."""


@value_class(frozen=True, slots=True)
class LogFile:
    """One log and the machine it lies on. `stamp` changes whenever the file may have changed."""

    path: Path
    stamp: str
    mtime_ms: int
    host: str
    root_of: Callable[[str], str | None] = lambda session: None
    """The first of the sessions that a session was forked from, where that one was read before."""
    tell: Tell = each_line
    """What the lines of each chunk say."""


@value_class(frozen=True, slots=True)
class Saved:
    """How far a file was read, and what a reader has to remember of the part that it has seen."""

    stamp: str
    offset: int = 0
    """Bytes, or whatever the reader counts in."""
    fingerprint: str = ""
    """Of the part that was read: another one means another file under the same name."""
    state: Mapping[str, Any] = field(default_factory=dict)


@value_class(frozen=True, slots=True)
class Piece:
    """What one stretch of a file held, and where the next one begins. Stored together or not at all."""

    found: list[LogCall | Rejected]
    saved: Saved
    is_unfinished: bool = False
    """The file ends in the middle of a line, which is left for the next time."""


def call(
    file: LogFile, number: int | None, format: str, fields: dict[str, Any], assumptions: Iterable[str] = (), **marks: Any
) -> LogCall:
    """A call found on a line. Counts and times out of order are put right as for every payload."""
    known = {name: value for name, value in fields.items() if value is not None}
    notes = list(assumptions)
    f.put_right(known, notes)
    return LogCall(known, format, place(file, number), notes, **marks)


def adopt(reading: Reading, file: LogFile, number: int | None, source: str, tags: dict[str, str]) -> LogCall:
    """A payload's reading as a call of this log; the payload knows better than the log's name who sent it."""
    fields = {"source": source, **reading.fields, "tags": {**tags, **reading.fields.get("tags", {})}}
    texts = {name: getattr(reading, name) for name in ("prompt_text", "completion_text", "messages")}
    return LogCall(fields, reading.format, place(file, number), reading.assumptions, **texts)


def rejected(file: LogFile, number: int | None, error: EcoError | str, raw: bytes = b"") -> Rejected:
    """A line that is not used, with its place and the reason."""
    return Rejected(BadData(error) if isinstance(error, str) else error, place(file, number), raw)


def place(file: LogFile, number: int | None) -> str:
    return f"{file.path}:{number}" if number else str(file.path)


def tags(**values: Any) -> dict[str, str]:
    """The tags that are known; what is not text, or cannot be shown, is left out."""
    texts = {name: value for name, value in values.items() if isinstance(value, str) and value}
    if all(len(value) <= 256 and value.isprintable() for value in texts.values()):
        return texts
    return f.tags(**texts) or {}


def name_or_none(value: Any) -> str | None:
    """A name or an id, at most 256 characters; None for anything else."""
    return f.shortened(value) if isinstance(value, str) and value and value.isprintable() else None


def moment(value: Any) -> int | None:
    """A time in any notation as milliseconds; None where there is none that can be read."""
    try:
        return f.milliseconds(value)
    except (ValueError, OverflowError, TypeError):
        return None


