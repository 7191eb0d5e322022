"""ENTSO-E, Europe: actual generation per production type, as the platform exports it and as its file library has it."""

from datetime import datetime

from ecocli.errors import BadData
from ecocli.grid.series import Mixes, Reading, hour_of
from ecocli.grid.table import Row, Table

SOURCE = "ENTSO-E, actual generation per production type, by lifecycle factors of IPCC AR5"
FUELS = {
    "biomass": "biomass", "fossil brown coal/lignite": "coal", "fossil coal-derived gas": "gas", "fossil gas": "gas", "fossil hard coal": "coal",
    "fossil oil": "oil", "fossil oil shale": "oil", "fossil peat": "coal", "geothermal": "geothermal", "hydro run-of-river and poundage": "hydro",
    "hydro run-of-river and pondage": "hydro", "hydro water reservoir": "hydro", "marine": "marine", "nuclear": "nuclear", "solar": "solar",
    "wind offshore": "wind_offshore", "wind onshore": "wind",
}  # fmt: skip
"""Production types, but pumped storage, batteries, waste and "other"."""
MTU, MTU_UTC = "mtu", "mtu (utc)"
AREA = "area"
WIDE = (" - actual aggregated [mw]", " - actual aggregated (mw)")
TYPE = "production type"
VALUES = ("generation (mw)", "actual generation (mw)")
LIBRARY_TIMES, LIBRARY_TYPE = ("datetime(utc)", "datetime (utc)", "datetime"), "productiontype"
LIBRARY_ZONES = ("mapcode", "areamapcode")
LIBRARY_VALUES = ("actualgenerationoutput", "actualgenerationoutput(mw)", "actualgenerationoutput[mw]")
STARTS = ("%d.%m.%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M")


def is_wide(columns: tuple[str, ...]) -> bool:
    return any(name.startswith(MTU) for name in columns) and any(name.endswith(WIDE) for name in columns)


def read_wide(table: Table) -> Reading:
    """One column for each type, one row for each market time unit."""
    time, mixes = _time_column(table.columns), Mixes(FUELS)
    known = {name: name.removesuffix(end) for name in table.columns for end in WIDE if name.endswith(end)}
    for row in table.rows:
        hour, zone = hour_of(_start(row, time)), _area(row)
        for column, kind in known.items():
            mixes.add(zone, hour, kind, row.number(column))
    return mixes.reading()


def is_long(columns: tuple[str, ...]) -> bool:
    return any(name.startswith(MTU) for name in columns) and TYPE in columns and any(name in columns for name in VALUES)


def read_long(table: Table) -> Reading:
    """One row for each type and market time unit."""
    time, value = _time_column(table.columns), next(name for name in VALUES if name in table.columns)
    mixes = Mixes(FUELS)
    for row in table.rows:
        mixes.add(_area(row), hour_of(_start(row, time)), row.cells[TYPE].strip().lower(), row.number(value))
    return mixes.reading()


def is_library(columns: tuple[str, ...]) -> bool:
    return LIBRARY_TYPE in columns and all(any(name in columns for name in names) for names in (LIBRARY_TIMES, LIBRARY_VALUES, LIBRARY_ZONES))


def read_library(table: Table) -> Reading:
    """Files of AggregatedGenerationPerType: many areas in one, in UTC."""
    time, value, zone = (next(name for name in names if name in table.columns) for names in (LIBRARY_TIMES, LIBRARY_VALUES, LIBRARY_ZONES))
    mixes = Mixes(FUELS)
    for row in table.rows:
        mixes.add(row.cells[zone].strip(), hour_of(row.time(time)), row.cells[LIBRARY_TYPE].strip().lower(), row.number(value))
    return mixes.reading()


def _time_column(columns: tuple[str, ...]) -> str:
    name = next(name for name in columns if name.startswith(MTU))
    if name not in (MTU, MTU_UTC):
        raise BadData(f"times are not in UTC: {name}", "export it again, with UTC as its time zone", code="bad-grid-file")
    return name


def _start(row: Row, column: str) -> datetime:
    """The beginning of a market time unit, as in "01.01.2024 00:00 - 01.01.2024 00:15 (UTC)"."""
    text = row.cells[column].strip()
    if column != MTU_UTC and not text.endswith("(UTC)"):
        raise row.bad(column, "must say that it is in UTC")
    return Row(row.line, {column: text.partition(" - ")[0]}).time(column, STARTS)


def _area(row: Row) -> str:
    """The code in "Germany (DE)" or "BZN|DE-LU"."""
    text = row.cells.get(AREA, "").strip()
    return text.rpartition("(")[2].removesuffix(")") if text.endswith(")") else text.rpartition("|")[2]
