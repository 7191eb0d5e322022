"""What eco says of a published figure's call: the shipped catalogue, the real assessor, the day of the figure."""

from dataclasses import dataclass
from datetime import date
from math import exp

from ecocli.catalog.compiled import open_entries
from ecocli.core.footprint import Footprint
from ecocli.core.quantity import Estimate
from ecocli.core.usage import Usage
from ecocli.estimator import eco1
from ecocli.estimator.call import Call
from ecocli.estimator.footprint import footprint as by_plan
from ecocli.estimator.methods import METHOD
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
    return Assessor(open_entries(None, None), region_fallback=True)


def footprint(eco: Assessor, model: str, provider: str | None, tokens: tuple[int, int, int], day: date, method: str = METHOD) -> Footprint:
    """
    One call's footprint.

    Args:
        tokens: Fresh, cached and output. [token]
        day: When it was served.
        method: "eco-1" for what that method makes of the catalogue of today.
    """
    fresh, cached, output = tokens
    usage = Usage(fresh + cached, output, provider, model, cached_tokens=cached, started_at_ms=noon_ms(day))
    found = eco.assess(usage, now_ms=0)
    if method == "eco-1":
        plan = eco1.make(found.model.spec, found.site.spec, eco1.CONSTANTS, found.model.widening, noon_ms(day))
        return by_plan(plan, Call(fresh + cached, output, cached))
    return found.assessment.footprint


def compared(eco: Assessor, figure: Figure, method: str = METHOD) -> Compared | None:
    """The figure beside the estimate; None when its energy, its model or its tokens are not known."""
    if figure.energy_wh is None or figure.taken_as is None or figure.output is None:
        return None
    found = of(eco, figure, method)
    return Compared(figure, figure.energy_wh, getattr(found, BOUNDARIES[figure.boundary]), found)


def of(eco: Assessor, figure: Figure, method: str = METHOD) -> Footprint:
    """The footprint of a figure's call."""
    assert figure.taken_as and figure.output is not None
    tokens = (figure.fresh, figure.cached, figure.output)
    return footprint(eco, figure.taken_as, figure.provider, tokens, figure.date, method)
