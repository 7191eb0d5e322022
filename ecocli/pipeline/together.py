"""Calls of several callers, stored in one transaction: who waits together is committed together."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from ecocli.ingest.reading import Rejected
from ecocli.pipeline import recording
from ecocli.pipeline.assessment import Assessed
from ecocli.pipeline.writing import Outcome, Writing
from ecocli.store import Caller
from ecocli.util.valueclass import value_class

if TYPE_CHECKING:
    from ecocli.pipeline.writing import Some
    from ecocli.store import Store


@value_class(frozen=True, slots=True)
class Prepared:
    """The calls of one caller with their footprints, as `Run.prepared` makes them."""

    parts: "Sequence[Some]"
    key_id: int | None
    """The key that they are recorded under; None for the owner of the store."""
    now_ms: int

    def __len__(self) -> int:
        return sum(map(len, self.parts))


def store_together(prepared: Sequence[Prepared], store: "Store") -> list[list[Outcome]]:
    """The outcomes of each caller's calls, inside a transaction that the caller of this function holds. The calls of one key are one run, which its owner can undo."""
    began = {one.key_id: one.now_ms for one in prepared}
    runs = {key_id: store.new_run(key_id, began_at_ms) for key_id, began_at_ms in began.items()}
    each: list[list[Outcome] | None] = [None] * len(prepared)
    single = [at for at, one in enumerate(prepared) if all(isinstance(some, list) for some in one.parts)]
    if single:
        for at, outcomes in zip(single, _one_by_one([prepared[at] for at in single], store, runs), strict=True):
            each[at] = outcomes
    return [_by_column(one, store, runs) if outcomes is None else outcomes for one, outcomes in zip(prepared, each, strict=True)]


def _one_by_one(prepared: Sequence[Prepared], store: "Store", runs: Mapping[int | None, int]) -> Iterator[list[Outcome]]:
    """All calls in one statement, whosever they are."""
    calls = [[call for some in one.parts if isinstance(some, list) for call in some] for one in prepared]
    new = [
        [recording.new_call(call, one.key_id, one.now_ms) for call in some if isinstance(call, Assessed)] for one, some in zip(prepared, calls, strict=True)
    ]
    run_ids = [runs[one.key_id] for one, some in zip(prepared, new, strict=True) for _ in some]
    outcomes = zip(chain.from_iterable(new), store.add_all(chain.from_iterable(new), run_ids=run_ids), strict=True)
    for some in calls:
        yield [call if isinstance(call, Rejected) else recording.recorded(call, *next(outcomes), store) for call in some]


def _by_column(one: Prepared, store: "Store", runs: Mapping[int | None, int]) -> list[Outcome]:
    store.caller = Caller(one.key_id, run_id=runs[one.key_id])
    return list(chain.from_iterable(map(Writing(store, one.key_id, one.now_ms).stored, one.parts)))
