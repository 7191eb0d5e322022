"""A copy of a store on request: what may be in its way, and the words for it."""

import os
from pathlib import Path

from ecocli.errors import MissingFile, UsageError
from ecocli.store import copies, failures, files, looking, migrations

SIDECARS = ("-wal", "-shm", "-journal")
"""Files that SQLite keeps beside a database, by the ends of their names."""


def back_up(path: Path, copy: Path, busy_timeout_s: float, *, replace: bool) -> None:
    """
    Copy a store on request, with words for what may be in the way.

    Raises:
        MissingFile: There is no store, or no folder for the copy.
        UsageError: `copy` is there, and `replace` does not allow that; or it is the store itself.
        StoreError: The store cannot be read, or the copy not written.
    """
    files.expect(path)
    with failures.explained(path), looking.look(path, busy_timeout_s) as connection:
        migrations.pending(connection, path)  # refuses what is not ours
    _check_place(path, copy, replace)
    try:
        with failures.explained(copy):
            copies.make(path, copy, busy_timeout_s, replace=replace)
    except FileExistsError:
        raise _is_there(copy) from None
    except OSError as error:
        raise failures.from_os(error, copy) from error


def _check_place(path: Path, copy: Path, replace: bool) -> None:
    if not copy.parent.is_dir():
        raise MissingFile(f"no folder {failures.shown(copy.parent)!r}", "make it first, or name another file")
    if copy.name.endswith(SIDECARS):
        raise UsageError(f"{failures.shown(copy)} ends as what SQLite keeps beside a database", "name another file")
    for log in (f"{copy}-wal", f"{copy}-journal"):
        if os.path.exists(log) and os.path.getsize(log):  # it would be replayed into the copy, and damage it
            raise UsageError(f"{failures.shown(Path(log))} of another database lies there", "name another file")
    if copy.exists():
        if copy.samefile(path):
            raise UsageError(f"{failures.shown(copy)} is the database itself", "name another file")
        if not copy.is_file():  # a rename would put an end to a device or a pipe
            raise UsageError(f"{failures.shown(copy)} is not a file that a backup may replace", "name another file")
        if not replace:
            raise _is_there(copy)


def _is_there(copy: Path) -> UsageError:
    return UsageError(f"{failures.shown(copy)} is there already", "name another file", code="file-exists")
