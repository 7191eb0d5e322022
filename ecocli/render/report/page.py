"""The first page of the report as text: the headline and five tables, none of which says more than its reader needs to go on."""

from collections.abc import Iterator, Mapping, Sequence

from ecocli.analysis import periods
from ecocli.contract.report import filters
from ecocli.core.numbers import counted
from ecocli.core.quantity import ZERO, Estimate
from ecocli.render.card import BOLD, DIM, styled
from ecocli.render.fold import columns, fold
from ecocli.render.report import changes, grid
from ecocli.render.report.costs import at_least
from ecocli.render.report.scopes import IN_PART_ON_PAGE, RUNG_NAMES, has_entities_in_part
from ecocli.render.report.sections import asked_text, filters_text, headline, notices
from ecocli.render.report.text import LEFT, RIGHT, Table, percent, shown
from ecocli.render.report.units import Unit, unit_of
from ecocli.reports import Report, Span, statements
from ecocli.reports.lines import Line
from ecocli.reports.market import RUNGS
from ecocli.reports.quality import Dimension

MOST_LINES = 4
"""Of models; the rest are one line."""
MOST_SPANS = 6
"""More days are shown by weeks, and more months by quarters."""
BAR = 16
"""Of the longest bar. [column]"""
BLOCK = "█"
TIER = "tier"
"""A dimension that says again what others say."""
ROOMY = 60
"""Least width of a terminal with bars. [column]"""
THE_REST = "eco report --full has the rest, and whose data this is; --output report.html or .xlsx is to hand on."


def page(report: Report, width: int, colour: bool, encoding: str | None = "utf-8") -> str:
    """The page, no line wider than `width` columns, with bars of what the terminal's encoding has."""
    lines = [*_head(report, colour), *_headline(report, width)]
    if report.total.calls:
        for table in _tables(report, _block(width, encoding)):
            header, *rows = grid.lines(table, width)
            lines += ["", *(styled(part, BOLD, colour) for part in fold(header, width)), *rows]
    lines += ["", changes.evidence_line(report), *(styled(part, DIM, colour) for part in fold(THE_REST, width))]
    return "\n".join(part for line in lines for part in fold(line, width)) + "\n"


def _block(width: int, encoding: str | None) -> str:
    try:
        BLOCK.encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return "#" if width >= ROOMY else ""
    return BLOCK if width >= ROOMY else ""


def _head(report: Report, colour: bool) -> Iterator[str]:
    yield styled(statements.TITLE, BOLD, colour)
    name, total = report.organisation.name, report.total
    calls = f"{counted(total.calls, 'call')}, {counted(total.input_tokens, 'token')} in, {total.output_tokens:,} out"
    yield shown(f"{f'{name}, ' if name else ''}{asked_text(report)}: {calls}")
    if filters(report):
        yield f"Only {shown(filters_text(report))}"
    yield statements.LABEL
    yield from map(shown, notices(report))
    if has_entities_in_part(report):
        yield IN_PART_ON_PAGE
    yield ""


def _headline(report: Report, width: int) -> Iterator[str]:
    """A figure a line, and behind it what it is."""
    figures = headline(report)
    amounts = [f"{figure.value} {figure.unit}" for figure in figures]
    room = max(map(columns, amounts))
    for figure, amount in zip(figures, amounts, strict=True):
        yield from fold(f"{' ' * (room - columns(amount) + 1)}{amount}  {figure.name} ({figure.note})", width, room + 3)


def _tables(report: Report, block: str) -> Iterator[Table]:
    yield _scopes(report)
    yield _market(report)
    yield from changes.on_page(report)
    yield _models(report)
    yield _time(report, block)
    yield _quality(report)


def _scopes(report: Report) -> Table:
    found, unit = report.scopes, unit_of("g", [report.scopes.gross().value])
    categories = dict.fromkeys((line.scope, line.category, line.category_name) for line in found.lines)
    rows = [(_scope(*each), *_ranged(unit, found.gross(*each[:2]))) for each in categories]
    if found.optional_co2_g.value:
        rows.append(("  of these optional", *_ranged(unit, found.optional_co2_g)))
    return Table("", _ranged_columns("Emissions by scope, location-based", unit), rows, ("Scopes 2 and 3", *_ranged(unit, found.gross())))


def _scope(scope: int, category: int | None, name: str | None) -> str:
    return f"Scope {scope}.{category}, {name}" if category else f"Scope {scope}, electricity"


def _market(report: Report) -> Table:
    """Both figures of scope 2; the market-based one with what it rests on."""
    found, located = report.market, report.scopes.gross(2)
    unit = unit_of("g", [located.value, found.co2_g])
    columns = [("Scope 2", LEFT), (unit.name, RIGHT), ("range, or what it rests on", LEFT)]
    if not found.energy_wh:
        return Table("", columns, [("location- and market-based", "0", "no own machine, and none that the undertaking controls")])
    rests = ", ".join(f"{percent(found.share(rung))} {RUNG_NAMES[rung]}" for rung in RUNGS if found.share(rung))
    return Table("", columns, [("location-based", *_ranged(unit, located)), ("market-based", unit.figure(found.co2_g), rests)])


def _models(report: Report) -> Table:
    unit, energy = unit_of("g", [report.total.co2_g.value]), unit_of("Wh", [report.total.facility_energy_wh.value])
    cost = report.cost
    columns = [("Electricity by model", LEFT), ("calls", RIGHT), (cost.currency if cost else energy.name, RIGHT), (unit.name, RIGHT), ("range", RIGHT), ("share", RIGHT)]
    most = len(report.models) if len(report.models) <= MOST_LINES + 1 else MOST_LINES
    groups = [([line], line.name) for line in report.models[:most]]
    if others := report.models[most:]:
        groups.append((others, counted(len(others), "other")))

    def row(lines: Sequence[Line], name: str) -> tuple[str, ...]:
        co2_g = sum((line.amounts.co2_g for line in lines), start=ZERO)
        calls, energy_wh = sum(line.amounts.calls for line in lines), sum(line.amounts.facility_energy_wh.value for line in lines)
        middle = at_least(cost.of("model", [line.name for line in lines])) if cost else energy.figure(energy_wh)
        return name, f"{calls:,}", middle, *_ranged(unit, co2_g), percent(sum(line.share or 0.0 for line in lines))

    return Table("", columns, [row(*group) for group in groups])


def _time(report: Report, block: str) -> Table:
    name, spans = _spans(report)
    unit, most = unit_of("g", [co2_g.value for _, co2_g in spans.values()]), max(co2_g.value for _, co2_g in spans.values())
    columns = [(f"Electricity by {name}", LEFT), ("calls", RIGHT), (unit.name, RIGHT), ("range", RIGHT)]
    rows = [(label, f"{calls:,}", *_ranged(unit, co2_g)) for label, (calls, co2_g) in spans.items()]
    if not block:
        return Table("", columns, rows)
    bars = [block * round(BAR * co2_g.value / most if most else 0) for _, co2_g in spans.values()]
    return Table("", [*columns, ("", LEFT)], [(*row, bar) for row, bar in zip(rows, bars, strict=True)])


def _spans(report: Report) -> tuple[str, Mapping[str, tuple[int, Estimate]]]:
    """(what a span is, calls and emissions by its label); by weeks or quarters where there are many days or months."""
    coarser = {"day": "week", "month": "quarter"}.get(report.period) if len(report.over_time) > MOST_SPANS else None
    found: dict[str, tuple[int, Estimate]] = {}
    for span in report.over_time:
        label = _coarse(span, report) if coarser else span.label
        calls, co2_g = found.get(label, (0, ZERO))
        found[label] = calls + span.calls, co2_g + span.co2_g
    return coarser or report.period, found


def _coarse(span: Span, report: Report) -> str:
    if report.period == "day":
        return periods.label("week", span.start_ms, report.tz)
    year, _, month = span.label.partition("-")
    return f"{year}-Q{(int(month) + 2) // 3}"


def _quality(report: Report) -> Table:
    columns = [("Data quality", LEFT), ("share of emissions, best level first", LEFT)]
    rows = [(dimension.title, _levels(dimension)) for dimension in report.quality if dimension.name != TIER]
    if report.doubtful and (most := report.doubtful[0]).share is not None:
        rows.append(("Unread sources", f"{percent(most.share)} rest on one that is {most.doubt}; {len(report.doubtful)} in all"))
    return Table("", columns, [*rows, *_coverage(report)])


def _levels(dimension: Dimension) -> str:
    return ", ".join(f"{percent(level.share)} {level.name.replace('_', ' ').lower()}" for level in dimension.levels if level.amounts.calls)


def _coverage(report: Report) -> Iterator[tuple[str, str]]:
    found = report.coverage
    gap = f", {found.longest_gap.days:,} of them from {found.longest_gap.first} to {found.longest_gap.last}" if found.longest_gap else ""
    yield "Days without calls", f"{found.days_without_calls:,} of {found.days:,}{gap}"
    lacking = {"prompt": found.uncounted.without_prompt, "answer": found.uncounted.without_completion}
    if any(lacking.values()):
        yield "Calls without a count", ", ".join(f"{count:,} of the {what}" for what, count in lacking.items())


def _ranged_columns(title: str, unit: Unit) -> list[tuple[str, str]]:
    return [(title, LEFT), (unit.name, RIGHT), ("range", RIGHT)]


def _ranged(unit: Unit, estimate: Estimate) -> tuple[str, str]:
    return unit.figure(estimate.value), unit.range(estimate) if estimate.high else ""
