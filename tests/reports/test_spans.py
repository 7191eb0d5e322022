"""What the days of a period say about it."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecocli.reports.spans import unfinished
from ecocli.store.history import Filters

NOON_MS = 1_792_411_200_000
"""2026-10-19 at noon in UTC."""
BEGIN = "The period has not begun: its first day is {}."
END = "The period is not over: its last day is {}."


def midnight_ms(day: str, zone: str = "UTC") -> int:
    return round(datetime.combine(date.fromisoformat(day), datetime.min.time(), ZoneInfo(zone)).timestamp() * 1000)


@pytest.mark.parametrize(
    ("first", "after_last", "expected"),
    [
        (None, None, None),
        ("2026-01-01", None, None),
        ("2025-01-01", "2026-01-01", None),
        ("2026-10-13", "2026-10-20", None),  # today is its last day
        ("2026-10-01", "2026-11-01", END.format("2026-10-31")),
        (None, "2027-01-01", END.format("2026-12-31")),
        ("2026-10-20", "2026-11-01", BEGIN.format("2026-10-20")),
        ("2027-01-01", None, BEGIN.format("2027-01-01")),
    ],
)
def test_days_to_come_are_told(first, after_last, expected):
    filters = Filters(start_ms=first and midnight_ms(first), end_ms=after_last and midnight_ms(after_last))
    assert [*unfinished(filters, UTC, NOON_MS)] == ([expected] if expected else [])


def test_today_is_that_of_the_reports_time_zone():
    """At noon in UTC it is the 20th on Kiritimati."""
    filters = Filters(start_ms=midnight_ms("2026-10-20", "Pacific/Kiritimati"), end_ms=midnight_ms("2026-10-21", "Pacific/Kiritimati"))
    assert [*unfinished(filters, ZoneInfo("Pacific/Kiritimati"), NOON_MS)] == []
    assert [*unfinished(filters, UTC, NOON_MS)] == [END.format("2026-10-20")]
    assert [*unfinished(filters, ZoneInfo("Pacific/Kiritimati"), NOON_MS - 24 * 3_600_000)] == [BEGIN.format("2026-10-20")]


@given(st.integers(-800, 800), st.integers(1, 800))
def test_a_sentence_at_most_and_none_on_what_is_over(begins_in_days, days):
    day_ms = timedelta(days=1) // timedelta(milliseconds=1)
    start_ms = midnight_ms("2026-10-19") + begins_in_days * day_ms
    found = [*unfinished(Filters(start_ms=start_ms, end_ms=start_ms + days * day_ms), UTC, NOON_MS)]
    assert len(found) == (begins_in_days + days > 1)


def test_a_report_says_so_in_each_format(eco):
    year = datetime.now(UTC).year + 1
    sentence = BEGIN.format(f"{year}-01-01")
    eco("record", "--model", "gpt-4o", "--prompt-tokens", "1", "--completion-tokens", "1")
    for format in ("text", "md", "html", "json", "csv"):
        result = eco("report", "--since", f"{year}", "--until", f"{year}", "--tz", "UTC", "--format", format)
        assert sentence in result.stdout
        assert sentence in result.stderr
