"""Tables for a terminal. Imports rich: only for people."""

from collections.abc import Iterable, Sequence
from typing import Any, TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ecocli.errors import shorten
from ecocli.render.numbers import scaled
from ecocli.store.rows import StoredCall

CELL = 44


def print_table(
    columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[Any]], out: TextIO, colour: bool, caption: str | None = None
) -> None:
    """
    A table that gives way where the terminal is narrow.

    Args:
        columns: Header and justification ("left" or "right") of each.
        rows: Cells; text from outside is shown as text and never drives the terminal.
    """
    table = Table(box=None, pad_edge=False, header_style="bold", caption=caption, caption_justify="left")
    for header, justify in columns:
        # figures must never be cut short: text folds instead
        table.add_column(header, justify=justify, no_wrap=justify == "right", overflow="fold")  # type: ignore[arg-type]
    for cells in rows:
        table.add_row(*(Text(shorten(str(cell), CELL)) if cell is not None else Text("–") for cell in cells))
    # not no_color, which leaves bold and dim: where no colour is wanted, no escape sequence is
    Console(file=out, color_system="auto" if colour else None, highlight=False).print(table)


def history_table(calls: Iterable[StoredCall], out: TextIO, colour: bool, caption: str) -> None:
    """One line a call: when, what, how much."""
    columns = [("when (UTC)", "left"), ("model", "left"), ("region", "left")]
    columns += [(name, "right") for name in ("in", "out", "energy", "carbon", "water")]
    print_table(columns, (_cells(call) for call in calls), out, colour, caption)


def _cells(call: StoredCall) -> tuple[str, ...]:
    from ecocli.dates import iso

    footprint = call.footprint
    return (
        iso(call.started_at_ms)[:16].replace("T", " "),
        call.usage.model or call.model_id or "–",
        call.final_region,
        f"{call.usage.input_tokens:,}",
        f"{call.usage.output_tokens:,}",
        scaled(footprint.facility_energy_wh.value, "Wh"),
        scaled(footprint.co2_g.value, "g"),
        scaled(footprint.water_ml.value, "mL"),
    )
