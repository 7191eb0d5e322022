"""OpenCode's database in its second form: another table, the same messages, and copies in forks."""

import json
import sqlite3
from contextlib import closing

import pytest

from ecocli.ingest import opencode_usage
from tests.import_helpers import Logs

NOON = 1_790_000_000_000
COUNTS = {"input": 10, "output": 50, "reasoning": 0, "cache": {"read": 100, "write": 5}}
FIRST = "message (id TEXT PRIMARY KEY, session_id TEXT, time_created INT, time_updated INT, data TEXT)"
SECOND = "session_message (id TEXT PRIMARY KEY, session_id TEXT, type TEXT, seq INT, time_created INT, time_updated INT, data TEXT)"
SESSIONS = "session_v2 (id TEXT PRIMARY KEY, parent_id TEXT, fork_session_id TEXT, directory TEXT)"


def first(identity, session="ses_1", at=NOON, changed=None, **tokens):
    body = {"role": "assistant", "providerID": "anthropic", "modelID": "claude-sonnet-4-6", "time": {"created": at, "completed": at + 1}}
    return "message", (identity, session, at, changed or at, json.dumps(body | {"tokens": COUNTS | tokens}))


def second(identity, session="ses_1", at=NOON, changed=None, kind="assistant", completed=True, **tokens):
    body = {"model": {"id": "claude-sonnet-4-6", "providerID": "anthropic"}, "tokens": COUNTS | tokens}
    body["time"] = {"created": at} | ({"completed": at + 1} if completed else {})
    return "session_message", (identity, session, kind, 1, changed or at, changed or at, json.dumps(body))


@pytest.fixture
def logs(eco):
    return Logs(eco)


@pytest.fixture
def database(tmp_path):
    path = tmp_path / "data" / "opencode" / "opencode.db"
    path.parent.mkdir(parents=True)

    def write(*rows, tables=(FIRST, SECOND, SESSIONS)):
        with closing(sqlite3.connect(path)) as connection, connection:
            for table in tables:
                connection.execute(f"CREATE TABLE IF NOT EXISTS {table}")
            for table, values in rows:
                connection.execute(f"INSERT OR REPLACE INTO {table} VALUES ({', '.join('?' * len(values))})", values)
        return path

    return write


def session(identity, fork_of=None, parent=None):
    return "session_v2", (identity, parent, fork_of, "/home/ann/garden")


def test_what_was_moved_is_in_both_tables_and_counts_once(logs, database):
    database(first("m1"), session("ses_1"))
    logs.read("opencode")
    database(second("m1"), second("m2", at=NOON + 9))
    assert logs.read("opencode")["new"] == 1
    assert logs.totals() == (2, 230, 100)
    assert {row["tags"]["project"] for row in logs.rows} == {"/home/ann/garden"}


def test_messages_that_are_moved_later_than_those_behind_them(logs, database):
    """They keep their times, which are long past."""
    database(second("m9", at=NOON + 90))
    logs.read("opencode")
    database(second("m1"), second("m2", at=NOON + 1))
    assert logs.read("opencode")["new"] == 2


def test_a_database_of_the_second_form_alone(logs, database):
    database(second("m1"), second("m0", kind="user"), tables=(SECOND,))
    logs.read("opencode")
    [row] = logs.rows
    assert (row["model"], row["providerId"], row["inputTokens"], row["cachedTokens"], row["cacheWriteTokens"]) == ("claude-sonnet-4-6", "anthropic", 115, 100, 5)


def test_a_fork_copies_what_it_was_forked_from(logs, database):
    rows = [session("ses_1"), session("ses_2", fork_of="ses_1"), session("ses_3", fork_of="ses_2")]
    copies = [second(f"copy-{number}", f"ses_{number}", changed=NOON + 50) for number in (2, 3)]
    database(second("m1"), *copies, second("m2", "ses_3", at=NOON + 9), *rows)
    logs.read("opencode")
    assert logs.totals() == (2, 230, 100)


def test_sub_agents_that_answer_the_same_at_once_are_so_many_calls(logs, database):
    children = [session(f"child-{number}", parent="ses_1") for number in range(3)]
    database(session("ses_1"), *children, *(second(f"m{number}", f"child-{number}") for number in range(3)))
    logs.read("opencode")
    assert logs.totals() == (3, 345, 150)


def test_the_finished_message_counts_whatever_its_size(logs, database):
    database(second("m1", output=90, completed=False))
    logs.read("opencode")
    database(second("m1", changed=NOON + 3, output=40))
    assert (logs.read("opencode")["updated"], logs.totals()) == (1, (1, 115, 40))


def test_a_kind_that_is_not_known_counts_where_it_has_tokens(logs, database):
    database(second("m1", kind="dream"), second("m2", kind="location-switched"))
    assert logs.read("opencode")["new"] == 1
    assert logs.stderr == "eco: warning: a kind that eco does not know: message dream, counted as an answer\n"


@pytest.mark.parametrize(("counter", "name"), [(counter, name) for counter, names in opencode_usage.SPELLINGS.items() for name in names if counter != "total"])
def test_every_spelling_of_a_counter(logs, database, counter, name):
    known = {"input": 300, "output": 90} | {name.split(".")[0]: {name.split(".")[1]: 40} if "." in name else 40}
    row = second("m1")
    body = json.loads(row[1][-1]) | {"tokens": known}
    database(("session_message", (*row[1][:-1], json.dumps(body))))
    logs.read("opencode")
    [found] = logs.rows
    expected = {"input": (40, 90, None, None, None), "output": (300, 40, None, None, None), "reasoning": (300, 90, 40, None, None)}
    expected |= {"cache.read": (340, 90, None, 40, None), "cache.write": (340, 90, None, None, 40)}
    assert tuple(found[key] for key in ("inputTokens", "outputTokens", "reasoningTokens", "cachedTokens", "cacheWriteTokens")) == expected[counter]
    assert logs.stderr == ""
