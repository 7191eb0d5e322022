"""A comparison as CSV and as a table."""

from collections.abc import Iterable, Sequence
from typing import Any, TextIO

from ecocli.analysis.comparison import Compared
from ecocli.core.numbers import dollars, ranged, scaled, significant
from ecocli.core.quantity import Estimate

COST = (("cost", "right"),)
RATIOS = ("energy/Mtok", "carbon/Mtok")
"""Columns of figures to a million tokens, where there is room for them beside the ranges."""
SPARED = ("region", "carbon")
"""Columns that are left out, in this order, before a name is folded."""
RANGES = (("energy", "carbon"), ("energy",), ())
"""Columns with ranges, from a wide terminal to a narrow one: ranges are left out before names are cut."""


def write_csv(rows: Iterable[dict[str, Any]], out: TextIO, cost: bool) -> None:
    """Write the JSON rows of a comparison as CSV: a range becomes two columns, and `cost` adds one for the price."""
    from ecocli.render import spreadsheet

    writer = spreadsheet.writer(out)
    for number, body in enumerate(rows):
        flat = {name: value for name, value in body.items() if name not in ("range", "price", "costUsd")}
        flat |= {"costUsd": body.get("costUsd")} if cost else {}
        flat |= {f"{name}{bound}": value for name, pair in body["range"].items() for bound, value in zip(("Low", "High"), pair or (None, None), strict=True)}
        if number == 0:
            writer.writerow(flat)
        writer.writerow(spreadsheet.cells(flat.values()))


def print_table(compared: Sequence[Compared], out: TextIO, colour: bool, cost: bool) -> None:
    """Print figures with ranges, the ratio to the smallest energy, and with `cost` the price."""
    from shutil import get_terminal_size

    from ecocli.render import tables

    width = get_terminal_size().columns
    plain = [("model", "left"), ("region", "left"), ("energy", "right"), ("carbon", "right"), ("×", "right"), *COST[:cost]]
    *fuller, bare = ([_cells(one, ranges)[: len(plain)] for one in compared] for ranges in RANGES)
    rows = next((rows for rows in fuller if tables.has_room(plain, rows, width)), bare)
    note = "a wider terminal shows ranges" if rows is bare else "ranges are 90 %"
    caption = f"× is the energy over the lightest one's; {note}" + ("; cost is at list prices" if cost else "")
    columns = [*plain, *((name, "right") for name in RATIOS)]
    with_ratios = [(*row, *_ratios(one)) for row, one in zip(rows, compared, strict=True)]
    if tables.has_room(columns, with_ratios, width):
        tables.print_table(columns, with_ratios, out, colour, f"{caption}; Mtok is a million tokens, in and out")
        return
    columns, shown = tables.fitted(plain, rows, SPARED)
    tables.print_table(columns, shown, out, colour, caption)


def _ratios(compared: Compared) -> tuple[str | None, ...]:
    footprint = compared.assessed.assessment.footprint
    ratios = (compared.per_million(footprint.facility_energy_wh), "Wh"), (compared.per_million(footprint.co2_g), "g")
    return tuple(None if ratio is None else scaled(ratio.value, unit) for ratio, unit in ratios)


def _cells(compared: Compared, ranges: Sequence[str]) -> tuple[str | None, ...]:
    assessed, footprint = compared.assessed, compared.assessed.assessment.footprint
    return (
        assessed.model.spec.id,
        assessed.site.spec.region,
        _figure(footprint.facility_energy_wh, "Wh", "energy" in ranges),
        _figure(footprint.co2_g, "g", "carbon" in ranges),
        significant(compared.ratio, 2),
        dollars(compared.price.usd) if compared.price else None,
    )


def _figure(estimate: Estimate, unit: str, with_range: bool) -> str:
    return ranged(estimate, unit) if with_range else scaled(estimate.value, unit)
