"""Energy at the wall of a machine of one's own: by time, as measured, and time and law together."""

from math import isclose, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecocli.core.factors import Factor
from ecocli.core.quantity import Estimate
from ecocli.estimator.call import Call
from ecocli.estimator.eco2 import wall
from ecocli.estimator.eco2.home import HOME, constants_at_home

POSITIVE = st.floats(1e-6, 1e6)
RANGES = st.tuples(POSITIVE, st.floats(1.01, 20), st.floats(1.01, 20)).map(lambda each: Estimate(each[0] / each[1], each[0], each[0] * each[2]))


def described(**watts: float) -> dict[str, Factor]:
    factors = {name: Factor(value, value / 2, value * 2, "W", "a test", 2026) for name, value in watts.items()}
    return {**constants_at_home(), **factors}


def test_an_hour_at_a_hundred_watts_is_a_hundred_watt_hours():
    found = wall.timed(Call(1, 1, active_s=3600.0, concurrency=1.0), described(active_w=100.0))
    assert found is not None
    assert (found.energy.low, found.energy.value, found.energy.high) == (50.0, 100.0, 200.0)


def test_calls_that_share_a_machine_share_its_energy():
    one, four = (wall.timed(Call(1, 1, active_s=60.0, concurrency=at_once), described(active_w=100.0)) for at_once in (1.0, 4.0))
    assert one is not None
    assert four is not None
    assert isclose(one.energy.value, 4 * four.energy.value)


def test_copies_share_it_too():
    constants = described(active_w=100.0) | {"copies": Factor(2.0, 2.0, 2.0, "1", "a test", 2026)}
    assert wall.calls_at_once(Call(1, 1, concurrency=3.0), constants).value == 6


def test_without_a_concurrency_one_call_at_once_is_the_centre_and_the_most_energy():
    shared = wall.calls_at_once(Call(1, 1), HOME)
    assert (shared.low, shared.value) == (1, 1)
    assert shared.high > 1


def test_loading_costs_between_idle_and_active_power():
    constants = described(active_w=100.0, idle_w=20.0)
    loaded = wall.timed(Call(1, 1, active_s=10.0, load_s=36.0, concurrency=1.0), constants)
    ready = wall.timed(Call(1, 1, active_s=10.0, concurrency=1.0), constants)
    assert loaded is not None
    assert ready is not None
    more = loaded.energy.value - ready.energy.value
    assert 20 * 36 / 3600 < more < 100 * 36 / 3600


def test_no_time_gives_no_energy_by_time():
    assert wall.timed(Call(1, 1), described(active_w=100.0)) is None


@pytest.mark.parametrize(("boundary", "factor"), [("gpu", "wall_over_gpu"), ("soc", "wall_over_soc")])
def test_below_the_wall_a_measurement_is_scaled_up_with_its_range(boundary, factor):
    found = wall.measured(Call(1, 1, measured_wh=2.0, measured_boundary=boundary), HOME, Estimate.exactly(9.0))
    over = HOME[factor]
    assert (found.energy.low, found.energy.value, found.energy.high) == (2 * over.low, 2 * over.value, 2 * over.high)
    assert found.accelerator == Estimate.exactly(2.0)


@pytest.mark.parametrize("boundary", ["wall", None])
def test_at_the_wall_a_measurement_is_the_energy(boundary):
    found = wall.measured(Call(1, 1, measured_wh=2.0, measured_boundary=boundary), HOME, Estimate.exactly(9.0))
    assert (found.energy.low, found.energy.value, found.energy.high) == (2, 2, 2)
    assert found.accelerator.high < 2


def test_a_server_that_is_no_home_machine_is_scaled_by_its_own_host():
    found = wall.measured(Call(1, 1, measured_wh=2.0, measured_boundary="gpu"), {}, Estimate(1.2, 1.5, 2.0))
    assert found.energy == Estimate(2.4, 3.0, 4.0)


@given(RANGES, RANGES)
def test_time_and_law_together_lie_between_them(timed, by_law):
    found = wall.weighed(wall.Wall(timed, timed, None, "time", timed.width), by_law, HOME).energy
    if wall.disagree(timed, by_law):
        assert found == timed
    else:
        least, most = sorted((timed.value, by_law.value))
        assert least * (1 - 1e-9) <= found.value <= most * (1 + 1e-9)


@given(RANGES)
def test_two_equal_estimates_agree_with_themselves(one):
    found = wall.weighed(wall.Wall(one, one, None, "time", one.width), one, HOME).energy
    assert isclose(found.value, one.value, rel_tol=1e-9)
    margin = HOME["together_margin"].value
    assert isclose(found.log_up, margin * one.log_up / sqrt(2), rel_tol=1e-6)


def test_the_one_that_is_known_better_counts_more():
    sharp, dull = Estimate(9.0, 10.0, 11.0), Estimate(1.0, 30.0, 90.0)
    assert wall.weight_of_time(sharp, dull) > 0.9
    assert wall.weight_of_time(dull, sharp) < 0.1


def test_making_the_machine_is_spread_over_its_hours():
    """300 kg over five years of 1 000 hours are 60 g an hour."""
    constants = HOME | {name: Factor(value, value, value, "", "a test", 2026) for name, value in {"embodied_kg": 300.0, "life_years": 5.0, "hours_per_year": 1000.0}.items()}
    found = wall.embodied(Call(1, 1, active_s=1800.0, concurrency=1.0), constants)
    assert found is not None
    assert isclose(found.value, 30.0)


def test_the_idle_memo_is_what_the_machine_draws_anyway():
    assert wall.idle_wh(Call(1, 1, active_s=350.0, load_s=10.0, concurrency=1.0), described(idle_w=20.0)) == 2.0
    assert wall.idle_wh(Call(1, 1), described(idle_w=20.0)) is None
    assert wall.idle_wh(Call(1, 1, active_s=360.0), HOME) is None


def test_implied_power_is_energy_over_time():
    watts = wall.implied_w(Estimate.exactly(1.0), Call(1, 1, active_s=36.0, concurrency=2.0), HOME)
    assert watts == 200.0
