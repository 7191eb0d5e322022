"""The use case: what another eco recorded, in its own file or in its full history, without counting it twice."""

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote

from ecocli.core.footprint import Assessment, Basis
from ecocli.errors import BadData, MissingFile, StoreError, UsageError, quoted, shorten
from ecocli.exchange.histories import UNSOUND, check_basis, check_call, foreign_call
from ecocli.ingest import documents
from ecocli.ingest.reading import Rejected
from ecocli.pipeline.assessment import digest
from ecocli.store import Store, failures, migrations
from ecocli.store.rows import NewCall, Result, StoredCall
from ecocli.store.union import (
    ForeignCall,
    ForeignKey,
    ForeignResult,
    Union,
    foreign_keys,
)

OTHER_HINT = "give the path of another machine's eco.db"


def merge(other: Path, store: Store, now_ms: int) -> Iterator[str]:
    """What became of each call of another store. The caller holds the transaction."""
    with _copy(other, store.path) as path, Store.open(path) as opened, store.transaction() as connection:
        union = Union(store, connection, now_ms)
        for foreign in _calls(opened, other):
            yield union.add(foreign)


def import_history(stream: BinaryIO, name: str, store: Store, now_ms: int) -> Iterator[str | Rejected]:
    """What became of each line of a full history; all but what is rejected is stored together."""
    with store.transaction() as connection:
        union = Union(store, connection, now_ms)
        for where, row in _rows(stream, name):
            try:
                yield union.add(foreign_call(row if not isinstance(row, bytes) else documents.parse(row)))
            except BadData as error:
                yield Rejected(error, where, b"")


def _rows(stream: BinaryIO, name: str) -> Iterator[tuple[str, Any]]:
    """One row per line, or all of them inside what `--format json` prints."""
    number, first = documents.first_line(stream)
    if first.lstrip().startswith(b'{"status"'):
        body = documents.parse(documents.read_all(stream, first), name)
        rows = body.get("data") if isinstance(body, dict) else None
        yield from ((f"{name}: row {at}", row) for at, row in enumerate(rows if isinstance(rows, list) else (), 1))
    else:
        yield from ((f"{name}:{at}", line) for at, line in documents.lines(stream, first, number))


@contextmanager
def _copy(other: Path, own: Path) -> Iterator[Path]:
    """
    A private copy of the other store as it is now, in a temporary folder: an older one is brought up to date
    there, and not a byte is written where the other one lies.
    """
    if other.is_dir():
        raise MissingFile(f"{quoted(str(other), 200)} is a folder", OTHER_HINT)
    if not other.is_file():
        raise MissingFile(f"no file {quoted(str(other), 200)}", OTHER_HINT)
    if own.exists() and os.path.samefile(other, own):
        raise UsageError("a store cannot be merged with itself", OTHER_HINT)
    with tempfile.TemporaryDirectory(prefix="eco-merge-") as folder, failures.explained(other):
        path = Path(folder) / "other.db"
        _copy_to(path, other)
        yield path


def _copy_to(path: Path, other: Path) -> None:
    address = f"file:{quote(str(other.absolute()))}?mode=ro"
    with closing(sqlite3.connect(address, uri=True)) as source, closing(sqlite3.connect(path)) as copy:
        try:
            source.backup(copy)
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_NOTADB:
                raise
            raise BadData(f"{quoted(str(other), 200)} is not a database", OTHER_HINT, code="no-other-store") from error
    os.chmod(path, 0o600)
    with closing(sqlite3.connect(path)) as copy:
        if not copy.execute("PRAGMA application_id").fetchone()[0]:
            raise BadData(f"{quoted(str(other), 200)} is not a store of eco", OTHER_HINT)
        migrations.pending(copy, other)  # refuses what another program or a newer eco wrote


def _calls(opened: Store, other: Path) -> Iterator[ForeignCall]:
    """Every call of another store. It is a file from outside: what eco would not have written is refused."""
    try:
        keys, bases = foreign_keys(opened), _Bases(opened)
        for call in opened.rows():
            check_call(call)
            yield _foreign(call, opened, keys, bases)
    except BadData as error:
        raise documents.at(error, shorten(str(other), 200)) from error
    except (StoreError, sqlite3.OperationalError, *UNSOUND) as error:
        reason = error.__cause__ if isinstance(error, StoreError) else error  # a StoreError names the copy, which nobody knows
        raise BadData(f"{quoted(str(other), 200)} is damaged: {shorten(repr(reason))}", code="other-store-damaged") from error


class _Bases:
    """The bases of a store, each read once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[int, Basis] = {}

    def get(self, basis_id: int, started_at_ms: int) -> Basis:
        if basis_id not in self._known:
            content = self._store.basis(basis_id).content
            found = Basis(content, digest(content))  # another store's word for it could mislead this one
            check_basis(found, started_at_ms)
            self._known[basis_id] = found
        return self._known[basis_id]


def _foreign(call: StoredCall, store: Store, keys: dict[int, ForeignKey], bases: _Bases) -> ForeignCall:
    new = NewCall(
        usage=call.usage,
        provider=call.provider,
        provider_name=call.provider_name,
        call_id=call.call_id,
        model_id=call.model_id,
        final_region=call.final_region,
        calculation_method=call.calculation_method,
        started_at_ms=call.started_at_ms,
        recorded_at_ms=call.recorded_at_ms,
        key_id=None,
        assessment=_assessment(call, bases, call.started_at_ms),
        computed_at_ms=call.computed_at_ms,
    )
    past = tuple(_result(result, bases, call.started_at_ms) for result in store.past_results(call.row_id))
    return ForeignCall(new, past, None if call.key_id is None else keys[call.key_id])


def _result(result: Result, bases: _Bases, started_at_ms: int) -> ForeignResult:
    named = (result.model_id, result.final_region, result.calculation_method)
    return ForeignResult(_assessment(result, bases, started_at_ms), *named, result.computed_at_ms)


def _assessment(result: Result, bases: _Bases, started_at_ms: int) -> Assessment:
    return Assessment(result.footprint, bases.get(result.basis_id, started_at_ms), result.assumptions)
