"""Results by other methods than today's, from other machines: those that eco has the equations of, and those that it has not."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ecocli.core.usage import Usage
from ecocli.estimator.methods import METHOD
from tests import eco1_helpers as eco1

Run = Callable[..., Any]
AT_MS = 1_763_812_800_000
OLD = (
    Usage(1000, 500, "OpenAI", "gpt-4o", id="newest", started_at_ms=AT_MS),
    Usage(2000, 500, "OpenAI", "gpt-4o", id="oldest", started_at_ms=AT_MS - 1),
)
FACTOR = {"value": 2.0, "low": 1.0, "high": 4.0, "unit": "1", "source": "a later study", "year": 2028, "basis": "measured"}


@pytest.fixture
def laptop(tmp_path: Path) -> str:
    """A store that an eco of then left, with its own central value of one factor."""
    eco1.record(tmp_path / "laptop.db", eco1.new_call(OLD[0]), eco1.new_call(OLD[1], host=1.5))
    return "laptop.db"


def full(run: Run, db: str) -> str:
    history: str = run("history", "--all", "--full", "--format", "ndjson", "--db", db).stdout
    return history


def take_in(run: Run, way: str, laptop: str) -> None:
    if way == "merge":
        run("merge", laptop, "--db", "desk.db")
    else:
        run("import", "eco", "-", "--db", "desk.db", input=full(run, laptop))


@pytest.mark.parametrize("way", ["merge", "import"])
def test_eco_1_is_taken_in_as_it_is(eco: Run, laptop: str, way: str) -> None:
    take_in(eco, way, laptop)
    assert full(eco, "desk.db") == full(eco, laptop)
    for usage in OLD:
        there, here = (eco("explain", str(usage.id), "--json", "--db", db).json for db in (laptop, "desk.db"))
        assert here == there and here["audit"]["method"] == "eco-1" and here["audit"]["steps"]
    assert eco("db", "check", "--db", "desk.db").exit_code == 0


@pytest.mark.parametrize("way", ["merge", "import"])
def test_a_call_that_was_moved_here_stays_moved_when_the_old_result_comes_again(eco: Run, laptop: str, way: str) -> None:
    take_in(eco, way, laptop)
    eco("recompute", "--apply", "--db", "desk.db")
    moved = full(eco, "desk.db")
    take_in(eco, way, laptop)
    assert full(eco, "desk.db") == moved
    assert [json.loads(line)["basis"]["method"] for line in moved.splitlines()] == [METHOD, METHOD]
    assert [[past["basis"]["method"] for past in json.loads(line)["pastResults"]] for line in moved.splitlines()] == [["eco-1"], ["eco-1"]]


# --- methods that this eco does not have


def other(run: Run, laptop: str, method: str, change: Callable[[dict[str, Any]], object] = lambda basis: None) -> str:
    """A full history whose first call is by another method, with factors and a field of a model that nobody here knows."""
    first, *rest = map(json.loads, full(run, laptop).splitlines())
    first["basis"] |= {"method": method, "constants": {"weather": FACTOR}, "serving": {"operator": "somebody"}}
    first["basis"]["model"]["experts"] = 128
    change(first["basis"])
    return "\n".join(map(json.dumps, (first, *rest)))


@pytest.fixture(params=["eco-0", "eco-3"])
def desk(request: pytest.FixtureRequest, eco: Run, laptop: str) -> str:
    """The method of a call that was read into desk.db."""
    eco("import", "eco", "-", "--db", "desk.db", input=other(eco, laptop, request.param))
    return str(request.param)


def first(run: Run, db: str) -> dict[str, Any]:
    row: dict[str, Any] = json.loads(full(run, db).splitlines()[0])
    return row


def test_it_is_kept_with_its_figures(eco: Run, laptop: str, desk: str) -> None:
    there, here = first(eco, laptop), first(eco, "desk.db")
    assert here["result"] == there["result"]
    assert (here["basis"]["method"], here["basis"]["model"]["experts"]) == (desk, 128)
    assert eco("db", "check", "--db", "desk.db").exit_code == 0
    eco("merge", "desk.db", "--db", "third.db")
    assert full(eco, "third.db") == full(eco, "desk.db")


def test_its_factors_are_shown_without_steps(eco: Run, desk: str) -> None:
    name = first(eco, "desk.db")["id"]
    audit = eco("explain", name, "--json", "--db", "desk.db").json["audit"]
    factors = {factor["name"]: factor for factor in audit["factors"]}
    assert factors["weather"] == {"name": "weather"} | FACTOR
    assert {"model.total_params_b", "site.pue"} <= factors.keys()
    assert (audit["steps"], audit["operator"], audit["operatorBatch"]) == ([], "somebody", None)
    text = eco("explain", name, "--format", "text", "--db", "desk.db").stdout
    assert f"method {desk}, data of then" in text
    assert "This eco does not have the method's equations." in text
    assert "a later study" in text


def test_totals_and_reports_hold_it(eco: Run, desk: str) -> None:
    methods = sorted([desk, "eco-1"])
    assert [row["method"] for row in eco("summary", "--json", "--db", "desk.db").json["methods"]] == methods
    words = " ".join(eco("summary", "--format", "table", "--db", "desk.db").stdout.split())
    assert f"estimated by 2 methods: {methods[0]} (1 call), {methods[1]} (1 call); this eco does not know {desk}" in words
    report = eco("report", "--json", "--db", "desk.db").json
    assert {line["name"] for line in report["method"]} == set(methods)
    assert [used["source"] for used in report["factors"] if used["name"] == "weather"] == ["a later study"]


def test_recomputed_it_is_todays_and_the_old_result_stays(eco: Run, desk: str) -> None:
    before = eco("recompute", "--apply", "--json", "--db", "desk.db").json["methods"]["before"]
    assert sorted(one["method"] for one in before) == sorted([desk, "eco-1"])
    row = first(eco, "desk.db")
    assert row["basis"]["method"] == METHOD
    assert [past["basis"]["method"] for past in row["pastResults"]] == [desk]


@pytest.mark.parametrize(
    "change",
    [
        lambda basis: basis.pop("site"),
        lambda basis: basis.pop("constants"),
        lambda basis: basis.update(method=3),
        lambda basis: basis.update(method="eco-3\x1b[2J"),
        lambda basis: basis.update(serving=["somebody"]),
        lambda basis: basis.update(serving={"operator": 5}),
        lambda basis: basis["model"].pop("total_params_b"),
        lambda basis: basis["model"].update(total_params_b=5),
        lambda basis: basis["model"].update(id=7),
        lambda basis: basis["site"].pop("region"),
        lambda basis: basis["site"].update(pue={"value": 1.1}),
        lambda basis: basis["constants"].update(weather=2.0),
        lambda basis: basis["constants"].update(weather=FACTOR | {"value": "much"}),
        lambda basis: basis["constants"].update(weather=FACTOR | {"high": True}),
        lambda basis: basis["constants"].update(weather=FACTOR | {"low": 10**400}),
        lambda basis: basis["constants"].update(weather=FACTOR | {"source": None}),
        lambda basis: basis["constants"].update(weather={name: value for name, value in FACTOR.items() if name != "year"}),
    ],
)
@pytest.mark.parametrize("method", ["eco-1", "eco-3"])
def test_what_could_not_be_shown_is_refused(eco: Run, laptop: str, method: str, change: Callable[[dict[str, Any]], object]) -> None:
    def known(basis: dict[str, Any]) -> None:
        if method == "eco-1":
            basis["constants"] |= eco1.content(OLD[0])["constants"]
        change(basis)

    done = eco("import", "eco", "-", "--db", "desk.db", input=other(eco, laptop, method, known), exit_code=4)
    [counts] = done.json["sources"]
    assert (counts["new"], counts["rejected"]) == (1, 1)
    assert "basis" in done.stderr or "must be" in done.stderr


@pytest.mark.parametrize("method", ["eco-1", METHOD])
def test_a_basis_needs_each_factor_that_any_call_may_need(eco: Run, tmp_path: Path, method: str) -> None:
    usage = Usage(1000, 500, "deepseek", "deepseek-v3", id="a", started_at_ms=AT_MS)
    if method == "eco-1":
        eco1.record(tmp_path / "laptop.db", eco1.new_call(usage))
    else:
        eco("record", "--db", "laptop.db", "--provider", "deepseek", "--model", "deepseek-v3", "--prompt-tokens", "1000", "--completion-tokens", "500")
    row = first(eco, "laptop.db")
    constants = row["basis"]["constants"]
    rows = [row | {"id": name, "basis": row["basis"] | {"constants": {each: constants[each] for each in constants if each != name}}} for name in constants]
    done = eco("import", "eco", "-", "--db", "desk.db", input="\n".join(map(json.dumps, [row, *rows])), exit_code=4)
    kept = {json.loads(line)["id"] for line in full(eco, "desk.db").splitlines()}
    assert done.json["sources"][0]["new"] == 1, kept
