"""tools.grid_profile: a year that repeats itself is met by its profile, noise is not, and only years before a year count."""

from datetime import UTC, datetime

import pytest

from tools.grid_profile import errors_of, profile_of, table, yaml

WEEKDAYS = 7


def year(number: int, day: float, night: float, wobble: float = 0.0) -> dict[int, float]:
    """Hours of a year: `day` from 6 to 18 UTC, else `night`; every seventh day `wobble` more, the other days as much less in all."""
    start = int(datetime(number, 1, 1, tzinfo=UTC).timestamp()) // 3600
    hours = range(364 * 24)
    return {start + hour: (day if 6 <= hour % 24 < 18 else night) * (1 + (wobble if hour // 24 % WEEKDAYS == 0 else -wobble / 6)) for hour in hours}


def whole(hours: dict[int, float], number: int) -> dict[int, float]:
    """With the last days of December, so that every month and hour is there."""
    start = int(datetime(number, 12, 31, tzinfo=UTC).timestamp()) // 3600
    return hours | {start + hour: hours[start - 24 + hour] for hour in range(24) if start - 24 + hour in hours}


def test_a_profile_is_the_shape_and_not_the_level():
    profile = profile_of([whole(year(2023, 100, 300), 2023), whole(year(2022, 10, 30), 2022)])
    assert profile[7, 12] == pytest.approx(0.5)
    assert profile[1, 0] == pytest.approx(1.5)
    assert sum(profile.values()) / 288 == pytest.approx(1)


def test_errors_are_those_of_the_hours():
    profile = profile_of([whole(year(2022, 100, 300), 2022)])
    again = errors_of(whole(year(2023, 200, 600), 2023), profile)
    assert (again.flat, again.profile, again.gain) == (pytest.approx(0.5), pytest.approx(0, abs=1e-12), pytest.approx(1))
    assert again.flat_range == (pytest.approx(0.5), pytest.approx(1.5))
    flipped = errors_of(whole(year(2023, 300, 100), 2023), profile)
    assert flipped.profile == pytest.approx(1.0)
    assert flipped.gain == pytest.approx(-1.0)


def test_a_year_is_met_by_those_before_it_alone():
    years = {2022: whole(year(2022, 100, 300), 2022), 2023: whole(year(2023, 300, 100), 2023), 2024: whole(year(2024, 300, 100), 2024)}
    lines = list(table({"XX": years}, None))
    assert [line.split()[1] for line in lines[1:3]] == ["2023", "2024"]
    assert "worth a profile: no" in lines[3]


def test_the_lines_for_the_catalogue_have_every_hour():
    lines = list(yaml(profile_of([whole(year(2023, 100, 300), 2023)])))
    assert len(lines) == 12
    assert all(len(line.split(",")) == 24 for line in lines)
    assert lines[0].strip().startswith("- [1.500, ")
