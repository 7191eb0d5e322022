"""The report works its largest call step by step, with the equations of its methods, in every format."""

import pytest

from ecocli.analysis.equations import of_method
from ecocli.estimator.methods import PACKAGES
from tests.calculator import calculated
from tests.reports.test_report import MIXED, record


@pytest.fixture
def env(env):
    return env | {"ECO_TZ": "UTC"}


@pytest.fixture
def mixed(eco):
    record(eco, [*MIXED, {"provider": "OpenAI", "model": "gpt-4o", "prompt_tokens": 90_000, "completion_tokens": 9000, "id": "largest"}])
    return eco


def test_it_is_the_call_with_the_most_emissions(mixed):
    found = mixed("report", "--json").json["largestCall"]
    rows = mixed("history", "--all", "--format", "json").json["data"]
    assert found["id"] == "largest" == max(rows, key=lambda row: row["co2Grams"])["id"]
    assert found["co2Grams"] == max(row["co2Grams"] for row in rows)


def test_its_steps_are_those_of_explain_and_can_be_redone(mixed):
    found, explained = mixed("report", "--json").json["largestCall"], mixed("explain", "largest", "--json").json["audit"]
    assert [found[name] for name in ("inputs", "steps", "mean")] == [explained[name] for name in ("inputs", "steps", "mean")]
    for step in (*found["mean"]["steps"], *found["steps"]):
        assert calculated(step["numbers"]) == pytest.approx(step["value"], rel=2e-5)


def test_filters_choose_it(mixed):
    found = mixed("report", "--provider", "aws", "--json").json["largestCall"]
    rows = mixed("history", "--provider", "aws", "--format", "json").json["data"]
    assert found["co2Grams"] == max(row["co2Grams"] for row in rows)


def test_without_calls_there_is_none(mixed):
    assert mixed("report", "--since", "2020", "--until", "2020", "--json").json["largestCall"] is None


@pytest.mark.parametrize("format", ["text", "md", "html", "csv"])
def test_every_format_has_the_equations_and_the_steps(mixed, format):
    full = ("--full",) if format == "text" else ()
    shown = "".join(mixed("report", "--format", format, *full).stdout.replace("\\", "").replace("&#39;", "'").split())
    found = mixed("report", "--json").json
    for each in found["equations"]:
        assert "".join(each["name"].split()) in shown
    for step in found["largestCall"]["steps"]:
        assert "".join(step["numbers"].split()) in shown


@pytest.mark.parametrize("method", PACKAGES)
def test_a_method_has_all_of_its_equations_once_and_in_order(method):
    found = of_method(method)
    assert len(set(found)) == len(found)
    assert found[0].number == "E0"
    assert {f"E{at}" for at in range(4)} | {f"E{at}" for at in range(5, 16)} <= {each.number for each in found}


def test_a_method_that_is_not_here_has_none():
    assert of_method("eco-0") == []
