"""Tables in a terminal. Imports rich, so it is imported only when a table is shown."""

from collections.abc import Iterable, Sequence
from shutil import get_terminal_size
from typing import Any, TextIO

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ecocli.errors import shorten

CELL = 60
FOLDED, RECOGNISABLE = 4, 40
"""Least width of a column of text, and the width up to which a name is better shown whole. [column]"""
UNLIMITED = 10_000
"""Width that suffices for any table. [column]"""
GAP = 2


def print_table(
    columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[Any]], out: TextIO, colour: bool, caption: str | None = None
) -> None:
    """
    Print a table; text folds where the terminal is narrow.

    Args:
        columns: (header, justification) of each: "left" for text or "right" for figures.
        rows: Cells; None becomes a dash, control characters are shown as escapes.
    """
    screen, table = console(out, colour), _table(columns, rows, caption)
    if table.min_width and table.min_width > screen.width:
        table.width = table.min_width  # let lines wrap: a cropped figure would be wrong
    screen.print(table, crop=False)


def console(out: TextIO, colour: bool) -> Console:
    """A console with the real width of the terminal: rich assumes 80 columns for a dumb one."""
    width, height = get_terminal_size()
    # no_color would leave the escape sequences of bold and dim
    return Console(file=out, color_system="auto" if colour else None, highlight=False, width=width, height=height)


def has_room(columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[Any]], width: int) -> bool:
    """True when the table fits into `width` columns without folding text."""
    return Console(width=UNLIMITED).measure(_table(columns, rows)).maximum <= width


def _table(columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[Any]], caption: str | None = None) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", caption=caption, caption_justify="left")
    texts = [[shorten(str(cell), CELL) if cell is not None else "–" for cell in cells] for cells in rows]
    for (header, justify), least in zip(columns, _least(columns, texts, FOLDED), strict=True):
        # figures must never be cut: text folds instead
        table.add_column(Text(shorten(header)), justify=justify, no_wrap=justify == "right", overflow="fold", min_width=least)  # type: ignore[arg-type]  # left or right
    for cells in texts:
        table.add_row(*map(Text, cells))
    table.min_width = _total(column.min_width or 0 for column in table.columns)
    return table


def _least(columns: Sequence[tuple[str, str]], rows: Sequence[Sequence[str]], text: int) -> list[int]:
    """Least width of each column: all of a figure, at most `text` of a text."""
    longest = [max(map(cell_len, (header, *cells))) for (header, _), *cells in zip(columns, *rows, strict=True)]
    return [width if justify == "right" else min(width, text) for width, (_, justify) in zip(longest, columns, strict=True)]


def _total(widths: Iterable[int]) -> int:
    """Width of a table with columns of these widths."""
    every = list(widths)
    return sum(every) + GAP * (len(every) - 1)


def fitted(
    columns: Sequence[tuple[str, str]], rows: Sequence[Sequence[Any]], spared: Sequence[str], keep: Sequence[str] | None = None
) -> tuple[list[tuple[str, str]], list[list[Any]]]:
    """
    The columns and rows for this terminal: makers before names of models go first, then columns, rather than that a name is folded.

    Args:
        spared: Columns that may be left out, in this order.
        keep: Names of the columns, where their headers say more.
    """
    names, width = list(keep or (header for header, _ in columns)), get_terminal_size().columns
    shown, cells = list(range(len(names))), [list(row) for row in rows]

    def is_too_wide() -> bool:
        texts = [[shorten(str(row[at])) if row[at] is not None else "–" for at in shown] for row in cells]
        return _total(_least([columns[at] for at in shown], texts, RECOGNISABLE)) > width

    if "model" in names and is_too_wide():
        at = names.index("model")
        for row in cells:
            row[at] = row[at] and str(row[at]).rpartition("/")[2]
    for name in spared:
        if name in names and names.index(name) in shown and is_too_wide():
            shown.remove(names.index(name))
    return [columns[at] for at in shown], [[row[at] for at in shown] for row in cells]
