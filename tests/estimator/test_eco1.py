"""Truths of eco-1 alone."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecocli.core.specs import ModelSpec
from ecocli.estimator.call import Call
from ecocli.estimator.eco1 import laws
from ecocli.estimator.eco1.constants import CONSTANTS
from ecocli.estimator.footprint import footprint
from tests.estimator_helpers import ECO_1, bounds, models

DAY_MS = 86_400_000


@given(models(), st.integers(1, 400))
def test_a_short_context_adds_nothing_per_output_token(model: ModelSpec, output: int) -> None:
    one, two = (footprint(ECO_1.make(model), Call(0, n)).facility_energy_wh.value for n in (output, 2 * output))
    assert two == pytest.approx(2 * one)


def test_no_day_differs_noticeably_from_the_next() -> None:
    days = [bounds(laws.vintage(day * DAY_MS, CONSTANTS)) for day in range(-400, 25_000)]
    for today, tomorrow in pairwise(days):
        assert all(abs(t / n - 1) < 0.01 for t, n in zip(today, tomorrow, strict=True))
    assert all(low <= value <= high for low, value, high in days)


def test_a_fleet_is_ahead_or_behind_by_what_its_constants_say() -> None:
    for name in laws.GENERATIONS:
        middle = CONSTANTS[f"{name}_middle"]
        assert (middle.value - middle.low, middle.high - middle.value) == pytest.approx((laws.HALF_A_YEAR, laws.HALF_A_YEAR))
