"""`eco import`."""

from pathlib import Path
from typing import Annotated

import typer

from ecocli.cli import options
from ecocli.cli.group import EcoCommand, new_app
from ecocli.imports import NAMES

HELP = f"""Import calls from the logs of other tools, from another eco's full history, or from a CSV file. Safe to repeat: nothing is counted twice.

SOURCE is {", ".join(NAMES)}, eco or csv; `eco import list` shows where each is found and what is stored of it.

With supplier it is what Google Cloud, AWS or Microsoft say of their own AI services, as CSV or JSON: eco report shows it beside the estimate, in no total.

Example: eco import claude-code
"""

LIST = "list"
SUPPLIER = "supplier"
SUPPLIERS = ("suppliers", "aws", "azure", "microsoft", "google", "google-cloud", "gcp", "carbon", "carbon-footprint")
"""Other words for it, which get the one that was meant."""

app = new_app()


def _sources(incomplete: str) -> list[str]:
    return [name for name in (*NAMES, "eco", "csv", SUPPLIER, LIST) if name.startswith(incomplete)]


def _meant(source: str) -> list[str]:
    """What was meant by something in the place of a source; nothing by a source, or by a slip in the name of one."""
    from difflib import get_close_matches
    from os.path import exists
    from shlex import quote

    if source in SUPPLIERS or (source not in NAMES and get_close_matches(source.lower(), (SUPPLIER,), cutoff=0.8)):
        return [f"eco import {SUPPLIER} FILE"]
    if source.lower() == "all":
        return ["eco import --all"]
    if source not in NAMES and ("/" in source or exists(source)):
        return [f"eco import SOURCE {quote(source)}"]
    return []


@app.command("import", cls=EcoCommand, help=HELP)
def import_(
    ctx: typer.Context,
    source: Annotated[str | None, typer.Argument(metavar="SOURCE", autocompletion=_sources, help="The tool whose logs to read.", show_default=False)] = None,
    path: Annotated[Path | None, typer.Argument(metavar="[PATH]", help="A log or a folder of logs; found automatically by default.", show_default=False)] = None,
    all: Annotated[bool, typer.Option("--all", help="Import every source that is found.")] = False,
    tag: Annotated[list[str] | None, typer.Option(metavar="KEY=VALUE", help="Tag for each new call; repeatable.")] = None,
    again: Annotated[bool, typer.Option("--again", help="Import calls once more that were forgotten or undone.")] = False,
    map: Annotated[list[str] | None, typer.Option("--map", metavar="WORD=COLUMN,…", help="For csv: the columns of time, prompt, completion, model, provider, id, cached, cache_write, reasoning, region and requests.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="For supplier: count the figures, and keep none.")] = False,
    rejects: Annotated[Path | None, typer.Option(parser=options.new_file, metavar="FILE", help="File for the place and reason of every line that could not be used.")] = None,
) -> None:
    from ecocli.errors import UsageError

    if source == LIST and not all:
        from ecocli.cli.import_list import show

        if path or tag or rejects or map or dry_run:
            raise UsageError("eco import list takes no path and no options of an import", "eco import list shows every source")
        show(ctx.meta)
        return
    if dry_run and source != SUPPLIER:
        raise UsageError("--dry-run is for eco import supplier", "eco import list shows what would be read; calls that are known are never counted twice")
    if source == SUPPLIER and not all:
        from ecocli.cli import import_supplier

        if tag or again or map:
            raise UsageError("eco import supplier takes no options of calls: --tag, --again, --map", "eco import supplier FILE")
        import_supplier.run(ctx.meta, path, rejects, dry_run)
        return
    if source is not None and (meant := _meant(source)):
        from ecocli.errors import UnknownSource

        raise UnknownSource(source, meant)
    from ecocli.cli.import_run import run

    if all == (source is not None):
        raise UsageError("a source or --all is needed, and not both", "for example eco import claude-code")
    if map and source != "csv":
        raise UsageError("--map is for eco import csv", "eco import csv FILE --map time=COLUMN,prompt=COLUMN,completion=COLUMN,model=COLUMN")
    run(ctx.meta, source, path, tag or [], rejects, again, map or [])
