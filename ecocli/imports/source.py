"""A tool whose logs can be read: where it keeps them, and how they are read."""

import copy
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from ecocli.errors import BadData
from ecocli.imports.calls import LogCall
from ecocli.imports.log_file import LogFile
from ecocli.ingest.reading import Rejected
from ecocli.store.imports import Position
from ecocli.util.valueclass import value_class


class Memory(dict[str, Any]):
    """
    A reader's memory of the lines before: plain JSON, stored with the position in the log.

    It notes the keys that are asked for and missing, so that a portion of a log can be read before the lines ahead of
    it: if these set none of the missing keys, the result is the same as in order.
    """

    def __init__(self, state: Mapping[str, Any] = {}) -> None:
        super().__init__(state)
        self.missed: set[str] = set()
        """Keys that were not there."""

    def get(self, key: str, default: Any = None) -> Any:
        value = super().get(key, self)  # nothing remembers itself
        if value is not self:
            return value
        self.missed.add(key)
        return default

    def __contains__(self, key: object) -> bool:
        there = super().__contains__(key)
        if not there:
            self.missed.add(str(key))
        return there

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Inside, a reader may remember more; afterwards the memory is as it was."""
        state = copy.deepcopy(dict(self))
        try:
            yield
        finally:
            self.clear()
            self.update(state)

    def would_answer(self, missed: Iterable[str]) -> bool:
        """True when it has anything that another memory lacked."""
        return any(map(self.get, missed))


class LineReader(Protocol):
    """Reads the lines of one log in their order."""

    def feed(self, number: int, line: bytes) -> Iterable[LogCall | Rejected]:
        """The calls of a line."""


@value_class(frozen=True, slots=True)
class Piece:
    """A part of a log, and the position behind it. Stored together or not at all."""

    found: list[LogCall | Rejected]
    position: Position
    is_unfinished: bool = False
    """The file ends in the middle of a line, which is left for the next time."""


@value_class(frozen=True, slots=True)
class LogSource:
    """
    A tool whose logs can be read, line by line or as a whole.

    Logs of lines only grow, one JSON object per line; any other log is read by `read_whole`, which goes on from a
    position of its own making.
    """

    name: str
    title: str
    """For people, with the places of the logs."""
    roots: Callable[[Mapping[str, str]], list[Path]]
    """The places where the tool keeps its logs, given the environment."""
    files: Callable[[Path], Iterator[Path]]
    """The logs below a place, in the order in which they were begun."""
    reader: Callable[[LogFile, Memory], LineReader] | None = None
    read_whole: Callable[[LogFile, Position | None], Iterator[Piece]] | None = None
    has_lines: Callable[[LogFile], bool] | None = None
    """Tells logs of lines from others, where the tool writes both."""
    lines_stand_alone: bool = True
    """Most lines mean the same whatever stands before them."""
    beside: tuple[str, ...] = ()
    """Endings of files that change in a log's stead, such as a database's write-ahead log."""
    many_providers: bool = False
    """Several providers may have given one id."""
    message_logs: str | None = None
    """The source whose own logs name the message that belongs to a request of this one."""

    def is_of_lines(self, file: LogFile) -> bool:
        return self.reader is not None and (self.has_lines is None or self.has_lines(file))

    def open_reader(self, file: LogFile, memory: Memory) -> LineReader:
        """A reader of a log of lines."""
        if self.reader is None:
            raise BadData(f"logs of {self.name} are not read line by line")
        return self.reader(file, memory)
