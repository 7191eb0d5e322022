"""`eco undo`."""

import sys
from typing import Annotated, Any

import typer

from ecocli.cli.group import EcoCommand, new_app

HELP = """Take back what your last command recorded: one call, or all that it stored.

The calls count nowhere any more and are not recorded again without --again; eco explain still shows each of them. Once more takes back the command before. eco forget erases.

Example: eco undo --yes
"""

MOST_NAMES = 3

app = new_app()


@app.command("undo", cls=EcoCommand, help=HELP)
def undo(
    ctx: typer.Context,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be undone, and do nothing.")] = False,
) -> None:
    from ecocli.cli import locked
    from ecocli.cli.session import Session
    from ecocli.contract.database import undone

    session = Session(ctx.meta)
    format = session.format("text", "json")
    key_id = session.authorize("record")
    with session.open_store(create=False) as store:
        run = store.trail.last_run(key_id)
    voided = 0
    if run and not dry_run and (yes or _confirmed(run)):
        with session.open_store(create=False) as store:
            now_ms = session.now_ms()
            voided = store.trail.undo(run, now_ms)
            locked.say(session, store.locked_reports.withdrawn_since(now_ms))
    if format == "json":
        session.show_json(undone(run, voided, dry_run))
    elif voided:
        session.show(f"undone: {_text(run)}")
    else:
        session.show("nothing of yours can be undone" if run is None else f"{'would undo' if dry_run else 'nothing was undone:'} {_text(run)}")


def _confirmed(run: Any) -> bool:
    """Asks at a terminal; a script has to say so beforehand."""
    from ecocli.errors import UsageError, plain

    if not sys.stdin.isatty():
        raise UsageError(f"would undo {_text(run)}", "--yes undoes it, --dry-run only shows it")
    print(plain(f"Undo {_text(run)}? [y/N] "), end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _text(run: Any) -> str:
    """A line on the calls that a command stored, and when."""
    from ecocli.core.dates import iso
    from ecocli.errors import shorten

    names = [shorten(name) for name in sorted(run.models)]
    more = ["…"] if len(names) > MOST_NAMES else []
    models = f" ({', '.join(names[:MOST_NAMES] + more)})" if names else ""
    return f"{'1 call' if run.calls == 1 else f'{run.calls:,} calls'}{models}, recorded {iso(run.began_at_ms)}"
