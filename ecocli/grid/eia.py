"""EIA-930, United States: generation by fuel and balancing authority in four shapes, or the emissions beside it. Its hours are named by their end."""

from ecocli.grid.series import DIRECT, Means, Mixes, Reading, hour_of
from ecocli.grid.table import Row, Table

SOURCE = "EIA-930, hourly net generation by fuel, by lifecycle factors of IPCC AR5"
SOURCE_DIRECT = "EIA-930, hourly CO2 intensity of generation (combustion)"
KG_PER_LB = 0.45359237
G_PER_KG = 1000.0

BALANCE = "net generation (mw) from "
ADJUSTED = " (adjusted)"
BALANCE_TIME, BALANCE_ZONE = "utc time at end of hour", "balancing authority"
BALANCE_FUELS = {
    "coal": "coal", "natural gas": "gas", "nuclear": "nuclear", "all petroleum products": "oil", "hydropower and pumped storage": "hydro",
    "hydropower excluding pumped storage": "hydro", "solar": "solar", "solar without integrated battery storage": "solar",
    "solar with integrated battery storage": "solar", "wind": "wind", "wind without integrated battery storage": "wind",
    "wind with integrated battery storage": "wind", "geothermal": "geothermal",
}  # fmt: skip
"""Columns of the six-month files."""
REGION_TIME, REGION_ZONES = "utc time", ("ba", "region", "balancing authority")
CODES = {
    "col": "coal", "ng": "gas", "nuc": "nuclear", "oil": "oil", "wat": "hydro", "sun": "solar", "snb": "solar", "wnd": "wind", "wnb": "wind",
    "geo": "geothermal",
}  # fmt: skip
"""Of the API and of a region's workbook, in lower case."""
INTENSITY = "co2 emissions intensity for generated electricity"
"""Of a region's workbook. [lb/kWh]"""
API_TIME, API_ZONE, API_FUEL, API_VALUE = "period", "respondent", "fueltype", "value"
TIMES = ("%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %H:%M", "%m/%d/%Y %H:%M:%S", "%d%b%Y %H:%M:%S", "%Y-%m-%dT%H")
"""Beside ISO 8601."""


def is_balance(columns: tuple[str, ...]) -> bool:
    return {BALANCE_TIME, BALANCE_ZONE, f"{BALANCE}coal"} <= {*columns}


def read_balance(table: Table) -> Reading:
    """The six-month files. An adjusted value goes before the reported one."""
    mixes, known = Mixes(BALANCE_FUELS), [name for name in BALANCE_FUELS if BALANCE + name in table.columns]
    for row in table.rows:
        hour, zone = _hour(row, BALANCE_TIME), row.cells[BALANCE_ZONE].strip()
        for name in known:
            column = BALANCE + name
            adjusted = row.number(column + ADJUSTED) if column + ADJUSTED in row.cells else None
            mixes.add(zone, hour, name, row.number(column) if adjusted is None else adjusted)
    return mixes.reading()


def is_region(columns: tuple[str, ...]) -> bool:
    return REGION_TIME in columns and any(f"ng: {code}" in columns for code in CODES)


def read_region(table: Table) -> Reading:
    """A sheet of a region's workbook, with the fuels as "NG: COL" and so on."""
    mixes, known = Mixes(CODES), [code for code in CODES if f"ng: {code}" in table.columns]
    for row in table.rows:
        hour, zone = _hour(row, REGION_TIME), _region(row)
        for code in known:
            mixes.add(zone, hour, code, row.number(f"ng: {code}"))
    return mixes.reading()


def is_api(columns: tuple[str, ...]) -> bool:
    return {API_TIME, API_ZONE, API_FUEL, API_VALUE} <= {*columns}


def read_api(table: Table) -> Reading:
    """One row for each fuel and hour, as the API's route for generation by fuel gives it."""
    mixes = Mixes(CODES)
    for row in table.rows:
        mixes.add(row.cells[API_ZONE].strip(), _hour(row, API_TIME), row.cells[API_FUEL].strip().lower(), row.number(API_VALUE))
    return mixes.reading()


def is_intensity(columns: tuple[str, ...]) -> bool:
    return {REGION_TIME, INTENSITY} <= {*columns} and not is_region(columns)


def read_intensity(table: Table) -> Reading:
    """The emissions columns of a region's workbook alone."""
    means = Means()
    for row in table.rows:
        value = row.number(INTENSITY)
        if value is not None:
            means.add(_region(row), _hour(row, REGION_TIME), value * KG_PER_LB * G_PER_KG)
    return means.reading(DIRECT)


def _region(row: Row) -> str:
    return next((row.cells[name].strip() for name in REGION_ZONES if name in row.cells), "")


def _hour(row: Row, column: str) -> int:
    """The hour that ends at the time in a cell."""
    return hour_of(row.time(column, TIMES)) - 1
