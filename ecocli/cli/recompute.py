"""`eco recompute`."""

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from ecocli.cli import complete, options
from ecocli.cli.group import EcoCommand, new_app
from ecocli.core.numbers import counted

HELP = """Estimate recorded calls again with the current method and data. Shows the change; --apply keeps it.

Example: eco recompute --start-date 2025-01-01 --apply
"""

app = new_app()


@app.command("recompute", cls=EcoCommand, help=HELP)
def recompute(
    ctx: typer.Context,
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
    model_match: options.ModelMatch = None,
    tz: options.Zone = None,
    grid: Annotated[str | None, typer.Option(metavar="HOW", autocompletion=complete.closed(("hourly", "annual")), help="hourly: by hours of eco grid import where they are known; annual: without.")] = None,
    apply: Annotated[bool, typer.Option("--apply", help="Keep the new results; the old ones stay and eco explain shows them.")] = False,
) -> None:
    from dataclasses import replace

    from ecocli.cli.filters import filters
    from ecocli.cli.session import Session

    session = Session(ctx.meta)
    format = session.format("text", "json")
    chosen = filters(session, start_date, end_date, key_name, provider, model, region, source, tag, tz, since=since, until=until, last=last)
    chosen = replace(chosen, model_match=_checked(model_match))
    change = _run(session, chosen, apply, _checked_grid(grid))
    if format == "json":
        from ecocli.contract.recomputation import body

        session.show_json(body(change, apply))
    elif not session.quiet:
        print(_text(change, apply))
        if chosen.start_ms is not None or chosen.end_ms is not None:
            from ecocli.core.zones import described

            print(f"days of {described(session.zone(tz))}")


def _checked(model_match: str | None) -> str | None:
    """UsageError for anything but a way in which a name is resolved."""
    from ecocli.core.matches import MODEL_MATCHES
    from ecocli.errors import UsageError, quoted

    if model_match is None or model_match in MODEL_MATCHES:
        return model_match
    raise UsageError(f"--model-match: must be one of {', '.join(MODEL_MATCHES)}, not {quoted(model_match)}")


def _checked_grid(grid: str | None) -> str | None:
    """UsageError for anything but a way to take the grid."""
    from ecocli.analysis.recomputation import GRIDS
    from ecocli.errors import UsageError, quoted

    if grid is None or grid in GRIDS:
        return grid
    raise UsageError(f"--grid: must be one of {', '.join(GRIDS)}, not {quoted(grid)}")


def _run(session: Any, chosen: Any, apply: bool, grid: str | None) -> Any:
    """Reads with one connection and writes with another: rows may be read while others change."""
    from contextlib import nullcontext

    from ecocli.analysis.recomputation import Change, keep
    from ecocli.analysis.recomputation import recompute as recompute_all
    from ecocli.cli import locked, progress
    from ecocli.core.preferences import Preferences
    from ecocli.pipeline.assessment import Assessor

    change, now_ms, settings = Change(), session.now_ms(), session.settings
    assessor = Assessor(session.catalog, preferences=Preferences(hardware=settings.hardware or {}, aliases=settings.aliases))
    if not session.db_path.exists():
        return change
    with session.open_store(create=False) as reader, session.open_store(create=False) as writer:
        results = recompute_all(reader, chosen, assessor, now_ms, grid)
        with writer.transaction() if apply else nullcontext():
            for one in progress.counted(results, "calls", session.quiet):
                change.add(one)
                if apply and one and one.differs:
                    keep(one, writer, now_ms)
        if apply:
            locked.say(session, writer.locked_reports.recomputed_since(now_ms))
    return change


def _text(change: Any, apply: bool) -> str:
    from ecocli.core.numbers import ranged

    if not change.calls and not change.unsupported:
        return "no calls match"
    energy = f"  energy  {ranged(change.before.energy_wh, 'Wh')} → {ranged(change.after.energy_wh, 'Wh')}"
    carbon = f"  carbon  {ranged(change.before.co2_g, 'g')} → {ranged(change.after.co2_g, 'g')}"
    if change.hourly:
        carbon += f"\n  {counted(change.hourly, 'call')} by the hour of their grid"
    if change.unsupported:
        carbon += f"\n  {counted(change.unsupported, 'call')} of models that are not estimated {'stays as it is' if change.unsupported == 1 else 'stay as they are'}"
    methods = [*_by_method("before", change.before_by_method), *_by_method("after", change.after_by_method)]
    end = "kept; the earlier results stay" if apply else "nothing was changed: --apply keeps this"
    return "\n".join([f"{change.changed:,} of {counted(change.calls, 'call')} {'changes' if change.changed == 1 else 'change'}", energy, carbon, *methods, *_provisional(change), end])


def _by_method(title: str, found: Any) -> Iterator[str]:
    """Calls, energy and carbon of each method, under one title."""
    from ecocli.analysis.methods import in_order, marked
    from ecocli.core.numbers import ranged
    from ecocli.errors import shorten

    for method in in_order(found):
        total = found[method]
        calls = f"{total.calls:,} {'call' if total.calls == 1 else 'calls'}"
        yield f"  {title:<7} {shorten(marked(method))}, {calls}: {ranged(total.energy_wh, 'Wh')}, {ranged(total.co2_g, 'g')}"
        title = ""


def _provisional(change: Any) -> Iterator[str]:
    from ecocli.analysis.methods import in_order, is_provisional

    for method in in_order(filter(is_provisional, change.after_by_method)):
        yield f"{method} is provisional: recompute again once its constants are final"
