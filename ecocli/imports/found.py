"""What readers of logs hand out: calls, how far they came, and helpers they share."""

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from ecocli.errors import BadData, EcoError
from ecocli.ingest import native
from ecocli.ingest.formats import _fields as f
from ecocli.ingest.reading import Reading, Rejected
from ecocli.util.valueclass import value_class


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

    @property
    def id(self) -> str:
        own: str = self.fields["id"]
        return own

    @property
    def stretch(self) -> None:
        """What a ReadyCall is part of."""

    def opened(self) -> "LogCall":
        return self


@dataclass(slots=True, eq=False)
class Stretch:
    """The calls of some lines that were read by themselves, wherever these stand: each once, and ready to be stored."""

    first: dict[str, Any] | None
    """What the first line says that tells of a call."""
    state: dict[str, Any]
    """What a reader remembers behind them."""
    count: int
    """How many lines they are."""
    repeated: int
    """How many of them repeat a call."""
    ids: list[str]
    requests: list[str | None]
    sidechains: list[bool]
    numbers: list[int]
    """On which of the lines each call stands, the first being 1."""
    lacks: dict[int, tuple[str, ...]]
    """Of the calls that lack a counter, which."""
    sheets: list[tuple[Sequence[int], dict[str, Sequence[Any]], str, tuple[str, ...]]]
    """Which of the calls have the same fields, the values of these, their format and their notes."""
    made: Any
    """What was made ready of them."""
    before: int = 0
    """Lines of their file before them."""
    where: Callable[[int], str] = str
    """The place of a line of that file."""

    def calls(self) -> "Iterator[ReadyCall]":
        return map(ReadyCall, itertools.repeat(self), range(len(self.ids)), self.ids)

    def call(self, at: int) -> LogCall:
        """One of them as its line tells it."""
        places, columns, format, notes = next(sheet for sheet in self.sheets if at in sheet[0])
        row = places.index(at)
        fields = {name: values[row] for name, values in columns.items()}
        where = self.where(self.before + self.numbers[at])
        found = LogCall(fields, format, where, list(notes))
        found.request, found.is_sidechain, found.lacks = self.requests[at], self.sidechains[at], self.lacks.get(at, ())
        return found


class ReadyCall(NamedTuple):
    """A call of a stretch: only where it meets another one somebody has to look at it."""

    stretch: Stretch
    at: int
    id: str

    @property
    def request(self) -> str | None:
        return self.stretch.requests[self.at]

    @property
    def shared_id(self) -> None:
        return None

    @property
    def has_twins(self) -> bool:
        return False

    def opened(self) -> LogCall:
        return self.stretch.call(self.at)


Call = LogCall | ReadyCall


class Chunk(NamedTuple):
    """Where some whole lines of a log lie."""

    begin: int
    end: int
    rest: bytes | None
    """At the end of the log: what follows its last whole line."""
    before: Mapping[str, Any] = {}
    """What whoever found out what they say took their reader to remember."""


def each_line(stream: BinaryIO, chunks: Iterable[Chunk]) -> Iterator[tuple[Chunk, list[Any]]]:
    """The lines themselves: whoever reads them finds out what they say."""
    for chunk in chunks:
        yield chunk, lines_of(stream, chunk.begin, chunk.end)


def lines_of(stream: BinaryIO, begin: int, end: int) -> list[bytes]:
    stream.seek(begin)
    return stream.read(end - begin).split(b"\n")[:-1]


Tell = Callable[[BinaryIO, Iterator[Chunk]], Iterator[tuple[Chunk, list[Any] | Stretch]]]
"""For each chunk, in its order, the lines that make it up, or what a module's `told` finds out of each; or all of it at once."""


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
    stretch: Stretch | None = None
    """Calls beside those that were found."""
    is_unfinished: bool = False
    """The file ends in the middle of a line, which is left for the next time."""


def call(
    file: LogFile, number: int | None, format: str, fields: dict[str, Any], assumptions: Iterable[str] = (), *, has_twins: bool = False
) -> LogCall:
    """A call found on a line. Counts and times out of order are put right as for every payload."""
    told, notes = known(fields), list(assumptions)
    f.put_right(told, notes)
    return LogCall(told, format, place(file, number), notes, has_twins=has_twins)


def known(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields that have a value: the same object where all have one."""
    return {name: value for name, value in fields.items() if value is not None} if None in fields.values() else fields


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
    if not isinstance(value, str) or not value or not value.isprintable():
        return None
    return value if len(value) <= native.MAX_CHARACTERS else f.shortened(value)


def moment(value: Any) -> int | None:
    """A time in any notation as milliseconds; None where there is none that can be read."""
    try:
        return f.milliseconds(value) if value else None
    except (ValueError, OverflowError, TypeError):
        return None


