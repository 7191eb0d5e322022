"""
Tables as lines of text, at most as wide as the terminal.

A cell is never cut or divided among columns. Where a table is too wide its header folds; then columns of figures are shown a few
at a time; and a table of texts is stacked, below one line that says what stands where.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby

from ecocli.render.fold import columns, fold
from ecocli.render.report.text import NONE, RIGHT, Table, shown

GAP, INDENT, BETWEEN = "  ", "  ", " · "
FOLDED = 24
"""Least width in which the text of a last column is folded. [column]"""
INLINE = 3
"""A name that takes more than this part of the width stands on a line of its own. [1]"""

Cells = tuple[str, ...]


def lines(table: Table, width: int) -> Iterator[str]:
    """The table without its caption."""
    rows = [tuple(map(shown, cells)) for cells in (*table.rows, *([table.total] if table.total else []))]
    if not rows:
        yield "none"
    elif len(table.columns) == 1:
        yield from (f"- {cell}" for (cell,) in rows)
    else:
        yield from _laid_out(table, rows, width)


def _laid_out(table: Table, rows: Sequence[Cells], width: int) -> Iterator[str]:
    headers = tuple(name for name, _ in table.columns)
    rights = [justify == RIGHT for _, justify in table.columns]
    natural, least = _widths([headers, *rows]), _widths([*map(_words, headers), *rows], headers)
    if _total(natural) <= width:
        yield from _aligned(headers, rows, natural, rights)
    elif _total(least) <= width:
        yield from _aligned(headers, rows, _roomy(headers, least, width), rights)
    elif not rights[-1] and _total(least[:-1]) + len(GAP) + FOLDED <= width:
        yield from _with_a_text(headers, rows, [*least[:-1], width - _total(least[:-1]) - len(GAP)], rights)
    elif all(rights[1:]):
        yield from _in_parts(headers, rows, least, width)
    else:
        yield from _stacked(headers, rows, width)


def _words(header: str) -> Cells:
    return tuple(header.split() or [""])


def _widths(rows: Sequence[Cells], headers: Cells | None = None) -> list[int]:
    """The width of each column; with `headers` the first lists are the words of each, which may stand below one another."""
    if headers is None:
        return [max(map(columns, cells)) for cells in zip(*rows, strict=True)]
    words, body = rows[: len(headers)], rows[len(headers) :]
    return [max(map(columns, (*words[at], *(cells[at] for cells in body)))) for at in range(len(headers))]


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + len(GAP) * (len(widths) - 1)


def _roomy(headers: Cells, least: Sequence[int], width: int) -> list[int]:
    """The widths with what is left given to the headers that need the most lines."""
    widths = list(least)
    while _total(widths) < width:
        at = max(range(len(widths)), key=lambda each: len(fold(headers[each], widths[each])))
        if len(fold(headers[at], widths[at])) == 1:
            break
        widths[at] += 1
    return widths


def _aligned(headers: Cells, rows: Sequence[Cells], widths: Sequence[int], rights: Sequence[bool]) -> Iterator[str]:
    """Rows below a header that may have several lines, of which the last stands right above the figures."""
    yield from _header(headers, widths, rights)
    yield from (_line(cells, widths, rights) for cells in rows)


def _header(headers: Cells, widths: Sequence[int], rights: Sequence[bool]) -> Iterator[str]:
    folded = [fold(header, width) for header, width in zip(headers, widths, strict=True)]
    height = max(map(len, folded))
    padded = [[""] * (height - len(each)) + each for each in folded]
    yield from (_line(cells, widths, rights) for cells in zip(*padded, strict=True))


def _line(cells: Sequence[str], widths: Sequence[int], rights: Sequence[bool]) -> str:
    gaps = (" " * (width - columns(cell)) for cell, width in zip(cells, widths, strict=True))
    return GAP.join(gap + cell if right else cell + gap for cell, gap, right in zip(cells, gaps, rights, strict=True)).rstrip()


def _with_a_text(headers: Cells, rows: Sequence[Cells], widths: Sequence[int], rights: Sequence[bool]) -> Iterator[str]:
    """Rows whose last cell is folded below itself."""
    yield from _header(headers, widths, rights)
    for cells in rows:
        first, *more = fold(cells[-1], widths[-1])
        yield _line((*cells[:-1], first), widths, rights)
        yield from (" " * (_total(widths[:-1]) + len(GAP)) + part for part in more)


def _in_parts(headers: Cells, rows: Sequence[Cells], widths: Sequence[int], width: int) -> Iterator[str]:
    """As many columns of figures as fit, then the next ones, each time beside the names; long names stand above their figures."""
    apart = widths[0] > width // INLINE
    start = len(INDENT) if apart else widths[0] + len(GAP)
    for at, part in enumerate(_parts(widths, start, width)):
        if at:
            yield ""
        if apart:
            yield from fold(headers[0], width)
        chosen = part if apart else [0, *part]
        rights, narrow = [each != 0 for each in chosen], [widths[each] for each in chosen]
        margin = INDENT if apart else ""
        yield from (margin + line for line in _header(tuple(headers[each] for each in chosen), narrow, rights))
        for cells in rows:
            if apart:
                yield cells[0]
            yield margin + _line([cells[each] for each in chosen], narrow, rights)


def _parts(widths: Sequence[int], start: int, width: int) -> Iterator[list[int]]:
    """Columns of figures, divided so that each part fits; one that fits nowhere is a part of its own."""
    part: list[int] = []
    for at in range(1, len(widths)):
        if part and start + _total([widths[each] for each in (*part, at)]) > width:
            yield part
            part = []
        part.append(at)
    yield part


def _stacked(headers: Cells, rows: Sequence[Cells], width: int) -> Iterator[str]:
    """Each first cell once, and below it the rest of its rows in the order that the first line names."""
    yield f"{headers[0]}: {BETWEEN.join(filter(None, headers[1:]))}"
    for name, same in groupby(rows, key=lambda cells: cells[0]):
        yield name or NONE
        for cells in same:
            yield from fold(f"{INDENT}{BETWEEN.join(filter(None, cells[1:]))}", width, 2 * len(INDENT))
