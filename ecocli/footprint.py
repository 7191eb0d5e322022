"""The result of one estimate: what a call cost, with ranges, and the audit of how it was reached."""

from collections.abc import Mapping
from typing import Any

from ecocli.quantity import Estimate
from ecocli.values import value_class


@value_class(frozen=True, slots=True)
class Footprint:
    """What one call cost, per boundary. Every estimate is (5th, 50th, 95th percentile)."""

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
