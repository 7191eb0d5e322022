"""The store: one SQLite file that keeps every call with its result and what that rests on."""

import sqlite3
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Self

from ecocli.config.settings import BUSY_TIMEOUT_S
from ecocli.core.footprint import Assessment, Basis
from ecocli.errors import StoreError, UnknownRecord
from ecocli.store import calls, failures, files, history, rows
from ecocli.store.bulk import Rows
from ecocli.store.calls import Kinds, Outcome, Outcomes
from ecocli.store.forgotten import Forgotten
from ecocli.store.history import ANY, LOCAL, Filters
from ecocli.store.rows import NewCall, Result, StoredCall, basis_text

if TYPE_CHECKING:
    from ecocli.store.keys import Keys
    from ecocli.store.listed import ListedCall
    from ecocli.store.upkeep import Vacuumed

__all__ = ["ANY", "LOCAL", "Filters", "NewCall", "Outcome", "Outcomes", "Result", "Store", "StoredCall"]

FORGOTTEN = Outcome(None, forgotten=True)


class Store:
    """An open store. Made by `Store.open`, closed by `close` or at the end of a `with` block."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self.path = path
        self._connection = connection
        self._basis_ids: dict[str, int] = {}
        self._kinds = Kinds(connection)
        self._forgotten: Forgotten | None = None

    @classmethod
    def open(cls, path: Path, *, busy_timeout_s: float = BUSY_TIMEOUT_S, create: bool = True) -> Self:
        """
        The store at `path`, brought up to date.

        Without `create` a store that is not there reads as an empty one, and nothing is made.
        `busy_timeout_s` is how long each write waits for its turn. [s]
        """
        path = Path(path).absolute()  # ":memory:" is a file too
        if not create and files.is_absent(path):
            return cls(files.connect_nothing(), path)
        return cls(files.connect(path, busy_timeout_s), path)

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    @property
    def keys(self) -> "Keys":
        from ecocli.store.keys import Keys  # hashing is only for those who use keys

        return Keys(self)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Everything inside is stored when it ends, or nothing of it: an error or Ctrl-C undoes all."""
        with failures.explained(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            self._basis_ids.clear()  # since the last one they may have been undone, or removed by another process
            self._kinds = Kinds(self._connection)
            self._forgotten = None
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:  # SQLite itself undoes some, such as on a full disk
                    self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def loading(self) -> Iterator[sqlite3.Connection]:
        """
        A `transaction` that adds many calls, of which SQLite does not look up each key and each basis.

        Both are there: a basis is kept before the rows that name it, and a key is never removed.
        """
        self._connection.execute("PRAGMA foreign_keys = OFF")
        try:
            with self.transaction() as connection:
                yield connection
        finally:
            self._connection.execute("PRAGMA foreign_keys = ON")

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """Reads inside see one state of the store, whatever others write meanwhile."""
        with failures.explained(self.path):
            if self._connection.in_transaction:
                yield self._connection
                return
            self._connection.execute("BEGIN")
            try:
                yield self._connection
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("COMMIT")  # type: ignore[unreachable]  # BEGIN made it true; a rollback could end `rows` in the middle

    def add(self, new: NewCall, replace_smaller: bool = False) -> Outcome:
        """
        Store a call, inside a `transaction`.

        The same provider and id again is a no-op that leads to the first one. With `replace_smaller` a
        snapshot that counts more tokens takes its place, and the earliest start is kept. What was forgotten
        stays away.
        """
        return self.add_all((new,), replace_smaller)[0]

    def add_all(self, calls_: Iterable[NewCall], replace_smaller: bool = False) -> Outcomes:
        """The same for many at once, in their order, which is much quicker than one by one."""
        new = list(calls_)
        for one in new:
            self._basis_id(one.assessment.basis)
        return self.add_rows(Rows.of(map(rows.call_row, new)), replace_smaller)

    def keep_bases(self, contents: Mapping[str, str]) -> None:
        """Make bases known to the rows that name them by their digests; each content is JSON as `rows.basis_text` makes it."""
        for digest in contents.keys() - self._basis_ids.keys():
            self._basis_ids[digest] = calls.add_basis(self._connection, digest, contents[digest])

    def add_rows(self, new: Rows, replace_smaller: bool = False) -> Outcomes:
        """Calls whose bases are known."""
        if not self.forgotten:
            return calls.add(self._connection, new, self._basis_ids, self._kinds, replace_smaller)
        is_gone = list(map(self.forgotten.has_call, new.column("provider"), new.column("call_id")))
        gone = [at for at, yes in enumerate(is_gone) if yes]
        kept = [at for at, yes in enumerate(is_gone) if not yes]
        stored = calls.add(self._connection, new.chosen(kept), self._basis_ids, self._kinds, replace_smaller)
        return stored.among(kept, dict.fromkeys(gone, FORGOTTEN))

    @property
    def forgotten(self) -> Forgotten:
        """What was removed for good; looked up once per transaction, inside which this is asked."""
        if self._forgotten is None:
            self._forgotten = Forgotten(self._connection)
        return self._forgotten

    def forget(self, filters: Filters) -> int:
        """
        Remove calls for good, to the last byte: how many they were. Hashes of their ids keep them away.

        Raises:
            StoreError: They are removed, but their bytes could not be.
        """
        from ecocli.store import forgotten

        with forgotten.thoroughly(self._connection), self.transaction() as connection:
            removed = forgotten.remove(connection, filters)
        if removed:
            self._scrub(removed)
        return removed

    def _scrub(self, removed: int) -> None:
        try:
            self.vacuum()
        except StoreError as error:
            raise StoreError(f"removed ({removed:,}), but not from the disk yet: {error}", code="not-yet-erased") from error

    def vacuum(self) -> "Vacuumed":
        """Give back the space of what was removed, and with it its bytes."""
        from ecocli.store import upkeep

        with failures.explained(self.path):
            return upkeep.vacuum(self._connection, self.path)

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
        basis_id = self._basis_id(assessment.basis)
        values = rows.result_values(model_id, final_region, calculation_method, assessment, basis_id, computed_at_ms)
        calls.supersede(self._connection, row_id, values)

    def call(self, row_id: int) -> StoredCall:
        with failures.explained(self.path):
            found = calls.call(self._connection, row_id)
        if found is None:
            raise UnknownRecord(str(row_id))
        return found

    def find(self, call_id: str, provider: str | None = None) -> list[StoredCall]:
        """Every call with this id: more than one when two providers share it."""
        with failures.explained(self.path):
            return calls.find(self._connection, call_id, provider)

    def past_results(self, row_id: int) -> list[Result]:
        """Results that were superseded, oldest first."""
        with failures.explained(self.path):
            return calls.past_results(self._connection, row_id)

    def basis(self, basis_id: int) -> Basis:
        with failures.explained(self.path):
            found = calls.basis(self._connection, basis_id)
        if found is None:  # a foreign key points at it
            raise failures.damaged(self.path)
        return found

    def count(self, filters: Filters = ANY) -> int:
        with self.reading(filters) as connection:
            return history.count(connection, filters)

    def page(self, filters: Filters, page: int, limit: int, total: int | None = None) -> list[StoredCall]:
        """
        Newest first, `page` from 1; past the end there are none.

        `total` is `count(filters)` when the caller has it, from the same `snapshot`.
        """
        with self.reading(filters) as connection:
            known = history.count(connection, filters) if total is None else total
            return history.page(connection, filters, page, limit, known)

    def rows(self, filters: Filters = ANY) -> Generator[StoredCall, None, None]:
        """
        All of them, newest first, in flat memory, as they were at the first; writers go on meanwhile.

        Whoever wants to write between two of them opens a second store: this one looks at the past.
        """
        with failures.explained(self.path):
            self._check(filters)
            yield from history.each(self._connection, filters)

    def listed(self, filters: Filters = ANY) -> Generator["ListedCall", None, None]:
        """The same with what a list shows."""
        from ecocli.store.listed import each

        with failures.explained(self.path):
            self._check(filters)
            yield from each(self._connection, filters)

    def _basis_id(self, basis: Basis) -> int:
        """Looked up once per transaction: many calls share one basis."""
        if basis.digest not in self._basis_ids:
            self._basis_ids[basis.digest] = calls.add_basis(self._connection, basis.digest, basis_text(basis))
        return self._basis_ids[basis.digest]

    @contextmanager
    def reading(self, filters: Filters) -> Iterator[sqlite3.Connection]:
        """A `snapshot` for a query with these filters, whose key must have existed."""
        with self.snapshot() as connection:
            self._check(filters)
            yield connection

    def _check(self, filters: Filters) -> None:
        """A key that never was is an unknown name, not an empty page."""
        name = filters.key_name
        if name is None or name == LOCAL:
            return
        if not self._connection.execute("SELECT 1 FROM keys WHERE name = ?", (name,)).fetchone():
            from ecocli.store import keys

            raise keys.unknown(self._connection, name)
