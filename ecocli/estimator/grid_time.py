"""The intensity of a grid at the time of a call: from the mean of its year, by a profile of months and hours, or as that very hour had it."""

from collections.abc import Mapping
from dataclasses import replace
from time import gmtime
from typing import Any, Self

from ecocli.core.factors import Factor
from ecocli.core.quantity import Estimate
from ecocli.core.specs import SiteSpec
from ecocli.util.valueclass import value_class

MONTHS, HOURS = 12, 24
ANNUAL, PROFILE, HOURLY = "annual", "profile", "hourly"
CYCLE_S = 146_097 * 86_400
"""400 years of the Gregorian calendar, which repeats itself then."""


@value_class(frozen=True, slots=True)
class GridTime:
    """Knowledge of a grid's intensity beside the mean of its year; calls of all hours share it."""

    time: str
    """annual, profile or hourly."""
    hour: Factor
    """One hour over what is known of it: the mean of the year, that times the profile, or a figure for that very hour. [1]"""
    months: tuple[tuple[float, ...], ...] = ()
    """Of a profile: for each month, and each hour in UTC, its intensity over the mean of the year. [1]"""
    zone: str | None = None
    """Where the profile, or the figure for the hour, is from."""

    def to_json(self) -> dict[str, Any]:
        """For the basis."""
        found: dict[str, Any] = {"time": self.time, "hour": self.hour.to_json()}
        if self.zone:
            found["zone"] = self.zone
        return found | ({"months": [list(hours) for hours in self.months]} if self.months else {})

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """From `to_json`. ValueError where a profile does not have every hour of every month."""
        months = tuple(map(tuple, data.get("months", ())))
        if months and [len(hours) for hours in months] != [HOURS] * MONTHS:
            raise ValueError(f"a profile has {MONTHS} months of {HOURS} hours")
        return cls(data["time"], Factor.from_json(data["hour"]), months, data.get("zone"))

    def site(self, site: SiteSpec, at_ms: int, g_per_kwh: float | None = None) -> SiteSpec:
        """The site with the intensity of an hour, see `intensity`."""
        return replace(site, intensity_g_per_kwh=self.intensity(site.intensity_g_per_kwh, at_ms, g_per_kwh))

    def intensity(self, annual: Factor, at_ms: int, g_per_kwh: float | None = None) -> Factor:
        """
        The intensity of an hour.

        The mean and what is not known of the hour are independent. A figure for the hour does without the mean, and without
        its range but where that is wider, as it is of a place that may lie in several zones.

        Args:
            annual: Mean of the year.
            at_ms: Any time in the hour. [ms since 1970, UTC]
            g_per_kwh: The figure for the hour, where the time is hourly; the mean stands in for one that is not there. [gCO2e/kWh]
        """
        if self.time == HOURLY:
            value, hour = annual.value if g_per_kwh is None else g_per_kwh, self.hour
            low, high = hour.low, hour.high
            if annual.value > 0:
                low, high = min(low, annual.low / annual.value), max(high, annual.high / annual.value)
            return Factor(value, value * low, value * high, annual.unit, hour.source, hour.year, hour.basis)
        found = annual.estimate * (self.hour.estimate * self._multiplier(at_ms))
        return _with(annual, found, f"{annual.source}; the hour: {self.hour.source}")

    def _multiplier(self, at_ms: int) -> float:
        if not self.months:
            return 1.0
        moment = gmtime(at_ms // 1000 % CYCLE_S)
        return self.months[moment.tm_mon - 1][moment.tm_hour]


def _with(annual: Factor, found: Estimate, source: str) -> Factor:
    return Factor(found.value, found.low, found.high, annual.unit, source, annual.year, annual.basis)
