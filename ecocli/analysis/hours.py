"""The result of a call by the imported hour of its grid."""

from dataclasses import replace
from datetime import UTC, datetime

from ecocli.core.dates import EPOCH
from ecocli.core.factors import Factor
from ecocli.core.footprint import Assessment, Basis
from ecocli.core.quantity import Estimate
from ecocli.estimator.footprint import footprint
from ecocli.estimator.grid_time import HOURLY, GridTime
from ecocli.pipeline.assessment import HOUR_MS, Assessed
from ecocli.pipeline.bases import digest, plan_of
from ecocli.pipeline.call_inputs import call_of
from ecocli.pipeline.hours import grid_zone
from ecocli.pipeline.years import OF_GRID
from ecocli.store.grid import GridHour, GridHours, GridSource

DIRECT = "direct"
BETWEEN_SOURCES = Estimate(1 / 1.2, 1.0, 1.2)
BETWEEN_SOURCES_PAPER = "range: EIA-930 by lifecycle factors over Electricity Maps, the same hours of 2022 in California, PJM, New York and Texas: 0.83-1.06"
"""Two sources of one hour; which of them is right is not known, so that it is the same upward and downward. [1]"""
OF_COMBUSTION = Estimate(0.94, 1.0, 1.2)
OF_COMBUSTION_PAPER = "combustion alone, scaled to the year's lifecycle mean; range: Electricity Maps' own two bases in 16 zones, 2024"
"""Lifecycle over scaled combustion; clean hours have more than combustion shows. [1]"""
MOST_OF_A_YEAR = 0.9 * 8760
"""Hours that are needed to scale the figures of a year. [h]"""


class ByHour:
    """Works out results by the hours of one store; what calls have in common is kept."""

    def __init__(self, hours: GridHours) -> None:
        self._hours = hours
        self._bases: dict[tuple[str, GridSource], Basis] = {}
        self._means: dict[tuple[str, int], float | None] = {}

    def of(self, assessed: Assessed) -> Assessed | None:
        """The call by the hour of its grid; None where its zone is not certain, or the hour was not imported."""
        zone = grid_zone(assessed.site, assessed.serving)
        hour = zone and self._hours.at(zone, assessed.started_at_ms // HOUR_MS)
        if not zone or not hour:
            return None
        g_per_kwh = self._lifecycle(assessed, zone, hour)
        if g_per_kwh is None:
            return None
        basis = self._basis(assessed.assessment.basis, zone, hour.origin)
        plan = plan_of(basis.content, assessed.started_at_ms, g_per_kwh)
        call, _ = call_of(assessed.usage, plan)
        return replace(assessed, assessment=Assessment(footprint(plan, call), basis, assessed.assessment.assumptions, g_per_kwh))

    def _lifecycle(self, assessed: Assessed, zone: str, hour: GridHour) -> float | None:
        """Lifecycle intensity; of combustion its share of the mean of its calendar year, where nearly all of that is there. [gCO2e/kWh]"""
        if hour.origin.basis != DIRECT:
            return hour.g_per_kwh
        year = datetime.fromtimestamp(assessed.started_at_ms / 1000, UTC).year
        if (zone, year) not in self._means:
            first, end = ((datetime(each, 1, 1, tzinfo=UTC) - EPOCH).days * 24 for each in (year, year + 1))
            count, mean = self._hours.mean(zone, first, end, DIRECT)
            self._means[zone, year] = mean if count >= MOST_OF_A_YEAR else None
        mean = self._means[zone, year]
        return assessed.site.spec.intensity_g_per_kwh.value * hour.g_per_kwh / mean if mean else None

    def _basis(self, basis: Basis, zone: str, origin: GridSource) -> Basis:
        """The basis of calls by the hours of one source."""
        key = basis.digest, origin
        if key not in self._bases:
            assumptions = [sentence for sentence in basis.content["assumptions"] if not sentence.startswith(OF_GRID)]
            content = {**basis.content, "grid": GridTime(HOURLY, _spread(origin), zone=zone).to_json(), "assumptions": assumptions}
            self._bases[key] = Basis(content, digest(content))
        return self._bases[key]


def _spread(origin: GridSource) -> Factor:
    """How far an imported hour may be off."""
    spread, papers = BETWEEN_SOURCES, [f"{origin.source} (imported, {origin.layout})", BETWEEN_SOURCES_PAPER]
    if origin.basis == DIRECT:
        spread, papers = spread * OF_COMBUSTION, [*papers, OF_COMBUSTION_PAPER]
    return Factor(1.0, spread.low, spread.high, "1", "; ".join(papers), 2024 if origin.basis == DIRECT else 2022, "derived")
