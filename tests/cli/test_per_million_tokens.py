"""Energy and carbon of a million tokens, in and out: a ratio with its range, and none without tokens."""

import csv
import io
import json

import pytest

CALLS = ({"model": "gpt-4o", "prompt_tokens": 1000, "completion_tokens": 500}, {"model": "gpt-4o", "prompt_tokens": 7, "completion_tokens": 1}, {"model": "claude-sonnet-4.5", "prompt_tokens": 20, "completion_tokens": 0})
NAMES = {"energyWhPerMillionTokens": "energyWh", "co2GramsPerMillionTokens": "co2Grams"}


@pytest.fixture
def calls(eco):
    eco("record", "-q", input="".join(json.dumps(call) + "\n" for call in CALLS))
    return eco


def test_the_sum_over_all_its_tokens(calls):
    found = calls("summary", "--by", "model", "--json").json
    for group in (*found["data"], found["total"]):
        tokens = group["inputTokens"] + group["outputTokens"]
        for ratio, name in NAMES.items():
            assert group[ratio] * tokens == pytest.approx(group[name] * 1e6)
            assert [bound * tokens for bound in group["range"][ratio]] == pytest.approx([bound * 1e6 for bound in group["range"][name]])
    assert found["total"]["inputTokens"] + found["total"]["outputTokens"] == 1528


def test_a_million_tokens_are_what_they_cost(calls):
    """The ratio of a call of a million tokens is the call."""
    calls("record", "-q", "--db", "big.db", "--model", "gpt-4o", "--prompt-tokens", "999000", "--completion-tokens", "1000")
    total = calls("summary", "--db", "big.db", "--json").json["total"]
    assert total["energyWhPerMillionTokens"] == pytest.approx(total["energyWh"])


def test_no_tokens_no_ratio(eco):
    total = eco("summary", "--json").json["total"]
    assert [total[name] for name in NAMES] == [total["range"][name] for name in NAMES] == [None, None]
    (row,) = eco("compare", "gpt-4o", "--prompt-tokens", "0", "--completion-tokens", "0", "--json").json
    assert [row[name] for name in NAMES] == [row["range"][name] for name in NAMES] == [None, None]


def test_periods_without_a_call_have_none_in_csv(calls):
    rows = list(csv.DictReader(io.StringIO(calls("daily", "--last", "3d", "--format", "csv").stdout)))
    assert [row["energyWhPerMillionTokens"] == row["energyWhPerMillionTokensHigh"] == "" for row in rows] == [True, True, False]
    assert float(rows[2]["co2GramsPerMillionTokensLow"]) < float(rows[2]["co2GramsPerMillionTokens"]) < float(rows[2]["co2GramsPerMillionTokensHigh"])


def test_a_comparison_has_them_of_its_work(eco):
    (row,) = eco("compare", "gpt-4o", "--prompt-tokens", "300", "--completion-tokens", "100", "--json").json
    for ratio, name in NAMES.items():
        assert row[ratio] == pytest.approx(row[name] * 2500) and row["range"][ratio] == pytest.approx([bound * 2500 for bound in row["range"][name]])


def test_columns_where_there_is_room(calls):
    assert "energy/Mtok" in calls("summary", "--by", "model", "--format", "table", COLUMNS="100").stdout
    assert "energy/Mtok" not in calls("summary", "--by", "model", "--format", "table", COLUMNS="80").stdout
    assert "energy/Mtok" not in calls("summary", "--by", "day", "--format", "table", COLUMNS="100").stdout
    assert calls("summary", "--by", "day", "--columns", "calls,carbon/Mtok").stdout.split()[:3] == ["day", "calls", "carbon/Mtok"]
    assert "Mtok" in calls("compare", "gpt-4o", "--format", "table", COLUMNS="140").stdout
    assert "Mtok" not in calls("compare", "gpt-4o", "--format", "table", COLUMNS="80").stdout
