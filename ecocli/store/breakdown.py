"""Sums over calls by everything that a report divides them by, made in one pass; and the bases that they rest on."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from ecocli.core import hosting
from ecocli.core.organisation import Entity
from ecocli.core.quantity import ZERO, Estimate
from ecocli.core.usage import MANUAL
from ecocli.store.columns import REASONING
from ecocli.store.history import Filters, where
from ecocli.store.model_names import stand_ins
from ecocli.store.partial_sums import PartialSums, columns
from ecocli.store.totals import GROUPS, LARGE_BLOCK, block_sums, blocks
from ecocli.util.valueclass import value_class

if TYPE_CHECKING:
    from ecocli.store import Store

SUMMED = ("facility_energy_wh", "co2_g", "embodied_co2_g", "water_onsite_ml", "water_offsite_ml", "water_ml")
"""Estimates that are added up, as the columns are named."""
CLAIMS = ("total(c.market_co2_g)", "total(CASE WHEN c.market_co2_g IS NOT NULL THEN c.co2_g END)")
"""Sums that follow those of SUMMED; as in Amounts."""
# few calls have this tag, and opening the JSON of all the others would take as long as adding them up
HOSTING = f"CASE WHEN instr(c.tags, '{hosting.TAG}') THEN (SELECT value FROM json_each(c.tags) WHERE key = '{hosting.TAG}') END"


class Cell(NamedTuple):
    """Values that all calls of a sum have in common."""

    basis_id: int
    provider_name: str
    model: str
    region: str
    is_estimated: int
    has_inferred_reasoning: int
    dominant_factor: str
    hosting: str | None
    """The value of the tag "hosting", or None."""
    is_stated: int
    """1 where the counts are the caller's word: given by flags, or in an event of eco's own form."""
    has_cached: int
    """1 where a part of the prompt was read from a cache."""
    has_encoding: int
    """1 where eco counted the text."""
    control: int | None
    """1 where the caller says that it controls the machine, 0 where it says that it does not."""
    year_ms: int | None
    """First millisecond of the year that the calls began in, of those that were asked for."""
    entity: str | None
    """Name of the entity that the calls belong to."""
    provider: str
    """Normal id, as in NewCall.provider."""


GROUPED = (
    *("c.basis_id", GROUPS["provider"], f"coalesce({GROUPS['model']}, '')", GROUPS["region"]),
    *("c.is_estimated", f"c.{REASONING} IS NOT NULL", "c.dominant_factor"),
    *(HOSTING, f"c.format = 'native' OR c.source = '{MANUAL}'", "c.cached_tokens > 0", "c.encoding IS NOT NULL", "c.control"),
)
"""In the order of Cell, without the last three: the year and the entity are as they are asked for, and the provider's id follows from its name."""


@value_class(frozen=True, slots=True)
class Amounts:
    """Calls together. A central value is the exact sum of the calls', rounded once; bounds add, see ecocli/core/totals.py."""

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

    @classmethod
    def of(cls, each: Iterable[PartialSums]) -> "Amounts":
        """All of them together."""
        joined = PartialSums(SUMMED)
        for parts in each:
            joined.include(parts)
        sum = joined.sum()
        energy_wh, co2_g, embodied_co2_g, onsite_ml, offsite_ml, water_ml = (sum[name] for name in SUMMED)
        market_co2_g, claimed_co2_g = sum.others or (0.0, 0.0)
        counts = (sum.calls, sum.input_tokens, sum.output_tokens)
        return cls(*counts, energy_wh, co2_g, embodied_co2_g, onsite_ml, offsite_ml, water_ml, market_co2_g, claimed_co2_g)


@value_class(frozen=True, slots=True)
class Breakdown:
    """All calls that were asked for, in the smallest groups that a report needs."""

    cells: dict[Cell, PartialSums]
    """Sums of SUMMED, without rounding, and of CLAIMS."""
    bases: dict[int, dict[str, Any]]
    """Content of every basis that a cell names, by id."""
    first_ms: int | None
    """Start of the earliest call, None without calls. [ms since 1970, UTC]"""
    last_ms: int | None


def breakdown(store: "Store", filters: Filters, years_ms: Sequence[int] = (), entities: Sequence[Entity] = ()) -> Breakdown:
    """
    The calls that `filters` choose, added up. Memory grows with the number of groups, not of calls.

    Args:
        years_ms: First milliseconds of years, oldest first, that calls are told apart by.
        entities: Likewise; a call belongs to the first that has its key and tags.
    """
    cells: dict[Cell, PartialSums] = {}
    first_ms = last_ms = None
    with store.reading(filters):
        for earliest_ms, latest_ms, cell, sums in _rows(store.connection, filters, years_ms, entities):
            first_ms = earliest_ms if first_ms is None else min(first_ms, earliest_ms)
            last_ms = latest_ms if last_ms is None else max(last_ms, latest_ms)
            cells.setdefault(cell, PartialSums(SUMMED)).add(sums)
        bases = {basis_id: _basis(store.connection, basis_id) for basis_id in {cell.basis_id for cell in cells}}
    return Breakdown(cells, bases, first_ms, last_ms)


def _rows(
    connection: sqlite3.Connection, filters: Filters, years_ms: Sequence[int], entities: Sequence[Entity]
) -> Iterator[tuple[int, int, Cell, tuple[Any, ...]]]:  # fmt: skip
    """Partial sums, block by block: sorting a block stays inside the cache, sorting all calls would fill a disk."""
    condition, values = where(connection, filters)
    values["stand_ins"] = stand_ins(connection)
    index, block, spans = blocks(connection, filters, LARGE_BLOCK)
    entity, named = _entity(entities)
    groups = (*GROUPED, _year(years_ms), entity)
    values |= named
    found = (*groups, "min(c.provider)", "min(c.started_at_ms)", "max(c.started_at_ms)")
    chosen = f"FROM calls AS c {index} {condition + ' AND' if condition else 'WHERE'} {block}"
    grouped = f"GROUP BY {', '.join(str(at + 1) for at in range(len(groups)))}"

    @cache
    def sql(scale: float) -> str:
        return f"SELECT {', '.join([*found, *columns(scale, SUMMED), *CLAIMS])} {chosen} {grouped}"

    for first, after in spans:
        for row in block_sums(connection, sql, values | {"first": first, "after": after}, len(found), SUMMED):
            at = len(groups) + 1
            yield row[at], row[at + 1], Cell(*row[:at]), row[at + 2 :]


def _year(years_ms: Sequence[int]) -> str:
    """SQL for the first millisecond of a call's year: numbers, latest first."""
    whens = "".join(f" WHEN c.started_at_ms >= {int(start_ms)} THEN {int(start_ms)}" for start_ms in reversed(years_ms))
    return f"CASE{whens} END" if whens else "NULL"


def _entity(entities: Sequence[Entity]) -> tuple[str, dict[str, Any]]:
    """(SQL for the name of a call's entity, its parameters)"""
    whens, values = "", {}
    for number, entity in enumerate(entities):
        conditions = []
        values[f"entity{number}"] = entity.name
        if entity.key is not None:
            conditions.append(f"c.key_id IN (SELECT id FROM keys WHERE name = :entity{number}key)")
            values[f"entity{number}key"] = entity.key
        for at, (key, value) in enumerate(entity.tags.items()):
            conditions.append(f"EXISTS (SELECT 1 FROM json_each(c.tags) WHERE key = :entity{number}key{at} AND value = :entity{number}value{at})")
            values |= {f"entity{number}key{at}": key, f"entity{number}value{at}": value}
        whens += f" WHEN {' AND '.join(conditions)} THEN :entity{number}"
    return (f"CASE{whens} END" if whens else "NULL"), values


def _basis(connection: sqlite3.Connection, basis_id: int) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(connection.execute("SELECT content FROM bases WHERE id = ?", (basis_id,)).fetchone()[0])
    return content
