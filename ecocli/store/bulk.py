"""Calls on their way into the store, many at a time: what many of them share is there, and is passed on, once."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Self, overload

from ecocli.core.footprint import Spent
from ecocli.core.usage import Usages
from ecocli.store.columns import CALL_COLUMNS, FIGURE_COLUMNS, USAGE_COLUMNS, sentences_text, tags_texts, tool_calls_text
from ecocli.store.rows import Row

SharedValues = tuple[Any, ...]
"""Values that the calls of one group share: those of all columns that a `Rows` does not list call by call, in their order."""

_ASKED = ("model", "region")
"""Attributes of `Usage` in which the calls of one group never differ: they asked for the same."""
_TEXTS: Mapping[str, Callable[[Any], Sequence[str | None]]] = {
    "tags": tags_texts,
    "assumptions": lambda many: list(map(sentences_text, many)),
    "server_tool_calls": lambda many: list(map(tool_calls_text, many)),
}
"""How the texts of many calls are made at once, by attribute of `Usage`."""


class Rows(Sequence[Row]):
    """
    Rows as `rows.call_row` makes them, by column.

    Args:
        group_of: For each call the number of its group.
        names: Columns that have a value of its own for each call.
        columns: Their values.
        groups: What the calls of each group have in the other columns.
    """

    def __init__(self, group_of: Sequence[int], names: tuple[str, ...], columns: list[Sequence[Any]], groups: list[SharedValues]) -> None:
        self.group_of, self.names, self.columns, self.groups = group_of, names, columns, groups
        self.shared_names = tuple(name for name in CALL_COLUMNS if name not in names)
        """Columns of a group."""

    @classmethod
    def of(cls, rows: Iterable[Row]) -> Self:
        """Rows that share nothing."""
        columns: list[Sequence[Any]] = list(zip(*rows, strict=True)) or [()] * len(CALL_COLUMNS)
        return cls([0] * len(columns[0]), CALL_COLUMNS, columns, [()])

    @classmethod
    def counted(
        cls, usages: Usages, own: Mapping[str, Sequence[Any]], spent: Iterable[Spent], group_of: Sequence[int], firsts: Sequence[Row]
    ) -> "Rows":
        """
        Rows of calls that have the same fields.

        Args:
            own: Columns with a value of its own for each call, beside those of the usages and the figures.
            group_of: For each call the number of its group: calls of one group asked for the same.
            firsts: The row of the first call of each group, from which comes all that does not differ.
        """
        own = dict(own) | {USAGE_COLUMNS[name]: told for name, told in _told_apart(usages)}
        figures, markets, own["dominant_factor"] = zip(*spent, strict=True)
        own |= zip(FIGURE_COLUMNS, zip(*figures, strict=True), strict=True)
        if any(market is not None for market in markets):
            own["market_co2_g"] = markets
        shared = [at for at, name in enumerate(CALL_COLUMNS) if name not in own]
        found = cls(group_of, tuple(own), list(own.values()), [tuple(row[at] for at in shared) for row in firsts])
        return found.apart() if 2 * len(firsts) > len(group_of) else found  # what next to nobody shares is sooner passed on for each call

    def apart(self) -> "Rows":
        """With all columns listed call by call."""
        return Rows([0] * len(self), CALL_COLUMNS, list(map(self.column, CALL_COLUMNS)), [()])

    def column(self, name: str) -> Sequence[Any]:
        """The value of each call in one column."""
        if name in self.names:
            return self.columns[self.names.index(name)]
        at = self.shared_names.index(name)
        values = [group[at] for group in self.groups]
        return [values[number] for number in self.group_of]

    def chosen(self, places: Sequence[int]) -> "Rows":
        """Those of the calls that stand there."""
        columns: list[Sequence[Any]] = [list(map(column.__getitem__, places)) for column in self.columns]
        return Rows(list(map(self.group_of.__getitem__, places)), self.names, columns, self.groups)

    def under(self, call_ids: Sequence[str]) -> "Rows":
        """With other ids."""
        at, apart = CALL_COLUMNS.index("call_id"), self.apart()
        return Rows(apart.group_of, apart.names, [*apart.columns[:at], call_ids, *apart.columns[at + 1 :]], apart.groups)

    def without(self, places: Iterable[int]) -> "Rows":
        """All but the few that stand there."""
        columns = [list(column) for column in (self.group_of, *self.columns)]
        for at in sorted(places, reverse=True):
            for column in columns:
                del column[at]
        group_of, *own = columns
        return Rows(group_of, self.names, list[Sequence[Any]](own), self.groups)

    def __len__(self) -> int:
        return len(self.group_of)

    def __iter__(self) -> Iterator[Row]:
        return map(list, zip(*map(self.column, CALL_COLUMNS), strict=True))

    @overload
    def __getitem__(self, at: int) -> Row: ...
    @overload
    def __getitem__(self, at: slice) -> "Rows": ...
    def __getitem__(self, at: int | slice) -> "Row | Rows":
        if isinstance(at, slice):
            return Rows(self.group_of[at], self.names, [column[at] for column in self.columns], self.groups)
        return next(iter(self.chosen([range(len(self))[at]])))


def _told_apart(usages: Usages) -> Iterator[tuple[str, Sequence[Any]]]:
    """Attributes in which the calls differ, with what is stored of each call."""
    for name, values in usages.columns.items():
        if name not in USAGE_COLUMNS or name in _ASKED or len(set(map(id, values))) == 1:  # one and the same: no need to compare what it says
            continue
        told = _TEXTS[name](values) if name in _TEXTS else values
        if told.count(told[0]) < len(told):
            yield name, told
