"""A time beside the one before it, worked out with a calendar."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from ecocli.analysis import previous
from ecocli.core import when, zones

BERLIN = zones.zone("Europe/Berlin")
GPT = {"model": "gpt-4o", "prompt_tokens": 1000, "completion_tokens": 500}


def ms(text: str, tz=UTC) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=tz).timestamp() * 1000)


@pytest.mark.parametrize(
    ("span", "step", "expected"),
    [
        (("2026-11-01", "2026-11-29T15:30"), ("month", 1), ("2026-10-01", "2026-10-29T15:30")),
        (("2026-03-01", "2026-03-31T12:00"), ("month", 1), ("2026-02-01", "2026-03-01")),  # as much of it as there was
        (("2026-11-01", "2026-12-01"), ("month", 1), ("2026-10-01", "2026-11-01")),
        (("2026-02-01", "2026-03-01"), ("month", 1), ("2026-01-01", "2026-02-01")),
        (("2026-11-23", "2026-11-29T15:30"), ("week", 1), ("2026-11-16", "2026-11-22T15:30")),
        (("2026-11-23", "2026-11-29T15:30"), ("day", 7), ("2026-11-16", "2026-11-22T15:30")),
        (("2026-01-01", "2026-11-29T15:30"), ("year", 1), ("2025-01-01", "2025-11-29T15:30")),
        (("2026-11-29", "2026-11-29T15:30"), ("day", 1), ("2026-11-28", "2026-11-28T15:30")),
        (("2026-11-05", "2026-11-20"), ("day", 15), ("2026-10-21", "2026-11-05")),
        (("2026-11-29T10:00", "2026-11-29T16:00"), None, ("2026-11-29T04:00", "2026-11-29T10:00")),
    ],
)
@pytest.mark.parametrize("tz", [UTC, BERLIN])
def test_the_span_before(span, step, expected, tz):
    """By the clock: October's last days have another offset in Berlin than November's."""
    found = previous.before((ms(span[0], tz), ms(span[1], tz)), step, tz)
    assert found == (ms(expected[0], tz), ms(expected[1], tz))


@pytest.mark.parametrize(("text", "step"), [("2026-11", "month"), ("2026-W47", "week"), ("2026", "year"), ("yesterday", "day"), ("7d", None)])
def test_the_step_of_what_is_asked_for(text, step):
    assert previous.step_of(when.span(text, BERLIN, ms("2026-11-29T15:30")), BERLIN) == (step and (step, 1))


@pytest.fixture
def calls(eco):
    """Calls every six hours for a hundred days, of two models by turns."""
    now = datetime.now(UTC) - timedelta(seconds=1)
    events = (GPT | {"model": ("gpt-4o", "gpt-5")[at % 2], "startTimeMs": round((now - timedelta(hours=6 * at)).timestamp() * 1000)} for at in range(400))
    eco("record", input="".join(json.dumps(event) + "\n" for event in events))
    return eco


@pytest.mark.parametrize("asked", [(), ("--since", "today"), ("--last", "7d"), ("--since", "last month", "--until", "last month"), ("--since", "20d")])
def test_both_sides_are_what_a_summary_of_their_times_says(calls, asked):
    body = calls("summary", "--compare", "previous", *asked, "--by", "model", "--json").json
    assert body["previousPeriod"]["end"] <= body["period"]["start"]
    for period, total in (("period", body["total"]), ("previousPeriod", body["total"]["previous"])):
        start, end = body[period]["start"], datetime.fromisoformat(body[period]["end"]) - timedelta(milliseconds=1)
        alone = calls("summary", "--since", start, "--until", end.isoformat(), "--by", "model", "--json").json
        assert {name: total[name] for name in alone["total"]} == alone["total"]
        assert total["calls"] > 0
        side = {row["model"]: (row if period == "period" else row["previous"])["co2Grams"] for row in body["data"]}
        assert {model: co2 for model, co2 in side.items() if co2} == {row["model"]: row["co2Grams"] for row in alone["data"]}
    grown = body["total"]["co2Grams"] / body["total"]["previous"]["co2Grams"] - 1
    assert body["total"]["change"]["co2Grams"] == pytest.approx(grown)


def test_the_table_says_which_times_it_compares(calls):
    text = calls("summary", "--compare", "previous", "--last", "2d", "--tz", "UTC", "--format", "table").stdout
    today = datetime.now(UTC).date()
    assert text.startswith(f"{today - timedelta(days=1)} to {today}")
    assert f" beside {today - timedelta(days=3)} to {today - timedelta(days=2)}" in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--compare", "last"), "--compare: must be previous, not 'last'"),
        (("--compare", "previous", "--by", "month"), "--compare previous shows two periods"),
        (("--compare", "previous", "--until", "today"), "--compare previous needs a beginning"),
        (("--compare", "previous", "--chart"), "--compare takes neither --chart, --glance nor --cost"),
    ],
)
def test_wrong_use(eco, arguments, message):
    assert eco("summary", *arguments, exit_code=2).stderr.startswith(f"eco: {message}\n")
