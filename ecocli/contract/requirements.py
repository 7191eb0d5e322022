"""What the report contributes to disclosure standards, as JSON: datapoints, categories of scope 3, and other frameworks."""

from typing import Any

from ecocli.contract.mega import PER_MEGA, mega
from ecocli.core.organisation import VSME
from ecocli.core.quantity import Estimate
from ecocli.reports import Report
from ecocli.reports.categories import DECISIONS
from ecocli.reports.datapoints import ESRS, NAMES, Datapoint, notes, standards
from ecocli.reports.frameworks import FRAMEWORKS
from ecocli.reports.texts import TEXTS


def requirements(report: Report) -> dict[str, Any]:
    """The parts of the report on standards; of esrs and vsme the one that the undertaking does not report by is null."""
    shown = standards(report.organisation)
    datapoints = {
        "applies": report.applies,
        "notes": list(notes(report.organisation)),
        "datapoints": [_datapoint(point, shown) for point in report.datapoints],
    }
    return {
        "esrs": datapoints if shown == ESRS else None,
        "vsme": datapoints if shown == (VSME,) else None,
        "scope3Categories": [{"number": each.number, "name": each.name, "included": each.is_included, "why": each.why} for each in DECISIONS],
        "frameworks": [{"name": each.name, "covered": each.covered, "why": each.why, "text": each.text} for each in FRAMEWORKS],
        "texts": [{"id": id, "title": each.title, "url": each.url, "read": each.read, "readOn": each.read_on} for id, each in TEXTS.items()],
    }


def _datapoint(point: Datapoint, shown: tuple[str, ...]) -> dict[str, Any]:
    """A share stays a share; everything else is in its unit."""
    amount = point.amount
    value: Any = point.text
    bounds = None
    if isinstance(amount, Estimate):
        scaled = amount if point.is_intensity else mega(amount)
        value, bounds = scaled.value, [scaled.low, scaled.high]
    elif amount is not None:
        value = amount * 100 if point.unit == "%" else amount if point.is_intensity else amount / PER_MEGA
    places = {standard: point.requirement.place(standard) for standard in shown}
    ids = [{"id": place.id, "paragraph": place.words, "version": NAMES[standard], "text": standard} for standard, place in places.items() if place]
    element = {"element": point.requirement.element(shown[0]), "member": point.member}
    return {"ids": ids, **element, "name": point.name, "value": value, "range": bounds, "unit": point.unit}
