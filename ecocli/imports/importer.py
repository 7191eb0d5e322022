"""The use case: what is new in the logs of other tools, each call once, however often it is asked for."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

from ecocli.errors import BadData, MissingFile
from ecocli.imports import files
from ecocli.imports.deduplication import Snapshots
from ecocli.imports.division import Division
from ecocli.imports.found import LogCall, LogFile, Piece, Saved
from ecocli.imports.writer import DUPLICATE, FORGOTTEN, NEW, UPDATED, Writer
from ecocli.ingest.reading import Fill, Rejected
from ecocli.pipeline import recording
from ecocli.pipeline.assessment import Assessor
from ecocli.pipeline.builder import Preparer
from ecocli.pipeline.recording import Recorded
from ecocli.store import Store, imports
from ecocli.store.imports import Imports, Position

__all__ = ["DUPLICATE", "FORGOTTEN", "NEW", "READ", "UNCHANGED", "UNFINISHED", "UPDATED", "Importer"]

READ, UNCHANGED, UNFINISHED = "files", "unchanged", "unfinished"
Counts = Mapping[str, int]
"""How many calls, or logs, became what."""
BATCH = 5000
"""Calls, or logs, that are stored in one transaction: long enough to be quick, short enough for others to wait."""


class Importer:
    """
    Reads the logs of one source into a store.

    Args:
        make_assessor: Called when the first new call is found, for most runs find none.
        host: Name of the machine that the logs lie on.
        workers: How many processes may share in a long import; each calls `make_assessor` for one of its own.
    """

    def __init__(
        self, module: ModuleType, store: Store, make_assessor: Callable[[], Assessor], fill: Fill,
        key_id: int | None, now_ms: int, host: str, workers: int = 0,
    ) -> None:  # fmt: skip
        self._module, self._source = module, module.NAME
        self._store, self._imports = store, Imports(store)
        self._make_assessor, self._fill = make_assessor, fill
        self._key_id, self._now_ms, self._host = key_id, now_ms, host
        self._many_providers = getattr(module, "MANY_PROVIDERS", False)
        self._batch = Snapshots(self._many_providers)
        self._positions: dict[str, Position] = {}
        self._told_by = getattr(module, "LOGS_OF_REQUESTS", None)
        self._division = Division(module, self._preparer, self._coming, workers)
        self._paths: list[Path] = []
        self._stamps: Mapping[str, str] = {}

    @cached_property
    def _assessor(self) -> Assessor:
        return self._make_assessor()

    def run(self, roots: Iterable[Path]) -> Iterator[Counts | Rejected]:
        """
        What becomes of the logs and the calls, in the words above; what cannot be used comes as Rejected.

        A batch of calls and how far it leads in its logs are stored together, so that a run which is stopped
        anywhere has lost nothing and doubles nothing.
        """
        with self._division:
            yield from self._run(roots)

    def _run(self, roots: Iterable[Path]) -> Iterator[Counts | Rejected]:
        self._stamps = self._imports.stamps(self._source)
        self._paths = [path for root in roots for path in self._module.files(root)]
        for number, path in enumerate(self._paths):
            try:
                file = self._look(path)
            except MissingFile:
                continue  # deleted since it was listed: what was imported stays
            except BadData as error:
                yield Rejected(error, str(path), b"")
                continue
            if self._stamps.get(_name(path)) == file.stamp:
                yield {UNCHANGED: 1}
            else:
                yield from self._read(number, file)
        yield from self._store_batch()

    def _look(self, path: Path) -> LogFile:
        return files.look(path, self._host, getattr(self._module, "BESIDE", ()))

    def _coming(self, number: int) -> Iterator[tuple[int, LogFile, Saved | None]]:
        """The logs that will be read, from the one of that number on, as far as can be told; and how far each was read before."""
        for later, path in enumerate(self._paths[number:], number):
            with suppress(BadData):
                file = self._look(path)
                if self._stamps.get(_name(path)) != file.stamp:
                    yield later, file, self._saved(path)

    def _saved(self, path: Path) -> Saved | None:
        name = _name(path)
        position = self._imports.position(self._source, name) if name in self._stamps else None
        return Saved(*position) if position else None

    def _read(self, number: int, file: LogFile) -> Iterator[Counts | Rejected]:
        saved = self._saved(file.path)
        file = replace(file, root_of=self._root_of, tell=self._division.tell(number, file, saved.offset if saved else 0))
        try:
            for piece in self._module.read(file, saved):
                yield from self._take(piece, _name(file.path))
            yield {READ: 1}
        except BadData as error:
            yield Rejected(error, str(file.path), b"")

    def _take(self, piece: Piece, name: str) -> Iterator[Counts | Rejected]:
        repeated = 0
        for found in piece.found:
            if isinstance(found, Rejected):
                yield found
                continue
            if self._told_by and found.fields.get("source") == self._told_by:
                found.fields["id"] = self._requests.get(found.fields["id"], found.fields["id"])
            repeated += not self._batch.add(found)
        if stretch := piece.stretch:
            repeated += stretch.repeated + len(stretch.ids) - self._batch.join(stretch)
        yield {DUPLICATE: repeated}
        saved = piece.saved
        self._positions[name] = Position(saved.stamp, saved.offset, saved.fingerprint, saved.state)
        if piece.is_unfinished:
            yield {UNFINISHED: 1}
        self._remember_root(saved.state)
        if len(self._batch) >= BATCH or len(self._positions) >= BATCH:
            yield from self._store_batch()

    def _store_batch(self) -> Iterator[Counts | Rejected]:
        if not self._positions:
            return
        calls, positions, self._positions = self._batch.take(), self._positions, {}
        with self._store.loading() as connection:
            writer = Writer(
                self._store, connection, self._source, self._many_providers, self._key_id, self._now_ms, self._recorded, self._division.prepared
            )
            writer.write(calls, self._aliases)
            for name, position in positions.items():
                imports.save(connection, self._source, name, position, self._now_ms)
        yield writer.counts
        yield from writer.rejected

    def _recorded(self, call: LogCall) -> Recorded | Rejected:
        return recording.assess_one(call, self._assessor, self._fill, self._now_ms)

    def _preparer(self) -> Preparer:
        return Preparer(self._make_assessor(), self._fill, self._now_ms, self._key_id)

    @cached_property
    def _aliases(self) -> bool:
        """Whether a request of this source may already be known from telemetry, by the request's own id."""
        return self._imports.has_telemetry(self._source)

    @cached_property
    def _requests(self) -> dict[str, str]:
        """Telemetry knows a call only by its request, the tool's own log knows both ids."""
        return self._imports.requests(self._told_by or "")

    @cached_property
    def _roots(self) -> dict[str, str]:
        states = self._imports.states(self._source)
        return {state["session"]: state["root"] for state in states if state.get("session") and state.get("root")}

    def _root_of(self, session: str) -> str | None:
        return self._roots.get(session)

    def _remember_root(self, state: Mapping[str, Any]) -> None:
        if state.get("session") and state.get("root"):
            self._roots[state["session"]] = state["root"]


def _name(path: Path) -> str:
    """A path as text that can be stored; one that is not valid Unicode is escaped."""
    return os.fsencode(path.absolute()).decode("utf-8", "backslashreplace")
