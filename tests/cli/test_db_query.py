"""SQL of the user's own: what it finds, what it may not do, and that no key's hash comes out of it."""

import csv
import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from ecocli.store.views import VIEWS

CALL = ("--prompt-tokens", "1000", "--completion-tokens", "500")


@pytest.fixture
def calls(eco):
    """Three calls, a key, a budget."""
    for number, model in enumerate(("gpt-4o", "claude-sonnet-4.5", "gpt-4o")):
        eco("record", "-q", *CALL, "--model", model, "--id", f"c{number}", "--tag", f"project=p{number % 2}", "--start-time-ms", str(1_763_800_000_000 + number))
    eco("keys", "create", "Laptop")
    eco("budget", "set", "1kg")
    return eco


def ask(eco, sql, *options, **more):
    return eco("db", "query", sql, *options, **more)


def test_json_in_a_pipe_one_element_per_line(calls):
    found = ask(calls, "SELECT id, model FROM calls ORDER BY id")
    assert found.stdout == '[\n{"id": "c0", "model": "gpt-4o"},\n{"id": "c1", "model": "claude-sonnet-4.5"},\n{"id": "c2", "model": "gpt-4o"}\n]\n'
    assert ask(calls, "SELECT 1 WHERE 0").json == []


def test_the_ways_out_of_sqlite_utils(calls):
    sql = "SELECT id, input_tokens AS n FROM calls ORDER BY id LIMIT 2"
    assert ask(calls, sql, "--nl").stdout == '{"id":"c0","n":1000}\n{"id":"c1","n":1000}\n'
    assert ask(calls, sql, "--csv").stdout.splitlines() == ["id,n", "c0,1000", "c1,1000"]
    assert ask(calls, sql, "--csv", "--no-headers").stdout.splitlines() == ["c0,1000", "c1,1000"]
    assert [line.split() for line in ask(calls, sql, "-t").stdout.splitlines()] == [["id", "n"], ["c0", "1000"], ["c1", "1000"]]
    assert ask(calls, "SELECT count(*) FROM calls", "-r").stdout == "3\n"
    assert ask(calls, "SELECT id FROM calls", "--raw", "-L", "1").stdout.strip() in {"c0", "c1", "c2"}
    assert ask(calls, sql, "--format", "ndjson") == ask(calls, sql, "--nl")
    assert ask(calls, sql, "--json=n").json == [{"n": 1000}, {"n": 1000}]
    assert len(ask(calls, "SELECT id FROM calls", "-L", "2").json) == 2


def test_a_table_at_a_terminal(terminal, calls):
    assert terminal("db", "query", "SELECT id FROM calls ORDER BY id", NO_COLOR="1").split() == ["id", "c0", "c1", "c2"]


def test_parameters_by_name(calls):
    sql = "SELECT id FROM calls WHERE model = :model AND input_tokens > :least ORDER BY id"
    assert ask(calls, sql, "-p", "model", "gpt-4o", "-p", "least", "999").json == [{"id": "c0"}, {"id": "c2"}]
    assert ask(calls, sql, "-p", "model", "x' OR 1 --", "--param", "least", "0").json == []
    assert "did not supply a value for binding" in ask(calls, sql, "-p", "model", "gpt-4o", exit_code=2).stderr


def test_any_value_that_sqlite_has(calls):
    assert ask(calls, "SELECT x'ff' AS a, 9e999 AS b, CAST(x'ff' AS TEXT) AS c, NULL AS d, 1 AS e, 1 AS e").json == [
        {"a": {"$base64": True, "encoded": "/w=="}, "b": None, "c": "\ufffd", "d": None, "e": 1, "e_2": 1}
    ]
    assert ask(calls, "SELECT '=1+1' AS a", "--csv").stdout.splitlines()[1] == "'=1+1"


# the views


def test_a_call_has_what_history_says_of_it(calls):
    (row,) = ask(calls, "SELECT * FROM calls WHERE id = 'c1'").json
    body = next(body for body in calls("history", "--all", "--full", "--json").json["data"] if body["id"] == "c1")
    same = {
        "provider": "provider", "provider_id": "providerId", "model": "model", "model_id": "modelId", "region": "region", "started_at": "logDate", "started_at_ms": "startTimeMs",
        "recorded_at_ms": "recordedTimeMs", "input_tokens": "inputTokens", "output_tokens": "outputTokens", "source": "source", "key_name": "keyName",
        "energy_wh": "energyWh", "co2_g": "co2Grams", "water_ml": "waterMl", "tree_days": "treeDays", "calculation_method": "calculationMethod",
    }  # fmt: skip
    assert {name: row[name] for name in same} == {name: body[field] for name, field in same.items()}
    for name, field in {"energy_wh": "facility_energy_wh", "co2_g": "co2_g", "embodied_co2_g": "embodied_co2_g", "water_onsite_ml": "water_onsite_ml"}.items():
        assert [row[f"{name}_low"], row[name], row[f"{name}_high"]] == body["result"][field]
    assert (row["method"], row["first_token_at"], row["first_token_at_ms"], json.loads(row["tags"])) == (body["basis"]["method"], None, None, {"project": "p1"})


def test_tags_keys_and_budgets(calls):
    joined = "SELECT value, count(*) AS n FROM calls JOIN tags USING (id, provider_id) WHERE key = 'project' GROUP BY value ORDER BY value"
    assert ask(calls, joined).json == [{"value": "p0", "n": 2}, {"value": "p1", "n": 1}]
    assert ask(calls, "SELECT name, scopes, revoked_at FROM keys").json == [{"name": "Laptop", "scopes": "record history:read", "revoked_at": None}]
    assert ask(calls, "SELECT figure, period, most FROM budgets").json == [{"figure": "co2_g", "period": "month", "most": 1000.0}]


def test_what_was_undone_and_what_was_recomputed(calls):
    calls("record", "-q", *CALL, "--model", "gpt-5", "--id", "oops")
    calls("undo", "--yes")
    assert ask(calls, "SELECT id, kind, model FROM withdrawn_calls").json == [{"id": "oops", "kind": "voided", "model": "gpt-5"}]
    assert ask(calls, "SELECT count(*) FROM calls", "-r").stdout == "3\n"
    assert ask(calls, "SELECT count(*) FROM past_results", "-r").stdout == "0\n"


@pytest.mark.parametrize("view", VIEWS)
def test_the_columns_are_those_that_the_document_promises(eco, view):
    text = (Path(__file__).parents[2] / "docs" / "views.md").read_text("utf-8")
    section = text.split(f"\n## `{view}`\n")[1].split("\n## ")[0]
    promised = [line.split("`")[1] for line in section.splitlines() if line.startswith("| `")]
    assert promised and [column["name"] for column in ask(eco, f"PRAGMA table_info({view})").json] == promised
    assert all(cell.strip() for line in section.splitlines() if line.startswith("| `") for cell in line.split("|")[1:-1])
    assert [row["column"] for row in eco("db", "views", view, "--json").json] == promised


def test_the_views_are_listed(eco):
    assert [row["view"] for row in eco("db", "views", "--json").json] == [*VIEWS]
    assert eco("db", "views", "cals", exit_code=3).stderr == "eco: no view named 'cals'\nhint: did you mean calls?\n"


def test_the_list_at_80_columns(terminal):
    assert max(map(len, terminal("db", "views", "calls", COLUMNS="80", NO_COLOR="1").splitlines())) <= 80


def test_a_store_that_is_not_there_reads_as_an_empty_one(eco, tmp_path):
    for view in VIEWS:
        assert ask(eco, f"SELECT * FROM {view}").json == []
    assert not (tmp_path / "data").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_write_permission(calls, tmp_path):
    folder = tmp_path / "data" / "eco"
    folder.chmod(0o500)
    try:
        assert ask(calls, "SELECT count(*) FROM calls", "-r").stdout == "3\n"
    finally:
        folder.chmod(0o700)


def test_beside_a_writer(calls):
    with closing(sqlite3.connect(calls("db", "path").stdout.strip(), isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        assert ask(calls, "SELECT count(*) FROM calls", "-r").stdout == "3\n"


# what it may not


WRITING = [
    *("DELETE FROM calls", "UPDATE calls SET model = 'x'", "INSERT INTO keys VALUES (1)", "DROP VIEW calls", "CREATE TABLE t (a)", "CREATE TEMP TABLE t (a)", "CREATE TEMP VIEW v AS SELECT 1"),
    *("ATTACH 'stolen.db' AS x", "DETACH main", "VACUUM", "VACUUM INTO 'stolen.db'", "BEGIN", "SAVEPOINT a", "REINDEX", "ANALYZE", "ALTER TABLE calls RENAME TO c"),
    *("PRAGMA query_only = 0", "PRAGMA writable_schema = 1", "PRAGMA journal_mode = DELETE", "PRAGMA user_version = 1", "PRAGMA temp_store_directory = '/'", "PRAGMA database_list"),
    *("SELECT load_extension('x')", "SELECT * FROM pragma_database_list", "SELECT fts3_tokenizer('simple')", "WITH x AS (SELECT 1) DELETE FROM tags", "REPLACE INTO budgets VALUES (1)"),
    "CREATE TRIGGER t AFTER INSERT ON calls BEGIN SELECT 1; END",
]


@pytest.mark.parametrize("sql", WRITING)
def test_it_only_reads(calls, tmp_path, sql):
    before = calls("history", "--all", "--full", "--json").stdout
    result = ask(calls, sql, exit_code=2)
    assert result.stdout == "" and result.stderr.startswith(("eco: eco db query only reads", "eco: SQL: "))
    assert calls("history", "--all", "--full", "--json").stdout == before
    assert not (tmp_path / "stolen.db").exists()
    assert calls("db", "check")


STEALING = [
    *("SELECT hash FROM keys", "SELECT hash, salt FROM main.keys", "SELECT * FROM main.keys", "SELECT * FROM temp.keys", "SELECT (SELECT hash FROM main.keys)"),
    # SQLite asks nobody about the columns that USING and NATURAL compare
    *("SELECT hash FROM (SELECT 'x' AS hash) FULL JOIN main.keys USING (hash)", "SELECT hash FROM (SELECT 'x' AS hash) FULL JOIN keys USING (hash)"),
    *("SELECT salt FROM (SELECT 'x' AS salt) FULL JOIN main.keys USING (salt)", "SELECT * FROM (SELECT 'x' AS hash) NATURAL FULL JOIN main.keys"),
    "WITH keys AS (SELECT hash FROM (SELECT 'x' AS hash) FULL JOIN main.keys USING (hash)) SELECT * FROM keys",
    "WITH calls AS (SELECT hash FROM main.keys) SELECT * FROM calls",
    *("SELECT hash FROM (SELECT 'x' AS hash) FULL JOIN forgotten USING (hash)", "SELECT salt FROM (SELECT 'x' AS salt) FULL JOIN forgotten_salt USING (salt)"),
    *("SELECT * FROM sqlite_dbpage", "SELECT data FROM (SELECT 'x' AS data) FULL JOIN sqlite_dbpage USING (data)", "SELECT * FROM dbstat", "SELECT * FROM imports", "SELECT * FROM main.calls"),
    *("EXPLAIN SELECT * FROM keys", "SELECT sql FROM sqlite_temp_master", "SELECT sql FROM (SELECT 'x' AS sql) FULL JOIN sqlite_master USING (sql)", "PRAGMA table_info(keys)"),
]


@pytest.mark.parametrize("sql", STEALING)
def test_no_hash_of_a_key_or_a_forgotten_call_comes_out(calls, sql):
    calls("forget", "--id", "c0", "--yes")
    with closing(sqlite3.connect(calls("db", "path").stdout.strip())) as connection:
        secrets = [text for row in connection.execute("SELECT hash, salt FROM keys") for text in row]
        secrets += [value.hex() for table in ("SELECT hash FROM forgotten", "SELECT salt FROM forgotten_salt") for (value,) in connection.execute(table)]
    assert len(secrets) == 4 and all(len(secret) >= 16 for secret in secrets)
    for format in ("--csv", "--nl", "-t"):
        shown = ask(calls, sql, format, exit_code=None)
        assert not [secret for secret in secrets if secret in shown.stdout + shown.stderr]


def test_a_slip_says_what_was_meant(calls):
    assert ask(calls, "SELECT enrgy_wh FROM calls", exit_code=2).stderr == "eco: SQL: no such column: enrgy_wh\nhint: did you mean energy_wh?\n"
    error, hint = ask(calls, "SELECT * FROM call", exit_code=2).stderr.splitlines()
    assert error == "eco: SQL: no such table: call" and hint.startswith("hint: the views are calls, tags, ")
    assert ask(calls, "SELCT 1", exit_code=2).stderr.startswith('eco: SQL: near "SELCT": syntax error\n')


@pytest.mark.parametrize("sql", ["", " ", ";", "-- nothing", "SELECT 1; SELECT 2", "SELECT \ud800", "SELECT '\x00'"])
def test_odd_text_is_an_error_of_use(calls, sql):
    if "\ud800" in sql or "\x00" in sql:
        from ecocli.errors import UsageError
        from ecocli.store import Store, queries

        with Store.open(Path(calls("db", "path").stdout.strip())) as store, pytest.raises(UsageError), queries.query(store, sql, {}):
            pass
    else:
        assert ask(calls, sql, exit_code=2).stdout == ""


@pytest.mark.parametrize(
    ("options", "error"),
    [(("-t", "--csv"), "table and csv are asked for at once"), (("--nl", "--json=id"), "--json and --jq make JSON, not ndjson"), (("--no-headers",), "--no-headers is for CSV"), (("--format", "xml"), "--format: must be one of table, json, csv, ndjson, not 'xml'")],
)
def test_options_that_contradict_each_other(calls, options, error):
    assert ask(calls, "SELECT 1", *options, exit_code=2).stderr.startswith((f"eco: {error}", f'{{"error": {{"code": "usage", "message": "{error}'))


ENDLESS = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT max(n) FROM r"


def test_a_query_without_end_ends_with_its_time(calls):
    assert ask(calls, ENDLESS, "--timeout", "0.2", exit_code=2).stderr == "eco: the query was not done within 0.2 s\nhint: --timeout says how long it may take\n"
    assert len(ask(calls, ENDLESS.replace("max(n)", "n"), "-L", "3").json) == 3


def test_ctrl_c_ends_it_at_once(calls, env, tmp_path):
    with subprocess.Popen([sys.executable, "-m", "ecocli", "db", "query", ENDLESS], env=env, cwd=tmp_path, stderr=subprocess.PIPE) as process:
        time.sleep(2)  # until it computes; what comes earlier ends it too
        assert process.poll() is None
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=20)
    assert process.returncode in (-signal.SIGINT, 130) and b"Traceback" not in errors


def test_csv_of_every_column_reads_back(calls):
    rows = list(csv.DictReader(io.StringIO(ask(calls, "SELECT * FROM calls ORDER BY id", "--csv").stdout)))
    assert [float(row["co2_g"]) for row in rows] == [row["co2_g"] for row in ask(calls, "SELECT co2_g FROM calls ORDER BY id").json]
