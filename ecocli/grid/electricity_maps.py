"""Electricity Maps: hourly intensity by zone, as its portal and its datasets give it."""

from ecocli.grid.series import LIFECYCLE, Means, Reading, hour_of
from ecocli.grid.table import Table

SOURCE = "Electricity Maps, hourly carbon intensity (life cycle)"
TIME, ZONE = "datetime (utc)", "zone id"
INTENSITIES = ("carbon intensity gco₂eq/kwh (lca)", "carbon intensity gco₂eq/kwh (life cycle)")
"""Until 2024, and since."""


def matches(columns: tuple[str, ...]) -> bool:
    return {TIME, ZONE} <= {*columns} and any(name in columns for name in INTENSITIES)


def read(table: Table) -> Reading:
    column = next(name for name in INTENSITIES if name in table.columns)
    means = Means()
    for row in table.rows:
        value = row.number(column)
        if value is not None:
            means.add(row.cells[ZONE].strip(), hour_of(row.time(TIME)), value)
    return means.reading(LIFECYCLE)
