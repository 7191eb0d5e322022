"""A run: the calls of an input, estimated and stored for any caller: a command, a server, a program."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from functools import cached_property, partial
from itertools import chain, islice
from typing import TYPE_CHECKING

from ecocli.ingest.reading import Fill, Reading, Rejected
from ecocli.pipeline import recording, writing
from ecocli.pipeline.assessment import Assessor
from ecocli.pipeline.writing import Outcome, RecordedBatch, Writing

if TYPE_CHECKING:
    from ecocli.ingest.input import Input
    from ecocli.ingest.portions import Portion
    from ecocli.pipeline.builder import Answer, Built
    from ecocli.pipeline.together import Prepared
    from ecocli.pipeline.writing import Some
    from ecocli.store import Store

__all__ = ["Outcome", "RecordedBatch", "Run"]

READ_AHEAD = 1000
"""Readings that are taken before the store is opened."""
PORTIONS_AHEAD = 8
"""Portions of an input that are taken before the store is opened. An input with fewer is recorded call by call: workers would cost more than they bring."""


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
        with self._opened(calls) as (found, _):
            yield self._counted(chain.from_iterable(writing.estimated(some, self._now_ms) for some in found))

    def prepared(self, calls: "Input | Iterable[Reading | Rejected]", most_faults: int | None = None) -> "Prepared":
        """
        The calls with their footprints, all of them in memory, to be stored together with those of other callers.

        Args:
            most_faults: Once more calls than this cannot be used, the rest of a long input is left; None for all of it.
        """
        from ecocli.pipeline.together import Prepared

        if isinstance(calls, list):  # a few, of which a server has many: nothing is waited for, and nothing shared
            some = [one if isinstance(one, Rejected) else recording.assess_one(one, self._assessor, self._fill, self._now_ms) for one in calls]
            return Prepared([some], self._key_id, self._now_ms)
        with self._opened(calls) as (found, _):
            return Prepared(list(found if most_faults is None else _until(found, most_faults)), self._key_id, self._now_ms)

    @contextmanager
    def recorded(
        self, calls: "Input | Iterable[Reading | Rejected]", open_store: "Callable[[], AbstractContextManager[Store]]", *, in_batches: bool = False
    ) -> Iterator[Iterator[Outcome]]:
        """
        The calls with their footprints, stored in one transaction: committed when the block ends, undone when it ends with an exception.

        The store is not locked while the input keeps anybody waiting.

        Args:
            calls: An input, which several processes may share, or readings, which this process records one by one.
            open_store: Called once the first calls have been read.
            in_batches: Store the calls of each batch as soon as it is full, whatever becomes of later ones.
        """
        with self._opened(calls) as (found, is_all_here), open_store() as store, ExitStack() as transaction:
            into = Writing(store, self._key_id, self._now_ms)
            yield self._counted(into.in_batches(found) if in_batches else into.together(found, is_all_here, transaction))

    def _counted(self, outcomes: Iterator[Outcome]) -> Iterator[Outcome]:
        for outcome in outcomes:
            yield outcome
            if self._progress:
                self._progress(len(outcome) if isinstance(outcome, RecordedBatch) else 1)

    def _opened(self, calls: "Input | Iterable[Reading | Rejected]") -> "AbstractContextManager[tuple[Iterator[Some], Callable[[], bool]]]":
        """The calls with their footprints, of which the first have been read, and a function that is true once none has to be waited for."""
        if isinstance(calls, Iterable):
            readings = _Watched(iter(calls))
            ahead = list(islice(readings, READ_AHEAD))
            return nullcontext((self._one_by_one(chain(ahead, readings)), lambda: readings.has_ended))
        portions = calls.portions()
        first = list(islice(portions, PORTIONS_AHEAD))
        found = chain(first, portions)
        if len(first) == PORTIONS_AHEAD:
            return self._shared(calls, found)
        return nullcontext((self._one_by_one(chain(chain.from_iterable(map(calls.read, found)), calls.end())), calls.is_all_here))

    def _one_by_one(self, readings: Iterable[Reading | Rejected]) -> "Iterator[Some]":
        return recording.assessed(readings, self._assessor, self._fill, self._now_ms)

    @cached_property
    def _assessor(self) -> Assessor:
        return self._make_assessor()

    @contextmanager
    def _shared(self, input: "Input", portions: "Iterator[Portion]") -> "Iterator[tuple[Iterator[Some], Callable[[], bool]]]":
        from ecocli.pipeline.builder import RowBuilder
        from ecocli.util import workers

        now_ms = self._now_ms

        def make() -> "Callable[[tuple[bytes, int]], Built | None]":
            # no process may use a catalogue that another one has opened
            return partial(RowBuilder(self._make_assessor(), self._fill, now_ms, self._key_id, self._answer).from_lines, format=input.format)

        processes = workers.default_count() if self._processes is None else self._processes
        with workers.Workers(make, processes, make) as pool:
            yield self._built(input, pool.done((portion, (portion.data, portion.number)) for portion in portions)), input.is_all_here

    def _built(self, input: "Input", built: "Iterator[tuple[Portion, Built | None]]") -> "Iterator[Some]":
        """All calls in their order; portions of which no rows could be built are read here."""
        for portion, rows in built:
            if rows is None:
                yield from self._one_by_one(input.read(portion))
            else:
                yield from self._one_by_one(input.pass_over())
                yield rows
        yield from self._one_by_one(input.end())


def _until(found: "Iterable[Some]", most_faults: int) -> "Iterator[Some]":
    """Some calls at a time, as long as not too many of them cannot be used."""
    faults = 0
    for some in found:
        yield some
        faults += sum(isinstance(one, Rejected) for one in some) if isinstance(some, list) else 0
        if faults > most_faults:
            return


class _Watched:
    """Readings that somebody may have to wait for."""

    def __init__(self, readings: Iterator[Reading | Rejected]) -> None:
        self._readings, self.has_ended = readings, False

    def __iter__(self) -> Iterator[Reading | Rejected]:
        return self

    def __next__(self) -> Reading | Rejected:
        try:
            return next(self._readings)
        except StopIteration:
            self.has_ended = True
            raise
