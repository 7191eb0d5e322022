"""Compare budgets with the calls of their current period, and parse the amounts of budgets."""

import re
from datetime import tzinfo
from math import isfinite
from typing import TYPE_CHECKING

from ecocli.analysis import periods
from ecocli.core.quantity import ZERO, Estimate
from ecocli.errors import UsageError, quoted
from ecocli.store.budgets import Budget, Budgets
from ecocli.store.history import Filters
from ecocli.store.totals import sums
from ecocli.util.valueclass import value_class

if TYPE_CHECKING:
    from ecocli.store import Store

UNITS = {
    "facility_energy_wh": {"mWh": 1e-3, "Wh": 1.0, "kWh": 1e3, "MWh": 1e6, "GWh": 1e9},
    "co2_g": {"mg": 1e-3, "g": 1.0, "kg": 1e3, "t": 1e6},
    "water_ml": {"mL": 1.0, "L": 1e3, "m3": 1e6, "m³": 1e6},
}
"""Each figure's units with their size in its base unit: Wh, g or mL."""
AMOUNT = re.compile(r"\s*([0-9]+(?:\.[0-9]*)?|\.[0-9]+)\s*([A-Za-z³][A-Za-z0-9³]*)\s*", re.ASCII)


@value_class(frozen=True, slots=True)
class Spent:
    """A budget and the footprint of its current period so far."""

    budget: Budget
    start_ms: int
    end_ms: int
    spent: Estimate
    """In the base unit of the budget's figure: Wh, g or mL."""

    @property
    def share(self) -> float:
        """Used share of the budget, by the central value. [1]"""
        return self.spent.value / self.budget.most

    @property
    def is_over(self) -> bool:
        return self.spent.value > self.budget.most


def parse_amount(text: str) -> tuple[str, float]:
    """
    Parse an amount into (figure, amount in Wh, g or mL).

    Raises:
        UsageError: `text` is not a positive number with a known unit.

    >>> parse_amount("1.5kWh"), parse_amount("500 g"), parse_amount("2L")
    (('facility_energy_wh', 1500.0), ('co2_g', 500.0), ('water_ml', 2000.0))
    """
    found = AMOUNT.fullmatch(text)
    if found:
        for figure, units in UNITS.items():
            unit = next((size for name, size in units.items() if _is_same(name, found[2])), None)
            if unit and (most := float(found[1]) * unit) > 0 and isfinite(most):
                return figure, most
    raise UsageError(f"no amount {quoted(text)}", "a number and Wh, kWh, g, kg, mL or L, for example 500g")


def spent(store: "Store", budget: Budget, tz: tzinfo, now_ms: int) -> Spent:
    """Add up the calls of the budget's current period, in the time zone `tz`."""
    start_ms, end_ms = periods.bounds(budget.period, tz)(now_ms)
    filters = Filters(start_ms=start_ms, end_ms=end_ms, tags=tuple(budget.tags.items()))
    found = sums(store, filters).get(())
    return Spent(budget, start_ms, end_ms, found.sum()[budget.figure] if found else ZERO)


def all_spent(store: "Store", tz: tzinfo, now_ms: int) -> list[Spent]:
    """The status of every budget, oldest first, from one snapshot of the store."""
    with store.snapshot():
        return [spent(store, budget, tz, now_ms) for budget in Budgets(store).list()]


def _is_same(unit: str, written: str) -> bool:
    """Compare units ignoring case, except where case distinguishes mega from milli."""
    return unit == written or (unit.lower() == written.lower() and unit not in ("mWh", "MWh", "mg"))
