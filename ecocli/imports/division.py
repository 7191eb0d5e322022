"""Division of labour in a long import: what lines say, and what calls cost, others can find out as well."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from types import ModuleType
from typing import Any, BinaryIO, NamedTuple, Self

from ecocli.errors import BadData
from ecocli.imports import lines, stretches
from ecocli.imports.found import Call, Chunk, LogCall, LogFile, Saved, Stretch, Tell, each_line, lines_of
from ecocli.pipeline.builder import Prepared, Preparer, Told
from ecocli.util.workers import Work, Workers

LONG_BYTES = 8 * 1024 * 1024
"""An import of less is done before workers have begun."""
BATCH = 250
"""Calls that are made ready together."""
AHEAD = 12
"""Tasks that a worker is given before the first is back: it goes on while a batch of calls is stored."""
Span = tuple[bytes, tuple[int, int], int, int]
"""Path and identity of a file, and where lines of it begin and end."""
Task = tuple[Span, str, Mapping[str, Any]] | list[Told]
"""Lines, the machine that they lie on and what a reader remembered; or calls."""
Coming = Callable[[int], Iterator[tuple[int, LogFile, Saved | None]]]
"""Logs with their numbers, and how far each was read before."""


class Place(NamedTuple):
    """Where some lines lie."""

    number: int
    """Of their log."""
    begin: int
    end: int
    identity: tuple[int, int]


class Key(NamedTuple):
    """What a task is about."""

    place: Place
    before: Mapping[str, Any]


class Division:
    """
    Who does what in an import. Alone at first; with workers once it turns out to be long.

    Args:
        module: Of a source of logs. Its `told`, where it has one, makes plain data of a line, whatever stands before it, and
            its `Reader` goes on with that.
        make: Called in each process that prepares calls.
        coming: The logs that will be read, from the one of a number on.
        count: How many workers there may be.
    """

    def __init__(self, module: ModuleType, make: Callable[[], Preparer], coming: Coming, count: int) -> None:
        self._module, self._make, self._coming, self._count = module, make, coming, count
        self._can_tell = hasattr(module, "told")
        self._workers: Workers | None = None
        self._number = 0
        self._results: Iterator[tuple[Key, Any]] = iter(())
        self._next: tuple[Key, Any] | None = None
        self._load: lines.Load = lines.load
        self._seen_bytes = 0
        self._bases: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        if self._workers:
            self._workers.end()

    def tell(self, number: int, file: LogFile, read_bytes: int) -> Tell:
        """Who finds out what the lines of a file say, of which some were read before. [byte]"""
        self._number = number
        with suppress(OSError):  # whoever reads it will say so
            self._seen_bytes += max(0, file.path.stat().st_size - read_bytes)
        if self._workers is None and self._count and self._seen_bytes > LONG_BYTES:
            self._load = lines.quick_load()  # once, before this process is copied
            self._workers = Workers(self._work, self._count, self._own_work, AHEAD)
            self._results = self._workers.done(self._spans() if self._can_tell else ())
        return self._tell if self._workers and self._can_tell else each_line

    def prepared(self, calls: Sequence[Call]) -> Iterator[tuple[Sequence[Call], Prepared]]:
        """Calls in their order, some at a time, with what was made ready of them."""
        for some, stretch in stretches.together(calls):
            found = [(some, stretches.prepared(some, stretch))] if stretch else self._made_ready([call.opened() for call in some])
            for portion, prepared in found:
                yield portion, replace(prepared, bases=self._bases)  # each transaction has to hear of all of them

    def _made_ready(self, calls: list[LogCall]) -> Iterator[tuple[Sequence[Call], Prepared]]:
        portions = (calls[at : at + BATCH] for at in range(0, len(calls), BATCH))
        shared = len(calls) >= BATCH  # fewer are sooner made ready than passed to somebody who has other things to do
        for portion, parts in self._done(((portion, list(map(_plain, portion))) for portion in portions), shared):
            prepared = Prepared.of(parts or self._preparer.readings(portion))
            self._bases |= prepared.bases
            yield portion, prepared

    @cached_property
    def _preparer(self) -> Preparer:
        return self._make()

    def _tell(self, stream: BinaryIO, chunks: Iterable[Chunk]) -> Iterator[tuple[Chunk, list[Any] | Stretch]]:
        identity = _identity(stream)
        for chunk in chunks:
            before, said = self._found(Place(self._number, chunk.begin, chunk.end, identity))
            yield chunk._replace(before=before), lines_of(stream, chunk.begin, chunk.end) if said is None else said

    def _found(self, place: Place) -> tuple[Mapping[str, Any], list[Any] | Stretch | None]:
        """
        What somebody found out of the lines there, and what the reader before them was taken to remember.

        None where they were not looked at, or where something else lay there at that time.
        """
        while (result := self._next or next(self._results, None)) and result[0].place[:2] <= place[:2]:
            (there, before), said = result
            self._next = None
            if isinstance(said, tuple):
                said = stretches.opened(said)
                self._bases |= said.made.bases  # also of what turns out to be of no use: they are named only once
            if there == place:
                return before, said
        self._next = result
        return {}, None

    def _spans(self) -> Iterator[tuple[Key, Task]]:
        """The lines of this log and of those that follow, before anybody asks for them: few logs are long enough to share."""
        for number, file, saved in self._coming(self._number):
            with suppress(OSError, BadData), file.path.open("rb") as stream:
                start = lines.start(stream, file, saved)
                path, identity = os.fsencode(file.path), _identity(stream)
                for chunk in lines.chunks(stream, start.offset):
                    span = (path, identity, chunk.begin, chunk.end)
                    yield Key(Place(number, chunk.begin, chunk.end, identity), start.state), (span, file.host, dict(start.state))

    def _done(self, tasks: Iterable[tuple[list[LogCall], Any]], shared: bool) -> Iterable[tuple[list[LogCall], Any]]:
        return self._workers.done(tasks) if self._workers and shared else ((calls, None) for calls, _ in tasks)

    def _work(self) -> Work:
        """What one worker does."""
        return self._own_work()

    def _own_work(self) -> Work:
        """
        The same here.

        Lines and calls have a preparer each: one names a basis once, and what is made of lines may have to wait until calls
        are stored that others have made ready meanwhile.
        """
        of_lines, of_calls = self._make(), self._make()
        read = partial(_read, self._module, self._load, of_lines)
        return lambda task: of_calls.told(task) if isinstance(task, list) else read(*task)


def _read(module: ModuleType, load: lines.Load, preparer: Preparer, span: Span, host: str, before: Mapping[str, Any]) -> Any:
    """What becomes of lines, or where somebody has to look at one again what each of them says."""
    said = _said(partial(module.told, load=load), *span)
    if said is None:
        return None
    file = LogFile(Path(os.fsdecode(span[0])), "", 0, host)
    reader = module.Reader(file, dict(before))
    return stretches.read(said, reader, preparer, getattr(module, "MANY_PROVIDERS", False)) or said


def _said(told: Callable[[bytes], Any], path: bytes, identity: tuple[int, int], begin: int, end: int) -> list[Any] | None:
    """What the lines of a file say that lie there; None when it is another file by now, or none."""
    with suppress(OSError), open(path, "rb") as stream:
        if _identity(stream) == identity:
            return [told(line) for line in lines_of(stream, begin, end)]
    return None


def _identity(stream: BinaryIO) -> tuple[int, int]:
    status = os.fstat(stream.fileno())
    return status.st_dev, status.st_ino


def _plain(call: LogCall) -> Told:
    """The arguments of a Reading."""
    return call.fields, call.format, call.where, call.assumptions, call.prompt_text, call.completion_text, call.messages
