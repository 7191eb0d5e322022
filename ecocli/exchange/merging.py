"""The use case: calls that another eco recorded, from its own file or its full history, without counting any twice."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import chain, repeat
from pathlib import Path
from types import MappingProxyType
from typing import Any, BinaryIO

from ecocli.core.footprint import Assessment, Basis
from ecocli.errors import BadData, quoted
from ecocli.exchange import validation
from ecocli.exchange.bases import UNSOUND, check_basis
from ecocli.exchange.histories import foreign_call
from ecocli.ingest import documents
from ecocli.ingest.reading import Rejected
from ecocli.pipeline.bases import digest
from ecocli.pipeline.writing import shared_basis
from ecocli.store import Store, foreign
from ecocli.store.merge import ForeignCall, ForeignKey, foreign_keys
from ecocli.store.reports import OfCall
from ecocli.store.rows import NewCall, NewResult, Result, StoredCall
from ecocli.store.supplier_figures import DUPLICATE, Edition, SupplierFigures, check_edition
from ecocli.store.trail import Withdrawal
from ecocli.util.spool import Spool

FIGURES = "supplierFigures"
"""The outcome of each supplier's figure that was taken in."""
HELD = 100
"""Calls in memory, before they wait in a file."""


def merge(other: Path, store: Store, now_ms: int) -> Iterator[str | Rejected]:
    """Merge another store: the outcome of each of its calls, one by one, in the words of store/merge.py; all but what is refused is stored together."""
    with foreign.opened(other, store.path) as opened:
        with foreign.reading(other):
            reports, keys = opened.reports.all(), _sound_keys(opened)
        yield from _merged(_calls(opened, other), store, now_ms, _figures(opened, other, now_ms), reports, keys)


def _sound_keys(opened: Store) -> dict[int, ForeignKey]:
    """Without those that no eco would have made."""
    found = {}
    for row_id, key in foreign_keys(opened).items():
        with suppress(BadData):
            validation.check_key(key)
            found[row_id] = key
    return found


def import_history(stream: BinaryIO, name: str, store: Store, now_ms: int) -> Iterator[str | Rejected]:
    """Merge a full history: the outcome of each of its lines; all but what is rejected is stored together."""
    yield from _merged(_lines(stream, name), store, now_ms)


def _merged(
    found: Iterable[ForeignCall | Rejected], store: Store, now_ms: int, figures: Iterable[Edition | Rejected] = (), reports: Sequence[OfCall] = (),
    keys: Mapping[int, ForeignKey] = MappingProxyType({}),
) -> Iterator[str | Rejected]:  # fmt: skip
    """The store is not locked before all calls have been read and checked, which takes longer than storing them, and waits for a pipe."""
    with Spool[ForeignCall](shared_basis, HELD) as withdrawn, Spool[ForeignCall](shared_basis, HELD) as counting:
        for call in found:
            if isinstance(call, Rejected):
                yield call
            else:
                (withdrawn if call.withdrawal else counting).add(call)
        editions = []
        for figure in figures:
            if isinstance(figure, Rejected):
                yield figure
            else:
                editions.append(figure)
        with store.transaction():
            merger = store.merger(now_ms, reports, keys)
            yield from map(merger.add, chain(withdrawn.take(), counting.take()))
            merger.take_over_reports()
            outcomes = SupplierFigures(store).add(editions, now_ms)
            yield from repeat(FIGURES, outcomes.total() - outcomes[DUPLICATE])


def _lines(stream: BinaryIO, name: str) -> Iterator[ForeignCall | Rejected]:
    for where, row in _rows(stream, name):
        try:
            call = foreign_call(row if not isinstance(row, bytes) else documents.parse(row))
            validation.check(call)
        except BadData as error:
            yield Rejected(error, where, b"")
        else:
            yield call


def _rows(stream: BinaryIO, name: str) -> Iterator[tuple[str, Any]]:
    """One row per line, or all of them inside what `--format json` prints."""
    number, first = documents.first_line(stream)
    if first.lstrip().startswith(b'{"status"'):
        body = documents.parse(documents.read_all(stream, first), name)
        rows = body.get("data") if isinstance(body, dict) else None
        yield from ((f"{name}: row {at}", row) for at, row in enumerate(rows if isinstance(rows, list) else (), 1))
    else:
        yield from ((f"{name}:{at}", line) for at, line in documents.lines(stream, first, number))


def _calls(opened: Store, other: Path) -> Iterator[ForeignCall | Rejected]:
    """Every call of another store. It is a file from outside: a call that eco would not have written is refused."""
    with foreign.reading(other):
        try:
            keys, bases = foreign_keys(opened), _Bases(opened)
            for entry in opened.trail.each():
                yield _checked(entry.call, entry.past, keys, bases, entry.withdrawal)
            for call in opened.rows():
                yield _checked(call, opened.past_results(call.row_id), keys, bases)
        except UNSOUND as error:
            raise foreign.damaged(other, error) from error


def _figures(opened: Store, other: Path, now_ms: int) -> Iterator[Edition | Rejected]:
    """What suppliers say, of another store's imports."""
    with foreign.reading(other):
        for edition in SupplierFigures(opened).each():
            try:
                check_edition(edition)
            except BadData as error:
                yield Rejected(error, "a supplier's figure", b"")
            else:  # a time to come would hold against whatever is imported until then
                yield edition._replace(imported_at_ms=min(edition.imported_at_ms, now_ms))


def _checked(
    call: StoredCall, past: Iterable[Result], keys: dict[int, ForeignKey], bases: "_Bases", withdrawal: Withdrawal | None = None
) -> ForeignCall | Rejected:
    try:
        found = _foreign(call, past, keys, bases, withdrawal)
        validation.check(found)
    except BadData as error:
        return Rejected(error, f"call {quoted(call.call_id)}", b"")
    return found


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


def _foreign(call: StoredCall, past: Iterable[Result], keys: dict[int, ForeignKey], bases: _Bases, withdrawal: Withdrawal | None) -> ForeignCall:
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
    earlier = tuple(_result(result, bases, call.started_at_ms) for result in past)
    return ForeignCall(new, earlier, None if call.key_id is None else keys[call.key_id], withdrawal)


def _result(result: Result, bases: _Bases, started_at_ms: int) -> NewResult:
    named = (result.model_id, result.final_region, result.calculation_method)
    return NewResult(_assessment(result, bases, started_at_ms), *named, result.computed_at_ms)


def _assessment(result: Result, bases: _Bases, started_at_ms: int) -> Assessment:
    return Assessment(result.footprint, bases.get(result.basis_id, started_at_ms), result.assumptions, result.grid_g_per_kwh)
