"""`eco merge`."""

from pathlib import Path
from typing import Annotated

import typer

from ecocli.cli.group import EcoCommand, new_app

HELP = """Take in what another eco recorded in its own file. Safe to repeat: nothing counts twice.

Example: eco merge laptop/eco.db
"""

app = new_app()


@app.command("merge", cls=EcoCommand, help=HELP)
def merge(
    ctx: typer.Context,
    other: Annotated[Path, typer.Argument(metavar="OTHER.db", help="The file of another eco; it is only read.", show_default=False)],
) -> None:
    from ecocli import merging
    from ecocli.cli import progress
    from ecocli.cli.session import Session

    session = Session(ctx.meta)
    format = session.format("text", "json")
    session.authorize("record")
    counts = dict.fromkeys(("new", "updated", "duplicates"), 0)
    with session.open_store() as store:
        for outcome in progress.counted(merging.merge(other, store, session.now_ms()), "calls", session.quiet):
            counts[outcome] += 1
    if session.quiet:
        return
    if format == "json":
        session.show_json(counts)
    else:
        print(f"{counts['new']:,} new calls, {counts['updated']:,} updated, {counts['duplicates']:,} known before")
