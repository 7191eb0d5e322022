"""The figures of a period that are compared with those of another one, made in one pass over its calls."""

from collections.abc import Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING

from ecocli.analysis import periods
from ecocli.catalog.entries import Entries
from ecocli.core.days import local_day
from ecocli.core.organisation import Instrument, Organisation
from ecocli.reports.lines import Line, lines
from ecocli.reports.market import Market, market
from ecocli.reports.scopes import Scopes, split
from ecocli.store.breakdown import Amounts, Breakdown, breakdown
from ecocli.store.history import Filters
from ecocli.store.totals import starts
from ecocli.util.valueclass import value_class

if TYPE_CHECKING:
    from ecocli.store import Store


@value_class(frozen=True, slots=True)
class Totals:
    """Calls together, by scope, and by what they have in common."""

    total: Amounts
    scopes: Scopes
    market: Market
    providers: list[Line]
    models: list[Line]
    regions: list[Line]
    methods: list[Line]
    editions: list[Line]


def totals(store: "Store", catalog: Entries, filters: Filters, tz: tzinfo, organisation: Organisation, instruments: Sequence[Instrument]) -> Totals:
    """
    Of the calls that `filters` select.

    Args:
        instruments: Markets as ISO 3166-1 alpha-3.
    """
    return of_groups(groups(store, filters, tz, organisation), catalog, tz, organisation, instruments)


def groups(store: "Store", filters: Filters, tz: tzinfo, organisation: Organisation) -> Breakdown:
    """The calls in the groups that a report needs."""
    with store.snapshot():
        return breakdown(store, filters, starts(store, filters, periods.bounds("year", tz)), organisation.entities)


def of_groups(found: Breakdown, catalog: Entries, tz: tzinfo, organisation: Organisation, instruments: Sequence[Instrument]) -> Totals:
    scopes = split(found, catalog, organisation)
    return Totals(
        Amounts.of(found.cells.values()),
        scopes,
        market({(country, _year(start_ms, tz)): each for (country, start_ms), each in scopes.operated.items()}, instruments),
        providers=lines(found, lambda cell, _: cell.provider_name),
        models=lines(found, lambda cell, _: cell.model),
        regions=lines(found, lambda cell, _: cell.region),
        methods=lines(found, lambda _, basis: basis["method"]),
        editions=lines(found, lambda _, basis: basis["data_edition"]),
    )


def _year(start_ms: int | None, tz: tzinfo) -> int | None:
    return None if start_ms is None else local_day(start_ms, tz).year
