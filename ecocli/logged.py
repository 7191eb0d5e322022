"""Calls that logs tell of, and what the store has of them: added, put in another's place, or passed over."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from ecocli import recording, snapshots
from ecocli.ingest.logs.found import LogCall
from ecocli.ingest.reading import Rejected
from ecocli.recording import Recorded
from ecocli.snapshots import Relation
from ecocli.store import Outcome, Store, imports
from ecocli.store.imports import Known
from ecocli.store.rows import NewCall

if TYPE_CHECKING:
    from sqlite3 import Connection

NEW, UPDATED, DUPLICATE, FORGOTTEN = "new", "updated", "duplicates", "forgotten"


class Writer:
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
