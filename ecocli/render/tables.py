"""Tables for a terminal. Imports rich: only for people."""

from collections.abc import Iterable, Sequence
from shutil import get_terminal_size
from typing import Any, TextIO

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ecocli.core.numbers import scaled
from ecocli.errors import shorten
from ecocli.store.history_rows import HistoryRow

CELL = 60
FOLDED, READABLE = 4, 10
"""Columns of the terminal that text keeps at least, and that it should keep."""
MOST_COLUMNS = 10_000
"""Of a terminal; wide enough for any table."""
HISTORY = (
    ("when (UTC)", "right"), ("model", "left"), ("region", "left"), ("in", "right"), ("out", "right"),
    ("energy", "right"), ("carbon", "right"), ("water", "right"),
)  # fmt: skip
"""Columns of the history."""
SPARED = ("region", "water", "out", "in")
"""Which of them a narrow terminal does without, the first of them first."""
GAP = 2


def print_table(
    columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[Any]], out: TextIO, colour: bool, caption: str | None = None
) -> None:
    """
    A table that gives way where the terminal is narrow.

    Args:
        columns: Header and justification ("left" or "right") of each.
        rows: Cells; text from outside is shown as text and never drives the terminal.
    """
    screen, table = console(out, colour), _table(columns, rows, caption)
    if table.min_width and table.min_width > screen.width:
        table.width = table.min_width  # its lines go on in the terminal's next ones; cropped, a figure would be another one
    screen.print(table, crop=False)


def console(out: TextIO, colour: bool) -> Console:
    """A terminal as wide as it is: rich takes a dumb one for 80 columns."""
    width, height = get_terminal_size()
    # not no_color, which leaves bold and dim: where no colour is wanted, no escape sequence is
    return Console(file=out, color_system="auto" if colour else None, highlight=False, width=width, height=height)


def has_room(columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[Any]], width: int) -> bool:
    """Whether the table fits into so many columns of a terminal without folding a name."""
    return Console(width=MOST_COLUMNS).measure(_table(columns, rows)).maximum <= width


def _table(columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[Any]], caption: str | None = None) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", caption=caption, caption_justify="left")
    texts = [[shorten(str(cell), CELL) if cell is not None else "–" for cell in cells] for cells in rows]
    for (header, justify), least in zip(columns, _least(columns, texts, FOLDED), strict=True):
        # figures must never be cut short: text folds instead
        table.add_column(Text(shorten(header)), justify=justify, no_wrap=justify == "right", overflow="fold", min_width=least)  # type: ignore[arg-type]  # left or right
    for cells in texts:
        table.add_row(*map(Text, cells))
    table.min_width = _total(column.min_width or 0 for column in table.columns)
    return table


def _least(columns: Sequence[tuple[str, str]], rows: Sequence[Sequence[str]], text: int) -> list[int]:
    """What each column needs of a terminal's: a figure all of it, a text so much."""
    longest = [max(map(cell_len, (header, *cells))) for (header, _), *cells in zip(columns, *rows, strict=True)]
    return [width if justify == "right" else min(width, text) for width, (_, justify) in zip(longest, columns, strict=True)]


def _total(widths: Iterable[int]) -> int:
    """Of a table with such columns."""
    every = list(widths)
    return sum(every) + GAP * (len(every) - 1)


def history_table(calls: Iterable[HistoryRow], out: TextIO, colour: bool, caption: str) -> None:
    """One line a call: when, what, how much."""
    rows, shown = [_cells(call) for call in calls], list(range(len(HISTORY)))
    width, least = get_terminal_size().columns, _least(HISTORY, rows, READABLE)
    for name in SPARED:
        if _total(least[at] for at in shown) > width:
            shown = [at for at in shown if HISTORY[at][0] != name]
    print_table([HISTORY[at] for at in shown], ([cells[at] for at in shown] for cells in rows), out, colour, caption)


def _cells(call: HistoryRow) -> tuple[str, ...]:
    from ecocli.core.dates import iso

    return (
        iso(call.started_at_ms)[:16].replace("T", " "),
        call.model or "–",
        call.final_region,
        f"{call.input_tokens:,}",
        f"{call.output_tokens:,}",
        scaled(call.energy_wh, "Wh"),
        scaled(call.co2_g, "g"),
        scaled(call.water_ml, "mL"),
    )
