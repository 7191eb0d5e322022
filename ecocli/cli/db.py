"""`eco db`."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from ecocli.cli import db_query
from ecocli.cli.group import EcoCommand, EcoGroup, new_app
from ecocli.cli.session import Session
from ecocli.core.numbers import counted
from ecocli.errors import plain

LONGEST = 200
MEND = "eco db restore FILE puts a backup in its place; eco history --all --full --format ndjson saves what can still be read"

app = new_app(cls=EcoGroup, help="Look after the file that holds the records.\n\nExample: eco db backup")

app.command("query", cls=db_query.QueryCommand)(db_query.query)
app.command("views", cls=EcoCommand)(db_query.views)


@app.command("path", cls=EcoCommand)
def path(ctx: typer.Context) -> None:
    """Print where the file is, or would be.

    Example: eco db path
    """
    session = Session(ctx.meta)
    file = session.db_path.absolute()
    if session.format("text", "json", pipe="text") == "json":
        from ecocli.contract import database

        session.show_json(database.place(file))
    else:
        session.show(plain(str(file)) if sys.stdout.isatty() else str(file))  # a script needs the name as it is


@app.command("check", cls=EcoCommand)
def check(ctx: typer.Context) -> None:
    """Look for damage: in the file, between its tables, in what was computed. Changes nothing; exit 5 when there is some.

    Example: eco db check
    """
    from ecocli.contract import database
    from ecocli.errors import StoreError, shorten
    from ecocli.pipeline.bases import digest
    from ecocli.store import checks

    session = Session(ctx.meta)
    format = session.format("text", "json")
    found = checks.check(session.db_path.absolute(), session.settings.busy_timeout_s, digest)
    problems = [shorten(problem, LONGEST) for problem in found.problems]
    if format == "json":
        session.show_json(database.checked(found, problems))
    else:
        session.show("\n".join(problems) or f"{shorten(str(found.path), LONGEST)}: whole, {counted(found.calls, 'call')}, version {found.version}")
    if problems:
        more = f", and {len(problems) - 1} more" if len(problems) > 1 else ""
        raise StoreError(f"{shorten(str(found.path), LONGEST)} is damaged: {problems[0]}{more}", MEND)


@app.command("backup", cls=EcoCommand)
def backup(
    ctx: typer.Context,
    file: Annotated[str | None, typer.Argument(metavar="[FILE]", help="A new file, or a folder for one; beside the database otherwise.", show_default=False)] = None,
    force: Annotated[bool, typer.Option("--force", help="Take the place of a file that is there.")] = False,
) -> None:
    """Keep a copy of the file as it is at this moment, also while others write.

    Example: eco db backup /media/stick/
    """
    from ecocli.contract import database
    from ecocli.core.numbers import scaled
    from ecocli.errors import shorten
    from ecocli.store import backups, copies

    session = Session(ctx.meta)
    format = session.format("text", "json")
    path = session.db_path.absolute()
    own = copies.name_at(path, _stamp(session.now_ms()))
    copy = own if file is None else _in_folder(file, own.name) or Path(file)
    backups.back_up(path, copy, session.settings.busy_timeout_s, replace=force)
    size_bytes = copy.stat().st_size
    if format == "json":
        session.show_json(database.backed_up(copy.absolute(), size_bytes))
    else:
        session.show(f"{shorten(str(copy), LONGEST)}, {scaled(size_bytes, 'B')}")


def _in_folder(file: str, name: str) -> Path | None:
    """The place of a copy in a folder; None for the name of a file. MissingFile for a folder that is not there, such as a stick that is not mounted."""
    from ecocli.config.paths import names_folder
    from ecocli.errors import MissingFile, quoted

    if os.path.isdir(file):
        return Path(file, name)
    if names_folder(file):
        raise MissingFile(f"no folder {quoted(file, 200)}", "make it first, or name another file")
    return None


@app.command("restore", cls=EcoCommand)
def restore(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A backup that eco db backup made; it is only read.", show_default=False)],
) -> None:
    """Put a backup in the place of the file, also while others use it, or after a crash. What was there is kept beside it.

    Example: eco db restore /media/stick/eco.db.20261122T101500Z.bak
    """
    from ecocli.contract import database
    from ecocli.errors import shorten
    from ecocli.pipeline.bases import digest
    from ecocli.store import copies, restoring

    session = Session(ctx.meta)
    format = session.format("text", "json")
    path = session.db_path.absolute()
    keep = copies.unused(path, _stamp(session.now_ms()))
    done = restoring.restore(path, file, keep, session.settings.busy_timeout_s, digest)
    if format == "json":
        session.show_json(database.restored(path, done))
    else:
        kept = f"; what was there is in {shorten(str(done.kept), LONGEST)}" if done.kept else ""
        session.show(f"{shorten(str(path), LONGEST)}: {counted(done.calls, 'call')}{kept}")


@app.command("vacuum", cls=EcoCommand)
def vacuum(ctx: typer.Context) -> None:
    """Give back the space that removed rows left.

    Example: eco db vacuum
    """
    from ecocli.contract import database
    from ecocli.core.numbers import scaled
    from ecocli.store import files

    session = Session(ctx.meta)
    format = session.format("text", "json")
    files.expect(session.db_path.absolute())
    with session.open_store() as store:
        done = store.vacuum()
    if format == "json":
        session.show_json(database.vacuumed(session.db_path.absolute(), done))
    else:
        session.show(f"{scaled(done.bytes_before, 'B')} → {scaled(done.bytes_after, 'B')}")


def _stamp(ms: int) -> str:
    """A moment as part of a file's name."""
    from ecocli.core.dates import iso

    return iso(ms - ms % 1000).replace("-", "").replace(":", "")
