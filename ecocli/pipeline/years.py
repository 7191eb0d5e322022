"""Figures of a place that are of another year than the call."""

from time import gmtime

from ecocli.core.factors import Factor
from ecocli.core.specs import SiteSpec

DAY_S = 86_400
CYCLE_DAYS, CYCLE_YEARS = 146_097, 400
"""The Gregorian calendar repeats itself: a time far away is no error."""
OTHERS = {"pue": "PUE", "wue_site_l_per_kwh": "water on site", "wue_source_l_per_kwh": "water of the electricity"}
OF_GRID = "the grid's carbon intensity is of "
"""Begins the sentence that does not hold for a call by the hour of its grid."""


def year_of(day: int) -> int:
    """The year of a day since 1970, UTC."""
    cycles, rest = divmod(day, CYCLE_DAYS)
    return gmtime(rest * DAY_S).tm_year + cycles * CYCLE_YEARS


def of_another_year(site: SiteSpec, year: int) -> tuple[str, ...]:
    """Sentences on the factors of a place that are not of the call's year; none where all are. What was only assumed is of no year."""
    grid = site.intensity_g_per_kwh
    factors = ((name, getattr(site, field)) for field, name in OTHERS.items())
    found = [f"{name} ({factor.year})" for name, factor in factors if _is_of_another(factor, year)]
    sentences = [f"{OF_GRID}{grid.year}, the call of {year}"] if _is_of_another(grid, year) else []
    return (*sentences, *([f"of another year than the call's {year}: {', '.join(found)}"] if found else []))


def _is_of_another(factor: Factor, year: int) -> bool:
    return factor.year != year and factor.basis != "assumed"
