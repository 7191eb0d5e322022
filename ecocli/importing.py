"""The use case: what is new in the logs of other tools, each call once, however often it is asked for."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from ecocli import recording, snapshots
from ecocli.assessment import Assessor
from ecocli.errors import BadData, MissingFile
from ecocli.ingest.logs import files
from ecocli.ingest.logs.found import LogCall, LogFile, Piece, Saved
from ecocli.ingest.reading import Fill, Rejected
from ecocli.recording import Recorded
from ecocli.snapshots import Relation, Snapshots
from ecocli.store import Outcome, Store, imports
from ecocli.store.imports import Imports, Known, Position
from ecocli.store.rows import NewCall

if TYPE_CHECKING:
    from sqlite3 import Connection

READ, UNCHANGED, UNFINISHED = "files", "unchanged", "unfinished"
NEW, UPDATED, DUPLICATE, FORGOTTEN = "new", "updated", "duplicates", "forgotten"
BATCH = 5000
"""Calls, or logs, that are stored in one transaction: long enough to be quick, short enough for others to wait."""


class Importer:
    """
    Reads the logs of one source into a store.

    Args:
        make_assessor: Called when the first new call is found, for most runs find none.
        host: Name of the machine that the logs lie on.
    """

    def __init__(
        self, module: ModuleType, store: Store, make_assessor: Callable[[], Assessor], fill: Fill,
        key_id: int | None, now_ms: int, host: str,
    ) -> None:  # fmt: skip
        self._module, self._source = module, module.NAME
        self._store, self._imports = store, Imports(store)
        self._make_assessor, self._fill = make_assessor, fill
        self._key_id, self._now_ms, self._host = key_id, now_ms, host
        self._batch = Snapshots(getattr(module, "MANY_PROVIDERS", False))
        self._positions: dict[str, Position] = {}
        self._told_by = getattr(module, "LOGS_OF_REQUESTS", None)

    @cached_property
    def _assessor(self) -> Assessor:
        return self._make_assessor()

    def run(self, roots: Iterable[Path]) -> Iterator[str | Rejected]:
        """
        What becomes of each log and each call, in the words above; what cannot be used comes as Rejected.

        A batch of calls and how far it leads in its logs are stored together, so that a run which is stopped
        anywhere has lost nothing and doubles nothing.
        """
        stamps = self._imports.stamps(self._source)
        for path in (path for root in roots for path in self._module.files(root)):
            name = _name(path)
            try:
                file = files.look(path, self._host, getattr(self._module, "BESIDE", ()))
            except MissingFile:
                continue  # deleted since it was listed: what was imported stays
            except BadData as error:
                yield Rejected(error, str(path), b"")
                continue
            if stamps.get(name) == file.stamp:
                yield UNCHANGED
            else:
                yield from self._read(file, name, name in stamps)
        yield from self._store_batch()

    def _read(self, file: LogFile, name: str, is_known: bool) -> Iterator[str | Rejected]:
        position = self._imports.position(self._source, name) if is_known else None
        file = replace(file, root_of=self._root_of)
        try:
            for piece in self._module.read(file, Saved(*position) if position else None):
                yield from self._take(piece, name)
            yield READ
        except BadData as error:
            yield Rejected(error, str(file.path), b"")

    def _take(self, piece: Piece, name: str) -> Iterator[str | Rejected]:
        for found in piece.found:
            if isinstance(found, Rejected):
                yield found
                continue
            if self._told_by and found.fields.get("source") == self._told_by:
                found.fields["id"] = self._requests.get(found.fields["id"], found.fields["id"])
            if not self._batch.add(found):
                yield DUPLICATE
        saved = piece.saved
        self._positions[name] = Position(saved.stamp, saved.offset, saved.fingerprint, saved.state)
        if piece.is_unfinished:
            yield UNFINISHED
        self._remember_root(saved.state)
        if len(self._batch) >= BATCH or len(self._positions) >= BATCH:
            yield from self._store_batch()

    def _store_batch(self) -> Iterator[str | Rejected]:
        if not self._positions:
            return
        calls, positions, self._positions = self._batch.take(), self._positions, {}
        outcomes: list[str | Rejected] = []
        with self._store.transaction() as connection:
            writer = _Writer(self._store, connection, self._source, self._recorded, self._key_id, self._now_ms)
            outcomes += writer.write(calls, self._aliases)
            for name, position in positions.items():
                imports.save(connection, self._source, name, position, self._now_ms)
        yield from outcomes

    def _recorded(self, call: LogCall) -> Recorded | Rejected:
        return next(recording.assess((call,), self._assessor, self._fill, self._now_ms))

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


class _Writer:
    """Puts the calls of one batch into the store, inside its transaction."""

    def __init__(
        self, store: Store, connection: "Connection", source: str, recorded: Callable[[LogCall], Recorded | Rejected],
        key_id: int | None, now_ms: int,
    ) -> None:  # fmt: skip
        self._store, self._connection, self._source = store, connection, source
        self._recorded, self._key_id, self._now_ms = recorded, key_id, now_ms
        self._pending: list[NewCall] = []

    def write(self, calls: list[LogCall], aliases: bool) -> Iterator[str | Rejected]:
        """What becomes of each call. With `aliases` one may be known by the id of its request."""
        ids = [call.fields["id"] for call in calls]
        if aliases:
            ids += [call.request for call in calls if call.request]
        known = imports.known(self._connection, ids)
        for call in calls:
            candidates = known.get(call.fields["id"]) or (known.get(call.request or "", []) if aliases else [])
            yield from self._write(call, candidates)
        yield from self._flush()

    def _write(self, call: LogCall, candidates: list[Known]) -> Iterator[str | Rejected]:
        """A call of this source is the one with its id, whoever its provider was taken for at that time."""
        for row in candidates:
            if row.source == self._source:
                yield from self._meet(call, row)
                return
        if self._store.forgotten and (met := self._meet_forgotten(call)):
            yield from met
            return
        if call.has_twins:
            yield from self._flush()
            if imports.has_twin(self._connection, self._source, call.fields["id"], call.fields):
                yield DUPLICATE
                return
        recorded = self._recorded(call)
        if isinstance(recorded, Rejected):
            yield recorded
            return
        for row in candidates:  # piped in before, perhaps by hand
            if row.provider == recorded.assessed.site.provider_id:
                yield from self._meet(call, row)
                return
        yield from self._add(recorded, recorded.assessed.site.provider_id)

    def _meet_forgotten(self, call: LogCall) -> Iterable[str | Rejected] | None:
        """None for a call that has nothing to do with what was forgotten."""
        forgotten, id = self._store.forgotten, call.fields["id"]
        source = call.fields.get("source", self._source)
        if forgotten.has_logged(source, id, call.request):
            return (FORGOTTEN,)
        if call.has_twins and forgotten.has_twin(source, *imports.twin_values(call.fields)):
            return (FORGOTTEN,)
        if not forgotten.has_id(source, id):
            return None
        return (FORGOTTEN,) if call.is_sidechain else self._write_apart(call)

    def _write_apart(self, call: LogCall) -> Iterator[str | Rejected]:
        """Another call, for which a gateway made up the same id."""
        yield from self._flush()
        call.fields["id"] = snapshots.other_id(call)
        yield from self._write(call, imports.known(self._connection, [call.fields["id"]]).get(call.fields["id"], []))

    def _meet(self, call: LogCall, row: Known) -> Iterator[str | Rejected]:
        """The store has a call with this id."""
        found = snapshots.relation(row, call)
        if found is Relation.OTHER:
            yield from self._write_apart(call)
        elif found is Relation.COPY:
            yield DUPLICATE
        elif found is Relation.SAME and snapshots.tokens(call) <= row.tokens:
            imports.start_no_later(self._connection, row.row_id, call.fields.get("startTimeMs", row.started_at_ms))
            yield DUPLICATE
        else:
            yield from self._replace(call, row, found)

    def _replace(self, call: LogCall, row: Known, found: Relation) -> Iterator[str | Rejected]:
        """What counts takes the place of what was known; what only that told stays."""
        start = min(call.fields.get("startTimeMs", row.started_at_ms), row.started_at_ms)
        call.fields = {"model": row.model, **call.fields} if row.model else call.fields
        call.fields |= {"id": row.call_id, "startTimeMs": start}
        recorded = self._recorded(call)
        if isinstance(recorded, Rejected):
            yield recorded
            return
        yield from self._flush()
        if found is Relation.INSTEAD:
            imports.remove(self._connection, row.row_id)
        self._store.add(self._new(recorded, row.provider), replace_smaller=True)
        yield UPDATED

    def _new(self, recorded: Recorded, provider: str) -> NewCall:
        new = recording.new_call(recorded, self._key_id, self._now_ms)
        return new if provider == new.provider else replace(new, provider=provider)

    def _add(self, recorded: Recorded, provider: str) -> Iterator[str]:
        self._pending.append(self._new(recorded, provider))
        if len(self._pending) == recording.BATCH:
            yield from self._flush()

    def _flush(self) -> Iterator[str]:
        """Put what waits into the store, as must be done before the store is asked anything."""
        pending, self._pending = self._pending, []
        for outcome in self._store.add_all(pending, replace_smaller=True) if pending else ():
            yield _became(outcome)


def _became(outcome: Outcome) -> str:
    if outcome.forgotten:
        return FORGOTTEN
    return UPDATED if outcome.replaced else DUPLICATE if outcome.duplicate else NEW


def _name(path: Path) -> str:
    """A path as text that can be stored; one that is not valid Unicode is escaped."""
    return os.fsencode(path.absolute()).decode("utf-8", "backslashreplace")
