"""Budgets as the contract's JSON."""

from typing import Any

from ecocli.analysis.budgets import Spent
from ecocli.contract.summary import NAMES
from ecocli.core.dates import iso
from ecocli.store.budgets import Budget


def identity(budget: Budget) -> dict[str, Any]:
    """The budget itself."""
    name = next(name for name, figure in NAMES.items() if figure == budget.figure)
    return {"id": budget.id, "figure": name, "budget": budget.most, "per": budget.period, "tags": dict(budget.tags)}


def row(spent: Spent) -> dict[str, Any]:
    """A budget and how much of it is used."""
    return {
        **identity(spent.budget),
        "start": iso(spent.start_ms),
        "end": iso(spent.end_ms),
        "spent": spent.spent.value,
        "range": [spent.spent.low, spent.spent.high],
        "over": spent.is_over,
    }
