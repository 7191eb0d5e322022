"""The import of logs: what is new in them, each call once, however often it is asked for."""

import copy
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import replace
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from ecocli.errors import BadData, MissingFile
from ecocli.imports import compressed, files, lines
from ecocli.imports.deduplication import Deduplicator
from ecocli.imports.json_lines import load_quickly
from ecocli.imports.lines import Portion
from ecocli.imports.log_file import LogFile
from ecocli.imports.reading import ReadPortion
from ecocli.imports.source import LogSource, Memory, Piece
from ecocli.imports.writer import DUPLICATE, Writer
from ecocli.imports.yields import CALLS, Yields
from ecocli.ingest import counters
from ecocli.ingest.reading import Fill, Notice, Rejected
from ecocli.pipeline.assessment import Assessor
from ecocli.pipeline.builder import RowBuilder
from ecocli.store import Store
from ecocli.store.imports import Position

if TYPE_CHECKING:
    from ecocli.imports.shared_reading import SharedPortion

READ, UNCHANGED, UNFINISHED = "files", "unchanged", "unfinished"
Counts = Mapping[str, int]
"""The number of calls, or logs, by what became of them."""
Outcome = Counts | Rejected | Notice
BATCH = 5000
"""Calls, or logs, that are stored in one transaction: long enough to be quick, short enough for others to wait."""
LONG_BYTES = 8 * 1024 * 1024
"""An import of less is done before workers have begun."""


class Importer:
    """
    Reads the logs of one source into a store.

    Args:
        make_assessor: Called when the first new call is found, for most runs find none.
        host: Name of the machine that the logs lie on.
        processes: How many may share in a long import beside this one, None for as many as are of use; each calls `make_assessor` for its own.
    """

    def __init__(
        self, source: LogSource, store: Store, make_assessor: Callable[[], Assessor], fill: Fill,
        key_id: int | None, now_ms: int, host: str, processes: int | None = None,
    ) -> None:  # fmt: skip
        self._source, self._store, self._imports = source, store, store.imports
        self._make_assessor, self._fill = make_assessor, fill
        self._key_id, self._now_ms, self._host, self._processes = key_id, now_ms, host, processes
        self._batch = Deduplicator(source.many_providers)
        self._positions: dict[str, Position] = {}
        self._stamps: Mapping[str, str] = {}
        self._bases: dict[str, str] = {}
        """Content by digest of all that any builder named."""
        self._memory, self._is_anew = Memory(), True
        self._yields = Yields(source.name)

    def run(self, roots: Iterable[Path]) -> Iterator[Outcome]:
        """
        Counts of logs and calls, in the words above; lines that cannot be used come as Rejected, what else there is to say as Notice.

        A batch of calls and the positions behind them are stored together, so that a run which is stopped
        anywhere has lost nothing and doubles nothing.
        """
        self._stamps = {} if self._store.caller.again else self._imports.stamps(self._source.name)  # what was forgotten stands in what was read
        found = self._changed(path for root in roots for path in self._source.files(root))
        seen_bytes = 0
        for one in found:
            if isinstance(one, LogFile):
                seen_bytes += self._new_bytes(one)
                if seen_bytes > LONG_BYTES and self._can_share():
                    yield from self._read_shared(chain([one], found))
                    break
                yield from self._read(one)
            else:
                yield one
        yield from self._store_batch()
        yield from self._yields.summary()

    def _can_share(self) -> bool:
        """True where there are processes to share with, and lines; ids of calls that another source's logs may name are looked up one by one."""
        if self._source.reader is None or self._source.message_logs is not None:
            return False
        from ecocli.util.workers import default_count

        self._processes = default_count() if self._processes is None else self._processes
        return self._processes > 0

    def _changed(self, paths: Iterable[Path]) -> Iterator[Outcome | LogFile]:
        """The logs that have changed since they were read, and counts of the others."""
        for path in paths:
            try:
                file = files.look(path, self._host, self._source.beside)
            except MissingFile:
                continue  # deleted since it was listed: what was imported stays
            except BadData as error:
                yield Rejected(error, str(path), b"")
                continue
            yield {UNCHANGED: 1} if self._stamps.get(files.stored_name(path)) == file.stamp else file

    def _new_bytes(self, file: LogFile) -> int:
        saved = self._saved(file)
        with suppress(OSError):  # reading it reports the error
            return max(0, file.path.stat().st_size - (saved.offset if saved else 0))
        return 0

    def _saved(self, file: LogFile) -> Position | None:
        name = files.stored_name(file.path)
        return self._imports.position(self._source.name, name) if name in self._stamps else None

    def _read(self, file: LogFile) -> Iterator[Outcome]:
        """A log, from the position where the last import stopped."""
        try:
            if self._source.is_of_lines(file):
                yield from self._read_compressed(file) if file.is_compressed else self._read_lines(file)
            elif self._source.read_whole:
                yield from self._read_whole(self._source.read_whole, file)
            yield {READ: 1}
        except BadData as error:
            yield Rejected(error, str(file.path), b"")

    def _read_whole(self, read: Callable[[LogFile, Position | None], Iterable[Piece]], file: LogFile) -> Iterator[Outcome]:
        """A log that is read anew whenever it changed, or goes on from a place of its reader's making."""
        saved = self._saved(file)
        self._yields.begin(saved.state if saved else {})
        earlier = saved.state.get(CALLS, 0) if saved else 0
        calls, is_whole = 0, True
        for piece in read(file, saved):
            is_whole = is_whole and not piece.position.offset and not piece.position.state.keys() - {CALLS}
            calls += sum(not isinstance(one, Rejected) for one in piece.found)
            state = {**piece.position.state, CALLS: calls if is_whole else earlier + calls}
            yield from self._take(Piece(piece.found, piece.position._replace(state=state), piece.is_unfinished), file)
        yield from self._yields.end(file, calls if is_whole else earlier + calls, is_whole)

    def _read_lines(self, file: LogFile) -> Iterator[Outcome]:
        try:
            with file.path.open("rb") as stream:
                saved = self._begin(file, lines.start(stream, file, self._saved(file)))
                for portion in lines.portions(stream, file, saved.offset, lines.PORTION_BYTES):
                    yield from self._read_portion(stream, portion)
        except OSError as error:
            raise files.unreadable(file.path, error) from error

    def _begin(self, file: LogFile, saved: Position) -> Position:
        """Remember what is known of a log of lines before the position where it is read on."""
        known = self._saved(file)
        self._yields.begin(known.state if known else {})
        self._memory = Memory(saved.state)
        self._is_anew = not saved.offset
        return saved

    def _read_compressed(self, file: LogFile) -> Iterator[Outcome]:
        """A log that was compressed, read anew whenever it changed."""
        self._begin(file, Position(file.stamp))
        try:
            for stream, portion in compressed.portions(replace(file, load=load_quickly), lines.PORTION_BYTES):
                yield from self._read_portion(stream, portion)
        except OSError as error:
            raise files.unreadable(file.path, error) from error

    def _read_portion(self, stream: BinaryIO, portion: Portion) -> Iterator[Outcome]:
        before = self._memory.get("line", 0)
        read = lines.read(self._source, stream, portion, self._memory, before)
        self._memory |= {"line": before + read.count, CALLS: self._memory.get(CALLS, 0) + read.calls}
        yield from self._take(Piece(read.found, lines.position(stream, portion, self._memory), read.is_unfinished), portion.file)
        yield from self._end_of(portion)

    def _end_of(self, portion: Portion) -> Iterator[Notice]:
        if portion.rest is not None:
            yield from self._yields.end(portion.file, self._memory.get(CALLS, 0), self._is_anew)

    def _read_shared(self, found: Iterator[Outcome | LogFile]) -> Iterator[Outcome]:
        """All further logs, their portions read by this process and its workers."""
        from ecocli.imports.shared_reading import SharedPortion, SharedReading  # only a long import has a use for it

        reading = SharedReading(self._source, self._make_builder, self._saved)
        with closing(reading.run(found, self._processes or 0)) as items:
            for item in items:
                if isinstance(item, SharedPortion):
                    yield from self._finish(item)
                elif isinstance(item, LogFile):
                    yield from self._read(item)
                else:
                    yield item

    def _make_builder(self) -> RowBuilder:
        return RowBuilder(self._make_assessor(), self._fill, self._now_ms, self._key_id)

    def _finish(self, shared: "SharedPortion") -> Iterator[Outcome]:
        """Take the calls of a portion, where they are those of its lines in their order; else read it here."""
        portion, read = shared.portion, shared.read
        if shared.is_first:
            self._begin(portion.file, shared.saved)
        if read:
            self._bases |= read.table.built.bases  # also where they are of no use now: each is named only once
        if read is None or self._memory.would_answer(read.missed) or (new := self._batch.add_table(read.table)) is None:
            yield from self._read_portion(shared.stream, portion)
        else:
            yield from self._join(read, new, portion.file)
            yield from self._end_of(portion)
        if portion.rest is not None:
            yield {READ: 1}

    def _join(self, read: ReadPortion, new: int, file: LogFile) -> Iterator[Outcome]:
        table, before, calls = read.table, self._memory.get("line", 0), self._memory.get(CALLS, 0)
        self._memory |= read.position.state
        self._memory |= {"line": before + read.line_count, CALLS: calls + read.call_count}
        table.lines_before = before
        yield {DUPLICATE: read.repeated + len(table) - new}
        yield from self._move_to(read.position._replace(state=copy.deepcopy(dict(self._memory))), file, read.is_unfinished)

    def _take(self, piece: Piece, file: LogFile) -> Iterator[Outcome]:
        repeated = 0
        for found in piece.found:
            if isinstance(found, Rejected):
                yield found
                continue
            yield from map(Notice, counters.warnings(found.assumptions) if found.assumptions else ())
            if self._source.message_logs and found.fields.get("source") == self._source.message_logs:
                found.fields["id"] = self._requests.get(found.fields["id"], found.fields["id"])
            repeated += not self._batch.add(found)
        yield {DUPLICATE: repeated}
        yield from self._move_to(piece.position, file, piece.is_unfinished)

    def _move_to(self, position: Position, file: LogFile, is_unfinished: bool) -> Iterator[Outcome]:
        self._positions[files.stored_name(file.path)] = position
        if is_unfinished:
            yield {UNFINISHED: 1}
        if len(self._batch) >= BATCH or len(self._positions) >= BATCH:
            yield from self._store_batch()

    def _store_batch(self) -> Iterator[Outcome]:
        if not self._positions:
            return
        calls, positions, self._positions = self._batch.take(), self._positions, {}
        with self._store.loading():
            writer = Writer(self._source, self._store, lambda: self._builder, self._bases)
            writer.write(calls, self._aliases)
            for name, position in positions.items():
                self._imports.save(self._source.name, name, position, self._now_ms)
        yield writer.counts
        yield from writer.rejected

    @cached_property
    def _builder(self) -> RowBuilder:
        return self._make_builder()

    @cached_property
    def _aliases(self) -> bool:
        """True where a request of this source may already be known from telemetry, by the request's own id."""
        return self._imports.has_telemetry(self._source.name)

    @cached_property
    def _requests(self) -> dict[str, str]:
        """Telemetry knows a call only by its request, the tool's own log knows both ids."""
        return self._imports.requests(self._source.message_logs or "")
