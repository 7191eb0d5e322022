"""The report as CSV: one figure per row, so that all sections share one header."""

import json
from collections.abc import Iterator
from typing import Any, TextIO

from ecocli.analysis.methods import PROVISIONAL_MARK
from ecocli.contract.report import body
from ecocli.render import spreadsheet
from ecocli.render.report import csv_changes
from ecocli.render.report.csv_standards import standards
from ecocli.render.report.suppliers import csv_rows
from ecocli.reports import Report

COLUMNS = ("section", "item", "figure", "value", "low", "high", "unit", "share", "source", "year", "note")
UNITS = {"MWh": "MWh", "Tonnes": "tCO2e", "M3": "m3"}
"""Suffixes of names in the JSON, with their units."""
GROUPS = {"byProvider": "provider", "byModel": "model", "byRegion": "region"}

Row = dict[str, Any]


def write_csv(report: Report, out: TextIO) -> None:
    """Write the report in full precision, with a header."""
    writer = spreadsheet.writer(out)
    writer.writerow(COLUMNS)
    for row in _rows(body(report)):
        writer.writerow(spreadsheet.cells(map(row.get, COLUMNS)))


def _rows(report: dict[str, Any]) -> Iterator[Row]:
    yield from _about(report)
    yield from _amounts("total", "all calls", report["total"])
    yield from _inventory(report)
    for group, name in GROUPS.items():
        for line in report[group]:
            yield from _amounts(name, line["name"], line)
    for span in report["overTime"]["data"]:
        yield from _amounts(report["overTime"]["by"], span[report["overTime"]["by"]], span)
    yield from _quality(report)
    yield from standards(report)
    yield from _texts(report)
    yield from _costs(report)
    yield from _worked(report)
    for factor in report["factors"]:
        item = {"section": f"factor of {factor['kind']}", "item": factor["owner"], "figure": factor["name"]}
        yield item | factor | {"note": f"{factor['basis']}{'; GWP: ' + factor['gwp'] if factor['gwp'] else ''}"}
    yield from csv_changes.rows(report)
    yield from ({"section": "credit", "note": notice} for notice in report["credits"])


def _costs(report: dict[str, Any]) -> Iterator[Row]:
    """Of every group the calls with a price, those without, and what the former cost; empty where none has one."""
    found = report.get("cost")
    if found is None:
        return
    period = report["overTime"]["by"]
    groups = {"total": [{"name": "all calls"} | found["total"]], **{name: found[group] for group, name in GROUPS.items()}, period: found["overTime"]}
    for group, lines in groups.items():
        for line in lines:
            row = {"section": f"cost by {group}", "item": line.get("name", line.get(period)), "source": f"{found['source']} {found['edition']}"}
            yield from (row | {"figure": name, "value": line[name], "unit": "1"} for name in ("pricedCalls", "unpricedCalls"))
            yield row | {"figure": "costUsd", "value": line["costUsd"], "unit": found["currency"]}


def _worked(report: dict[str, Any]) -> Iterator[Row]:
    for each in report["equations"]:
        yield {"section": f"equation of {each['method']}", "item": each["number"], "figure": each["name"], "unit": each["unit"], "note": each["equation"]}
    found = report["largestCall"]
    if found is None:
        return
    for name in ("id", "provider", "model", "region", "method", "time"):
        yield {"section": "largest call", "item": name, "note": found[name]}
    for each in found["inputs"]:
        yield {"section": "largest call", "item": "input", "figure": each["name"], "value": each["value"], "unit": each["unit"]}
    for site in found.get("mean", {}).get("sites", ()):
        yield {"section": "largest call", "item": f"site {site['site']}", "figure": "weight", "value": site["weight"], "unit": "1", "share": site["share"], "note": site["name"]}
    for step in (*found.get("mean", {}).get("steps", ()), *found["steps"]):
        row = {"section": "largest call", "item": step["number"], "figure": step["name"], "note": f"{step['equation']} = {step['numbers']}"}
        yield row | {name: step[name] for name in ("value", "low", "high", "unit")}


def _about(report: dict[str, Any]) -> Iterator[Row]:
    for name in ("title", "label", "generated"):
        yield {"section": "about", "item": name, "note": report[name]}
    for name, value in report["period"].items():
        yield {"section": "period", "item": name, "note": value}
    for name, value in report["organisation"].items():
        if value not in (None, []):
            yield {"section": "organisation", "item": name, "note": value if isinstance(value, str) else json.dumps(value)}
    for name, value in report["filters"].items():
        yield {"section": "filter", "item": name, "note": value}
    yield from ({"section": "warning", "note": warning} for warning in report["warnings"])


def _amounts(section: str, item: str, amounts: dict[str, Any]) -> Iterator[Row]:
    """Rows of the counts, then of every figure with its range."""
    counts = [name for name in ("calls", "inputTokens", "outputTokens") if name in amounts]
    for name in counts:
        yield {"section": section, "item": item, "figure": name, "value": amounts[name], "unit": "1"}
    for name, (low, high) in amounts["range"].items():
        yield _figure(section, item, name, amounts[name], low, high) | {"share": amounts.get("share")}


def _figure(section: str, item: str, name: str, value: float | None, low: float | None = None, high: float | None = None) -> Row:
    unit = next((unit for end, unit in UNITS.items() if name.endswith(end)), "1")
    return {"section": section, "item": item, "figure": name, "value": value, "low": low, "high": high, "unit": unit}


def _inventory(report: dict[str, Any]) -> Iterator[Row]:
    for line in report["scopes"]:
        scope = f"scope {line['scope']}" + (f", category {line['category']}" if line["category"] else "")
        terms = (line["dataType"], f"ISO 14064-1 category {line['iso14064']}", "optional" if line["optional"] else None)
        yield from (row | {"note": ", ".join(filter(None, terms))} for row in _amounts(scope, line["what"], line))
    for name, amounts in report["gross"].items():
        yield from _amounts("gross, location-based", name, amounts)
    yield from _amounts("gross, location-based", "of which optional", report["optional"])
    market = report["scope2"]["marketBased"]
    yield _figure("scope 2, market-based", "total", "co2Tonnes", market["co2Tonnes"])
    for each in market["covered"]:
        item = " ".join(str(each[name]) for name in ("rung", "instrument", "country", "year") if each[name] is not None)
        yield from (_figure("scope 2, market-based", item, name, each[name]) for name in ("energyMWh", "co2Tonnes"))
    yield from (_figure("scope 2, market-based", rung, "share", share) for rung, share in market["shares"].items())
    for each in market["refused"]:
        yield _figure("instrument that counts for nothing", each["instrument"], "energyMWh", each["energyMWh"]) | {"note": each["reason"]}
    for each in report["scope2"]["cannotBeSplit"]:
        yield from (_figure("scope 2 that cannot be split", each["reason"], name, each[name]) for name in ("energyMWh", "co2Tonnes"))


def _quality(report: dict[str, Any]) -> Iterator[Row]:
    for dimension in report["dataQuality"]:
        for level in dimension["levels"]:
            row = _figure(f"data quality: {dimension['name']}", level["name"], "co2Tonnes", level["co2Tonnes"])
            yield row | {"share": level["share"], "note": level["meaning"]}
    for month in report["corrections"]:
        yield from (_figure("calls in no figure", month["month"], kind, month[kind]) for kind in ("voided", "replaced", "forgotten"))
    yield from _coverage(report)
    yield _figure("data quality", "primary data of suppliers", "share", report["primaryDataShare"])


def _coverage(report: dict[str, Any]) -> Iterator[Row]:
    found = report["coverage"]
    yield from (_figure("coverage", "period", name, found[name]) for name in ("days", "daysWithCalls", "daysWithoutCalls"))
    yield from (_figure("coverage", "calls", name, value) for name, value in found["calls"].items())
    if gap := found["longestGap"]:
        yield _figure("coverage", "longest gap", "days", gap["days"]) | {"note": f"{gap['first']} to {gap['last']}"}
    for source in report["doubtfulSources"]:
        yield {"section": f"source that is {source['doubt']}", "item": ", ".join(source["factors"]), "share": source["share"], "source": source["source"]}
    for score in report["sci"]["scores"]:
        low, high = score["range"]["co2Grams"]
        row = _figure("software carbon intensity", score["name"], f"per {score['unit']}", score["co2Grams"], low, high)
        yield row | {"unit": f"gCO2e/{score['unit']}", "note": f"{score['units']} {'unit' if score['units'] == 1 else 'units'}"}
    for centre in report["byCostCentre"]:
        yield from _amounts("cost centre", centre["name"] or "none", centre)
    yield from csv_rows(report["besideSuppliers"])


def _texts(report: dict[str, Any]) -> Iterator[Row]:
    yield {"section": "uncertainty", "note": report["uncertainty"]["range"]}
    shared = {"widest factor": report["uncertainty"]["widest"], "method": report["method"]}
    shared |= {"data edition": report["dataEdition"], "assumption": report["assumptions"]}
    for section, lines in shared.items():
        for line in lines:
            row = {"section": section, "item": line["name"], "figure": "calls", "value": line["calls"], "unit": "1", "share": line["share"]}
            yield row | ({"note": PROVISIONAL_MARK} if line.get("provisional") else {})
    for section, sentences in (("boundary", report["boundaries"]), ("left out", report["exclusions"])):
        yield from ({"section": section, "note": sentence} for sentence in sentences)
