"""
Profiles of grids, 12 months by 24 hours in UTC, and how well they meet hours that they were not made of.

    python -m tools.grid_profile FILE…                       every zone of the files, each year by those before it
    python -m tools.grid_profile FILE… --from OTHER…         by a profile of other files, such as those of another publisher
    python -m tools.grid_profile FILE… --yaml ZONE           the profile of a zone, of all of the years, as regions.yaml has it

FILE has any layout that `eco grid import` reads; the hours of a zone may be spread over several. An error is the mean absolute
difference from the hour, over the mean of the year: with that mean alone, and with the mean times the profile. Ranges are the
5th and 95th percentile of the hour over either.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean, quantiles
from typing import NamedTuple

from ecocli.grid import files

WORTH_IT = 0.25
"""Share of the error that a profile must take away, on the mean of the years that it was not made of. [1]"""
ENOUGH_HOURS = 8000
"""In a year that is looked at."""
CELLS = [(month, hour) for month in range(1, 13) for hour in range(24)]
Hours = dict[int, float]
"""Intensities by the hour since 1970. [gCO2e/kWh]"""
Profile = Mapping[tuple[int, int], float]
"""By month and hour in UTC: intensity over the mean of the year. [1]"""


class Errors(NamedTuple):
    """How well a year is met, with the mean of the year and with the profile on top."""

    flat: float
    profile: float
    flat_range: tuple[float, float]
    profile_range: tuple[float, float]

    @property
    def gain(self) -> float:
        return 1 - self.profile / self.flat if self.flat else 0.0


def years_of(paths: Iterable[Path]) -> dict[str, dict[int, Hours]]:
    """Of each zone its years, those with enough hours."""
    found: dict[str, dict[int, Hours]] = defaultdict(lambda: defaultdict(dict))
    for path in paths:
        _, reading = files.read(path)
        for zone, hours in reading.zones.items():
            for hour, value in hours.items():
                found[zone][_moment(hour).year][hour] = value
    return {zone: {year: hours for year, hours in sorted(years.items()) if len(hours) >= ENOUGH_HOURS} for zone, years in found.items()}


def profile_of(years: Iterable[Hours]) -> Profile:
    """Mean over the years of each hour's intensity over its year's mean, scaled to a mean of 1."""
    cells: dict[tuple[int, int], list[float]] = defaultdict(list)
    for hours in years:
        mean = fmean(hours.values())
        for hour, value in hours.items():
            cells[_cell(hour)].append(value / mean)
    means = {cell: fmean(cells[cell]) for cell in CELLS}
    whole = fmean(means.values())
    return {cell: mean / whole for cell, mean in means.items()}


def errors_of(hours: Hours, profile: Profile) -> Errors:
    """The errors of a year."""
    mean = fmean(hours.values())
    flat = [value / mean for value in hours.values()]
    shaped = [value / mean / profile[_cell(hour)] for hour, value in hours.items()]
    off = fmean(abs(value / mean - profile[_cell(hour)]) for hour, value in hours.items())
    return Errors(fmean(abs(value - 1) for value in flat), off, percentiles(flat), percentiles(shaped))


def percentiles(values: Sequence[float]) -> tuple[float, float]:
    """The 5th and the 95th."""
    low, *_, high = quantiles(values, n=20, method="inclusive")
    return low, high


def ratios(hours: Hours, profile: Profile | None = None) -> list[float]:
    """Each hour over the mean of the year, and over the profile where there is one. [1]"""
    mean = fmean(hours.values())
    return [value / mean / (profile[_cell(hour)] if profile else 1.0) for hour, value in hours.items()]


def table(zones: Mapping[str, Mapping[int, Hours]], made_of: Mapping[str, Mapping[int, Hours]] | None) -> Iterator[str]:
    """A line for each year that is met by a profile of years before it, and whether the profile of its zone is worth it."""
    yield f"{'zone':14} {'year':>4} {'mean':>6} {'profile':>7} {'less':>5}  {'hour / mean':>11}  {'hour / profile':>14}"
    for zone, years in sorted(zones.items()):
        gains, residuals = [], []
        for year, hours in years.items():
            others = [other for at, other in (made_of or {zone: years}).get(zone, {}).items() if at < year]
            if not others:
                continue
            profile = profile_of(others)
            found = errors_of(hours, profile)
            gains.append(found.gain)
            residuals += ratios(hours, profile)
            (low, high), (near, far) = found.flat_range, found.profile_range
            yield f"{zone:14} {year} {found.flat:6.3f} {found.profile:7.3f} {found.gain:5.0%}  {low:.2f}-{high:.2f}    {near:.2f}-{far:.2f}"
        if gains:
            low, high = percentiles(residuals)
            yield f"{zone:14} worth a profile: {'yes' if fmean(gains) >= WORTH_IT else 'no'}; range of its hours over it {low:.3f}-{high:.3f}"
    pooled = {zone: [ratio for hours in years.values() for ratio in ratios(hours)] for zone, years in zones.items()}
    for zone, values in sorted(pooled.items()):
        low, high = percentiles(values)
        yield f"{zone:14} hour / mean of its year: {low:.2f}-{high:.2f}"
    low, high = percentiles([value for values in pooled.values() for value in values])
    yield f"{'all together':14} hour / mean of its year: {low:.3f}-{high:.3f}"


def yaml(profile: Profile) -> Iterator[str]:
    """The lines of `months`."""
    for month in range(1, 13):
        yield f"        - [{', '.join(f'{profile[month, hour]:.3f}' for hour in range(24))}]"


def _cell(hour: int) -> tuple[int, int]:
    moment = _moment(hour)
    return moment.month, moment.hour


def _moment(hour: int) -> datetime:
    return datetime.fromtimestamp(hour * 3600, UTC)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--from", dest="made_of", nargs="+", type=Path)
    parser.add_argument("--yaml", metavar="ZONE")
    given = parser.parse_args()
    zones = years_of(given.files)
    if given.yaml:
        print("\n".join(yaml(profile_of(zones[given.yaml].values()))))
    else:
        print("\n".join(table(zones, years_of(given.made_of) if given.made_of else None)))


if __name__ == "__main__":
    main()
