"""Hours of carbon intensity as they are read from a file, and sums of generation that become such hours."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from ecocli.grid.fuels import FACTORS

HOUR_S = 3600
LIFECYCLE, DIRECT = "lifecycle", "direct"
"""Emissions from the mine to the plant's demolition, or of combustion alone."""
NEGLIGIBLE = 0.01
"""Share of a zone's generation that an hour may lack and still count. [1]"""


@dataclass(slots=True)
class Reading:
    """Hourly intensities of a file, by the zone as the file names it, then by hour. [gCO2e/kWh], [h since 1970, UTC]"""

    zones: Mapping[str, Mapping[int, float]]
    basis: str = LIFECYCLE
    incomplete: int = 0
    """Hours that were left out because a part of the generation is not stated."""


def hour_of(moment: datetime) -> int:
    """Hours since 1970 of a moment in UTC; the part of an hour is dropped."""
    return int(moment.replace(tzinfo=UTC).timestamp()) // HOUR_S


@dataclass(slots=True)
class Means:
    """Intensities that are given once an hour or more often, as the mean of each hour."""

    _sums: dict[str, dict[int, list[float]]] = field(default_factory=lambda: defaultdict(dict))

    def add(self, zone: str, hour: int, g_per_kwh: float) -> None:
        """One value of a zone in an hour."""
        self._sums[zone].setdefault(hour, []).append(g_per_kwh)

    def reading(self, basis: str) -> Reading:
        """All hours."""
        return Reading({zone: {hour: sum(values) / len(values) for hour, values in hours.items()} for zone, hours in self._sums.items()}, basis)


class Mixes:
    """
    Generation by kind of plant that becomes intensities.

    Args:
        fuels: Of each kind that counts its fuel, a key of `FACTORS`.
    """

    def __init__(self, fuels: Mapping[str, str]) -> None:
        self._fuels = fuels
        self._generated: dict[str, dict[int, dict[str, float]]] = defaultdict(dict)
        self._repeats: dict[tuple[str, int, str], int] = defaultdict(int)

    def add(self, zone: str, hour: int, kind: str, power: float | None) -> None:
        """Power in an hour, or in a part of one; what a plant draws from the grid counts as none. None is not known."""
        if power is None or kind not in self._fuels:
            return
        kinds = self._generated[zone].setdefault(hour, {})
        if kind in kinds:
            self._repeats[zone, hour, kind] += 1
        kinds[kind] = kinds.get(kind, 0.0) + max(0.0, power)

    def reading(self) -> Reading:
        """All hours in which no kind is missing that the zone has at other times."""
        zones: dict[str, dict[int, float]] = {}
        incomplete = 0
        for (zone, hour, kind), count in self._repeats.items():
            self._generated[zone][hour][kind] /= count + 1
        for zone, hours in self._generated.items():
            needed = _needed(hours.values())
            whole = {hour: kinds for hour, kinds in hours.items() if needed <= kinds.keys() and sum(kinds.values()) > 0}
            incomplete += len(hours) - len(whole)
            zones[zone] = {hour: intensity(kinds, self._fuels) for hour, kinds in whole.items()}
        return Reading(zones, LIFECYCLE, incomplete)


def intensity(power: Mapping[str, float], fuels: Mapping[str, str]) -> float:
    """
    Mean of the fuels' factors, each weighted by the power of the plants that burn it. [gCO2e/kWh]

    >>> intensity({"lignite": 1, "onshore": 3}, {"lignite": "coal", "onshore": "wind"})
    213.25
    """
    return sum(FACTORS[fuels[kind]].value * each for kind, each in power.items()) / sum(power.values())


def _needed(hours: Iterable[Mapping[str, float]]) -> set[str]:
    """Kinds that make more than a negligible part of the whole."""
    totals: dict[str, float] = defaultdict(float)
    for kinds in hours:
        for kind, power in kinds.items():
            totals[kind] += power
    whole = sum(totals.values())
    return {kind for kind, total in totals.items() if total > NEGLIGIBLE * whole}
