"""Plans and strategies for the tests of the estimator."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from types import ModuleType

import pytest
from hypothesis import strategies as st

from ecocli.catalog.compiled import open_entries
from ecocli.catalog.entries import Entries
from ecocli.catalog.models import CatalogModel, search_models
from ecocli.catalog.regions import resolve_site
from ecocli.core.factors import Factor
from ecocli.core.footprint import Footprint
from ecocli.core.quantity import Estimate
from ecocli.core.specs import ModelSpec, SiteSpec
from ecocli.estimator import eco1, eco2
from ecocli.estimator.plan import Plan

NOW_MS = int(datetime(2026, 11, 22, tzinfo=UTC).timestamp() * 1000)
QUANTITIES = [name for name, kind in Footprint.__annotations__.items() if kind is Estimate]


@cache
def shipped() -> Entries:
    """The shipped catalogue, once: hypothesis strategies cannot take a fixture."""
    return open_entries(None, Path(mkdtemp()))


@cache
def every_model() -> tuple[CatalogModel, ...]:
    return tuple(search_models(shipped()))


@cache
def a_site() -> SiteSpec:
    return resolve_site(shipped(), "aws", "us-east-1", fallback=False).spec


@dataclass(frozen=True)
class Method:
    """A method with the constants of a call that states nothing, or what `served` makes of them."""

    id: str
    package: ModuleType
    constants: Mapping[str, Factor]

    def make(self, model: ModelSpec, site: SiteSpec | None = None, at_ms: int = NOW_MS, widening: float = 1.0) -> Plan:
        plan: Plan = self.package.make(model, site or a_site(), self.constants, widening, at_ms)
        return plan

    def aged(self, plan: Plan, at_ms: int) -> Plan:
        """As the pipeline moves plans: the day's hardware and software are of no call in particular."""
        moved: Plan = self.package.aged(plan, self.package.vintage(at_ms, self.package.CONSTANTS))
        return moved

    def changed(self, **changed: Factor) -> "Method":
        return replace(self, constants={**self.constants, **changed})


def eco_2(operator: str = "open_host", accelerator: str | None = None, weight_precision: str | None = None) -> Method:
    return Method("eco-2", eco2, eco2.constants_for(operator, accelerator, weight_precision))


ECO_1, ECO_2 = Method("eco-1", eco1, eco1.CONSTANTS), eco_2()
METHODS = (ECO_1, ECO_2)
methods = pytest.mark.parametrize("method", METHODS, ids=lambda method: method.id)
"""For what is true of every method."""


def scaled(factor: Factor, ratio: float) -> Factor:
    """The same factor, larger as a whole."""
    return replace(factor, low=factor.low * ratio, value=factor.value * ratio, high=factor.high * ratio)


def bounds(estimate: Estimate) -> tuple[float, float, float]:
    return estimate.low, estimate.value, estimate.high


def positive(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(low, high, allow_nan=False, allow_infinity=False)


@st.composite
def factors(draw: st.DrawFn, low: float, high: float, unit: str = "1") -> Factor:
    """A number from outside, between `low` and `high`, known within x/÷ up to 5."""
    value = draw(positive(low, high))
    return Factor(value, value / draw(positive(1, 5)), value * draw(positive(1, 5)), unit, "a test", 2026)


@st.composite
def models(draw: st.DrawFn) -> ModelSpec:
    """Any model that could exist, and some that could not."""
    total = draw(factors(0.1, 5000, "B"))
    return ModelSpec(
        id="a/model",
        developer="a",
        architecture="moe",
        total_params_b=total,
        active_params_b=scaled(total, draw(positive(0.01, 1))),
        kv_bytes_per_token=draw(factors(1e3, 1e6, "bytes/token")),
        weight_bits=draw(factors(2, 16, "bit")),
        reasoning="optional",
        context_tokens=draw(st.none() | st.integers(1_000, 10_000_000)),
        compute_multiplier=draw(st.none() | factors(1, 10)),
        open_weights=draw(st.sampled_from([None, False, True])),
        prefill_params_b=draw(st.none() | st.just(scaled(total, draw(positive(0.01, 1))))),
        table_params_b=draw(st.none() | st.just(replace(total, low=total.low / 10, value=total.low / 10, high=total.low / 10))),
    )


@st.composite
def sites(draw: st.DrawFn) -> SiteSpec:
    return SiteSpec(
        region="here",
        provider="a",
        intensity_g_per_kwh=draw(factors(1, 1000, "gCO2e/kWh")),
        pue=draw(factors(1, 2)),
        wue_site_l_per_kwh=draw(factors(0.01, 3, "L/kWh")),
        wue_source_l_per_kwh=draw(factors(0.01, 10, "L/kWh")),
    )


tokens = st.integers(0, 1_000_000)
catalogue_models = st.deferred(lambda: st.sampled_from([model.spec for model in every_model()]))
