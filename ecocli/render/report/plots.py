"""The geometry of the report's plots; the template draws them."""

from collections.abc import Iterator, Sequence
from math import floor, log10

from ecocli.core.numbers import SCALES, significant
from ecocli.core.quantity import ZERO, Estimate
from ecocli.errors import shorten
from ecocli.render.report.text import percent, words
from ecocli.reports import Report
from ecocli.reports.lines import Line
from ecocli.util.valueclass import value_class

MOST_BARS = 10
"""More are one, "others"."""
LABEL = 30
MOST_LABELS = 8
"""Below a plot over time: more days would run into each other."""
STEPS = (1, 2, 2.5, 5, 10)
TICKS = 5


@value_class(frozen=True, slots=True)
class Bar:
    """Positions along the axis, from 0 to 1."""

    label: str
    text: str
    value: float
    low: float
    high: float
    has_label: bool = True


@value_class(frozen=True, slots=True)
class Plot:
    """Bars with their ranges on a common axis that begins at zero."""

    id: str
    title: str
    unit: str
    ticks: list[tuple[float, str]]
    """Position from 0 to 1, and its label."""
    bars: list[Bar]

    @property
    def description(self) -> str:
        """The plot in words, for who cannot see it."""
        return f"{self.title}, in {self.unit}: {'; '.join(f'{bar.label} {bar.text}' for bar in self.bars)}."


@value_class(frozen=True, slots=True)
class Stack:
    """Shares of one whole, from the best level to the poorest."""

    id: str
    title: str
    parts: list[tuple[str, str, float, float]]
    """Level, its share as text, where it begins and how long it is, from 0 to 1."""

    @property
    def description(self) -> str:
        return f"{self.title}: {', '.join(f'{name} {text}' for name, text, _, _ in self.parts)}."


def plots(report: Report) -> dict[str, Plot]:
    """By the id of the section that they belong to; none where nothing was emitted."""
    if not report.total.co2_g.value:
        return {}
    scopes = [(f"Scope {line.scope}: {line.what}", line.co2_g) for line in report.scopes.lines if line.co2_g.value]
    spans = [(span.label, span.co2_g) for span in report.over_time]
    found = {"scopes": _plot("scopes", "Emissions by scope, location-based", scopes, 60)}
    found["time"] = _plot("time", f"Emissions of electricity by {report.period}", spans, LABEL, every=-(-len(spans) // MOST_LABELS))
    for id, lines in (("provider", report.providers), ("model", report.models), ("region", report.regions)):
        found[id] = _plot(id, f"Emissions of electricity by {id}", _most(lines), LABEL)
    return found


def stacks(report: Report) -> list[Stack]:
    """Data quality, one a question."""
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


def _plot(id: str, title: str, values: Sequence[tuple[str, Estimate]], most: int, every: int = 1) -> Plot:
    """All in the unit that suits the largest, and every so many with a label below it."""
    highest = max(estimate.high for _, estimate in values)
    factor, unit = next(((factor, unit) for factor, unit in SCALES["g"] if highest >= factor), SCALES["g"][-1])
    marks = ticks(highest / factor)
    end = marks[-1] * factor
    bars = [
        Bar(shorten(label, most), significant(each.value / factor), each.value / end, each.low / end, each.high / end, at % every == 0)
        for at, (label, each) in enumerate(values)
    ]
    return Plot(id, title, f"{unit} CO2e", [(mark / marks[-1], f"{mark:g}") for mark in marks], bars)


def _most(lines: Sequence[Line]) -> list[tuple[str, Estimate]]:
    """The largest by name, and what is left as one."""
    named = [(line.name or "unknown", line.amounts.co2_g) for line in lines]
    if len(named) <= MOST_BARS:
        return named
    others = named[MOST_BARS - 1 :]
    return [*named[: MOST_BARS - 1], (f"{len(others)} others", sum((co2_g for _, co2_g in others), start=ZERO))]


def _parts(levels: Sequence[Line]) -> Iterator[tuple[str, str, float, float]]:
    at = 0.0
    for level in levels:
        share = level.share or 0.0
        yield words(level.name), percent(level.share), at, share
        at += share
