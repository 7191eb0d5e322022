"""Calls of the history as a table: what matters first, and fewer columns rather than folded names where the terminal is narrow."""

from collections.abc import Callable, Mapping, Sequence
from datetime import tzinfo
from typing import Any, TextIO

from ecocli.core.days import minute_text
from ecocli.core.numbers import scaled
from ecocli.core.zones import titled
from ecocli.render.tables import fitted, print_table
from ecocli.store.history import LOCAL
from ecocli.store.history_rows import HistoryRow

CELLS: Mapping[str, Callable[[HistoryRow], Any]] = {
    "model": lambda call: call.model,
    "provider": lambda call: call.provider_name,
    "region": lambda call: call.final_region,
    "in": lambda call: f"{call.input_tokens:,}",
    "out": lambda call: f"{call.output_tokens:,}",
    "reasoning": lambda call: None if call.reasoning_tokens is None else f"{call.reasoning_tokens:,}",
    "cached": lambda call: None if call.cached_tokens is None else f"{call.cached_tokens:,}",
    "energy": lambda call: scaled(call.energy_wh, "Wh"),
    "carbon": lambda call: scaled(call.co2_g, "g"),
    "water": lambda call: scaled(call.water_ml, "mL"),
    "tree": lambda call: scaled(call.tree_days, "days"),
    "method": lambda call: call.calculation_method,
    "source": lambda call: call.source,
    "key": lambda call: call.key_name or LOCAL,
    "tags": lambda call: " ".join(f"{name}={value}" for name, value in call.tags.items()),
}
TEXTS = ("model", "provider", "region", "method", "source", "key", "tags")
DEFAULT = ("when", "model", "region", "in", "out", "energy", "carbon", "water", "id")
SPARED = ("region", "water", "out", "in", "id")
"""Columns that are left out in a narrow terminal, in this order."""


def history_table(
    calls: Sequence[HistoryRow], ids: Mapping[str, str], tz: tzinfo, out: TextIO, colour: bool, caption: str, columns: Sequence[str] | None = None
) -> None:
    """Print one line per call, its id as in `ids`, its time in the zone `tz`. Columns that were asked for are all shown."""
    names = list(columns or DEFAULT)
    titles = [(titled(name, tz) if name == "when" else name, "left" if name in TEXTS else "right") for name in names]
    rows = [[_cell(name, call, ids, tz) for name in names] for call in calls]
    titles, rows = fitted(titles, rows, () if columns else SPARED, keep=names)
    print_table(titles, rows, out, colour, caption)


def _cell(name: str, call: HistoryRow, ids: Mapping[str, str], tz: tzinfo) -> Any:
    if name == "when":
        return minute_text(call.started_at_ms, tz)
    return ids[call.call_id] if name == "id" else CELLS[name](call)
