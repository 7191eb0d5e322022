"""Calls that logs tell of, and what the store has of them: added, put in another's place, or passed over."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from operator import attrgetter
from typing import TYPE_CHECKING

from ecocli.imports import deduplication as snapshots
from ecocli.imports.deduplication import Relation
from ecocli.imports.found import Call, LogCall
from ecocli.ingest.reading import Rejected
from ecocli.pipeline import recording
from ecocli.pipeline.recording import Recorded
from ecocli.store import Outcome, Store, imports
from ecocli.store.imports import Known
from ecocli.store.rows import NewCall

if TYPE_CHECKING:
    from sqlite3 import Connection

    from ecocli.pipeline.builder import Prepared

NEW, UPDATED, DUPLICATE, FORGOTTEN = "new", "updated", "duplicates", "forgotten"


class Writer:
    """
    Puts the calls of one batch into the store, inside its transaction.

    Args:
        many_providers: One id may be that of calls to several, which the log tells apart.
    """

    def __init__(
        self, store: Store, connection: "Connection", source: str, many_providers: bool, key_id: int | None, now_ms: int,
        recorded: Callable[[LogCall], Recorded | Rejected], prepared: "Callable[[Sequence[Call]], Iterator[tuple[Sequence[Call], Prepared]]]",
    ) -> None:  # fmt: skip
        self._store, self._connection, self._source, self._many_providers = store, connection, source, many_providers
        self._recorded, self._prepared, self._key_id, self._now_ms = recorded, prepared, key_id, now_ms
        self._pending: list[Call] = []
        self.counts = Counter[str]()
        """How many calls became what, in the words above."""
        self.rejected: list[Rejected] = []

    def write(self, calls: Sequence[Call], aliases: bool) -> None:
        """All of the calls. With `aliases` one may be known by the id of its request."""
        ids = [call.id for call in calls] + [call.shared_id for call in calls if call.shared_id]
        requests = [call.request for call in calls if call.request] if aliases else []
        known = imports.known(self._connection, ids + requests)
        if known or self._store.forgotten or any(map(attrgetter("has_twins"), calls)):
            for call in calls:
                self._write(call, _candidates(call, known, aliases))
        else:
            self._pending += calls
        self._flush()

    def _write(self, call: Call, candidates: list[Known]) -> None:
        """A call of this source is the one with its id, whoever its provider was taken for at that time, unless the log tells that."""
        for row in candidates:
            if row.source == self._source and not self._many_providers:
                self._meet(call.opened(), row)
                return
        if self._store.forgotten and self._meets_forgotten(call.opened()):
            return
        if call.has_twins and self._meets_twin(call.opened()):
            self.counts[DUPLICATE] += 1
        elif candidates:
            self._meet_of_its_provider(call.opened(), candidates)
        else:
            self._pending.append(call)

    def _meets_forgotten(self, call: LogCall) -> bool:
        """False for a call that has nothing to do with what was forgotten."""
        forgotten, id = self._store.forgotten, call.fields["id"]
        source = call.fields.get("source", self._source)
        is_known = any(forgotten.has_logged(source, each, call.request) for each in {id, call.shared_id or id})
        if is_known or (call.has_twins and forgotten.has_twin(source, *imports.twin_values(call.fields))):
            self.counts[FORGOTTEN] += 1
            return True
        if not forgotten.has_id(source, id):
            return False
        if call.is_sidechain:
            self.counts[FORGOTTEN] += 1
        else:
            self._write_apart(call)
        return True

    def _meets_twin(self, call: LogCall) -> bool:
        self._flush()
        return imports.has_twin(self._connection, self._source, call.fields["id"], call.fields)

    def _meet_of_its_provider(self, call: LogCall, candidates: list[Known]) -> None:
        """Calls with this id that came another way, or to others: one of the same provider is the same."""
        self._flush()
        recorded = self._recorded_one(call)
        if recorded is None:
            return
        for row in candidates:
            if row.provider == recorded.assessed.site.provider_id:
                self._meet(call, row)
                return
        self.counts[_became(self._store.add(self._new(recorded), replace_smaller=True))] += 1

    def _write_apart(self, call: LogCall) -> None:
        """Another call, for which a gateway made up the same id."""
        self._flush()
        call.shared_id, call.fields["id"] = call.fields["id"], snapshots.other_id(call)
        self._write(call, imports.known(self._connection, [call.fields["id"]]).get(call.fields["id"], []))

    def _meet(self, call: LogCall, row: Known) -> None:
        """The store has a call with this id."""
        found = snapshots.relation(row, call)
        if found is Relation.OTHER:
            self._write_apart(call)
        elif found is Relation.COPY:
            self.counts[DUPLICATE] += 1
        elif found is Relation.SAME and snapshots.tokens(call) <= row.tokens:
            imports.start_no_later(self._connection, row.row_id, call.fields.get("startTimeMs", row.started_at_ms))
            self.counts[DUPLICATE] += 1
        else:
            self._replace(call, row, found)

    def _replace(self, call: LogCall, row: Known, found: Relation) -> None:
        """What counts takes the place of what was known; what only that told stays."""
        self._flush()
        start = min(call.fields.get("startTimeMs", row.started_at_ms), row.started_at_ms)
        call.fields = {"model": row.model, **call.fields} if row.model else call.fields
        call.fields |= {"id": row.call_id, "startTimeMs": start}
        recorded = self._recorded_one(call)
        if recorded is None:
            return
        if found is Relation.INSTEAD:
            imports.remove(self._connection, row.row_id)
        self._store.add(replace(self._new(recorded), provider=row.provider), replace_smaller=True)
        self.counts[UPDATED] += 1

    def _recorded_one(self, call: LogCall) -> Recorded | None:
        """None when the call cannot be used, which is then said."""
        recorded = self._recorded(call)
        if not isinstance(recorded, Rejected):
            return recorded
        self.rejected.append(recorded)
        return None

    def _flush(self) -> None:
        """Put what waits into the store, as must be done before the store is asked anything."""
        pending, self._pending = self._pending, []
        for calls, prepared in self._prepared(pending):
            self._store.keep_bases(prepared.bases)
            outcomes = self._store.add_rows(prepared.rows, replace_smaller=True)
            self.counts[NEW] += len(outcomes) - len(outcomes.met)
            self.counts.update(map(_became, outcomes.met.values()))
            for at in prepared.left:
                self._recorded_one(calls[at].opened())

    def _new(self, recorded: Recorded) -> NewCall:
        return recording.new_call(recorded, self._key_id, self._now_ms)


def _candidates(call: Call, known: dict[str, list[Known]], aliases: bool) -> list[Known]:
    """What the store has that may be this call: under its id, under the one it shares, or under that of its request."""
    if found := known.get(call.id):
        return found
    if found := [row for row in known.get(call.shared_id or "", ()) if row.request == call.request]:
        return found
    return known.get(call.request or "", []) if aliases else []


def _became(outcome: Outcome) -> str:
    if outcome.forgotten:
        return FORGOTTEN
    return UPDATED if outcome.replaced else DUPLICATE if outcome.duplicate else NEW
