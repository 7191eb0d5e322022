"""Suppliers' own figures beside the estimate of the same provider, months and places. They are in no total."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, tzinfo
from typing import TYPE_CHECKING, NamedTuple

from ecocli.analysis import periods
from ecocli.catalog.entries import Entries
from ecocli.catalog.regions import resolve_site
from ecocli.core import hosting
from ecocli.core.days import midnight_ms, shifted
from ecocli.core.matches import METHOD_OF_REGION_MATCH
from ecocli.core.quantity import ZERO, Estimate
from ecocli.core.supplier_figures import AWS, AZURE, GOOGLE_CLOUD, LOCATION, SUPPLIERS, TOTAL, Identity
from ecocli.errors import UnknownRegion
from ecocli.store.history import Filters
from ecocli.store.supplier_figures import Edition, SupplierFigures, as_of
from ecocli.store.totals import TAG, PartialSums, starts, sums
from ecocli.util.valueclass import value_class

if TYPE_CHECKING:
    from ecocli.store import Store

PROVIDERS = {GOOGLE_CLOUD: ("google", "gcp"), AWS: ("aws", "amazon"), AZURE: ("azure",)}
"""The ids that calls to the AI service of each supplier are recorded under."""
FIGURES = ("co2_g", "embodied_co2_g")
MACHINES = (hosting.OWN, hosting.RENTED)
"""Calls that a machine answered, which the supplier may let, and not its AI service."""
PLACES = ("EXACT_REGION", "REGION_SPECIFIC")
"""How a name was resolved that means a place."""
KG = 1000.0
"""In grams."""


@value_class(frozen=True, slots=True)
class SupplierLine:
    """One supplier, month and place: what the supplier says, and what the calls are estimated at."""

    supplier: str
    month: str
    place: str | None
    """As eco counts with it; as the supplier writes it where eco does not know it."""
    services: tuple[str, ...]
    kg: Mapping[str | None, float]
    """The supplier's figures by how electricity counts in them; empty where it has none."""
    scopes: tuple[str, ...]
    """The supplier's own scopes in them, as far as it tells them apart."""
    model_versions: tuple[str, ...]
    calls: int
    co2_g: Estimate
    """Of electricity, location-based, and of making the hardware."""

    @property
    def given_kg(self) -> float | None:
        """The figure that the estimate is comparable with: never the market-based one."""
        return self.kg.get(LOCATION, self.kg.get(None))

    @property
    def ratio(self) -> float | None:
        return ratio(self.co2_g, self.given_kg) if self.calls else None


@value_class(frozen=True, slots=True)
class SupplierTotal:
    """One supplier, over the months that it has figures of."""

    supplier: str
    months: int
    lines: Sequence[SupplierLine]
    calls_in_other_months: int
    """Recorded calls of the period in months without a figure."""

    def estimate_g(self, only_compared: bool = False) -> Estimate:
        return added(line.co2_g for line in self.lines if not only_compared or is_compared(line))

    def given_kg(self, only_compared: bool = False) -> float:
        return sum(line.given_kg or 0.0 for line in self.lines if not only_compared or is_compared(line))

    @property
    def ratio(self) -> float | None:
        """Of the months and places for which there are both."""
        return ratio(self.estimate_g(True), self.given_kg(True))

    @property
    def estimate_share(self) -> float | None:
        """Share of the estimate that has a supplier's figure beside it. [1]"""
        whole = self.estimate_g().value
        return self.estimate_g(True).value / whole if whole else None

    @property
    def given_share(self) -> float | None:
        """Share of the supplier's figure that has recorded calls beside it. [1]"""
        whole = self.given_kg()
        return self.given_kg(True) / whole if whole else None


@value_class(frozen=True, slots=True)
class Restated:
    """What a supplier changed in a month that it had given figures of."""

    supplier: str
    month: str
    basis: str | None
    before_kg: float
    now_kg: float
    before_versions: tuple[str, ...]
    now_versions: tuple[str, ...]


@value_class(frozen=True, slots=True)
class BesideSuppliers:
    """All of it."""

    totals: Sequence[SupplierTotal] = ()
    restated: Sequence[Restated] = ()
    cut_months: Sequence[str] = ()
    """Months with figures, of which the period has a part only."""
    is_filtered: bool = False
    """Nothing is compared: figures are of a whole account, and the calls a choice of them."""
    later: int = 0
    """Editions of whole months that came after the moment as of which the figures are."""


class _Place(NamedTuple):
    month: str
    place: str | None


def ratio(estimate_g: Estimate, given_kg: float | None) -> float | None:
    """The estimate over the supplier's figure; None where that is unknown or zero."""
    return estimate_g.value / KG / given_kg if given_kg else None


def is_compared(line: SupplierLine) -> bool:
    """True where there is a figure of the supplier, and a call."""
    return line.given_kg is not None and line.calls > 0


def added(estimates: Iterable[Estimate]) -> Estimate:
    return sum(estimates, ZERO)


def beside_suppliers(store: "Store", catalog: Entries, filters: Filters, tz: tzinfo, as_of_ms: int | None = None) -> BesideSuppliers:
    """
    Suppliers' figures of the months that lie in the period as a whole, beside the calls that the filters choose.

    Args:
        as_of_ms: Leave out what suppliers said later.
    """
    every = list(SupplierFigures(store).each())
    editions = every if as_of_ms is None else as_of(every, as_of_ms)
    of_period = replace(filters, start_ms=None, end_ms=None)
    if not every or of_period != Filters():
        return BesideSuppliers(is_filtered=bool(editions))
    whole = {month for month in _months(every) if _is_whole(month, filters, tz)}
    cut = sorted(month for month in _months(editions) - whole if _is_touched(month, filters, tz))
    chosen = [edition for edition in editions if edition.figure.of.month in whole]
    totals = [_total(supplier, store, catalog, filters, tz, chosen) for supplier in SUPPLIERS if any(each.figure.of.supplier == supplier for each in chosen)]
    later = sum(edition.figure.of.month in whole for edition in every) - len(chosen)
    return BesideSuppliers(totals, list(_restated(chosen)), cut, later=later)


def _months(editions: Iterable[Edition]) -> set[str]:
    return {edition.figure.of.month for edition in editions}


def _bounds_ms(month: str, tz: tzinfo) -> tuple[int, int]:
    first = date.fromisoformat(f"{month}-01")
    return midnight_ms(first, tz), midnight_ms(shifted("month", first, 1), tz)


def _is_whole(month: str, filters: Filters, tz: tzinfo) -> bool:
    start_ms, end_ms = _bounds_ms(month, tz)
    return (filters.start_ms is None or filters.start_ms <= start_ms) and (filters.end_ms is None or end_ms <= filters.end_ms)


def _is_touched(month: str, filters: Filters, tz: tzinfo) -> bool:
    start_ms, end_ms = _bounds_ms(month, tz)
    return (filters.start_ms is None or filters.start_ms < end_ms) and (filters.end_ms is None or start_ms < filters.end_ms)


def _total(supplier: str, store: "Store", catalog: Entries, filters: Filters, tz: tzinfo, chosen: Iterable[Edition]) -> SupplierTotal:
    given: dict[_Place, list[Edition]] = {}
    for edition in chosen:
        if edition.figure.of.supplier == supplier and edition.replaced_at_ms is None:
            given.setdefault(_Place(edition.figure.of.month, _place(catalog, edition.figure.of)), []).append(edition)
    months = {place.month for place in given}
    calls = _calls(store, supplier, filters, tz)
    places = sorted({*given, *(place for place in calls if place.month in months)}, key=lambda place: (place.month, place.place or ""))
    lines = [_line(supplier, place, given.get(place, []), calls.get(place)) for place in places]
    others = sum(parts.sum().calls for place, parts in calls.items() if place.month not in months)
    return SupplierTotal(supplier, len(months), lines, others)


def _place(catalog: Entries, of: Identity) -> str | None:
    """The supplier's place as calls there have it; as it is written where that is no place, such as "global"."""
    try:
        found = resolve_site(catalog, PROVIDERS[of.supplier][0], of.place, fallback=False)
    except UnknownRegion:
        return of.place
    return found.spec.region if METHOD_OF_REGION_MATCH[found.match] in PLACES else of.place


def _calls(store: "Store", supplier: str, filters: Filters, tz: tzinfo) -> dict[_Place, PartialSums]:
    found: dict[_Place, PartialSums] = {}
    months = starts(store, filters, periods.bounds("month", tz))
    for provider in PROVIDERS[supplier] if months else ():
        by: tuple[str | Sequence[int], ...] = (months, "region", "hosting", f"{TAG}{hosting.TAG}")
        for (start_ms, region, field, tag), parts in sums(store, replace(filters, provider=provider), by, figures=FIGURES).items():
            if hosting.stated(field, tag) in MACHINES:
                continue
            found.setdefault(_Place(periods.label("month", start_ms, tz), region), PartialSums(FIGURES)).include(parts)
    return found


def _line(supplier: str, place: _Place, editions: Sequence[Edition], parts: PartialSums | None) -> SupplierLine:
    figures = [edition.figure for edition in editions]
    sum_ = (parts or PartialSums(FIGURES)).sum()
    return SupplierLine(
        supplier,
        place.month,
        place.place,
        tuple(sorted({figure.of.service for figure in figures})),
        _kg(editions),
        tuple(sorted({figure.of.scope for figure in figures} - {TOTAL})),
        _versions(editions),
        sum_.calls,
        added(sum_[name] for name in FIGURES),
    )


def _kg(editions: Iterable[Edition]) -> dict[str | None, float]:
    """By basis: totals where the supplier gives them, else the sums of its scopes."""
    figures = [edition.figure for edition in editions]
    totals = [figure for figure in figures if figure.of.scope == TOTAL]
    found: dict[str | None, float] = {}
    for figure in totals or figures:
        found[figure.of.basis] = found.get(figure.of.basis, 0.0) + figure.kg
    return found


def _versions(editions: Iterable[Edition]) -> tuple[str, ...]:
    return tuple(sorted({edition.figure.model_version for edition in editions if edition.figure.model_version}))


def _restated(editions: Sequence[Edition]) -> Iterator[Restated]:
    """By supplier, month and basis: the figures of which there is an earlier edition, as they were last and as they are."""
    by_figure: dict[Identity, list[Edition]] = {}
    for edition in editions:
        by_figure.setdefault(edition.figure.of, []).append(edition)
    groups: dict[tuple[str, str, str | None], list[tuple[Edition, Edition]]] = {}
    for of, each in by_figure.items():
        if len(each) > 1 and (of.scope == TOTAL or of.supplier == AZURE):
            *_, before, now = sorted(each, key=lambda edition: edition.rank)
            groups.setdefault((of.supplier, of.month, of.basis), []).append((before, now))
    for (supplier, month, basis), pairs in sorted(groups.items(), key=lambda item: (*item[0][:2], item[0][2] or "")):
        befores, nows = zip(*pairs, strict=True)
        before_kg, now_kg = (sum(edition.figure.kg for edition in each) for each in (befores, nows))
        yield Restated(supplier, month, basis, before_kg, now_kg, _versions(befores), _versions(nows))
