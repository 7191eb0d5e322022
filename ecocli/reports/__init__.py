"""The greenhouse gas report of a period: GHG Protocol scopes, ESRS datapoints, data quality, factors and exclusions."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import tzinfo
from itertools import islice
from typing import TYPE_CHECKING

from ecocli.analysis import periods
from ecocli.analysis.methods import mixture
from ecocli.catalog.entries import Entries
from ecocli.catalog.notices import notices_for
from ecocli.core.days import local_day
from ecocli.core.numbers import significant
from ecocli.core.organisation import Instrument, Organisation
from ecocli.core.quantity import Estimate
from ecocli.errors import quoted
from ecocli.reports import spans
from ecocli.reports.comparison import Comparison
from ecocli.reports.costs import Priced, Pricing, priced
from ecocli.reports.coverage import Coverage, coverage
from ecocli.reports.datapoints import Datapoint, applies, datapoints
from ecocli.reports.instruments import of_countries
from ecocli.reports.largest import Largest, largest
from ecocli.reports.lines import Line, lines
from ecocli.reports.market import WH_PER_MWH, Market
from ecocli.reports.quality import Dimension, dimensions
from ecocli.reports.sci import Score, of_models, of_sessions
from ecocli.reports.scopes import Scopes, warnings
from ecocli.reports.slices import slices
from ecocli.reports.sources import DoubtfulSource, UsedFactor, assumptions, doubtful, factors
from ecocli.reports.suppliers import BesideSuppliers, beside_suppliers
from ecocli.reports.totals import groups, of_groups
from ecocli.store.breakdown import Amounts
from ecocli.store.coverage import uncounted
from ecocli.store.history import Filters
from ecocli.store.row_digest import RowDigest, row_digest
from ecocli.store.totals import PartialSums, Sum, starts
from ecocli.store.trail import MonthOfCorrections
from ecocli.util.valueclass import value_class

if TYPE_CHECKING:
    from ecocli.reports.locking import Restatement
    from ecocli.store import Store

MAX_SPANS = 120
"""More days, months or years are shown without those that have no calls."""
MAX_MONTHS = 36
"""A longer time is divided into years."""


@value_class(frozen=True, slots=True)
class Span:
    """The calls of one day, month or year."""

    label: str
    start_ms: int
    calls: int
    co2_g: Estimate
    """Operational, location-based."""


@value_class(frozen=True, slots=True)
class CostCentre:
    """The calls of one cost centre."""

    name: str | None
    sum: Sum
    """Of facility_energy_wh, co2_g and embodied_co2_g."""


@value_class(frozen=True, slots=True)
class Report:
    """The content of the report in full precision, in watt-hours, grams and millilitres."""

    filters: Filters
    tz: tzinfo
    now_ms: int
    first_ms: int | None
    """Start of the earliest call, None without calls."""
    last_ms: int | None
    total: Amounts
    organisation: Organisation
    scopes: Scopes
    market: Market
    providers: list[Line]
    models: list[Line]
    regions: list[Line]
    over_time: list[Span]
    period: str
    """Length of the spans in `over_time`: day, month or year."""
    quality: list[Dimension]
    corrections: list[MonthOfCorrections]
    """Calls that are in no figure, because they were undone, replaced or removed for good."""
    coverage: Coverage
    scores: list[Score]
    cost_centres: list[CostCentre]
    suppliers: BesideSuppliers
    """Suppliers' own figures, which are in no other."""
    doubtful: list[DoubtfulSource]
    widest: list[Line]
    """Factors that contribute most to the range of a call, by the share of emissions that they do this for."""
    factors: list[UsedFactor]
    assumptions: list[Line]
    methods: list[Line]
    editions: list[Line]
    datapoints: list[Datapoint]
    applies: str
    """Sentence on the standard that applies to a financial year beginning with the period."""
    largest: Largest | None
    """None without calls."""
    cost: Priced | None
    """None where it was not asked for."""
    credits: list[str]
    """What owners of the factors want to be said, addresses included."""
    warnings: list[str]
    """Problems to correct before relying on the figures, as sentences."""
    instruments: Sequence[Instrument]
    """Markets as ISO 3166-1 alpha-3."""
    evidence: RowDigest
    comparison: Comparison | None = None
    restatement: "Restatement | None" = None
    """Where the period is locked, or was."""


def report(
    store: "Store", catalog: Entries, filters: Filters, tz: tzinfo, now_ms: int, organisation: Organisation | None = None, instruments: Sequence[Instrument] = (),
    pricing: Pricing | None = None, suppliers_as_of_ms: int | None = None,
) -> Report:
    """
    Make the report on the calls that `filters` select.

    Args:
        catalog: Identifies providers that mean own servers, and has the notices of those who own factors.
        tz: Time zone of days and months.
        now_ms: Time of the report. [ms since 1970, UTC]
        organisation: The undertaking; one that said nothing by default.
        instruments: Its contractual instruments.
        pricing: To show costs beside carbon.
        suppliers_as_of_ms: Leave out what suppliers said of their own emissions later. [ms since 1970, UTC]

    Raises:
        BadConfig: An instrument's market is no country.
    """
    organisation = organisation or Organisation()
    instruments = [of_countries(each, catalog) for each in instruments]
    with store.snapshot():
        found = groups(store, filters, tz, organisation)
        period, starts_ms = _periods(store, filters, tz)
        sliced = slices(store, filters, starts_ms, organisation.cost_centre)
        over_time = _over_time(period, sliced.by_start, tz)
        corrections = store.trail.by_month(filters)
        covered = _coverage(store, filters, tz, now_ms)
        cost = priced(store, filters, starts_ms, pricing)
        most = largest(store, catalog, filters)
        evidence = row_digest(store, filters)
        suppliers = beside_suppliers(store, catalog, filters, tz, suppliers_as_of_ms)
    summed, used = of_groups(found, catalog, tz, organisation, instruments), factors(found)
    return Report(
        filters,
        tz,
        now_ms,
        found.first_ms,
        found.last_ms,
        summed.total,
        organisation,
        summed.scopes,
        summed.market,
        providers=summed.providers,
        models=summed.models,
        regions=summed.regions,
        widest=lines(found, lambda cell, _: cell.dominant_factor),
        methods=summed.methods,
        editions=summed.editions,
        over_time=over_time,
        period=period,
        quality=dimensions(found),
        corrections=corrections,
        coverage=covered,
        scores=[*of_models(summed.models), *of_sessions(sliced.sessions)],
        cost_centres=_cost_centres(sliced.cost_centres),
        suppliers=suppliers,
        doubtful=doubtful(found),
        factors=used,
        assumptions=assumptions(found),
        datapoints=datapoints(summed.scopes, summed.market, organisation),
        applies=applies(found.first_ms if filters.start_ms is None else filters.start_ms, tz, organisation.standard),
        largest=most,
        cost=cost,
        credits=notices_for(catalog, (each.factor.source for each in used)),
        warnings=[*spans.unfinished(filters, tz, now_ms), *warnings(found), *_refused(summed.market), *_mixture(summed.methods)],
        instruments=instruments,
        evidence=evidence,
    )


def _refused(by_market: Market) -> Iterator[str]:
    """A sentence on each instrument that stands for more than was used."""
    for each in by_market.refused:
        yield f"Of the instrument {quoted(each.instrument)} {significant(each.energy_wh / WH_PER_MWH)} MWh count for nothing: {each.reason}."


def _mixture(methods: list[Line]) -> Iterator[str]:
    """A sentence where the figures are by more than one method."""
    if sentence := mixture({line.name: line.amounts.calls for line in methods}):
        yield f"The figures are {sentence}."


def _coverage(store: "Store", filters: Filters, tz: tzinfo, now_ms: int) -> Coverage:
    days = [local_day(start_ms, tz) for start_ms in starts(store, filters, periods.bounds("day", tz))]
    first = None if filters.start_ms is None else local_day(filters.start_ms, tz)
    # the end is the first moment that no longer counts; no day to come can have calls
    last = None if filters.end_ms is None else local_day(min(filters.end_ms - 1, now_ms), tz)
    return coverage(days, first, last, uncounted(store, filters))


def _cost_centres(found: Mapping[str | None, Sum]) -> list[CostCentre]:
    """By falling emissions."""
    each = (CostCentre(name, sum) for name, sum in found.items())
    return sorted(each, key=lambda one: (-one.sum["co2_g"].value, one.name or ""))


def _periods(store: "Store", filters: Filters, tz: tzinfo) -> tuple[str, list[int]]:
    """(period, the starts of those with calls): days within one month, years when there are many months, else months."""
    months = starts(store, filters, periods.bounds("month", tz))
    period = "day" if len(months) < 2 else "month" if len(months) <= MAX_MONTHS else "year"
    return period, months if period == "month" else starts(store, filters, periods.bounds(period, tz))


def _over_time(period: str, known: Mapping[int, Sum], tz: tzinfo) -> list[Span]:
    """Without gaps, unless a clock that was wrong by decades makes them so many that nobody would read them."""
    series = list(islice(periods.starts_between(period, tz, min(known), max(known)), MAX_SPANS + 1)) if known else []
    series = series if len(series) <= MAX_SPANS else sorted(known)
    each = ((start_ms, known.get(start_ms) or PartialSums().sum()) for start_ms in series)
    return [Span(periods.label(period, start_ms, tz), start_ms, sum.calls, sum["co2_g"]) for start_ms, sum in each]

