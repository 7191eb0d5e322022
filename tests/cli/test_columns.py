"""What a person at a narrow terminal asks for: columns, an order, names with wildcards; and names that stay whole."""

import json

import pytest

from ecocli.contract.history import COLUMNS, SHORT_NAMES
from ecocli.render.calls_table import CELLS
from ecocli.render.tables import fitted

MODELS = {"gpt-4o": 3000, "gpt-5": 10, "meta-llama/llama-3.3-70b-instruct": 200, "claude-sonnet-4.5": 1000}


@pytest.fixture
def calls(eco):
    events = ({"model": model, "prompt_tokens": 10, "completion_tokens": out, "id": model} for model, out in MODELS.items())
    eco("record", input="".join(json.dumps(event) + "\n" for event in events))
    return eco


def ids(eco, *arguments: str) -> list[str]:
    return [row["id"] for row in eco("history", *arguments, "--json").json["data"]]


def test_every_field_has_a_column():
    assert {*SHORT_NAMES} == {*CELLS, "when", "id"}
    assert {*SHORT_NAMES.values()} == {*COLUMNS} - {"maskedKey", "isEstimated"}


@pytest.mark.parametrize(
    ("pattern", "found"),
    [("gpt*", {"gpt-4o", "gpt-5"}), ("GPT-?", {"gpt-5"}), ("*llama*", {"meta-llama/llama-3.3-70b-instruct"}), ("llama-3.3*", {"meta-llama/llama-3.3-70b-instruct"}),
     ("*", {*MODELS}), ("gpt_5", set()), ("%", set()), ("gpt", set()), ("anthropic/*", {"claude-sonnet-4.5"})],
)  # fmt: skip
def test_a_pattern_chooses_models(calls, pattern, found):
    assert set(ids(calls, "--model", pattern)) == found
    assert calls("summary", "--model", pattern, "--json").json["total"]["calls"] == len(found)
    assert calls("report", "--model", pattern, "--json").json["total"]["calls"] == len(found)


def test_sorted_by_a_figure_or_a_name(calls):
    assert ids(calls, "--sort", "out") == sorted(MODELS, key=MODELS.__getitem__, reverse=True)
    by_carbon = [row["co2Grams"] for row in calls("history", "--sort", "carbon", "--json").json["data"]]
    assert by_carbon == sorted(by_carbon, reverse=True)
    assert ids(calls, "--sort", "model") == sorted(MODELS)
    assert ids(calls, "--sort", "out", "--limit", "2", "--page", "2") == ids(calls, "--sort", "out")[2:]
    assert [json.loads(line)["id"] for line in calls("history", "--sort", "out", "--format", "ndjson").stdout.splitlines()] == ids(calls, "--sort", "out")
    assert calls("history", "--sort", "size", exit_code=2).stderr.startswith("eco: --sort: must be one of when, energy, ")


def test_the_columns_that_are_asked_for(calls):
    for names in ("model,energy,id", "model, energyWh ,id"):
        assert calls("history", "--columns", names, "--format", "csv").stdout.splitlines()[0] == "model,energyWh,id"
        assert [*calls("history", "--columns", names, "--json").json["data"][0]] == ["model", "energyWh", "id"]
        assert calls("history", "--columns", names, "--format", "table").stdout.split()[:3] == ["model", "energy", "id"]
    said = calls("history", "--columns", "model,enrgy", exit_code=2).stderr
    assert said == "eco: --columns: no column 'enrgy'\nhint: did you mean energy?\n"
    assert calls("history", "--columns", "model", "--full", "--json", exit_code=2).stdout == ""


@pytest.mark.parametrize("width", [60, 70, 80, 100, 120])
def test_a_name_is_never_folded_where_columns_can_go(calls, width):
    lines = calls("history", "--format", "table", COLUMNS=str(width)).stdout.splitlines()
    assert len(lines) == 1 + len(MODELS) + 1
    assert any("llama-3.3-70b-instruct" in line for line in lines)
    assert max(map(len, map(str.rstrip, lines))) <= width


def test_a_summary_in_the_order_and_with_the_figures_that_are_asked_for(calls):
    groups = calls("summary", "--by", "model", "--sort", "out", "--json").json["data"]
    assert [group["outputTokens"] for group in groups] == sorted(MODELS.values(), reverse=True)
    named = calls("summary", "--by", "reported-model", "--sort", "reported-model", "--json").json["data"]
    assert [group["reported-model"] for group in named] == sorted(MODELS)
    header = calls("summary", "--by", "model", "--columns", "energy,calls", "--format", "table").stdout.splitlines()[0]
    assert header.split() == ["model", "energy", "calls"]
    assert calls("summary", "--by", "model", "--sort", "size", exit_code=2).stderr.startswith("eco: --sort: must be one of calls, ")
    assert calls("summary", "--columns", "size", "--format", "table", exit_code=2).stderr.startswith("eco: --columns: no figure 'size'")
    assert calls("summary", "--columns", "calls", "--format", "csv", exit_code=2).stderr.startswith("eco: --format: must be one of table, not 'csv'")


@pytest.mark.parametrize("width", [60, 70, 80])
@pytest.mark.parametrize("cost", ["--cost", "--no-cost"])
@pytest.mark.parametrize("command", [("compare", *MODELS), ("summary", "--by", "model"), ("summary", "--by", "model,region")], ids=" ".join)
def test_a_models_name_stays_whole_beside_a_price(calls, command, cost, width):
    pytest.importorskip("genai_prices")
    text = calls(*command, cost, "--format", "table", COLUMNS=str(width)).stdout
    for model in MODELS:
        assert model.rpartition("/")[2] in text


def test_fitted_drops_columns_in_their_order(monkeypatch):
    columns, rows = [("model", "left"), ("in", "right"), ("out", "right")], [["maker/a-model-with-a-name", "1,000", "2,000"]]
    for width, kept in ((50, ["model", "in", "out"]), (34, ["model", "in", "out"]), (30, ["model", "out"]), (20, ["model"])):
        monkeypatch.setenv("COLUMNS", str(width))
        assert [name for name, _ in fitted(columns, rows, ("in", "out"))[0]] == kept
        assert fitted(columns, rows, ("in", "out"))[1][0][0] == ("maker/a-model-with-a-name" if width == 50 else "a-model-with-a-name")
