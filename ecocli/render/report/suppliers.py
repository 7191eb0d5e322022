"""The section that shows suppliers' own figures beside the estimate, and its rows in CSV."""

from collections.abc import Iterator
from typing import Any

from ecocli.core.numbers import significant
from ecocli.core.supplier_figures import AWS, AZURE, GOOGLE_CLOUD, LOCATION, MARKET
from ecocli.render.report.text import LEFT, NONE, RIGHT, Section, Table, percent
from ecocli.render.report.units import Unit, unit_of
from ecocli.reports import Report
from ecocli.reports.classification import AVERAGE, SUPPLIER_SPECIFIC
from ecocli.reports.suppliers import KG, BesideSuppliers, Restated, SupplierLine, SupplierTotal

TITLE = "Beside suppliers' own figures"
NAMES = {GOOGLE_CLOUD: "Google Cloud", AWS: "AWS", AZURE: "Azure"}
NO_CALLS = "no calls"
MEANING = (
    "What suppliers say of their own AI services, of exports that were imported. None of it is in a total of this report. "
    "The estimate is that of the recorded calls of the same provider and month: electricity, location-based, and making the hardware. "
    f"Their figures are {SUPPLIER_SPECIFIC} data, the estimate is {AVERAGE} data."
)
WHY_THEY_DIFFER = (
    "A supplier counts whole accounts, calls that were not recorded and other uses of the service included, by a method of its own. "
    "The ratio is the estimate over the supplier's location-based figure, of the months and places for which there are both; compared is the share that those are."
)
UNSTATED = "Azure does not say how electricity counts in its figures: they stand as they are."
FILTERED = "Suppliers' figures are of whole accounts, and this report is of a choice of calls: they are not compared."
CUT = "Of months that lie in the period only in part, no figure is compared: {}."
OTHERS = "Calls of months without a figure of {}: {:,}."


def suppliers(report: Report) -> Iterator[Section]:
    """Nothing where nothing was imported."""
    found = report.suppliers
    if found.is_filtered:
        yield Section("suppliers", TITLE, (FILTERED,))
    elif found.totals or found.cut_months:
        yield Section("suppliers", TITLE, list(_sentences(found)), list(_tables(found)))


def _sentences(found: BesideSuppliers) -> Iterator[str]:
    if found.totals:
        yield from (MEANING, WHY_THEY_DIFFER)
    if any(total.supplier == AZURE for total in found.totals):
        yield UNSTATED
    if found.cut_months:
        yield CUT.format(", ".join(found.cut_months))
    for total in found.totals:
        if total.calls_in_other_months:
            yield OTHERS.format(NAMES[total.supplier], total.calls_in_other_months)


def _tables(found: BesideSuppliers) -> Iterator[Table]:
    lines = [line for total in found.totals for line in total.lines]
    if not lines:
        return
    unit = unit_of("g", [each for total in found.totals for each in (total.given_kg() * KG, total.estimate_g().value)])
    columns = [("supplier", LEFT), (f"{unit.name}, supplier's", RIGHT), ("compared", RIGHT)]
    columns += [(f"{unit.name}, estimate (range)", RIGHT), ("compared", RIGHT), ("ratio", RIGHT)]
    yield Table("By supplier", columns, [_total(total, unit) for total in found.totals])
    columns = [("supplier", LEFT), ("month", LEFT), ("place", LEFT), ("service", LEFT), (f"{unit.name}, supplier's", RIGHT), ("market-based", RIGHT)]
    columns += [("calls", RIGHT), (f"{unit.name}, estimate (range)", RIGHT), ("ratio", RIGHT), ("version", LEFT)]
    yield Table("By month and place", columns, [_line(line, unit) for line in lines])
    if found.restated:
        columns = [("supplier", LEFT), ("month", LEFT), ("electricity", LEFT), (f"{unit.name}, before", RIGHT), (f"{unit.name}, now", RIGHT), ("version before", LEFT), ("now", LEFT)]
        yield Table("Restated by the supplier", columns, [_restated(each, unit) for each in found.restated])


def _total(total: SupplierTotal, unit: Unit) -> tuple[str, ...]:
    given = unit.figure(total.given_kg() * KG)
    return (
        NAMES[total.supplier], given, percent(total.given_share),
        unit.ranged(total.estimate_g()), percent(total.estimate_share), _ratio(total.ratio),
    )  # fmt: skip


def _line(line: SupplierLine, unit: Unit) -> tuple[str, ...]:
    estimate = unit.ranged(line.co2_g) if line.calls else NO_CALLS
    return (
        NAMES[line.supplier], line.month, line.place or NONE, ", ".join(line.services) or NONE, _mass(line.given_kg, unit), _mass(line.kg.get(MARKET), unit),
        f"{line.calls:,}", estimate, _ratio(line.ratio), ", ".join(line.model_versions) or NONE,
    )  # fmt: skip


def _restated(each: Restated, unit: Unit) -> tuple[str, ...]:
    basis = {LOCATION: "location-based", MARKET: "market-based"}.get(each.basis or "", "not stated")
    versions = (", ".join(names) or NONE for names in (each.before_versions, each.now_versions))
    return NAMES[each.supplier], each.month, basis, _mass(each.before_kg, unit), _mass(each.now_kg, unit), *versions


def _mass(kg: float | None, unit: Unit) -> str:
    return NONE if kg is None else unit.figure(kg * KG)


def _ratio(ratio: float | None) -> str:
    return NONE if ratio is None else significant(ratio)


def csv_rows(found: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The same in full precision, from the JSON."""
    section = "supplier's own figure, in no total"
    for line in found["lines"]:
        item = {"section": section, "item": f"{line['supplier']} {line['month']} {line['place'] or ''}".strip(), "note": "; ".join([*line["services"], *line["modelVersions"]])}
        for basis, kg in line["supplierCo2Kg"].items():
            yield item | {"figure": f"supplier's, {basis}", "value": kg, "unit": "kgCO2e"}
        yield item | {"figure": "calls", "value": line["calls"], "unit": "1"}
        low, high = line["range"]["estimateCo2Kg"]
        yield item | {"figure": "estimate", "value": line["estimateCo2Kg"], "low": low, "high": high, "unit": "kgCO2e"}
        yield item | {"figure": "estimate over supplier's", "value": line["estimateOverSupplier"], "unit": "1"}
    for total in found["suppliers"]:
        item = {"section": section, "item": total["supplier"]}
        shares = {"estimate": "estimateShareCompared", "supplier's figure": "supplierShareCompared"}
        yield from (item | {"figure": f"share of the {name} that is compared", "share": total[key]} for name, key in shares.items())
        yield item | {"figure": "estimate over supplier's", "value": total["estimateOverSupplier"], "unit": "1"}
    for each in found["restated"]:
        item = {"section": "restated by the supplier", "item": f"{each['supplier']} {each['month']}", "unit": "kgCO2e"}
        yield item | {"figure": f"before, {each['basis']}", "value": each["beforeCo2Kg"], "note": "; ".join(each["beforeModelVersions"])}
        yield item | {"figure": f"now, {each['basis']}", "value": each["nowCo2Kg"], "note": "; ".join(each["nowModelVersions"])}
