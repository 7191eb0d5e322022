"""Sums over calls, made inside SQLite block by block: neither the rows nor their number weigh on memory."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from ecocli.store.history import ANY, Filters, where
from ecocli.store.model_names import COUNTED_AS, REPORTED, stand_ins
from ecocli.store.partial_sums import COARSER, FIGURES, PartialSums, Sum, are_exact, columns

if TYPE_CHECKING:
    from ecocli.store import Store

__all__ = ["FIGURES", "GROUPS", "TAG", "PartialSums", "Sum", "bases_by_kind", "starts", "sums"]

GROUPS = {
    "model": COUNTED_AS,
    "reported-model": REPORTED,
    "provider": "c.provider_name",
    "region": "c.final_region",
    "key": "(SELECT name FROM keys WHERE keys.id = c.key_id)",
    "source": "c.source",
    "hosting": "c.hosting",
}
"""By what calls are grouped; with a model the parameters need `stand_ins`."""
TAG = "tag:"
KINDS = (
    "SELECT id, CASE WHEN json_valid(content) THEN json_extract(content, '$.method') END, "
    "CASE WHEN json_valid(content) THEN json_extract(content, '$.serving.energy') END FROM bases"
)
MODELLED = "modelled"
"""How the energy of a basis was found that does not say so."""

BLOCK, LARGE_BLOCK, MANY = 4096, 32_768, 100
"""
Rows that SQLite adds at a time: few enough for sums without rounding, and for sorting inside the processor's cache.
With many periods a small block would have a group for each of its rows.
"""
NARROW = 8
"""Calls of a span are found by time, not by going through all, when they are less than one in so many."""


def sums(
    store: "Store", filters: Filters = ANY, by: Sequence[str | Sequence[int]] = (), bases: Sequence[Sequence[int]] = (), figures: Sequence[str] = FIGURES
) -> dict[tuple[Any, ...], PartialSums]:  # fmt: skip
    """
    The calls that `filters` choose, added up by groups.

    Args:
        by: A name of GROUPS, "tag:" and a tag's name, or the first milliseconds of periods, oldest first.
        bases: Ids of bases, in sets: `Sum.others` counts the calls that rest on one of each set.
        figures: Columns to add up, keys of UNITS.

    Returns:
        By the values of the groups, in the order of `by`; a period's value is its first millisecond.
    """
    found: dict[tuple[Any, ...], PartialSums] = {}
    with store.reading(filters):
        for row in _rows(store.connection, filters, by, bases, figures):
            found.setdefault(tuple(row[: len(by)]), PartialSums(figures)).add(row[len(by) :])
    return found


def names(connection: sqlite3.Connection, what: str) -> list[str]:
    """All values of a group, sorted; of models also as they were reported."""
    groups = [GROUPS[name] for name in (what, f"reported-{what}") if name in GROUPS]
    sql = " UNION ".join(f"SELECT {group} FROM calls AS c" for group in groups)
    return sorted(name for (name,) in connection.execute(sql, {"stand_ins": stand_ins(connection)}) if name is not None)


def bases_by_kind(store: "Store") -> dict[tuple[str, str], list[int]]:
    """The ids of all bases, those of past results too, by the method that each names and how energies were found with it."""
    found: dict[tuple[str, str], list[int]] = {}
    for basis_id, method, energy in store.connection.execute(KINDS):
        found.setdefault((str(method), str(energy or MODELLED)), []).append(basis_id)
    return found


def starts(store: "Store", filters: Filters, period: Callable[[int], tuple[int, int]]) -> list[int]:
    """
    The first milliseconds of the periods that hold calls, oldest first, found by leaps through the index of times.

    Args:
        period: First millisecond of the period of a moment, and that of the next.
    """
    found, after = [], filters.start_ms or 0
    sql = "SELECT min(started_at_ms) FROM calls WHERE started_at_ms >= ? AND started_at_ms < ?"
    with store.snapshot():
        while (ms := store.connection.execute(sql, (after, _end(filters))).fetchone()[0]) is not None:
            first, after = period(ms)
            found.append(first)
    return found


def _end(filters: Filters) -> int:
    return 2**62 if filters.end_ms is None else filters.end_ms


def _rows(
    connection: sqlite3.Connection, filters: Filters, by: Sequence[str | Sequence[int]], bases: Sequence[Sequence[int]], figures: Sequence[str]
) -> Iterator[Any]:  # fmt: skip
    """Partial sums, block by block: the values of the groups, then the columns, then counts by bases."""
    condition, values = where(connection, filters)
    groups = [group_sql(connection, name, at, values) for at, name in enumerate(by)]
    counts = [f"total(c.basis_id IN ({', '.join(map(str, map(int, ids)))}))" for ids in bases]
    size = LARGE_BLOCK if any(not isinstance(name, str) and len(name) > MANY for name in by) else BLOCK
    index, block, spans = blocks(connection, filters, size)
    chosen = f"FROM calls AS c {index} {condition + ' AND' if condition else 'WHERE'} {block}"
    grouped = f"GROUP BY {', '.join(str(at + 1) for at in range(len(by)))}" if by else "HAVING count(*)"

    @cache
    def sql(scale: float) -> str:
        return f"SELECT {', '.join([*groups, *columns(scale, figures), *counts])} {chosen} {grouped}"

    for first, after in spans:
        yield from block_sums(connection, sql, values | {"first": first, "after": after}, len(by), figures)


def block_sums(
    connection: sqlite3.Connection, sql: Callable[[float], str], values: dict[str, Any], at: int, figures: Sequence[str] = FIGURES
) -> list[Any]:
    """The partial sums of a block, in coarser units where a sum is too large for finer ones; groups stand before `at`."""
    scale = 1.0
    while True:
        rows = connection.execute(sql(scale), values).fetchall()
        if all(are_exact(row[at:], scale, figures) for row in rows):
            return rows
        scale *= COARSER


def group_sql(connection: sqlite3.Connection, name: str | Sequence[int], at: int, values: dict[str, Any]) -> str:
    """The SQL of one group, and what it needs among the `values`: the name of a tag is a parameter."""
    if not isinstance(name, str):
        return _period(name)
    if name in GROUPS:
        if name == "model":
            values["stand_ins"] = stand_ins(connection)
        return GROUPS[name]
    values[f"group{at}"] = name.removeprefix(TAG)
    return f"(SELECT value FROM json_each(c.tags) WHERE key = :group{at})"


def _period(starts: Sequence[int]) -> str:
    """A search by halves among the starts of periods: time zones and calendars are Python's, adding up is SQLite's."""
    if len(starts) < 2:
        return str(int(starts[0])) if starts else "NULL"
    middle = len(starts) // 2
    return f"CASE WHEN c.started_at_ms < {int(starts[middle])} THEN {_period(starts[:middle])} ELSE {_period(starts[middle:])} END"


def blocks(connection: sqlite3.Connection, filters: Filters, size: int) -> tuple[str, str, Iterable[tuple[int, int]]]:
    """How to find rows, which of them are a block, and where the blocks begin and end."""
    first, last = connection.execute("SELECT (SELECT min(id) FROM calls), (SELECT max(id) FROM calls)").fetchone()
    if first is None:
        return "", "0 AND :first = :after", []
    if (filters.start_ms, filters.end_ms) != (None, None) and _is_narrow(connection, filters, last - first + 1):
        return "INDEXED BY calls_started_at_ms", "c.started_at_ms >= :first AND c.started_at_ms < :after", _times(connection, filters, size)
    spans = ((at, at + size) for at in range(first, last + 1, size))
    # in the order of the file: the index of times would lead through it at random
    return "NOT INDEXED", "c.id >= :first AND c.id < :after", spans


def _is_narrow(connection: sqlite3.Connection, filters: Filters, rows: int) -> bool:
    most = max(BLOCK, rows // NARROW)
    sql = "SELECT 1 FROM calls WHERE started_at_ms >= ? AND started_at_ms < ? LIMIT 1 OFFSET ?"
    return connection.execute(sql, (filters.start_ms or 0, _end(filters), most)).fetchone() is None


def _times(connection: sqlite3.Connection, filters: Filters, size: int) -> Iterator[tuple[int, int]]:
    """Spans of time with about `size` calls each; more only where that many began in one millisecond."""
    at, end = filters.start_ms or 0, _end(filters)
    sql = "SELECT started_at_ms FROM calls WHERE started_at_ms >= ? AND started_at_ms < ? ORDER BY started_at_ms LIMIT 1 OFFSET ?"
    while row := connection.execute(sql, (at, end, size)).fetchone():
        after = max(row[0], at + 1)
        yield at, after
        at = after
    yield at, end
