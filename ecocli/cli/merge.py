"""`eco merge`."""

from pathlib import Path
from typing import Annotated

import typer

from ecocli.cli.group import EcoCommand, new_app

HELP = """Take in what another eco recorded in its own file. Safe to repeat: nothing counts twice.

Calls, their results and the names of keys are united. Budgets stay each file's own, and so does what was forgotten.

Example: eco merge laptop/eco.db
"""

app = new_app()


@app.command("merge", cls=EcoCommand, help=HELP)
def merge(
    ctx: typer.Context,
    other: Annotated[Path, typer.Argument(metavar="OTHER.db", help="The file of another eco; it is only read.", show_default=False)],
) -> None:
    from ecocli.cli import progress
    from ecocli.cli.session import Session
    from ecocli.exchange import merging

    session = Session(ctx.meta)
    format = session.format("text", "json")
    session.authorize("record")
    counts = dict.fromkeys(("new", "updated", "duplicates"), 0)
    with session.open_store() as store:
        for outcome in progress.counted(merging.merge(other, store, session.now_ms()), "calls", session.quiet):
            counts[outcome] = counts.get(outcome, 0) + 1
    if session.quiet:
        return
    if format == "json":
        session.show_json(counts)
    else:
        print(_text(counts))


def _text(counts: dict[str, int]) -> str:
    forgotten = f", {counts['forgotten']:,} forgotten before" if "forgotten" in counts else ""
    return f"{counts['new']:,} new calls, {counts['updated']:,} updated, {counts['duplicates']:,} known before{forgotten}"
