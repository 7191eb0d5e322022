"""The sections with the equations of the methods, and with the largest call worked by them."""

from collections.abc import Iterator, Mapping
from typing import Any

from ecocli.analysis.equations import in_one_line, of_method
from ecocli.core.dates import iso
from ecocli.core.numbers import factor_number, ranged
from ecocli.render.report.text import LEFT, NONE, RIGHT, Section, Table, percent
from ecocli.render.steps import CHANGED, MEAN_UNITS, exact
from ecocli.reports import Report

STEPS = [("no.", LEFT), ("step", LEFT), ("equation", LEFT), ("with its numbers", LEFT), ("result (range)", LEFT), ("unit", LEFT)]
SITES = [("site", LEFT), ("name", LEFT), ("grid", LEFT), ("weight", RIGHT), *((unit, RIGHT) for unit in MEAN_UNITS.values())]
KEPT = "Of a call counts, times and names are kept, and never a text, so none can be shown. The factors stand under Factors."


def largest(report: Report) -> Iterator[Section]:
    """The call with the most emissions; a pocket calculator gets the same."""
    found = report.largest
    if found is None or not found.explanation["steps"]:
        return
    share = percent(found.co2_g.value / report.total.co2_g.value) if report.total.co2_g.value else NONE
    what = f"{found.model} by {found.provider} in {found.region} on {iso(found.started_at_ms)}, by {found.method}: "
    what += f"{ranged(found.co2_g, 'g')} CO2e of electricity, {share} of all. Its id is {found.call_id}."
    inputs = [(each["name"], exact(each["value"]), each["unit"]) for each in found.explanation["inputs"]]
    tables = [Table("The call", [("what", LEFT), ("value", RIGHT), ("unit", LEFT)], inputs)]
    mean = found.explanation.get("mean")
    if mean:
        tables.append(Table("The sites of its place, which is a mean", SITES, [_site(site) for site in mean["sites"]]))
    steps = [*(mean["steps"] if mean else ()), *found.explanation["steps"]]
    tables.append(Table("Steps", STEPS, [_step(step) for step in steps]))
    changed = [CHANGED] if mean and not mean["isOfThen"] else []
    yield Section("largest", "The largest call, step by step", (what, KEPT, *changed), tables)


def equations(report: Report) -> Iterator[Section]:
    """Those of every method that calls were estimated by."""
    columns = [("no.", LEFT), ("what", LEFT), ("equation", LEFT), ("unit", LEFT)]
    tables = [
        Table(f"Equations of {line.name}", columns, [(each.number, each.name, in_one_line(each), each.unit) for each in of_method(line.name)])
        for line in report.methods
    ]
    tables = [table for table in tables if table.rows]
    if tables:
        yield Section("equations", "Equations", ("METHODOLOGY.md of eco derives them, and says which constant each symbol is.",), tables)


def _site(site: Mapping[str, Any]) -> tuple[str, ...]:
    figures = (exact(site[name]) if name in site else NONE for name in MEAN_UNITS)
    return site["site"], site["name"], site["zone"], exact(site["weight"]), *figures


def _step(step: Mapping[str, Any]) -> tuple[str, ...]:
    low, value, high = (factor_number(step[name]) for name in ("low", "value", "high"))
    result = exact(step["value"]) if low == high else f"{value} ({low} to {high})"
    return step["number"], step["name"], step["equation"], step["numbers"], result, step["unit"]
