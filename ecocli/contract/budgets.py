"""Budgets as the contract's JSON."""

from typing import Any

from ecocli.analysis.budgets import Spent
from ecocli.contract.summary import NAMES
from ecocli.core.dates import iso
from ecocli.store.budgets import COST, TOKENS, Budget

BUDGETED = {**NAMES, "costUsd": COST, "tokens": TOKENS}
"""Names of figures, to those of a Budget."""


def identity(budget: Budget) -> dict[str, Any]:
    """The budget itself."""
    name = next(name for name, figure in BUDGETED.items() if figure == budget.figure)
    return {"id": budget.id, "figure": name, "budget": budget.most, "per": budget.period, "tags": dict(budget.tags)}


def row(spent: Spent) -> dict[str, Any]:
    """A budget, how much of it is used and what the period will come to; null is unknown."""
    money = {} if spent.budget.figure != COST else {"calls": spent.calls, "pricedCalls": spent.priced_calls}
    so_far, at_end = spent.spent, spent.forecast
    return {
        **identity(spent.budget),
        "start": iso(spent.start_ms),
        "end": iso(spent.end_ms),
        "spent": so_far and so_far.value,
        "range": so_far and [so_far.low, so_far.high],
        "over": spent.is_over,
        "forecast": at_end and {"value": at_end.value, "range": [at_end.low, at_end.high]},
        **money,
    }
