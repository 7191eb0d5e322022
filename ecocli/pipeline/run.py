"""A run: the calls of an input, estimated and stored for any caller: a command, a server, a program."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cached_property, partial
from itertools import chain, islice
from typing import TYPE_CHECKING

from ecocli.ingest.reading import Fill, Reading, Rejected
from ecocli.pipeline import recording
from ecocli.pipeline.assessment import Assessor
from ecocli.pipeline.recording import Recorded
from ecocli.util.valueclass import value_class

if TYPE_CHECKING:
    from ecocli.ingest.input import Input
    from ecocli.ingest.portions import Portion
    from ecocli.pipeline.builder import Answer, Built
    from ecocli.store import Outcomes, Store
    from ecocli.store.bulk import Rows

READ_AHEAD = 1000
"""Calls read before the store is locked: a slow pipe must not keep other writers waiting."""
PORTIONS_AHEAD = 8
"""Portions of an input read before the store is locked. An input with fewer is recorded call by call: workers would cost more than they bring."""


@value_class(frozen=True, slots=True)
class RecordedBatch:
    """Many calls, none of them stored before."""

    rows: "Rows"
    answers: list[str]
    """One for each row, where answers were asked for."""
    warnings: tuple[str, ...] = ()
    forgotten: bool = False
    """The calls were removed for good by `eco forget`, and are not stored again."""

    def __len__(self) -> int:
        return len(self.rows)


Outcome = Recorded | RecordedBatch | Rejected
Opened = Callable[["Store | None"], Iterator[Outcome]]
"""Calls of which the first have been read: their outcomes, stored where a store is given."""


class Run:
    """
    Estimates the calls of an input, and stores them.

    Args:
        make_assessor: Called once in each process that shares in the work.
        fill: Fields that flags and settings add to every call.
        clock: Asked once, when the first calls are there: one moment for all of them. [ms since 1970, UTC]
        key_id: The key that the calls are recorded under; None for the owner of the store.
        answer: Makes the answer of a call where its rows are built; None where no answers are wanted.
        processes: How many may share in a long input, beside this one; None for as many as are of use.
        progress: Called with the number of calls that each outcome stands for.
    """

    def __init__(
        self, make_assessor: Callable[[], Assessor], fill: Fill, clock: Callable[[], int], *, key_id: int | None = None,
        answer: "Answer | None" = None, processes: int | None = None, progress: Callable[[int], None] | None = None,
    ) -> None:  # fmt: skip
        self._make_assessor, self._fill, self._clock = make_assessor, fill, clock
        self._key_id, self._answer, self._processes, self._progress = key_id, answer, processes, progress

    @cached_property
    def _now_ms(self) -> int:
        return self._clock()

    @contextmanager
    def estimated(self, calls: "Input | Iterable[Reading | Rejected]") -> Iterator[Iterator[Outcome]]:
        """The calls with their footprints; nothing is stored."""
        with self._opened(calls) as outcomes:
            yield self._counted(outcomes(None))

    @contextmanager
    def recorded(self, calls: "Input | Iterable[Reading | Rejected]", open_store: "Callable[[], AbstractContextManager[Store]]") -> Iterator[Iterator[Outcome]]:
        """
        The calls with their footprints, stored in one transaction: committed when the block ends, undone when it ends with an exception.

        Args:
            calls: An input, which several processes may share, or readings, which this process records one by one.
            open_store: Called once the first calls have been read.
        """
        with self._opened(calls) as outcomes, open_store() as store, store.loading():
            yield self._counted(outcomes(store))

    def _counted(self, outcomes: Iterator[Outcome]) -> Iterator[Outcome]:
        for outcome in outcomes:
            yield outcome
            if self._progress:
                self._progress(len(outcome) if isinstance(outcome, RecordedBatch) else 1)

    def _opened(self, calls: "Input | Iterable[Reading | Rejected]") -> AbstractContextManager[Opened]:
        if isinstance(calls, Iterable):
            return nullcontext(self._one_by_one(iter(calls)))
        portions = calls.portions()
        ahead = list(islice(portions, PORTIONS_AHEAD))
        found = chain(ahead, portions)
        if len(ahead) == PORTIONS_AHEAD:
            return self._shared(calls, found)
        return nullcontext(self._one_by_one(chain(chain.from_iterable(map(calls.read, found)), calls.end())))

    def _one_by_one(self, readings: Iterator[Reading | Rejected]) -> Opened:
        ahead = list(islice(readings, READ_AHEAD))
        return lambda store: self._single(chain(ahead, readings), store)

    def _single(self, readings: Iterable[Reading | Rejected], store: "Store | None") -> Iterator[Recorded | Rejected]:
        shared = self._assessor, self._fill, self._now_ms
        return recording.record(readings, *shared, store, self._key_id) if store else recording.estimate(readings, *shared)

    @cached_property
    def _assessor(self) -> Assessor:
        return self._make_assessor()

    @contextmanager
    def _shared(self, input: "Input", portions: "Iterator[Portion]") -> Iterator[Opened]:
        from ecocli.pipeline.builder import RowBuilder
        from ecocli.util import workers

        now_ms = self._now_ms

        def make() -> "Callable[[tuple[bytes, int]], Built | None]":
            # no process may use a catalogue that another one has opened
            return partial(RowBuilder(self._make_assessor(), self._fill, now_ms, self._key_id, self._answer).from_lines, format=input.format)

        processes = workers.default_count() if self._processes is None else self._processes
        with workers.Workers(make, processes, make) as pool:
            yield partial(self._built, input, pool.done((portion, (portion.data, portion.number)) for portion in portions))

    def _built(self, input: "Input", built: "Iterator[tuple[Portion, Built | None]]", store: "Store | None") -> Iterator[Outcome]:
        """All calls in their order; portions of which no rows could be built are read here."""
        for portion, rows in built:
            if rows is None:
                yield from self._single(input.read(portion), store)
            else:
                yield from self._single(input.pass_over(), store)
                yield from _stored(rows, store) if store else [RecordedBatch(rows.rows, rows.answers, _warnings(rows, None))]
        yield from self._single(input.end(), store)


def _stored(built: "Built", store: "Store") -> Iterator[Outcome]:
    store.keep_bases(built.bases)
    outcomes = store.add_rows(built.rows)
    if not outcomes.met:
        yield RecordedBatch(built.rows, built.answers, _warnings(built, outcomes))
        return
    warnings = _warnings(built, outcomes)
    for row, outcome in enumerate(outcomes):
        one = slice(row, row + 1)
        if outcome.duplicate and outcome.row_id is not None:
            yield recording.first_result(outcome.row_id, store)
        else:
            yield RecordedBatch(built.rows[one], built.answers[one], warnings, outcome.forgotten)


def _warnings(built: "Built", outcomes: "Outcomes | None") -> tuple[str, ...]:
    """Warnings about calls that were not stored before: those that are delivered again were warned of then."""
    if not built.warnings:
        return ()
    again = {row for row, outcome in outcomes.met.items() if outcome.duplicate} if outcomes else set()
    digests = dict.fromkeys(digest for row, digest in enumerate(built.rows.column("basis_id")) if row not in again)
    return tuple(chain.from_iterable(built.warnings.get(digest, ()) for digest in digests))
