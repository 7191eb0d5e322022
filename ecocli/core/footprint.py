"""Results of an estimate: the footprint of a call with its ranges, and the basis that it was computed from."""

from collections.abc import Mapping
from dataclasses import field
from typing import Any, Self

from ecocli.core.quantity import Estimate
from ecocli.util.valueclass import value_class

ESTIMATES = (
    "accelerator_energy_wh",
    "it_energy_wh",
    "facility_energy_wh",
    "co2_g",
    "embodied_co2_g",
    "water_onsite_ml",
    "water_offsite_ml",
    "water_ml",
    "tree_days",
)
FOOTPRINT_FIELDS = (*ESTIMATES, "market_co2_g", "inferred_reasoning_tokens", "dominant_factor")
Spent = tuple[list[float], float | None, str]
"""(`figures`, `market_co2_g`, `dominant_factor`) of a Footprint"""


@value_class(frozen=True, slots=False)
class Footprint:
    """
    The footprint of one call, per boundary. Every estimate is (5th, 50th, 95th percentile).

    It is kept as a row of numbers, as the equations return and the store holds it: a bulk import never needs the
    estimates as objects.
    """

    figures: list[float] = field(init=False, compare=False, repr=False, default_factory=lambda: [0.0] * 3 * len(ESTIMATES))
    """(low, value, high) of each of ESTIMATES in order, flat."""
    accelerator_energy_wh: Estimate
    """At the accelerators."""
    it_energy_wh: Estimate
    """At the servers: hosts and idle capacity included."""
    facility_energy_wh: Estimate
    """At the data centre's meter: cooling and conversion included. The contract's energy_wh."""
    co2_g: Estimate
    """Operational, location-based, lifecycle CO2e of the facility energy."""
    embodied_co2_g: Estimate
    """This call's share of making the hardware; not part of co2_g."""
    water_onsite_ml: Estimate
    """Evaporated or withdrawn at the data centre."""
    water_offsite_ml: Estimate
    """Consumed in generating the electricity."""
    water_ml: Estimate
    tree_days: Estimate
    market_co2_g: float | None
    """Memo: the provider's market-based claim applied to the same energy. None when there is none."""
    inferred_reasoning_tokens: Estimate | None
    """Hidden reasoning tokens inferred from the latency; None when none were inferred."""
    dominant_factor: str
    """Name of the factor that contributes most to the width of co2_g."""

    @classmethod
    def of(
        cls, figures: list[float], market_co2_g: float | None, inferred_reasoning_tokens: Estimate | None, dominant_factor: str
    ) -> Self:
        """A footprint from a row of `figures`."""
        one = cls.__new__(cls)
        one.figures = figures  # type: ignore[misc]  # not in use yet
        one.market_co2_g = market_co2_g  # type: ignore[misc]
        one.inferred_reasoning_tokens = inferred_reasoning_tokens  # type: ignore[misc]
        one.dominant_factor = dominant_factor  # type: ignore[misc]
        return one


class _Figure:
    """Attribute that reads and writes one estimate as three numbers of the row."""

    def __init__(self, at: int) -> None:
        self._three = slice(3 * at, 3 * at + 3)

    def __get__(self, one: Footprint, _: type) -> Estimate:
        return Estimate(*one.figures[self._three])

    def __set__(self, one: Footprint, estimate: Estimate) -> None:
        one.figures[self._three] = estimate.low, estimate.value, estimate.high


for _at, _name in enumerate(ESTIMATES):
    setattr(Footprint, _name, _Figure(_at))


@value_class(frozen=True, slots=True)
class Basis:
    """
    Everything that a footprint was computed from, apart from the call itself; many calls share one, stored once.

    `content` is plain JSON: method, data edition, model and site with their factors, the constants of
    the equations, how names were matched, and the assumptions that follow from them.
    """

    content: Mapping[str, Any]
    digest: str
    """SHA-256 of the canonical JSON of `content`, in hexadecimal."""


@value_class(frozen=True, slots=True)
class Assessment:
    """The footprint of one call and the basis that it was computed from."""

    footprint: Footprint
    basis: Basis
    assumptions: tuple[str, ...] = ()
    """Assumptions about this call alone, as sentences; those of the basis come on top."""
    grid_g_per_kwh: float | None = None
    """Intensity of the call's own hour, where the basis says that it is by the hour. [gCO2e/kWh]"""
