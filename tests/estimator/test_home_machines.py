"""Machines at a wall meter, which other people measured: how near the estimates come, and that their ranges hold what was measured."""

from functools import cache
from math import exp, log
from statistics import median

import pytest

from tools.validate.estimates import assessor
from tools.validate.home import LAW, PROFILE, TABLE, TIMED
from tools.validate.home import compared as compare


@cache
def compared(way):
    return compare(assessor(), way)


@pytest.mark.parametrize("way", [TIMED, LAW])
def test_nine_in_ten_lie_in_the_range(way):
    inside = [found.low <= measured <= found.high for measured, found in compared(way)]
    assert sum(inside) >= 0.9 * len(inside)


def test_time_and_law_together_come_nearer_than_the_law_alone():
    def error(way):
        return median(abs(log(found.value / measured)) for measured, found in compared(way))

    assert error(TIMED) < error(LAW) < log(2)


def test_a_profile_makes_the_range_narrow():
    def half_width(way):
        return median(exp(found.width / 2) for _, found in compared(way))

    assert half_width(PROFILE) < 1.5 < half_width(TIMED)


def test_a_profile_at_a_peak_has_the_measured_peak_as_its_high_end():
    for measured, found in compared(PROFILE):
        assert found.high == pytest.approx(measured, rel=0.01)


def test_usual_machines_hold_what_was_measured_at_most_of_them():
    inside = [found.low <= measured <= found.high for measured, found in compared(TABLE)]
    assert len(inside) >= 20
    assert sum(inside) >= 0.9 * len(inside)


def test_a_usual_machine_says_more_than_time_alone():
    def error(way):
        return median(abs(log(found.value / measured)) for measured, found in compared(way))

    assert error(TABLE) < error(TIMED)
    assert median(found.width for _, found in compared(TABLE)) < median(found.width for _, found in compared(TIMED)) / 2
