"""A backup in the place of a store: checked first, and there whole or not at all, whatever a crash left beside the old one."""

import os
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from ecocli.config.paths import make_private_folder
from ecocli.errors import BadData, MissingFile, StoreError, UsageError
from ecocli.store import checks, copies, failures, files, looking, migrations
from ecocli.store.backups import SIDECARS
from ecocli.util.valueclass import value_class

UNUSABLE = (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)


@value_class(frozen=True, slots=True)
class Restored:
    """The state of a store after a backup took its place."""

    calls: int
    kept: Path | None
    """Where the old content is; None when there was none."""


def restore(path: Path, backup: Path, keep: Path, busy_timeout_s: float, digest: Callable[[Mapping[str, Any]], str]) -> Restored:
    """
    Put the content of a backup in the place of that of a store, and keep the old content.

    Other programs may have the store open: SQLite exchanges the content in one transaction, for which it waits its turn.
    Only a store that SQLite cannot read is replaced as a file, together with its write-ahead log, which belongs to the
    old content and would be replayed into the new one.

    Args:
        keep: A new file for the old content.
        digest: Of the content of a basis, as in `checks.check`.

    Raises:
        MissingFile, UsageError, BadData: There is no backup, it is the store itself, or it is damaged.
        StoreError: The backup is another program's or a newer eco's, or the store cannot be written.
    """
    calls = _check_backup(path, backup, busy_timeout_s, digest)
    files.refuse_second_name(path)
    try:
        make_private_folder(path.parent)
        with copies.unfinished(path) as fresh:
            with failures.explained(backup):
                _copy(backup, fresh, busy_timeout_s)
            with failures.explained(path):
                return Restored(calls, _exchange(path, fresh, keep, busy_timeout_s))
    except OSError as error:
        raise failures.from_os(error, path) from error


def _check_backup(path: Path, backup: Path, busy_timeout_s: float, digest: Callable[[Mapping[str, Any]], str]) -> int:
    """The number of its calls."""
    if not backup.is_file():
        raise MissingFile(f"no file {failures.shown(backup)!r}", "give the path of a file that eco db backup made")
    if path.exists() and backup.samefile(path):
        raise UsageError(f"{failures.shown(backup)} is the database itself", "give the path of a file that eco db backup made")
    try:
        found = checks.check(backup, busy_timeout_s, digest)
    except StoreError as error:
        if error.code not in ("store-damaged", "no-store"):
            raise
        raise BadData(str(error), "give the path of another backup", code="bad-backup") from error
    if found.problems or not found.version:
        reason = found.problems[0] if found.problems else "it is empty"
        raise BadData(f"{failures.shown(backup)} is no whole backup: {reason}", "give the path of another backup", code="bad-backup")
    return found.calls


def _copy(source: Path, target: Path, busy_timeout_s: float) -> None:
    """The content of a store in a file, as one of today's version."""
    with looking.look(source, busy_timeout_s) as reading, closing(sqlite3.connect(target, isolation_level=None)) as writing:
        copies.take_pages(reading, writing, busy_timeout_s)
        if migrations.version(writing) < len(migrations.MIGRATIONS):
            migrations.apply(writing, None)
        writing.execute("PRAGMA journal_mode = DELETE")  # nothing beside it: it is about to be renamed


def _exchange(path: Path, fresh: Path, keep: Path, busy_timeout_s: float) -> Path | None:
    """The place of the old content."""
    if files.is_absent(path):
        _replace(path, fresh, None)
        return None
    try:
        if not path.stat().st_size and not _has_log(path):
            _replace(path, fresh, None)
            return None
        copies.make(path, keep, busy_timeout_s, replace=False)  # reads all of it: a damaged one is found here
        _write_over(path, fresh, busy_timeout_s)
    except sqlite3.DatabaseError as error:
        if (error.sqlite_errorcode or 0) & failures.PRIMARY_CODE not in UNUSABLE:
            raise
        keep.unlink(missing_ok=True)
        _replace(path, fresh, keep)
    return keep


def _write_over(path: Path, fresh: Path, busy_timeout_s: float) -> None:
    """In one transaction of the store itself, which its write-ahead log is part of."""
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as target:
        target.execute("PRAGMA synchronous = FULL")
        target.execute("PRAGMA fullfsync = ON")
        _take_pages(target, fresh, busy_timeout_s)


def _take_pages(target: sqlite3.Connection, fresh: Path, busy_timeout_s: float) -> None:
    page_bytes = target.execute("PRAGMA page_size").fetchone()[0]
    with closing(sqlite3.connect(fresh, isolation_level=None)) as source:
        if source.execute("PRAGMA page_size").fetchone()[0] != page_bytes:  # a log has pages of one size
            source.execute(f"PRAGMA page_size = {int(page_bytes)}")
            source.execute("VACUUM")
        copies.take_pages(source, target, busy_timeout_s)


def _replace(path: Path, fresh: Path, keep: Path | None) -> None:
    """The file itself. What it leaves behind goes first: a log beside the new content would be replayed into it."""
    if keep:
        os.link(path, keep)
    for sidecar in SIDECARS:
        with suppress(FileNotFoundError):
            os.unlink(f"{path}{sidecar}")
    os.replace(fresh, path)
    files.sync_folder(path)


def _has_log(path: Path) -> bool:
    return any(os.path.exists(f"{path}{sidecar}") and os.path.getsize(f"{path}{sidecar}") for sidecar in ("-wal", "-journal"))
