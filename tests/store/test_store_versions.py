"""
Every store that an eco ever left on a disk is read by today's, and its results stay what they were.

A change of the schema is a new migration and a new file: `python -m tools.store_schema > tests/store/schemas/vN.sql`, with rows of
what is new added by hand.
"""

import json
import sqlite3
import stat
from contextlib import closing

import pytest

from ecocli.errors import StoreError
from ecocli.store import Store, migrations
from ecocli.store.checks import shape
from tests.schema_helpers import VERSIONS, leave, made

NOW = len(migrations.MIGRATIONS)
OLDER = [version for version in VERSIONS if version < NOW]


def test_each_version_is_kept():
    assert list(range(1, NOW + 1)) == VERSIONS


@pytest.mark.parametrize("version", VERSIONS)
def test_what_migrations_make_is_what_was_released(version):
    with closing(migrations.empty(version)) as today, closing(made(version)) as then:
        assert shape(today) == shape(then)
        assert then.execute("PRAGMA user_version").fetchone() == (version,)


def test_a_new_store_is_of_the_newest_version(tmp_path):
    with Store.open(tmp_path / "eco.db"), closing(sqlite3.connect(tmp_path / "eco.db")) as new, closing(made(NOW)) as kept:
        assert shape(new) == shape(kept)


def test_each_statement_of_a_migration_ends_with_its_line():
    """So that they can be run one by one, inside the transaction."""
    for migration in migrations.MIGRATIONS:
        statements = migration.read_text("utf-8").split(";\n")
        assert statements[-1] == ""
        assert all(sqlite3.complete_statement(f"{statement};") for statement in statements[:-1])


@pytest.fixture(params=VERSIONS)
def old(request, tmp_path):
    return leave(request.param, tmp_path / "eco.db")


def test_its_history_is_the_same(eco, old):
    found = eco("history", "--all", "--full", "--format", "ndjson", "--db", "eco.db").stdout
    known, plain = map(json.loads, found.splitlines())
    assert (known["id"], known["energyWh"], known["co2Grams"], known["waterMl"], known["treeDays"]) == ("everything-known", 0.5, 0.125, 1.5, 0.002)
    assert (known["inputTokens"], known["outputTokens"], known["reasoningTokens"], known["cachedTokens"]) == (1000, 500, 40, 100)
    assert (known["keyName"], known["maskedKey"], known["source"], known["isEstimated"]) == ("Production Key", "eco_...a1b2", "claude-code", True)
    assert known["tags"] == {"project": "garden", "note": 'grün "x"'}
    assert known["result"]["facility_energy_wh"] == [0.25, 0.5, 1.0]
    [past] = known["pastResults"]
    assert (past["result"]["facility_energy_wh"], past["computedTimeMs"]) == ([2.0, 4.0, 8.0], 1_760_000_003_000)
    assert (plain["id"], plain["energyWh"], plain["keyName"], plain["maskedKey"]) == ("nothing-more", 2.0, "local", None)
    assert (plain["inputTokens"], plain["reasoningTokens"], plain["tags"]) == (0, None, {})


@pytest.mark.parametrize("version", VERSIONS)
def test_how_its_calls_were_served_is_unknown_before_version_5(eco, tmp_path, version):
    leave(version, tmp_path / "eco.db")
    found = eco("history", "--all", "--full", "--format", "ndjson", "--db", "eco.db").stdout
    known, plain = ((row["concurrency"], row["accelerator"], row["weightPrecision"]) for row in map(json.loads, found.splitlines()))
    assert known == ((16.0, "RTX 4090", "q4_K_M") if version >= 5 else (None, None, None))
    assert plain == (None, None, None)


def test_its_results_are_explained_by_the_factors_of_then(eco, old):
    explained = eco("explain", "everything-known", "--json", "--db", "eco.db").json
    assert (explained["energy_wh"], explained["audit"]["dataEdition"]) == (0.5, "2026-11-22/2026-11-22")
    assert [earlier["energy_wh"] for earlier in explained["earlier"]] == [4.0]


def test_it_goes_on(eco, old):
    eco("record", "-m", "gpt-4o", "--prompt-tokens", "1", "--completion-tokens", "1", "--db", "eco.db")
    assert eco("summary", "--by", "source", "--json", "--db", "eco.db").exit_code == 0
    assert eco("history", "--json", "--db", "eco.db").json["pagination"]["totalElements"] == 3
    assert eco("db", "check", "--db", "eco.db").json["problems"] == []


@pytest.mark.parametrize("version", OLDER)
def test_a_copy_of_it_is_kept_before_it_changes(eco, tmp_path, version):
    leave(version, tmp_path / "eco.db")
    eco("history", "--db", "eco.db")
    copy = tmp_path / f"eco.db.v{version}.bak"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with closing(sqlite3.connect(copy)) as kept, closing(made(version)) as then:
        assert list(kept.iterdump()) == list(then.iterdump())


@pytest.mark.parametrize("version", OLDER)
def test_looking_at_it_changes_nothing(eco, tmp_path, version):
    before = leave(version, tmp_path / "eco.db").read_bytes()
    assert eco("db", "check", "--db", "eco.db").json == {"path": str(tmp_path / "eco.db"), "version": version, "calls": 2, "problems": []}
    eco("db", "backup", "copy.db", "--db", "eco.db")
    assert (tmp_path / "eco.db").read_bytes() == before


def in_the_way(path):
    """A table of somebody else, under the name of one that the next migration makes."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE budgets (mine TEXT)")


def test_an_upgrade_that_fails_changes_nothing(eco, tmp_path):
    path = leave(2, tmp_path / "eco.db")
    in_the_way(path)
    with closing(sqlite3.connect(path)) as connection:
        before = list(connection.iterdump())
    refused = eco("history", "--db", "eco.db", exit_code=StoreError.exit_code)
    assert refused.stderr == (
        f'eco: {path} cannot be brought up to version {NOW}: table "budgets" already exists\n'
        "hint: it is as it was: eco db check says what is odd about it\n"
    )
    with closing(sqlite3.connect(path)) as connection:
        assert list(connection.iterdump()) == before
        assert connection.execute("PRAGMA user_version").fetchone() == (2,)
    odd = eco("db", "check", "--db", "eco.db", exit_code=5)
    assert odd.json["problems"] == ["budgets is not as version 2 has it"]


def test_after_a_failed_upgrade_the_next_one_loses_nothing(eco, tmp_path):
    path = leave(2, tmp_path / "eco.db")
    in_the_way(path)
    eco("history", "--db", "eco.db", exit_code=5)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TABLE budgets")
    assert eco("history", "--json", "--db", "eco.db").json["pagination"]["totalElements"] == 2


def test_what_was_forgotten_stays_forgotten(eco, tmp_path):
    leave(4, tmp_path / "eco.db")
    call = ("--provider", "OpenAI", "-m", "gpt-4o", "--prompt-tokens", "1", "--completion-tokens", "1", "--id", "gone-for-good")
    assert eco("record", *call, "--db", "eco.db").json["forgotten"] is True
    assert eco("history", "--json", "--db", "eco.db").json["pagination"]["totalElements"] == 2
