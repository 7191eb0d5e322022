"""The sections on what calls leave open, on software carbon intensity, and by cost centre."""

from collections.abc import Iterator

from ecocli.core.numbers import counted
from ecocli.render.report.text import LEFT, RIGHT, Section, Table, percent
from ecocli.render.report.units import unit_of
from ecocli.reports import Report
from ecocli.reports.sci import EXECUTION, LACKS

CONSUMER = (
    "Operational and embodied emissions per functional unit, location-based, at the consumer's boundary of the Software Carbon Intensity for AI: "
    "a token, in or out, of a model, and an execution of an agent, as far as the tag session names it."
)
SUPPLEMENT = "Any other figure of this report is supplementary, not an SCI score. The boundary also holds what no recorded call shows:"


def coverage(report: Report) -> Section:
    found = report.coverage
    rows = [("days of the period", f"{found.days:,}"), ("days without calls", f"{found.days_without_calls:,}")]
    if gap := found.longest_gap:
        rows.append(("longest time without calls", f"{counted(gap.days, 'day')}, {gap.first} to {gap.last}"))
    rows += [
        ("calls without a count of the prompt", f"{found.uncounted.without_prompt:,}"),
        ("calls without a count of the answer", f"{found.uncounted.without_completion:,}"),
    ]
    tables = [Table("What the calls cover", [("what", LEFT), ("number", RIGHT)], rows)]
    if report.doubtful:
        doubts = [(each.doubt, ", ".join(each.factors), percent(each.share), each.source) for each in report.doubtful]
        columns = [("doubt", LEFT), ("factors", LEFT), ("share of emissions", RIGHT), ("source", LEFT)]
        tables.append(Table("Sources that were not read at their owner's, and what depends on them", columns, doubts))
    return Section("coverage", "Coverage", (), tables)


def intensity(report: Report) -> Iterator[Section]:
    if not report.scores:
        return
    tables = []
    for caption, chosen in (("Per token", [each for each in report.scores if each.unit != EXECUTION]), ("Per execution", [each for each in report.scores if each.unit == EXECUTION])):
        if chosen:
            unit = unit_of("g", [each.co2_g.value for each in chosen])
            columns = [("of", LEFT), ("units", RIGHT), (f"{unit.name} per {chosen[0].unit} (range)", RIGHT)]
            tables.append(Table(caption, columns, [(each.name, f"{each.units:,}", unit.ranged(each.co2_g)) for each in chosen]))
    yield Section("sci", "Software carbon intensity", (CONSUMER, SUPPLEMENT), tables, LACKS)


def cost_centres(report: Report) -> Iterator[Section]:
    if not report.cost_centres:
        return
    co2 = unit_of("g", [each.sum["co2_g"].value for each in report.cost_centres])
    energy = unit_of("Wh", [each.sum["facility_energy_wh"].value for each in report.cost_centres])
    columns = [("cost centre", LEFT), ("calls", RIGHT), (energy.name, RIGHT), (f"{co2.name} of electricity (range)", RIGHT), (f"{co2.name} of hardware", RIGHT)]
    rows = [
        (
            each.name or "none", f"{each.sum.calls:,}", energy.figure(each.sum["facility_energy_wh"].value),
            co2.ranged(each.sum["co2_g"]), co2.figure(each.sum["embodied_co2_g"].value),
        )
        for each in report.cost_centres
    ]  # fmt: skip
    yield Section("cost-centre", f"By cost centre ({report.organisation.cost_centre})", (), [Table("By cost centre", columns, rows)])
