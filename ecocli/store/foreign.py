"""The file of another eco: read from a private copy, and never trusted."""

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from ecocli.errors import BadData, MissingFile, StoreError, UsageError, quoted, shorten
from ecocli.store import Store, checks, copies, failures, looking, migrations

PATIENCE_S = 5.0
"""How long a lock of the other store is waited for."""
HINT = "give the path of another machine's eco.db"


@contextmanager
def opened(other: Path, own: Path) -> Iterator[Store]:
    """
    A private copy of the other store as it is now, in a temporary folder: an older one is brought up to date
    there, and not a byte is written where the other one lies.

    Raises:
        MissingFile: There is no such file.
        UsageError: It is the store at `own` itself.
        BadData: It is no database.
        StoreError: It cannot be read, or is another program's or a newer eco's.
    """
    _check_place(other, own)
    with tempfile.TemporaryDirectory(prefix="eco-merge-") as folder, failures.explained(other):
        path = Path(folder) / "other.db"
        _copy(path, other)
        with Store.open(path) as store:
            yield store


@contextmanager
def reading(other: Path) -> Iterator[None]:
    """Around what reads the copy: a failure of it is the fault of the other file, which it then names."""
    try:
        yield
    except StoreError as error:
        raise damaged(other, error.__cause__) from error  # its own words name the copy, which nobody knows
    except sqlite3.OperationalError as error:
        raise damaged(other, error) from error


def damaged(other: Path, reason: BaseException | str | None) -> BadData:
    text = reason if isinstance(reason, str) else repr(reason)
    return BadData(f"{quoted(str(other), 200)} is damaged: {shorten(text)}", code="other-store-damaged")


def _check_place(other: Path, own: Path) -> None:
    if other.is_dir():
        raise MissingFile(f"{quoted(str(other), 200)} is a folder", HINT)
    if not other.is_file():
        raise MissingFile(f"no file {quoted(str(other), 200)}", HINT)
    if own.exists() and os.path.samefile(other, own):
        raise UsageError("a store cannot be merged with itself", HINT)


def _copy(path: Path, other: Path) -> None:
    with looking.look(other, PATIENCE_S) as source, closing(sqlite3.connect(path)) as copy:
        try:
            copies.take_pages(source, copy, PATIENCE_S)
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_NOTADB:
                raise
            raise BadData(f"{quoted(str(other), 200)} is not a database", HINT, code="no-other-store") from error
    os.chmod(path, 0o600)
    with closing(sqlite3.connect(path)) as copy:
        if not copy.execute("PRAGMA application_id").fetchone()[0]:
            raise BadData(f"{quoted(str(other), 200)} is not a store of eco", HINT)
        migrations.pending(copy, other)  # refuses what another program or a newer eco wrote
        # a view or a trigger in the place of a table would run whatever its author liked, without an end too
        if odd := next(checks.misshapen(copy, migrations.version(copy)), None):
            raise damaged(other, odd)
