"""Sums over calls by everything that a report divides them by, made in one pass; and the bases that they rest on."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from ecocli.quantity import ZERO, Estimate
from ecocli.store.history import Filters, where
from ecocli.store.rows import REASONING, bounds
from ecocli.store.totals import GROUPS, LARGE_BLOCK, _blocks, _period

if TYPE_CHECKING:
    from ecocli.store import Store

SUMMED = ("facility_energy_wh", "co2_g", "embodied_co2_g", "water_onsite_ml", "water_offsite_ml", "water_ml")
"""Estimates that are added up, as the columns are named."""
HOSTING_TAG = "hosting"


class Cell(NamedTuple):
    """What the calls of a sum have in common."""

    basis_id: int
    provider: str
    """Normal id, as in NewCall.provider."""
    provider_name: str
    model: str
    region: str
    calculation_method: str
    is_estimated: int
    has_inferred_reasoning: int
    dominant_factor: str
    hosting: str | None
    """The value of the tag "hosting", or None."""
    start_ms: int | None
    """First millisecond of the period, None when no periods were asked for."""


COLUMNS = (
    *("c.basis_id", "c.provider", GROUPS["provider"], f"coalesce({GROUPS['model']}, '')", GROUPS["region"], "c.calculation_method"),
    *("c.is_estimated", f"c.{REASONING} IS NOT NULL", "c.dominant_factor"),
    # most calls have no tags, and looking into none costs as much as into some
    f"CASE c.tags WHEN '{{}}' THEN NULL ELSE (SELECT value FROM json_each(c.tags) WHERE key = '{HOSTING_TAG}') END",
)
"""In the order of Cell, without the period."""


@dataclass(slots=True)
class Amounts:
    """Calls together. Bounds add, see ecocli/totals.py."""

    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    facility_energy_wh: Estimate = ZERO
    co2_g: Estimate = ZERO
    """Operational, location-based."""
    embodied_co2_g: Estimate = ZERO
    water_onsite_ml: Estimate = ZERO
    water_offsite_ml: Estimate = ZERO
    water_ml: Estimate = ZERO
    market_co2_g: float = 0.0
    """Operators' market-based claims, of the calls that have one."""
    claimed_co2_g: float = 0.0
    """The location-based figure of those same calls."""

    def include(self, other: "Amounts") -> None:
        """Count other calls in."""
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass(frozen=True, slots=True)
class Breakdown:
    """All calls that were asked for, in the smallest groups that a report needs."""

    cells: dict[Cell, Amounts]
    bases: dict[int, dict[str, Any]]
    """Content of every basis that a cell names, by id."""
    first_ms: int | None = None
    """Start of the earliest call. [ms since 1970, UTC]"""
    last_ms: int | None = None
    starts: Sequence[int] = field(default=())
    """First milliseconds of the periods that were told apart."""


def breakdown(store: "Store", filters: Filters, starts: Sequence[int] = ()) -> Breakdown:
    """
    The calls that `filters` choose, added up. Memory grows with the number of groups, not of calls.

    Args:
        starts: First milliseconds of the periods to tell apart, oldest first.
    """
    cells: dict[Cell, Amounts] = {}
    times: list[int] = []
    with store.reading(filters) as connection:
        for *first_and_last, cell, amounts in _rows(connection, filters, starts):
            times = [min([*times, *first_and_last]), max([*times, *first_and_last])]
            cells.setdefault(cell, Amounts()).include(amounts)
        bases = {basis_id: _basis(connection, basis_id) for basis_id in {cell.basis_id for cell in cells}}
    return Breakdown(cells, bases, *(times or (None, None)), starts)


def _rows(connection: sqlite3.Connection, filters: Filters, starts: Sequence[int]) -> Iterator[tuple[int, int, Cell, Amounts]]:
    """Partial sums, block by block: sorting a block stays inside the cache, sorting all calls would fill a disk."""
    condition, values = where(filters)
    index, block, spans = _blocks(connection, filters, LARGE_BLOCK)
    groups = (*COLUMNS, _period(starts))
    sql = (
        f"SELECT min(c.started_at_ms), max(c.started_at_ms), {', '.join((*groups, *_sums()))} FROM calls AS c {index}"
        f" {condition + ' AND' if condition else 'WHERE'} {block} GROUP BY {', '.join(str(at + 3) for at in range(len(groups)))}"
    )
    for first, after in spans:
        for row in connection.execute(sql, values | {"first": first, "after": after}):
            yield row[0], row[1], Cell(*row[2 : len(groups) + 2]), _amounts(row[len(groups) + 2 :])


def _sums() -> Iterator[str]:
    """In the order of Amounts, three columns an estimate."""
    yield from ("count(*)", "sum(c.input_tokens)", "sum(c.output_tokens)")
    yield from (f"sum(c.{column})" for name in SUMMED for column in bounds(name))
    yield "total(c.market_co2_g)"
    yield "total(CASE WHEN c.market_co2_g IS NOT NULL THEN c.co2_g END)"


def _amounts(row: Sequence[Any]) -> Amounts:
    estimates = (Estimate(*row[at : at + 3]) for at in range(3, 3 + 3 * len(SUMMED), 3))
    return Amounts(*row[:3], *estimates, *row[-2:])


def _basis(connection: sqlite3.Connection, basis_id: int) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(connection.execute("SELECT content FROM bases WHERE id = ?", (basis_id,)).fetchone()[0])
    return content
