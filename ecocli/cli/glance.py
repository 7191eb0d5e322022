"""Output of `eco` without a command."""

import sys
from dataclasses import replace
from typing import Any

from ecocli.analysis import periods
from ecocli.analysis.budgets import all_spent
from ecocli.store import Filters, Store
from ecocli.store.totals import PartialSums, sums

TITLES = {"day": "today", "week": "this week", "month": "this month"}
START = """Nothing is recorded yet. To start:
  eco record --model gpt-4o --prompt-tokens 788 --completion-tokens 312    one call
  curl … /chat/completions | eco record --tee                              what a provider answers
  eco import claude-code                                                   what an agent left on this machine"""
"""Three ways to record a first call."""


def show(ctx: Any, session: Any, chosen: Filters, tz: Any) -> None:
    """Print totals of today, this week and this month; before the first call, how to start."""
    format = session.format("table", "json", pipe="table")
    session.authorize("history:read")
    now_ms = session.now_ms()
    with session.open_store(create=False) as store, store.snapshot():
        found = {title: _sum(store, chosen, period, tz, now_ms) for period, title in TITLES.items()}
        is_empty = not found["this month"].calls and store.count() == 0
        budgets = all_spent(store, tz, now_ms, session.price_list)
    if session.quiet:
        return
    if format == "json":
        _show_json(session, found, budgets, tz)
    elif is_empty:
        session.show(f"{ctx.find_root().get_help()}\n")
        session.show_folded(START)
    else:
        _show_table(session, found, budgets, tz)


def _sum(store: Store, chosen: Filters, period: str, tz: Any, now_ms: int) -> Any:
    start_ms, end_ms = periods.bounds(period, tz)(now_ms)
    return sums(store, replace(chosen, start_ms=start_ms, end_ms=end_ms)).get((), PartialSums()).sum()


def _show_json(session: Any, found: dict[str, Any], budgets: Any, tz: Any) -> None:
    from ecocli.contract.budgets import row
    from ecocli.contract.summary import glance

    session.show_json(glance(found, list(map(row, budgets)), tz))


def _show_table(session: Any, found: dict[str, Any], budgets: Any, tz: Any) -> None:
    from shutil import get_terminal_size

    from ecocli.core.zones import described
    from ecocli.render import summary as render
    from ecocli.render.budgets import line as budget_line

    width = get_terminal_size().columns
    columns = [("", "left"), *((name, "right") for name in ("calls", "energy", "carbon", "water"))]
    session.show_table(columns, (render.glance_row(title, total, width) for title, total in found.items()), f"days of {described(tz)}")
    month = found["this month"]
    if line := render.equivalence_line(month):
        session.show_folded(f"this month is like {line}")
    for spent in budgets:
        session.show_folded(budget_line(spent))
    if sys.stdout.isatty():
        session.say("eco summary --chart shows more, eco --help every command")
