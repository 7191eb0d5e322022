"""Native events made ready to be stored by whichever process has time for them."""

from collections.abc import Callable, Iterator
from typing import Any

from ecocli import recording
from ecocli.assessment import Assessor
from ecocli.ingest import portions
from ecocli.ingest.input import Input
from ecocli.ingest.portions import Portion
from ecocli.ingest.reading import Fill, Reading, Rejected
from ecocli.ingest.recognition import read_native
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
    answers: list[str]
    """One for each, where answers are wanted."""
    bases: dict[str, str]
    """Content by digest of the bases that were not named before."""
    warnings: list[str]
    """What is to be said of them."""


class Preparer:
    """
    Makes portions ready, where all that they hold are native events without a fault.

    Every other portion is left to the process that asked for it: what comes out does not depend on who did it.
    """

    def __init__(
        self, assessor: Assessor, fill: Fill, format: str | None, now_ms: int, key_id: int | None, answer: Callable[[Recorded], str] | None
    ) -> None:
        self._assessor, self._fill, self._format = assessor, fill, format
        self._now_ms, self._key_id, self._answer = now_ms, key_id, answer
        self._told: set[str] = set()

    def __call__(self, task: tuple[bytes, int]) -> tuple[Any, ...] | None:
        """The parts of a Prepared, for the lines and the number of the first of them; None to leave them."""
        data, number = task
        prepared = Prepared([], [], {}, [])
        for found in portions.parse_lines(Portion(data, "lines", number)):
            recorded = self._recorded(found)
            if recorded is None:
                return None
            # one call at a time: a portion of them would not fit into a processor's cache
            self._add(recorded, prepared)
        self._told |= prepared.bases.keys()
        return prepared.rows, prepared.answers, prepared.bases, prepared.warnings

    def _recorded(self, found: Any) -> Recorded | None:
        reading = None if isinstance(found, Rejected) else read_native(found, self._format)
        if not isinstance(reading, Reading):
            return None
        outcome = recording.assess_one(reading, self._assessor, self._fill, self._now_ms)
        return outcome if isinstance(outcome, Recorded) else None

    def _add(self, recorded: Recorded, prepared: Prepared) -> None:
        prepared.rows.append(rows.call_row(recording.new_call(recorded, self._key_id, self._now_ms)))
        if self._answer:
            prepared.answers.append(self._answer(recorded))
        basis = recorded.assessed.assessment.basis
        if basis.digest not in self._told and basis.digest not in prepared.bases:
            prepared.bases[basis.digest] = rows.basis_text(basis)
            prepared.warnings.extend(recorded.assessed.warnings)


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
