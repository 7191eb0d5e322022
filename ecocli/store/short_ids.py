"""
Ends of ids: a UUID of version 7 begins with the time, so that its last characters tell calls apart.

There is no index of ends, which would make storing many calls five times slower. Ends are made unique among the newest
calls, and in a larger store so long that another call hardly has the same one; whoever asks for one that two have is told.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from math import ceil, log

LEAST, MARK = 6, "…"
"""Characters of the shortest end, and what stands for the beginning."""
WHOLE = 12
"""Ids up to this length are shown as they are."""
NEWEST = 4096
"""Calls that are looked at."""
MARKS = (MARK, "...")
ALPHABET, SPARE = 16, 3
"""An end has as many digits as number all calls, and some to spare: of a million, one in four thousand shares it."""
RECENT = "SELECT call_id FROM calls WHERE id > (SELECT max(id) FROM calls) - ?"


def shorts(connection: sqlite3.Connection, call_ids: Iterable[str]) -> dict[str, str]:
    """Each id as it is shown: whole where it is short, else the shortest end that no other call has."""
    wanted = set(call_ids)
    every = wanted | {call_id for (call_id,) in connection.execute(RECENT, (NEWEST,))}
    (calls,) = connection.execute("SELECT coalesce(max(id) - min(id), 0) FROM calls").fetchone()
    least = LEAST if calls <= NEWEST else max(LEAST, ceil(log(calls, ALPHABET)) + SPARE)
    return {call_id: _shown(call_id, max(least, length)) for call_id, length in _lengths(every) if call_id in wanted}


def _shown(call_id: str, length: int) -> str:
    return call_id if len(call_id) <= max(WHOLE, length + 1) else MARK + call_id[-length:]


def _lengths(call_ids: Iterable[str]) -> Iterator[tuple[str, int]]:
    """How many last characters each id needs: read backwards and sorted, those that are most alike are neighbours."""
    backwards = sorted(call_id[::-1] for call_id in call_ids)
    shared = [0, *(_shared(one, other) for one, other in pairwise(backwards)), 0]
    for at, text in enumerate(backwards):
        yield text[::-1], max(shared[at], shared[at + 1]) + 1


def _shared(one: str, other: str) -> int:
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def end_of(text: str) -> str | None:
    """The end that a person typed, after its mark; None for a whole id."""
    return next((text.removeprefix(mark) for mark in MARKS if text.startswith(mark) and text != mark), None)


def ending(connection: sqlite3.Connection, end: str, everywhere: bool) -> Sequence[str]:
    """
    Ids with an end, at most a few: of the newest calls, and where none of these has it of all.

    Args:
        everywhere: Look at all calls at once, as before one is removed.
    """
    if not everywhere:
        found = {call_id for (call_id,) in connection.execute(RECENT, (NEWEST,)) if call_id.endswith(end)}
        if found:
            return sorted(found)
    sql = "SELECT DISTINCT call_id FROM calls INDEXED BY calls_identity WHERE substr(call_id, -?) = ? LIMIT 4"
    return [call_id for (call_id,) in connection.execute(sql, (len(end), end))]


def newest(connection: sqlite3.Connection, count: int = 1) -> list[str]:
    """Ids of the calls that were recorded last, the last one first."""
    return [call_id for (call_id,) in connection.execute("SELECT call_id FROM calls ORDER BY id DESC LIMIT ?", (count,))]
