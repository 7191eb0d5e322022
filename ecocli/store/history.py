"""Calls in the order of time: how many, one page of them, or all of them one by one."""

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from typing import Any, Generic, TypeVar

from ecocli.store import rows
from ecocli.store.columns import SELECTED, WITH_KEY
from ecocli.store.model_names import REPORTED, asked_for, stand_ins
from ecocli.store.rows import StoredCall
from ecocli.util.valueclass import value_class

T = TypeVar("T")

LOCAL = "local"
"""The name under which calls without a key are filtered and shown."""

NEWEST_FIRST = "ORDER BY c.started_at_ms DESC, c.id DESC"
OLDEST_FIRST = "ORDER BY c.started_at_ms, c.id"
BEHIND = "(c.started_at_ms, c.id) < (:after_ms, :after_id)"

Place = tuple[int, int]
"""Where a call stands in the order of time."""


@value_class(frozen=True, slots=True)
class Filters:
    """Which calls; None means any. Text is compared without regard to case, but for the key's name and tags."""

    start_ms: int | None = None
    """First millisecond that counts."""
    end_ms: int | None = None
    """First millisecond that no longer counts."""
    key_name: str | None = None
    """"local" for the owner of the file."""
    provider: str | None = None
    """Normal id, as in NewCall.provider."""
    model: str | None = None
    """As written, or the id of the catalogue that knows what was written, or the part of that after the slash; * stands for any characters, ? for one."""
    source: str | None = None
    region: str | None = None
    """As written, or as used in the end."""
    model_match: str | None = None
    """One of MODEL_MATCHES: how the name of the model was resolved for the current result."""
    tags: tuple[tuple[str, str], ...] = ()
    """Every one of these."""
    call_ids: tuple[str, ...] = ()
    """Any one of these."""
    sort: str | None = None
    """One of SORTS, by which calls come in order; None for the newest first."""
    run_id: int | None = None
    """As in trail.Run."""


ANY = Filters()


@value_class(frozen=True, slots=True)
class Projection(Generic[T]):
    """Which columns are read of calls, and as what."""

    columns: str
    """To select from `calls AS c` WITH_KEY."""
    read: Callable[[Sequence[Any]], T]


WHOLE_CALLS: Projection[StoredCall] = Projection(SELECTED, rows.read_call)

SORTS = {
    "when": NEWEST_FIRST,
    **{name: f"ORDER BY c.{column} DESC, c.id DESC" for name, column in (("energy", "facility_energy_wh"), ("carbon", "co2_g"), ("water", "water_ml"),
       ("tree", "tree_days"), ("in", "input_tokens"), ("out", "output_tokens"))},
    **{name: f"ORDER BY {column} COLLATE NOCASE, c.started_at_ms DESC, c.id DESC" for name, column in (("model", REPORTED),
       ("provider", "c.provider_name"), ("region", "c.final_region"), ("source", "c.source"))},
}  # fmt: skip
"""Orders by the column that decides."""
WILDCARDS = str.maketrans({"*": "%", "?": "_", "%": r"\%", "_": r"\_", "\\": r"\\"})
LIKE = asked_for(r"LIKE :model ESCAPE '\'")
"""For a model's name with wildcards."""

CONDITIONS = {
    "start_ms": "c.started_at_ms >= :start_ms",
    "end_ms": "c.started_at_ms < :end_ms",
    "key_name": "c.key_id IN (SELECT id FROM keys WHERE name = :key_name)",
    "provider": "c.provider = :provider COLLATE NOCASE",
    "model": asked_for("= :model COLLATE NOCASE"),
    "source": "c.source = :source COLLATE NOCASE",
    "region": "(c.region = :region COLLATE NOCASE OR c.final_region = :region COLLATE NOCASE)",
    "run_id": "c.run_id = :run_id",
    "model_match": "c.basis_id IN (SELECT id FROM bases WHERE json_extract(content, '$.model_match') = :model_match)",
}


def where(connection: sqlite3.Connection, filters: Filters) -> tuple[str, dict[str, Any]]:
    """The WHERE clause over `calls AS c`, and its parameters: no value ever becomes part of the SQL."""
    values = {name: getattr(filters, name) for name in CONDITIONS if getattr(filters, name) is not None}
    conditions = [CONDITIONS[name] for name in values]
    if filters.model and set(filters.model) & set("*?"):
        conditions[list(values).index("model")] = LIKE
        values["model"] = filters.model.translate(WILDCARDS)
    if filters.model:
        values["stand_ins"] = stand_ins(connection)
    if filters.key_name == LOCAL:
        conditions[list(values).index("key_name")] = "c.key_id IS NULL"
    if filters.call_ids:
        conditions.append("c.call_id IN (SELECT value FROM json_each(:call_ids))")
        values["call_ids"] = json.dumps(filters.call_ids)
    for number, (key, value) in enumerate(filters.tags):
        conditions.append(f"EXISTS (SELECT 1 FROM json_each(c.tags) WHERE key = :key{number} AND value = :tag{number})")
        values |= {f"key{number}": key, f"tag{number}": value}
    return (f"WHERE {' AND '.join(conditions)}" if conditions else ""), values


def count(connection: sqlite3.Connection, filters: Filters) -> int:
    condition, values = where(connection, filters)
    total: int = connection.execute(f"SELECT count(*) FROM calls AS c {condition}", values).fetchone()[0]
    return total


def has(connection: sqlite3.Connection, filters: Filters) -> bool:
    """True when there is one: found at the first."""
    condition, values = where(connection, filters)
    return bool(connection.execute(f"SELECT EXISTS (SELECT 1 FROM calls AS c {condition})", values).fetchone()[0])


def page(connection: sqlite3.Connection, filters: Filters, wanted: Projection[T], number: int, limit: int, total: int) -> list[T]:
    """
    Page `number`, from 1, of `total` calls, newest first.

    Ids first, from an index alone where the filters allow it, walking from whichever end is nearer:
    the last page costs no more than the first. Only then the rows.
    """
    skipped = (number - 1) * limit
    if filters.sort:
        return _sorted_page(connection, filters, wanted, limit, skipped)
    rest = max(0, min(limit, total - skipped))
    nearer_the_end = skipped > total - skipped - rest
    order, offset = (OLDEST_FIRST, total - skipped - rest) if nearer_the_end else (NEWEST_FIRST, skipped)
    condition, values = where(connection, filters)
    ids = f"SELECT c.id FROM calls AS c {condition} {order} LIMIT :limit OFFSET :offset"
    found = connection.execute(
        # a cross join keeps its order: the ids lead, and each finds its row
        f"SELECT c.started_at_ms, c.id, {wanted.columns} FROM ({ids}) AS page CROSS JOIN calls AS c ON c.id = page.id {WITH_KEY}",
        values | {"limit": rest, "offset": offset},
    )
    return [wanted.read(row) for _, _, *row in sorted(found, reverse=True)]


def _sorted_page(connection: sqlite3.Connection, filters: Filters, wanted: Projection[T], limit: int, skipped: int) -> list[T]:
    condition, values = where(connection, filters)
    sql = f"SELECT {wanted.columns} FROM calls AS c {WITH_KEY} {condition} {_order(filters)} LIMIT :limit OFFSET :skipped"
    return list(map(wanted.read, connection.execute(sql, values | {"limit": limit, "skipped": skipped})))


def _order(filters: Filters) -> str:
    return SORTS[filters.sort] if filters.sort else NEWEST_FIRST


def following(connection: sqlite3.Connection, filters: Filters, wanted: Projection[T], after: Place | None, limit: int) -> list[tuple[Place, T]]:
    """The next calls in the order of NEWEST_FIRST behind a place, each with its own: a look that ends at once, however long all of them take."""
    condition, values = where(connection, filters)
    if after is not None:
        condition = f"{condition} AND {BEHIND}" if condition else f"WHERE {BEHIND}"
        values |= {"after_ms": after[0], "after_id": after[1]}
    sql = f"SELECT c.started_at_ms, c.id, {wanted.columns} FROM calls AS c {WITH_KEY} {condition} {NEWEST_FIRST} LIMIT :limit"
    return [((start_ms, row_id), wanted.read(row)) for start_ms, row_id, *row in connection.execute(sql, values | {"limit": limit})]


def each(connection: sqlite3.Connection, filters: Filters, wanted: Projection[T]) -> Iterator[T]:
    """One by one, newest first, as the store was at the first; writers go on meanwhile."""
    condition, values = where(connection, filters)
    with closing(connection.execute(f"SELECT {wanted.columns} FROM calls AS c {WITH_KEY} {condition} {_order(filters)}", values)) as cursor:
        yield from map(wanted.read, cursor)
