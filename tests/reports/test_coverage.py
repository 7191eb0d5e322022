"""What a report says of days without calls, of counts that are missing, of sources nobody checked, and per token and execution."""

import json
from datetime import date
from math import fsum

import pytest

from ecocli.reports.coverage import Gap, coverage
from ecocli.reports.sources import DOUBT
from ecocli.store.coverage import Uncounted

COUNTED = Uncounted(0, 0, 0)
MARCH_MS = 1_740_787_200_000
"""2025-03-01 in UTC."""
DAY_MS = 86_400_000
PERIOD = ("--start-date", "2025-03-01", "--end-date", "2025-03-31", "--tz", "UTC")


def days(*numbers: int) -> list[date]:
    return [date(2025, 3, number) for number in numbers]


def record(eco, *events) -> None:
    base = {"provider": "OpenAI", "model": "gpt-4o", "prompt_tokens": 1000, "completion_tokens": 500, "startTimeMs": MARCH_MS}
    eco("record", "--quiet", input="\n".join(json.dumps(base | event) for event in events))


def near(value: float) -> object:
    return pytest.approx(value, rel=1e-12)


def test_days_by_hand():
    """Calls on the 3rd, 4th and 10th of a month of 31 days: 28 days without, the longest time from the 11th on."""
    found = coverage(days(3, 4, 10), *days(1, 31), COUNTED)
    assert (found.days, found.days_with_calls, found.days_without_calls) == (31, 3, 28)
    assert found.longest_gap == Gap(*days(11, 31)) and found.longest_gap.days == 21


def test_without_a_period_it_is_the_time_between_the_first_and_last_call():
    found = coverage(days(3, 4, 10), None, None, COUNTED)
    assert (found.days, found.days_without_calls, found.longest_gap) == (8, 5, Gap(*days(5, 9)))


def test_a_call_each_day_leaves_no_gap():
    assert coverage(days(1, 2, 3), None, None, COUNTED).longest_gap is None


@pytest.mark.parametrize("period", [(None, None), tuple(days(9, 3))])
def test_nothing_is_no_day(period):
    assert coverage([], *period, COUNTED).days == 0


def test_a_month_without_a_call_is_one_gap():
    assert coverage([], *days(1, 31), COUNTED).longest_gap == Gap(*days(1, 31))


def test_the_report_counts_days_and_calls_without_counts(eco):
    record(eco, {}, {"prompt_tokens": 0}, {"completion_tokens": 0, "startTimeMs": MARCH_MS + 2 * DAY_MS})
    found = eco("report", *PERIOD, "--json").json["coverage"]
    assert (found["days"], found["daysWithCalls"], found["daysWithoutCalls"]) == (31, 2, 29)
    assert found["longestGap"] == {"first": "2025-03-04", "last": "2025-03-31", "days": 28}
    assert found["calls"] == {"withoutPrompt": 1, "withoutCompletion": 1, "withoutBoth": 0}
    text = eco("report", *PERIOD, "--format", "md").stdout
    assert "| days without calls | 29 |" in text and "| calls without a count of the prompt | 1 |" in text


def test_days_to_come_are_no_gap(eco):
    record(eco, {"startTimeMs": 1_764_547_200_000})
    found = eco("report", "--start-date", "2025-12-01", "--end-date", "2999-01-01", "--tz", "UTC", "--json").json["coverage"]
    assert abs(found["days"] - (date.today() - date(2025, 12, 1)).days - 1) <= 1  # midnight may pass


@pytest.mark.parametrize(
    ("citation", "doubt"),
    [
        ("A. B, 2026 (Apache-2.0, unchecked)", "unchecked"),
        ("A. B, 2026 (unchecked)", "unchecked"),
        ("A. B, 2026 <https://x.org> (ODbL-1.0, read in @tgwf/co2 0.19.0)", "read in @tgwf/co2 0.19.0"),
        ("A. B, 2026 <https://x.org> (ODbL-1.0)", None),
        ("Read in the margin (a note) of C, 2026", None),
    ],
)
def test_a_citation_says_whether_it_was_checked(citation, doubt):
    found = DOUBT.search(citation)
    assert (found and found[1]) == doubt


def test_sources_that_were_not_checked_are_listed_with_what_depends_on_them(eco):
    record(eco, {})
    report = eco("report", *PERIOD, "--json").json
    listed = {each["source"]: each for each in report["doubtfulSources"]}
    cited = {factor["source"] for factor in report["factors"]}
    assert listed.keys() == {source for source in cited if source.endswith("unchecked)") or "read in" in source}
    assert listed and all(each["share"] == 1 and each["factors"] for each in listed.values())


def test_a_score_per_token_is_all_emissions_over_all_tokens(eco):
    record(eco, {}, {"prompt_tokens": 4000}, {"model": "gpt-4o-mini"})
    report = eco("report", *PERIOD, "--json").json
    scores = {each["name"]: each for each in report["sci"]["scores"]}
    for line in report["byModel"]:
        tokens = line["inputTokens"] + line["outputTokens"]
        assert scores[line["name"]]["units"] == tokens
        assert scores[line["name"]]["co2Grams"] == near((line["co2Tonnes"] + line["embodiedCo2Tonnes"]) * 1e6 / tokens)
    assert {each["unit"] for each in scores.values()} == {"token"}


def test_a_score_per_execution_is_that_of_sessions(eco):
    """Three calls of two sessions; the one without a session is in no execution."""
    record(eco, *({"tags": {"session": name}} for name in ("a", "a", "b")), {"prompt_tokens": 9})
    report = eco("report", *PERIOD, "--json").json
    (score,) = (each for each in report["sci"]["scores"] if each["unit"] == "execution")
    calls = [eco("explain", row["id"], "--json").json for row in eco("history", "--all", "--json", "--tag", "session=a").json["data"]]
    calls += [eco("explain", row["id"], "--json").json for row in eco("history", "--all", "--json", "--tag", "session=b").json["data"]]
    assert score["units"] == 2
    assert score["co2Grams"] == near(fsum(call["co2_grams"] + call["embodied_co2_grams"] for call in calls) / 2)
    assert "Per execution" in eco("report", *PERIOD, "--format", "md").stdout


def test_what_the_boundary_wants_and_eco_lacks_is_named(eco):
    record(eco, {})
    report = eco("report", *PERIOD, "--json").json
    assert report["sci"]["boundary"] == "consumer"
    for part in ("orchestration", "monitoring", "storage", "caller's own devices"):
        assert any(part in sentence for sentence in report["sci"]["lacks"])
    assert "supplementary, not an SCI score" in eco("report", *PERIOD, "--format", "md").stdout


def test_cost_centres_are_the_values_of_the_tag_that_names_them(eco, tmp_path):
    folder = tmp_path / "config" / "eco"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text('[organisation]\ncost_centre = "team"\n', "utf-8")
    record(eco, {"tags": {"team": "web"}}, {"tags": {"team": "web"}}, {"tags": {"team": "<ops>"}}, {})
    report = eco("report", *PERIOD, "--json").json
    assert {each["name"]: each["calls"] for each in report["byCostCentre"]} == {"web": 2, "<ops>": 1, None: 1}
    assert fsum(each["co2Tonnes"] for each in report["byCostCentre"]) == near(report["total"]["co2Tonnes"])
    assert "<ops>" not in eco("report", *PERIOD, "--format", "html").stdout
