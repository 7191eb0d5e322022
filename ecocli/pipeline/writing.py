"""Estimated calls on their way into the store: nobody waits for an input while the store is locked."""

from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import ExitStack
from itertools import chain
from typing import TYPE_CHECKING, Any

from ecocli.core.footprint import Basis
from ecocli.ingest.reading import Rejected
from ecocli.pipeline import recording
from ecocli.pipeline.assessment import Assessed
from ecocli.pipeline.recording import Recorded
from ecocli.util.valueclass import value_class

if TYPE_CHECKING:
    from ecocli.pipeline.builder import Built
    from ecocli.store import Outcomes, Store
    from ecocli.store.bulk import Rows

    Some = Built | list[Assessed | Rejected]
    """Calls with their footprints: by column, or one by one with those that cannot be used."""

BATCH = 5000
"""Calls that are stored together where not all have to be: long enough to be quick, short enough for others to wait."""
HELD = 16
"""Batches and portions in memory, before they wait in a file."""


@value_class(frozen=True, slots=True)
class RecordedBatch:
    """Many calls, none of them stored before."""

    rows: "Rows"
    answers: list[str]
    """One for each row, where answers were asked for."""
    warnings: tuple[str, ...] = ()
    forgotten: bool = False
    """The calls were removed for good by `eco forget`, or undone, and are not stored again."""
    voided: bool = False
    """The calls were undone by `eco undo`."""

    def __len__(self) -> int:
        return len(self.rows)


Outcome = Recorded | RecordedBatch | Rejected


class Writing:
    """
    Puts calls into a store.

    Args:
        key_id: The key that calls are recorded under.
        now_ms: When they are recorded.
    """

    def __init__(self, store: "Store", key_id: int | None, now_ms: int) -> None:
        self._store, self._key_id, self._now_ms = store, key_id, now_ms
        self._bases: dict[str, str] = {}
        """Content by digest: a builder names each only once, and a transaction may be undone."""

    def together(self, found: "Iterator[Some]", is_all_here: Callable[[], bool], transaction: ExitStack) -> Iterator[Outcome]:
        """
        All or nothing: until nobody has to be waited for any more, calls are kept beside the store, which others go on using.

        Args:
            transaction: Committed by the caller, or undone with an exception.
        """
        waiting = None
        for some in found:
            if is_all_here():
                yield from self._begun(waiting, transaction)
                yield from chain.from_iterable(map(self.stored, chain([some], found)))
                return
            if waiting is None:
                from ecocli.util.spool import Spool  # an input that is all here has no use for it

                waiting = transaction.enter_context(Spool["Some"](shared_basis, HELD))
            if not isinstance(some, list):
                waiting.add(some)
                continue
            yield from (one for one in some if isinstance(one, Rejected))  # with the text of an event, which goes into no file
            waiting.add([one for one in some if isinstance(one, Assessed)])
        yield from self._begun(waiting, transaction)

    def _begun(self, waiting: Any, transaction: ExitStack) -> Iterator[Outcome]:
        transaction.enter_context(self._store.loading())
        for some in waiting.take() if waiting else ():
            yield from self.stored(some)

    def in_batches(self, found: "Iterable[Some]") -> Iterator[Outcome]:
        """Each batch in a transaction of its own, which ends before its outcomes are told."""
        batch, count = list["Some"](), 0
        for some in found:
            batch.append(some)
            count += len(some)
            if count >= BATCH:
                yield from self._stored_now(batch)
                batch, count = [], 0
        yield from self._stored_now(batch)

    def _stored_now(self, batch: "list[Some]") -> list[Outcome]:
        with self._store.loading():
            return list(chain.from_iterable(map(self.stored, batch)))

    def stored(self, some: "Some") -> Iterator[Outcome]:
        """Some calls, inside a transaction that is under way."""
        if isinstance(some, list):
            yield from recording.stored(some, self._store, self._key_id, self._now_ms)
            return
        self._bases |= some.bases
        self._store.keep_bases(self._bases)
        outcomes = self._store.add_rows(some.rows)
        if not outcomes.met:
            yield RecordedBatch(some.rows, some.answers, warnings(some, None))
            return
        warned = warnings(some, outcomes)
        for row, outcome in enumerate(outcomes):
            one = slice(row, row + 1)
            if outcome.row_id is not None and (outcome.duplicate or outcome.renamed):
                yield recording.first_result(outcome.row_id, self._store, outcome.duplicate)
            else:
                yield RecordedBatch(some.rows[one], some.answers[one], warned, outcome.forgotten, outcome.voided)


def estimated(some: "Some", now_ms: int) -> Iterator[Outcome]:
    """The outcomes where nothing is stored."""
    if isinstance(some, list):
        yield from (one if isinstance(one, Rejected) else Recorded.of(one, recording.id_of(one, now_ms)) for one in some)
    else:
        yield RecordedBatch(some.rows, some.answers, warnings(some, None))


def warnings(built: "Built", outcomes: "Outcomes | None") -> tuple[str, ...]:
    """Warnings about calls that were not stored before: those that are delivered again were warned of then."""
    if not built.warnings:
        return ()
    again = {row for row, outcome in outcomes.met.items() if outcome.duplicate} if outcomes else set()
    digests = dict.fromkeys(digest for row, digest in enumerate(built.rows.column("basis_id")) if row not in again)
    return tuple(chain.from_iterable(built.warnings.get(digest, ()) for digest in digests))


def shared_basis(thing: Any) -> Hashable | None:
    """Many calls have one basis in common."""
    return thing.digest if type(thing) is Basis else None
