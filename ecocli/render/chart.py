"""Stacked bar charts in a terminal. Imports rich, so it is imported only when a chart is shown."""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TextIO

from rich.text import Text

from ecocli.core.numbers import amount
from ecocli.errors import shorten
from ecocli.render.fold import columns, cut
from ecocli.render.tables import console

COLOURS = ("cyan", "magenta", "yellow", "green", "blue", "red", "bright_white", "bright_black")
SHADES, LETTERS = "█▓▒░#=+·", "#=+*o%x."
"""Characters of bars without colour, and in a terminal that has only ASCII."""
OTHER = "other"
MIN_BAR = 10
MAX_LABEL, MAX_NAME = 24, 44
"""Longest label of a bar, and longest name of a series in the legend. [column]"""
GAP = "  "

Bars = Mapping[str, Mapping[str, float]]
"""{label of a bar: {name of a series: value}}, all in one unit."""


def print_chart(bars: Bars, unit: str, out: TextIO, colour: bool) -> None:
    """
    Print one line per bar, with its label and value, and a legend.

    Args:
        unit: Unit of the values: Wh, g, mL or days.
    """
    screen = console(out, colour)
    names = series(bars)
    labels = {label: cut(shorten(label), MAX_LABEL) for label in bars}
    values = {label: amount(sum(parts.values()), unit) for label, parts in bars.items()}
    left, right = (max(map(columns, texts.values()), default=0) for texts in (labels, values))
    room = max(MIN_BAR, screen.width - left - right - 3)
    largest = max((sum(parts.values()) for parts in bars.values()), default=0.0)
    for label, parts in bars.items():
        line = Text(f"{labels[label]}{' ' * (left - columns(labels[label]))} ")
        line.append_text(_bar(_by_series(parts, names), room / largest if largest else 0.0, out, colour))
        line.append(f" {values[label]}")
        screen.print(line, no_wrap=True, overflow="ignore", crop=False)
    if len(names) > 1:
        for line in _legend(names, out, colour, screen.width):
            screen.print(line, no_wrap=True, overflow="ignore", crop=False)


def series(bars: Bars) -> list[str]:
    """Names of the series, the largest first; when there are more than eight, all after the seventh are merged into "other"."""
    totals: dict[str, float] = {}
    for parts in bars.values():
        for name, value in parts.items():
            totals[name] = totals.get(name, 0.0) + value
    names = sorted(totals, key=lambda name: (-totals[name], name))
    return names if len(names) <= len(COLOURS) else [*names[: len(COLOURS) - 1], OTHER]


def lengths(values: Sequence[float], cells_per_unit: float) -> list[int]:
    """
    Lengths of the stacked values of a bar. [column] Edges are rounded, not lengths, so that the total is right.

    >>> lengths([1.4, 1.4, 1.4], 1.0)
    [1, 2, 1]
    """
    edges, at = [0], 0.0
    for value in values:
        at += value
        edges.append(round(at * cells_per_unit))
    return [after - before for before, after in itertools.pairwise(edges)]


def _by_series(parts: Mapping[str, float], names: Sequence[str]) -> list[float]:
    known = [parts.get(name, 0.0) for name in names if name != OTHER]
    return known if OTHER not in names else [*known, sum(parts.values()) - sum(known)]


def _bar(values: Sequence[float], cells_per_unit: float, out: TextIO, colour: bool) -> Text:
    bar = Text()
    for at, cells in enumerate(lengths(values, cells_per_unit)):
        bar.append(_glyph(at, out, colour) * cells, style=COLOURS[at] if colour else "")
    return bar


def _legend(names: Iterable[str], out: TextIO, colour: bool, width: int) -> Iterator[Text]:
    """Lines of the legend, each with as many names as fit; a sign and its name stay together."""
    line = Text()
    for at, name in enumerate(names):
        entry = Text(_glyph(at, out, colour), style=COLOURS[at] if colour else "")
        entry = Text.assemble(entry, f" {cut(shorten(name), MAX_NAME)}")
        if line and line.cell_len + len(GAP) + entry.cell_len > width:
            yield line
            line = Text()
        line = Text.assemble(line, GAP if line else "", entry)
    yield line


def _glyph(at: int, out: TextIO, colour: bool) -> str:
    """The character of a series; the same for all where colours distinguish them."""
    try:
        SHADES.encode(out.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return LETTERS[at]
    return SHADES[0] if colour else SHADES[at]
