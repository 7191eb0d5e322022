"""Tables for a terminal. Imports rich: only for people."""

from collections.abc import Iterable, Sequence
from typing import Any, TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ecocli.errors import shorten
from ecocli.render.numbers import scaled
from ecocli.store.listed import ListedCall

CELL = 60
MOST_COLUMNS = 10_000
"""Of a terminal; wide enough for any table."""
HISTORY = (
    ("when (UTC)", "right", 0), ("model", "left", 0), ("region", "left", 100),
    ("in", "right", 0), ("out", "right", 0), ("energy", "right", 0), ("carbon", "right", 0), ("water", "right", 80),
)  # fmt: skip
"""Columns of the history: name, justification, and the terminal's width from which they are shown."""


def print_table(
    columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[Any]], out: TextIO, colour: bool, caption: str | None = None
) -> None:
    """
    A table that gives way where the terminal is narrow.

    Args:
        columns: Header and justification ("left" or "right") of each.
        rows: Cells; text from outside is shown as text and never drives the terminal.
    """
    # not no_color, which leaves bold and dim: where no colour is wanted, no escape sequence is
    Console(file=out, color_system="auto" if colour else None, highlight=False).print(_table(columns, rows, caption))


def has_room(columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[Any]], width: int) -> bool:
    """Whether the table fits into so many columns of a terminal without folding a name."""
    return Console(width=MOST_COLUMNS).measure(_table(columns, rows)).maximum <= width


def _table(columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[Any]], caption: str | None = None) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", caption=caption, caption_justify="left")
    for header, justify in columns:
        # figures must never be cut short: text folds instead
        table.add_column(Text(shorten(header)), justify=justify, no_wrap=justify == "right", overflow="fold")  # type: ignore[arg-type]  # left or right
    for cells in rows:
        table.add_row(*(Text(shorten(str(cell), CELL)) if cell is not None else Text("–") for cell in cells))
    return table


def history_table(calls: Iterable[ListedCall], out: TextIO, colour: bool, caption: str) -> None:
    """One line a call: when, what, how much. A narrow terminal does without the place, then without the water."""
    width = Console(file=out).width
    shown = [name for name, _, least in HISTORY if width >= least]
    columns = [(name, justify) for name, justify, least in HISTORY if width >= least]
    print_table(columns, (_cells(call, shown) for call in calls), out, colour, caption)


def _cells(call: ListedCall, shown: Sequence[str]) -> list[str]:
    from ecocli.dates import iso

    cells = (
        iso(call.started_at_ms)[:16].replace("T", " "),
        call.model or "–",
        call.final_region,
        f"{call.input_tokens:,}",
        f"{call.output_tokens:,}",
        scaled(call.energy_wh, "Wh"),
        scaled(call.co2_g, "g"),
        scaled(call.water_ml, "mL"),
    )
    return [cell for cell, (name, _, _) in zip(cells, HISTORY, strict=True) if name in shown]
