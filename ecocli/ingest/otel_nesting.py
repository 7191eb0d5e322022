"""Spans around a call that tell of the same call once more: a framework's, around that of the client which it calls."""

from collections.abc import Iterator, Mapping, Sequence

from ecocli.ingest.otel_records import Record

Counts = tuple[int | None, int | None]
"""Prompt and completion."""
Places = dict[tuple[str | None, str | None], int]
"""Of spans, by their trace and their own id."""
_DEEPEST = 64


def wrappers(records: Sequence[Record], calls: Mapping[int, Counts]) -> set[int]:
    """
    Places of the spans that only sum up calls below them, by their counts.

    Args:
        records: All that came together.
        calls: Counts of those that are calls, by their place.
    """
    places: Places = {(record.trace, record.span): place for place, record in enumerate(records) if record.is_span and record.span}
    around = {place: [above for above in _above(place, records, places) if above in calls] for place in calls if records[place].is_span}
    outer = {above for found in around.values() for above in found}
    below: dict[int, list[Counts]] = {}
    for place, found in around.items():
        for above in found if place not in outer else ():
            below.setdefault(above, []).append(calls[place])
    return {place for place in outer if calls[place] == _sum(below.get(place, []))}


def _above(place: int, records: Sequence[Record], places: Places) -> Iterator[int]:
    """Places of the spans around one, the nearest first."""
    for _ in range(_DEEPEST):
        record = records[place]
        above = places.get((record.trace, record.parent)) if record.parent else None
        if above is None or above == place:
            return
        yield above
        place = above


def _sum(counts: Sequence[Counts]) -> Counts:
    prompts, completions = ([one or 0 for one in column] for column in zip(*counts, strict=True)) if counts else ([], [])
    return sum(prompts), sum(completions)
