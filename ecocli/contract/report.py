"""The report as JSON: full precision, and every name with its unit."""

from collections.abc import Iterable
from typing import Any

from ecocli.analysis.methods import is_provisional
from ecocli.contract import report_changes
from ecocli.contract.mega import PER_MEGA, mega
from ecocli.contract.report_costs import costs
from ecocli.contract.report_worked import worked
from ecocli.contract.requirements import requirements
from ecocli.contract.suppliers import beside_suppliers
from ecocli.core.dates import iso
from ecocli.core.quantity import Estimate
from ecocli.core.totals import DEPENDENCE
from ecocli.core.zones import zone_name
from ecocli.reports import CostCentre, Report, Span, statements
from ecocli.reports.classification import data_type, iso_category
from ecocli.reports.lines import Line
from ecocli.reports.market import RUNGS
from ecocli.reports.quality import Dimension
from ecocli.reports.sci import LACKS
from ecocli.reports.scopes import ScopeLine
from ecocli.reports.sources import UsedFactor
from ecocli.store.breakdown import Amounts

FIGURES = {
    "energyMWh": "facility_energy_wh",
    "co2Tonnes": "co2_g",
    "embodiedCo2Tonnes": "embodied_co2_g",
    "waterM3": "water_ml",
    "waterOnsiteM3": "water_onsite_ml",
    "waterOffsiteM3": "water_offsite_ml",
}
"""To the names of Amounts."""
GROSS = {"scope2": 2, "scope3": 3, "total": None}


def body(report: Report) -> dict[str, Any]:
    """The whole report."""
    return {
        "status": "success",
        "title": statements.TITLE,
        "label": statements.LABEL,
        "generated": iso(report.now_ms),
        "period": _period(report),
        "filters": filters(report),
        "warnings": report.warnings,
        "total": figures(report.total),
        "scopes": [_scope(line) for line in report.scopes.lines],
        "gross": {name: _estimate("co2Tonnes", report.scopes.gross(scope)) for name, scope in GROSS.items()},
        "organisation": _organisation(report),
        "instruments": list(map(report_changes.instrument, report.instruments)),
        "byHosting": {name: figures(amounts) for name, amounts in report.scopes.hostings.items()},
        "scope2": {"locationBased": _estimate("co2Tonnes", report.scopes.gross(2)), "marketBased": _market(report), "cannotBeSplit": _unsplit(report)},
        "optional": _estimate("co2Tonnes", report.scopes.optional_co2_g),
        "byProvider": _lines(report.providers),
        "byModel": _lines(report.models),
        "byRegion": _lines(report.regions),
        "overTime": {"by": report.period, "data": [_span(report.period, span) for span in report.over_time]},
        "dataQuality": [_dimension(dimension) for dimension in report.quality],
        "corrections": [{"month": each.month, "voided": each.voided, "replaced": each.replaced, "forgotten": each.forgotten} for each in report.corrections],
        "coverage": _coverage(report),
        "doubtfulSources": [{"source": each.source, "doubt": each.doubt, "factors": list(each.factors), "share": each.share} for each in report.doubtful],
        "sci": _sci(report),
        "byCostCentre": [_cost_centre(each) for each in report.cost_centres],
        "besideSuppliers": beside_suppliers(report.suppliers),
        "primaryDataShare": statements.PRIMARY_DATA,
        "uncertainty": {"range": f"{statements.UNCERTAINTY}; {DEPENDENCE}", "widest": _shares(report.widest)},
        **requirements(report),
        "method": [line | {"provisional": is_provisional(line["name"])} for line in _shares(report.methods)],
        "dataEdition": _shares(report.editions),
        "boundaries": list(statements.BOUNDARIES),
        "exclusions": list(statements.EXCLUSIONS),
        "assumptions": _shares(report.assumptions),
        **costs(report),
        **worked(report),
        "factors": [_factor(used) for used in report.factors],
        "credits": report.credits,
        "evidence": report_changes.evidence(report),
        "comparison": report_changes.comparison(report.comparison),
        "restatement": report_changes.restatement(report.restatement),
    }


def figures(amounts: Amounts) -> dict[str, Any]:
    """Counts, central values, and ranges as [low, high]."""
    estimates = {name: mega(getattr(amounts, figure)) for name, figure in FIGURES.items()}
    return {
        "calls": amounts.calls,
        "inputTokens": amounts.input_tokens,
        "outputTokens": amounts.output_tokens,
        **{name: estimate.value for name, estimate in estimates.items()},
        "range": {name: [estimate.low, estimate.high] for name, estimate in estimates.items()},
    }


def filters(report: Report) -> dict[str, Any]:
    """Conditions beside the period."""
    chosen = report.filters
    names = {"keyName": chosen.key_name, "provider": chosen.provider, "model": chosen.model}
    names |= {"region": chosen.region, "source": chosen.source}
    tags = {"tags": dict(chosen.tags)} if chosen.tags else {}
    return {name: value for name, value in names.items() if value is not None} | tags


def _period(report: Report) -> dict[str, Any]:
    moments = {"start": report.filters.start_ms, "end": report.filters.end_ms, "firstCall": report.first_ms, "lastCall": report.last_ms}
    # the end is the first moment that no longer counts, as in eco summary
    return {name: None if ms is None else iso(ms) for name, ms in moments.items()} | {"timeZone": zone_name(report.tz)}


def _estimate(name: str, estimate: Estimate) -> dict[str, Any]:
    scaled = mega(estimate)
    return {name: scaled.value, "range": {name: [scaled.low, scaled.high]}}


def _scope(line: ScopeLine) -> dict[str, Any]:
    named = {"scope": line.scope, "category": line.category, "categoryName": line.category_name}
    named |= {"hosting": line.hosting, "part": line.part, "what": line.what, "optional": line.is_optional}
    return named | {"dataType": data_type(line), "iso14064": iso_category(line)} | _estimate("co2Tonnes", line.co2_g)


def _organisation(report: Report) -> dict[str, Any]:
    chosen = report.organisation
    return {
        "name": chosen.name, "consolidation": chosen.consolidation, "lease": chosen.lease, "standard": chosen.standard, "baseYear": chosen.base_year,
        "recalculationThreshold": chosen.recalculation_threshold, "revenue": chosen.revenue, "currency": chosen.currency, "preparedBy": chosen.prepared_by,
        "costCentre": chosen.cost_centre,
        "entities": [
            {"name": each.name, "share": each.share, "controlled": each.controlled, "counted": chosen.counted(each.name), "keyName": each.key, "tags": dict(each.tags)}
            for each in chosen.entities
        ],
    }  # fmt: skip


def _market(report: Report) -> dict[str, Any]:
    """What each instrument stands for, and the share of electricity that each kind covers."""
    found = report.market
    covered = [
        {"rung": each.rung, "instrument": each.instrument, "country": each.country, "year": each.year, "energyMWh": each.energy_wh / PER_MEGA, "co2Tonnes": each.co2_g / PER_MEGA}
        for each in found.covered
    ]
    refused = [{"instrument": each.instrument, "energyMWh": each.energy_wh / PER_MEGA, "reason": each.reason} for each in found.refused]
    return {"co2Tonnes": found.co2_g / PER_MEGA, "shares": {rung: found.share(rung) for rung in RUNGS}, "covered": covered, "refused": refused}


def _unsplit(report: Report) -> list[dict[str, Any]]:
    return [
        {"reason": reason, "energyMWh": each.energy_wh.value / PER_MEGA, "co2Tonnes": each.co2_g.value / PER_MEGA} for reason, each in report.scopes.unsplit.items()
    ]


def _coverage(report: Report) -> dict[str, Any]:
    found = report.coverage
    gap = found.longest_gap and {"first": found.longest_gap.first.isoformat(), "last": found.longest_gap.last.isoformat(), "days": found.longest_gap.days}
    counts = {"withoutPrompt": found.uncounted.without_prompt, "withoutCompletion": found.uncounted.without_completion, "withoutBoth": found.uncounted.without_both}
    return {"days": found.days, "daysWithCalls": found.days_with_calls, "daysWithoutCalls": found.days_without_calls, "longestGap": gap, "calls": counts}


def _sci(report: Report) -> dict[str, Any]:
    """Per functional unit, in grams: a token weighs far less than a tonne."""
    scores = [
        {"name": each.name, "unit": each.unit, "units": each.units, "co2Grams": each.co2_g.value, "range": {"co2Grams": [each.co2_g.low, each.co2_g.high]}}
        for each in report.scores
    ]
    return {"boundary": "consumer", "lacks": list(LACKS), "scores": scores}


def _cost_centre(centre: CostCentre) -> dict[str, Any]:
    figures = {"energyMWh": "facility_energy_wh", "co2Tonnes": "co2_g", "embodiedCo2Tonnes": "embodied_co2_g"}
    scaled = {name: mega(centre.sum[figure]) for name, figure in figures.items()}
    ranges = {name: [each.low, each.high] for name, each in scaled.items()}
    return {"name": centre.name, "calls": centre.sum.calls} | {name: each.value for name, each in scaled.items()} | {"range": ranges}


def _lines(lines: Iterable[Line]) -> list[dict[str, Any]]:
    return [{"name": line.name, "share": line.share, **figures(line.amounts)} for line in lines]


def _shares(lines: Iterable[Line]) -> list[dict[str, Any]]:
    return [{"name": line.name, "calls": line.amounts.calls, "share": line.share} for line in lines]


def _span(period: str, span: Span) -> dict[str, Any]:
    return {period: span.label, "start": iso(span.start_ms), "calls": span.calls, **_estimate("co2Tonnes", span.co2_g)}


def _dimension(dimension: Dimension) -> dict[str, Any]:
    levels = [
        {"name": level.name, "meaning": dimension.meanings[level.name], "share": level.share, **figures(level.amounts)}
        for level in dimension.levels
    ]
    return {"name": dimension.name, "title": dimension.title, "levels": levels}


def _factor(used: UsedFactor) -> dict[str, Any]:
    named = {"kind": used.kind, "owner": used.owner, "name": used.name}
    return named | used.factor.to_json() | {"gwp": used.gwp, "share": used.share}
