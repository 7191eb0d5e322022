"""Windows of time that begin with a call: each lasts as long as it is said to, and the next begins with the first call after it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from ecocli.store.history import Filters, where

if TYPE_CHECKING:
    from ecocli.store import Store


class Window(NamedTuple):
    """The moments of the first and the last call of a window. [ms]"""

    first_ms: int
    last_ms: int


def windows(store: "Store", filters: Filters, last_moment: Callable[[int], int]) -> list[Window]:
    """
    Windows with the calls that `filters` select, oldest first, found by leaps through the index of times.

    Args:
        last_moment: From the first call's time to the last that the window holds. [ms]
    """
    condition, values = where(store.connection, filters)
    chosen = f"FROM calls AS c {condition + ' AND' if condition else 'WHERE'}"
    first = f"SELECT min(c.started_at_ms) {chosen} c.started_at_ms >= :after"
    last = f"SELECT max(c.started_at_ms) {chosen} c.started_at_ms >= :after AND c.started_at_ms <= :last"
    found: list[Window] = []
    after = 0
    with store.reading(filters):
        while (first_ms := store.connection.execute(first, values | {"after": after}).fetchone()[0]) is not None:
            (last_ms,) = store.connection.execute(last, values | {"after": first_ms, "last": max(first_ms, last_moment(first_ms))}).fetchone()
            found.append(Window(first_ms, last_ms))
            after = last_ms + 1
    return found
