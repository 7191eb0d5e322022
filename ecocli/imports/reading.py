"""Portions of a log read apart from the lines before them, in a worker or where the importer would only wait."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from ecocli.imports import lines
from ecocli.imports.calls import CallTable, LogCall
from ecocli.imports.deduplication import Deduplicator
from ecocli.imports.lines import Portion
from ecocli.imports.source import LogSource, Memory
from ecocli.ingest import batches, counters
from ecocli.ingest.reading import Rejected
from ecocli.pipeline.builder import RowBuilder
from ecocli.store.imports import Position
from ecocli.util.valueclass import value_class


@value_class(frozen=True, slots=True)
class ReadPortion:
    """The calls of a portion, and the keys that must be missing from the memory before it for them to be right."""

    table: CallTable
    position: Position
    """Behind the portion; its state is the memory of these lines."""
    missed: set[str]
    line_count: int
    call_count: int
    """Calls on whole lines, snapshots and copies included."""
    repeated: int
    """Number of snapshots beyond one for each call."""
    is_unfinished: bool


def read_portion(source: LogSource, portion: Portion, known: Mapping[str, Any], builder: RowBuilder) -> ReadPortion | None:
    """
    The calls of a portion, each once, and their rows.

    None where the importer has to read it: another file lies there by now, a line cannot be used, text has to be
    counted, or the order of snapshots matters.

    Args:
        known: The memory before the portion, as far as it is known already.
    """
    with suppress(OSError), portion.file.path.open("rb") as stream:
        if lines.identity(stream) != portion.identity:
            return None
        memory = Memory(known)
        found = lines.read(source, stream, portion, memory)
        table, repeated = _table(source, portion, found.found, builder)
        behind = lines.position(stream, portion, memory)
        if table is None:
            return None
        return ReadPortion(table, behind, memory.missed, found.count, found.calls, repeated, found.is_unfinished)
    return None


def _table(source: LogSource, portion: Portion, found: list[LogCall | Rejected], builder: RowBuilder) -> tuple[CallTable | None, int]:
    """The calls with their rows, and the number of snapshots beyond one for each; no table where one needs a closer look."""
    unique, repeated = Deduplicator(source.many_providers), 0
    for one in found:
        if isinstance(one, Rejected):
            return None, 0
        repeated += not unique.add(one)
    calls = [call.unpacked() for call in unique.take()]
    found_batches, with_text = batches.of_readings(calls)
    if unique.order_matters or with_text or any(call.has_twins or call.copies or counters.warnings(call.assumptions) for call in calls):
        return None, 0
    built = builder.build(found_batches)
    return None if built is None else CallTable.of(portion.file, calls, found_batches, built), repeated
