"""Figures beside what their sources state."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from tools.sources.figures import Figure
from tools.sources.stated import Entry, Stated


class Checked(NamedTuple):
    figure: Figure
    name: str | None
    """What the source calls it; None when nothing there has one of its names."""
    stated: Stated | None
    """None where the source states no such number."""

    @property
    def agrees(self) -> bool:
        return self.stated is not None and self.stated.agrees(self.figure.value)


def checked(figures: Iterable[Figure], stated: Mapping[str, Mapping[str, Entry]]) -> list[Checked]:
    """The figures of the sources that were read; of several names the first that agrees, or else the first that is there."""
    return [_checked(figure, stated[figure.source]) for figure in figures if figure.source in stated]


def _checked(figure: Figure, entries: Mapping[str, Entry]) -> Checked:
    found = [Checked(figure, name, entries[name].get(figure.field)) for name in figure.names if name in entries]
    agreeing = [each for each in found if each.agrees]
    return (agreeing or found or [Checked(figure, None, None)])[0]
