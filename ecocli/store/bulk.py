"""Calls on their way into the store, many at a time: what many of them share is there, and is passed on, once."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Self, overload

from ecocli.core.footprint import Spent
from ecocli.core.usage import Usages
from ecocli.store.rows import CALL_COLUMNS, FIGURE_COLUMNS, Row, sentences_text, tags_texts

Kind = tuple[Any, ...]
"""What calls of one kind share: the values of all columns that a `Rows` does not list call by call, in their order."""

_IN_KIND = {"provider", "model", "region"}
"""Attributes of `Usage`: what was asked for, the same for all calls of one kind."""
_COLUMNS = {"id": "call_id", "assumptions": "reading_assumptions"}
"""Attributes of `Usage` that the store calls otherwise."""
_TEXTS: Mapping[str, Callable[[Any], Sequence[str | None]]] = {
    "tags": tags_texts,
    "assumptions": lambda many: list(map(sentences_text, many)),
}


class Rows(Sequence[Row]):
    """
    Rows as `rows.call_row` makes them, by column.

    Args:
        kind_of: For each call the number of its kind.
        names: Columns that have a value of its own for each call.
        columns: Their values.
        kinds: What the calls of each kind have in the other columns.
    """

    def __init__(self, kind_of: Sequence[int], names: tuple[str, ...], columns: list[Sequence[Any]], kinds: list[Kind]) -> None:
        self.kind_of, self.names, self.columns, self.kinds = kind_of, names, columns, kinds
        self.shared = tuple(name for name in CALL_COLUMNS if name not in names)
        """Columns of a kind."""

    @classmethod
    def of(cls, rows: Iterable[Row]) -> Self:
        """Rows that share nothing."""
        columns: list[Sequence[Any]] = list(zip(*rows, strict=True)) or [()] * len(CALL_COLUMNS)
        return cls([0] * len(columns[0]), CALL_COLUMNS, columns, [()])

    @classmethod
    def counted(
        cls, usages: Usages, own: dict[str, Sequence[Any]], spent: Iterable[Spent], kind_of: Sequence[int], firsts: Sequence[Row]
    ) -> "Rows":
        """
        Rows of calls that have the same fields.

        Args:
            own: Columns with a value of its own for each call, beside those of the usages and the figures.
            kind_of: For each call the number of its kind: calls of one kind asked for the same.
            firsts: The row of the first call of each kind, from which comes all that does not differ.
        """
        own = dict(own)
        for name, values in usages.columns.items():
            if name in _IN_KIND or len(set(map(id, values))) == 1:  # one and the same: no need to compare what it says
                continue
            told = _TEXTS[name](values) if name in _TEXTS else values
            if told.count(told[0]) < len(told):
                own[_COLUMNS.get(name, name)] = told
        figures, markets, own["dominant_factor"] = zip(*spent, strict=True)
        own |= zip(FIGURE_COLUMNS, zip(*figures, strict=True), strict=True)
        if any(market is not None for market in markets):
            own["market_co2_g"] = markets
        shared = [at for at, name in enumerate(CALL_COLUMNS) if name not in own]
        found = cls(kind_of, tuple(own), list(own.values()), [tuple(row[at] for at in shared) for row in firsts])
        return found.apart() if 2 * len(firsts) > len(kind_of) else found  # what next to nobody shares is sooner passed on for each call

    def apart(self) -> "Rows":
        """With all columns listed call by call."""
        return Rows([0] * len(self), CALL_COLUMNS, list(map(self.column, CALL_COLUMNS)), [()])

    def column(self, name: str) -> Sequence[Any]:
        """The value of each call in one column."""
        if name in self.names:
            return self.columns[self.names.index(name)]
        at = self.shared.index(name)
        values = [kind[at] for kind in self.kinds]
        return [values[number] for number in self.kind_of]

    def chosen(self, places: Sequence[int]) -> "Rows":
        """Those of the calls that stand there."""
        columns: list[Sequence[Any]] = [list(map(column.__getitem__, places)) for column in self.columns]
        return Rows(list(map(self.kind_of.__getitem__, places)), self.names, columns, self.kinds)

    def without(self, places: Iterable[int]) -> "Rows":
        """All but the few that stand there."""
        columns = [list(column) for column in (self.kind_of, *self.columns)]
        for at in sorted(places, reverse=True):
            for column in columns:
                del column[at]
        kind_of, *own = columns
        return Rows(kind_of, self.names, list[Sequence[Any]](own), self.kinds)

    def __len__(self) -> int:
        return len(self.kind_of)

    def __iter__(self) -> Iterator[Row]:
        return map(list, zip(*map(self.column, CALL_COLUMNS), strict=True))

    @overload
    def __getitem__(self, at: int) -> Row: ...
    @overload
    def __getitem__(self, at: slice) -> "Rows": ...
    def __getitem__(self, at: int | slice) -> "Row | Rows":
        if isinstance(at, slice):
            return Rows(self.kind_of[at], self.names, [column[at] for column in self.columns], self.kinds)
        return next(iter(self.chosen([range(len(self))[at]])))
