"""Two periods side by side: which is the other one, that its figures are its own, and that the reasons add up to the difference."""

import csv
import io
import json
import sqlite3
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime
from math import fsum
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecocli.core.quantity import Estimate
from ecocli.errors import StoreError, UsageError
from ecocli.reports import spans
from ecocli.reports.comparison import EACH, MIX, NUMBER, causes
from ecocli.reports.lines import Line
from ecocli.store.breakdown import Amounts

BERLIN = ZoneInfo("Europe/Berlin")
FORMATS = ("text", "md", "html", "json", "csv")


@pytest.fixture
def env(env):
    return env | {"ECO_TZ": "UTC"}


def ms(text: str, tz=UTC) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=tz).timestamp() * 1000)


def lines(**models: tuple[int, float]) -> list[Line]:
    """Calls of each model, and grams of all of them."""
    return [Line(name, Amounts(calls=calls, co2_g=Estimate(co2_g / 2, co2_g, co2_g * 2)), None) for name, (calls, co2_g) in models.items()]


# which period


@pytest.mark.parametrize(
    ("span", "name", "before"),
    [
        (("2025-01-01", "2026-01-01"), "2025", ("2024-01-01", "2025-01-01")),
        (("2025-04-01", "2025-07-01"), "2025-Q2", ("2025-01-01", "2025-04-01")),
        (("2024-03-01", "2024-04-01"), "2024-03", ("2024-02-01", "2024-03-01")),
        (("2024-04-01", "2025-04-01"), "2024-04-01 to 2025-03-31", ("2023-04-01", "2024-04-01")),
        (("2025-02-01", "2025-04-01"), "2025-02-01 to 2025-03-31", ("2024-12-01", "2025-02-01")),
        (("2025-03-03", "2025-03-10"), "2025-03-03 to 2025-03-09", ("2025-02-24", "2025-03-03")),
        (("2025-03-30", "2025-03-31"), "2025-03-30", ("2025-03-29", "2025-03-30")),
    ],
)
@pytest.mark.parametrize("tz", [UTC, BERLIN])
def test_a_period_its_name_and_the_one_before(span, name, before, tz):
    """In Berlin clocks change inside of some of them."""
    found = tuple(ms(each, tz) for each in span)
    assert spans.name(found, tz) == name
    assert spans.before(found, tz, ms("2026-06-01")) == tuple(ms(each, tz) for each in before)


def test_ten_days_compare_with_the_ten_days_before():
    span = (ms("2025-03-11"), ms("2025-03-21"))
    assert spans.before(span, UTC, ms("2026-06-01")) == (ms("2025-03-01"), ms("2025-03-11"))


def test_a_year_that_runs_compares_with_the_same_part():
    now_ms = ms("2026-03-05T10:00")
    year = (ms("2026-01-01"), ms("2027-01-01"))
    assert spans.before(year, UTC, now_ms) == (ms("2025-01-01"), ms("2025-03-05T10:00") + 1)
    assert spans.in_year(year, 2024, UTC, now_ms) == (ms("2024-01-01"), ms("2024-03-05T10:00") + 1)


@pytest.mark.parametrize(
    ("span", "year", "expected"),
    [
        (("2025-01-01", "2026-01-01"), 2023, ("2023-01-01", "2024-01-01")),
        (("2025-02-01", "2025-03-01"), 2024, ("2024-02-01", "2024-03-01")),
        (("2024-02-29", "2024-03-01"), 2025, ("2025-02-28", "2025-03-01")),
        (("2025-10-01", "2026-01-01"), 2020, ("2020-10-01", "2021-01-01")),
    ],
)
@pytest.mark.parametrize("tz", [UTC, BERLIN])
def test_the_same_days_of_another_year(span, year, expected, tz):
    assert spans.in_year(tuple(ms(each, tz) for each in span), year, tz, ms("2026-06-01")) == tuple(ms(each, tz) for each in expected)


# why


def test_reasons_by_hand():
    """
    Then two calls of a at 1 g and two of b at 3 g, a mean of 2 g. Now one of a at 1 g and five of b at 4 g.

    Two calls more make 4 g. The mix of now at the grams of then is (1 + 5 * 3) / 6 g, which makes 16 - 12 g. Each call of b makes 5 g more.
    """
    found = causes(lines(a=(2, 2.0), b=(2, 6.0)), lines(a=(1, 1.0), b=(5, 20.0)))
    assert [cause.name for cause in found] == [NUMBER, MIX, EACH]
    assert [cause.co2_g for cause in found] == pytest.approx([4.0, 4.0, 5.0])


def test_a_new_model_is_another_mix():
    found = {cause.name: cause.co2_g for cause in causes(lines(a=(2, 2.0)), lines(b=(2, 20.0)))}
    assert found == pytest.approx({NUMBER: 0.0, MIX: 18.0, EACH: 0.0})


def test_twice_the_calls_are_twice_the_emissions_for_that_reason_alone():
    found = {cause.name: cause.co2_g for cause in causes(lines(a=(3, 2.0), b=(4, 7.0)), lines(a=(6, 4.0), b=(8, 14.0)))}
    assert found == pytest.approx({NUMBER: 9.0, MIX: 0.0, EACH: 0.0}, abs=1e-12)


PERIOD_LINES = st.dictionaries(st.sampled_from("abcd"), st.tuples(st.integers(1, 10**6), st.floats(1e-6, 1e6)), min_size=1)


@given(PERIOD_LINES, PERIOD_LINES)
def test_reasons_add_up_to_the_difference(then, now):
    whole = fsum(co2_g for _, co2_g in now.values()) - fsum(co2_g for _, co2_g in then.values())
    found = causes(lines(**then), lines(**now))
    assert fsum(cause.co2_g for cause in found) == pytest.approx(whole, rel=1e-6, abs=1e-6 * max(abs(cause.co2_g) for cause in found))


@pytest.mark.parametrize(("then", "now"), [({}, {"a": (1, 1.0)}), ({"a": (1, 1.0)}, {}), ({}, {})])
def test_without_calls_there_is_no_reason(then, now):
    assert causes(lines(**then), lines(**now)) == []


# the report


@pytest.fixture
def years(eco):
    """Calls of three models in 2024 and 2025; one of them in 2025 alone, one in 2024 alone."""
    models = {2024: ("gpt-4o", "gpt-4o", "gpt-4"), 2025: ("gpt-4o", "claude-sonnet-4.5", "claude-sonnet-4.5", "gpt-4o")}
    events = [
        {"provider": "OpenAI", "model": model, "prompt_tokens": 100 * at + year, "completion_tokens": 50, "startTimeMs": ms(f"{year}-0{at + 1}-15")}
        for year, each in models.items()
        for at, model in enumerate(each)
    ]
    eco("record", "--quiet", input="\n".join(map(json.dumps, events)))
    return eco


def of(found: dict) -> dict[tuple[str, str], tuple]:
    return {(line["section"], line["name"]): (line["then"], line["now"]) for line in found["lines"]}


@pytest.mark.parametrize("word", ["previous", "2024"])
def test_both_sides_are_the_sums_of_their_own_calls(years, word):
    found = years("report", "--since", "2025", "--until", "2025", "--compare", word, "--json").json["comparison"]
    assert found["period"] == {"start": "2024-01-01T00:00:00Z", "end": "2025-01-01T00:00:00Z"}
    rows = {year: years("history", "--all", "--json", "--since", year, "--until", year).json["data"] for year in ("2024", "2025")}
    figures = of(found)
    for at, year in enumerate(("2024", "2025")):
        assert figures["all calls", "calls"][at] == len(rows[year])
        assert figures["all calls", "tokens in"][at] == sum(row["inputTokens"] for row in rows[year])
        assert figures["all calls", "electricity"][at] == pytest.approx(fsum(row["energyWh"] for row in rows[year]), rel=1e-12)
        assert figures["emissions", "all calls: electricity, location-based"][at] == pytest.approx(fsum(row["co2Grams"] for row in rows[year]), rel=1e-12)
        counts = Counter(row["model"] for row in rows[year])
        assert figures["calls by model", "openai/gpt-4o"][at] == counts["gpt-4o"]
    assert figures["calls by model", "openai/gpt-4"] == (1, None)
    assert figures["calls by model", "anthropic/claude-sonnet-4.5"] == (None, 2)
    then, now = figures["emissions", "all calls: electricity, location-based"]
    assert fsum(cause["co2Grams"] for cause in found["causes"]) == pytest.approx(now - then, rel=1e-9)


def test_of_the_other_period_nothing_is_read_that_is_not_compared(years, tmp_path):
    """Its hash, which names tags, its largest call and its months of suppliers are in no figure."""
    with closing(sqlite3.connect(tmp_path / "data" / "eco" / "eco.db")) as connection, connection:
        connection.execute("UPDATE calls SET tags = '[]' WHERE started_at_ms < ?", (ms("2025-01-01"),))
    years("report", "--since", "2024", "--until", "2024", exit_code=StoreError.exit_code)
    found = years("report", "--since", "2025", "--until", "2025", "--compare", "previous", "--json").json["comparison"]
    assert of(found)["all calls", "calls"] == (3, 4)


def test_editions_that_differ_are_named(years, tmp_path):
    with closing(sqlite3.connect(tmp_path / "data" / "eco" / "eco.db")) as connection, connection:
        connection.execute("UPDATE bases SET content = json_set(content, '$.data_edition', '2020-01-01') WHERE id IN (SELECT basis_id FROM calls WHERE started_at_ms < ?)", (ms("2025-01-01"),))
    found = years("report", "--since", "2025", "--until", "2025", "--compare", "previous", "--json").json
    assert found["comparison"]["notes"] == [f"The editions of the data differ: 2020-01-01 then, {found['dataEdition'][0]['name']} now."]


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_shows_it(years, format):
    found = years("report", "--since", "2025", "--until", "2025", "--compare", "previous", "--format", format, *(["--full"] if format == "text" else [])).stdout
    assert "another mix of models" in found and ("2024-01-01" if format in ("json", "csv") else "Compared with 2024") in found
    if format == "csv":
        rows = [row for row in csv.DictReader(io.StringIO(found)) if row["section"] == "comparison, calls by model" and row["item"] == "openai/gpt-4"]
        assert [(row["figure"], row["value"], row["unit"]) for row in rows] == [("then", "1", "calls"), ("now", "", "calls"), ("difference", "-1", "calls")]


def test_a_period_without_calls(years):
    found = years("report", "--since", "2024", "--until", "2024", "--compare", "previous", "--json").json["comparison"]
    assert found["causes"] == [] and of(found)["all calls", "calls"] == (0, 3)
    assert "One of the periods has no calls." in years("report", "--since", "2024", "--until", "2024", "--compare", "previous", "--format", "md").stdout


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (("--compare", "last"), "eco: --compare: must be previous or a year, not 'last'\n"),
        (("--compare", "2025"), "eco: --compare 2025: the report itself is of that year\nhint: name another year, or previous\n"),
    ],
)
def test_what_cannot_be_compared(years, asked, message):
    found = years("report", "--since", "2025", "--until", "2025", *asked, exit_code=UsageError.exit_code)
    assert (found.stdout, found.stderr) == ("", message)


def test_a_report_without_a_period_has_nothing_beside_it(years):
    found = years("report", "--compare", "previous", exit_code=UsageError.exit_code)
    assert found.stderr == "eco: --compare previous: the report has no period to compare\nhint: --since says from when, --until until when\n"


def test_two_years_have_no_same_days(years):
    found = years("report", "--since", "2024", "--until", "2025", "--compare", "2020", exit_code=UsageError.exit_code)
    assert found.stderr == "eco: --compare 2020: the report's period lies in more than one year\nhint: --compare previous shows the period before\n"
