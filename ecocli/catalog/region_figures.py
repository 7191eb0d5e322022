"""Convert figures of regions.yaml to factors with ranges and sources."""

from dataclasses import replace
from typing import Any, cast

from ecocli.catalog.schema_places import Direct, Figure, Ratio, Water
from ecocli.catalog.schema_regions import Facility, RegionCatalog
from ecocli.core.factors import Factor

LIFECYCLE_UNIT = "gCO2e/kWh"
DEFAULT_WATER = "no figure for the water in this country's electricity: the world's mean is used"

Grid = dict[str, Any]
"""Keyword arguments of a SiteSpec that depend on the place: all but provider, pue and wue_site."""


class Figures:
    """Factors of one catalogue. Intensities in gCO2e/kWh, water in L/kWh."""

    def __init__(self, catalog: RegionCatalog) -> None:
        self.catalog = catalog
        self.ranges = catalog.ranges

    def place(self, name: str, intensity: Factor, country: str | None, water: Water | None = None) -> Grid:
        """The grid of a place; `water` defaults to that of its country, then of the world."""
        own = self.catalog.countries[country].water if country else None
        figure = water or own
        used = (figure, self.ranges.water) if figure else (self.catalog.world.water, self.ranges.water_default)
        grid = {"region": name, "intensity_g_per_kwh": intensity, "wue_source_l_per_kwh": self.factor(*used), "country": country}
        return grid if figure else grid | {"notes": (DEFAULT_WATER,)}

    def zone(self, code: str, ratio: Ratio) -> Factor:
        """Lifecycle intensity of a grid zone; `ratio` gives its range where the zone has none of its own."""
        zone = self.catalog.zones[code]
        if zone.intensity:
            return self.factor(zone.intensity, ratio)
        part = self.catalog.egrid[zone.egrid] if zone.egrid else zone
        ratio = self.ranges.subregion if ratio is self.ranges.zone else ratio
        return self.lifecycle(cast(Direct, part.direct), cast(str, part.lifecycle_ratio), ratio)  # the schema sees to both

    def zone_direct(self, code: str) -> Direct | None:
        """Direct intensity of a grid zone. Combustion only: a memo, None where it is not known on the basis of the zone."""
        zone = self.catalog.zones[code]
        return self.catalog.egrid[zone.egrid].direct if zone.egrid else zone.direct

    def lifecycle(self, direct: Direct, national_ratio: str, ratio: Ratio) -> Factor:
        """Lifecycle intensity of a part of a country: its direct intensity times the national ratio of lifecycle to direct."""
        national = self.catalog.lifecycle_ratios[national_ratio]  # of CO2 alone to CO2e where the direct intensity is of CO2 alone
        sources = f"{self._citation(direct)} x {national.value}: {self._citation(national)}"
        value = direct.value * national.value
        return Factor(value, value * ratio.low, value * ratio.high, LIFECYCLE_UNIT, sources, direct.year, "derived")

    def mean(self, places: list[Grid], weights: list[float], ratio: Ratio, label: str) -> Grid:
        """The weighted mean of places, named by `label`. It has a direct intensity only where all of them have one."""
        grid = {
            "intensity_g_per_kwh": _weighted([p["intensity_g_per_kwh"] for p in places], weights, ratio, label),
            "wue_source_l_per_kwh": _weighted(
                [p["wue_source_l_per_kwh"] for p in places], weights, self.ranges.water_mix, label
            ),
        }
        direct = [p["direct_intensity_g_per_kwh"] for p in places if "direct_intensity_g_per_kwh" in p]
        if len(direct) == len(places):
            grid["direct_intensity_g_per_kwh"] = _weighted(direct, weights, ratio, label)
        return grid | {"notes": (f"the site is unknown: a mean over {label}",)}

    def memo(self, name: str, figure: Figure | None) -> Grid:
        """The "direct" or "market" intensity as a keyword argument of a SiteSpec; empty without a figure."""
        return {f"{name}_intensity_g_per_kwh": self.factor(figure, self.ranges.zone)} if figure else {}

    def facility_pue(self, facility: Facility) -> Factor:
        """The PUE at one of the sites of an operator, when the site's own is not known."""
        return _borrowed(self.pue(facility.pue), facility.mean_over)

    def facility_water(self, facility: Facility) -> Factor:
        """The on-site water at one of the sites of an operator, when the site's own is not known. [L/kWh of IT energy]"""
        return _borrowed(self.factor(facility.wue_site, self.ranges.wue), facility.mean_over)

    def pue(self, figure: Figure) -> Factor:
        """A PUE, whose range is that of its overhead PUE - 1."""
        overhead = figure.value - 1
        low, high = 1 + overhead * self.ranges.pue.low, 1 + overhead * self.ranges.pue.high
        return self._with_range(figure, low, high)

    def factor(self, figure: Figure, ratio: Ratio) -> Factor:
        """A figure with its own range, or with the range that `ratio` gives it."""
        return self._with_range(figure, figure.value * ratio.low, figure.value * ratio.high)

    def _with_range(self, figure: Figure, low: float, high: float) -> Factor:
        if figure.low is not None and figure.high is not None:
            low, high = figure.low, figure.high
        return Factor(figure.value, low, high, figure.unit, self._citation(figure), figure.year, figure.basis)

    def _citation(self, figure: Figure) -> str:
        return self.catalog.sources[figure.source].citation


def spanning(factor: Factor, others: list[Factor]) -> Factor:
    """`factor` with a range that includes the ranges of `others`."""
    low = min(f.low for f in (factor, *others))
    high = max(f.high for f in (factor, *others))
    return replace(factor, low=low, high=high)


def _borrowed(factor: Factor, mean_over: str | None) -> Factor:
    """A mean of several sites as the figure of one of them: derived, unless it was assumed to begin with."""
    if mean_over is None or factor.basis not in ("measured", "reported"):
        return factor
    return replace(factor, source=f"mean over {mean_over}, from: {factor.source}", basis="derived")


def _weighted(factors: list[Factor], weights: list[float], ratio: Ratio, label: str) -> Factor:
    value = sum(f.value * w for f, w in zip(factors, weights, strict=True)) / sum(weights)
    sources = "; ".join(dict.fromkeys(f.source for f in factors))
    source = f"mean over {label}, from: {sources}"
    year = max(f.year for f in factors)
    return Factor(value, value * ratio.low, value * ratio.high, factors[0].unit, source, year, "derived")
