"""Spans around a call that tell of the same call once more: a framework's, around that of the client which it calls."""

from collections.abc import Collection, Mapping, Sequence

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
    places: Places = {}
    same = {place: places.setdefault((record.trace, record.span), place) for place, record in enumerate(records) if record.is_span and record.span}
    around = {place: _around(place, records, places, calls) for place in calls if records[place].is_span and same.get(place, place) == place}
    sums: dict[int, tuple[int, int]] = {}
    found = set()
    for place in sorted(around, key=lambda each: len(around[each]), reverse=True):  # the innermost first
        if place in sums and sums[place] == calls[place]:
            found.add(place)
            continue
        prompt, completion = calls[place]
        for above in around[place]:
            prompts, completions = sums.get(above, (0, 0))
            sums[above] = prompts + (prompt or 0), completions + (completion or 0)
    return {place for place in calls if same.get(place, place) in found}


def _around(place: int, records: Sequence[Record], places: Places, calls: Collection[int]) -> list[int]:
    """Places of the calls around a span; none where the spans around it form a circle."""
    found, seen = [], {place}
    for _ in range(_DEEPEST):
        record = records[place]
        above = places.get((record.trace, record.parent)) if record.parent else None
        if above is None:
            break
        if above in seen:
            return []
        place = above
        seen.add(place)
        if place in calls:
            found.append(place)
    return found
