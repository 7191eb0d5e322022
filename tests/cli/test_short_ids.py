"""Ends of ids: as short as they can be, unique, and understood wherever an id is."""


import sqlite3
from contextlib import closing

import pytest

from ecocli.store import Store, short_ids
from ecocli.util.uuids import uuid7

CALL = ("--model", "gpt-4o", "--prompt-tokens", "10", "--completion-tokens", "5")
BEGIN = "019a0000-0000-7000-8000-"


def ids(eco, *arguments: str) -> list[str]:
    return [row["id"] for row in eco("history", "--all", "--json", *arguments).json["data"]]


@pytest.fixture
def alike(eco):
    """Ids that end alike in five, seven and no characters, and two of callers' own."""
    for id in (f"{BEGIN}000000abcdef", f"{BEGIN}00001fabcdef", f"{BEGIN}111111999999", "order-7", "last"):
        eco("record", *CALL, "--id", id)
    return eco


def test_the_shortest_unique_end_of_at_least_six(alike):
    table = alike("history", "--format", "table", COLUMNS="120").stdout
    shown = {line.split()[-1] for line in table.splitlines()[1:-1]}
    assert shown == {"…0abcdef", "…fabcdef", "…999999", "order-7", "last"}


@pytest.mark.parametrize("typed", ["…0abcdef", "...0abcdef", "00abcdef", f"{BEGIN}000000abcdef"])
def test_explain_and_history_find_it(alike, typed):
    assert alike("explain", typed, "--json").json["id"] == f"{BEGIN}000000abcdef"
    assert ids(alike, "--id", typed) == [f"{BEGIN}000000abcdef"]


def test_an_end_that_two_have_is_said(alike):
    said = alike("explain", "…abcdef", exit_code=2).stderr
    assert said.startswith("eco: several calls' ids end in 'abcdef'\nhint: more of it tells them apart: ")
    assert f"{BEGIN}000000abcdef" in said


def test_an_own_id_is_found_first(alike):
    eco = alike
    eco("record", *CALL, "--id", "a-later-one")
    assert eco("explain", "last", "--json").json["id"] == "last"
    eco("forget", "--id", "last", "--yes")
    assert "last" not in ids(eco)
    assert eco("explain", "last", "--json").json["id"] == "a-later-one"
    eco("record", *CALL, "--id", "…0abcdef")
    assert eco("explain", "…0abcdef", "--json").json["id"] == "…0abcdef"


def test_forget_takes_an_end_that_is_marked(alike):
    alike("forget", "--id", "999999", "--yes", exit_code=3)
    alike("forget", "--id", "…abcdef", "--yes", exit_code=2)
    alike("forget", "--id", "…999999", "--yes")
    assert f"{BEGIN}111111999999" not in ids(alike)
    assert len(ids(alike)) == 4


def test_the_card_shows_what_explain_takes(eco):
    card = eco("record", *CALL, "--format", "text").stdout
    (shown,) = (line.split()[-1] for line in card.splitlines() if line.startswith("  id "))
    assert shown.startswith("…") and len(shown) == 1 + short_ids.LEAST
    assert eco("explain", shown, "--json").json["id"] == eco("explain", "last", "--json").json["id"]
    assert "\n  id " not in eco("estimate", *CALL, "--format", "text").stdout


@pytest.mark.parametrize("unknown", ["…ffffff", "ffffff", "nothing", "…", "...", "last"])
def test_what_no_call_has(eco, unknown):
    assert eco("explain", unknown, exit_code=3).stderr.startswith("eco: no ")
    assert eco("history", "--id", unknown, exit_code=3).stdout == ""


def test_completion_offers_the_last_calls(alike, env):
    def offered(word: str) -> set[str]:
        asked = {"COMP_WORDS": f"eco explain {word}", "COMP_CWORD": "2", "_ECO_COMPLETE": "complete_bash"}
        return set(alike(exit_code=None, **asked).stdout.split())

    assert {"last", "…999999", "…0abcdef", "order-7"} <= offered("")
    assert offered("…9") == {"…999999"}
    assert offered("019a0000-0000-7000-8000-1") == {f"{BEGIN}111111999999"}


def test_a_million_calls_cost_an_end_no_look_at_all_of_them(eco, tmp_path):
    """Only an end that none of the newest calls has leads through the index of ids, which takes some tenths of a second."""
    eco("record", *CALL, "--id", "seed")
    (path,) = tmp_path.rglob("eco.db")
    with closing(sqlite3.connect(path)) as connection, connection:
        columns = [name for _, name, *_ in connection.execute("PRAGMA table_info(calls)") if name not in ("id", "call_id")]
        chosen = ", ".join(columns)
        connection.executemany(
            f"INSERT INTO calls (call_id, {chosen}) SELECT ?, {chosen} FROM calls WHERE id = 1", ((uuid7(1_760_000_000_000 + at),) for at in range(20_000))
        )
    with Store.open(path) as store:
        asked: list[str] = []
        store.connection.set_trace_callback(asked.append)
        newest = store.newest_ids(100)
        shown = store.short_ids(newest)
        assert store.ids_ending(shown[newest[50]][1:], everywhere=False) == [newest[50]]
        assert not any("calls_identity" in sql for sql in asked)
        assert all(len(end) == 1 + 7 for end in shown.values())  # 16^4 number them all, and three more digits keep them apart
        assert len(set(shown.values())) == 100
        (oldest,) = store.connection.execute("SELECT call_id FROM calls WHERE id = 2").fetchone()
        assert store.ids_ending(oldest[-9:], everywhere=False) == [oldest]
