"""Files that an option names for output: private where they may hold a person's text, and never one that eco reads or keeps."""

import os
import stat
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from ecocli.cli.session import Session
from ecocli.config import paths
from ecocli.errors import BadConfig, BadData, UsageError, quoted

OWN_FILES = ("config.toml", "models.yaml", "regions.yaml")


def check(option: str, path: Path | None, session: Session, inputs: Iterable[Path | None] = ()) -> None:
    """
    Nothing, or UsageError where writing would destroy the store, a setting or an input, by whatever spelling or link.

    Args:
        inputs: Files that are read, and folders of which any file may be.
    """
    if path is None:
        return
    for what, other in _kept(session, inputs):
        if _is_same(path, other):
            raise UsageError(f"{option} {quoted(str(path), 200)} is {what}", "name another file")
    if _is_in_use(path):
        raise UsageError(f"{option} {quoted(str(path), 200)} is standard input", "name another file")


def create_private(path: Path) -> TextIO:
    """Create or empty a file for the owner alone, and open it for writing. BadData when it cannot be written."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, paths.PRIVATE_FILE)
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            with suppress(OSError, AttributeError):  # another user's file, or a system without such modes
                os.fchmod(descriptor, paths.PRIVATE_FILE)
        return os.fdopen(descriptor, "w", encoding="utf-8")
    except OSError as error:
        raise BadData(f"{quoted(str(path))} cannot be written: {(error.strerror or 'unknown reason').lower()}") from error


def _kept(session: Session, inputs: Iterable[Path | None]) -> Iterator[tuple[str, Path]]:
    from ecocli.store.backups import SIDECARS

    store = Path(os.path.realpath(session.db_path))
    for ending in ("", *SIDECARS):
        yield ("the database" if not ending else "a part of the database"), Path(f"{store}{ending}")
    with suppress(BadConfig):  # no home
        yield from (("a file of settings", paths.config_folder(os.environ) / name) for name in OWN_FILES)
    for given in inputs:
        if given is not None and str(given) != "-":
            yield "read by this command", given


def _is_same(path: Path, other: Path) -> bool:
    """True for one file under two names; also for a file somewhere below a folder."""
    if os.path.realpath(path) == os.path.realpath(other):
        return True
    try:
        mine = os.stat(path)
    except OSError:  # not there yet
        return False
    if other.is_dir():
        return mine.st_size > 0 and stat.S_ISREG(mine.st_mode) and any(_is_file(mine, each) for each in _below(other))
    return _is_file(mine, other)


def _is_file(mine: os.stat_result, other: str | Path) -> bool:
    with suppress(OSError):
        return os.path.samestat(mine, os.stat(other))
    return False


def _below(folder: Path) -> Iterator[str]:
    for inner, _, names in os.walk(folder):
        yield from (os.path.join(inner, name) for name in names)


def _is_in_use(path: Path) -> bool:
    """True for the file that a shell opened as standard input; a terminal, a pipe or a device is not destroyed."""
    with suppress(OSError, ValueError, AttributeError):
        given = os.fstat(sys.stdin.fileno())
        return stat.S_ISREG(given.st_mode) and os.path.samestat(given, os.stat(path))
    return False
