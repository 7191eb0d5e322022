"""The store: one SQLite file that keeps every call with its result and what that rests on."""

import sqlite3
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from operator import methodcaller
from pathlib import Path
from time import time_ns
from types import MappingProxyType
from typing import TYPE_CHECKING, Self, TypeVar

from ecocli.config.settings import BUSY_TIMEOUT_S
from ecocli.core.footprint import Assessment, Basis
from ecocli.errors import StoreError, UnknownRecord
from ecocli.store import calls, failures, files, history, migrations, rows
from ecocli.store.bulk import Rows
from ecocli.store.calls import Into, Outcome, Outcomes, SharedTable
from ecocli.store.history import ANY, LOCAL, WHOLE_CALLS, Filters, Projection
from ecocli.store.rows import NewCall, NewResult, Result, StoredCall, basis_text
from ecocli.util.valueclass import value_class

if TYPE_CHECKING:
    from ecocli.store.forgotten import Forgotten
    from ecocli.store.history_rows import HistoryRow
    from ecocli.store.imports import Imports
    from ecocli.store.keys import Keys
    from ecocli.store.locked_reports import LockedReports
    from ecocli.store.merge import ForeignKey, Merger
    from ecocli.store.reports import OfCall, Reports
    from ecocli.store.trail import Trail
    from ecocli.store.upkeep import Vacuumed

__all__ = ["ANY", "LOCAL", "Caller", "Filters", "NewCall", "Outcome", "Outcomes", "Result", "Store", "StoredCall"]

T = TypeVar("T")
IN_SESSION = methodcaller("__contains__", '"session"')
"""True for the tags, as they are stored, of a call that may come in another signal as well."""


@value_class(frozen=True, slots=True)
class Caller:
    """On whose behalf calls are added, and which of them may take the place of others."""

    key_id: int | None = None
    """None for the owner of the file."""
    replaces: bool = False
    """A call under the id of another one takes its place."""
    again: bool = False
    """Calls that were forgotten or undone may be added once more."""
    run_id: int | None = None
    """The run that they are added to, as `new_run` gave it; None for that of the open store."""


class Store:
    """An open store. Made by `Store.open`, closed by `close` or at the end of a `with` block."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self.path = path
        self.connection = connection
        """For the modules of this folder alone: no SQL stands outside of it."""
        self.busy_timeout_s = BUSY_TIMEOUT_S
        self.before_commit: Callable[[], None] | None = None
        """Called at the end of each transaction: an error that it raises undoes everything."""
        self.caller = Caller()
        self._file = files.identity(path)
        self._basis_ids: dict[str, int] = {}
        self._shared = SharedTable(connection)
        self._forgotten: Forgotten | None = None
        self._run_id: int | None = None
        self._began_at_ms = time_ns() // 1_000_000
        self._is_run_there = False
        """Known in this transaction."""

    @classmethod
    def open(cls, path: Path, *, busy_timeout_s: float = BUSY_TIMEOUT_S, create: bool = True) -> Self:
        """
        The store at `path`, brought up to date.

        Without `create` a store that is not there reads as an empty one, and nothing is made;
        one in a folder that cannot be written is read as it lies.
        `busy_timeout_s` is how long each write waits for its turn. [s]
        """
        path = Path(path).absolute()  # ":memory:" is a file too
        if not create:
            return cls._to_read(path, busy_timeout_s)
        store = cls(files.connect(path, busy_timeout_s), path)
        store.busy_timeout_s = busy_timeout_s
        return store

    @classmethod
    def _to_read(cls, path: Path, busy_timeout_s: float) -> Self:
        # what is there before it is opened: another process may make a store, or put one in its place, while this one opens it
        file = files.identity(path)
        store = cls(files.connect_nothing() if files.is_absent(path) else files.connect(path, busy_timeout_s, to_read=True), path)
        store._file = file
        store.busy_timeout_s = busy_timeout_s
        return store

    def close(self) -> None:
        self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    @property
    def keys(self) -> "Keys":
        from ecocli.store.keys import Keys  # hashing is only for those who use keys

        return Keys(self)

    @property
    def imports(self) -> "Imports":
        """How far logs were read, and what is known of their calls."""
        from ecocli.store.imports import Imports

        return Imports(self)

    @property
    def reports(self) -> "Reports":
        """What other signals told of calls, under ids of their own."""
        from ecocli.store.reports import Reports

        return Reports(self)

    @property
    def trail(self) -> "Trail":
        """Calls that were undone or replaced."""
        from ecocli.store.trail import Trail

        return Trail(self)

    @property
    def locked_reports(self) -> "LockedReports":
        """Reports whose period was locked."""
        from ecocli.store.locked_reports import LockedReports

        return LockedReports(self)

    def merger(self, now_ms: int, reports: "Sequence[OfCall]" = (), keys: "Mapping[int, ForeignKey]" = MappingProxyType({})) -> "Merger":
        """Takes in calls of another store, inside a `transaction`; of what it knows as reports of calls, with its keys."""
        from ecocli.store.merge import Merger

        return Merger(self, now_ms, reports, keys)

    def is_current(self) -> bool:
        """
        False once another file is at the path, none any more, or one of another version.

        For those who keep a store open for long: a backup may have taken its place, or a newer eco have changed its tables.
        """
        with failures.explained(self.path):
            return files.identity(self.path) == self._file and not migrations.pending(self.connection, self.path)

    def checkpoint(self) -> None:
        """Move what is in the write-ahead log into the file, as far as no reader is in the way."""
        from ecocli.store import upkeep

        with failures.explained(self.path):
            upkeep.checkpoint(self.connection)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside is stored when it ends, or nothing of it: an error or Ctrl-C undoes all."""
        with failures.explained(self.path):
            files.refuse_second_name(self.path)
            self.connection.execute("BEGIN IMMEDIATE")
            self._basis_ids.clear()  # since the last one they may have been undone, or removed by another process
            self._shared = SharedTable(self.connection)
            self._forgotten = None
            self._is_run_there = False
            try:
                yield
                if self.before_commit:
                    self.before_commit()
                self.connection.execute("COMMIT")
            except BaseException:
                if self.connection.in_transaction:  # SQLite itself undoes some, such as on a full disk
                    self.connection.execute("ROLLBACK")
                self._run_id = None
                raise
            self._check_that_it_is_there()

    def _check_that_it_is_there(self) -> None:
        """StoreError where the file was removed, renamed or replaced meanwhile: what was stored is in no file that anybody will read."""
        if self._file is not None and files.identity(self.path) != self._file:
            raise failures.gone(self.path)

    @contextmanager
    def loading(self) -> Iterator[None]:
        """A `transaction` that adds many calls, and trusts their references."""
        self.trust_references()
        try:
            with self.transaction():
                yield
        finally:
            self.connection.execute("PRAGMA foreign_keys = ON")

    def trust_references(self) -> None:
        """
        From now on SQLite does not look up the key, the basis and the run of each call that is added, which takes a third of the time.

        All are there: bases and runs are kept before the rows that name them, and a key is never removed.
        """
        self.connection.execute("PRAGMA foreign_keys = OFF")

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Reads inside see one state of the store, whatever others write meanwhile."""
        with failures.explained(self.path):
            if self.connection.in_transaction:
                yield
                return
            self.connection.execute("BEGIN")
            try:
                yield
            finally:
                if self.connection.in_transaction:
                    self.connection.execute("COMMIT")  # type: ignore[unreachable]  # BEGIN made it true; a rollback could end `rows` in the middle

    @contextmanager
    def reading(self, filters: Filters) -> Iterator[None]:
        """A `snapshot` for a query with these filters, whose key must have existed."""
        with self.snapshot():
            self._check(filters)
            yield

    def add(self, new: NewCall, replace_smaller: bool = False) -> Outcome:
        """
        Store a call, inside a `transaction`.

        A provider and an id that are there already are a no-op that leads to the first call. With `replace_smaller` a
        snapshot that counts more tokens takes its place, and the earliest start is kept. A forgotten call stays away.
        """
        return self.add_all((new,), replace_smaller)[0]

    def add_all(self, calls_: Iterable[NewCall], replace_smaller: bool = False, run_ids: Sequence[int] | None = None) -> Outcomes:
        """`add` many at once, in their order, which is much quicker than one by one; `run_ids` as in `add_rows`."""
        new = list(calls_)
        for one in new:
            self.basis_id(one.assessment.basis)
        return self.add_rows(Rows.of(map(rows.call_row, new)), replace_smaller, run_ids)

    def keep_bases(self, contents: Mapping[str, str]) -> None:
        """Make bases known to the rows that name them by their digests; each content is JSON as `rows.basis_text` makes it."""
        for digest in contents.keys() - self._basis_ids.keys():
            self._basis_ids[digest] = calls.add_basis(self.connection, digest, contents[digest])

    def add_rows(self, new: Rows, replace_smaller: bool = False, run_ids: Sequence[int] | None = None) -> Outcomes:
        """
        Calls whose bases are known.

        Args:
            run_ids: For calls of several callers that share a transaction, the run of each, as `new_run` gave it.
        """
        if run_ids is None:
            run_id = self._run()
            run_ids = [run_id] * len(new)
            if self.caller.replaces or self.caller.again:
                return self._correct(new, replace_smaller, run_ids)
        return self._add_but_forgotten(new, replace_smaller, run_ids)

    def _add_but_forgotten(self, new: Rows, replace_smaller: bool, run_ids: Sequence[int]) -> Outcomes:
        if not self.forgotten:
            return self._add(new, replace_smaller, run_ids)
        identities = list(zip(new.column("provider"), new.column("call_id"), strict=True))
        is_gone = [self.forgotten.has_call(*identity) for identity in identities]
        gone = [at for at, yes in enumerate(is_gone) if yes]
        kept = [at for at, yes in enumerate(is_gone) if not yes]
        stored = self._add(new.chosen(kept), replace_smaller, [run_ids[at] for at in kept])
        return stored.among(kept, {at: self._gone(*identities[at]) for at in gone})

    def _add(self, new: Rows, replace_smaller: bool, run_ids: Sequence[int]) -> Outcomes:
        """Insert rows; those of which another signal may have told, or will, one by one."""
        into = Into(self.connection, self._basis_ids, self._shared, replace_smaller, _meet_telemetry)
        if not any(map(IN_SESSION, new.column("tags"))):
            return calls.add(into, new, run_ids)
        from ecocli.store import joining, matching

        apart = matching.places(self.connection, new, self.forgotten)
        if not apart:
            return calls.add(into, new, run_ids)
        others = sorted(set(range(len(new))).difference(apart))
        stored = calls.add(into, new.chosen(others), [run_ids[at] for at in others])
        return stored.among(others, {at: joining.add(into, new.chosen([at]), [run_ids[at]], self.forgotten) for at in apart})

    def _gone(self, provider: str, call_id: str) -> Outcome:
        from ecocli.store import trail

        return Outcome(None, forgotten=True, voided=trail.is_voided(self.connection, call_id, provider))

    def _correct(self, new: Rows, replace_smaller: bool, run_ids: Sequence[int]) -> Outcomes:
        """Store calls for which their caller asked to make room."""
        from ecocli.store import trail

        if self.caller.again and len(new):
            trail.lift(self.connection, new, new.column("recorded_at_ms")[0])
        if not self.caller.replaces:
            return self._add_but_forgotten(new, replace_smaller, run_ids)
        own = trail.replace(self.connection, new, run_ids[0], self.caller.key_id) if len(new) else new
        outcomes = self._add_but_forgotten(own, replace_smaller, run_ids)
        return outcomes if own is new else outcomes.named(new.column("call_id"), own.column("call_id"))

    def _run(self) -> int:
        """The id of what this open store adds, whatever its transactions; another one where its row was forgotten, or a backup restored, in between."""
        if self.caller.run_id is not None:
            return self.caller.run_id
        if self._run_id is None or not self._is_run_there:
            began = (self.caller.key_id, self._began_at_ms)
            known = self.connection.execute("SELECT id FROM runs WHERE id = ? AND key_id IS ? AND began_at_ms = ?", (self._run_id, *began)).fetchone()
            self._run_id = int(known[0]) if known else self.new_run(*began)
            self._is_run_there = True
        return self._run_id

    def new_run(self, key_id: int | None, began_at_ms: int) -> int:
        """The id of a run of its own, inside a `transaction`: calls that their caller can undo together."""
        sql = "INSERT INTO runs (key_id, began_at_ms) VALUES (?, ?) RETURNING id"
        return int(self.connection.execute(sql, (key_id, began_at_ms)).fetchone()[0])

    @property
    def forgotten(self) -> "Forgotten":
        """Hashes of removed calls; looked up once per transaction, inside which this is asked."""
        from ecocli.store.forgotten import Forgotten

        if self._forgotten is None:
            self._forgotten = Forgotten(self.connection, ignored=self.caller.again)
        return self._forgotten

    def forget(self, filters: Filters) -> int:
        """
        Remove calls for good, to the last byte: how many they were. Hashes of their ids keep them away.

        Raises:
            StoreError: They are removed, but their bytes could not be.
        """
        from ecocli.store import forgotten

        with forgotten.thoroughly(self.connection), self.transaction():
            removed = forgotten.remove(self.connection, filters)
        if removed:
            self._scrub(removed)
        return removed

    def _scrub(self, removed: int) -> None:
        try:
            self.vacuum()
        except StoreError as error:
            raise StoreError(f"removed ({removed:,}), but not from the disk yet: {error}", code="not-yet-erased") from error

    def vacuum(self) -> "Vacuumed":
        """Give back the space of removed rows, and with it their bytes."""
        from ecocli.store import upkeep

        with failures.explained(self.path):
            files.refuse_second_name(self.path)
            return upkeep.vacuum(self.connection, self.path)

    def supersede(
        self,
        row_id: int,
        assessment: Assessment,
        *,
        model_id: str | None,
        final_region: str,
        calculation_method: str,
        computed_at_ms: int,
    ) -> None:
        """Give a call a newer result, inside a `transaction`; `past_results` keeps the one it had."""
        result = NewResult(assessment, model_id, final_region, calculation_method, computed_at_ms)
        calls.supersede(self.connection, row_id, self.result_row(result))

    def result_row(self, result: NewResult) -> rows.Row:
        """In the order of RESULT_COLUMNS, its basis stored; inside a `transaction`."""
        row = rows.result_row(result)
        row[rows.BASIS_OF_RESULT] = self.basis_id(result.assessment.basis)
        return row

    def basis_id(self, basis: Basis) -> int:
        """Looked up once per transaction: many calls share one."""
        if basis.digest not in self._basis_ids:
            self._basis_ids[basis.digest] = calls.add_basis(self.connection, basis.digest, basis_text(basis))
        return self._basis_ids[basis.digest]

    def call(self, row_id: int) -> StoredCall:
        with failures.explained(self.path):
            found = calls.call(self.connection, row_id)
        if found is None:
            raise UnknownRecord(str(row_id))
        return found

    def find(self, call_id: str, provider: str | None = None) -> list[StoredCall]:
        """Every call with this id: more than one when two providers share it."""
        with failures.explained(self.path):
            return calls.find(self.connection, call_id, provider)

    def short_ids(self, call_ids: Iterable[str]) -> dict[str, str]:
        """Ids as they are shown, see store/short_ids.py."""
        from ecocli.store import short_ids

        with failures.explained(self.path):
            return short_ids.shorts(self.connection, call_ids)

    def ids_ending(self, end: str, everywhere: bool) -> Sequence[str]:
        """Ids with an end, at most a few, see store/short_ids.py."""
        from ecocli.store import short_ids

        with failures.explained(self.path):
            return short_ids.ending(self.connection, end, everywhere)

    def newest_ids(self, count: int) -> list[str]:
        """Ids of the calls that were recorded last, the last one first."""
        from ecocli.store import short_ids

        with failures.explained(self.path):
            return short_ids.newest(self.connection, count)

    def past_results(self, row_id: int) -> list[Result]:
        """Results that were superseded, oldest first."""
        with failures.explained(self.path):
            return calls.past_results(self.connection, row_id)

    def basis(self, basis_id: int) -> Basis:
        with failures.explained(self.path):
            found = calls.basis(self.connection, basis_id)
        if found is None:  # a foreign key points at it
            raise failures.damaged(self.path)
        return found

    def names(self, what: str) -> list[str]:
        """All names of models, providers, regions or sources that calls have; those of models as reported and as counted."""
        from ecocli.store import totals

        with failures.explained(self.path):
            return totals.names(self.connection, what)

    def has(self, filters: Filters) -> bool:
        """True when there is such a call."""
        with self.reading(filters):
            return history.has(self.connection, filters)

    def count(self, filters: Filters = ANY) -> int:
        with self.reading(filters):
            return history.count(self.connection, filters)

    def page(self, filters: Filters, page: int, limit: int, total: int | None = None) -> list[StoredCall]:
        """
        Newest first, `page` from 1; past the end there are none.

        `total` is `count(filters)` when the caller has it, from the same `snapshot`.
        """
        return self._page(filters, WHOLE_CALLS, page, limit, total)

    def history_page(self, filters: Filters, page: int, limit: int, total: int | None = None) -> "list[HistoryRow]":
        """A `page` of the columns that a row of the history shows."""
        from ecocli.store.history_rows import HISTORY_ROWS

        return self._page(filters, HISTORY_ROWS, page, limit, total)

    def history_after(self, filters: Filters, after: "history.Place | None", limit: int) -> "list[tuple[history.Place, HistoryRow]]":
        """The next calls behind a place, newest first, each with its own place; None is before the first."""
        from ecocli.store.history_rows import HISTORY_ROWS

        with self.reading(filters):
            return history.following(self.connection, filters, HISTORY_ROWS, after, limit)

    def rows(self, filters: Filters = ANY) -> Generator[StoredCall, None, None]:
        """
        All of them, newest first, in flat memory, as they were at the first; writers go on meanwhile.

        To write between two of them, open a second store: this one looks at the past.
        """
        return self._each(filters, WHOLE_CALLS)

    def history(self, filters: Filters = ANY) -> "Generator[HistoryRow, None, None]":
        """As `rows`, with the columns that a row of the history shows."""
        from ecocli.store.history_rows import HISTORY_ROWS

        return self._each(filters, HISTORY_ROWS)

    def _page(self, filters: Filters, wanted: Projection[T], page: int, limit: int, total: int | None) -> list[T]:
        with self.reading(filters):
            known = history.count(self.connection, filters) if total is None else total
            return history.page(self.connection, filters, wanted, page, limit, known)

    def _each(self, filters: Filters, wanted: Projection[T]) -> Generator[T, None, None]:
        with failures.explained(self.path):
            self._check(filters)
            yield from history.each(self.connection, filters, wanted)

    def _check(self, filters: Filters) -> None:
        """A key that never was is an unknown name, not an empty page."""
        name = filters.key_name
        if name is None or name == LOCAL:
            return
        if not self.connection.execute("SELECT 1 FROM keys WHERE name = ?", (name,)).fetchone():
            from ecocli.store import keys

            raise keys.unknown(self.connection, name)


def _meet_telemetry(into: Into, row_id: int, row: rows.Row) -> Outcome | None:
    from ecocli.store import same_id

    return same_id.meet(into, row_id, row)
