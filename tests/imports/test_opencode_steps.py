"""Messages of OpenCode in which the model went on several times: they keep the last step's tokens, and their parts those of each."""

import json
import sqlite3
from contextlib import closing

import pytest

from tests.import_helpers import Logs

NOON = 1_790_000_000_000
MESSAGE = "message (id TEXT PRIMARY KEY, session_id TEXT, time_created INT, time_updated INT, data TEXT)"
PART = "part (id TEXT PRIMARY KEY, message_id TEXT, session_id TEXT, time_created INT, time_updated INT, data TEXT)"
NOTHING = {"input": 0, "output": 0, "reasoning": 0, "cache": {"read": 0, "write": 0}}


def tokens(number):
    """Of a step: a prompt of 115, an answer of 50, times a number."""
    return {"input": 10 * number, "output": 50 * number, "reasoning": 0, "cache": {"read": 100 * number, "write": 5 * number}}


def message(identity, counted, session="ses_1", changed=NOON):
    body = {"role": "assistant", "providerID": "anthropic", "modelID": "claude-sonnet-4-6", "time": {"created": NOON, "completed": NOON + 9}, "tokens": counted}
    return "message", (identity, session, NOON, changed, json.dumps(body))


def step(identity, of, number):
    return "part", (identity, of, "ses_1", NOON, NOON, json.dumps({"reason": "tool-calls", "type": "step-finish", "tokens": tokens(number), "cost": 0}))


@pytest.fixture
def logs(eco):
    return Logs(eco)


@pytest.fixture
def database(tmp_path):
    path = tmp_path / "data" / "opencode" / "opencode.db"
    path.parent.mkdir(parents=True)

    def write(*rows):
        with closing(sqlite3.connect(path)) as connection, connection:
            for table in (MESSAGE, PART):
                connection.execute(f"CREATE TABLE IF NOT EXISTS {table}")
            for table, values in rows:
                connection.execute(f"INSERT OR REPLACE INTO {table} VALUES ({', '.join('?' * len(values))})", values)

    return write


@pytest.mark.parametrize(
    ("counted", "steps", "sums"),
    [
        (tokens(3), [1, 2, 3], (3, 690, 300)),
        (tokens(3), [3], (1, 345, 150)),
        (tokens(3), [], (1, 345, 150)),
        (NOTHING, [1, 2], (2, 345, 150)),  # the last step's were not taken over yet, or never
        (NOTHING, [], (0, 0, 0)),
        (tokens(4), [3], (1, 460, 200)),
    ],
)
def test_each_step_of_a_message_is_a_call(logs, database, counted, steps, sums):
    said = "part", ("p0", "m1", "ses_1", NOON, NOON, json.dumps({"type": "text", "text": 'a "step-finish" that somebody wrote of'}))
    database(message("m1", counted), said, *(step(f"p{number}", "m1", number) for number in steps))
    logs.read("opencode")
    assert logs.totals() == sums
    assert logs.read("opencode")["new"] == 0


@pytest.mark.parametrize(("steps", "ends"), [([2], [NOON + 9]), ([1, 2], [None, None])])
def test_no_step_of_several_has_the_time_of_the_message(logs, database, steps, ends):
    """On a machine of one's own the time tells the energy, and each step would count all of it."""
    database(message("m1", tokens(2)), *(step(f"p{number}", "m1", number) for number in steps))
    logs.read("opencode")
    assert [row["endTimeMs"] for row in logs.rows] == ends


def test_a_message_that_goes_on_after_an_import(logs, database):
    database(message("m1", tokens(1)), step("p1", "m1", 1))
    logs.read("opencode")
    database(message("m1", tokens(2), changed=NOON + 5), step("p2", "m1", 2))
    logs.read("opencode")
    assert logs.totals() == (2, 345, 150)


def test_steps_that_a_fork_copied(logs, database):
    database(message("m1", tokens(2)), step("p1", "m1", 1), step("p2", "m1", 2))
    database(message("m9", tokens(2), session="ses_2"), step("p8", "m9", 1), step("p9", "m9", 2))
    logs.read("opencode")
    assert logs.totals() == (2, 345, 150)


def test_parts_that_are_files(logs, tmp_path):
    storage = tmp_path / "data" / "opencode" / "storage"
    for path, (_, row) in (("message/ses_1/m1", message("m1", tokens(2))), ("part/m1/p1", step("p1", "m1", 1)), ("part/m1/p2", step("p2", "m1", 2))):
        (storage / path).parent.mkdir(parents=True, exist_ok=True)
        (storage / path).with_suffix(".json").write_text(row[-1])
    logs.read("opencode")
    assert logs.totals() == (2, 345, 150)


@pytest.mark.parametrize("data", ["{", "[]", '"step-finish"', '{"type": "step-finish"}', '{"type": "step-finish", "tokens": 7}', b"\xff"])
def test_parts_that_are_none(logs, database, data):
    database(message("m1", tokens(1)), ("part", ("p1", "m1", "ses_1", NOON, NOON, data)))
    logs.read("opencode")
    assert logs.totals() == (1, 115, 50)
