"""Lines of a log read by themselves, wherever they stand, with all that becomes of their calls."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from operator import attrgetter
from typing import Any

from ecocli.imports.deduplication import Snapshots
from ecocli.imports.found import Call, LogCall, ReadyCall, Stretch
from ecocli.imports.lines import Reader
from ecocli.ingest import sheets
from ecocli.ingest.reading import Rejected
from ecocli.pipeline.builder import Prepared, Preparer

Parts = tuple[Any, ...]
"""Of a Stretch."""


def read(said: Sequence[Any], reader: Reader, preparer: Preparer, many_providers: bool) -> Parts | None:
    """
    What becomes of the calls that lines tell of. None where somebody has to look at a line again, or where it matters
    for a call which others there are elsewhere.

    Args:
        said: What `told` in the reader's module found out of each line.
    """
    first, found, repeated = None, Snapshots(many_providers), 0
    for number, one in enumerate(said, 1):
        if one is None:
            continue
        if isinstance(one, bytes):
            return None
        first = first or one
        for call in reader.feed(number, one):
            if isinstance(call, Rejected):
                return None
            repeated += not found.add(call)
    if not found.are_plain:
        return None
    calls = [call.opened() for call in found.take()]
    alike, apart = sheets.of_readings(calls)
    made = None if apart else preparer.sheets(alike)
    return made and (first, reader.state, len(said), repeated, *_marks(calls), [_plain(sheet) for sheet in alike], made)


def opened(parts: Parts) -> Stretch:
    """The stretch that another process read."""
    stretch = Stretch(*parts)
    stretch.made = Prepared.of(stretch.made)
    return stretch


def together(calls: Sequence[Call]) -> Iterator[tuple[list[Call], Stretch | None]]:
    """Calls in their order, those of one stretch together."""
    for stretch, some in groupby(calls, attrgetter("stretch")):
        yield list(some), stretch


def prepared(calls: Sequence[Call], stretch: Stretch) -> Prepared:
    """What was made ready of some calls of a stretch."""
    made: Prepared = stretch.made
    if len(calls) == len(made.rows):
        return made
    return replace(made, rows=made.rows.without(set(range(len(made.rows))).difference(call.at for call in calls if isinstance(call, ReadyCall))))


def _marks(calls: Sequence[LogCall]) -> tuple[list[str], list[str | None], list[bool], list[int], dict[int, tuple[str, ...]]]:
    """What tells calls apart, and on which line each stands."""
    return (
        [call.id for call in calls],
        [call.request for call in calls],
        [call.is_sidechain for call in calls],
        [int((call.where or "").rpartition(":")[2]) for call in calls],
        {at: call.lacks for at, call in enumerate(calls) if call.lacks},
    )


def _plain(sheet: sheets.Sheet) -> tuple[Sequence[int], Mapping[str, Sequence[Any]], str, tuple[str, ...]]:
    return list(sheet.places), sheet.columns, sheet.format, sheet.assumptions
