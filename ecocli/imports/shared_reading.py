"""Portions of many logs read ahead, by worker processes and by this one where it would only wait for them."""

from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import replace
from typing import Any, BinaryIO, NamedTuple, TypeVar

from ecocli.errors import BadData
from ecocli.imports import files, lines
from ecocli.imports.json_lines import load_quickly
from ecocli.imports.lines import Portion
from ecocli.imports.log_file import LogFile
from ecocli.imports.reading import ReadPortion, read_portion
from ecocli.imports.source import LogSource
from ecocli.ingest.reading import Rejected
from ecocli.pipeline.builder import RowBuilder
from ecocli.store.imports import Position
from ecocli.util.workers import Workers

AHEAD = 12
"""Portions that a worker is given before the first is back: it goes on while a batch of calls is stored."""
DEPENDENT_BYTES = 16 * 1024 * 1024
"""Size of the first portion of a log whose lines depend on those before them: nearly always the whole log."""
Item = TypeVar("Item")
Work = tuple[Portion, Mapping[str, Any]] | None
"""A portion to read, and the memory before it as far as it is known; None for a portion that makes no sense without it."""


class SharedPortion(NamedTuple):
    """A portion of a log, with its calls where they could be read apart from the lines before them."""

    portion: Portion
    stream: BinaryIO
    """The open log."""
    saved: Position
    """The position from which the log is read on."""
    read: ReadPortion | None = None

    @property
    def is_first(self) -> bool:
        return self.portion.begin == self.saved.offset


class SharedReading:
    """
    Reads the logs of a source.

    Args:
        make_builder: Called in each process.
        saved: The position up to which a log was read before.
    """

    def __init__(self, source: LogSource, make_builder: Callable[[], RowBuilder], saved: Callable[[LogFile], Position | None]) -> None:
        self._source, self._make_builder, self._saved = source, make_builder, saved
        self._between: list[Any] = []
        """Items since the last portion that was handed out."""
        self._open: set[BinaryIO] = set()

    def run(self, items: Iterator[Item], processes: int) -> Generator[Item | SharedPortion | Rejected, None, None]:
        """
        The items in their order, but logs of lines as their portions.

        A log is open until its last portion has been taken: what was opened counts, whatever becomes of its name.
        """
        try:
            with Workers(self._reading, processes, self._reading, AHEAD) as pool:
                for (before, shared), read in pool.done(self._tasks(items)):
                    yield from before
                    yield shared._replace(read=read)
                    if shared.portion.rest is not None:
                        self._open.discard(shared.stream)
                        shared.stream.close()
            yield from self._between
        finally:
            for stream in self._open:
                stream.close()

    def _reading(self) -> Callable[[Work], ReadPortion | None]:
        builder = self._make_builder()
        return lambda work: work and read_portion(self._source, *work, builder)

    def _tasks(self, items: Iterator[Any]) -> Iterator[tuple[tuple[list[Any], SharedPortion], Work]]:
        """Portions of logs before their turn has come, each with the items between the last portion and it."""
        for item in items:
            try:
                if not (isinstance(item, LogFile) and not item.is_compressed and self._source.is_of_lines(item)):
                    self._between.append(item)
                    continue
                for shared in self._portions(replace(item, load=load_quickly)):
                    before, self._between = self._between, []
                    yield (before, shared), self._work(shared)
            except BadData as error:
                self._between.append(Rejected(error, str(item.path), b""))

    def _work(self, shared: SharedPortion) -> Work:
        if shared.is_first:
            return shared.portion, dict(shared.saved.state)
        return (shared.portion, {}) if self._source.lines_stand_alone else None

    def _portions(self, file: LogFile) -> Iterator[SharedPortion]:
        size_bytes = lines.PORTION_BYTES if self._source.lines_stand_alone else DEPENDENT_BYTES
        try:
            stream = file.path.open("rb")
            self._open.add(stream)
            saved = lines.start(stream, file, self._saved(file))
            for portion in lines.portions(stream, file, saved.offset, size_bytes):
                yield SharedPortion(portion, stream, saved)
        except OSError as error:
            raise files.unreadable(file.path, error) from error
