"""`eco setup`."""

import os
import sys
from typing import Annotated, Any

import typer

from ecocli.cli import complete
from ecocli.cli.group import EcoCommand, new_app

HELP = """Put the completion of your shell and the man page where they are found: into your own folders.

Lines in a file such as ~/.zshrc are only added when you say so, or with --yes; safe to repeat.

Example: eco setup --dry-run
"""
WORDS = {
    "write": ("wrote", "would write"), "replace": ("replaced", "would replace"), "keep": ("is there:", "is there:"),
    "remove": ("removed", "would remove"), "nothing": ("is not there:", "is not there:"),
}  # fmt: skip

app = new_app()


@app.command("setup", cls=EcoCommand, help=HELP)
def setup(
    ctx: typer.Context,
    shell: Annotated[str | None, typer.Option(metavar="SHELL", autocompletion=complete.named("ecocli.config.shell_files", "SHELLS"), help="bash, zsh or fish; else that of SHELL.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be done, and do nothing.")] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Take everything away again.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Change the file that the shell reads when it starts, without asking.")] = False,
) -> None:
    from ecocli.cli.session import Session
    from ecocli.config import shell_files
    from ecocli.contract import setup as contract
    from ecocli.errors import plain

    session = Session(ctx.meta)
    format = session.format("text", "json", pipe="text")
    name = _shell(shell)
    # everything is looked at before anything is written
    files = [(file, file.removal() if remove else file.needs()) for file in shell_files.files(name, os.environ)]
    start_up = shell_files.start_up(name, os.environ)
    is_needed = start_up is not None and (start_up.can_remove() if remove else not start_up.is_there())
    for file, action in files:
        if not dry_run:
            _do(file, action)
        if format == "text":
            session.show(plain(f"{WORDS[action][dry_run]} {file.target}"))
    is_done = bool(is_needed and not dry_run and (yes or _agreed(start_up, remove)))
    if is_done:
        _edit(session, start_up, remove)
    elif is_needed and start_up:
        _show_lines(session, f"{'still' if remove else 'needed'} in {start_up.file}, --yes {'takes them out' if remove else 'adds them'}:", start_up)
    if format == "json":
        session.show_json(contract.body(name, files, start_up, is_needed and not is_done, dry_run))
    elif not (remove or dry_run or (is_needed and not is_done)):
        session.say(f"a new {name} completes eco by TAB; man eco shows the manual")


def _shell(given: str | None) -> str:
    from ecocli.config.shell_files import SHELLS
    from ecocli.errors import UsageError, quoted

    name = given or os.path.basename(os.environ.get("SHELL", ""))
    if name in SHELLS:
        return name
    if given:
        raise UsageError(f"--shell: must be one of {', '.join(SHELLS)}, not {quoted(given)}")
    said = f"SHELL is {quoted(os.environ['SHELL'])}" if os.environ.get("SHELL") else "SHELL is not set"
    raise UsageError(f"which shell is yours? {said}", f"--shell names it: {', '.join(SHELLS)}")


def _do(file: Any, action: str) -> None:
    from ecocli.config.shell_files import REMOVE, REPLACE, WRITE

    if action in (WRITE, REPLACE):
        file.install()
    elif action == REMOVE:
        file.remove()


def _edit(session: Any, start_up: Any, remove: bool) -> None:
    (start_up.remove if remove else start_up.add)()
    _show_lines(session, f"{'taken out of' if remove else 'added to'} {start_up.file}:", start_up)


def _show_lines(session: Any, title: str, start_up: Any) -> None:
    for line in (title, *(f"  {line}" for line in start_up.lines.splitlines())):
        session.say(line)


def _agreed(start_up: Any, remove: bool) -> bool:
    """Asks at a terminal; a script has to say so beforehand."""
    from ecocli.errors import plain

    if not sys.stdin.isatty():
        return False
    lines = "\n".join(f"  {plain(line)}" for line in start_up.lines.splitlines())
    title = plain(f"{'Take out of' if remove else 'Add to'} {start_up.file}")
    print(f"{title}:\n{lines}\n[y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")
