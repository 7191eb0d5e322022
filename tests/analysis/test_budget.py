"""A budget is per figure, period and tags; above it, CI stops."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from ecocli.analysis.budgets import all_spent, parse_amount
from ecocli.analysis.forecasts import forecast, part_starts
from ecocli.core.quantity import ZERO, Estimate
from ecocli.errors import UsageError
from ecocli.store import Store

CALL = ("record", "--model", "gpt-4o", "--prompt-tokens", "1000", "--completion-tokens", "500", "-q")


@pytest.mark.parametrize(
    ("text", "figure", "most"),
    [
        ("500g", "co2_g", 500),
        ("1.5 kg", "co2_g", 1500),
        ("2T", "co2_g", 2e6),
        ("10Wh", "facility_energy_wh", 10),
        ("10kwh", "facility_energy_wh", 10_000),
        ("1MWh", "facility_energy_wh", 1e6),
        ("1mWh", "facility_energy_wh", 1e-3),
        (".5L", "water_ml", 500),
        ("30ml", "water_ml", 30),
        ("1m3", "water_ml", 1e6),
    ],
)
def test_an_amount_has_a_unit(text, figure, most):
    assert parse_amount(text) == (figure, pytest.approx(most))


@pytest.mark.parametrize("text", ["", "500", "g", "0g", "-5g", "1e3g", "5 apples", "5MWH", "1" * 400 + "g", "٣g"])
def test_anything_else_is_no_amount(text):
    with pytest.raises(UsageError, match="no amount"):
        parse_amount(text)


def test_under_and_over(eco):
    eco("budget", "set", "1kg", "--per", "week")
    eco(*CALL)
    assert eco("budget", "check").json[0]["over"] is False
    eco("budget", "set", "1mWh", "--per", "day")
    result = eco("budget", "check", "--format", "table", exit_code=7)
    assert "over budget" in result.stdout
    assert result.stderr.startswith("eco: budget 2: ")
    assert eco("budget", "check", "-q", exit_code=7).stdout == ""


def test_only_the_current_period_counts(eco):
    eco("budget", "set", "1mWh", "--per", "year")
    eco(*CALL, "--start-time-ms", "1500000000000")
    assert eco("budget", "check").json[0]["spent"] == 0


def test_only_calls_with_every_tag_count(eco):
    eco("budget", "set", "1mWh", "--tag", "project=x", "--tag", "team=y")
    eco(*CALL, "--tag", "project=x")
    eco("budget", "check")
    eco(*CALL, "--tag", "project=x", "--tag", "team=y")
    eco("budget", "check", exit_code=7)


def test_setting_again_changes_the_amount(eco):
    first = eco("budget", "set", "1g", "--tag", "a=1", "--tag", "b=2").json
    again = eco("budget", "set", "2g", "--tag", "b=2", "--tag", "a=1").json
    assert (first["id"], first["budget"], again["budget"]) == (again["id"], 1, 2)
    eco("budget", "set", "2g", "--per", "week")
    eco("budget", "set", "2Wh")
    assert len(eco("budget", "list").json) == 3


def test_removing(eco):
    assert eco("budget", "remove", "1", exit_code=3).stderr == "eco: no budget 1\nhint: eco budget list shows them all\n"
    eco("budget", "set", "1g")
    eco("budget", "remove", "1")
    assert eco("budget", "list").json == []
    assert eco("budget", "remove", "1", exit_code=3).stdout == ""


def test_no_budget_is_never_exceeded(eco, tmp_path):
    assert eco("budget", "check").json == []
    assert eco("budget", "list", "--format", "table").stdout == "no budgets: eco budget set 500g --per week makes one\n"
    assert not (tmp_path / "data").exists()


def test_wrong_use(eco):
    result = eco("budget", "set", "5g", "--per", "fortnight", exit_code=2)
    assert result.stderr.startswith("eco: --per: must be one of day, week, month, year, not 'fortnight'")
    assert eco("budget", "set", "lots", exit_code=2).stderr.startswith("eco: no amount 'lots'\nhint: ")


def test_the_summary_shows_it(eco):
    eco("budget", "set", "1kg", "--per", "week")
    eco(*CALL)
    assert "of 1.00 kg per week" in eco("summary", "--format", "table").stdout
    assert eco("summary", "--json").json["budgets"][0]["per"] == "week"
    assert "of 1.00 kg per week" in eco("summary", "--glance").stdout


def test_setting_is_the_owners_and_ignores_a_key(eco):
    secret = eco("keys", "create", "writer", "--scope", "record").stdout.strip()
    eco("budget", "set", "1g", ECO_API_KEY=secret)
    eco("budget", "list", exit_code=6, ECO_API_KEY=secret)
    eco("budget", "check", exit_code=6, ECO_API_KEY=secret)


@pytest.mark.parametrize(
    ("text", "figure", "most"),
    [("50USD", "cost_usd", 50), ("$2.50", "cost_usd", 2.5), ("7 usd", "cost_usd", 7), ("2M tokens", "tokens", 2e6), ("500ktokens", "tokens", 5e5), ("1 token", "tokens", 1)],
)
def test_money_and_tokens_are_amounts(text, figure, most):
    assert parse_amount(text) == (figure, most)


@pytest.mark.parametrize("text", ["50 EUR", "$", "$g", "$5g", "2M", "0 tokens", "-5 USD", "2 M M tokens"])
def test_other_money_and_bare_millions_are_none(text):
    with pytest.raises(UsageError, match="no amount"):
        parse_amount(text)


def test_the_period_may_follow_the_amount(eco):
    assert eco("budget", "add", "50", "USD/week").json["per"] == "week"
    assert eco("budget", "set", "2M tokens per day").json == {"id": 2, "figure": "tokens", "budget": 2e6, "per": "day", "tags": {}}
    assert eco("budget", "set", "1kg/year", "--per", "year").json["per"] == "year"
    assert "and --per says week" in eco("budget", "set", "1kg/year", "--per", "week", exit_code=2).stderr
    assert "must be one of day, week, month, year, not 'fortnight'" in eco("budget", "set", "1kg/fortnight", exit_code=2).stderr


def test_tokens_in_and_out_count(eco):
    eco("budget", "set", "1499 tokens/day")
    eco(*CALL)
    result = eco("budget", "check", "--json", exit_code=7)
    assert (result.json[0]["spent"], result.json[0]["range"]) == (1500, [1500, 1500])
    assert "of 1,500 tokens per day" in eco("summary", "--format", "table").stdout


def test_dollars_are_those_of_the_price_list(eco):
    eco("budget", "set", "$1000/day")
    eco(*CALL)
    eco("record", "--model", "my-own-model", "--provider", "nobody", "--region-fallback", "--prompt-tokens", "10", "--completion-tokens", "5", "-q")
    cost = eco("summary", "--cost", "--json").json["total"]["costUsd"]
    (found,) = eco("budget", "check").json
    assert (found["spent"], found["calls"], found["pricedCalls"]) == (pytest.approx(cost), 2, 1)
    assert "1 of 2 calls have a price" in eco("summary", "--format", "table").stdout.replace("\n", " ").replace("  ", "")


def test_without_a_price_list_money_is_unknown_not_zero(eco_process, tmp_path):
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "genai_prices.py").write_text("raise ImportError('imported')\n")
    path = f"{tmp_path / 'broken'}:{Path(__file__).parents[2]}"
    eco_process("budget", "set", "50 USD/month", PYTHONPATH=path)
    result = eco_process("budget", "check", "--json", exit_code=4, PYTHONPATH=path)
    assert (result.json[0]["spent"], result.json[0]["range"], result.json[0]["over"]) == (None, None, False)
    assert "pip install 'ecocli[prices]'" in result.stderr


def test_a_steady_pace_goes_on():
    """A quarter of ten days in each of four parts: 40 days hold four times as much, with nothing to doubt but the estimate."""
    assert forecast(Estimate(4, 8, 12), [Estimate(1, 2, 3)] * 4, 0, 40, 10) == Estimate(16, 32, 48)


def test_an_unsteady_pace_has_a_range():
    """Nothing, nothing, nothing, 8: the rest is nothing at the least, and three times four such parts at the most."""
    parts = [ZERO, ZERO, ZERO, Estimate(8, 8, 8)]
    assert forecast(Estimate(8, 8, 8), parts, 0, 40, 10) == Estimate(8, 32, 8 + 12 * 8)


def test_too_soon_there_is_no_forecast():
    assert part_starts(0, 100, 9) == [0]
    assert forecast(Estimate(1, 1, 1), [Estimate(1, 1, 1)], 0, 100, 9) is None
    assert part_starts(0, 100, 40) == [0, 10, 20, 30]


def test_at_the_end_of_a_period_the_forecast_is_what_was_spent():
    assert forecast(Estimate(1, 2, 3), [ZERO, ZERO, ZERO, Estimate(1, 2, 3)], 0, 40, 40) == Estimate(1, 2, 3)


def test_a_stored_month_is_divided_by_time(eco, tmp_path):
    """Half of November has passed, with 1,500 tokens in its first days and none since."""
    begun, middle = (int(datetime(2025, 11, day, tzinfo=UTC).timestamp() * 1000) for day in (2, 16))
    eco(*CALL, "--start-time-ms", str(begun))
    eco("budget", "set", "1M tokens/month")
    with Store.open(tmp_path / "data" / "eco" / "eco.db") as store:
        (found,) = all_spent(store, UTC, middle)
    assert (found.spent, found.forecast) == (Estimate.exactly(1500), Estimate(1500, 3000, 7500))
