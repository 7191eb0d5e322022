"""`eco recompute`."""

import json
from typing import Annotated, Any

import typer

from ecocli.cli import options
from ecocli.cli.group import EcoCommand, new_app

HELP = """Estimate recorded calls again with the current method and data. Shows the change; --apply keeps it.

Example: eco recompute --start-date 2025-01-01 --apply
"""

app = new_app()


@app.command("recompute", cls=EcoCommand, help=HELP)
def recompute(
    ctx: typer.Context,
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
    apply: Annotated[bool, typer.Option("--apply", help="Keep the new results; the old ones stay and eco explain shows them.")] = False,
) -> None:
    from dataclasses import replace

    from ecocli.cli.filters import filters
    from ecocli.cli.session import Session

    session = Session(ctx.meta)
    format = session.format("text", "json")
    chosen = filters(session, start_date, end_date, key_name, provider, model, region, source, tag, tz)
    chosen = replace(chosen, model_match=_checked(model_match))
    change = _run(session, chosen, apply)
    if format == "json":
        from ecocli.contract.recomputation import body

        print(json.dumps(body(change, apply)))
    elif not session.quiet:
        print(_text(change, apply))


def _checked(model_match: str | None) -> str | None:
    """UsageError for anything but a way in which a name is resolved."""
    from ecocli.core.matches import MODEL_MATCHES
    from ecocli.errors import UsageError, quoted

    if model_match is None or model_match in MODEL_MATCHES:
        return model_match
    raise UsageError(f"--model-match: must be one of {', '.join(MODEL_MATCHES)}, not {quoted(model_match)}")


def _run(session: Any, chosen: Any, apply: bool) -> Any:
    """Reads with one connection and writes with another: rows may be read while others change."""
    from contextlib import nullcontext

    from ecocli.analysis.recomputation import Change, keep
    from ecocli.analysis.recomputation import recompute as recompute_all
    from ecocli.cli import progress
    from ecocli.pipeline.assessment import Assessor

    change, now_ms = Change(), session.now_ms()
    if not session.db_path.exists():
        return change
    with session.open_store(create=False) as reader, session.open_store(create=False) as writer:
        results = recompute_all(reader.rows(chosen), Assessor(session.catalog), now_ms)
        with writer.transaction() if apply else nullcontext():
            for one in progress.counted(results, "calls", session.quiet):
                change.add(one)
                if apply and one and one.differs:
                    keep(one, writer, now_ms)
    return change


def _text(change: Any, apply: bool) -> str:
    from ecocli.core.numbers import ranged

    if not change.calls and not change.unsupported:
        return "no calls match"
    energy = f"  energy  {ranged(change.energy_before_wh, 'Wh')} → {ranged(change.energy_after_wh, 'Wh')}"
    carbon = f"  carbon  {ranged(change.co2_before_g, 'g')} → {ranged(change.co2_after_g, 'g')}"
    if change.unsupported:
        carbon += f"\n  {change.unsupported:,} calls of models that are not estimated stay as they are"
    end = "kept; the earlier results stay" if apply else "nothing was changed: --apply keeps this"
    return f"{change.changed:,} of {change.calls:,} calls change\n{energy}\n{carbon}\n{end}"
