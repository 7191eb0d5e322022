"""`eco summary`."""

import sys
from functools import wraps
from typing import Annotated, Any

import typer

from ecocli.cli import complete, options
from ecocli.cli.group import EcoCommand, new_app

HELP = """Add up what was recorded, by month, or by day, week, model, provider, region, key, source or tag.

A model that the catalogue knows counts under its id, however calls spell it; reported-model keeps each spelling.

Days begin at midnight of --tz, ECO_TZ, the configuration or this machine's time zone; weeks are those of ISO 8601.
Ranges add: calls share models and grids, so what is unsure about one is unsure about all.

Example: eco summary --by week --since 2026-10 --chart
"""
DEFAULT = ("month",)
MEANT = {"session": "tag:session", "project": "tag:project"}
"""Tags that every log of an agent has, by their names alone."""

app = new_app()


@app.command("summary", cls=EcoCommand, help=HELP)
def summary(
    ctx: typer.Context,
    by: Annotated[list[str] | None, typer.Option(metavar="WHAT", autocompletion=complete.named("ecocli.analysis.summaries", "NAMES", several=True), help="day, week, month, year, model, reported-model, provider, region, key, source, session, project or tag:NAME; repeatable.")] = None,
    since: options.Since = None,
    until: options.Until = None,
    last: options.Last = None,
    start_date: options.StartDate = None,
    end_date: options.EndDate = None,
    key_name: options.KeyName = None,
    provider: options.Provider = None,
    model: options.Model = None,
    region: options.Region = None,
    source: options.Source = None,
    tag: options.Tags = None,
    tz: options.Zone = None,
    compare: Annotated[str | None, typer.Option(metavar="previous", autocompletion=complete.closed(("previous",)), help="Beside the time before: a running month beside the same part of the last.")] = None,
    columns: Annotated[str | None, typer.Option(metavar="NAMES", autocompletion=complete.named("ecocli.render.summary", "FIGURES", several=True), help="Which figures a table shows, such as calls,energy,carbon.")] = None,
    sort: Annotated[str | None, typer.Option(metavar="FIGURE", autocompletion=complete.named("ecocli.analysis.summaries", "SORTS"), help="Groups by falling calls, in, out, energy, carbon, water or tree; or by name.")] = None,
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
    names = () if compare is not None and not by else _names(by)
    summaries.check(names)
    _check_sort(sort, names)
    tzinfo, now_ms = session.zone(tz), session.now_ms()
    chosen = filters(session, start_date, end_date, key_name, provider, model, region, source, tag, tz, since=since, until=until, last=last)
    if compare is not None:
        from ecocli.cli import summary_compare
        from ecocli.errors import UsageError

        if chart or glance or cost:
            raise UsageError("--compare takes neither --chart, --glance nor --cost", "leave them away")
        times = {"since": since, "until": until, "last": last, "start_date": start_date, "end_date": end_date}
        summary_compare.show(session, compare, chosen, names, times, tzinfo)
        return
    if glance:
        from ecocli.cli import glance as at_a_glance

        at_a_glance.show(ctx, session, chosen, tzinfo)
        return
    format = session.format("table", pipe="table") if chart or columns else session.format("table", "json", "csv", "ndjson")
    shown = _figures(columns)
    session.authorize("history:read")
    costs = costs_of(session, cost)
    with session.open_store(create=False) as store, store.snapshot():
        found = summaries.summary(store, chosen, names, tzinfo, now_ms, _finer(names) if chart else (), costs)
        budgets = all_spent(store, tzinfo, now_ms, session.price_list) if format in ("table", "json") else []
        if not found.total.calls:
            from ecocli.cli import unmatched

            unmatched.say(session, store, chosen)
    if sort is not None:
        found = replace(found, groups=summaries.ordered(found.groups, sort))
    if not session.quiet:
        _print(session, found, budgets, format, chart, shown)


def short_form(name: str, by: str, what: str, example: str) -> typer.Typer:
    """The app of a command that is `eco summary --by` something, with all of its options."""
    form = new_app()

    @form.command(name, cls=EcoCommand, help=f"{what}: short for eco summary --by {by}.\n\nIt takes every option of eco summary; --by divides further.\n\nExample: {example}\n")
    @wraps(summary)
    def command(ctx: typer.Context, **given: Any) -> None:
        summary(ctx, **given | {"by": [by, *(given["by"] or ())]})

    return form


def _names(by: list[str] | None) -> tuple[str, ...]:
    """Split `--by month,model`; the name of a tag may contain commas."""
    parts = [[given] if given.startswith("tag:") else given.split(",") for given in by or DEFAULT]
    return tuple(MEANT.get(part.strip(), part.strip()) for given in parts for part in given)


def _check_sort(sort: str | None, names: tuple[str, ...]) -> None:
    """UsageError for a word that neither a figure nor a group has."""
    from ecocli.analysis.summaries import SORTS

    known = (*SORTS, *names)
    if sort is not None and sort not in known:
        from ecocli.cli.habits import figure
        from ecocli.errors import UsageError, quoted

        raise UsageError(f"--sort: must be one of {', '.join(known)}, not {quoted(sort)}", figure(sort, known))


def _figures(columns: str | None) -> tuple[str, ...] | None:
    """The figures that a table shall show, which then is what is printed in a pipe too; None for the usual ones."""
    if columns is None:
        return None
    from ecocli.errors import UsageError, quoted
    from ecocli.render.summary import FIGURES

    names = tuple(map(str.strip, columns.split(",")))
    for name in names:
        if name not in FIGURES:
            from ecocli.cli.habits import figure

            raise UsageError(f"--columns: no figure {quoted(name)}", figure(name, FIGURES, f"the figures are {', '.join(FIGURES)}"))
    return names


def costs_of(session: Any, asked: bool | None, quiet: bool | None = None) -> Any:
    """`ecocli.analysis.costs.costs` with its prices and progress filled in; None when costs are not asked for or there are no prices."""
    prices = session.prices(asked, quiet)
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


def _print(session: Any, found: Any, budgets: Any, format: str, chart: bool, shown: Any) -> None:
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
        _print_text(session, found, budgets, chart, shown)


def _print_text(session: Any, found: Any, budgets: Any, chart: bool, shown: Any) -> None:
    from shutil import get_terminal_size

    from ecocli.analysis.methods import mixture, sources
    from ecocli.core.zones import described
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
        from ecocli.render.tables import fitted

        columns, rows = render.table(found, get_terminal_size().columns, shown)
        session.show_table(*fitted(columns, list(rows), () if shown else render.SPARED))
    session.show("")
    lines = [render.card(found.total, "total · ", colour, found.cost), f"  zone     {described(found.tz)}"]
    if line := render.equivalence_line(found.total):
        lines.append(f"  like     {line}")
    if line := mixture(found.methods):
        lines.append(f"  {line}")
    if line := sources(found.energy_sources):
        lines.append(f"  {line}")
    session.show_folded("\n".join([*lines, *(f"  {budget_line(spent)}" for spent in budgets)]), CARD)
