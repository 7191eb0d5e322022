"""The report as sections of sentences and tables, from which text, Markdown and HTML are made."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import tzinfo

from ecocli.analysis.methods import marked
from ecocli.contract.report import filters
from ecocli.core.dates import EPOCH, MS, iso
from ecocli.core.numbers import factor_number
from ecocli.core.totals import DEPENDENCE
from ecocli.core.zones import described
from ecocli.render.report.changes import compared, evidence, restated
from ecocli.render.report.costs import costs
from ecocli.render.report.costs import headline as cost_headline
from ecocli.render.report.coverage import cost_centres, coverage, intensity
from ecocli.render.report.requirements import categories, frameworks, requirements
from ecocli.render.report.scopes import market, scopes
from ecocli.render.report.suppliers import suppliers
from ecocli.render.report.text import LEFT, NONE, RIGHT, SOURCE, Figure, Section, Table, percent, words
from ecocli.render.report.units import unit_of
from ecocli.render.report.worked import equations, largest
from ecocli.reports import Report, statements
from ecocli.reports.lines import Line
from ecocli.reports.scopes import MACHINES
from ecocli.reports.sources import UsedFactor
from ecocli.store.breakdown import Amounts
from ecocli.store.trail import MonthOfCorrections

CORRECTIONS = [("month", LEFT), ("undone", RIGHT), ("replaced", RIGHT), ("forgotten", RIGHT)]


def sections(report: Report) -> list[Section]:
    """All sections in reading order."""
    return [
        scopes(report),
        market(report),
        *_organisation(report),
        _resources(report),
        _over_time(report),
        *_groups(report),
        *cost_centres(report),
        *costs(report),
        _quality(report),
        coverage(report),
        *intensity(report),
        *suppliers(report),
        *compared(report),
        *restated(report),
        _uncertainty(report),
        requirements(report),
        categories(report),
        frameworks(report),
        _method(report),
        *equations(report),
        *largest(report),
        _factors(report),
        evidence(report),
        *_credits(report),
    ]


def headline(report: Report) -> list[Figure]:
    """The headline figures, location-based emissions first; market-based ones are never among them."""
    total, gross = report.total, report.scopes.gross()
    co2, energy, water = unit_of("g", [gross.value]), unit_of("Wh", [total.facility_energy_wh.value]), unit_of("mL", [total.water_ml.value])
    hardware_g, electricity_g = report.scopes.hardware_co2_g, report.scopes.electricity_co2_g
    onsite, offsite = (water.figure(part.value) for part in (total.water_onsite_ml, total.water_offsite_ml))
    return [
        Figure("Emissions of electricity, location-based", co2.figure(electricity_g.value), co2.name, co2.range(electricity_g)),
        Figure("With the making of hardware", co2.figure(gross.value), co2.name, f"{co2.range(gross)}; hardware alone {co2.figure(hardware_g.value)}"),
        Figure("Electricity at the meter", energy.figure(total.facility_energy_wh.value), energy.name, energy.range(total.facility_energy_wh)),
        Figure("Water", water.figure(total.water_ml.value), water.name, f"{water.range(total.water_ml)}; {onsite} on-site, {offsite} off-site"),
        *cost_headline(report),
    ]


def notices(report: Report) -> list[str]:
    """Sentences that a reader needs before the figures."""
    return [*([] if report.total.calls else [statements.EMPTY]), *report.warnings]


def period_text(report: Report) -> str:
    """The period that was asked for, and the times of the first and last call, in words."""
    calls = "" if report.first_ms is None or report.last_ms is None else f"; calls from {iso(report.first_ms)} to {iso(report.last_ms)}"
    return f"{asked_text(report)}{calls}"


def asked_text(report: Report) -> str:
    """The period that was asked for, in words."""
    first, last = report.filters.start_ms, report.filters.end_ms
    start = None if first is None else _day(first, report.tz, first)
    # the end is exclusive: its last millisecond is on the last day
    end = None if last is None else _day(last - 1, report.tz, last)
    asked = f"from {start} to {end}" if start and end else f"from {start} on" if start else f"until {end}" if end else "all time"
    return f"{asked} ({described(report.tz)})"


def filters_text(report: Report) -> str:
    """The filters other than the period, in words."""
    chosen = filters(report)
    tags = chosen.pop("tags", {})
    parts = [f"{name} {value}" for name, value in chosen.items()] + [f"tag {name}={value}" for name, value in tags.items()]
    return ", ".join(parts) or "all recorded calls"


def _day(ms: int, tz: tzinfo, edge_ms: int) -> str:
    """The date of `ms` when the edge of the period is a midnight, else its time."""
    edge = (EPOCH + edge_ms * MS).astimezone(tz)
    moment = (EPOCH + ms * MS).astimezone(tz)
    return moment.date().isoformat() if (edge.hour, edge.minute, edge.second, edge.microsecond) == (0, 0, 0, 0) else iso(ms)


def _organisation(report: Report) -> Iterator[Section]:
    """The undertaking, as far as it is known, and its entities."""
    chosen = report.organisation
    threshold = None if chosen.recalculation_threshold is None else percent(chosen.recalculation_threshold)
    revenue = None if chosen.revenue is None else f"{chosen.revenue:,.0f} {chosen.currency}"
    known = {
        "undertaking": chosen.name, "consolidation": chosen.consolidation.replace("-", " "), "lease of rented machines": f"{chosen.lease} lease",
        "base year": chosen.base_year and str(chosen.base_year), "recalculated from a change of": threshold, "net revenue": revenue,
        "gases": "CO2e only: factors of grids do not divide it by gas, and hold no biogenic CO2 apart",
        "prepared by": chosen.prepared_by,
    }  # fmt: skip
    tables = [Table("Organisation", [("what", LEFT), ("value", LEFT)], [(name, value) for name, value in known.items() if value])]
    if chosen.entities:
        rows = [(each.name, percent(each.share), "yes" if each.controlled else "no", percent(chosen.counted(each.name))) for each in chosen.entities]
        tables.append(Table("Entities", [("entity", LEFT), ("share", RIGHT), ("controlled", LEFT), ("counted", RIGHT)], rows))
    yield Section("organisation", "Organisation", (), tables)


def _resources(report: Report) -> Section:
    energy, water = unit_of("Wh", [report.total.facility_energy_wh.value]), unit_of("mL", [report.total.water_ml.value])
    columns = [("where", LEFT), ("calls", RIGHT), ("tokens in", RIGHT), ("tokens out", RIGHT), (f"electricity, {energy.name} (range)", RIGHT)]
    columns += [(f"water on-site, {water.name} (range)", RIGHT), (f"water off-site, {water.name} (range)", RIGHT)]

    def row(name: str, amounts: Amounts) -> tuple[str, ...]:
        return name, *_counts(amounts), energy.ranged(amounts.facility_energy_wh), water.ranged(amounts.water_onsite_ml), water.ranged(amounts.water_offsite_ml)

    rows = [row(MACHINES[hosting], amounts) for hosting, amounts in report.scopes.hostings.items()]
    table = Table("Use, electricity and water", columns, rows, row("all", report.total))
    return Section("resources", "Use, electricity and water", (), [table])


def _over_time(report: Report) -> Section:
    unit = unit_of("g", [span.co2_g.value for span in report.over_time])
    columns = [(report.period, LEFT), ("calls", RIGHT), (f"{unit.name} of electricity (range)", RIGHT)]
    rows = [(span.label, f"{span.calls:,}", unit.ranged(span.co2_g)) for span in report.over_time]
    return Section("time", "Over time", (), [Table(f"Emissions by {report.period}", columns, rows)])


def _groups(report: Report) -> Iterator[Section]:
    total = report.total
    energy, co2, water = unit_of("Wh", [total.facility_energy_wh.value]), unit_of("g", [total.co2_g.value]), unit_of("mL", [total.water_ml.value])
    figures = ["calls", "tokens in", "tokens out", energy.name, f"{co2.name} of electricity (range)", f"{co2.name} of hardware"]
    figures += [f"{water.name} on-site", f"{water.name} off-site", "share"]

    def row(line: Line) -> tuple[str, ...]:
        amounts = line.amounts
        waters = (water.figure(each.value) for each in (amounts.water_onsite_ml, amounts.water_offsite_ml))
        carbon = (co2.ranged(amounts.co2_g), co2.figure(amounts.embodied_co2_g.value))
        return line.name, *_counts(amounts), energy.figure(amounts.facility_energy_wh.value), *carbon, *waters, percent(line.share)

    whole = Line("all", total, 1.0 if total.co2_g.value else None)
    for name, lines in (("provider", report.providers), ("model", report.models), ("region", report.regions)):
        columns = [(name, LEFT), *((figure, RIGHT) for figure in figures)]
        yield Section(name, f"By {name}", (), [Table(f"By {name}", columns, [row(line) for line in lines], row(whole))])


def _counts(amounts: Amounts) -> tuple[str, ...]:
    return f"{amounts.calls:,}", f"{amounts.input_tokens:,}", f"{amounts.output_tokens:,}"


def _quality(report: Report) -> Section:
    columns = [("level", LEFT), ("meaning", LEFT), ("calls", RIGHT), ("share of emissions", RIGHT)]
    tables = [
        Table(
            dimension.title,
            columns,
            [(words(level.name), dimension.meanings[level.name], f"{level.amounts.calls:,}", percent(level.share)) for level in dimension.levels],
        )
        for dimension in report.quality
    ]
    if report.corrections:
        tables.append(Table("Calls in no figure, by the month (UTC) in which they began", CORRECTIONS, [_correction(each) for each in report.corrections]))
    primary = f"Share of emissions from primary data of suppliers: {percent(statements.PRIMARY_DATA)}."
    return Section("quality", "Data quality", ("Shares are of operational, location-based emissions.", primary), tables)


def _correction(month: MonthOfCorrections) -> tuple[str, ...]:
    forgotten = "unknown" if month.forgotten is None else f"{month.forgotten:,}"
    return month.month, f"{month.voided:,}", f"{month.replaced:,}", forgotten


def _uncertainty(report: Report) -> Section:
    rows = [(line.name, percent(line.share)) for line in report.widest]
    table = Table("What contributes most to the range of a call", [("factor", LEFT), ("share of emissions", RIGHT)], rows)
    return Section("uncertainty", "Uncertainty", (f"{statements.UNCERTAINTY}; {DEPENDENCE}.",), [table])


def _method(report: Report) -> Section:
    shares = [("method", LEFT), ("calls", RIGHT), ("share of emissions", RIGHT)]
    tables = [
        Table("Method", shares, [(marked(method), *cells) for method, *cells in _counted(report.methods)]),
        Table("Data edition (models, regions)", [("edition", LEFT), *shares[1:]], _counted(report.editions)),
        Table("Left out", [("what", LEFT)], [(sentence,) for sentence in statements.EXCLUSIONS]),
    ]
    if report.assumptions:
        tables.append(Table("Assumptions about models and places", [("assumption", LEFT), *shares[1:]], _counted(report.assumptions)))
    equations = "METHODOLOGY.md of eco has the equations and constants of each method; eco explain shows every step of a single call, and what was assumed of it alone."
    return Section("method", "Method, boundaries and what is left out", (equations, "Boundaries:"), tables, statements.BOUNDARIES)


def _counted(lines: Iterable[Line]) -> list[tuple[str, ...]]:
    return [(line.name, f"{line.amounts.calls:,}", percent(line.share)) for line in lines]


def _factors(report: Report) -> Section:
    headers = {"place": "place", "model": "model", "constant": "method"}
    # many factors share a long source: each source is listed once and cited by number
    numbers = {source: at for at, source in enumerate(dict.fromkeys(used.factor.source for used in report.factors), 1)}
    columns = [("factor", LEFT), ("value (range)", LEFT), ("year", LEFT), ("basis", LEFT), ("GWP", LEFT), ("share", RIGHT), ("source no.", RIGHT)]
    tables = [
        Table(f"Factors: {kind}s", [(header, LEFT), *columns], [_factor(used, numbers) for used in report.factors if used.kind == kind])
        for kind, header in headers.items()
    ]
    tables.append(Table("Sources", [("number", LEFT), (SOURCE, LEFT)], [(str(at), source) for source, at in numbers.items()]))
    sentence = (
        "As they were when each call was computed. Share: of emissions that rest on the factor. GWP: the assessment report of the IPCC "
        "whose potentials the source used, as far as it says so; nothing was converted."
    )
    return Section("factors", "Factors", (sentence,), [table for table in tables if table.rows])


def _credits(report: Report) -> Iterator[Section]:
    if report.credits:
        yield Section("credits", "Whose data this is", (), [], report.credits)


def _factor(used: UsedFactor, numbers: Mapping[str, int]) -> tuple[str, ...]:
    factor = used.factor
    low, value, high = (factor_number(each) for each in (factor.low, factor.value, factor.high))
    unit = "" if factor.unit == "1" else f" {factor.unit}"
    amount = f"{value}{unit}" if low == high else f"{value}{unit} ({low} to {high})"
    source = str(numbers[factor.source])
    return (used.owner, used.name, amount, str(factor.year), factor.basis, used.gwp or NONE, percent(used.share), source)
