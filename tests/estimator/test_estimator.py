"""The estimator: limits, and what must hold for every model, site and call."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecocli.core.factors import Factor
from ecocli.core.quantity import ONE, ZERO, Estimate
from ecocli.core.specs import ModelSpec, SiteSpec
from ecocli.estimator.call import Call
from ecocli.estimator.eco1 import laws
from ecocli.estimator.eco1.constants import CONSTANTS
from ecocli.estimator.figures import accelerator_energy, amounts
from ecocli.estimator.footprint import footprint
from ecocli.estimator.site import facility_energy, site_costs
from tests.estimator_helpers import (
    NOW_MS,
    QUANTITIES,
    a_site,
    bounds,
    catalogue_models,
    factors,
    make,
    models,
    positive,
    scaled,
    sites,
    tokens,
)

DAY_MS = 86_400_000
NAMES = {
    "model size", "prefill law", "attention growth", "cached read", "serving configuration", "cache size", "context law",
    "vintage", "host", "idle", "pue", "grid intensity", "passes per token", "model match", "token counting", "hidden reasoning",
}  # fmt: skip
"""Every factor that can be the dominant one."""
ENOUGH = st.integers(1_000, 1_000_000)
"""So many tokens that 1 % of them is a whole number worth speaking of."""


def energy(model: ModelSpec, call: Call, site: SiteSpec | None = None, at_ms: int = NOW_MS) -> Estimate:
    return footprint(make(model, site, at_ms), call).facility_energy_wh


def call(fresh: int, cached: int, output: int) -> Call:
    return Call(fresh + cached, output, cached)


def never_less(more: Estimate, less: Estimate) -> bool:
    return all(m >= l * (1 - 1e-12) for m, l in zip(bounds(more), bounds(less), strict=True))


def no_jump(before: float, after: float) -> bool:
    return before * 0.95 <= after <= before * 1.05


# Limits


@given(models(), sites())
def test_no_tokens_cost_nothing(model: ModelSpec, site: SiteSpec) -> None:
    found = footprint(make(model, site), Call(0, 0))
    assert all(bounds(getattr(found, name)) == (0, 0, 0) for name in QUANTITIES)


@given(models(), sites())
def test_pue_of_one_changes_nothing(model: ModelSpec, site: SiteSpec) -> None:
    exact = replace(site, pue=Factor(1, 1, 1, "1", "a test", 2026))
    found = footprint(make(model, exact), Call(1000, 500))
    assert found.facility_energy_wh == found.it_energy_wh
    assert facility_energy(found.it_energy_wh, ONE) == found.it_energy_wh


@given(st.integers(500, 100_000), st.integers(1, 50_000))
def test_twice_the_output_at_the_same_context_costs_twice(context: int, output: int) -> None:
    # prompt tokens are free here, so that the prompt can make way for half of the longer output
    costs = laws.TokenCosts(ZERO, ZERO, ZERO, Estimate(1, 2, 4), Estimate(1e-5, 2e-5, 4e-5)).bounds
    once = accelerator_energy(amounts((0, context + output / 2, output), 500), costs)
    twice = accelerator_energy(amounts((0, context, 2 * output), 500), costs)
    assert twice == pytest.approx([2 * bound for bound in once])


@given(models(), st.integers(1, 400))
def test_a_short_context_adds_nothing_per_output_token(model: ModelSpec, output: int) -> None:
    assert energy(model, Call(0, 2 * output)).value == pytest.approx(2 * energy(model, Call(0, output)).value)


@given(models(), positive(1, 5))
def test_a_model_that_is_less_known_is_only_less_known(model: ModelSpec, widening: float) -> None:
    known = footprint(make(model), Call(1000, 500)).facility_energy_wh
    less = footprint(make(model, widening=widening), Call(1000, 500)).facility_energy_wh
    assert less.value == known.value
    assert less.width >= known.width - 1e-9


# Properties


@given(models(), tokens, tokens, tokens, st.integers(0, 10_000), st.sampled_from(["fresh", "cached", "output"]))
def test_more_tokens_never_cost_less(model: ModelSpec, fresh: int, cached: int, output: int, more: int, what: str) -> None:
    counts = {"fresh": fresh, "cached": cached, "output": output}
    assert never_less(energy(model, call(**counts | {what: counts[what] + more})), energy(model, call(**counts)))


@given(models(), st.integers(1, 1_000_000), st.sampled_from(["fresh", "cached", "output"]))
def test_more_of_one_kind_alone_costs_more(model: ModelSpec, count: int, what: str) -> None:
    none = {"fresh": 0, "cached": 0, "output": 0}
    assert energy(model, call(**none | {what: 2 * count})).value > energy(model, call(**none | {what: count})).value > 0


@given(models(), sites(), positive(1, 3))
def test_energy_follows_pue_and_carbon_follows_intensity(model: ModelSpec, site: SiteSpec, ratio: float) -> None:
    worse = replace(site, pue=scaled(site.pue, ratio), intensity_g_per_kwh=scaled(site.intensity_g_per_kwh, ratio))
    here, there = (footprint(make(model, s), Call(1000, 500)) for s in (site, worse))
    assert bounds(there.facility_energy_wh) == pytest.approx(bounds(here.facility_energy_wh * ratio))
    assert bounds(there.co2_g) == pytest.approx(bounds(here.co2_g * ratio**2))
    assert there.it_energy_wh == here.it_energy_wh


@given(models(), sites(), tokens, tokens, tokens, positive(1, 4))
def test_the_central_value_lies_in_its_range(
    model: ModelSpec, site: SiteSpec, fresh: int, cached: int, output: int, widening: float
) -> None:
    found = footprint(make(model, site, widening=widening), call(fresh, cached, output))
    for name in QUANTITIES:
        low, value, high = bounds(getattr(found, name))
        assert 0 <= low <= value * (1 + 1e-12) and value <= high * (1 + 1e-12), name
    assert found.dominant_factor in NAMES


@given(models(), positive(1, 10), st.sampled_from(["total_params_b", "active_params_b", "weight_bits", "kv_bytes_per_token"]))
def test_a_larger_model_never_costs_less(model: ModelSpec, ratio: float, what: str) -> None:
    larger = replace(model, **{what: scaled(getattr(model, what), ratio)})
    assert never_less(energy(larger, Call(2000, 500, 500)), energy(model, Call(2000, 500, 500)))


@given(models(), st.integers(1, 500_000), tokens, tokens, st.data())
def test_a_cached_token_never_costs_more_than_a_fresh_one(
    model: ModelSpec, fresh: int, cached: int, output: int, data: st.DataObject
) -> None:
    swapped = data.draw(st.integers(0, fresh))
    assert never_less(energy(model, call(fresh, cached, output)), energy(model, call(fresh - swapped, cached + swapped, output)))


@given(catalogue_models, ENOUGH, ENOUGH, ENOUGH, st.sampled_from(["fresh", "cached", "output"]))
def test_one_percent_more_tokens_is_no_jump(model: ModelSpec, fresh: int, cached: int, output: int, what: str) -> None:
    counts = {"fresh": fresh, "cached": cached, "output": output}
    more = counts | {what: counts[what] + counts[what] // 100}
    assert no_jump(energy(model, call(**counts)).value, energy(model, call(**more)).value)


@given(models(), st.sampled_from(["total_params_b", "active_params_b", "weight_bits", "kv_bytes_per_token"]))
def test_one_percent_more_model_is_no_jump(model: ModelSpec, what: str) -> None:
    larger = replace(model, **{what: scaled(getattr(model, what), 1.01)})
    for before, after in zip(bounds(energy(model, Call(5000, 500))), bounds(energy(larger, Call(5000, 500))), strict=True):
        assert no_jump(before, after)


@given(sites(), st.sampled_from(["pue", "intensity_g_per_kwh", "wue_site_l_per_kwh", "wue_source_l_per_kwh"]))
def test_one_percent_worse_a_site_is_no_jump(site: SiteSpec, what: str) -> None:
    around = [CONSTANTS[name].estimate for name in ("host", "idle", "embodied_per_it_wh")]
    costs = (site_costs(s, *around) for s in (site, replace(site, **{what: scaled(getattr(site, what), 1.01)})))
    here, there = costs
    assert all(no_jump(here[name].value, there[name].value) for name in here)


def test_no_day_differs_noticeably_from_the_next() -> None:
    days = [bounds(laws.vintage(day * DAY_MS, CONSTANTS)) for day in range(-400, 25_000)]
    for today, tomorrow in itertools.pairwise(days):
        assert all(abs(t / n - 1) < 0.01 for t, n in zip(today, tomorrow, strict=True))
    assert all(low <= value <= high for low, value, high in days)


def test_a_fleet_is_ahead_or_behind_by_what_its_constants_say() -> None:
    for name in laws.GENERATIONS:
        middle = CONSTANTS[f"{name}_middle"]
        assert (middle.value - middle.low, middle.high - middle.value) == pytest.approx((laws.HALF_A_YEAR, laws.HALF_A_YEAR))


@given(models(), factors(1, 2), factors(1, 1000))
def test_the_widest_factor_is_the_dominant_one(model: ModelSpec, pue: Factor, intensity: Factor) -> None:
    site = replace(a_site(), pue=replace(pue, low=pue.value / 1e9), intensity_g_per_kwh=intensity)
    assert footprint(make(model, site), Call(1000, 500)).dominant_factor == "pue"
