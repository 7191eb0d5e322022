"""Calls side by side: those that tell the same fields, with a column of values for each field."""

from collections.abc import Iterator, Sequence
from typing import Any

from ecocli.errors import BadData
from ecocli.ingest import documents, native
from ecocli.ingest.native import Columns
from ecocli.ingest.reading import Reading
from ecocli.ingest.recognition import NATIVE
from ecocli.util.valueclass import value_class


@value_class(frozen=True, slots=True)
class Sheet:
    """Calls as payloads or logs of one format tell them. Nothing of it is validated."""

    places: Sequence[int]
    """Where each stands among all calls that were read together."""
    columns: Columns
    format: str = NATIVE
    assumptions: tuple[str, ...] = ()

    def readings(self) -> Iterator[tuple[int, Reading]]:
        """Each of the calls, with its place."""
        for at, place in enumerate(self.places):
            yield place, Reading({name: values[at] for name, values in self.columns.items()}, self.format, assumptions=list(self.assumptions))


def of_lines(data: bytes, format: str | None) -> list[Sheet] | None:
    """
    The events of some lines, all of them native. None where one is not, or has a fault that its keys show:
    such lines are for a `Recogniser`.
    """
    bodies = documents.parse_lines(data) if format in {None, NATIVE} else None
    if not bodies or set(map(type, bodies)) != {dict}:
        return None
    places = _alike(list(map(tuple, bodies)))
    if format is None and not all(map(native.is_native, places)):
        return None
    try:
        return [Sheet(found, _columns(native.canonical_names(keys), bodies, found)) for keys, found in places.items()]
    except BadData:
        return None


def of_readings(readings: Sequence[Reading]) -> tuple[list[Sheet], list[tuple[int, Reading]]]:
    """The same for calls that were recognised; and apart, with their places, those that bring text."""
    places: dict[tuple[str, tuple[str, ...], tuple[str, ...]], list[int]] = {}
    apart = []
    for place, reading in enumerate(readings):
        if reading.prompt_text is None and reading.completion_text is None and reading.messages is None:
            shape = (reading.format, tuple(reading.assumptions), tuple(reading.fields))
            places.setdefault(shape, []).append(place)
        else:
            apart.append((place, reading))
    bodies = [reading.fields for reading in readings]
    sheets = (Sheet(found, _columns(names, bodies, found), format, notes) for (format, notes, names), found in places.items())
    return list(sheets), apart


def _alike(shapes: Sequence[tuple[str, ...]]) -> dict[tuple[str, ...], Sequence[int]]:
    """Where each shape stands."""
    if shapes.count(shapes[0]) == len(shapes):
        return {shapes[0]: range(len(shapes))}
    places: dict[tuple[str, ...], list[int]] = {}
    for place, shape in enumerate(shapes):
        places.setdefault(shape, []).append(place)
    return dict(places)


def _columns(names: tuple[str, ...], bodies: Sequence[dict[str, Any]], places: Sequence[int]) -> Columns:
    """The values of the bodies that stand there, whose keys are in the order of the names."""
    chosen = bodies if len(places) == len(bodies) else [bodies[place] for place in places]
    return dict(zip(names, zip(*map(dict.values, chosen), strict=True), strict=True))
