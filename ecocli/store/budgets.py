"""Budgets of a store: how much of a figure each day, week, month or year may cost."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ecocli.errors import UnknownName
from ecocli.store.columns import json_text
from ecocli.util.valueclass import value_class

if TYPE_CHECKING:
    from ecocli.store import Store

COST, TOKENS = "cost_usd", "tokens"
"""Figures of budgets that are none of totals.FIGURES: US dollars at list prices, and tokens in and out."""
COLUMNS = "id, figure, period, most, tags"
SET = (
    "INSERT INTO budgets (figure, period, most, tags, created_at_ms) VALUES (?, ?, ?, ?, ?) "
    "ON CONFLICT (figure, period, tags) DO UPDATE SET most = excluded.most, created_at_ms = excluded.created_at_ms"
)


class UnknownBudget(UnknownName):
    code = "unknown-budget"

    def __init__(self, id: int) -> None:
        super().__init__(f"no budget {id}")


@value_class(frozen=True, slots=True)
class Budget:
    """One budget."""

    id: int
    figure: str
    """One of totals.FIGURES, COST or TOKENS."""
    period: str
    """day, week, month or year."""
    most: float
    """In the figure's unit: Wh, g, mL, US dollars or tokens."""
    tags: Mapping[str, str]
    """Only calls with all of these count."""


class Budgets:
    """The budgets of one store; one for each figure, period and set of tags."""

    def __init__(self, store: "Store") -> None:
        self._store, self._connection = store, store.connection

    def set(self, figure: str, period: str, most: float, tags: Mapping[str, str], now_ms: int) -> Budget:
        """A new budget, or a new amount for the same figure, period and tags."""
        identity = (figure, period, json_text(dict(sorted(tags.items()))))
        with self._store.transaction():
            self._connection.execute(SET, (*identity[:2], most, identity[2], now_ms))
            sql = f"SELECT {COLUMNS} FROM budgets WHERE figure = ? AND period = ? AND tags = ?"
            return _read(self._connection.execute(sql, identity).fetchone())

    def list(self) -> list[Budget]:
        """Every budget, oldest first."""
        with self._store.snapshot():
            return [_read(row) for row in self._connection.execute(f"SELECT {COLUMNS} FROM budgets ORDER BY id")]

    def remove(self, id: int) -> Budget:
        """
        Raises:
            UnknownBudget: There is none with this id.
        """
        with self._store.transaction():
            row = self._connection.execute(f"SELECT {COLUMNS} FROM budgets WHERE id = ?", (id,)).fetchone()
            if row is None:
                raise UnknownBudget(id)
            self._connection.execute("DELETE FROM budgets WHERE id = ?", (id,))
            return _read(row)


def _read(row: tuple[Any, ...]) -> Budget:
    id, figure, period, most, tags = row
    return Budget(id, figure, period, most, json.loads(tags))
