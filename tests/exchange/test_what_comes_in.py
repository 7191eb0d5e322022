"""What comes from another store or file passes the checks of an own record, field by field."""

import json
import sqlite3
from contextlib import closing

import pytest

from ecocli.core.footprint import ESTIMATES
from tests.exchange.test_import_eco import event, full

BAD_CALLS = [
    "facility_energy_wh_high = 9e999",
    "it_energy_wh_low = -0.25",
    "co2_g = -4, co2_g_low = -5, co2_g_high = -3",
    "water_ml_low = 8, water_ml = 6, water_ml_high = 4",
    "tree_days = 7e200, tree_days_high = 7e200",
    "embodied_co2_g = 3e12, embodied_co2_g_high = 3e12",
    "market_co2_g = -1",
    "market_co2_g = 9e999",
    "inferred_reasoning_tokens_low = 3, inferred_reasoning_tokens = 2, inferred_reasoning_tokens_high = 1",
    "recorded_at_ms = 9223372036854775807",
    "computed_at_ms = -1",
    "final_region = ''",
    "calculation_method = char(27)",
    "provider = ''",
    "format = char(7)",
    "dominant_factor = replace(hex(zeroblob(200)), '00', 'ab')",
]
BAD_KEYS = [
    "hash = 'ü' || substr(hash, 2)",
    "hash = upper(hash) || 'G'",
    "salt = 'salt'",
    "last4 = 'é' || substr(last4, 2)",
    "last4 = last4 || last4",
    "name = 'local'",
    "name = 'a' || char(10)",
    "scopes = 'record everything'",
    "created_at_ms = -9223372036854775808",
    "expires_at_ms = 9223372036854775807",
    "revoked_at_ms = 9223372036854775807",
]


@pytest.fixture
def other(eco, tmp_path):
    """Another store with a call of its owner, and one that was recorded under a key."""
    secret = eco("keys", "create", "theirs", "--db", "other.db").stdout.strip()
    eco("record", "--db", "other.db", input=event("good"))
    eco("record", "--db", "other.db", input=event("bad"), ECO_API_KEY=secret)
    return tmp_path / "other.db"


def change(path, *statements):
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def ids(eco):
    return sorted(row["id"] for row in eco("history").json["data"])


@pytest.mark.parametrize("statement", [*(f"UPDATE calls SET {bad} WHERE call_id = 'bad'" for bad in BAD_CALLS), *(f"UPDATE keys SET {bad}" for bad in BAD_KEYS)])
def test_a_call_that_eco_would_not_have_stored_is_refused_alone(eco, other, statement):
    secret = eco("keys", "create", "mine").stdout.strip()
    eco("record", input=event("own"))
    change(other, statement)
    done = eco("merge", "other.db", exit_code=4)
    assert done.json == {"new": 1, "updated": 0, "duplicates": 0, "refused": 1}
    assert done.stderr.startswith("eco: other.db: 1 call was refused, the first: call 'bad': ")
    assert ids(eco) == ["good", "own"]
    assert [key["name"] for key in eco("keys", "list", "--json").json] == ["mine"]
    for command in (("summary", "--json"), ("report", "--json"), ("db", "check"), ("history",)):
        eco(*command, ECO_API_KEY=secret)


@pytest.mark.parametrize("name", ESTIMATES)
@pytest.mark.parametrize("bounds", [[-2, 1, 1], [3, 2, 4], [1, 2, 1], [1, 1, 9e18], [1e300, 1e300, 1e300]])
def test_a_figure_of_a_history_that_no_call_can_have_is_refused(eco, other, tmp_path, name, bounds):
    rows = [json.loads(line) for line in full(eco, "other.db").splitlines()]
    next(row for row in rows if row["id"] == "bad")["result"][name] = bounds
    (tmp_path / "h.ndjson").write_text("\n".join(map(json.dumps, rows)))
    done = eco("import", "eco", "h.ndjson", exit_code=4)
    assert name in done.stderr.splitlines()[0]
    assert ids(eco) == ["good"]


def test_past_results_are_checked_too(eco, other, tmp_path):
    change(other, "UPDATE calls SET co2_g_high = co2_g_high * 1.5, computed_at_ms = 5")
    eco("recompute", "--apply", "--db", "other.db")
    change(other, "UPDATE past_results SET co2_g_high = 1e200 WHERE call = (SELECT id FROM calls WHERE call_id = 'bad')")
    assert eco("merge", "other.db", exit_code=4).json["refused"] == 1
    assert ids(eco) == ["good"]


def test_the_largest_call_of_all_may_move(eco, tmp_path):
    eco("record", "--db", "other.db", input=event("most", 10**12, completion_tokens=10**12))
    assert eco("merge", "other.db").json["new"] == 1


@pytest.mark.parametrize(
    "statements",
    [
        ("ALTER TABLE budgets RENAME TO b", "CREATE VIEW budgets AS WITH RECURSIVE x(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM x) SELECT x.n AS id, b.* FROM x, b"),
        ("CREATE VIEW more AS SELECT 1",),
        ("CREATE TRIGGER t AFTER UPDATE ON calls BEGIN DELETE FROM keys; END",),
        ("CREATE TABLE more (a)",),
        ("CREATE INDEX i ON calls (abs(co2_g))",),
    ],
    ids=["view for a table", "view", "trigger", "table", "index"],
)
def test_a_store_of_another_shape_is_refused_before_anything_is_read(eco, other, statements):
    change(other, "PRAGMA legacy_alter_table = ON", *statements)
    assert eco("merge", "other.db", exit_code=4).stderr.startswith("eco: 'other.db' is damaged: ")
    assert ids(eco) == []


def test_a_key_with_an_odd_hash_that_is_there_already_breaks_no_other(eco, tmp_path):
    secret = eco("keys", "create", "mine").stdout.strip()
    eco("keys", "create", "odd")
    change(tmp_path / "data" / "eco" / "eco.db", "UPDATE keys SET hash = 'ñ', expires_at_ms = 9223372036854775807 WHERE name = 'odd'")
    eco("history", ECO_API_KEY=secret)
    assert "+292278994-08-17" in eco("keys", "list", "--json").stdout
