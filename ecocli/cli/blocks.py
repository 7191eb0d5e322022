"""`eco blocks`."""

from typing import Annotated, Any

import typer

from ecocli.cli import options
from ecocli.cli.group import EcoCommand, new_app

HELP = """Totals by blocks of five hours, as subscriptions count them: with the burn rate of the one that runs.

A block begins with the hour (UTC) of the first call after the one before. The calls are those of the filters, such as
--source claude-code; --since, --until and --last choose blocks by their beginning.

Example: eco blocks --source claude-code --last 3d
"""

app = new_app()


@app.command("blocks", cls=EcoCommand, help=HELP)
def blocks(
    ctx: typer.Context,
    active: Annotated[bool, typer.Option("--active", "-a", help="The one that runs, if any.")] = False,
    session_length: Annotated[float, typer.Option("--session-length", metavar="HOURS", min=1, max=168, help="Hours of a block.")] = 5,
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
    cost: options.Cost = None,
) -> None:
    from ecocli.analysis.blocks import blocks as found_in
    from ecocli.cli.filters import filters
    from ecocli.cli.session import Session
    from ecocli.cli.summary import costs_of

    session = Session(ctx.meta)
    format = session.format("table", "json", "csv", "ndjson")
    session.authorize("history:read")
    tzinfo, now_ms = session.zone(tz), session.now_ms()
    chosen = filters(session, start_date, end_date, key_name, provider, model, region, source, tag, tz, since=since, until=until, last=last)
    costs = costs_of(session, cost)
    with session.open_store(create=False) as store:
        found = found_in(store, chosen, session_length, costs)
    if active:
        found = [block for block in found if block.is_active(now_ms)]
    if not session.quiet:
        _print(session, found, format, now_ms, tzinfo, costs is not None)


def _print(session: Any, found: list[Any], format: str, now_ms: int, tz: Any, costs: bool) -> None:
    from ecocli.contract import blocks as contract
    from ecocli.render import blocks as render

    if format == "json":
        session.show_json(contract.body(found, now_ms, tz))
    elif format == "ndjson":
        session.show_lines(contract.row(block, now_ms) for block in found)
    elif format == "csv":
        from ecocli.cli.history import csv_out

        render.write_csv(found, now_ms, csv_out(), costs)
    elif not found:
        session.show("no calls match")
    else:
        _print_table(session, found, now_ms, tz, costs)


def _print_table(session: Any, found: list[Any], now_ms: int, tz: Any, costs: bool) -> None:
    from ecocli.core.zones import titled
    from ecocli.render import blocks as render
    from ecocli.render.tables import fitted

    columns = render.columns(titled("block from", tz), costs)
    session.show_table(*fitted(columns, [render.cells(block, now_ms, tz, costs) for block in found], render.spared(costs)))
    if found[-1].is_active(now_ms):
        for line in render.running_lines(found[-1], now_ms, tz):
            session.show_folded(line, len("  projected  "))
