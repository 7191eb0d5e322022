"""The geometry of the report's plots; the template draws them."""

from collections.abc import Iterator, Sequence
from math import floor, log10

from ecocli.core.numbers import counted
from ecocli.core.quantity import ZERO, Estimate
from ecocli.errors import shorten
from ecocli.render.report.text import percent, words
from ecocli.render.report.units import Unit, unit_of
from ecocli.reports import Report
from ecocli.reports.lines import Line
from ecocli.util.valueclass import value_class

MAX_BARS = 10
"""Further bars are merged into "others"."""
LABEL = 34
SCOPE_LABEL = 54
"""As much as fits beside the bars; a scope needs more than a name."""
MAX_LABELS = 8
"""Below a plot over time: more would overlap."""
STEPS = (1, 2, 2.5, 5, 10)
TICKS = 5


@value_class(frozen=True, slots=True)
class Bar:
    """One bar; `value`, `low` and `high` are positions on the axis from 0 to 1."""

    label: str
    text: str
    value: float
    low: float
    high: float
    has_label: bool = True


@value_class(frozen=True, slots=True)
class Plot:
    """Bars with ranges on a common axis that begins at zero."""

    id: str
    title: str
    unit: str
    ticks: list[tuple[float, str]]
    """(position from 0 to 1, label)"""
    bars: list[Bar]

    @property
    def description(self) -> str:
        """The plot in words, for screen readers."""
        return f"{self.title}, in {self.unit}: {'; '.join(f'{bar.label} {bar.text}' for bar in self.bars)}."


@value_class(frozen=True, slots=True)
class Stack:
    """A stacked bar of the levels of one dimension of data quality, from the best to the poorest."""

    id: str
    title: str
    parts: list[tuple[str, str, float, float]]
    """(level, share as text, start, length), the last two from 0 to 1"""

    @property
    def description(self) -> str:
        return f"{self.title}: {', '.join(f'{name} {text}' for name, text, _, _ in self.parts)}."


def plots(report: Report) -> dict[str, Plot]:
    """Plots by the id of their section; empty when nothing was emitted."""
    if not report.total.co2_g.value:
        return {}
    scopes = [(f"Scope {line.scope}: {line.what}", line.co2_g) for line in report.scopes.lines if line.co2_g.value]
    whole = unit_of("g", [report.total.co2_g.value])
    spans = [(span.label, span.co2_g) for span in report.over_time]
    found = {"scopes": _plot("scopes", "Emissions by scope, location-based", scopes, unit_of("g", [report.scopes.gross().value]), SCOPE_LABEL)}
    found["time"] = _plot("time", f"Emissions of electricity by {report.period}", spans, unit_of("g", [co2_g.value for _, co2_g in spans]), LABEL, every=-(-len(spans) // MAX_LABELS))
    for id, lines in (("provider", report.providers), ("model", report.models), ("region", report.regions)):
        found[id] = _plot(id, f"Emissions of electricity by {id}", _most(lines), whole, LABEL)
    return found


def stacks(report: Report) -> list[Stack]:
    """One stack per dimension of data quality; empty when nothing was emitted."""
    if not report.total.co2_g.value:
        return []
    return [Stack(dimension.name, dimension.title, list(_parts(dimension.levels))) for dimension in report.quality]


def ticks(most: float) -> list[float]:
    """
    Round values from zero to at least `most`.

    >>> ticks(4.6), ticks(0.93)
    ([0.0, 1.0, 2.0, 3.0, 4.0, 5.0], [0.0, 0.2, 0.4, 0.6, 0.8, 1.0])
    """
    power = 10.0 ** floor(log10(most / TICKS))
    step = next(power * step for step in STEPS if power * step * TICKS >= most)
    count = -(-most // step)
    return [round(step * at, 12 - floor(log10(step))) for at in range(int(count) + 1)]


def _plot(id: str, title: str, values: Sequence[tuple[str, Estimate]], unit: Unit, most: int, every: int = 1) -> Plot:
    """A plot in the unit of the table beside it; `every` n-th bar has a label below it."""
    highest = max(estimate.high for _, estimate in values)
    marks = ticks(highest / unit.size)
    end = marks[-1] * unit.size
    bars = [
        Bar(shorten(label, most), unit.figure(each.value), each.value / end, each.low / end, each.high / end, at % every == 0)
        for at, (label, each) in enumerate(values)
    ]
    return Plot(id, title, unit.name, [(mark / marks[-1], f"{mark:,g}") for mark in marks], bars)


def _most(lines: Sequence[Line]) -> list[tuple[str, Estimate]]:
    """The largest lines, and the rest merged into one."""
    named = [(line.name or "unknown", line.amounts.co2_g) for line in lines]
    if len(named) <= MAX_BARS:
        return named
    others = named[MAX_BARS - 1 :]
    return [*named[: MAX_BARS - 1], (counted(len(others), "other"), sum((co2_g for _, co2_g in others), start=ZERO))]


def _parts(levels: Sequence[Line]) -> Iterator[tuple[str, str, float, float]]:
    at = 0.0
    for level in levels:
        share = level.share or 0.0
        yield words(level.name), percent(level.share), at, share
        at += share
