"""Tables in a terminal. Imports rich, so it is imported only when a table is shown."""

from collections.abc import Iterable, Sequence
from datetime import tzinfo
from shutil import get_terminal_size
from typing import Any, TextIO

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ecocli.core.days import minute_text
from ecocli.core.numbers import scaled
from ecocli.core.zones import titled
from ecocli.errors import shorten
from ecocli.store.history_rows import HistoryRow

CELL = 60
FOLDED, READABLE = 4, 10
"""Least width of a column of text, and the least width that is readable. [column]"""
UNLIMITED = 10_000
"""Width that suffices for any table. [column]"""
HISTORY = (
    ("when", "right"), ("model", "left"), ("region", "left"), ("in", "right"), ("out", "right"),
    ("energy", "right"), ("carbon", "right"), ("water", "right"),
)  # fmt: skip
"""(header, justification) of the columns of the history."""
SPARED = ("region", "water", "out", "in")
"""Columns that are left out in a narrow terminal, in this order."""
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


def history_table(calls: Iterable[HistoryRow], tz: tzinfo, out: TextIO, colour: bool, caption: str) -> None:
    """Print one line per call, its time in the zone `tz`; columns are left out where the terminal is narrow."""
    rows, shown = [_cells(call, tz) for call in calls], list(range(len(HISTORY)))
    columns = [(titled("when", tz), "right"), *HISTORY[1:]]
    width, least = get_terminal_size().columns, _least(columns, rows, READABLE)
    for name in SPARED:
        if _total(least[at] for at in shown) > width:
            shown = [at for at in shown if HISTORY[at][0] != name]
    print_table([columns[at] for at in shown], ([cells[at] for at in shown] for cells in rows), out, colour, caption)


def _cells(call: HistoryRow, tz: tzinfo) -> tuple[str, ...]:
    return (
        minute_text(call.started_at_ms, tz),
        call.model or "–",
        call.final_region,
        f"{call.input_tokens:,}",
        f"{call.output_tokens:,}",
        scaled(call.energy_wh, "Wh"),
        scaled(call.co2_g, "g"),
        scaled(call.water_ml, "mL"),
    )
