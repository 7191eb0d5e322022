"""The language for time: each way to say a day, a week, a month, a year or a moment, in zones with and without summer time."""

from datetime import UTC, datetime

import pytest

from ecocli.core import when, zones
from ecocli.errors import UsageError

BERLIN, NEW_YORK = zones.zone("Europe/Berlin"), zones.zone("America/New_York")


def ms(text: str, tz=UTC) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=tz).timestamp() * 1000)


NOW_MS = ms("2026-11-29T15:30")
"""A Sunday."""


@pytest.mark.parametrize(
    ("text", "first", "after"),
    [
        *(("2026", "2026-01-01", "2027-01-01"), ("2026-02", "2026-02-01", "2026-03-01"), ("2026-12", "2026-12-01", "2027-01-01")),
        *(("2026-Q1", "2026-01-01", "2026-04-01"), ("2026q4", "2026-10-01", "2027-01-01")),
        *(("2026-W47", "2026-11-16", "2026-11-23"), ("2026W01", "2025-12-29", "2026-01-05"), ("2026-W47-3", "2026-11-18", "2026-11-19")),
        *(("2026-11-20", "2026-11-20", "2026-11-21"), ("20261120", "2026-11-20", "2026-11-21"), (" 2026-11-20 ", "2026-11-20", "2026-11-21")),
        *(("today", "2026-11-29", "2026-11-30"), ("Yesterday", "2026-11-28", "2026-11-29")),
        *(("this week", "2026-11-23", "2026-11-30"), ("last week", "2026-11-16", "2026-11-23")),
        *(("last month", "2026-10-01", "2026-11-01"), ("previous  month", "2026-10-01", "2026-11-01"), ("last year", "2025-01-01", "2026-01-01")),
    ],
)
@pytest.mark.parametrize("tz", [UTC, BERLIN, NEW_YORK])
def test_days_and_what_is_made_of_them(text, first, after, tz):
    assert when.span(text, tz, NOW_MS) == (ms(first, tz), ms(after, tz))


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        *(("now", "2026-11-29T16:30"), ("14:00", "2026-11-29T14:00"), ("yesterday 9:05", "2026-11-28T09:05"), ("today 23:59:30", "2026-11-29T23:59:30")),
        *(("2026-11-20 10:00", "2026-11-20T10:00"), ("20261120T1000", "2026-11-20T10:00"), ("2026-11-20T09:00Z", "2026-11-20T10:00")),
        *(("2026-11-20 10:00:00.250", "2026-11-20T10:00:00.250"), ("20261120 9:00", "2026-11-20T09:00")),
    ],
)
def test_moments(text, moment):
    assert when.moment(text, BERLIN, NOW_MS) == ms(moment, BERLIN)
    assert when.span(text, BERLIN, NOW_MS) == (ms(moment, BERLIN), ms(moment, BERLIN) + 1)


def test_a_day_begins_at_its_midnight_and_a_span_may_be_ago():
    assert when.moment("20261120", BERLIN, NOW_MS) == ms("2026-11-20", BERLIN)
    assert when.moment("3h ago", BERLIN, NOW_MS) == NOW_MS - 10_800_000


@pytest.mark.parametrize("text", ["2026-11", "last month", "7d", "", "25:00", "noon"])
def test_what_is_no_moment(text):
    with pytest.raises(UsageError, match="no moment"):
        when.moment(text, UTC, NOW_MS)


@pytest.mark.parametrize(
    ("text", "moment"),
    [("7d", "2026-11-22T15:30"), ("2 weeks ago", "2026-11-15T15:30"), ("90min", "2026-11-29T14:00"), ("9mo", "2026-02-28T15:30"), ("1y", "2025-11-29T15:30")],
)
def test_a_span_is_that_long_before_now(text, moment):
    assert when.span(text, UTC, NOW_MS)[0] == ms(moment)


@pytest.mark.parametrize(
    ("text", "first"),
    [("1d", "2026-11-29"), ("7d", "2026-11-23"), ("2w", "2026-11-16"), ("1mo", "2026-10-30"), ("3 months", "2026-08-30"), ("1y", "2025-11-30")],
)
@pytest.mark.parametrize("tz", [UTC, BERLIN])
def test_the_last_days_are_whole_and_today_is_one(text, first, tz):
    assert when.rolling(text, tz, NOW_MS) == (ms(first, tz), ms("2026-11-30", tz))


def test_the_last_hours_end_now():
    assert when.rolling("24h", BERLIN, NOW_MS) == (NOW_MS - 86_400_000, NOW_MS + 1)


@pytest.mark.parametrize("take", [when.span, when.rolling])
@pytest.mark.parametrize("text", ["3m", "12M"])
def test_minutes_or_months(take, text):
    with pytest.raises(UsageError, match="may be minutes or months") as caught:
        take(text, UTC, NOW_MS)
    assert caught.value.hint == f"{text[:-1]}mo for months, {text[:-1]}min for minutes"


@pytest.mark.parametrize("text", ["", "soon", "2026-13", "2026-W54", "0d", "7", "20261301", "2026-11-31", "last decade", "-3d", "2026-11-20 25:00", "101y"])
def test_what_is_no_time(text):
    with pytest.raises(UsageError):
        when.span(text, UTC, NOW_MS)


@pytest.mark.parametrize("text", ["0001", "0001-01-01", "9999", "9999-12", "9999-12-31", "9999-W52", "100y"])
@pytest.mark.parametrize("tz", [UTC, BERLIN, NEW_YORK, zones.Local()])
def test_the_ends_of_the_calendar(text, tz):
    first, after = when.span(text, tz, 0)
    assert first < after


def test_midnights_of_days_that_are_longer_or_shorter():
    hour = 3_600_000
    assert [after - first for first, after in (when.span(day, BERLIN, NOW_MS) for day in ("2026-03-29", "2026-10-25", "2026-10-26"))] == [
        23 * hour, 25 * hour, 24 * hour]  # fmt: skip
