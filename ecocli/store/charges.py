"""Calls one by one, with no more than what their price depends on."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ecocli.store.breakdown import HOSTING
from ecocli.store.columns import REASONING
from ecocli.store.history import Filters, where
from ecocli.store.totals import group_sql

if TYPE_CHECKING:
    from ecocli.store import Store


class Charge(NamedTuple):
    """One call, in the group that it belongs to."""

    group: tuple[Any, ...]
    provider: str
    """Normal id, as in NewCall.provider."""
    model: str | None
    """As reported."""
    basis_id: int
    started_at_ms: int
    input_tokens: int
    output_tokens: int
    reasoning_tokens: int | None
    cached_tokens: int | None
    cache_write_tokens: int | None
    has_inferred_reasoning: int
    hosting: str | None
    """The value of the tag "hosting", or None."""

    @property
    def counts(self) -> tuple[int | None, ...]:
        return self.input_tokens, self.output_tokens, self.reasoning_tokens, self.cached_tokens, self.cache_write_tokens


COLUMNS = (*(f"c.{name}" for name in Charge._fields[1:-2]), f"c.{REASONING} IS NOT NULL", HOSTING)
"""In the order of Charge, after its group."""


def charges(store: "Store", filters: Filters, by: Sequence[str | Sequence[int]]) -> Iterator[Charge]:
    """The calls that `filters` choose, in the order of the file and in flat memory; `by` as in `totals.sums`."""
    with store.reading(filters):
        condition, values = where(store.connection, filters)
        groups = [group_sql(store.connection, name, at, values) for at, name in enumerate(by)]
        for row in store.connection.execute(f"SELECT {', '.join([*groups, *COLUMNS])} FROM calls AS c {condition}", values):
            yield Charge(tuple(row[: len(by)]), *row[len(by) :])
