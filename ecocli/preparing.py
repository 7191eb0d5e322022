"""Native events made ready to be stored by whichever process has time for them."""

from collections.abc import Callable, Iterator
from typing import Any

from ecocli import recording
from ecocli.assessment import Assessor
from ecocli.ingest import Input, portions
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
        recorded = [self._recorded(found) for found in portions.parse_lines(Portion(data, "lines", number))]
        calls = [one for one in recorded if one is not None]
        if len(calls) < len(recorded):
            return None
        bases, warnings = self._news(calls)
        answers = [self._answer(one) for one in calls] if self._answer else []
        return [self._row(one) for one in calls], answers, bases, warnings

    def _recorded(self, found: Any) -> Recorded | None:
        reading = None if isinstance(found, Rejected) else read_native(found, self._format)
        if not isinstance(reading, Reading):
            return None
        outcome = recording.assess_one(reading, self._assessor, self._fill, self._now_ms)
        return outcome if isinstance(outcome, Recorded) else None

    def _row(self, recorded: Recorded) -> Row:
        return rows.call_row(recording.new_call(recorded, self._key_id, self._now_ms))

    def _news(self, calls: list[Recorded]) -> tuple[dict[str, str], list[str]]:
        """Bases that no portion before this one named, and the warnings that come with them."""
        assessed = {one.assessed.assessment.basis.digest: one.assessed for one in calls}
        new = {digest: one for digest, one in assessed.items() if digest not in self._told}
        self._told |= new.keys()
        bases = {digest: rows.basis_text(one.assessment.basis) for digest, one in new.items()}
        return bases, [warning for one in new.values() for warning in one.warnings]


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
