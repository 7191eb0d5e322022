"""What suppliers say of their own services. A later edition takes the place of an earlier one, which is kept."""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from ecocli.core.supplier_figures import LONGEST, Figure, Identity, check
from ecocli.errors import BadData, quoted
from ecocli.util.valueclass import value_class

if TYPE_CHECKING:
    from ecocli.store import Store

SELECT = (
    "SELECT supplier, account, service, place, month, scope, basis, kg, model_version, file, imported_at_ms, replaced_at_ms "
    "FROM supplier_figures ORDER BY supplier, month, place, account, service, scope, basis, id"
)
INSERT = (
    "INSERT INTO supplier_figures (supplier, account, service, place, month, scope, basis, kg, model_version, file, imported_at_ms, replaced_at_ms) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
DELETE = "DELETE FROM supplier_figures WHERE supplier = ? AND account = ? AND service = ? AND place IS ? AND month = ? AND scope = ? AND basis IS ?"
OVERVIEW = "SELECT count(DISTINCT file), max(imported_at_ms), total(replaced_at_ms IS NULL) FROM supplier_figures"

NEW, RESTATED, OLDER, DUPLICATE = "new", "restated", "older", "duplicates"


class Edition(NamedTuple):
    """A figure as one file gave it."""

    figure: Figure
    file: str
    """Its name, without the folder."""
    imported_at_ms: int
    replaced_at_ms: int | None = None
    """None for the edition that holds."""

    @property
    def rank(self) -> tuple[tuple[int, ...], int, str, float]:
        """The later version of the supplier's method holds; of one version, what was imported last."""
        return self.figure.rank, self.imported_at_ms, self.file, self.figure.kg


def as_of(editions: Iterable[Edition], at_ms: int) -> list[Edition]:
    """The editions that had come by a moment, with those that held then."""
    there = [edition for edition in editions if edition.imported_at_ms <= at_ms]
    holding = {edition.figure.of: edition for edition in sorted(there, key=lambda edition: edition.rank)}
    return [edition._replace(replaced_at_ms=None if edition is holding[edition.figure.of] else edition.replaced_at_ms or at_ms) for edition in there]


def check_edition(edition: Edition) -> None:
    """BadData for one that no import would have stored."""
    check(edition.figure)
    if not 0 < len(edition.file) <= LONGEST:
        raise BadData(f"file: must have 1 to {LONGEST} characters, not {quoted(edition.file)}")


@value_class(frozen=True, slots=True)
class Overview:
    """How much there is."""

    files: int = 0
    imported_at_ms: int | None = None
    figures: int = 0


class SupplierFigures:
    """The figures of one store."""

    def __init__(self, store: "Store") -> None:
        self._store, self._connection = store, store.connection

    def each(self) -> Iterator[Edition]:
        """Every edition."""
        with self._store.snapshot():
            for *of, kg, version, file, imported_at_ms, replaced_at_ms in self._connection.execute(SELECT):
                yield Edition(Figure(Identity(*of), kg, version), file, imported_at_ms, replaced_at_ms)

    def overview(self) -> Overview:
        with self._store.snapshot():
            files, imported_at_ms, figures = self._connection.execute(OVERVIEW).fetchone()
        return Overview(files, imported_at_ms, int(figures))

    def plan(self, editions: Iterable[Edition]) -> Counter[str]:
        """What `add` would come to."""
        return _joined(self._known(), editions)[0]

    def add(self, editions: Iterable[Edition], now_ms: int) -> Counter[str]:
        """
        Keep editions, inside a transaction; in whichever order they come, the same ones hold in the end.

        Returns:
            How many were new, how many took the place of an earlier edition, how many are of an earlier one, and how many were known.
        """
        known = self._known()
        outcomes, changed = _joined(known, editions)
        for of in changed:
            *earlier, holds = sorted(known[of], key=lambda edition: edition.rank)
            replaced = [edition._replace(replaced_at_ms=edition.replaced_at_ms or now_ms) for edition in earlier]
            self._connection.execute(DELETE, of)
            self._connection.executemany(INSERT, map(_values, (*replaced, holds._replace(replaced_at_ms=None))))
        return outcomes

    def forget(self, supplier: str | None) -> int:
        """Remove the figures of a supplier, or all, to the last byte: how many editions they were."""
        from ecocli.store import forgotten

        with forgotten.thoroughly(self._connection), self._store.transaction():
            removed = self._connection.execute("DELETE FROM supplier_figures WHERE ?1 IS NULL OR supplier = ?1", (supplier,)).rowcount
        if removed:
            self._store.vacuum()
        return removed

    def count(self, supplier: str | None) -> int:
        """How many editions `forget` would remove."""
        with self._store.snapshot():
            count: int = self._connection.execute("SELECT count(*) FROM supplier_figures WHERE ?1 IS NULL OR supplier = ?1", (supplier,)).fetchone()[0]
        return count

    def _known(self) -> dict[Identity, list[Edition]]:
        found: dict[Identity, list[Edition]] = {}
        for edition in self.each():
            found.setdefault(edition.figure.of, []).append(edition)
        return found


def _joined(known: dict[Identity, list[Edition]], editions: Iterable[Edition]) -> tuple[Counter[str], set[Identity]]:
    """Take editions into those that are known: what came of each, and which figures changed."""
    outcomes, changed = Counter({NEW: 0, RESTATED: 0, OLDER: 0, DUPLICATE: 0}), set()
    for edition in editions:
        others = known.setdefault(edition.figure.of, [])
        same = next((at for at, other in enumerate(others) if other.figure == edition.figure), None)
        if same is None:
            outcomes[NEW if not others else RESTATED if edition.rank > max(other.rank for other in others) else OLDER] += 1
            others.append(edition)
        else:
            outcomes[DUPLICATE] += 1
            if others[same].imported_at_ms <= edition.imported_at_ms:
                continue
            # first seen elsewhere: the earlier time is kept, so that merging in either direction ends alike
            others[same] = edition._replace(replaced_at_ms=others[same].replaced_at_ms)
        changed.add(edition.figure.of)
    return outcomes, changed


def _values(edition: Edition) -> tuple[Any, ...]:
    figure = edition.figure
    return *figure.of, figure.kg, figure.model_version, edition.file, edition.imported_at_ms, edition.replaced_at_ms


def problems(connection: sqlite3.Connection) -> Iterator[str]:
    """What no import would have stored."""
    odd = 0
    current: Counter[Identity] = Counter()
    for *of, kg, version, file, imported_at_ms, replaced_at_ms in connection.execute(SELECT):
        identity = Identity(*of)
        current[identity] += replaced_at_ms is None
        try:
            check_edition(Edition(Figure(identity, kg, version), file, imported_at_ms))
        except BadData:
            odd += 1
    if odd:
        yield f"{odd:,} figures of suppliers that are none"
    if lost := sum(1 for count in current.values() if not count):
        yield f"{lost:,} figures of suppliers of which no edition holds"
