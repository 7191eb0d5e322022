"""A file of any layout: which one it is, and its hours."""

from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from ecocli.errors import BadData, UsageError, did_you_mean, quoted, shorten
from ecocli.grid import eia, electricity_maps, entsoe, neso
from ecocli.grid.series import Reading
from ecocli.grid.table import Table, opened

MOST_G_PER_KWH = 3000.0
"""More than any grid: lignite alone has half of it."""
BAD = "bad-grid-file"


class Layout(NamedTuple):
    """A layout of files."""

    source: str
    """Whose data, as a row's basis cites it."""
    matches: Callable[[tuple[str, ...]], bool]
    """True for the columns of such a file."""
    read: Callable[[Table], Reading]


LAYOUTS: dict[str, Layout] = {
    "electricity-maps": Layout(electricity_maps.SOURCE, electricity_maps.matches, electricity_maps.read),
    "eia-balance": Layout(eia.SOURCE, eia.is_balance, eia.read_balance),
    "eia-region": Layout(eia.SOURCE, eia.is_region, eia.read_region),
    "eia-api": Layout(eia.SOURCE, eia.is_api, eia.read_api),
    "eia-emissions": Layout(eia.SOURCE_DIRECT, eia.is_intensity, eia.read_intensity),
    "entsoe": Layout(entsoe.SOURCE, entsoe.is_wide, entsoe.read_wide),
    "entsoe-long": Layout(entsoe.SOURCE, entsoe.is_long, entsoe.read_long),
    "entsoe-library": Layout(entsoe.SOURCE, entsoe.is_library, entsoe.read_library),
    "neso-mix": Layout(neso.SOURCE, neso.is_mix, neso.read_mix),
    "neso": Layout(neso.SOURCE_DIRECT, neso.is_intensity, neso.read_intensity),
}
"""By name, the most telling columns first."""


def read(path: Path, layout: str | None = None) -> tuple[str, Reading]:
    """
    The layout of a file, and its hours.

    Args:
        layout: A name of `LAYOUTS`; None to tell it from the header.

    Raises:
        UsageError: There is no such layout.
        MissingFile: There is no such file.
        BadData: It has no layout that is known, a cell that cannot be used, values that are not hourly, or none at all.
    """
    if layout is not None and layout not in LAYOUTS:
        from difflib import get_close_matches

        raise UsageError(f"no layout {quoted(layout)}", did_you_mean(get_close_matches(layout, LAYOUTS, n=1), f"one of {', '.join(LAYOUTS)}"))
    with opened(path) as table:
        name = layout or next((name for name, known in LAYOUTS.items() if known.matches(table.columns)), None)
        if name is None or not LAYOUTS[name].matches(table.columns):
            raise _unknown(path, layout, table.columns)
        found = LAYOUTS[name].read(table)
    check(found.zones)
    return name, found


def _unknown(path: Path, layout: str | None, columns: tuple[str, ...]) -> BadData:
    what = f"is not of the layout {layout}" if layout else "has no layout that is known"
    names = ", ".join(columns[:6]) or "nothing"
    return BadData(f"{quoted(path.name)} {what}: its first line has {shorten(names, 120)}", f"layouts: {', '.join(LAYOUTS)}", code=BAD)


def check(zones: Mapping[str, Mapping[int, float]]) -> None:
    """BadData where there is no hour, a value that no grid has, or one value for many hours."""
    if not any(zones.values()):
        raise BadData("there is no hour with a value in it", code=BAD)
    for zone, hours in zones.items():
        if any(not 0 <= value <= MOST_G_PER_KWH for value in hours.values()):
            worst = max(hours.values(), key=abs)
            raise BadData(f"{shorten(zone)}: an intensity of {worst:g} g/kWh is none that a grid has", code=BAD)
        times = sorted(hours)
        if len(times) > 1 and min(later - earlier for earlier, later in pairwise(times)) > 1:
            raise BadData(f"{shorten(zone)}: the values are not hourly", "daily, monthly and yearly files hold means already", code=BAD)
