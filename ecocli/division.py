"""Division of labour in a long import: what lines say, and what calls cost, others can find out as well."""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import cached_property, partial
from types import ModuleType
from typing import Any, BinaryIO, Self

from ecocli.ingest.logs.found import Chunk, LogCall, LogFile, Tell, each_line, lines_of
from ecocli.preparing import Prepared, Preparer, Told
from ecocli.workers import Key, Work, Workers

LONG_BYTES = 8 * 1024 * 1024
"""An import of less is done before workers have begun."""
BATCH = 250
"""Calls that are made ready together."""
Span = tuple[bytes, tuple[int, int], int, int]
"""Path and identity of a file, and where lines of it begin and end."""


class Division:
    """
    Who does what in an import. Alone at first; with workers once it turns out to be long.

    Args:
        module: Of a source of logs. Its `told`, where it has one, makes plain data of a line, whatever stands before it.
        make: Called in each process that prepares calls.
        count: How many workers there may be.
    """

    def __init__(self, module: ModuleType, make: Callable[[], Preparer], count: int) -> None:
        self._told: Callable[[bytes], Any] | None = getattr(module, "told", None)
        self._make, self._count = make, count
        self._workers: Workers | None = None
        self._seen_bytes = 0
        self._bases: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        if self._workers:
            self._workers.end()

    def tell(self, file: LogFile, read_bytes: int) -> Tell:
        """Who finds out what the lines of a file say, of which some were read before. [byte]"""
        with suppress(OSError):  # whoever reads it will say so
            self._seen_bytes += max(0, file.path.stat().st_size - read_bytes)
        if self._workers is None and self._count and self._seen_bytes > LONG_BYTES:
            self._workers = Workers(self._work, self._count, lambda: partial(_do, self._make(), self._told))
        return self._tell if self._workers and self._told else each_line

    def prepared(self, calls: list[LogCall]) -> Iterator[tuple[list[LogCall], Prepared]]:
        """Calls in their order, some at a time, with what was made ready of them."""
        portions = (calls[at : at + BATCH] for at in range(0, len(calls), BATCH))
        for portion, parts in self._done((portion, (None, list(map(_plain, portion)))) for portion in portions):
            prepared = Prepared.of(parts or self._preparer.readings(portion))
            self._bases |= prepared.bases
            yield portion, replace(prepared, bases=self._bases)  # each transaction has to hear of all of them

    @cached_property
    def _preparer(self) -> Preparer:
        return self._make()

    def _tell(self, stream: BinaryIO, chunks: Iterable[Chunk]) -> Iterator[tuple[Chunk, list[Any]]]:
        where = (os.fsencode(stream.name), _identity(stream))
        tasks = ((chunk, ((*where, chunk.begin, chunk.end), None)) for chunk in chunks)
        for chunk, said in self._done(tasks):
            yield chunk, lines_of(stream, chunk.begin, chunk.end) if said is None else said

    def _done(self, tasks: Iterable[tuple[Key, Any]]) -> Iterable[tuple[Key, Any]]:
        return self._workers.done(tasks) if self._workers else ((key, None) for key, _ in tasks)

    def _work(self) -> Work:
        """What one worker does."""
        return partial(_do, self._make(), self._told)


def _do(preparer: Preparer, told: Callable[[bytes], Any] | None, task: tuple[Span | None, list[Told]]) -> Any:
    """Whoever does it is given either a place in a file or calls."""
    span, calls = task
    return preparer.told(calls) if span is None or told is None else _said(told, *span)


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
