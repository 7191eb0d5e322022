"""Budgets as text and as rows of a table."""

from typing import Any

from ecocli.analysis.budgets import Spent
from ecocli.core.numbers import amount, counted, dollars, ranged, significant
from ecocli.core.quantity import Estimate
from ecocli.errors import shorten
from ecocli.render.summary import UNITS
from ecocli.store.budgets import COST, TOKENS, Budget

NO_PRICES = "unknown: it needs the price list, pip install 'ecocli[prices]'"


def title(budget: Budget) -> str:
    """A budget's limit, period and tags as text."""
    tags = _tags(budget)
    return f"{_amount(budget.most, budget.figure)} per {budget.period}{' for ' if tags else ''}{tags}"


def line(spent: Spent) -> str:
    """A budget and its use in one line."""
    budget = spent.budget
    if spent.spent is None:
        return f"budget {budget.id}: {title(budget)}: {NO_PRICES}"
    so_far = _ranged(spent.spent, budget.figure) if spent.spent.value else "nothing"
    at_end = f", heading for {_ranged(spent.forecast, budget.figure)}" if spent.forecast else ""
    return f"budget {budget.id}: {so_far} of {title(budget)}: {_state(spent)}{at_end}"


def cells(spent: Spent) -> tuple[Any, ...]:
    """(id, limit, period, tags, use, state) for a table."""
    budget = spent.budget
    so_far = None if spent.spent is None else _ranged(spent.spent, budget.figure) if spent.spent.value else _amount(0.0, budget.figure)
    return budget.id, _amount(budget.most, budget.figure), budget.period, _tags(budget), so_far, _state(spent)


def _state(spent: Spent) -> str:
    if spent.spent is None:
        return NO_PRICES
    part = "" if spent.priced_calls in (None, spent.calls) else f", {spent.priced_calls:,} of {counted(spent.calls, 'call')} {'has' if spent.priced_calls == 1 else 'have'} a price"
    return f"{used(spent)}{', over budget' if spent.is_over else ''}{part}"


def used(spent: Spent) -> str:
    """The used share of a budget in percent."""
    return "unknown" if spent.share is None else f"{significant(100 * spent.share, 2)} %"


def forecast_line(spent: Spent) -> str | None:
    """The sum at the end of a budget's period; None where it is too soon to say."""
    if spent.forecast is None:
        return None
    budget = spent.budget
    return f"budget {budget.id} is heading for {_ranged(spent.forecast, budget.figure)} at the end of the {budget.period}"


def _amount(value: float, figure: str) -> str:
    if figure == COST:
        from decimal import Decimal

        return dollars(Decimal(value))
    return f"{significant(value)} {'token' if value == 1 else 'tokens'}" if figure == TOKENS else amount(value, UNITS[figure])


def _ranged(estimate: Estimate, figure: str) -> str:
    """A value with its range, where it has one."""
    if figure not in (COST, TOKENS):
        return ranged(estimate, UNITS[figure])
    value, low, high = (_amount(each, figure) for each in (estimate.value, estimate.low, estimate.high))
    return value if low == high else f"{value} ({low.removesuffix(' tokens')}–{high.removesuffix(' tokens')})"


def _tags(budget: Budget) -> str:
    return " ".join(f"{shorten(key)}={shorten(value)}" for key, value in budget.tags.items())
