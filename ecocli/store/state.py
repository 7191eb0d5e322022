"""What a store is like, found out without a trace: nothing is created, written or brought up to date."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from time import monotonic, sleep

from ecocli.errors import StoreError
from ecocli.store import Store, checks, failures, locks, looking, migrations
from ecocli.util.valueclass import value_class

LAST = "SELECT (SELECT recorded_at_ms FROM calls ORDER BY id DESC LIMIT 1), (SELECT max(started_at_ms) FROM calls), (SELECT count(*) FROM calls)"
MOST_CHECKED_BYTES = 64 * 1024 * 1024
"""A larger file is not read as a whole: `eco db check` does that."""
SQLITE = sqlite3.sqlite_version
RETRIES = 3
RETRY_S = 0.05


@value_class(frozen=True, slots=True)
class State:
    """What there is to know of a store; None is what is not known."""

    path: Path
    size_bytes: int | None = None
    """None where there is no file."""
    version: int | None = None
    """Of its schema."""
    calls: int | None = None
    recorded_at_ms: int | None = None
    """When the last call was recorded."""
    started_at_ms: int | None = None
    """When the latest call began."""
    has_unread_log: bool = False
    """What a crash left is not in the file yet."""
    error: StoreError | None = None
    """What stops a command that writes."""

    @property
    def is_current(self) -> bool:
        return self.version == len(migrations.MIGRATIONS)


def look(path: Path, wait_s: float) -> State:
    """
    A store as it is now.

    Args:
        wait_s: How long another program may keep it locked before that is an error. [s]
    """
    tries, before = 1, _stamp(path)
    found = _look(path, before)
    while found.error and before != _stamp(path) and tries < RETRIES:  # another process wrote while it was read without locks
        tries, before = tries + 1, _stamp(path)
        found = _look(path, before)
    held = _held(path, wait_s)
    return replace(found, error=held or found.error, has_unread_log=found.has_unread_log and held is None)


@contextmanager
def glimpse(state: State) -> Iterator[Store | None]:
    """The store to read in; None where it is absent, unreadable or older than this eco."""
    if state.calls is None or not state.is_current:
        yield None
        return
    with failures.explained(state.path), Store(_connect(state.path), state.path) as store:
        yield store


def _stamp(path: Path) -> tuple[int, int] | None:
    """Size and time of a file; None where there is none, or it cannot be looked at."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns


def _look(path: Path, stamp: tuple[int, int] | None) -> State:
    if stamp is None:
        return State(path, error=_unreachable(path))
    state = State(path, stamp[0], has_unread_log=_is_left(path))
    try:
        with failures.explained(path), closing(_connect(path)) as connection:
            migrations.pending(connection, path)  # refuses what is not ours
            state = replace(state, version=migrations.version(connection))
            if problem := _damage(connection, state):
                return replace(state, error=failures.damaged(path, problem))
            recorded_at_ms, started_at_ms, calls = connection.execute(LAST).fetchone() if state.version else (None, None, 0)
            return replace(state, recorded_at_ms=recorded_at_ms, started_at_ms=started_at_ms, calls=calls)
    except StoreError as error:
        return replace(state, error=error)


def _unreachable(path: Path) -> StoreError | None:
    """Why a file cannot be looked at; None where there is simply none."""
    try:
        os.stat(path)
    except FileNotFoundError as error:
        return failures.from_os(error, path) if os.path.islink(path) else None
    except OSError as error:
        return failures.from_os(error, path)
    return None


def _damage(connection: sqlite3.Connection, state: State) -> str | None:
    """The first damage that can be found in a moment."""
    if (state.size_bytes or 0) <= MOST_CHECKED_BYTES:
        for (text,) in connection.execute("PRAGMA quick_check(1)"):
            if text != "ok":
                return " ".join(text.split())
    return next(checks.misshapen(connection, state.version or 0), None) if not state.has_unread_log else None


def _connect(path: Path) -> sqlite3.Connection:
    """With the log and its index where others have made both, as a reader that writes to neither; else the file alone: SQLite would make them."""
    if all(os.path.exists(f"{path}{ending}") for ending in ("-wal", "-shm")):
        return sqlite3.connect(f"{looking.address(path)}?mode=ro&readonly_shm=1", uri=True, isolation_level=None, timeout=0)
    return looking.connect_to_still(path)


def _is_left(path: Path) -> bool:
    """True for a log without its index: it is read by the next command that writes."""
    return os.path.exists(f"{path}-wal") and os.path.getsize(f"{path}-wal") > 0 and not os.path.exists(f"{path}-shm")


def _held(path: Path, wait_s: float) -> StoreError | None:
    """The error for a store that another program does not let go of."""
    deadline_s = monotonic() + wait_s
    while locks.is_write_locked(path):
        if monotonic() >= deadline_s:
            return failures.locked(path)
        sleep(RETRY_S)
    return None
