"""NESO, Great Britain: the mix of generation since 2009, and the carbon intensity that is forecast and measured; each half an hour, in UTC."""

from ecocli.grid.series import DIRECT, Means, Mixes, Reading, hour_of
from ecocli.grid.table import Table

SOURCE = "NESO, historic generation mix of Great Britain, by lifecycle factors of IPCC AR5"
SOURCE_DIRECT = "NESO, carbon intensity of Great Britain (combustion)"
ZONE = "GB"
FUELS = {
    "gas": "gas", "coal": "coal", "nuclear": "nuclear", "wind": "wind", "wind_emb": "wind", "hydro": "hydro", "biomass": "biomass", "solar": "solar",
}  # fmt: skip
"""Not "imports", "storage" and "other"."""
TIMES = ("datetime", "from", "datetime (utc)")
ACTUALS = ("actual", "actual carbon intensity (gco2/kwh)", "carbon_intensity")


def is_mix(columns: tuple[str, ...]) -> bool:
    return {"datetime", *FUELS} <= {*columns}


def read_mix(table: Table) -> Reading:
    mixes = Mixes(FUELS)
    for row in table.rows:
        hour = hour_of(row.time("datetime"))
        for column in FUELS:
            mixes.add(ZONE, hour, column, row.number(column))
    return mixes.reading()


def is_intensity(columns: tuple[str, ...]) -> bool:
    return not is_mix(columns) and any(name in columns for name in TIMES) and any(name in columns for name in ACTUALS)


def read_intensity(table: Table) -> Reading:
    time, column = (next(name for name in names if name in table.columns) for names in (TIMES, ACTUALS))
    means = Means()
    for row in table.rows:
        value = row.number(column)
        if value is not None:
            means.add(ZONE, hour_of(row.time(time)), value)
    return means.reading(DIRECT)
