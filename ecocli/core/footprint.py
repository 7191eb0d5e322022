"""The result of one estimate: what a call cost, with ranges, and the audit of how it was reached."""

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
"""A footprint's row of numbers, its market-based carbon where that is known [g], and its dominant factor."""


@value_class(frozen=True, slots=False)
class Footprint:
    """
    What one call cost, per boundary. Every estimate is (5th, 50th, 95th percentile).

    Kept as a row of numbers, as the equations make it and the store has it: of a hundred thousand calls that are
    stored at once nobody asks for a single estimate.
    """

    figures: list[float] = field(init=False, compare=False, repr=False, default_factory=lambda: [0.0] * 3 * len(ESTIMATES))
    """Low, value and high of each of ESTIMATES, in their order."""
    accelerator_energy_wh: Estimate
    """At the accelerators."""
    it_energy_wh: Estimate
    """At the servers: hosts and idle capacity included."""
    facility_energy_wh: Estimate
    """At the data centre's meter: cooling and conversion included. The contract's energy_wh."""
    co2_g: Estimate
    """Operational, location-based, lifecycle CO2e of the facility energy."""
    embodied_co2_g: Estimate
    """Share of making the hardware, kept apart from co2_g."""
    water_onsite_ml: Estimate
    """Evaporated or withdrawn at the data centre."""
    water_offsite_ml: Estimate
    """Consumed in generating the electricity."""
    water_ml: Estimate
    tree_days: Estimate
    market_co2_g: float | None
    """Memo: the provider's market-based claim applied to the same energy. None when there is none."""
    inferred_reasoning_tokens: Estimate | None
    """Hidden reasoning inferred from the wait; None when none was inferred."""
    dominant_factor: str
    """Name of the factor that contributes most to the width of co2_g."""

    @classmethod
    def of(
        cls, figures: list[float], market_co2_g: float | None, inferred_reasoning_tokens: Estimate | None, dominant_factor: str
    ) -> Self:
        """From the row of numbers itself."""
        one = cls.__new__(cls)
        one.figures = figures  # type: ignore[misc]  # nobody has seen it yet
        one.market_co2_g = market_co2_g  # type: ignore[misc]
        one.inferred_reasoning_tokens = inferred_reasoning_tokens  # type: ignore[misc]
        one.dominant_factor = dominant_factor  # type: ignore[misc]
        return one


class _Part:
    """An estimate of a footprint: three of its row of numbers."""

    def __init__(self, at: int) -> None:
        self._three = slice(3 * at, 3 * at + 3)

    def __get__(self, one: Footprint, _: type) -> Estimate:
        return Estimate(*one.figures[self._three])

    def __set__(self, one: Footprint, given: Estimate) -> None:
        one.figures[self._three] = given.low, given.value, given.high


for _at, _name in enumerate(ESTIMATES):
    setattr(Footprint, _name, _Part(_at))


@value_class(frozen=True, slots=True)
class Basis:
    """
    Everything beside the call itself that its figures rest on; the same for many calls, stored once.

    `content` is plain JSON: method, data edition, model and site with their factors, the constants of
    the equations, how names were matched, and the assumptions that follow from them.
    """

    content: Mapping[str, Any]
    digest: str
    """SHA-256 of the canonical JSON of `content`, in hexadecimal."""


@value_class(frozen=True, slots=True)
class Assessment:
    """One call with its footprint and the basis it rests on."""

    footprint: Footprint
    basis: Basis
    assumptions: tuple[str, ...] = ()
    """What was assumed for this very call, beyond what the basis says."""
