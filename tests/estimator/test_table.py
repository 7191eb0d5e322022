"""Calls side by side have the figures that each of them has alone."""

from collections.abc import Sequence
from functools import cache
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

np = pytest.importorskip("numpy")

from ecocli.catalog.regions import resolve_site
from ecocli.core.quantity import ONE, Estimate
from ecocli.core.specs import SiteSpec
from ecocli.estimator.arrays import EstimateArray
from ecocli.estimator.call import Call
from ecocli.estimator.eco1.plan import Plan
from ecocli.estimator.footprint import footprint
from ecocli.estimator.table import BLOCK, Calls, PlanTable, estimate_arrays
from tests.estimator_helpers import a_site, every_model, make, models, shipped, sites, tokens

FARTHEST = 1e-12
"""Relative difference to the figure of a single call."""
COUNTINGS = (ONE, Estimate(0.85, 1.0, 1.2), Estimate(0.6, 1.0, 1.6))


@cache
def every_site() -> tuple[SiteSpec, ...]:
    """Of each region of the catalogue, and of none."""
    regions = [key.split("/", 1) for key, _ in shipped().all("region")]
    return tuple(resolve_site(shipped(), *each, fallback=True).spec for each in (*regions, (None, None)))


def columns(calls: Sequence[Call]) -> Calls:
    """The calls as arrays; NaN where a call does not have a number."""

    def column(name: str) -> np.ndarray:
        return np.array([np.nan if getattr(call, name) is None else getattr(call, name) for call in calls], float)

    return Calls(
        input_tokens=column("input_tokens"), output_tokens=column("output_tokens"), cached_tokens=column("cached_tokens"),
        reasoning_tokens=column("reasoning_tokens"), wait_ms=column("wait_ms"), is_estimated=np.array([call.is_estimated for call in calls], bool),
        counting=EstimateArray(*np.array([(c.counting.low, c.counting.value, c.counting.high) for c in calls]).reshape(-1, 3).T),
    )  # fmt: skip


def compare(plans: Sequence[Plan], index: Sequence[int], calls: Sequence[Call]) -> None:
    found = estimate_arrays(PlanTable(plans), index, columns(calls))
    for at, (plan, call) in enumerate(zip(index, calls, strict=True)):
        alone = footprint(plans[plan], call)
        np.testing.assert_allclose(found.figures[:, at], alone.figures, rtol=FARTHEST, atol=0)
        np.testing.assert_allclose(found.market_co2_g[at], np.nan if alone.market_co2_g is None else alone.market_co2_g, rtol=FARTHEST)
        hidden = alone.inferred_reasoning_tokens
        expected = [np.nan] * 3 if hidden is None else [hidden.low, hidden.value, hidden.high]
        np.testing.assert_allclose(found.inferred_reasoning_tokens[:, at], expected, rtol=FARTHEST)
        assert found.factors[found.dominant_factor[at]] == alone.dominant_factor


def random_call(random: Random) -> Call:
    input = random.choice([0, 1, random.randrange(200_000)])
    return Call(
        input,
        random.choice([0, 1, random.randrange(20_000)]),
        random.choice([None, 0, input, random.randrange(input + 1)]),
        random.choice([None, 0, 5]),
        random.choice([None, 0, random.randrange(200_000), 10**9]),
        random.random() < 0.5,
        random.choice(COUNTINGS),
    )


def test_every_model_and_every_region() -> None:
    random = Random(1)
    places, specs = every_site(), [model.spec for model in every_model()]
    assert len(places) > 200 and len(specs) > 300
    count = max(len(places), len(specs))
    plans = [
        make(specs[at % len(specs)], places[at % len(places)], random.randrange(1_600_000_000_000, 1_900_000_000_000), random.choice([1.0, 1.0, 1.5]))
        for at in range(count)
    ]
    index = [at for at in range(count) for _ in range(8)]
    random.shuffle(index)
    compare(plans, index, [random_call(random) for _ in index])


@st.composite
def calls(draw: st.DrawFn) -> Call:
    """The edges, and all that is between them."""
    input, wait = draw(tokens), draw(st.none() | st.integers(0, 10_000_000))
    cached = draw(st.none() | st.just(input) | st.integers(0, input))
    return Call(input, draw(tokens), cached, draw(st.none() | st.integers(0, 3)), wait, draw(st.booleans()), draw(st.sampled_from(COUNTINGS)))


@given(st.lists(st.tuples(models(), sites(), st.sampled_from([1.0, 3.0])), min_size=1, max_size=3), st.lists(calls(), min_size=1, max_size=6), st.data())
def test_any_plans_and_calls(made: list[tuple], some: list[Call], data: st.DataObject) -> None:
    plans = [make(model, site, widening=widening) for model, site, widening in made]
    compare(plans, [data.draw(st.integers(0, len(plans) - 1)) for _ in some], some)


def test_a_call_has_the_same_figures_in_every_company() -> None:
    random = Random(2)
    plans = [make(model.spec) for model in every_model()[:5]]
    some = [random_call(random) for _ in range(BLOCK + 7)]
    index = [random.randrange(5) for _ in some]
    together = estimate_arrays(PlanTable(plans), index, columns(some))
    for at in (0, BLOCK - 1, BLOCK, BLOCK + 6):
        alone = estimate_arrays(PlanTable([plans[index[at]]]), [0], columns([some[at]]))
        np.testing.assert_allclose(alone.figures[:, 0], together.figures[:, at], rtol=1e-14)
        assert alone.factors[alone.dominant_factor[0]] == together.factors[together.dominant_factor[at]]


def test_a_column_that_nobody_has_is_none() -> None:
    plan = make(every_model()[0].spec, a_site())
    found = estimate_arrays(PlanTable([plan]), [0, 0], Calls(input_tokens=np.array([1000, 0]), output_tokens=np.array([500, 0])))
    np.testing.assert_allclose(found.figures[:, 0], footprint(plan, Call(1000, 500)).figures, rtol=FARTHEST)
    assert not found.figures[:, 1].any()
    assert np.isnan(found.inferred_reasoning_tokens).all()


def test_a_call_without_a_count_has_no_figures() -> None:
    plan = make(every_model()[0].spec, a_site())
    found = estimate_arrays(PlanTable([plan]), [0, 0], Calls(input_tokens=np.array([np.nan, 10]), output_tokens=np.array([500, 500])))
    assert np.isnan(found.figures[:, 0]).all() and not np.isnan(found.figures[:, 1]).any()


def test_no_calls_have_no_figures() -> None:
    found = estimate_arrays(PlanTable([make(every_model()[0].spec)]), [], columns([]))
    assert found.figures.shape == (27, 0) and found.dominant_factor.shape == (0,)
