"""The sections on scopes: the inventory, what of it is upstream, and market-based scope 2."""

from ecocli.core.organisation import OPERATIONAL_CONTROL
from ecocli.render.report.text import LEFT, NONE, RIGHT, Section, Table, percent
from ecocli.render.report.units import Unit, unit_of
from ecocli.reports import Report
from ecocli.reports.market import GRID_AVERAGE, RUNGS
from ecocli.reports.scopes import ScopeLine

RUNG_NAMES = {
    "certificate": "energy attribute certificates", "contract": "contracts", "supplier-rate": "supplier's rate", "residual-mix": "residual mix",
    GRID_AVERAGE: "grid average: no residual mix available",
}  # fmt: skip
UPSTREAM = (
    "What is called upstream is the life cycle's factor of the grid less the one of combustion. It holds the building of power plants, "
    "which category 3 leaves out, and lacks losses in transmission, which category 3 has: no rate of loss is in eco's data."
)
OPTIONAL = "Optional: outside of the least that the GHG Protocol wants in the category; it is in the sums, and can be taken out."
IN_PART = (
    "Entities count by the undertaking's control or share of them, here and in the emissions of the headline. "
    "Electricity, water, and the tables by use, time, provider, model, region and cost centre are of all calls."
)
IN_PART_ON_PAGE = "Entities count by the undertaking's control or share of them in the emissions of the headline and by scope; all else is of all calls."
CONTROL = {
    OPERATIONAL_CONTROL: "By operational control: of own machines unless a call says otherwise, of rented ones where it says so (control).",
    "financial-control": "By financial control: own machines are the undertaking's; rented ones are where their lease is a finance lease.",
    "equity-share": "By equity share: entities count by the undertaking's share of them; own machines are its own, rented ones under a finance lease.",
}
MARKET = (
    "By the hierarchy of the GHG Protocol: the undertaking's own instruments, suppliers' rates, residual mixes, then the location-based figure. "
    "What an operator claims for its own purchases is no instrument of the undertaking's and counts for nothing here."
)


def scopes(report: Report) -> Section:
    found = report.scopes
    unit = unit_of("g", [found.gross().value])
    rows = [_line(line, unit) for line in found.lines]
    rows += [(f"Scope {scope}", "", "gross", "", unit.ranged(found.gross(scope))) for scope in (2, 3)]
    columns = [("scope", LEFT), ("category", LEFT), ("what", LEFT), ("", LEFT), (f"{unit.name}, location-based (range)", RIGHT)]
    tables = [Table("Emissions by scope, location-based", columns, rows, ("Scopes 2 and 3", "", "total", "", unit.ranged(found.gross())))]
    if found.unsplit:
        tables.append(_unsplit(report, unit))
    sentences = [CONTROL[report.organisation.consolidation], UPSTREAM]
    if found.optional_co2_g.value:
        sentences.append(OPTIONAL)
    if has_entities_in_part(report):
        sentences.append(IN_PART)
    return Section("scopes", "Emissions by scope", sentences, tables)


def has_entities_in_part(report: Report) -> bool:
    """True where emissions by scope are those of the undertaking's share, and other tables are of all calls."""
    return any(report.organisation.counted(each.name) != 1 for each in report.organisation.entities)


def _line(line: ScopeLine, unit: Unit) -> tuple[str, ...]:
    category = f"{line.category} {line.category_name}" if line.category else NONE
    return f"Scope {line.scope}", category, line.what, "optional" if line.is_optional else "", unit.ranged(line.co2_g)


def _unsplit(report: Report, unit: Unit) -> Table:
    columns = [("why", LEFT), (f"{unit.name}, life cycle", RIGHT)]
    return Table("Scope 2 that cannot be split", columns, [(reason, unit.figure(each.co2_g.value)) for reason, each in report.scopes.unsplit.items()])


def market(report: Report) -> Section:
    """Both figures of scope 2, and what the market-based one rests on."""
    found, located = report.market, report.scopes.gross(2)
    co2, energy = unit_of("g", [located.value, found.co2_g]), unit_of("Wh", [found.energy_wh])
    both = Table("Scope 2", [("scope 2", LEFT), (co2.name, RIGHT)], [("location-based", co2.ranged(located)), ("market-based", co2.figure(found.co2_g))])
    if not found.energy_wh:
        return Section("market", "Scope 2: location-based and market-based", ("No electricity is in scope 2.",))
    columns = [("what it rests on", LEFT), ("instrument", LEFT), ("country", LEFT), ("year", LEFT), (energy.name, RIGHT), (co2.name, RIGHT)]
    rows = [
        (RUNG_NAMES[each.rung], each.instrument or NONE, each.country or "unknown", str(each.year or NONE), energy.figure(each.energy_wh), co2.figure(each.co2_g))
        for each in found.covered
    ]
    shares = [(RUNG_NAMES[rung], percent(found.share(rung))) for rung in RUNGS]
    tables = [
        both,
        Table("Market-based scope 2", columns, rows, ("all", "", "", "", energy.figure(found.energy_wh), co2.figure(found.co2_g))),
        Table("Electricity in scope 2 by contractual instrument", [("kind", LEFT), ("share", RIGHT)], shares),
    ]
    if found.refused:
        refused = [(each.instrument, energy.figure(each.energy_wh), each.reason) for each in found.refused]
        tables.append(Table("Instruments that count for nothing", [("instrument", LEFT), (energy.name, RIGHT), ("why", LEFT)], refused))
    return Section("market", "Scope 2: location-based and market-based", (MARKET,), tables)
