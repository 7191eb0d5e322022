"""What eco says of a published figure's call: the shipped catalogue, the real assessor, the day of the figure."""

from dataclasses import dataclass
from datetime import date
from math import exp

from ecocli.catalog.compiled import open_entries
from ecocli.core.footprint import Footprint
from ecocli.core.quantity import Estimate
from ecocli.core.usage import Usage
from ecocli.pipeline.assessment import Assessor
from tools.validate.figures import Figure, noon_ms

BOUNDARIES = {
    "accelerators": "accelerator_energy_wh",
    "servers": "it_energy_wh",
    "meter": "facility_energy_wh",
}


@dataclass(frozen=True)
class Compared:
    """A figure and the estimate of the same call at the same boundary."""

    figure: Figure
    published_wh: float
    estimate: Estimate
    footprint: Footprint

    @property
    def ratio(self) -> float:
        """Estimate over published. [1]"""
        return self.estimate.value / self.published_wh

    @property
    def error(self) -> float:
        """How many times too much or too little. [1]"""
        return max(self.ratio, 1 / self.ratio)

    @property
    def inside(self) -> bool:
        return self.estimate.low <= self.published_wh <= self.estimate.high

    @property
    def half_width(self) -> float:
        """The range as x/÷ this. [1]"""
        return exp(self.estimate.width / 2)


def assessor() -> Assessor:
    """The shipped catalogue, compiled anew: what is in the files, not what a cache remembers."""
    return Assessor(open_entries(None, None), model_fallback=True, region_fallback=True)


def footprint(eco: Assessor, model: str, provider: str | None, tokens: tuple[int, int, int], day: date) -> Footprint:
    """
    One call's footprint.

    Args:
        tokens: Fresh, cached and output. [token]
        day: When it was served.
    """
    fresh, cached, output = tokens
    usage = Usage(fresh + cached, output, provider, model, cached_tokens=cached, started_at_ms=noon_ms(day))
    return eco.assess(usage, now_ms=0).assessment.footprint


def compared(eco: Assessor, figure: Figure) -> Compared | None:
    """The figure beside the estimate; None when its energy, its model or its tokens are not known."""
    if figure.energy_wh is None or figure.taken_as is None or figure.output is None:
        return None
    found = of(eco, figure)
    return Compared(figure, figure.energy_wh, getattr(found, BOUNDARIES[figure.boundary]), found)


def of(eco: Assessor, figure: Figure) -> Footprint:
    """The footprint of a figure's call."""
    assert figure.taken_as and figure.output is not None
    tokens = (figure.fresh, figure.cached, figure.output)
    return footprint(eco, figure.taken_as, figure.provider, tokens, figure.date)
