"""Calls made ready to be stored by whichever process has time for them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Any

from ecocli.core.usage import Usages
from ecocli.errors import EcoError
from ecocli.ingest import portions, sheets
from ecocli.ingest.input import Input
from ecocli.ingest.portions import Portion
from ecocli.ingest.reading import Fill, Reading, Rejected
from ecocli.ingest.recognition import Recogniser
from ecocli.ingest.sheets import Sheet
from ecocli.pipeline import recording
from ecocli.pipeline.assessment import Assessed, Assessor, counted
from ecocli.pipeline.recording import Recorded
from ecocli.store import bulk, rows
from ecocli.store.bulk import Rows
from ecocli.util import uuids as ids
from ecocli.util.valueclass import value_class

General = Callable[[Iterator[Reading | Rejected]], Iterator[Recorded | Rejected]]
"""What is done with readings that this process looks at itself."""
Places = Sequence[int]
FEW = 8
"""Calls that are sooner looked at one by one than side by side."""


@value_class(frozen=True, slots=True)
class Prepared:
    """The calls of one portion."""

    rows: Rows
    left: list[int]
    """Positions of the calls that cannot be stored, and have no row: whoever asked finds out why."""
    answers: list[str]
    """One for each row, where answers are wanted."""
    bases: dict[str, str]
    """Content by digest of the bases that were not named before."""
    warnings: dict[str, list[str]]
    """What is to be said of them, by the digest of their basis."""

    @classmethod
    def of(cls, parts: "Parts") -> "Prepared":
        kind_of, names, columns, kinds, left, answers, bases, warnings = parts
        return cls(Rows(kind_of, names, columns, kinds), left, answers, bases, warnings)


Parts = tuple[Sequence[int], tuple[str, ...], list[Sequence[Any]], list[bulk.Kind], list[int], list[str], dict[str, str], dict[str, list[str]]]
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
        found = _found(*task, format)
        made = found and self._made(*found)
        return self._parts(made) if made and not made.left and len(made) > 1 else None

    def told(self, readings: list[Told]) -> Parts:
        """Calls as another process read them."""
        return self.readings([Reading(*told) for told in readings])

    def sheets(self, found: Sequence[Sheet]) -> Parts | None:
        """What becomes of calls that stand side by side; None where one of them cannot be stored."""
        made = self._made(found, ())
        return None if made.left else self._parts(made)

    def readings(self, found: Sequence[Reading]) -> Parts:
        """What becomes of each."""
        return self._parts(self._made(*sheets.of_readings(found)))

    def _made(self, found: Iterable[Sheet], apart: Iterable[tuple[int, Reading]]) -> "_Made":
        made, alone = _Made(), list(apart)
        for sheet in found:
            if len(sheet.places) < FEW or not self._take(sheet, made):
                alone += sheet.readings()
        self._take_each(sorted(alone, key=itemgetter(0)), made)
        return made

    def _take(self, sheet: Sheet, made: "_Made") -> bool:
        """A sheet as a whole; False where its calls have to be looked at one by one."""
        try:
            usages = recording.to_usages(sheet, self._fill)
            if usages is None:
                return False
            if self._answer or any(usages.column("is_estimated", False)):
                self._add_usages(sheet.places, usages, made)
            else:
                self._add_counted(sheet.places, usages, made)
        except EcoError:
            return False
        return True

    def _take_each(self, alone: Iterable[tuple[int, Reading]], made: "_Made") -> None:
        taken: list[tuple[int, Recorded]] = []
        for place, reading in alone:
            recorded = recording.assess_one(reading, self._assessor, self._fill, self._now_ms)
            if isinstance(recorded, Rejected):
                made.left.append(place)
            else:
                taken.append((place, recorded))
        if taken:
            self._add([place for place, _ in taken], [recorded for _, recorded in taken], made)

    def _add_usages(self, places: Places, usages: Usages, made: "_Made") -> None:
        each = [self._assessor.assess(usage, self._now_ms) for usage in usages.each()]
        self._add(places, [Recorded(one, one.usage.id or ids.uuid7(self._now_ms)) for one in each], made)

    def _add(self, places: Places, recorded: Sequence[Recorded], made: "_Made") -> None:
        made.blocks.append((places, Rows.of(map(self._row, recorded)), list(map(self._answer, recorded)) if self._answer else []))
        made.shown += [(place, one.assessed) for place, one in zip(places, recorded, strict=True)]

    def _row(self, recorded: Recorded) -> rows.Row:
        return rows.call_row(recording.new_call(recorded, self._key_id, self._now_ms))

    def _add_counted(self, places: Places, usages: Usages, made: "_Made") -> None:
        """Calls whose figures follow from their counts: rows of which only what differs is worked out for each."""
        starts = usages.column("started_at_ms", self._now_ms)
        routes, spent = self._assessor.assess_counted(usages, starts)
        firsts: dict[int, int] = {}
        for at, route in enumerate(routes):
            firsts.setdefault(id(route), at)
        call_ids = usages.columns.get("id") or [ids.uuid7(self._now_ms) for _ in routes]

        def recorded(at: int) -> Recorded:
            return Recorded(counted(usages.one(at), starts[at], routes[at], spent[at]), call_ids[at])

        if 2 * len(firsts) > len(routes):  # calls that share next to nothing
            self._add(places, list(map(recorded, range(len(routes)))), made)
            return
        numbers = {route: number for number, route in enumerate(firsts)}
        kind_of = [numbers[id(route)] for route in routes]
        shown = list(map(recorded, firsts.values()))
        made.blocks.append((places, Rows.counted(usages, call_ids, starts, spent, kind_of, map(self._row, shown)), []))
        made.shown += [(places[at], one.assessed) for at, one in zip(firsts.values(), shown, strict=True)]

    def _parts(self, made: "_Made") -> Parts:
        """All of it, as plain data; a basis only where it was not named before."""
        bases: dict[str, str] = {}
        warnings: dict[str, list[str]] = {}
        for _, assessed in sorted(made.shown, key=itemgetter(0)):
            basis = assessed.assessment.basis
            if basis.digest not in self._known and basis.digest not in bases:
                bases[basis.digest] = rows.basis_text(basis)
            for warning in assessed.warnings:
                warnings.setdefault(basis.digest, []).append(warning)
        self._known |= bases.keys()
        found, answers = made.joined()
        each_once = {digest: list(dict.fromkeys(texts)) for digest, texts in warnings.items()}
        return *found.parts, sorted(made.left), answers, bases, each_once


class _Made:
    """What became of the calls of a portion, block by block."""

    def __init__(self) -> None:
        self.blocks: list[tuple[Places, Rows, list[str]]] = []
        """Where the calls stand among all of them, their rows, and their answers where these are wanted."""
        self.shown: list[tuple[int, Assessed]] = []
        """Calls that show together every basis and every warning, with their places."""
        self.left: list[int] = []

    def __len__(self) -> int:
        return sum(len(places) for places, _, _ in self.blocks)

    def joined(self) -> tuple[Rows, list[str]]:
        """All rows and answers, in the order of the calls. What comes from several blocks shares nothing any more."""
        if len(self.blocks) == 1:
            ((_, found, answers),) = self.blocks
            return found, answers
        each = sorted((one for places, found, _ in self.blocks for one in zip(places, found, strict=True)), key=itemgetter(0))
        answered = sorted((one for places, _, answers in self.blocks for one in zip(places, answers, strict=False)), key=itemgetter(0))
        return Rows.of(row for _, row in each), [answer for _, answer in answered]


def _found(data: bytes, number: int, format: str | None) -> tuple[list[Sheet], list[tuple[int, Reading]]] | None:
    """The calls of some lines, and apart those that bring text; None where one has a fault, or depends on lines before it."""
    if events := sheets.of_lines(data, format):
        return events, []
    recogniser, readings = Recogniser(format), []
    for reading in recogniser.read(portions.parse_lines(Portion(data, "lines", number))):
        if isinstance(reading, Rejected) or recogniser.has_streamed:
            return None
        readings.append(reading)
    return None if recogniser.has_streamed else sheets.of_readings(readings)


def outcomes(input: Input, made: Iterator[tuple[Portion, Parts | None]], general: General) -> Iterator[Recorded | Rejected | Prepared]:
    """All calls of an input in their order, of which others have made what they could."""
    for portion, parts in made:
        if parts is None:
            yield from general(input.read(portion))
        else:
            yield from general(input.pass_over())
            yield Prepared.of(parts)
    yield from general(input.end())
