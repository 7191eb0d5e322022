"""`eco models update`."""

import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from ecocli.cli.session import Session

MOST_NAMED = 5


def update(
    ctx: typer.Context,
    source: Annotated[str | None, typer.Argument(metavar="FILE|URL", help="A models.yaml of a newer edition; a URL begins with https://.")] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Go back to the edition that came with eco.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Take a newer edition of the catalogue's models, from a file or an address that you name. It counts until an eco with a newer one is installed.

    Example: eco models update models.yaml --dry-run
    """
    from ecocli.catalog.compiled import edition_path
    from ecocli.errors import UsageError

    session = Session(ctx.meta)
    format = session.format("text", "json")
    path = edition_path(os.environ)
    if remove == (source is not None):
        raise UsageError("a file or an address is needed, or --remove" if source is None else "--remove takes no file", "for example eco models update models.yaml")
    if source is None:
        _remove(session, path, dry_run, format)
        return
    text = _text(source)
    found = _changes(text, source)
    if format == "text":
        session.show(_in_words(found))
    is_kept = not dry_run and found.after > found.before and (yes or _confirmed(found))
    if is_kept:
        from ecocli.catalog.compile_edition import keep

        keep(path, text)
    if format == "json":
        session.show_json(found._asdict() | {"file": str(path), "kept": is_kept})
    else:
        session.say(f"kept in {path}: eco recompute shows what it changes of recorded calls" if is_kept else "nothing was changed")


def _remove(session: Session, path: Path, dry_run: bool, format: str) -> None:
    from ecocli.errors import BadConfig

    is_there = path.exists()
    try:
        if is_there and not dry_run:
            path.unlink()
    except OSError as error:
        raise BadConfig(f"{path} cannot be removed: {(error.strerror or 'unknown reason').lower()}") from error
    if format == "json":
        session.show_json({"file": str(path), "removed": is_there and not dry_run})
    elif is_there:
        session.say(f"{'would be removed' if dry_run else 'removed'}: {path}; eco's own edition counts")
    else:
        session.say("eco's own edition counts already")


def _text(source: str) -> bytes:
    """The bytes of a file or an address, of a size that is looked at."""
    from ecocli.catalog.compile_edition import MOST_BYTES
    from ecocli.errors import BadData, MissingFile, quoted

    if "://" in source:
        from ecocli.net.fetch import fetch

        return fetch(source, source.partition("://")[2].partition("/")[0].rpartition("@")[2], MOST_BYTES, redirects=True)
    try:
        with Path(os.path.expanduser(source)).open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except FileNotFoundError as error:
        raise MissingFile(f"no file {quoted(source, 200)}") from error
    except OSError as error:
        raise BadData(f"{quoted(source, 200)} cannot be read: {(error.strerror or 'unknown reason').lower()}") from error


def _changes(text: bytes, where: str) -> Any:
    """What the edition changes, once all of it is valid. BadCatalog for an edition that is older than what counts."""
    from ecocli.catalog import compile_edition
    from ecocli.catalog.compiled import base_models
    from ecocli.config.paths import config_folder
    from ecocli.errors import BadCatalog, shorten

    edition = compile_edition.read(text, where)
    found = compile_edition.changes(base_models(os.environ), edition)
    if found.after < found.before:
        raise BadCatalog(f"{shorten(where, 200)}: edition {found.after} is older than {found.before}, which counts")
    compile_edition.check_beside(config_folder(os.environ) / "models.yaml", edition)
    return found


def _in_words(found: Any) -> str:
    if found.after == found.before:
        return f"edition {found.after} counts already"
    parts = [f"edition {found.before} → {found.after}"]
    for names, what in ((found.added, "new"), (found.gone, "no longer there"), (found.resized, "of another size")):
        if names:
            parts.append(f"  {len(names):,} {'model' if len(names) == 1 else 'models'} {what}: {_named(names)}")
    return "\n".join(parts)


def _named(names: list[str]) -> str:
    from ecocli.errors import shorten

    more = len(names) - MOST_NAMED
    return ", ".join(shorten(name) for name in names[:MOST_NAMED]) + (f" and {more:,} more" if more > 0 else "")


def _confirmed(found: Any) -> bool:
    """Asks at a terminal; a script has to say so beforehand."""
    from ecocli.errors import UsageError

    if not sys.stdin.isatty():
        raise UsageError(f"edition {found.after} would take the place of {found.before}", "--yes does so, --dry-run only shows what would change")
    print("Take this edition? [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")
