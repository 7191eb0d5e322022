"""Readings by column: those of one format that have the same fields, with a sequence of values for each field."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

from ecocli.errors import BadData
from ecocli.ingest import documents, native
from ecocli.ingest.native import Columns
from ecocli.ingest.reading import Reading
from ecocli.ingest.recognition import NATIVE
from ecocli.util.valueclass import value_class


@value_class(frozen=True, slots=True)
class Batch:
    """Readings that differ only in the values of their fields. Nothing of it is validated."""

    positions: Sequence[int]
    """Where each reading stands among all that were read together."""
    columns: Columns
    format: str = NATIVE
    assumptions: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.positions)

    def fields(self, row: int) -> dict[str, Any]:
        """The fields of one reading."""
        return {name: values[row] for name, values in self.columns.items()}

    def readings(self) -> Iterator[tuple[int, Reading]]:
        """Each reading with its position."""
        for row, position in enumerate(self.positions):
            yield position, Reading(self.fields(row), self.format, assumptions=list(self.assumptions))


def of_lines(data: bytes, format: str | None) -> list[Batch] | None:
    """
    Batches of the native events on some lines.

    None where a line holds anything else, or an event with a fault that its keys show: such lines are for a `Recogniser`.
    """
    bodies = documents.parse_lines(data) if format in {None, NATIVE} else None
    if not bodies or set(map(type, bodies)) != {dict}:
        return None
    positions = _by_shape(list(map(tuple, bodies)))
    if format is None and not all(map(native.is_native, positions)):
        return None
    try:
        return [Batch(found, _columns(native.canonical_names(keys), bodies, found)) for keys, found in positions.items()]
    except BadData:
        return None


def of_events(bodies: Sequence[dict[str, Any]]) -> Iterator[Batch]:
    """Batches of those objects that are native events without text; others are left out: what they are a `Recogniser` finds."""
    for keys, positions in _by_shape(list(map(tuple, bodies))).items():
        if native.is_native(keys):
            with suppress(BadData):
                yield Batch(positions, _columns(native.canonical_names(keys), bodies, positions))


def of_readings(readings: Sequence[Reading]) -> tuple[list[Batch], list[tuple[int, Reading]]]:
    """Batches of readings, and apart, with their positions, those that bring text to count."""
    positions: dict[tuple[str, tuple[str, ...], tuple[str, ...]], list[int]] = {}
    with_text = []
    for position, reading in enumerate(readings):
        if reading.prompt_text is None and reading.completion_text is None and reading.messages is None:
            shape = (reading.format, tuple(reading.assumptions), tuple(reading.fields))
            positions.setdefault(shape, []).append(position)
        else:
            with_text.append((position, reading))
    bodies = [reading.fields for reading in readings]
    batches = (Batch(found, _columns(names, bodies, found), format, notes) for (format, notes, names), found in positions.items())
    return list(batches), with_text


def _by_shape(shapes: Sequence[tuple[str, ...]]) -> dict[tuple[str, ...], Sequence[int]]:
    """The positions of each shape."""
    if shapes.count(shapes[0]) == len(shapes):
        return {shapes[0]: range(len(shapes))}
    positions: dict[tuple[str, ...], list[int]] = {}
    for position, shape in enumerate(shapes):
        positions.setdefault(shape, []).append(position)
    return dict(positions)


def _columns(names: tuple[str, ...], bodies: Sequence[dict[str, Any]], positions: Sequence[int]) -> Columns:
    """The values of the bodies at some positions, whose keys are in the order of `names`."""
    chosen = bodies if len(positions) == len(bodies) else [bodies[position] for position in positions]
    return dict(zip(names, zip(*map(dict.values, chosen), strict=True), strict=True))
