"""Cost beside carbon: as eco summary has it, in every format, and unknown where no price is known."""

import csv
import io
import re
from math import fsum

import pytest

from tests.reports.test_report import MIXED, record

pytest.importorskip("genai_prices")

GROUPS = {"byProvider": "provider", "byModel": "model", "byRegion": "region"}


@pytest.fixture
def env(env):
    return env | {"ECO_TZ": "UTC"}


@pytest.fixture
def mixed(eco):
    record(eco, MIXED)
    return eco


def test_costs_are_those_of_the_summary(mixed):
    found = mixed("report", "--cost", "--json").json["cost"]
    for group, name in GROUPS.items():
        summed = {row[name]: (row["pricedCalls"], row.get("costUsd")) for row in mixed("summary", "--cost", "--by", name, "--json").json["data"]}
        assert {line["name"]: (line["pricedCalls"], line["costUsd"]) for line in found[group]} == summed


@pytest.mark.parametrize("group", [*GROUPS, "overTime"])
def test_groups_add_up_to_the_total(mixed, group):
    found = mixed("report", "--cost", "--json").json["cost"]
    for name in ("calls", "pricedCalls", "unpricedCalls"):
        assert sum(line[name] for line in found[group]) == found["total"][name]
    assert fsum(line["costUsd"] or 0.0 for line in found[group]) == pytest.approx(found["total"]["costUsd"])
    assert found["total"]["pricedCalls"] + found["total"]["unpricedCalls"] == len(MIXED)


def test_by_hand(eco):
    """GPT-4o at 2.50 dollars for a million tokens in and 10 for a million out, as its maker listed it from October 2024."""
    record(eco, [{"provider": "OpenAI", "model": "gpt-4o", "prompt_tokens": 400_000, "completion_tokens": 100_000}])
    found = eco("report", "--cost", "--json").json["cost"]
    assert found["currency"] == "USD"
    assert found["total"] == {"calls": 1, "pricedCalls": 1, "unpricedCalls": 0, "costUsd": pytest.approx(2.0)}
    assert "2.00 USD  Cost at list prices (of all calls)" in eco("report", "--cost", "--format", "text").stdout


def test_no_price_is_unknown_and_not_zero(eco):
    record(eco, [{"provider": "ollama", "model": "llama-3.1-8b", "region": "DE"}])
    found = eco("report", "--cost", "--json").json["cost"]
    assert found["total"] == {"calls": 1, "pricedCalls": 0, "unpricedCalls": 1, "costUsd": None}
    assert re.search(r"– USD  Cost at list prices \(1 of 1 call without a price\)", eco("report", "--cost", "--format", "text").stdout)
    rows = list(csv.DictReader(io.StringIO(eco("report", "--cost", "--format", "csv").stdout)))
    assert {row["value"] for row in rows if row["figure"] == "costUsd" and row["section"] == "cost by total"} == {""}


def test_a_sum_that_lacks_a_price_is_at_least_so_much(eco):
    record(eco, [{"provider": name, "model": "gpt-4o"} for name in ("OpenAI", "ollama")])
    page = eco("report", "--cost", "--format", "text").stdout
    assert re.search(r"^openai/gpt-4o +2 +≥ 0\.0", page, re.MULTILINE)


@pytest.mark.parametrize("format", ["text", "md", "html", "csv"])
def test_every_format_has_it_on_request_alone(mixed, format):
    full = ("--full",) if format == "text" else ()
    usd = mixed("report", "--cost", "--json").json["cost"]["total"]["costUsd"]
    asked = mixed("report", "--cost", "--format", format, *full).stdout
    assert f"{usd:.3g}"[:5] in asked
    assert "genai-prices" in asked and "genai-prices" not in mixed("report", "--format", format, *full).stdout


def test_the_setting_asks_for_it_too(mixed, tmp_path):
    config = tmp_path / "config" / "eco" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text("cost = true\n")
    assert "cost" in mixed("report", "--json").json
    assert "cost" not in mixed("report", "--json", "--no-cost").json


def test_a_quiet_report_in_a_file_has_it(mixed, tmp_path):
    mixed("report", "--cost", "-q", "--output", str(tmp_path / "report.json"))
    assert "genai-prices" in (tmp_path / "report.json").read_text()


def test_prices_are_no_part_of_what_is_verified(mixed, tmp_path):
    mixed("report", "--cost", "--output", str(tmp_path / "report.json"))
    assert mixed("report", "--verify", str(tmp_path / "report.json"), "--json").json["same"] is True
