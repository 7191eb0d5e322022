"""The equations of a report, and its largest call, as JSON."""

from typing import Any

from ecocli.analysis.equations import in_one_line, of_method
from ecocli.core.dates import iso
from ecocli.reports import Report


def worked(report: Report) -> dict[str, Any]:
    """`equations` of every method, and `largestCall` with the steps of `eco explain`; null without calls."""
    equations = [{"method": line.name, "number": each.number, "name": each.name, "equation": in_one_line(each), "unit": each.unit} for line in report.methods for each in of_method(line.name)]
    found = report.largest
    if found is None:
        return {"equations": equations, "largestCall": None}
    named: dict[str, Any] = {"id": found.call_id, "provider": found.provider, "model": found.model, "region": found.region, "method": found.method}
    named |= {"time": iso(found.started_at_ms), "co2Grams": found.co2_g.value, "range": {"co2Grams": [found.co2_g.low, found.co2_g.high]}}
    steps = {name: found.explanation[name] for name in ("inputs", "steps", "mean") if name in found.explanation}
    return {"equations": equations, "largestCall": named | steps}
