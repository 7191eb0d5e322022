"""A comparison as rows: for JSON, CSV and a table."""

import csv
from collections.abc import Iterable
from typing import Any, TextIO

from ecocli.comparing import Compared
from ecocli.quantity import Estimate
from ecocli.render.history import Screen, spreadsheet_cells
from ecocli.render.numbers import ranged, scaled, significant

NARROW, ROOMY = 72, 96
"""Columns from which there is room for the range of the energy, and of the carbon: ranges go before names are cut."""
FIGURES = ("energyWh", "co2Grams", "waterMl", "treeDays")


def row(compared: Compared) -> dict[str, Any]:
    """One contender in full precision; ranges as [low, high]."""
    assessed, footprint = compared.assessed, compared.assessed.assessment.footprint
    estimates = (footprint.facility_energy_wh, footprint.co2_g, footprint.water_ml, footprint.tree_days)
    return {
        "model": assessed.model.spec.id,
        "modelMatch": assessed.model.match,
        "provider": assessed.site.provider_name,
        "region": assessed.site.spec.region,
        "calculationMethod": assessed.site.calculation_method,
        **{name: estimate.value for name, estimate in zip(FIGURES, estimates)},
        "energyRatio": compared.ratio,
        "range": {name: [estimate.low, estimate.high] for name, estimate in zip(FIGURES, estimates)},
    }


def write_csv(rows: Iterable[dict[str, Any]], out: TextIO) -> None:
    """Header and rows; each range becomes two columns. No cell is run by a spreadsheet."""
    writer = csv.writer(Screen(out) if out.isatty() else out)
    for number, body in enumerate(rows):
        flat = {name: value for name, value in body.items() if name != "range"}
        flat |= {f"{name}{bound}": value for name, pair in body["range"].items() for bound, value in zip(("Low", "High"), pair)}
        if number == 0:
            writer.writerow(flat)
        writer.writerow(spreadsheet_cells(flat))


def print_table(compared: Iterable[Compared], out: TextIO, colour: bool) -> None:
    """For people: figures with their ranges, and how many times the lightest each one is."""
    from shutil import get_terminal_size

    from ecocli.render.tables import print_table as table

    width = get_terminal_size().columns
    note = "ranges are 90 %" if width >= NARROW else f"ranges from {NARROW} columns on"
    columns = [("model", "left"), ("region", "left"), ("energy", "right"), ("carbon", "right"), ("×", "right")]
    table(columns, (_cells(one, width) for one in compared), out, colour, f"× is the energy over the lightest one's; {note}")


def _cells(compared: Compared, width: int) -> tuple[str, ...]:
    assessed, footprint = compared.assessed, compared.assessed.assessment.footprint
    return (
        assessed.model.spec.id,
        assessed.site.spec.region,
        _figure(footprint.facility_energy_wh, "Wh", width >= NARROW),
        _figure(footprint.co2_g, "g", width >= ROOMY),
        significant(compared.ratio, 2),
    )


def _figure(estimate: Estimate, unit: str, with_range: bool) -> str:
    return ranged(estimate, unit) if with_range else scaled(estimate.value, unit)
