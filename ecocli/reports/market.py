"""
Market-based scope 2, by the hierarchy of the GHG Protocol's scope 2 guidance.

The undertaking's own certificates and contracts come first, then its suppliers' rates, then residual mixes, and last the
location-based figure, where no residual mix is known. A claim of whoever operates the machines is none of these.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ecocli.core.organisation import KINDS, LIMITED, Instrument
from ecocli.reports.scopes import Located
from ecocli.util.valueclass import value_class

GRID_AVERAGE = "grid-average"
RUNGS = (*KINDS, GRID_AVERAGE)
WH_PER_MWH, WH_PER_KWH = 1e6, 1e3
NOT_USED, BEYOND = "no electricity was used in its market and year", "more than the electricity that was used in its market and year"


@value_class(frozen=True, slots=True)
class Covered:
    """Electricity of one country and year that one instrument stands for, or the average of its grid."""

    rung: str
    """One of RUNGS."""
    instrument: str | None
    country: str | None
    year: int | None
    energy_wh: float
    co2_g: float


@value_class(frozen=True, slots=True)
class Refused:
    """The part of an instrument that stands for no electricity of the report."""

    instrument: str
    energy_wh: float
    reason: str


@value_class(frozen=True, slots=True)
class Market:
    """Market-based scope 2. No range: what a certificate is for is no estimate, and the rest follows the location-based figure."""

    covered: list[Covered]
    refused: list[Refused]

    @property
    def co2_g(self) -> float:
        return sum(each.co2_g for each in self.covered)

    @property
    def energy_wh(self) -> float:
        return sum(each.energy_wh for each in self.covered)

    def share(self, rung: str) -> float | None:
        """Share of the electricity that a rung covers; None without electricity. [1]"""
        whole_wh = self.energy_wh
        return sum(each.energy_wh for each in self.covered if each.rung == rung) / whole_wh if whole_wh > 0 else None


def market(operated: Mapping[tuple[str | None, int | None], Located], instruments: Sequence[Instrument]) -> Market:
    """
    Cover electricity by instruments.

    Args:
        operated: Electricity of scope 2 by country, as ISO 3166-1 alpha-3, and year.
        instruments: Each in the order of KINDS stands for electricity of its market and year, as far as it goes.
    """
    left_wh = {bucket: located.energy_wh.value for bucket, located in operated.items()}
    covered: list[Covered] = []
    refused: list[Refused] = []
    for instrument in sorted(instruments, key=lambda each: KINDS.index(each.kind)):
        found = list(_cover(instrument, left_wh))
        covered += found
        refused += _refused(instrument, found)
    return Market([*covered, *_rest(operated, left_wh)], refused)


def _cover(instrument: Instrument, left_wh: dict[tuple[str | None, int | None], float]) -> Iterator[Covered]:
    """Takes what it stands for off what is left."""
    more_wh = float("inf") if instrument.mwh is None else instrument.mwh * WH_PER_MWH
    for bucket in sorted(bucket for bucket in left_wh if bucket[0] in instrument.market and bucket[1] == instrument.year):
        taken_wh = min(more_wh, left_wh[bucket])
        if taken_wh > 0:
            left_wh[bucket] -= taken_wh
            more_wh -= taken_wh
            yield Covered(instrument.kind, instrument.name, *bucket, taken_wh, taken_wh / WH_PER_KWH * instrument.g_per_kwh)


def _refused(instrument: Instrument, found: Iterable[Covered]) -> Iterator[Refused]:
    used_wh = sum(each.energy_wh for each in found)
    if instrument.kind in LIMITED and instrument.mwh is not None and instrument.mwh * WH_PER_MWH > used_wh:
        yield Refused(instrument.name, instrument.mwh * WH_PER_MWH - used_wh, BEYOND if used_wh else NOT_USED)


def _rest(operated: Mapping[tuple[str | None, int | None], Located], left_wh: Mapping[tuple[str | None, int | None], float]) -> Iterator[Covered]:
    for bucket, located in operated.items():
        whole_wh = located.energy_wh.value
        if left_wh[bucket] > 0:
            yield Covered(GRID_AVERAGE, None, *bucket, left_wh[bucket], located.co2_g.value * (left_wh[bucket] / whole_wh))
