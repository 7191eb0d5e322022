"""The estimator, by any method: limits, and what must hold for every model, site and call."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecocli.core.factors import Factor
from ecocli.core.quantity import ONE, ZERO, Estimate
from ecocli.core.specs import ModelSpec, SiteSpec
from ecocli.estimator.call import Call
from ecocli.estimator.figures import accelerator_energy, amounts
from ecocli.estimator.footprint import footprint
from ecocli.estimator.plan import TokenCosts
from ecocli.estimator.site import facility_energy, site_costs
from tests.estimator_helpers import (
    ECO_1,
    NOW_MS,
    QUANTITIES,
    Method,
    a_site,
    bounds,
    catalogue_models,
    every_model,
    factors,
    methods,
    models,
    positive,
    scaled,
    sites,
    tokens,
)

DAY_MS = 86_400_000
NAMES = {
    "eco-1": {
        "model size", "prefill law", "attention growth", "cached read", "serving configuration", "cache size", "context law",
        "vintage", "host", "idle", "pue", "grid intensity", "passes per token", "model match", "token counting", "hidden reasoning",
    },
    "eco-2": {
        "model size", "weight bits", "prefill law", "prefill waiting", "attention growth", "cached read", "decode law", "operator batch", "cache size",
        "context law", "hardware", "software", "host", "idle", "pue", "grid intensity", "passes per token", "model match", "token counting",
        "hidden reasoning",
    },
}  # fmt: skip
"""Every factor that can be the dominant one."""
ENOUGH = st.integers(1_000, 1_000_000)
"""So many tokens that 1 % of them is a whole number worth speaking of."""
KINDS = st.sampled_from(["fresh", "cached", "output"])
SIZES = st.sampled_from(["total_params_b", "active_params_b", "weight_bits", "kv_bytes_per_token"])
DAYS = st.integers(15_000, 25_000)
"""Since 1970: from 2011 to 2038."""


def energy(method: Method, model: ModelSpec, call: Call, site: SiteSpec | None = None, at_ms: int = NOW_MS) -> Estimate:
    return footprint(method.make(model, site, at_ms), call).facility_energy_wh


def call(fresh: int, cached: int, output: int) -> Call:
    return Call(fresh + cached, output, cached)


def never_less(more: Estimate, less: Estimate) -> bool:
    return all(m >= l * (1 - 1e-12) for m, l in zip(bounds(more), bounds(less), strict=True))


def no_jump(before: float, after: float) -> bool:
    return before * 0.95 <= after <= before * 1.05


# Limits


@methods
@given(models(), sites())
def test_no_tokens_cost_nothing(method: Method, model: ModelSpec, site: SiteSpec) -> None:
    found = footprint(method.make(model, site), Call(0, 0))
    assert all(bounds(getattr(found, name)) == (0, 0, 0) for name in QUANTITIES)


@methods
@given(models(), sites())
def test_pue_of_one_changes_nothing(method: Method, model: ModelSpec, site: SiteSpec) -> None:
    exact = replace(site, pue=Factor(1, 1, 1, "1", "a test", 2026))
    found = footprint(method.make(model, exact), Call(1000, 500))
    assert found.facility_energy_wh == found.it_energy_wh
    assert facility_energy(found.it_energy_wh, ONE) == found.it_energy_wh


@pytest.mark.parametrize("reference", [500, 0])
@given(st.integers(500, 100_000), st.integers(1, 50_000))
def test_twice_the_output_at_the_same_context_costs_twice(reference: int, context: int, output: int) -> None:
    # prompt tokens are free here, so that the prompt can make way for half of the longer output
    costs = TokenCosts(ZERO, ZERO, ZERO, Estimate(1, 2, 4), Estimate(1e-5, 2e-5, 4e-5)).bounds
    once = accelerator_energy(amounts((0, context + output / 2, output), reference), costs)
    twice = accelerator_energy(amounts((0, context, 2 * output), reference), costs)
    assert twice == pytest.approx([2 * bound for bound in once])


@methods
@given(models(), positive(1, 5))
def test_a_model_that_is_less_known_is_only_less_known(method: Method, model: ModelSpec, widening: float) -> None:
    known = footprint(method.make(model), Call(1000, 500)).facility_energy_wh
    less = footprint(method.make(model, widening=widening), Call(1000, 500)).facility_energy_wh
    assert less.value == known.value
    assert less.width >= known.width - 1e-9


# Properties


@methods
@given(models(), tokens, tokens, tokens, st.integers(0, 10_000), KINDS)
def test_more_tokens_never_cost_less(method: Method, model: ModelSpec, fresh: int, cached: int, output: int, more: int, what: str) -> None:
    counts = {"fresh": fresh, "cached": cached, "output": output}
    assert never_less(energy(method, model, call(**counts | {what: counts[what] + more})), energy(method, model, call(**counts)))


@methods
@given(models(), st.integers(1, 1_000_000), KINDS)
def test_more_of_one_kind_alone_costs_more(method: Method, model: ModelSpec, count: int, what: str) -> None:
    none = {"fresh": 0, "cached": 0, "output": 0}
    assert energy(method, model, call(**none | {what: 2 * count})).value > energy(method, model, call(**none | {what: count})).value > 0


@methods
@given(models(), sites(), positive(1, 3))
def test_energy_follows_pue_and_carbon_follows_intensity(method: Method, model: ModelSpec, site: SiteSpec, ratio: float) -> None:
    worse = replace(site, pue=scaled(site.pue, ratio), intensity_g_per_kwh=scaled(site.intensity_g_per_kwh, ratio))
    here, there = (footprint(method.make(model, s), Call(1000, 500)) for s in (site, worse))
    assert bounds(there.facility_energy_wh) == pytest.approx(bounds(here.facility_energy_wh * ratio))
    assert bounds(there.co2_g) == pytest.approx(bounds(here.co2_g * ratio**2))
    assert there.it_energy_wh == here.it_energy_wh


@methods
@given(models(), sites(), tokens, tokens, tokens, positive(1, 4), st.none() | positive(1, 5000))
def test_the_central_value_lies_in_its_range(
    method: Method, model: ModelSpec, site: SiteSpec, fresh: int, cached: int, output: int, widening: float, concurrency: float | None
) -> None:
    found = footprint(method.make(model, site, widening=widening), replace(call(fresh, cached, output), concurrency=concurrency))
    for name in QUANTITIES:
        low, value, high = bounds(getattr(found, name))
        assert 0 <= low <= value * (1 + 1e-12) and value <= high * (1 + 1e-12), name
    assert found.dominant_factor in NAMES[method.id]


@methods
@given(models(), positive(1, 10), SIZES)
def test_a_larger_model_never_costs_less(method: Method, model: ModelSpec, ratio: float, what: str) -> None:
    larger = replace(model, **{what: scaled(getattr(model, what), ratio)})
    more, less = (energy(method, one, Call(2000, 500, 500)) for one in (larger, model))
    assert more.value >= less.value * (1 - 1e-12)
    if method is ECO_1:  # the error of eco-2's laws grows with sparsity, so that its bounds may cross
        assert never_less(more, less)


@methods
@given(models(), st.integers(1, 500_000), tokens, tokens, st.data())
def test_a_cached_token_never_costs_more_than_a_fresh_one(method: Method, model: ModelSpec, fresh: int, cached: int, output: int, data: st.DataObject) -> None:
    swapped = data.draw(st.integers(0, fresh))
    more, less = call(fresh, cached, output), call(fresh - swapped, cached + swapped, output)
    assert never_less(energy(method, model, more), energy(method, model, less))


@methods
@given(catalogue_models, ENOUGH, ENOUGH, ENOUGH, KINDS, st.none() | positive(1, 5000))
def test_one_percent_more_tokens_is_no_jump(
    method: Method, model: ModelSpec, fresh: int, cached: int, output: int, what: str, concurrency: float | None
) -> None:
    counts = {"fresh": fresh, "cached": cached, "output": output}
    more = counts | {what: counts[what] + counts[what] // 100}
    before, after = (replace(call(**each), concurrency=concurrency) for each in (counts, more))
    assert no_jump(energy(method, model, before).value, energy(method, model, after).value)


@methods
@given(models(), SIZES)
def test_one_percent_more_model_is_no_jump(method: Method, model: ModelSpec, what: str) -> None:
    larger = replace(model, **{what: scaled(getattr(model, what), 1.01)})
    before, after = (bounds(energy(method, each, Call(5000, 500))) for each in (model, larger))
    assert all(map(no_jump, before, after))


@given(sites(), st.sampled_from(["pue", "intensity_g_per_kwh", "wue_site_l_per_kwh", "wue_source_l_per_kwh"]))
def test_one_percent_worse_a_site_is_no_jump(site: SiteSpec, what: str) -> None:
    around = Estimate(1.2, 1.35, 1.8), Estimate(1, 1.1, 1.6), Estimate(0.02, 0.04, 0.08)
    here, there = (site_costs(s, *around) for s in (site, replace(site, **{what: scaled(getattr(site, what), 1.01)})))
    assert all(no_jump(here[name].value, there[name].value) for name in here)


# Dates


@methods
@pytest.mark.parametrize("at", [0, 150])
def test_no_day_differs_noticeably_from_the_next(method: Method, at: int) -> None:
    """From 2022 to 2029, outside of which nothing changes."""
    plan = method.make(every_model()[at].spec)
    days = (footprint(method.aged(plan, day * DAY_MS), Call(1000, 500)).facility_energy_wh for day in range(19_000, 21_600))
    for today, tomorrow in pairwise(map(bounds, days)):
        assert all(abs(t / n - 1) < 0.01 for t, n in zip(today, tomorrow, strict=True))


@methods
@pytest.mark.parametrize("day", [-400, 0, 10_000, 18_000, 22_000, 25_000])
def test_nothing_is_extrapolated(method: Method, day: int) -> None:
    plan = method.make(every_model()[0].spec)
    found, edge = (footprint(method.aged(plan, at * DAY_MS), Call(1000, 500)).figures for at in (day, 0 if day < 20_000 else 30_000))
    assert found == edge


@methods
@given(models(), sites(), DAYS, DAYS, positive(1, 3), st.none() | positive(1, 5000))
def test_a_plan_moved_to_another_day_is_one_made_for_it(
    method: Method, model: ModelSpec, site: SiteSpec, day: int, other: int, widening: float, concurrency: float | None
) -> None:
    asked = Call(5000, 500, 1000, concurrency=concurrency)
    moved = footprint(method.aged(method.make(model, site, day * DAY_MS, widening), other * DAY_MS), asked)
    made = footprint(method.make(model, site, other * DAY_MS, widening), asked)
    assert (moved.figures, moved.market_co2_g, moved.dominant_factor) == (made.figures, made.market_co2_g, made.dominant_factor)


# Which factor is the dominant one


@methods
@given(models(), factors(1, 2), factors(1, 1000))
def test_the_widest_factor_is_the_dominant_one(method: Method, model: ModelSpec, pue: Factor, intensity: Factor) -> None:
    site = replace(a_site(), pue=replace(pue, low=pue.value / 1e9), intensity_g_per_kwh=intensity)
    assert footprint(method.make(model, site), Call(1000, 500)).dominant_factor == "pue"
