"""Calls of logs on their way into the store: added, put in another's place, or passed over."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain, groupby
from operator import attrgetter

from ecocli.core.signals import TELEMETRY_FORMAT
from ecocli.imports import deduplication
from ecocli.imports.calls import Call, LogCall, PackedCall
from ecocli.imports.deduplication import Relation
from ecocli.imports.source import LogSource
from ecocli.ingest import batches
from ecocli.ingest.reading import Rejected
from ecocli.pipeline.builder import RowBuilder
from ecocli.store import Outcome, Store
from ecocli.store.bulk import Rows
from ecocli.store.imports import Known, twin_values
from ecocli.store.rows import NewCall

NEW, UPDATED, DUPLICATE, MATCHED, FORGOTTEN, VOIDED = "new", "updated", "duplicates", "matched", "forgotten", "voided"
TOGETHER = 250
"""Calls whose rows are built together."""


class Writer:
    """
    Puts the calls of one batch into the store, inside its transaction.

    Args:
        builder: Makes the builder of calls that have no row yet; called when there is one.
        bases: Content by digest of the bases of all rows; it grows with those that are built here.
    """

    def __init__(self, source: LogSource, store: Store, builder: Callable[[], RowBuilder], bases: dict[str, str]) -> None:
        self._source, self._store, self._imports = source, store, store.imports
        self._builder, self._bases = builder, bases
        self._pending: list[Call] = []
        self.counts = Counter[str]()
        """The number of calls by what became of them, in the words above."""
        self.rejected: list[Rejected] = []

    def write(self, calls: Sequence[Call], aliases: bool) -> None:
        """All of the calls. With `aliases` one may be known by the id of its request."""
        ids = [call.id for call in calls] + [call.shared_id for call in calls if call.shared_id]
        ids += chain.from_iterable(map(attrgetter("copies"), calls))
        requests = [call.request for call in calls if call.request] if aliases else []
        known = self._imports.known(ids + requests)
        if known or self._store.forgotten or any(map(attrgetter("has_twins"), calls)):
            for call in calls:
                self._write(call, _candidates(call, known, aliases), known)
        else:
            self._pending += calls
        self._flush()

    def _write(self, call: Call, candidates: list[Known], known: Mapping[str, list[Known]]) -> None:
        """Store a call, or merge it with the one of its id: for a source whose ids stand alone, whatever provider was assumed for that one."""
        if call.copies and _has_original(call.unpacked(), known):
            self.counts[DUPLICATE] += 1
            return
        for row in candidates:
            if row.source == self._source.name and not self._source.many_providers:
                self._meet(call.unpacked(), row)
                return
        if self._store.forgotten and self._meets_forgotten(call.unpacked()):
            return
        if call.has_twins and self._meets_twin(call.unpacked()):
            self.counts[DUPLICATE] += 1
        elif candidates:
            self._meet_of_its_provider(call.unpacked(), candidates)
        else:
            self._pending.append(call)

    def _meets_forgotten(self, call: LogCall) -> bool:
        """False for a call that has nothing to do with what was forgotten."""
        forgotten, id = self._store.forgotten, call.fields["id"]
        source = call.fields.get("source", self._source.name)
        is_known = any(forgotten.has_logged(source, each, call.request) for each in {id, call.shared_id or id})
        if is_known or (call.has_twins and forgotten.has_twin(source, *twin_values(call.fields))):
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
        return self._imports.has_twin(self._source.name, call.fields["id"], call.fields)

    def _meet_of_its_provider(self, call: LogCall, candidates: list[Known]) -> None:
        """Calls with this id that came another way, or to others: one of the same provider is the same."""
        self._flush()
        new = self._new(call)
        if new is None:
            return
        for row in candidates:
            if row.provider == new.provider:
                self._meet(call, row)
                return
        self.counts[_became(self._store.add(new, replace_smaller=True))] += 1

    def _write_apart(self, call: LogCall) -> None:
        """Another call, for which a gateway made up the same id."""
        self._flush()
        call.shared_id, call.fields["id"] = call.fields["id"], deduplication.other_id(call)
        known = self._imports.known([call.fields["id"]])
        self._write(call, known.get(call.fields["id"], []), known)

    def _meet(self, call: LogCall, row: Known) -> None:
        """The store has a call with this id."""
        found = deduplication.relation(row, call)
        if found is Relation.OTHER:
            self._write_apart(call)
        elif found is Relation.COPY or row.is_corrected:
            self.counts[DUPLICATE] += 1
        elif found is Relation.SAME and call.format == TELEMETRY_FORMAT:
            self._meet_telemetry(call, row)
        elif found is Relation.SAME and not _counts_instead(call, row):
            self._imports.start_no_later(row.row_id, call.fields.get("startTimeMs", row.started_at_ms))
            self.counts[DUPLICATE] += 1
        else:
            self._replace(call, row)

    def _meet_telemetry(self, call: LogCall, row: Known) -> None:
        """A span and a log event may have one id."""
        self._flush()
        call.fields["id"] = row.call_id
        if new := self._new(call):
            self.counts[_became(self._store.add(replace(new, provider=row.provider), replace_smaller=True))] += 1

    def _replace(self, call: LogCall, row: Known) -> None:
        """Put the snapshot that counts in the place of the stored one; a model and an earlier start that only that one has stay."""
        self._flush()
        start = min(call.fields.get("startTimeMs", row.started_at_ms), row.started_at_ms)
        call.fields = {"model": row.model, **call.fields} if row.model else call.fields
        call.fields |= {"id": row.call_id, "startTimeMs": start}
        new = self._new(call)
        if new is None:
            return
        self._imports.put(row.row_id, replace(new, provider=row.provider))
        self.counts[UPDATED] += 1

    def _new(self, call: LogCall) -> NewCall | None:
        """The call, ready to be stored; None when it cannot be used, which is then said."""
        new = self._builder().one(call)
        if not isinstance(new, Rejected):
            return new
        self.rejected.append(new)
        return None

    def _flush(self) -> None:
        """Put the calls that wait into the store, as must be done before the store is asked anything."""
        pending, self._pending = self._pending, []
        for table, calls in groupby(pending, attrgetter("table")):
            if table:
                self._add(_rows_of(table.built.rows, [call.row for call in calls if isinstance(call, PackedCall)]))
            else:
                self._build([call.unpacked() for call in calls])

    def _build(self, calls: Sequence[LogCall]) -> None:
        for start in range(0, len(calls), TOGETHER):
            some = calls[start : start + TOGETHER]
            built = self._builder().build(*batches.of_readings(some))
            if built:
                self._bases |= built.bases
                self._add(built.rows)
            else:
                self._count(self._store.add(new, replace_smaller=True) for new in map(self._new, some) if new)

    def _add(self, rows: Rows) -> None:
        self._store.keep_bases(self._bases)
        outcomes = self._store.add_rows(rows, replace_smaller=True)
        self.counts[NEW] += len(outcomes) - len(outcomes.met)
        self._count(outcomes.met.values())

    def _count(self, outcomes: Iterable[Outcome]) -> None:
        self.counts.update(map(_became, outcomes))


def _rows_of(rows: Rows, chosen: Sequence[int]) -> Rows:
    return rows if len(chosen) == len(rows) else rows.without(set(range(len(rows))).difference(chosen))


def _has_original(call: LogCall, known: Mapping[str, list[Known]]) -> bool:
    return any(call.may_copy(row.started_at_ms) for copied in call.copies for row in known.get(copied, ()))


def _counts_instead(call: LogCall, row: Known) -> bool:
    """True where a snapshot takes the place of the stored one: it is the last word on the answer and says something else, or is larger."""
    size = deduplication.tokens(call)
    if call.is_finished and size:
        return size != row.tokens or call.fields.get("model", row.model) != row.model
    return size > row.tokens


def _candidates(call: Call, known: dict[str, list[Known]], aliases: bool) -> list[Known]:
    """Stored calls that may be this one: under its id, under the one it shares, or under that of its request."""
    if found := known.get(call.id):
        return found
    if found := [row for row in known.get(call.shared_id or "", ()) if row.request == call.request]:
        return found
    return known.get(call.request or "", []) if aliases else []


def _became(outcome: Outcome) -> str:
    if outcome.forgotten:
        return VOIDED if outcome.voided else FORGOTTEN
    if outcome.matched:
        return MATCHED
    return UPDATED if outcome.replaced else DUPLICATE if outcome.duplicate else NEW
