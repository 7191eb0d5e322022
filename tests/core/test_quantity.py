"""How ranges travel: the rules of Estimate."""

from math import exp, hypot, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecocli.core.quantity import ONE, ZERO, Estimate
from tests.estimator_helpers import bounds, positive


@st.composite
def estimates(draw: st.DrawFn) -> Estimate:
    value = draw(positive(1e-9, 1e9))
    return Estimate(value / draw(positive(1, 100)), value, value * draw(positive(1, 100)))


def same(one: Estimate, other: Estimate) -> bool:
    return bounds(one) == pytest.approx(bounds(other), rel=1e-9, abs=0)


def test_one_changes_nothing_and_zero_leaves_nothing() -> None:
    quantity = Estimate(1, 2, 5)
    assert quantity * ONE == quantity == ONE * quantity
    assert quantity + ZERO == quantity
    assert bounds(quantity * ZERO) == (0, 0, 0) == bounds(quantity * 0)


def test_a_product_adds_squared_log_ratios_each_way_apart() -> None:
    # down: ln 2 and ln 3 give sqrt(0.6931^2 + 1.0986^2) = 1.2990; up: ln 4 and ln 1.5 give 1.4443
    found = Estimate(1, 2, 8) * Estimate(1, 3, 4.5)
    assert bounds(found) == pytest.approx((6 / exp(hypot(log(2), log(3))), 6, 6 * exp(hypot(log(4), log(1.5)))))
    assert bounds(found) == pytest.approx((6 / 3.6656, 6, 6 * 4.2388), rel=1e-4)


def test_a_sum_adds_bounds() -> None:
    assert bounds(Estimate(1, 2, 4) + Estimate(10, 20, 80)) == (11, 22, 84)


def test_a_quotient_swaps_the_bounds() -> None:
    assert bounds(Estimate(6, 6, 6) / Estimate(1, 2, 3)) == pytest.approx((2, 3, 6))
    assert bounds(Estimate(1, 2, 3) / 2) == (0.5, 1, 1.5)


@given(estimates(), estimates(), estimates())
def test_products_may_be_grouped_and_ordered_at_will(a: Estimate, b: Estimate, c: Estimate) -> None:
    assert same((a * b) * c, a * (b * c))
    assert same(a * b, b * a)


@given(estimates(), estimates(), estimates())
def test_sums_may_be_grouped_and_ordered_at_will(a: Estimate, b: Estimate, c: Estimate) -> None:
    assert same((a + b) + c, a + (b + c))
    assert same(a + b, b + a)


@given(estimates(), estimates(), positive(0.01, 100))
def test_every_rule_keeps_the_order_of_the_bounds(a: Estimate, b: Estimate, number: float) -> None:
    for found in (a * b, a + b, a / b, a * number, a / number, a**0.37, a**-0.5, a.inverse(), a.widened(1 + number)):
        assert found.low <= found.value * (1 + 1e-12) and found.value <= found.high * (1 + 1e-12)


@given(estimates(), estimates())
def test_a_product_is_less_sure_than_either_factor_and_surer_than_both_at_their_worst(a: Estimate, b: Estimate) -> None:
    product = a * b
    assert max(a.width, b.width) <= product.width + 1e-9 <= a.width + b.width + 2e-9


@given(estimates())
def test_widened_by_one_changes_nothing(quantity: Estimate) -> None:
    assert same(quantity.widened(1), quantity)


@given(estimates(), positive(1, 10))
def test_widening_keeps_the_centre(quantity: Estimate, factor: float) -> None:
    wider = quantity.widened(factor)
    assert wider.value == quantity.value
    assert wider.low <= quantity.low * (1 + 1e-9) and quantity.high <= wider.high * (1 + 1e-9)


@given(estimates(), positive(1e-3, 1e3))
def test_a_plain_number_scales_without_widening(quantity: Estimate, number: float) -> None:
    assert same(quantity * number, Estimate.exactly(number) * quantity)
    assert (quantity * number).width == pytest.approx(quantity.width, abs=1e-9)
