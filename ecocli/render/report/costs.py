"""The section on cost beside carbon, and the cost of the headline."""

from collections.abc import Iterable, Iterator

from ecocli.analysis.prices import Cost
from ecocli.core.numbers import counted
from ecocli.core.quantity import Estimate
from ecocli.render.report.text import LEFT, NONE, RIGHT, Figure, Section, Table
from ecocli.render.report.units import Unit, unit_of
from ecocli.reports import Report

WHAT = (
    "List prices in US dollars at the time of each call, by {source} {edition}: text at the usual service level, cached tokens at their own price, "
    "without batches, discounts, taxes and tools. {without} of {calls} without a list price: counted, and in no sum."
)


def headline(report: Report) -> Iterator[Figure]:
    """The cost of all calls that have a price."""
    if report.cost is not None:
        total = report.cost.total
        without = f"{total.calls - total.priced:,} of {counted(total.calls, 'call')} without a price" if total.priced < total.calls else "of all calls"
        yield Figure("Cost at list prices", usd(total), report.cost.currency, without)


def costs(report: Report) -> Iterator[Section]:
    """Where it was asked for: by provider, model and time."""
    found = report.cost
    if found is None:
        return
    total, unit = found.total, unit_of("g", [report.total.co2_g.value])
    what = WHAT.format(source=found.source, edition=found.edition, without=f"{total.calls - total.priced:,}", calls=counted(total.calls, "call"))
    groups = {"provider": report.providers, "model": report.models, "region": report.regions}
    tables = [
        _table(name, ((line.name, found.groups[name].get(line.name, Cost()), line.amounts.co2_g) for line in lines), total, report, unit) for name, lines in groups.items()
    ]
    spans = ((span.label, found.spans.get(span.start_ms, Cost()), span.co2_g) for span in report.over_time)
    tables.append(_table(report.period, spans, total, report, unit))
    yield Section("cost", "Cost beside carbon", (what,), tables)


def usd(cost: Cost) -> str:
    """To the cent, or with three digits below a dollar; a dash where no call has a price."""
    if not cost.priced:
        return NONE if cost.calls else "0"
    return f"{cost.usd:,.2f}" if cost.usd >= 1 or not cost.usd else f"{cost.usd:.3g}"


def at_least(cost: Cost) -> str:
    """As `usd`, with a mark where some calls have no price."""
    return f"≥ {usd(cost)}" if 0 < cost.priced < cost.calls else usd(cost)


def _table(name: str, rows: Iterable[tuple[str, Cost, Estimate]], total: Cost, report: Report, unit: Unit) -> Table:
    columns = [(name, LEFT), ("calls", RIGHT), ("without a price", RIGHT), ("USD", RIGHT), (f"{unit.name} of electricity (range)", RIGHT)]

    def row(label: str, cost: Cost, co2_g: Estimate) -> tuple[str, ...]:
        return label, f"{cost.calls:,}", f"{cost.calls - cost.priced:,}", usd(cost), unit.ranged(co2_g)

    return Table(f"Cost by {name}", columns, [row(*each) for each in rows], row("all", total, report.total.co2_g))
