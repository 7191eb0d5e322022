"""`GET /v1/summary` and `GET /v1/report`: what the commands print as JSON."""

from dataclasses import replace
from datetime import tzinfo
from functools import partial

from ecocli.catalog.entries import Entries
from ecocli.serve import filters, operations
from ecocli.serve.access import READ
from ecocli.serve.messages import JSON, Request, Response, json_bytes
from ecocli.serve.refusals import Refused
from ecocli.serve.routing import GET, Route
from ecocli.store import Store
from ecocli.store.history import Filters

DEFAULT = ("month",)


async def summary(request: Request) -> Response:
    """Totals by `by`, which may be there several times, or hold several names with commas."""
    from ecocli.analysis import summaries

    query = request.query
    query.check((*filters.NAMES, "by", "sort"), (*filters.REPEATABLE, "by"))
    chosen, tz = filters.of(request)
    parts = [[given] if given.startswith("tag:") else given.split(",") for given in query.all("by") or DEFAULT]
    names = tuple(part.strip() for given in parts for part in given)
    summaries.check(names)
    sort = query.get("sort")
    if sort is not None and sort not in (*summaries.SORTS, *names):
        raise Refused("bad-parameter", "sort: is no figure, and nothing that calls are grouped by", f"the figures are {', '.join(summaries.SORTS)}")
    look = partial(_summary, filters=chosen, names=names, sort=sort, tz=tz, now_ms=request.services.clock())
    return Response(await request.services.readers.read(look))


def _summary(store: Store, filters: Filters, names: tuple[str, ...], sort: str | None, tz: tzinfo, now_ms: int) -> bytes:
    from ecocli.analysis import summaries
    from ecocli.analysis.budgets import all_spent
    from ecocli.contract import budgets as contract_budgets
    from ecocli.contract import summary as contract_summary

    with store.snapshot():
        found = summaries.summary(store, filters, names, tz, now_ms)
        budgets = all_spent(store, tz, now_ms)
    if sort is not None:
        found = replace(found, groups=summaries.ordered(found.groups, sort))
    return json_bytes(contract_summary.body(found, list(map(contract_budgets.row, budgets))))


async def report(request: Request) -> Response:
    """The greenhouse gas report of a period."""
    request.query.check(filters.NAMES, filters.REPEATABLE)
    chosen, tz = filters.of(request)
    look = partial(_report, catalog=request.services.configured.catalog, filters=chosen, tz=tz, now_ms=request.services.clock())
    return Response(await request.services.readers.read(look))


def _report(store: Store, catalog: Entries, filters: Filters, tz: tzinfo, now_ms: int) -> bytes:
    from ecocli import reports
    from ecocli.contract import report as contract_report
    from ecocli.reports import locking

    made = reports.report(store, catalog, filters, tz, now_ms)
    return json_bytes(contract_report.body(locking.with_restatement(store, made)))


ROUTES = (
    Route(
        GET, "/v1/summary", summary, "Totals by time, model, provider, region, key, source or tag", READ, (JSON,),
        operation=operations.reading(None, *operations.FILTERS, operations.texts("by", "What the calls are grouped by."), operations.text("sort", "A figure, by which groups fall.")),
    ),
    Route(GET, "/v1/report", report, "The greenhouse gas report of a period", READ, (JSON,), operation=operations.reading(None, *operations.FILTERS)),
)  # fmt: skip
