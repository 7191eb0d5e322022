"""The costs of a report as JSON: null where no call of a group has a price."""

from collections.abc import Iterable
from typing import Any

from ecocli.analysis.prices import Cost
from ecocli.reports import Report
from ecocli.reports.lines import Line


def costs(report: Report) -> dict[str, Any]:
    """`cost`, where it was asked for: in all, and by the groups that the report has."""
    found = report.cost
    if found is None:
        return {}

    def lines(name: str, of: Iterable[Line]) -> list[dict[str, Any]]:
        return [{"name": line.name} | figures(found.groups[name].get(line.name, Cost())) for line in of]

    spans = [{report.period: span.label} | figures(found.spans.get(span.start_ms, Cost())) for span in report.over_time]
    named = {"currency": found.currency, "source": found.source, "edition": found.edition, "total": figures(found.total)}
    groups = {"byProvider": lines("provider", report.providers), "byModel": lines("model", report.models), "byRegion": lines("region", report.regions)}
    return {"cost": named | groups | {"overTime": spans}}


def figures(cost: Cost) -> dict[str, Any]:
    """Of how many calls a price is known, of how many not, and what the former cost."""
    return {"calls": cost.calls, "pricedCalls": cost.priced, "unpricedCalls": cost.calls - cost.priced, "costUsd": float(cost.usd) if cost.priced else None}
