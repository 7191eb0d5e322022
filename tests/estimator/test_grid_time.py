"""The intensity of an hour: mean times profile, or the figure of the hour; ranges by the rules of every product, worked out here on paper."""

from math import exp, hypot, log

import pytest

from ecocli.core.factors import Factor
from ecocli.estimator.grid_time import ANNUAL, HOURLY, PROFILE, GridTime

MEAN = Factor(200.0, 170.0, 230.0, "gCO2e/kWh", "a zone", 2025)
HOUR = Factor(1.0, 0.5, 1.6, "1", "its hours", 2024, "derived")
NOON_IN_JULY, MIDNIGHT_IN_JANUARY = 1_752_580_800_000, 1_736_899_200_000
"""2025-07-15T12:00Z and 2025-01-15T00:00Z"""
MONTHS = tuple(tuple(0.5 if 6 <= hour < 18 else 1.5 for hour in range(24)) for _ in range(12))


def test_a_year_has_its_mean_and_the_width_of_an_hour():
    found = GridTime(ANNUAL, HOUR).intensity(MEAN, NOON_IN_JULY)
    assert found.value == MEAN.value
    assert found.low == pytest.approx(200 * exp(-hypot(log(200 / 170), log(2))))
    assert found.high == pytest.approx(200 * exp(hypot(log(230 / 200), log(1.6))))
    assert MEAN.source in found.source and HOUR.source in found.source


def test_an_hour_that_is_as_the_mean_widens_nothing():
    found = GridTime(ANNUAL, Factor(1.0, 1.0, 1.0, "1", "flat", 2024)).intensity(MEAN, 0)
    assert (found.low, found.value, found.high) == (MEAN.low, MEAN.value, MEAN.high)


@pytest.mark.parametrize(("at_ms", "multiplier"), [(NOON_IN_JULY, 0.5), (MIDNIGHT_IN_JANUARY, 1.5), (NOON_IN_JULY + 146_097 * 86_400_000, 0.5)])
def test_a_profile_moves_value_and_bounds_alike(at_ms, multiplier):
    flat, shaped = (GridTime(kind, HOUR, months).intensity(MEAN, at_ms) for kind, months in ((ANNUAL, ()), (PROFILE, MONTHS)))
    assert (shaped.low, shaped.value, shaped.high) == tuple(pytest.approx(multiplier * each) for each in (flat.low, flat.value, flat.high))


def test_a_figure_for_the_hour_does_without_the_mean():
    found = GridTime(HOURLY, HOUR).intensity(MEAN, NOON_IN_JULY, 80.0)
    assert (found.low, found.value, found.high) == (40.0, 80.0, 128.0)


def test_a_place_that_may_lie_in_several_zones_keeps_its_range():
    wide = Factor(200.0, 20.0, 800.0, "gCO2e/kWh", "two zones", 2025)
    found = GridTime(HOURLY, HOUR).intensity(wide, NOON_IN_JULY, 80.0)
    assert (found.low, found.high) == (8.0, 320.0)


def test_a_grid_without_carbon_can_have_an_hour():
    nothing = Factor(0.0, 0.0, 0.0, "gCO2e/kWh", "an island", 2025)
    assert GridTime(HOURLY, HOUR).intensity(nothing, 0, 10.0).value == 10.0
    assert GridTime(ANNUAL, HOUR).intensity(nothing, 0).high == 0.0


@pytest.mark.parametrize("known", [GridTime(ANNUAL, HOUR), GridTime(PROFILE, HOUR, MONTHS, "US-CAL-CISO"), GridTime(HOURLY, HOUR, zone="DE")])
def test_it_is_read_back_as_it_was(known):
    assert GridTime.from_json(known.to_json()) == known


def test_a_profile_has_every_hour():
    with pytest.raises(ValueError, match="12 months of 24 hours"):
        GridTime.from_json({"time": "profile", "hour": HOUR.to_json(), "months": [[1.0] * 24] * 11})
