"""Compare budgets with the calls of their current period, and parse the amounts of budgets."""

import re
from collections.abc import Callable
from datetime import tzinfo
from math import isfinite
from typing import TYPE_CHECKING

from ecocli.analysis import periods
from ecocli.analysis.forecasts import forecast, part_starts
from ecocli.core.quantity import ZERO, Estimate
from ecocli.errors import UsageError, quoted
from ecocli.store.budgets import COST, TOKENS, Budget, Budgets
from ecocli.store.history import Filters
from ecocli.store.totals import PartialSums, Sum, sums
from ecocli.util.valueclass import value_class

if TYPE_CHECKING:
    from ecocli.analysis.prices import Cost, PriceList
    from ecocli.store import Store

UNITS = {
    "facility_energy_wh": {"mWh": 1e-3, "Wh": 1.0, "kWh": 1e3, "MWh": 1e6, "GWh": 1e9},
    "co2_g": {"mg": 1e-3, "g": 1.0, "kg": 1e3, "t": 1e6},
    "water_ml": {"mL": 1.0, "L": 1e3, "m3": 1e6, "m³": 1e6},
    COST: {"USD": 1.0, "$": 1.0},
    TOKENS: {"tokens": 1.0, "token": 1.0, "ktokens": 1e3, "Mtokens": 1e6, "Btokens": 1e9},
}
"""Each figure's units with their size in its base unit: Wh, g, mL, US dollars or tokens."""
AMOUNT = re.compile(r"\s*([0-9]+(?:\.[0-9]*)?|\.[0-9]+)\s*([A-Za-z³$][A-Za-z0-9³]*(?:\s+tokens?)?)\s*", re.ASCII | re.IGNORECASE)
ADVERBS = {"daily": "day", "weekly": "week", "monthly": "month", "yearly": "year"}
PER = re.compile(r"(.*?)(?:\s*/\s*|\s+per\s+|\s+a\s+)(\w+)\s*")
Prices = Callable[[], "PriceList | None"]
"""Opens the price list where a budget needs it; None where it is not installed."""


@value_class(frozen=True, slots=True)
class Spent:
    """A budget and what the calls of its current period come to so far, in the base unit of its figure."""

    budget: Budget
    start_ms: int
    end_ms: int
    spent: Estimate | None
    """None for money without a price list."""
    forecast: Estimate | None = None
    """At the end of the period; None while too little of it has passed to say."""
    calls: int = 0
    priced_calls: int | None = None
    """How many of the calls have a list price, which is all that `spent` holds; None where it is not about money."""

    @property
    def share(self) -> float | None:
        """Used share of the budget, by the central value. [1]"""
        return None if self.spent is None else self.spent.value / self.budget.most

    @property
    def is_over(self) -> bool:
        return self.spent is not None and self.spent.value > self.budget.most


def parse_amount(text: str) -> tuple[str, float]:
    """
    Parse an amount into (figure, amount in Wh, g, mL, US dollars or tokens).

    Raises:
        UsageError: `text` is not a positive number with a known unit.

    >>> parse_amount("1.5kWh"), parse_amount("500 g"), parse_amount("2L")
    (('facility_energy_wh', 1500.0), ('co2_g', 500.0), ('water_ml', 2000.0))
    >>> parse_amount("2M tokens"), parse_amount("$50")
    (('tokens', 2000000.0), ('cost_usd', 50.0))
    """
    found = AMOUNT.fullmatch(f"{text.strip()[1:]} $" if text.strip().startswith("$") else text)
    if found:
        written = "".join(found[2].split())
        for figure, units in UNITS.items():
            unit = next((size for name, size in units.items() if _is_same(name, written)), None)
            if unit and (most := float(found[1]) * unit) > 0 and isfinite(most):
                return figure, most
    raise UsageError(f"no amount {quoted(text)}", "a number and Wh, kWh, g, kg, mL, L, USD or tokens, for example 500g or 2M tokens")


def parse_limit(text: str, per: str | None) -> tuple[str, float, str]:
    """
    Parse an amount with or without its period into (figure, amount, period); a month where no period is named.

    Raises:
        UsageError: The amount or the period is not known, or two different periods are named.

    >>> parse_limit("50 USD/month", None), parse_limit("500g", "week")
    (('cost_usd', 50.0, 'month'), ('co2_g', 500.0, 'week'))
    """
    found = PER.fullmatch(text)
    amount, inside = (found[1], found[2]) if found else (text, None)
    per, inside = _period("--per", per), _period("the period", inside)
    if per and inside and per != inside:
        raise UsageError(f"{quoted(text)} is per {inside}, and --per says {per}", "name one period")
    return *parse_amount(amount), per or inside or "month"


def _period(option: str, text: str | None) -> str | None:
    period = text and ADVERBS.get(text.lower(), text)
    if period and period not in periods.PERIODS:
        raise UsageError(f"{option}: must be one of {', '.join(periods.PERIODS)}, not {quoted(text)}")
    return period


def spent(store: "Store", budget: Budget, tz: tzinfo, now_ms: int, prices: Prices) -> Spent:
    """Add up the calls of the budget's current period, in the time zone `tz`, and what it will come to."""
    start_ms, end_ms = periods.bounds(budget.period, tz)(now_ms)
    filters = Filters(start_ms=start_ms, end_ms=end_ms, tags=tuple(budget.tags.items()))
    starts = part_starts(start_ms, end_ms, now_ms)
    if budget.figure == COST:
        return _spent_money(store, budget, filters, starts, now_ms, prices)
    found = sums(store, filters, [starts])
    total = PartialSums()
    for part in found.values():
        total.include(part)
    parts = [_figure(found[start,].sum(), budget.figure) if (start,) in found else ZERO for start in starts]
    whole = total.sum()
    so_far = _figure(whole, budget.figure) if whole.calls else ZERO
    return Spent(budget, start_ms, end_ms, so_far, forecast(so_far, parts, start_ms, end_ms, now_ms), whole.calls)


def _figure(sum: Sum, figure: str) -> Estimate:
    if figure == TOKENS:
        return Estimate.exactly(float(sum.input_tokens + sum.output_tokens))
    return sum[figure]


def _spent_money(store: "Store", budget: Budget, filters: Filters, starts: list[int], now_ms: int, prices: Prices) -> Spent:
    """At list prices, as far as they are known."""
    from ecocli.analysis.costs import costs

    start_ms, end_ms = filters.start_ms or 0, filters.end_ms or now_ms
    listed = prices()
    if listed is None:
        return Spent(budget, start_ms, end_ms, None)
    found = costs(store, filters, [starts], prices=listed)
    so_far, parts = _dollars(found.total), [_dollars(found.groups[start,]) for start in starts]
    return Spent(budget, start_ms, end_ms, so_far, forecast(so_far, parts, start_ms, end_ms, now_ms), found.total.calls, found.total.priced)


def _dollars(cost: "Cost") -> Estimate:
    return Estimate.exactly(float(cost.usd))


def all_spent(store: "Store", tz: tzinfo, now_ms: int, prices: Prices = lambda: None) -> list[Spent]:
    """The status of every budget, oldest first, from one snapshot of the store."""
    with store.snapshot():
        return [spent(store, budget, tz, now_ms, prices) for budget in Budgets(store).list()]


def _is_same(unit: str, written: str) -> bool:
    """Compare units ignoring case, except where case distinguishes mega from milli."""
    return unit == written or (unit.lower() == written.lower() and unit not in ("mWh", "MWh", "mg"))
