"""Store rows of many readings at once, built in this process or in a worker."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from ecocli.core.footprint import Spent
from ecocli.core.usage import Usages
from ecocli.errors import EcoError
from ecocli.ingest import batches, portions, times
from ecocli.ingest.batches import Batch
from ecocli.ingest.portions import Portion
from ecocli.ingest.reading import Fill, Reading, Rejected
from ecocli.ingest.recognition import Recogniser
from ecocli.pipeline import recording
from ecocli.pipeline.assessment import Assessed, Assessor, Costs
from ecocli.pipeline.recording import Recorded
from ecocli.store import rows
from ecocli.store.bulk import Rows
from ecocli.store.columns import REASONING, bounds, sentences_text
from ecocli.store.rows import NewCall
from ecocli.util.uuids import uuid7
from ecocli.util.valueclass import value_class

Answer = Callable[[Recorded], str]
Alike = Callable[[Recorded], Callable[[str, Sequence[int | None], Spent], str]]
"""From one call the function that answers others like it by their ids, COUNTS and figures."""
COUNTS = ("input_tokens", "output_tokens", "reasoning_tokens", "cached_tokens", "cache_write_tokens")
"""Attributes of `Usage` in which calls that are answered alike may differ."""
ALIKE = frozenset((
    *COUNTS, "provider", "model", "region", "started_at_ms", "first_token_at_ms", "ended_at_ms", "source", "is_estimated", "estimation_method", "id", "tags",
    "host", "hosting", "hardware", "accelerator", "weight_precision",
))  # fmt: skip
"""Those, what no answer tells of, and what calls of one route have in common."""
FEW = 8
"""Readings of one batch that are sooner assessed one by one than by column."""


@value_class(frozen=True, slots=True)
class Built:
    """The rows of some readings, in their order."""

    rows: Rows
    answers: list[str]
    """One for each row, where answers are wanted."""
    bases: Mapping[str, str]
    """Content by digest of the bases that this builder has not named before."""
    warnings: Mapping[str, list[str]]
    """By the digest of the basis of the calls that they are about."""

    def __len__(self) -> int:
        return len(self.rows)


class RowBuilder:
    """
    Builds rows for the store, in whichever process.

    Args:
        assessor, fill, now_ms, key_id: As for `recording.record`.
        answer: Makes the answer of a call, where answers are wanted.
        alike: Makes answers to many calls sooner, where one is like the other.
    """

    def __init__(
        self, assessor: Assessor, fill: Fill, now_ms: int, key_id: int | None, answer: Answer | None = None, alike: Alike | None = None
    ) -> None:  # fmt: skip
        self._assessor, self._fill = assessor, fill
        self._now_ms, self._key_id, self._answer, self._alike = now_ms, key_id, answer, alike
        self._named: set[str] = set()

    def from_lines(self, task: tuple[bytes, int], format: str | None) -> Built | None:
        """
        The rows of whole lines, given with the number of the first.

        None where a line has a fault or depends on lines before it, and where there is at most one call: such lines are
        read by the process that asked, so that the result does not depend on which process reads them.
        """
        read = _read(*task, format)
        built = read and self.build(*read)
        return built if built and len(built) > 1 else None

    def build(self, found: Iterable[Batch], alone: Iterable[tuple[int, Reading]] = ()) -> Built | None:
        """
        The rows of batches, and of single readings that stand at some positions among them.

        None where one of them cannot be used.
        """
        parts, single = _Parts(), list(alone)
        for batch in found:
            if len(batch) < FEW or not self._add_batch(batch, parts):
                single += batch.readings()
        assessed = [(position, self._assess(reading)) for position, reading in sorted(single, key=itemgetter(0))]
        usable = [(position, one) for position, one in assessed if isinstance(one, Assessed)]
        if len(usable) < len(assessed):
            return None
        if usable:
            self._add_single(usable, parts)
        return self._built(parts)

    def by_column(self, batch: Batch) -> Built | None:
        """The rows of one batch; None where its readings have to be looked at one by one."""
        parts = _Parts()
        return self._built(parts) if self._add_batch(batch, parts) else None

    def one(self, reading: Reading) -> NewCall | Rejected:
        """One reading, ready to be stored."""
        assessed = self._assess(reading)
        return assessed if isinstance(assessed, Rejected) else recording.new_call(assessed, self._key_id, self._now_ms)

    def _assess(self, reading: Reading) -> Assessed | Rejected:
        return recording.assess_one(reading, self._assessor, self._fill, self._now_ms)

    def _add_single(self, usable: Sequence[tuple[int, Assessed]], parts: "_Parts") -> None:
        new = [recording.new_call(one, self._key_id, self._now_ms) for _, one in usable]
        answers = [self._answer(Recorded.of(one, call.call_id)) for (_, one), call in zip(usable, new, strict=True)] if self._answer else []
        parts.add([position for position, _ in usable], Rows.of(map(rows.call_row, new)), answers, usable)

    def _add_batch(self, batch: Batch, parts: "_Parts") -> bool:
        """Add the rows of a batch; False where its readings have to be looked at one by one."""
        try:
            usages = recording.to_usages(batch, self._assessor, self._fill)
            if usages is None or not times.are_likely(usages.columns, self._now_ms):
                return False
            starts = usages.column("started_at_ms", self._now_ms)
            self._add_usages(batch.positions, usages, starts, self._assessor.assess_many(usages, starts), parts)
        except EcoError:
            return False
        return True

    def _add_usages(self, positions: Sequence[int], usages: Usages, starts: Sequence[int], costs: Costs, parts: "_Parts") -> None:
        call_ids = usages.columns.get("id") or [uuid7(self._now_ms) for _ in starts]
        first_of: dict[int, int] = {}
        for row, route in enumerate(costs.routes):
            first_of.setdefault(id(route), row)
        numbers = {route: number for number, route in enumerate(first_of)}
        firsts = [costs.assessed(row, usages.one(row), starts[row]) for row in first_of.values()]
        first_rows = [rows.call_row(recording.new_call(one, self._key_id, self._now_ms)) for one in firsts]
        own = {"call_id": call_ids, "started_at_ms": starts, **_columns(costs)}
        group_of = [numbers[id(route)] for route in costs.routes]
        found = Rows.counted(usages, own, costs.spent, group_of, first_rows)
        if self._alike and _are_alike(usages, costs):
            tell = [self._alike(Recorded.of(first, "")) for first in firsts]
            counts = zip(*map(usages.column, COUNTS), strict=True)
            answers = [tell[group](*own) for group, *own in zip(group_of, call_ids, counts, costs.spent, strict=True)]
        else:
            answers = self._answers(usages, call_ids, starts, costs)
        parts.add(positions, found, answers, [(positions[row], one) for row, one in zip(first_of.values(), firsts, strict=True)])

    def _answers(self, usages: Usages, call_ids: Sequence[str], starts: Sequence[int], costs: Costs) -> list[str]:
        if not self._answer:
            return []
        assessed = (costs.assessed(row, usage, starts[row]) for row, usage in enumerate(usages.each()))
        return [self._answer(Recorded.of(one, call_id)) for one, call_id in zip(assessed, call_ids, strict=True)]

    def _built(self, parts: "_Parts") -> Built:
        bases: dict[str, str] = {}
        warnings: dict[str, dict[str, None]] = {}
        for _, assessed in sorted(parts.examples, key=itemgetter(0)):
            basis = assessed.assessment.basis
            if basis.digest not in self._named and basis.digest not in bases:
                bases[basis.digest] = rows.basis_text(basis)
            if assessed.warnings:
                warnings.setdefault(basis.digest, {}).update(dict.fromkeys(assessed.warnings))
        self._named |= bases.keys()
        found, answers = parts.in_order()
        return Built(found, answers, bases, {digest: list(texts) for digest, texts in warnings.items()})


def _are_alike(usages: Usages, costs: Costs) -> bool:
    """True where the calls of one route differ in nothing that an answer tells but their ids, counts and figures."""
    if not usages.columns.keys() <= ALIKE or costs.reasoning_tokens or costs.assumptions:
        return False
    return all(None not in usages.columns.get(name, ()) for name in COUNTS)


def _columns(costs: Costs) -> dict[str, Sequence[Any]]:
    """Columns of results that only calls with estimated counts have."""
    columns: dict[str, Sequence[Any]] = {}
    if costs.reasoning_tokens and any(costs.reasoning_tokens):
        each = [(one.low, one.value, one.high) if one else (None, None, None) for one in costs.reasoning_tokens]
        columns |= zip(bounds(REASONING), zip(*each, strict=True), strict=True)
    if costs.assumptions and any(costs.assumptions):
        columns["assumptions"] = list(map(sentences_text, costs.assumptions))
    return columns


class _Parts:
    """Rows of several batches, before they are put in order."""

    def __init__(self) -> None:
        self._parts: list[tuple[Sequence[int], Rows, list[str]]] = []
        self.examples: list[tuple[int, Assessed]] = []
        """Calls that together have every basis and every warning, with their positions."""

    def add(self, positions: Sequence[int], found: Rows, answers: list[str], examples: Iterable[tuple[int, Assessed]]) -> None:
        self._parts.append((positions, found, answers))
        self.examples += examples

    def in_order(self) -> tuple[Rows, list[str]]:
        """All rows and answers by position. Rows from several parts share nothing any more."""
        if len(self._parts) == 1:
            ((_, found, answers),) = self._parts
            return found, answers
        each = ((position, row) for positions, found, _ in self._parts for position, row in zip(positions, found, strict=True))
        answered = ((position, text) for positions, _, answers in self._parts for position, text in zip(positions, answers, strict=False))
        return Rows.of(_sorted(each)), _sorted(answered)


def _sorted(pairs: Iterable[tuple[int, Any]]) -> list[Any]:
    return [one for _, one in sorted(pairs, key=itemgetter(0))]


def _read(data: bytes, number: int, format: str | None) -> tuple[list[Batch], list[tuple[int, Reading]]] | None:
    """The readings of some lines, and apart those that bring text; None where one has a fault, or depends on lines before it."""
    if events := batches.of_lines(data, format):
        return events, []
    recogniser, readings = Recogniser(format), []
    for reading in recogniser.read(portions.parse_lines(Portion(data, "lines", number))):
        if isinstance(reading, Rejected) or recogniser.has_streamed:
            return None
        readings.append(reading)
    return None if recogniser.has_streamed else batches.of_readings(readings)
