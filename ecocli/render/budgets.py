"""Budgets as text and as rows of a table."""

from typing import Any

from ecocli.analysis.budgets import Spent
from ecocli.core.numbers import amount, ranged, significant
from ecocli.errors import shorten
from ecocli.render.summary import UNITS
from ecocli.store.budgets import Budget


def title(budget: Budget) -> str:
    """A budget's limit, period and tags as text."""
    tags = _tags(budget)
    return f"{amount(budget.most, UNITS[budget.figure])} per {budget.period}{' for ' if tags else ''}{tags}"


def line(spent: Spent) -> str:
    """A budget and its use in one line."""
    budget = spent.budget
    so_far = ranged(spent.spent, UNITS[budget.figure]) if spent.spent.value else "nothing"
    return f"budget {budget.id}: {so_far} of {title(budget)}: {_state(spent)}"


def cells(spent: Spent) -> tuple[Any, ...]:
    """(id, limit, period, tags, use, state) for a table."""
    budget, unit = spent.budget, UNITS[spent.budget.figure]
    so_far = ranged(spent.spent, unit) if spent.spent.value else amount(0.0, unit)
    return budget.id, amount(budget.most, unit), budget.period, _tags(budget), so_far, _state(spent)


def _state(spent: Spent) -> str:
    return f"{used(spent)}{', over budget' if spent.is_over else ''}"


def used(spent: Spent) -> str:
    """The used share of a budget in percent."""
    return f"{significant(100 * spent.share, 2)} %"


def _tags(budget: Budget) -> str:
    return " ".join(f"{shorten(key)}={shorten(value)}" for key, value in budget.tags.items())
