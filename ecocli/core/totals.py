"""Totals over calls. Calls share models, grids and methods, and so their errors: bounds add."""

from dataclasses import dataclass

from ecocli.core.footprint import Footprint
from ecocli.core.quantity import ZERO, Estimate
from ecocli.core.usage import Usage

DEPENDENCE = "ranges of single calls are added as if all were off in the same direction: errors shared by calls do not average out"


@dataclass(slots=True, eq=False, repr=False)
class Totals:
    """A running total; its size in memory does not grow with the number of calls."""

    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    energy_wh: Estimate = ZERO
    co2_g: Estimate = ZERO
    water_ml: Estimate = ZERO
    tree_days: Estimate = ZERO

    def add(self, usage: Usage, footprint: Footprint) -> None:
        """Add one call."""
        self.calls += 1
        self.input_tokens += usage.input_tokens
        self.output_tokens += usage.output_tokens
        self.energy_wh += footprint.facility_energy_wh
        self.co2_g += footprint.co2_g
        self.water_ml += footprint.water_ml
        self.tree_days += footprint.tree_days
