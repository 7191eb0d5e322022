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
from ecocli.estimator.footprint import footprint
from ecocli.estimator.plan import Plan
from ecocli.estimator.table import BLOCK, Calls, PlanTable, estimate_arrays
from tests.estimator_helpers import ECO_1, ECO_2, Method, a_site, eco_2, every_model, methods, models, positive, shipped, sites, tokens

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
        concurrency=column("concurrency"),
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
        random.choice([None, None, 1, 64, random.uniform(1, 5000)]),
        random.choice(COUNTINGS),
    )


@methods
def test_every_model_and_every_region(method: Method) -> None:
    random = Random(1)
    places, specs = every_site(), [model.spec for model in every_model()]
    assert len(places) > 200 and len(specs) > 300
    count = max(len(places), len(specs))
    plans = [
        method.make(specs[at % len(specs)], places[at % len(places)], random.randrange(1_600_000_000_000, 1_900_000_000_000), random.choice([1.0, 1.0, 1.5]))
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
    return Call(
        input,
        draw(tokens),
        cached,
        draw(st.none() | st.integers(0, 3)),
        wait,
        draw(st.booleans()),
        draw(st.none() | positive(1, 5000)),
        draw(st.sampled_from(COUNTINGS)),
    )


MIXED = st.sampled_from([ECO_1, ECO_2, eco_2("rare"), eco_2("own_server", "H100", "fp8"), eco_2("frontier", "B200")])
"""Methods, operators and what is stated may stand side by side."""


@given(st.lists(st.tuples(MIXED, models(), sites(), st.sampled_from([1.0, 3.0])), min_size=1, max_size=3), st.lists(calls(), min_size=1, max_size=6), st.data())
def test_any_plans_and_calls(made: list[tuple], some: list[Call], data: st.DataObject) -> None:
    plans = [method.make(model, site, widening=widening) for method, model, site, widening in made]
    compare(plans, [data.draw(st.integers(0, len(plans) - 1)) for _ in some], some)


@methods
def test_a_call_has_the_same_figures_in_every_company(method: Method) -> None:
    random = Random(2)
    plans = [method.make(model.spec) for model in every_model()[:5]]
    some = [random_call(random) for _ in range(BLOCK + 7)]
    index = [random.randrange(5) for _ in some]
    together = estimate_arrays(PlanTable(plans), index, columns(some))
    for at in (0, BLOCK - 1, BLOCK, BLOCK + 6):
        alone = estimate_arrays(PlanTable([plans[index[at]]]), [0], columns([some[at]]))
        np.testing.assert_allclose(alone.figures[:, 0], together.figures[:, at], rtol=1e-14)
        assert alone.factors[alone.dominant_factor[0]] == together.factors[together.dominant_factor[at]]


@methods
def test_a_column_that_nobody_has_is_none(method: Method) -> None:
    plan = method.make(every_model()[0].spec, a_site())
    found = estimate_arrays(PlanTable([plan]), [0, 0], Calls(input_tokens=np.array([1000, 0]), output_tokens=np.array([500, 0])))
    np.testing.assert_allclose(found.figures[:, 0], footprint(plan, Call(1000, 500)).figures, rtol=FARTHEST)
    assert not found.figures[:, 1].any()
    assert np.isnan(found.inferred_reasoning_tokens).all()


@methods
def test_a_call_without_a_count_has_no_figures(method: Method) -> None:
    plan = method.make(every_model()[0].spec, a_site())
    found = estimate_arrays(PlanTable([plan]), [0, 0], Calls(input_tokens=np.array([np.nan, 10]), output_tokens=np.array([500, 500])))
    assert np.isnan(found.figures[:, 0]).all() and not np.isnan(found.figures[:, 1]).any()


def test_a_concurrency_that_not_every_call_states() -> None:
    plan, stated = ECO_2.make(every_model()[0].spec), np.array([np.nan, 64.0, np.nan, 1.0])
    found = estimate_arrays(PlanTable([plan]), [0] * 4, Calls(input_tokens=np.full(4, 1000), output_tokens=np.full(4, 500), concurrency=stated))
    blind, at_64, _, at_1 = (tuple(column) for column in found.figures.T)
    assert blind == tuple(found.figures[:, 2])
    assert at_64 == pytest.approx(footprint(plan, Call(1000, 500, concurrency=64)).figures, rel=FARTHEST)
    assert at_1 == pytest.approx(footprint(plan, Call(1000, 500, concurrency=1)).figures, rel=FARTHEST)
    assert at_1[1] > at_64[1] != blind[1]


@methods
def test_no_calls_have_no_figures(method: Method) -> None:
    found = estimate_arrays(PlanTable([method.make(every_model()[0].spec)]), [], columns([]))
    assert found.figures.shape == (27, 0) and found.dominant_factor.shape == (0,)
