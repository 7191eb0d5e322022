"""Summaries as CSV, a table and a card; equivalences in one line."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING, Any, TextIO

from ecocli.analysis.equivalences import equivalents
from ecocli.analysis.periods import PERIODS
from ecocli.analysis.previous import change
from ecocli.analysis.summaries import Group, Summary
from ecocli.contract.summary import NAMES, PER_MILLION, row
from ecocli.core.days import minute_text
from ecocli.core.numbers import amount, counted, dollars, ranged, significant
from ecocli.core.quantity import Estimate
from ecocli.render.card import BOLD, cost_lines, styled
from ecocli.store.totals import Sum

if TYPE_CHECKING:
    from ecocli.analysis.prices import Cost

UNITS = {"facility_energy_wh": "Wh", "co2_g": "g", "water_ml": "mL", "tree_days": "days"}
COLUMNS = ("energy", "carbon", "water", "tree days")
"""Headers of UNITS in a table."""
RATIOS = {"energy/Mtok": "facility_energy_wh", "carbon/Mtok": "co2_g"}
"""Headers of ratios to a million tokens, in and out."""
FIGURES = ("calls", "in", "out", *COLUMNS, *RATIOS, "cost")
SPARED = ("carbon/Mtok", "energy/Mtok", "tree days", "in", "out", "water", "calls", "energy")
"""Columns that are left out, in this order, before a name is folded."""
WIDE, ROOMY, NARROW = 124, 90, 70
"""Widths from which a table shows ranges, tree days, and tokens; the total always shows all. [column]"""


def write_csv(summary: Summary, out: TextIO) -> None:
    """Write the groups, without the total, as CSV; a range becomes two columns."""
    from ecocli.render import spreadsheet

    writer = spreadsheet.writer(out)
    times = ("start", "end") if any(name in PERIODS for name in summary.by) else ()
    ranges = [f"{name}{bound}" for name in (*NAMES, *PER_MILLION) for bound in ("Low", "High")]
    names = (*summary.by, *times, "calls", "inputTokens", "outputTokens", *NAMES, *PER_MILLION, *ranges)
    money = ("pricedCalls", "costUsd") if summary.cost else ()
    writer.writerow(spreadsheet.cells((*names, *money)))
    for group in summary.groups:
        cells = row(group)
        bounds = [bound for pair in cells.pop("range").values() for bound in pair or (None, None)]
        cost = [cells.pop(name, None) for name in money]
        writer.writerow([*spreadsheet.cells(cells.values()), *bounds, *cost])


def table(summary: Summary, width: int, chosen: Sequence[str] | None = None) -> tuple[list[tuple[str, str]], Iterator[Sequence[Any]]]:
    """(columns, rows) of a table for a terminal of that width: figures are left out before names are cut, unless some are chosen."""
    shown = ranged if width >= WIDE else _central
    numbers = ["calls", *(("in", "out") if width >= NARROW else ()), "energy", "carbon", "water"]
    if width >= ROOMY:  # what tells models apart is more to the point than a number of trees
        numbers += RATIOS if "model" in summary.by else ["tree days"]
    numbers += ["cost"] if summary.cost else []
    numbers = list(chosen or numbers)
    columns = [*((name, "left") for name in summary.by), *((name, "right") for name in numbers)]
    cells = (_cells_of(group.sum, shown) | _cost_cell(group.cost) for group in summary.groups)
    return columns, ((*group.names.values(), *map(cell.get, numbers)) for group, cell in zip(summary.groups, cells, strict=True))


def span_title(span: tuple[int, int], tz: tzinfo) -> str:
    """A time by its first and its last day; with the time of day where it ends within one."""
    first, last = minute_text(span[0], tz), minute_text(span[1] - 1, tz)
    day, end = first.removesuffix(" 00:00"), last.removesuffix(" 23:59")
    return day if day == end else f"{day} to {end}"


def pairs_table(by: Sequence[str], pairs: Iterable[Any]) -> tuple[list[tuple[str, str]], Iterator[Sequence[Any]]]:
    """(columns, rows): carbon of each group in a time, before, and by how much it has changed."""
    columns = [*((name, "left") for name in by), *((name, "right") for name in ("calls", "before", "carbon", "before", "change"))]
    return columns, ((*names.values(), f"{now.calls:,}", f"{old.calls:,}", *_both(now, old, "co2_g")) for names, now, old in pairs)


def change_table(now: Sum, before: Sum) -> tuple[list[tuple[str, str]], Sequence[Sequence[Any]]]:
    """(columns, rows): each total in a time, before, and by how much it has changed."""
    columns = [("total", "left"), ("now", "right"), ("before", "right"), ("change", "right")]
    counts = {"calls": (now.calls, before.calls), "tokens in": (now.input_tokens, before.input_tokens), "tokens out": (now.output_tokens, before.output_tokens)}
    rows = [(name, f"{one:,}", f"{other:,}", _grown(one, other)) for name, (one, other) in counts.items()]
    return columns, (*rows, *((name, *_both(now, before, figure)) for name, figure in zip(COLUMNS, UNITS, strict=True)))


def _both(now: Sum, before: Sum, figure: str) -> tuple[str, str, str]:
    one, other = now[figure].value, before[figure].value
    return amount(one, UNITS[figure]), amount(other, UNITS[figure]), _grown(one, other)


def _grown(now: float, before: float) -> str:
    share = change(now, before)
    return "–" if share is None else f"{'+' if share >= 0 else '−'}{significant(abs(100 * share), 2)} %"


def card(sum: Sum, title: str, colour: bool, cost: "Cost | None" = None) -> str:
    """A sum with its ranges; `title` precedes the number of calls."""
    head = f"{title}{counted(sum.calls, 'call')} · {counted(sum.input_tokens, 'token')} in, {sum.output_tokens:,} out"
    onsite, offsite = (amount(sum[figure].value, "mL") for figure in ("water_onsite_ml", "water_offsite_ml"))
    notes = {"co2_g": " CO2e", "water_ml": f", {onsite} on-site and {offsite} off-site", "tree_days": " of one tree's uptake"}
    labels = zip(("energy", "carbon", "water", "tree"), UNITS.items(), strict=True)
    lines = [f"  {label:<8} {ranged(sum[figure], unit)}{notes.get(figure, '')}" for label, (figure, unit) in labels]
    return "\n".join([styled(head, BOLD, colour), *lines, *cost_lines(cost)])


def equivalence_line(sum: Sum) -> str | None:
    """
    Equivalents of a sum in one line, rounded to the digits that are known; those below 0.05 are left out.

    None when no equivalent is left.
    """
    parts = [_equivalent(each, count) for each, count in equivalents(sum) if count.value >= 0.05]
    return f"about {' · '.join(parts)}" if parts else None


def rounded(estimate: Estimate) -> str:
    """
    The central value with as many digits as its range supports.

    >>> [rounded(Estimate(*x)) for x in ((10, 23.4, 80), (20, 23.4, 26), (23.3, 23.4, 23.5))]
    ['20', '23', '23.4']
    """
    spread = estimate.high / estimate.low if estimate.low > 0 else 10.0
    return significant(estimate.value, 1 if spread > 2 else 2 if spread > 1.05 else 3)


def _equivalent(each: Any, count: Estimate) -> str:
    text = rounded(count)
    return f"{text} {each.one if text == '1' else each.name}"


def _central(estimate: Estimate, unit: str) -> str:
    return amount(estimate.value, unit)


def _cells_of(sum: Sum, shown: Callable[[Estimate, str], str]) -> dict[str, str | None]:
    """Cells of a group by column; without calls there are no figures."""
    counts: dict[str, str | None] = {"calls": f"{sum.calls:,}", "in": f"{sum.input_tokens:,}", "out": f"{sum.output_tokens:,}"}
    if not sum.calls:
        return counts
    figures = {name: shown(sum[figure], unit) for name, (figure, unit) in zip(COLUMNS, UNITS.items(), strict=True)}
    ratios = {name: _per_million(sum, figure, shown) for name, figure in RATIOS.items()}
    return counts | figures | ratios | {"tree days": figures["tree days"].replace(" days", "")}


def _per_million(sum: Sum, figure: str, shown: Callable[[Estimate, str], str]) -> str | None:
    ratio = sum.per_million(figure)
    return None if ratio is None else shown(ratio, UNITS[figure])


def _cost_cell(cost: "Cost | None") -> dict[str, str | None]:
    """The cell "cost"; it states how many calls the cost covers unless it covers all."""
    if cost is None or not cost.priced:
        return {}
    part = f" ({cost.priced:,} of {cost.calls:,})" if cost.priced < cost.calls else ""
    return {"cost": f"{dollars(cost.usd)}{part}"}


def bars(summary: Summary) -> dict[str, dict[str, float]]:
    """{group: {detail: carbon}} for a chart. [g]"""
    found: dict[str, dict[str, float]] = {_label(group, summary.by): {} for group in summary.groups}
    for group in summary.details or summary.groups:
        parts = found[_label(group, summary.by)]
        name = " ".join(value or "–" for key, value in group.names.items() if key not in summary.by)
        parts[name] = parts.get(name, 0.0) + group.sum["co2_g"].value
    return found


def _label(group: Group, by: Iterable[str]) -> str:
    return " ".join(group.names[name] or "–" for name in by)


def glance_row(title: str, sum: Sum, width: int) -> tuple[Any, ...]:
    """The row of one period, with ranges where there is room."""
    cells = _cells_of(sum, ranged if width >= ROOMY else _central)
    return title, *(cells.get(name) for name in ("calls", *COLUMNS[:3]))
