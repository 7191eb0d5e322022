"""A budget is per figure, period and tags; above it, CI stops."""

import pytest

from ecocli.analysis.budgets import parse_amount
from ecocli.errors import UsageError

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
