"""Calls made ready to be stored by whichever process has time for them."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ecocli import recording
from ecocli.assessment import Assessor
from ecocli.ingest import portions
from ecocli.ingest.input import Input
from ecocli.ingest.portions import Portion
from ecocli.ingest.reading import Fill, Reading, Rejected
from ecocli.ingest.recognition import Recogniser
from ecocli.recording import Recorded
from ecocli.store import rows
from ecocli.store.rows import Row
from ecocli.values import value_class
from ecocli.workers import Workers

General = Callable[[Iterator[Reading | Rejected]], Iterator[Recorded | Rejected]]
"""What is done with readings that this process looks at itself."""


@value_class(frozen=True, slots=True)
class Prepared:
    """The calls of one portion."""

    rows: list[Row]
    left: list[int]
    """Positions of the calls that cannot be stored, and have no row: whoever asked finds out why."""
    answers: list[str]
    """One for each row, where answers are wanted."""
    bases: dict[str, str]
    """Content by digest of the bases that were not named before."""
    warnings: list[str]
    """What is to be said of them."""


Parts = tuple[list[Row], list[int], list[str], dict[str, str], list[str]]
"""Of a Prepared."""
Told = tuple[Any, ...]
"""What a Reading is made of."""


class Preparer:
    """
    Makes calls ready for the store, in whichever process.

    Args:
        answer: Makes a call's answer, where one is wanted.
    """

    def __init__(
        self, assessor: Assessor, fill: Fill, now_ms: int, key_id: int | None, answer: Callable[[Recorded], str] | None = None
    ) -> None:
        self._assessor, self._fill = assessor, fill
        self._now_ms, self._key_id, self._answer = now_ms, key_id, answer
        self._known: set[str] = set()

    def portion(self, task: tuple[bytes, int], format: str | None) -> Parts | None:
        """
        The calls of some lines, given with the number of the first of them.

        None where one of them has a fault, or depends on lines before it, or where there is no call, or one that may be the only
        one: what is then to be done with a portion is for the process that asked, so that what comes out does not depend on who did it.
        """
        data, number = task
        recogniser, prepared = Recogniser(format), Prepared([], [], [], {}, [])
        for reading in recogniser.read(portions.parse_lines(Portion(data, "lines", number))):
            if isinstance(reading, Rejected) or recogniser.has_streamed or not self._prepare(reading, prepared):
                return None
        return None if recogniser.has_streamed or len(prepared.rows) < 2 else self._parts(prepared)

    def told(self, readings: list[Told]) -> Parts:
        """Calls as another process read them."""
        return self.readings(Reading(*told) for told in readings)

    def readings(self, found: Iterable[Reading]) -> Parts:
        """What becomes of each."""
        prepared = Prepared([], [], [], {}, [])
        for at, reading in enumerate(found):
            if not self._prepare(reading, prepared):
                prepared.left.append(at)
        return self._parts(prepared)

    def _prepare(self, reading: Reading, prepared: Prepared) -> bool:
        """One at a time: the objects of a whole portion would not fit into a processor's cache."""
        recorded = recording.assess_one(reading, self._assessor, self._fill, self._now_ms)
        if isinstance(recorded, Rejected):
            return False
        prepared.rows.append(rows.call_row(recording.new_call(recorded, self._key_id, self._now_ms)))
        if self._answer:
            prepared.answers.append(self._answer(recorded))
        basis = recorded.assessed.assessment.basis
        if basis.digest not in self._known and basis.digest not in prepared.bases:
            prepared.bases[basis.digest] = rows.basis_text(basis)
            prepared.warnings.extend(recorded.assessed.warnings)
        return True

    def _parts(self, prepared: Prepared) -> Parts:
        self._known |= prepared.bases.keys()
        return prepared.rows, prepared.left, prepared.answers, prepared.bases, prepared.warnings


def outcomes(input: Input, found: Iterator[Portion], workers: Workers, general: General) -> Iterator[Recorded | Rejected | Prepared]:
    """All calls of an input in their order, prepared by workers where they can."""
    tasks = ((portion, (portion.data, portion.number)) for portion in found)
    for portion, made in workers.done(tasks):
        if made is None:
            yield from general(input.read(portion))
        else:
            yield from general(input.pass_over())
            yield Prepared(*made)
    yield from general(input.end())
