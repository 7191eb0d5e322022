"""The JSON of a report as the sheets of a spreadsheet, a table each, whatever sections there are: a new one needs no code here."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ecocli.render.report import cells
from ecocli.util.valueclass import value_class

Path = tuple[str, ...]
"""Where something is in the JSON."""
Row = dict[str, Any]
"""Numbers, truths, texts or None, by the name of their column."""

ABOUT: Path = ("report",)
"""The first sheet: what is said of the report as a whole."""
ON_FIRST = ("period", "filters", "warnings")
"""Parts of the JSON that are on it, beside what is neither a list nor an object."""
ALL_CALLS: Path = ("total",)
TOTALS: dict[Path, Path] = {
    ("scopes",): ("gross", "total"),
    ("scope2", "marketBased", "covered"): ("scope2", "marketBased"),
    ("overTime", "data"): ALL_CALLS,
    ("dataQuality",): ALL_CALLS,
}
"""Tables whose rows add up to a figure elsewhere, beside those that are named by…: each of these divides all calls."""
ITEM, VALUE, LOW, HIGH, NAME = "item", "value", "low", "high", "name"
ANSWER = "status"
"""Says that a command succeeded, and nothing of the report."""
UNIT, RANGE, TAGS = "unit", "range", "tags"


@value_class(frozen=True, slots=True)
class Sheet:
    """One table."""

    path: Path
    rows: Sequence[Row]
    is_list: bool = True
    """Each row is one of many things; else each is a figure of the same thing, its name in the first column."""
    is_grouped: bool = False
    """Rows with the same first cell, which are below each other, are a table of their own."""

    @property
    def columns(self) -> list[str]:
        """Names of all columns; one that only some rows have is where they have it."""
        names: list[str] = []
        for kind in dict.fromkeys(map(tuple, self.rows)):
            at = 0
            for name in kind:
                if name not in names:
                    names.insert(at, name)
                at = names.index(name) + 1
        return names

    @property
    def total(self) -> Path | None:
        """Where its rows' sum is."""
        divides_all = len(self.path) == 1 and self.path[0].startswith("by")
        return TOTALS.get(self.path) or (ALL_CALLS if divides_all else None)


def sheets(report: Mapping[str, Any]) -> Iterator[Sheet]:
    """All tables, in the order of the JSON; those without rows too."""
    about = {name: value for name, value in report.items() if name in ON_FIRST or not isinstance(value, dict | list)}
    yield Sheet(ABOUT, list(_figures({name: value for name, value in about.items() if name != ANSWER})), is_list=False)
    for name, value in report.items():
        if name not in about:
            yield from _tables((name,), value)


def _tables(path: Path, value: Any) -> Iterator[Sheet]:
    if isinstance(value, list):
        yield from _lists(path, [each if isinstance(each, dict) else {path[-1]: each} for each in value])
    elif _is_by_name(value):
        yield from _lists(path, [{NAME: name} | each for name, each in value.items()])
    else:
        own = {name: each for name, each in value.items() if name == RANGE or _is_flat(each) or _is_texts(each)}
        if own or not value:
            yield Sheet(path, list(_figures(own)), is_list=False)
        for name, each in value.items():
            if name not in own:
                yield from _tables((*path, name), each)


def _lists(path: Path, objects: Sequence[Row]) -> Iterator[Sheet]:
    """A row for each object; where objects hold a table, a row for each row of that, behind what its object says."""
    inner = list(dict.fromkeys(name for each in objects for name, value in each.items() if _is_table(value)))
    if not inner:
        yield Sheet(path, [_row(each) for each in objects])
    for name in inner:
        rows = []
        for each in objects:
            outer = _row({key: value for key, value in each.items() if key not in inner})
            rows += [outer | _renamed(_row(one), outer, name) for one in each.get(name) or [{}]]
        yield Sheet(path if len(inner) == 1 else (*path, name), rows, is_grouped=True)


def _renamed(row: Row, outer: Row, name: str) -> Row:
    return {f"{name.removesuffix('s')} {key}" if key in outer else key: value for key, value in row.items()}


def _row(values: Row) -> Row:
    """An object in one row, the ends of a range beside their figure."""
    row = {}
    for name, value, ends in _cells(values):
        row[name] = value
        row |= {f"{name} {end}": each for end, each in zip((LOW, HIGH), ends, strict=False)}
    return row


def _figures(values: Row) -> Iterator[Row]:
    """A row for each figure of an object, and for each text of a list."""
    for name, value, ends in _cells(values):
        for each in values[name] if isinstance(values.get(name), list) else [value]:
            yield {ITEM: name, VALUE: each} | dict(zip((LOW, HIGH), ends, strict=False)) | ({UNIT: cells.unit(name)} if cells.unit(name) else {})


def _cells(values: Row, before: str = "") -> Iterator[tuple[str, Any, Sequence[float]]]:
    """(name, content of its cell, both ends of its range where it has one) for all that an object holds."""
    ranges = values.get(RANGE)
    ends = ranges if isinstance(ranges, dict) else {VALUE: ranges or ()}
    for name, value in values.items():
        if name == RANGE and not isinstance(value, str):
            continue
        if isinstance(value, dict) and name != TAGS:
            yield from _cells(value, f"{before}{name} ")
        else:
            yield f"{before}{name}", _content(value), ends.get(name, ())


def _content(value: Any) -> Any:
    """What one cell holds; lists and tags as text."""
    if isinstance(value, dict):
        return ", ".join(f"{name}={each}" for name, each in value.items()) or None
    if isinstance(value, list):
        return "; ".join(", ".join(str(part) for part in each.values() if part is not None) if isinstance(each, dict) else str(each) for each in value) or None
    return value


def _is_by_name(value: Row) -> bool:
    """Objects of one kind, each under its name."""
    kinds = [each.keys() if isinstance(each, dict) else None for each in value.values()]
    return len(kinds) > 1 and kinds[0] is not None and all(kind == kinds[0] for kind in kinds)


def _is_flat(value: Any) -> bool:
    """One cell, or some in a row."""
    return all(name == RANGE or _is_flat(each) for name, each in value.items()) if isinstance(value, dict) else not isinstance(value, list)


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and not any(isinstance(each, dict) for each in value)


def _is_table(value: Any) -> bool:
    """Objects that hold more than words, which fit in a cell."""
    is_list = isinstance(value, list)
    return is_list and any(isinstance(each, dict) and not all(part is None or isinstance(part, str) for part in each.values()) for each in value)
