"""Estimates as arrays: what holds of one quantity holds of each of many."""

import operator
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

np = pytest.importorskip("numpy")

from ecocli.core.quantity import ONE, Estimate
from ecocli.estimator import site, waiting
from ecocli.estimator.arrays import ARRAYS, EstimateArray
from ecocli.estimator.eco1 import laws
from ecocli.estimator.eco1.constants import CONSTANTS
from ecocli.estimator.eco2 import fleet
from ecocli.estimator.eco2 import laws as eco2
from ecocli.estimator.eco2.constants import CONSTANTS as ECO_2_CONSTANTS
from ecocli.estimator.numbers import FLOATS, range_rules
from tests.estimator_helpers import bounds, positive

CLOSE = {"rel": 1e-12, "abs": 0}


@st.composite
def estimates(draw: st.DrawFn) -> Estimate:
    """With a range, without one, or zero."""
    value = draw(st.just(0.0) | positive(1e-6, 1e6))
    spread = st.just(1.0) | positive(1, 100)
    return Estimate(value / draw(spread), value, value * draw(spread))


def side_by_side(many: list[Estimate]) -> EstimateArray:
    return EstimateArray(*np.array([bounds(one) for one in many]).T)


def agree(found: EstimateArray, expected: list[Estimate]) -> None:
    for name in ("low", "value", "high"):
        each = np.broadcast_to(getattr(found, name), len(expected))
        assert list(each) == pytest.approx([getattr(one, name) for one in expected], **CLOSE)
    for width, one in zip(np.broadcast_to(found.width, len(expected)), expected, strict=True):
        assert one.value == 0 or width == pytest.approx(one.width, rel=1e-12, abs=1e-12)


lists = st.lists(st.tuples(estimates(), estimates()), min_size=1, max_size=8)


@given(lists, st.sampled_from([operator.add, operator.mul]))
def test_sums_and_products(pairs: list[tuple[Estimate, Estimate]], operation: Callable[[Any, Any], Any]) -> None:
    left, right = (list(side) for side in zip(*pairs, strict=True))
    agree(operation(side_by_side(left), side_by_side(right)), list(map(operation, left, right)))


@given(lists, st.sampled_from([operator.add, operator.mul]))
def test_one_estimate_meets_many(pairs: list[tuple[Estimate, Estimate]], operation: Callable[[Any, Any], Any]) -> None:
    many, one = [pair[0] for pair in pairs], pairs[0][1]
    agree(operation(side_by_side(many), one), [operation(each, one) for each in many])
    agree(operation(one, side_by_side(many)), [operation(one, each) for each in many])


@given(st.lists(estimates().filter(lambda one: one.value > 0), min_size=1, max_size=8), positive(1.01, 10))
def test_numbers_powers_quotients_and_widening(many: list[Estimate], number: float) -> None:
    array = side_by_side(many)
    for work in (
        lambda one: one * number, lambda one: number * one, lambda one: one / number, lambda one: one**0.37, lambda one: one**-0.5,
        lambda one: one.inverse(), lambda one: one / Estimate(1, 2, 5), lambda one: one.widened(number),
    ):  # fmt: skip
        agree(work(array), [work(one) for one in many])


def test_an_array_of_numbers_multiplies_each_by_its_own() -> None:
    found = np.array([2.0, 3.0]) * side_by_side([Estimate(1, 2, 4), Estimate(1, 2, 4)])
    assert (list(found.low), list(found.value), list(found.high)) == ([2, 3], [4, 6], [8, 12])


@given(estimates(), estimates(), estimates())
def test_products_of_a_call_are_products_of_estimates(one: Estimate, other: Estimate, third: Estimate) -> None:
    scaled, products = range_rules(FLOATS)
    own = one.low, one.value, one.high, one.log_down, one.log_up
    factors = [(factor.value, factor.log_down, factor.log_up) for factor in (other, third)]
    ranged = [factor for factor in (one, other, third) if factor.low < factor.high]
    if len(ranged) == 3:  # exact ones differ in the last digit
        assert products(own, factors) == [*bounds(one), *bounds(one * other), *bounds(one * third)]
    low, value, high, down, up = scaled(own, (other, third))
    product = one * other * third
    assert (low, value, high) == pytest.approx(bounds(product), **CLOSE)
    assert (down, up) == pytest.approx((product.log_down, product.log_up), rel=1e-12, abs=1e-12) or product.value == 0


def test_the_equations_of_a_plan_by_eco_1_take_arrays() -> None:
    """E1 to E3, E6 to E11 and E14, for three models and sites at once."""
    a, b, c = ([Estimate(k, 2 * k, 5 * k) for k in ks] for ks in ((1, 10, 100), (2, 20, 200), (0.5, 1, 1.5)))
    one, floor = Estimate(1, 1.5, 2), Estimate.exactly(0.1)
    for equation, arguments in (
        (lambda x, y, z: laws.prefill_energy(x, y, z, one, 0.35), (a, b, c)),
        (lambda x, y, z: laws.decode_energy(x, y, z, floor, 0.01, 0.1, 0.8, 0.3, one), (a, b, c)),
        (laws.context_energy, (a, b)), (laws.cached_energy, (a, c)), (lambda x: waiting.decode_rate(50.0, x, -0.3), (a,)),
        (lambda x, y: site.it_energy(ONE, x, y), (a, b)), (site.facility_energy, (a, b)), (site.operational_carbon, (a, b)),
        (site.embodied_carbon, (a, c)), (site.onsite_water, (a, c)), (site.offsite_water, (a, c)), (site.total_water, (a, b)),
        (lambda x: site.tree_days(x, 60.0), (a,)),
    ):  # fmt: skip
        agree(equation(*map(side_by_side, arguments)), list(map(equation, *arguments)))


def test_the_vintage_of_many_times() -> None:
    times = [0, 1_690_000_000_000, 1_763_812_800_000, 1_900_000_000_000]
    agree(laws.vintage(np.array(times), CONSTANTS, ARRAYS), [laws.vintage(time, CONSTANTS) for time in times])


VALUES = {name: factor.value for name, factor in ECO_2_CONSTANTS.items()}


@pytest.mark.parametrize("equation", [
    lambda a, b, c: eco2.prefill_energy(a, a + b, c, 0.7, VALUES), lambda a, b, c: eco2.cached_energy(a, b), eco2.prefill_waiting,
    lambda a, b, c: eco2.decode_energy(a / (a + b), b, c, 1 + a, 0.01, 0.9, b), lambda a, b, c: eco2.touch(a / (a + b / 10), 1 + c), eco2.context_energy,
    lambda a, b, c: eco2.board_power(a, 0.4, b, c), lambda a, b, c: eco2.host_factor(a, b), lambda a, b, c: fleet.software_energy(a, b / (b + c)),
    lambda a, b, c: fleet.hardware_energy(a, b, c / (1 + c), a / (1 + a)),
])  # fmt: skip
@given(st.lists(st.tuples(positive(0.1, 1000), positive(0.1, 1000), positive(0.1, 1000)), min_size=1, max_size=8))
def test_the_equations_of_eco_2_take_arrays(equation: Callable[..., Any], rows: list[tuple[float, float, float]]) -> None:
    assert list(equation(*np.array(rows).T)) == pytest.approx([equation(*row) for row in rows], **CLOSE)


@given(st.lists(st.tuples(positive(0.5, 5000), positive(0, 1e6), positive(1e-3, 1e3), positive(1e-3, 1e3)), min_size=1, max_size=8))
def test_littles_law_is_solved_for_many_at_once(rows: list[tuple[float, float, float, float]]) -> None:
    concurrency, prefill, each, shared = np.array(rows).T
    found = eco2.batch_equation(ARRAYS)(concurrency, prefill, lambda batch: each + shared / batch)
    single = [eco2.decoding_at_once(c, p, lambda batch, e=e, s=s: e + s / batch) for c, p, e, s in rows]
    assert list(found) == pytest.approx(single, **CLOSE)
