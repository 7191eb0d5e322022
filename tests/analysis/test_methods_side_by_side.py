"""Calls of several methods in one store: each is explained by its own, totals say how many there are of each, and recomputing moves them."""

import csv
import io
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ecocli.analysis.methods import mixture
from ecocli.core.usage import Usage
from ecocli.estimator.methods import METHOD, PROVISIONAL
from tests import eco1_helpers as eco1
from tests.calculator import calculated

Run = Callable[..., Any]
AT_MS = 1_763_812_800_000
OLD = (
    Usage(1000, 500, "OpenAI", "gpt-4o", id="a", started_at_ms=AT_MS),
    Usage(90_000, 700, "OpenAI", "gpt-4o", cached_tokens=80_000, id="b", started_at_ms=AT_MS + 1),
    Usage(0, 0, "OpenAI", "gpt-4o", id="nothing", started_at_ms=AT_MS + 2),
)
"""Recorded by eco-1."""
NEW = {"provider": "OpenAI", "model": "gpt-4o", "prompt_tokens": 1000, "completion_tokens": 500, "startTimeMs": AT_MS}
HOST = 1.5
"""Central value that the call "b" was computed with: another one than eco-1's today."""
SENTENCE = f"estimated by 2 methods: eco-1 (3 calls), {METHOD} (2 calls); eco recompute moves them to {METHOD}"
IS_PROVISIONAL = METHOD in PROVISIONAL
MARKED = f"{METHOD} (provisional)" if IS_PROVISIONAL else METHOD
SHOWN_DIGITS = 2e-5


@pytest.fixture
def mixed(eco: Run, tmp_path: Path) -> Run:
    """eco with a store of three calls by eco-1 and two by the current method."""
    path = tmp_path / "data" / "eco" / "eco.db"
    eco("record", input="\n".join(json.dumps(NEW | {"id": name, "source": "gateway"}) for name in ("new", "newer")))
    a, b, nothing = OLD
    eco1.record(path, eco1.new_call(a), eco1.new_call(b, host=HOST), eco1.new_call(nothing))
    return eco


def explained(run: Run, name: str) -> dict[str, Any]:
    found: dict[str, Any] = run("explain", name, "--json").json
    return found


# --- explanations


@pytest.mark.parametrize(("usage", "constants"), [(OLD[0], {}), (OLD[1], {"host": HOST})], ids=["a", "b"])
def test_an_eco_1_call_has_the_figures_of_its_own_equations_and_factors(mixed: Run, usage: Usage, constants: dict[str, float]) -> None:
    found = explained(mixed, str(usage.id))
    by_hand = eco1.by_hand(usage, eco1.content(usage, **constants))
    for name, figure in {"energy_wh": "facility_energy_wh", "co2_grams": "co2_g", "water_ml": "water_ml"}.items():
        low, value, high = by_hand[figure]
        assert found[name] == pytest.approx(value, rel=1e-9)
        assert found["range"][name] == pytest.approx([low, high], rel=1e-9)


@pytest.mark.parametrize("name", ["a", "b"])
def test_its_steps_are_those_of_eco_1(mixed: Run, name: str) -> None:
    audit = explained(mixed, name)["audit"]
    steps = {step["number"]: step for step in audit["steps"]}
    assert steps["E2"]["equation"] == "(floor + c_d * P_act^alpha * (P_tot * (bits/16)^gamma)^beta) * serving * v"
    assert all(calculated(step["numbers"]) == pytest.approx(step["value"], rel=SHOWN_DIGITS) for step in audit["steps"])
    factors = {factor["name"]: factor["value"] for factor in audit["factors"]}
    host = HOST if name == "b" else factors["host"]
    assert factors["host"] == host
    assert steps["E6"]["value"] == pytest.approx(steps["E5"]["value"] * host * factors["idle"])
    assert (audit["method"], audit["operator"], audit["operatorBatch"]) == ("eco-1", None, None)
    assert "rangeShares" not in audit


def test_a_call_of_today_says_who_serves_it_and_what_its_range_is_from(mixed: Run) -> None:
    audit = explained(mixed, "new")["audit"]
    assert (audit["method"], audit["operator"]) == (METHOD, "frontier")
    batch = audit["operatorBatch"]
    assert batch == {name: factor[name] for factor in audit["factors"] if factor["name"] == "operator_batch" for name in batch}
    assert batch["low"] < batch["value"] < batch["high"]
    shares = audit["rangeShares"]
    for side in ("upward", "downward"):
        assert sum(share[side] for share in shares) == pytest.approx(1)
    widths = [share["upward"] + share["downward"] for share in shares]
    assert widths == sorted(widths, reverse=True) and min(widths) > 0


def test_who_states_a_concurrency_is_told_of_no_batch(eco: Run) -> None:
    eco("record", input=json.dumps(NEW | {"id": "stated", "concurrency": 32}))
    audit = explained(eco, "stated")["audit"]
    assert (audit["operator"], audit["operatorBatch"]) == ("frontier", None)


def test_in_words_a_provisional_method_is_called_so_and_the_widest_factors_are_named(mixed: Run) -> None:
    text = mixed("explain", "new", "--format", "text").stdout
    assert f"method {MARKED}, data" in text
    assert "\noperator: frontier, " in text
    table = text.partition("widest factors")[2].partition("\n\n")[0].splitlines()[1:]
    shares = explained(mixed, "new")["audit"]["rangeShares"]
    assert [line.partition("  ")[0].strip() for line in table] == [share["factor"] for share in shares[:5]]
    old = mixed("explain", "a", "--format", "text").stdout
    assert "method eco-1, data" in old and "provisional" not in old and "widest factors" not in old


# --- recomputing


def test_a_dry_run_says_what_becomes_of_each_method(mixed: Run) -> None:
    change = mixed("recompute", "--json").json
    before, after = change["methods"]["before"], change["methods"]["after"]
    assert [(one["method"], one["calls"], one["provisional"]) for one in before] == [("eco-1", 3, False), (METHOD, 2, IS_PROVISIONAL)]
    assert [(one["method"], one["calls"], one["provisional"]) for one in after] == [(METHOD, 5, IS_PROVISIONAL)]
    for figure in ("energyWh", "co2Grams"):
        assert [sum(bounds) for bounds in zip(*(one[figure] for one in before), strict=True)] == pytest.approx(change[figure]["before"])
        assert after[0][figure] == pytest.approx(change[figure]["after"])
    old = [explained(mixed, str(usage.id)) for usage in OLD]
    assert before[0]["energyWh"][1] == pytest.approx(sum(one["energy_wh"] for one in old))
    assert (change["changed"], change["applied"]) == (3, False)
    assert all(one["audit"]["method"] == "eco-1" for one in old)


def test_applied_every_call_is_of_the_new_method_and_the_old_result_is_kept(mixed: Run) -> None:
    before = {str(usage.id): explained(mixed, str(usage.id)) for usage in OLD}
    expected = mixed("recompute", "--json").json
    assert mixed("recompute", "--apply", "--json").json == expected | {"applied": True}
    for name, old in before.items():
        now = explained(mixed, name)
        assert now["audit"]["method"] == METHOD
        assert now["earlier"] == [{field: value for field, value in old.items() if field not in ("earlier", "withdrawn", "reports")}]
    again = mixed("recompute", "--json").json
    assert again["changed"] == 0 and again["methods"]["before"] == again["methods"]["after"]
    assert [(row["method"], row["calls"]) for row in mixed("summary", "--json").json["methods"]] == [(METHOD, 5)]


def test_moved_it_costs_what_it_costs_recorded_today(mixed: Run) -> None:
    mixed("recompute", "--apply")
    assert explained(mixed, "a")["energy_wh"] == explained(mixed, "new")["energy_wh"]


def test_in_words(mixed: Run) -> None:
    lines = mixed("recompute", "--format", "text").stdout.splitlines()
    assert lines[0] == "3 of 5 calls change"
    methods = [line.split(":")[0] for line in lines[3:6]]
    assert methods == ["  before  eco-1, 3 calls", f"          {MARKED}, 2 calls", f"  after   {MARKED}, 5 calls"]
    assert lines[-1] == "nothing was changed: --apply keeps this"
    assert (f"{METHOD} is provisional: recompute again once its constants are final" in lines) == IS_PROVISIONAL


# --- totals


def test_a_summary_says_how_many_calls_are_of_which_method(mixed: Run) -> None:
    assert mixed("summary", "--json").json["methods"] == [
        {"method": "eco-1", "calls": 3, "provisional": False},
        {"method": METHOD, "calls": 2, "provisional": IS_PROVISIONAL},
    ]
    for by in ("month", "model", "tag:team"):
        assert SENTENCE in " ".join(mixed("summary", "--by", by, "--format", "table").stdout.split())


def test_only_the_calls_that_are_added_up_count(mixed: Run) -> None:
    assert [row["calls"] for row in mixed("summary", "--source", "gateway", "--json").json["methods"]] == [2]
    assert "methods" not in mixed("summary", "--source", "gateway", "--format", "table").stdout
    assert mixed("summary", "--source", "nobody", "--json").json["methods"] == []


@pytest.mark.parametrize("format", ["text", "md", "html", "json", "csv"])
def test_a_report_says_so_in_every_format(mixed: Run, format: str) -> None:
    done = mixed("report", "--tz", "UTC", "--format", format, COLUMNS="250")
    assert f"The figures are {SENTENCE}." in done.stdout.replace("\\", "")
    assert ("provisional" in done.stdout) == IS_PROVISIONAL
    assert done.stderr == f"eco: warning: The figures are {SENTENCE}.\n"


def test_a_report_marks_the_provisional_method_alone(mixed: Run) -> None:
    assert {line["name"]: line["provisional"] for line in mixed("report", "--json").json["method"]} == {"eco-1": False, METHOD: IS_PROVISIONAL}
    rows = csv.DictReader(io.StringIO(mixed("report", "--format", "csv").stdout))
    assert {row["item"]: row["note"] for row in rows if row["section"] == "method"} == {"eco-1": "", METHOD: "provisional" if IS_PROVISIONAL else ""}


def test_one_method_is_no_mixture() -> None:
    assert mixture({}) is None
    assert mixture({"eco-1": 5}) is None
    assert mixture({"eco-10": 1, "eco-2": 1_000}) == "estimated by 2 methods: eco-2 (1,000 calls), eco-10 (1 call); this eco does not know eco-10"


# --- the store as a whole


def test_a_store_of_several_methods_is_whole(mixed: Run) -> None:
    assert mixed("db", "check", "--json").json["problems"] == []


def test_a_basis_that_was_changed_is_found_whichever_method_it_is_of(mixed: Run, tmp_path: Path) -> None:
    path = tmp_path / "data" / "eco" / "eco.db"
    with closing(sqlite3.connect(path)) as db, db:
        changed = db.execute("""UPDATE bases SET content = replace(content, '"host":', '"hots":') WHERE content LIKE '%"eco-1"%'""").rowcount
    db.close()
    assert len(mixed("db", "check", "--json", exit_code=5).json["problems"]) == changed == 2
