"""`eco summary`."""

import sys
from typing import Annotated, Any

import typer

from ecocli.cli import options
from ecocli.cli.group import EcoCommand, new_app

HELP = """Add up what was recorded, by day, week, month, model, provider, region, key, source or tag.

Days begin at midnight of the machine's time zone, or of --tz; weeks are those of ISO 8601.
Ranges add: calls share models and grids, so what is unsure about one is unsure about all.

Example: eco summary --by week --since 2026-10 --chart
"""
DEFAULT = ("month",)

app = new_app()


@app.command("summary", cls=EcoCommand, help=HELP)
def summary(
    ctx: typer.Context,
    by: Annotated[list[str] | None, typer.Option(metavar="WHAT", help="day, week, month, year, model, provider, region, key, source or tag:NAME; repeatable. [default: month]")] = None,
    since: Annotated[str | None, typer.Option(metavar="WHEN", help="Start: a duration before now, a year, a month or a date, such as 7d or 2026-11.")] = None,
    start_date: options.StartDate = None,
    end_date: options.EndDate = None,
    key_name: options.KeyName = None,
    provider: options.Provider = None,
    model: options.Model = None,
    region: options.Region = None,
    source: options.Source = None,
    tag: options.Tags = None,
    tz: Annotated[str | None, typer.Option(metavar="ZONE", help="Time zone of days and of dates without an offset; the machine's own by default.")] = None,
    chart: Annotated[bool, typer.Option("--chart", help="Bars of carbon, over time or by group; over time stacked by model.")] = False,
    glance: Annotated[bool, typer.Option("--glance", help="Today, this week and this month, as eco without a command.")] = False,
    cost: options.Cost = None,
) -> None:
    from dataclasses import replace

    from ecocli.analysis import summaries
    from ecocli.analysis.budgets import all_spent
    from ecocli.cli.filters import filters
    from ecocli.cli.session import Session

    session = Session(ctx.meta)
    names = _names(by)
    summaries.check(names)
    tzinfo, now_ms = session.calendar_zone(tz), session.now_ms()
    start_ms, end_ms = _span(since, start_date, end_date, tzinfo, now_ms)
    chosen = filters(session, None, None, key_name, provider, model, region, source, tag, None)
    chosen = replace(chosen, start_ms=start_ms, end_ms=end_ms)
    if glance:
        from ecocli.cli import glance as at_a_glance

        at_a_glance.show(ctx, session, chosen, tzinfo)
        return
    format = session.format("table", pipe="table") if chart else session.format("table", "json", "csv", "ndjson")
    session.authorize("history:read")
    costs = _costs(session, cost)
    with session.open_store(create=False) as store, store.snapshot():
        found = summaries.summary(store, chosen, names, tzinfo, now_ms, _finer(names) if chart else (), costs)
        budgets = all_spent(store, tzinfo, now_ms) if format in ("table", "json") else []
    if not session.quiet:
        _print(session, found, budgets, format, chart)


def _names(by: list[str] | None) -> tuple[str, ...]:
    """Split `--by month,model`; the name of a tag may contain commas."""
    parts = [[given] if given.startswith("tag:") else given.split(",") for given in by or DEFAULT]
    return tuple(part.strip() for given in parts for part in given)


def _span(since: str | None, start: str | None, end: str | None, tz: Any, now_ms: int) -> tuple[int | None, int | None]:
    """(inclusive start, exclusive end); None where unlimited. [ms] UsageError for options that are not valid."""
    from ecocli.analysis import periods
    from ecocli.core import dates
    from ecocli.errors import UsageError

    if since is not None and start is not None:
        raise UsageError("--since and --start-date both say when to begin", "leave one of them out")
    start_ms = None if start is None else dates.first_ms(start, tz)
    if since is not None:
        start_ms = periods.since_ms(since, tz, now_ms)
    end_ms = None if end is None else dates.after_ms(end, tz)
    if start_ms is not None and end_ms is not None and end_ms <= start_ms:
        if since is not None:
            raise UsageError(f"--end-date {end} is before --since {since}", "--start-date names a day to begin with")
        raise UsageError(f"--end-date {end} is before --start-date {start}", "swap them")
    return start_ms, end_ms


def _costs(session: Any, asked: bool | None) -> Any:
    """`ecocli.analysis.costs.costs` with its prices and progress filled in; None when costs are not asked for or there are no prices."""
    prices = session.prices(asked)
    if prices is None:
        return None
    from functools import partial

    from ecocli.analysis.costs import costs
    from ecocli.cli import progress

    return partial(costs, prices=prices, watch=partial(progress.counted, what="calls priced", quiet=session.quiet))


def _finer(names: tuple[str, ...]) -> tuple[str, ...]:
    """The names that bars are divided by: those of periods by model."""
    from ecocli.analysis.periods import PERIODS

    return ("model",) if len(names) == 1 and names[0] in PERIODS else ()


def _print(session: Any, found: Any, budgets: Any, format: str, chart: bool) -> None:
    from ecocli.contract import budgets as contract_budgets
    from ecocli.contract import summary as contract
    from ecocli.render import summary as render

    if format == "json":
        session.show_json(contract.body(found, list(map(contract_budgets.row, budgets))))
    elif format == "ndjson":
        session.show_lines(map(contract.row, found.groups))
    elif format == "csv":
        from ecocli.cli.history import csv_out

        render.write_csv(found, csv_out())
    elif not found.total.calls:
        session.show("no calls match")
    else:
        _print_text(session, found, budgets, chart)


def _print_text(session: Any, found: Any, budgets: Any, chart: bool) -> None:
    from shutil import get_terminal_size

    from ecocli.analysis.methods import mixture, sources
    from ecocli.errors import shorten
    from ecocli.render import summary as render
    from ecocli.render.budgets import line as budget_line
    from ecocli.render.fold import CARD

    colour = session.colour(sys.stdout)
    if chart:
        from ecocli.render.chart import print_chart

        session.show(f"carbon by {', '.join(map(shorten, found.by))}")
        print_chart(render.bars(found), "g", sys.stdout, colour)
    else:
        session.show_table(*render.table(found, get_terminal_size().columns))
    session.show("")
    lines = [render.card(found.total, "total · ", colour, found.cost)]
    if line := render.equivalence_line(found.total):
        lines.append(f"  like     {line}")
    if line := mixture(found.methods):
        lines.append(f"  {line}")
    if line := sources(found.energy_sources):
        lines.append(f"  {line}")
    session.show_folded("\n".join([*lines, *(f"  {budget_line(spent)}" for spent in budgets)]), CARD)
