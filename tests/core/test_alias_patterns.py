"""`*` in an alias stands for any characters, and nothing else in it is special."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecocli.core.aliases import Alias, fits

TEXT = st.text("ab/*", max_size=8)


def by_regular_expression(pattern: str, name: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), name, re.DOTALL) is not None


@given(TEXT, st.text("ab/", max_size=10))
def test_a_star_is_any_characters(pattern: str, name: str) -> None:
    assert fits(pattern, name) == by_regular_expression(pattern, name)


@pytest.mark.parametrize("name", ["claude-opus-4-6[1m]", "what?", "a.b", "arn:aws:bedrock:eu-west-1:1:application-inference-profile/x1"])
def test_other_marks_are_themselves(name: str) -> None:
    assert fits(name, name)
    assert not fits(name, name.replace(name[-1], "z"))


def test_case_does_not_matter() -> None:
    assert fits("Team-*", "tEAM-Blue")


def test_many_stars_take_no_time() -> None:
    """A regular expression of these would try every way to share the letters among the stars."""
    assert not fits("*a" * 127 + "*b", "a" * 256)


def test_a_name_is_closer_than_any_pattern_and_a_long_pattern_than_a_short_one() -> None:
    names = ["*", "team-*", "team-*-blue", "team"]
    assert sorted(names, key=lambda name: Alias(name, "m").precision) == names
