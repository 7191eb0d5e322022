"""`eco merge`."""

from pathlib import Path
from typing import Annotated

import typer

from ecocli.cli.group import EcoCommand, new_app
from ecocli.core.numbers import counted

HELP = """Take in what another eco recorded in its own file. Safe to repeat: nothing counts twice.

Calls, their results, the names of keys and suppliers' own figures are united; what was undone or replaced in either counts in neither. A call that eco would not have recorded so is refused and counted; exit 4. Budgets and locked reports stay each file's own, and so does what was forgotten.

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
    from ecocli.errors import SkippedLines, shorten
    from ecocli.exchange import merging
    from ecocli.ingest.reading import Rejected
    from ecocli.store import Caller

    session = Session(ctx.meta)
    format = session.format("text", "json")
    key_id = session.authorize("record")
    counts, first = dict.fromkeys(("new", "updated", "duplicates"), 0), None
    with session.open_store() as store:
        store.caller = Caller(key_id)
        for outcome in progress.counted(merging.merge(other, store, session.now_ms()), "calls", session.quiet):
            word = "refused" if isinstance(outcome, Rejected) else outcome
            counts[word] = counts.get(word, 0) + 1
            if isinstance(outcome, Rejected):
                first = first or outcome
    if format == "json":
        session.show_json(counts)
    else:
        session.show(_text(counts))
    if first:
        count = counts["refused"]
        what = "1 call was" if count == 1 else f"{count:,} calls were"
        raise SkippedLines(f"{shorten(str(other), 200)}: {what} refused, the first: {first.where}: {first.error}", "the others were taken in")


def _text(counts: dict[str, int]) -> str:
    forgotten = f", {counts['forgotten']:,} forgotten before" if "forgotten" in counts else ""
    undone = f", {counts['voided']:,} undone before" if "voided" in counts else ""
    refused = f", {counts['refused']:,} refused" if "refused" in counts else ""
    figures = f", {counts['supplierFigures']:,} of suppliers' figures" if "supplierFigures" in counts else ""
    return f"{counted(counts['new'], 'new call')}, {counts['updated']:,} updated, {counts['duplicates']:,} known before{forgotten}{undone}{figures}{refused}"
