"""`eco compare` puts the same work side by side; `eco recompute` never loses an earlier result."""

import csv
import io
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
WORK = ("--prompt-tokens", "1000", "--completion-tokens", "500")


def test_compare_agrees_with_estimate(eco: Run) -> None:
    time = ("--start-time-ms", "1763800000000")
    compared = eco("compare", "gpt-4o", "llama-3.1-8b-instruct", "--region", "us-east-1", "--provider", "aws", *WORK, *time).json
    for row in compared:
        estimated = eco("estimate", "--model", row["model"], "--region", "us-east-1", "--provider", "aws", *WORK, *time).json
        assert (row["energyWh"], row["co2Grams"]) == (estimated["energy_wh"], estimated["co2_grams"])
        assert row["range"]["waterMl"] == estimated["range"]["water_ml"]


def test_the_lightest_comes_first_and_has_ratio_one(eco: Run) -> None:
    rows = eco("compare", "gpt-4o", "llama-3.1-8b-instruct", "claude-opus-4", *WORK, "--region", "us-east-1").json
    assert [row["co2Grams"] for row in rows] == sorted(row["co2Grams"] for row in rows)
    assert min(row["energyRatio"] for row in rows) == 1
    assert rows[0]["model"] == "meta-llama/llama-3.1-8b-instruct"  # 8 billion parameters against hundreds


def test_every_model_is_tried_at_every_region(eco: Run) -> None:
    rows = eco("compare", "gpt-4o", "gpt-4o-mini", "--region", "eastus", "--region", "swedencentral", *WORK).json
    assert {(row["model"], row["region"]) for row in rows} == {
        (model, region) for model in ("openai/gpt-4o", "openai/gpt-4o-mini") for region in ("eastus", "swedencentral")
    }


def test_compare_as_csv_and_as_a_table(eco: Run) -> None:
    table = list(csv.DictReader(io.StringIO(eco("compare", "gpt-4o", *WORK, "--format", "csv").stdout)))
    assert float(table[0]["energyWhLow"]) < float(table[0]["energyWh"]) < float(table[0]["energyWhHigh"])
    assert "openai/gpt-4o" in eco("compare", "gpt-4o", *WORK, "--format", "table").stdout


def test_more_cached_than_prompt_is_refused(eco: Run) -> None:
    result = eco("compare", "gpt-4o", "--prompt-tokens", "5", "--cached-tokens", "6", exit_code=2)
    assert result.stderr.startswith("eco: --cached-tokens 6 is more than --prompt-tokens 5\nhint: ")


@pytest.fixture
def recorded(eco: Run, tmp_path: Path) -> Path:
    """A store whose one call carries a result that the present method would not give."""
    path = tmp_path / "old.db"
    eco("record", "--db", str(path), "--id", "a", "--model", "gpt-4o", *WORK)
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE calls SET facility_energy_wh = 99.0, facility_energy_wh_low = 98.0, facility_energy_wh_high = 100.0")
    db.close()
    return path


def energy(eco: Run, path: Path) -> float:
    return float(eco("history", "--db", str(path), "--format", "json").json["data"][0]["energyWh"])


def test_a_dry_run_shows_the_change_and_changes_nothing(eco: Run, recorded: Path) -> None:
    change = eco("recompute", "--db", str(recorded)).json
    assert (change["calls"], change["changed"], change["applied"]) == (1, 1, False)
    assert change["energyWh"]["before"] == [98.0, 99.0, 100.0]
    assert energy(eco, recorded) == 99.0


def test_applied_the_new_result_is_shown_and_the_old_one_kept(eco: Run, recorded: Path) -> None:
    change = eco("recompute", "--db", str(recorded), "--apply").json
    assert energy(eco, recorded) == change["energyWh"]["after"][1]
    explained = eco("explain", "a", "--db", str(recorded)).json
    assert explained["energy_wh"] == change["energyWh"]["after"][1]
    assert [earlier["energy_wh"] for earlier in explained["earlier"]] == [99.0]


def test_a_second_time_nothing_changes(eco: Run, recorded: Path) -> None:
    eco("recompute", "--db", str(recorded), "--apply")
    assert eco("recompute", "--db", str(recorded), "--apply").json["changed"] == 0


def test_recompute_without_a_store_makes_none(eco: Run, tmp_path: Path) -> None:
    path = tmp_path / "none.db"
    assert eco("recompute", "--db", str(path), "--apply").json["calls"] == 0
    assert not path.exists()


def test_an_old_call_is_explained_with_its_own_factors(eco: Run, recorded: Path) -> None:
    with closing(sqlite3.connect(recorded)) as db, db:
        (text,) = db.execute("SELECT content FROM bases").fetchone()
        content = json.loads(text)
        content["constants"]["idle"] |= {"value": 1.5, "source": "a figure of then"}
        db.execute("UPDATE bases SET content = ?", (json.dumps(content),))
    db.close()
    factors = {f["name"]: f for f in eco("explain", "a", "--db", str(recorded)).json["audit"]["factors"]}
    assert (factors["idle"]["value"], factors["idle"]["source"]) == (1.5, "a figure of then")


# Calls by how their model was found


def test_only_calls_that_went_to_a_family_are_recomputed(eco: Run, tmp_path: Path) -> None:
    """The catalogue learns of a model, and its calls get its figures: those of others, and later ones, are left alone."""
    for model in ("gpt-4o", "gpt-4o-omega", "no-such-thing"):
        eco("record", "--model", model, "--prompt-tokens", "1000", "--completion-tokens", "500", "--id", model, "-q")
    folder = tmp_path / "config" / "eco"
    folder.mkdir(parents=True)
    own = {"id": "acme/gpt-4o-omega", "base": "llama-3-8b", "developer": "acme", "reasoning": "no"}
    (folder / "models.yaml").write_text(json.dumps({"models": [own]}))
    change = eco("recompute", "--model-match", "family", "--apply").json
    assert (change["calls"], change["changed"]) == (1, 1)
    assert eco("explain", "gpt-4o-omega").json["audit"]["model"] == "acme/gpt-4o-omega"
    assert eco("recompute", "--model-match", "family").json["calls"] == 0
    assert eco("recompute", "--model-match", "class").json["calls"] == 1


def test_a_way_of_finding_models_that_there_is_not(eco: Run) -> None:
    assert "--model-match: must be one of exact, alias, suffix, family" in eco("recompute", "--model-match", "families", exit_code=2).stderr
