"""The units of the report's JSON: MWh, tonnes and cubic metres."""

from ecocli.core.quantity import Estimate

PER_MEGA = 1e6
"""Wh in a MWh, g in a t, mL in a m³."""


def mega(estimate: Estimate) -> Estimate:
    """
    From Wh to MWh, from g to t, from mL to m³.

    >>> mega(Estimate(500_000, 1_234_567.0, 4_000_000))
    Estimate(low=0.5, value=1.234567, high=4.0)
    """
    return Estimate(estimate.low / PER_MEGA, estimate.value / PER_MEGA, estimate.high / PER_MEGA)
