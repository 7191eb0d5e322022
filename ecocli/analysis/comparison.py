"""Compare the footprints of the same work by several models or at several places."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from ecocli.core.quantity import Estimate
from ecocli.core.usage import Usage
from ecocli.pipeline.assessment import Assessed, Assessor
from ecocli.util.valueclass import value_class

if TYPE_CHECKING:
    from ecocli.analysis.prices import Price, PriceList
    from ecocli.pipeline.defaults import Defaults


@value_class(frozen=True, slots=True)
class Contender:
    """A model at a place, in the caller's spelling; None for the defaults."""

    model: str
    region: str | None
    provider: str | None


@value_class(frozen=True, slots=True)
class Compared:
    """A contender's footprint for the work. `ratio` is its energy over the smallest energy of all contenders. [1]"""

    assessed: Assessed
    ratio: float
    price: "Price | None" = None
    """Its list price; None when it is not known or was not asked for."""

    def per_million(self, figure: Estimate) -> Estimate | None:
        """A figure of the work, to a million of its tokens, in and out; None where it has none."""
        tokens = self.assessed.usage.input_tokens + self.assessed.usage.output_tokens
        return figure * (1e6 / tokens) if tokens else None


def compare(
    contenders: Iterable[Contender], work: Usage, assessor: Assessor, now_ms: int, prices: "PriceList | None" = None
) -> list[Compared]:
    """
    Estimate the same work for every contender.

    Args:
        work: Token counts, time and how it is served; its model, provider and region are ignored.
        prices: A price list, to add prices.

    Returns:
        The contenders by rising carbon (central, operational), then energy.

    Raises:
        UnknownModel, UnknownRegion: The model or region of a contender is not known.
    """
    found = sorted((assessor.assess(_usage(work, contender, assessor.defaults), now_ms) for contender in contenders), key=_weight)
    lightest = min(map(_energy, found), default=0.0)
    return [Compared(each, _energy(each) / lightest if lightest else 1.0, _price(each, prices) if prices else None) for each in found]


def _usage(work: Usage, contender: Contender, defaults: "Defaults | None") -> Usage:
    named = replace(work, model=contender.model, provider=contender.provider, region=contender.region)
    return named if defaults is None else defaults.of(named)


def _price(assessed: Assessed, prices: "PriceList") -> "Price | None":
    found = assessed.assessment
    has_inferred = found.footprint.inferred_reasoning_tokens is not None
    return prices.price(assessed.usage, assessed.site.provider_id, found.basis.content, assessed.started_at_ms, has_inferred)


def _energy(assessed: Assessed) -> float:
    return assessed.assessment.footprint.facility_energy_wh.value


def _weight(assessed: Assessed) -> tuple[float, float]:
    return assessed.assessment.footprint.co2_g.value, _energy(assessed)
