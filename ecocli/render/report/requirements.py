"""The sections on disclosure standards: datapoints, the categories of scope 3, and other frameworks."""

from ecocli.contract.mega import PER_MEGA
from ecocli.core.numbers import significant
from ecocli.core.organisation import VSME
from ecocli.core.quantity import Estimate
from ecocli.render.report.text import ELEMENT, LEFT, NONE, RIGHT, SOURCE, UNBROKEN, Section, Table, percent
from ecocli.render.report.units import Unit, unit_of
from ecocli.reports import Report
from ecocli.reports.categories import DECISIONS
from ecocli.reports.classification import DATA_TYPE_MEANINGS, ISO_CATEGORIES, data_type, iso_category
from ecocli.reports.datapoints import NAMES, SHORT, Datapoint, notes, standards
from ecocli.reports.frameworks import FRAMEWORKS
from ecocli.reports.texts import TEXTS

TERMS = "Data types are the methods of the GHG Protocol for scope 3: {}. No line of the inventory is {}."


def requirements(report: Report) -> Section:
    """The datapoints of the standards that the undertaking reports by."""
    shown = standards(report.organisation)
    title, of = ("VSME: disclosure B3", "VSME, disclosure B3") if shown == (VSME,) else ("CSRD: ESRS E1", "ESRS E1")
    columns = [("datapoint", LEFT), ("contribution of the calls", LEFT), *((NAMES[standard], LEFT) for standard in shown), (ELEMENT, LEFT)]
    table = Table(f"Contributions to datapoints of {of}", columns, [_datapoint(point, shown) for point in report.datapoints])
    return Section("esrs", title, (report.applies, *notes(report.organisation)), [table])


def categories(report: Report) -> Section:
    """Each category of scope 3, with its emissions, and the reason why it is or is not in the inventory."""
    gross = {each.number: report.scopes.gross(3, each.number) for each in DECISIONS}
    unit = unit_of("g", [amount.value for amount in gross.values()])
    rows = [
        (f"{each.number} {each.name}", "included" if each.is_included else "left out", unit.ranged(gross[each.number]) if each.is_included else NONE, each.why)
        for each in DECISIONS
    ]
    columns = [("category", LEFT), ("", LEFT), (f"{unit.name} (range)", RIGHT), ("what is in it, or why it is left out", LEFT)]
    return Section("categories", "Scope 3 categories", (), [Table("Categories of scope 3", columns, rows)])


def frameworks(report: Report) -> Section:
    """What other frameworks call the lines of the inventory, what the report has of them, and how each text was read."""
    lines = [(line.what, f"scope {line.scope}", data_type(line) or NONE, _iso(iso_category(line))) for line in report.scopes.lines]
    used = {data_type(line) for line in report.scopes.lines}
    *first, last = (name for name in DATA_TYPE_MEANINGS if name not in used)
    sentence = TERMS.format("; ".join(f"{name}, {meaning}" for name, meaning in DATA_TYPE_MEANINGS.items()), f"{', '.join(first)} or {last}")
    tables = [
        Table("Lines of the inventory by data type and ISO category", [("line", LEFT), ("scope", LEFT), ("data type", LEFT), ("ISO 14064-1:2018", LEFT)], lines),
        Table("What the report has of other frameworks", [("framework", LEFT), ("covered", LEFT), ("why", LEFT)], [(each.name, each.covered, each.why) for each in FRAMEWORKS]),
        Table("How the texts of standards were read", [("text", LEFT), ("read on", RIGHT), ("how", LEFT), (SOURCE, LEFT)], [_text(key) for key in TEXTS]),
    ]
    return Section("frameworks", "Other frameworks", (sentence,), tables)


def _iso(category: str) -> str:
    return f"{category} {ISO_CATEGORIES[category]}"


def _text(key: str) -> tuple[str, ...]:
    text = TEXTS[key]
    return text.title, text.read_on or NONE, text.read, f"<{text.url}>"


def _datapoint(point: Datapoint, shown: tuple[str, ...]) -> tuple[str, ...]:
    """A row; each id states its version, since the same number means something else in the other."""
    elements = " ".join(filter(None, (point.requirement.element(shown[0]), point.member)))
    return point.name, _contribution(point), *(_place(point, standard) for standard in shown), elements or NONE


def _place(point: Datapoint, standard: str) -> str:
    place = point.requirement.place(standard)
    # no line ends between an identifier and its version
    return f"{place.id} ({SHORT[standard]}".replace(" ", UNBROKEN) + f", {place.words})" if place else NONE


def _contribution(point: Datapoint) -> str:
    if isinstance(point.amount, Estimate):
        unit = Unit(point.unit, 1.0 if point.is_intensity else PER_MEGA)
        return f"{unit.ranged(point.amount)} {point.unit}"
    if point.amount is None:
        return str(point.text)
    return percent(point.amount) if point.unit == "%" else f"{significant(point.amount / (1.0 if point.is_intensity else PER_MEGA))} {point.unit}"
