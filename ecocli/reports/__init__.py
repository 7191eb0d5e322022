"""The greenhouse gas report of a period: GHG Protocol scopes, ESRS datapoints, data quality, factors and what is left out."""

from collections.abc import Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING

from ecocli.analysis import periods
from ecocli.catalog.entries import Entries
from ecocli.core.quantity import ZERO, Estimate
from ecocli.reports.esrs import Datapoint, applies, datapoints
from ecocli.reports.lines import Line, lines
from ecocli.reports.quality import Dimension, dimensions
from ecocli.reports.scopes import Scopes, split, warnings
from ecocli.reports.sources import UsedFactor, assumptions, factors
from ecocli.store.breakdown import Amounts, Breakdown, breakdown
from ecocli.store.history import Filters
from ecocli.store.totals import starts, sums
from ecocli.util.valueclass import value_class

if TYPE_CHECKING:
    from ecocli.store import Store

MOST_MONTHS = 36
"""A longer time is shown by years."""


@value_class(frozen=True, slots=True)
class Span:
    """The calls of one day, month or year."""

    label: str
    start_ms: int
    calls: int
    co2_g: Estimate
    """Operational, location-based."""


@value_class(frozen=True, slots=True)
class Report:
    """Everything that the report says, in full precision; watt-hours, grams and millilitres."""

    filters: Filters
    tz: tzinfo
    now_ms: int
    first_ms: int | None
    """Start of the earliest call, None without calls."""
    last_ms: int | None
    total: Amounts
    scopes: Scopes
    providers: list[Line]
    models: list[Line]
    regions: list[Line]
    over_time: list[Span]
    period: str
    """What `over_time` is divided into: day, month or year."""
    quality: list[Dimension]
    widest: list[Line]
    """What contributes most to the range, by the share of emissions where it does."""
    factors: list[UsedFactor]
    assumptions: list[Line]
    methods: list[Line]
    editions: list[Line]
    datapoints: list[Datapoint]
    applies: str
    """Which version of the ESRS holds for a financial year that begins with the period."""
    warnings: list[str]
    """What a reader should mend before relying on the figures."""


def report(store: "Store", catalog: Entries, filters: Filters, tz: tzinfo, now_ms: int) -> Report:
    """
    The report on the calls that `filters` choose.

    Args:
        catalog: Says which providers are one's own servers.
        tz: Zone of days and months.
        now_ms: When the report is made. [ms since 1970, UTC]
    """
    with store.snapshot():
        found = breakdown(store, filters)
        period, over_time = _over_time(store, filters, tz)
    scopes = split(found, catalog)
    return Report(
        filters,
        tz,
        now_ms,
        found.first_ms,
        found.last_ms,
        Amounts.of(found.cells.values()),
        scopes,
        **_groups(found),
        over_time=over_time,
        period=period,
        quality=dimensions(found),
        factors=factors(found),
        assumptions=assumptions(found),
        datapoints=datapoints(scopes),
        applies=applies(found.first_ms if filters.start_ms is None else filters.start_ms, tz),
        warnings=warnings(found),
    )


def _groups(found: Breakdown) -> dict[str, list[Line]]:
    return {
        "providers": lines(found, lambda cell, _: cell.provider_name),
        "models": lines(found, lambda cell, _: cell.model),
        "regions": lines(found, lambda cell, _: cell.region),
        "widest": lines(found, lambda cell, _: cell.dominant_factor),
        "methods": lines(found, lambda _, basis: basis["method"]),
        "editions": lines(found, lambda _, basis: basis["data_edition"]),
    }


def _over_time(store: "Store", filters: Filters, tz: tzinfo) -> tuple[str, list[Span]]:
    """By months; by days when all lies in one month, by years when there are many. Between the first and the last none is left out."""
    months = starts(store, filters, periods.bounds("month", tz))
    period = "day" if len(months) < 2 else "month" if len(months) <= MOST_MONTHS else "year"
    around = periods.bounds(period, tz)
    found = sums(store, filters, [months if period == "month" else starts(store, filters, around)])
    known = {start_ms: parts.sum() for (start_ms,), parts in found.items()}
    each = _each(period, tz, sorted(known))
    return period, [
        Span(periods.label(period, at, tz), at, known[at].calls, known[at]["co2_g"])
        if at in known
        else Span(periods.label(period, at, tz), at, 0, ZERO)
        for at in each
    ]


def _each(period: str, tz: tzinfo, known: Sequence[int]) -> list[int]:
    """First milliseconds of every period from the first known to the last."""
    each, around = list(known[:1]), periods.bounds(period, tz)
    while each and each[-1] < known[-1]:
        each.append(around(each[-1])[1])
    return each
