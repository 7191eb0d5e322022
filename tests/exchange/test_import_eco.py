"""What other machines recorded: histories read back, stores merged. Nothing lost, nothing twice."""

import json
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecocli.core.usage import SERVING, Usage
from ecocli.exchange.merging import merge
from ecocli.pipeline.assessment import Assessor
from ecocli.pipeline.bases import digest
from ecocli.store import Store
from tests.schema_helpers import leave
from tests.store.test_store import add, assessment, new_call


def event(identity, tokens=100, **fields):
    known = {"id": identity, "provider": "OpenAI", "model": "gpt-4o", "prompt_tokens": tokens, "completion_tokens": 50}
    return json.dumps(known | {"startTimeMs": 1_780_000_000_000} | fields)


def full(eco, db):
    return eco("history", "--all", "--full", "--format", "ndjson", "--db", db).stdout


@pytest.fixture
def laptop(eco, tmp_path):
    """A store with a key, estimates, times and a result that was superseded."""
    out = eco("keys", "create", "Laptop Key", "--db", "laptop.db").stdout
    secret = next(word for word in out.replace('"', " ").split() if word.startswith("eco_") and "..." not in word)
    more = {"firstTokenTimeMs": 1_780_000_000_400, "endTimeMs": 1_780_000_002_000, "reasoning_tokens": 7, "tags": {"team": "blau"}}
    more |= {"concurrency": 16, "accelerator": "RTX 4090", "weight_precision": "q4_K_M"}
    eco("record", "--db", "laptop.db", input=event("a", cached_tokens=10, **more), ECO_API_KEY=secret)
    eco("record", "--db", "laptop.db", input=event("b", region="eu-west-3", startTimeMs=1_790_000_000_000))
    eco("record", "--db", "laptop.db", "--model", "gpt-4o", "--prompt-text", "to be counted", "--completion-text", "so is this")
    with closing(sqlite3.connect(tmp_path / "laptop.db")) as connection, connection:
        connection.execute("UPDATE calls SET co2_g = co2_g * 2, computed_at_ms = 5 WHERE call_id = 'b'")
    eco("recompute", "--apply", "--db", "laptop.db")
    return "laptop.db"


def test_a_history_read_back_is_the_same_history(eco, laptop, tmp_path):
    history = full(eco, laptop)
    assert [len(json.loads(line)["pastResults"]) for line in history.splitlines()].count(1) == 1
    (tmp_path / "h.ndjson").write_text(history)
    for expected in ((3, 0), (0, 3)):
        [counts] = eco("import", "eco", "h.ndjson", "--db", "desk.db").json["sources"]
        assert (counts["new"], counts["duplicates"], counts["rejected"]) == (*expected, 0)
        assert full(eco, "desk.db") == history
    assert eco("explain", "b", "--db", "desk.db", "--json").stdout == eco("explain", "b", "--db", laptop, "--json").stdout


def test_a_history_as_one_document_or_from_a_pipe(eco, laptop, tmp_path):
    history = eco("history", "--all", "--full", "--json", "--db", laptop).stdout
    eco("import", "eco", "-", "--db", "desk.db", input=history)
    assert full(eco, "desk.db") == full(eco, laptop)


def test_rows_that_cannot_be_used_are_named_and_the_others_kept(eco, laptop, tmp_path):
    good, *rest = full(eco, laptop).splitlines()
    broken = [json.loads(line) for line in rest]
    broken[0]["result"]["co2_g"] = ["a", "b", "c"]
    broken[1]["basis"]["model"] = None
    (tmp_path / "h.ndjson").write_text("\n".join([good, *map(json.dumps, broken), '{"id": "x"}', good[:100]]))
    done = eco("import", "eco", "h.ndjson", "--db", "desk.db", exit_code=4)
    assert done.json["sources"][0]["new"] == 1
    places = [line.split(": ")[:2] for line in done.stderr.splitlines()[:4]]
    assert [place for place, _ in places] == [f"h.ndjson:{number}" for number in (2, 3, 4, 5)]
    assert [what for _, what in places] == ["result.co2_g", "basis", "not a row of a full history", "not JSON"]


def test_a_store_taken_in_keeps_everything(eco, laptop, tmp_path):
    before = (tmp_path / laptop).read_bytes()
    assert json.loads(eco("merge", laptop, "--db", "desk.db").stdout) == {"new": 3, "updated": 0, "duplicates": 0}
    assert json.loads(eco("merge", laptop, "--db", "desk.db").stdout) == {"new": 0, "updated": 0, "duplicates": 3}
    assert full(eco, "desk.db") == full(eco, laptop)
    assert (tmp_path / laptop).read_bytes() == before
    assert [row["keyName"] for row in map(json.loads, full(eco, "desk.db").splitlines())].count("Laptop Key") == 1


def test_a_key_that_came_along_opens_nothing(eco, laptop):
    eco("merge", laptop, "--db", "desk.db")
    [key] = eco("keys", "list", "--json", "--db", "desk.db").json
    assert key["name"] == "Laptop Key" and "revoked" in json.dumps(key).lower()
    assert eco("keys", "create", "Laptop Key", "--db", "desk.db").exit_code == 0


@pytest.fixture(scope="module")
def basis(catalog):
    """What a real call rests on."""
    return Assessor(catalog).assess(Usage(1, 1, model="gpt-4o"), 0).assessment.basis


def test_an_older_store_is_brought_up_to_date_in_a_copy(eco, tmp_path):
    other = leave(1, tmp_path / "old.db")
    before = other.read_bytes()
    assert json.loads(eco("merge", "old.db", "--db", "desk.db").stdout)["new"] == 2
    assert other.read_bytes() == before
    assert list(tmp_path.glob("old.db.*")) == []


@pytest.mark.parametrize(
    ("make", "exit_code", "message"),
    [
        (lambda path: None, 4, "eco: no file 'other.db'"),
        (lambda path: path.write_text("dear diary " * 500), 4, "eco: 'other.db' is not a database"),
        (lambda path: _database(path, "PRAGMA user_version = 3"), 4, "eco: 'other.db' is not a store of eco"),
        (lambda path: _database(path, "PRAGMA application_id = 1701015329", "PRAGMA user_version = 99"), 5, "eco: other.db was written by a newer eco"),
    ],
    ids=["nothing", "text", "another program's", "newer"],
)
def test_what_cannot_be_merged(eco, tmp_path, make, exit_code, message):
    make(tmp_path / "other.db")
    done = eco("merge", "other.db", "--db", "desk.db", exit_code=exit_code)
    assert done.stderr.startswith(message)


def _database(path, *statements):
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE t (id INTEGER)")
        for statement in statements:
            connection.execute(statement)


def test_a_store_is_not_merged_with_itself(eco, laptop):
    assert eco("merge", laptop, "--db", laptop, exit_code=2).stderr.startswith("eco: a store cannot be merged with itself")


CALLS = st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from(["openai", "azure"]), st.integers(1, 3), st.integers(0, 5)), max_size=6)


@settings(max_examples=25)
@given(CALLS, CALLS)
def test_in_whichever_order_totals_are_the_same(tmp_path_factory, basis, mine, theirs):
    folder = tmp_path_factory.mktemp("merge")
    for name, calls in (("a", mine), ("b", theirs)):
        with Store.open(folder / f"{name}.db") as store:
            made = [new_call(key, at, provider, usage=Usage(tokens, tokens), assessment=replace(assessment(tokens), basis=basis)) for key, provider, tokens, at in calls]
            add(store, *made, replace_smaller=True)
    totals = [united(folder, one, other) for one, other in (("a", "b"), ("b", "a"))]
    assert totals[0] == totals[1]


def united(folder, one, other):
    """What a store holds after another one was merged into a copy of it, twice."""
    path = folder / f"{one}{other}.db"
    shutil.copy(folder / f"{one}.db", path)
    with Store.open(path) as store:
        list(merge(folder / f"{other}.db", store, 1))
        first = held(store)
        assert "new" not in list(merge(folder / f"{other}.db", store, 2))
        assert held(store) == first
    return first


SERVED = st.fixed_dictionaries(
    {}, optional={"concurrency": st.just(16.0), "accelerator": st.just("H100"), "weight_precision": st.just("fp8")}
)


@settings(max_examples=25)
@given(SERVED, SERVED, st.sampled_from([(1, 0), (1, 1), (2, 1), (1, 2)]), st.integers(0, 1))
def test_in_whichever_order_a_call_was_served_the_same(tmp_path_factory, basis, mine, theirs, co2_g, computed_at):
    """Where results differ it is known as the newest says; where they are the same, from both."""
    folder = tmp_path_factory.mktemp("serving")
    for name, served, grams, at in (("a", mine, 1, computed_at), ("b", theirs, *co2_g)):
        with Store.open(folder / f"{name}.db") as store:
            found = replace(assessment(grams), basis=basis)
            add(store, new_call("x", usage=Usage(1, 1, **served), assessment=found, computed_at_ms=at * 10 + (name == "b")))
    for one, other in (("a", "b"), ("b", "a")):
        united(folder, one, other)
        with Store.open(folder / f"{one}{other}.db") as store:
            [call] = store.rows()
        newest = mine if computed_at > co2_g[1] else theirs
        expected = mine | theirs if co2_g[0] == 1 else newest
        assert {name: getattr(call.usage, name) for name in SERVING if getattr(call.usage, name) is not None} == expected


def held(store):
    return sorted((call.provider, call.call_id, call.started_at_ms, call.usage.input_tokens, call.footprint.co2_g.value) for call in store.rows())


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE calls SET tags = '{'",
        "UPDATE calls SET assumptions = '7'",
        "UPDATE calls SET model = char(27) || '[2J'",
        "UPDATE calls SET input_tokens = -1",
        "UPDATE calls SET concurrency = 0.5",
        "UPDATE calls SET accelerator = char(27) || '[2J'",
        "UPDATE calls SET weight_precision = ''",
        "UPDATE calls SET started_at_ms = 9223372036854775807",
        "UPDATE bases SET content = 'nope'",
        "UPDATE bases SET content = '[]'",
        "DROP TABLE bases",
        "DROP TABLE calls",
    ],
)
def test_what_eco_would_not_have_written_is_not_taken_over(eco, laptop, tmp_path, statement):
    with closing(sqlite3.connect(tmp_path / laptop)) as other, other:
        other.execute("PRAGMA foreign_keys = OFF")
        other.execute(statement)
    done = eco("merge", laptop, "--db", "desk.db", exit_code=4)
    assert done.stderr.startswith(("eco: laptop.db: ", "eco: 'laptop.db' is damaged: "))
    assert eco("history", "--db", "desk.db").json["data"] == []


def test_another_stores_word_for_a_basis_does_not_count(eco, laptop, tmp_path):
    with closing(sqlite3.connect(tmp_path / laptop)) as other, other:
        [(genuine,)] = other.execute("SELECT content FROM bases LIMIT 1").fetchall()
        other.execute("UPDATE bases SET content = replace(content, 'gCO2e', 'nonsense')")
    eco("merge", laptop, "--db", "desk.db")
    with closing(sqlite3.connect(tmp_path / "desk.db")) as desk:
        digests = desk.execute("SELECT digest, content FROM bases").fetchall()
    assert digests
    assert all(digest(json.loads(content)) == kept for kept, content in digests)
    assert genuine not in [content for _, content in digests]


def test_half_a_character_in_a_basis_is_refused(eco):
    """Found by fuzzing: it could not be stored, and was a traceback."""
    eco("record", "--model", "gpt-4o", "--prompt-tokens", "10", "--completion-tokens", "5", "--id", "a")
    full = json.loads(eco("history", "--all", "--full", "--format", "ndjson").stdout)
    full["basis"]["assumptions"].append("half \ud800")
    refused = eco("import", "eco", "-", "--db", "other.db", input=json.dumps(full) + "\n", exit_code=4)
    assert "half a character" in refused.stderr
