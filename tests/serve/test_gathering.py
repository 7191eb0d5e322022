"""Events that arrive together are answered and stored as each of them is by itself."""

import asyncio
import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecocli.config.settings import Settings
from ecocli.ingest.reading import Fill
from ecocli.pipeline.assessment import Assessor
from ecocli.pipeline.builder import FEW
from ecocli.serve import calls
from ecocli.serve.access import NOBODY
from ecocli.serve.gathering import MOST_TOGETHER, Gathering
from ecocli.serve.services import Configured
from ecocli.serve.writer import Writer
from tests.estimator_helpers import shipped
from tests.serve_helpers import ANSWER_S, CALL, Server

NOW_MS = 1_790_000_000_000
THERE = 1_760_000_000_000
MANY = 3 * FEW
tokens = st.one_of(st.integers(0, 200_000), st.sampled_from([0, 10**12]))
SHAPES = st.fixed_dictionaries(
    {"model": st.sampled_from(["gpt-4o", "o3", "claude-sonnet-4.5", "unheard of"])},
    optional={
        "provider": st.sampled_from(["OpenAI", "AWS"]),
        "region": st.sampled_from(["us-east-1", "eu-west-1"]),
        "hosting": st.sampled_from(["own", "api"]),
        "endTimeMs": st.just(THERE + 9_000),
        "is_estimated": st.just(True),
        "firstTokenTimeMs": st.just(THERE + 5_000),
        "tags": st.sampled_from([{}, {"a": '% , "quoted" \u2028 {0}'}]),
        "concurrency": st.sampled_from([1, 2.5]),
        "accelerator": st.sampled_from(["H100", '50 % of "one", {0}']),
        "service_tier": st.just("batch"),
        "server_tool_calls": st.just({"web_search": 2}),
    },
)
"""What the events of one client have in common."""
COUNTS = st.fixed_dictionaries(
    {"prompt_tokens": tokens, "completion_tokens": tokens, "cached_tokens": st.sampled_from([0, 50]), "reasoning_tokens": st.sampled_from([0, 7, 300_000])}
)


async def _sent(server: Server, bodies: Iterable[bytes], key: str | None) -> list[tuple[int, bytes]]:
    """Each body by a connection of its own, all of which are open before the first of them is sent."""
    connections = [(body, *await asyncio.open_connection(server.host, server.port)) for body in bodies]
    authorization = f"Authorization: Bearer {key}\r\n" if key else ""
    for body, _, writer in connections:
        head = f"POST /v1/calculate HTTP/1.1\r\nHost: {server.host}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close\r\n{authorization}\r\n"
        writer.write(head.encode() + body)
    answers = []
    for _, reader, writer in connections:
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
        answers.append((int(head.split()[1]), body))
        writer.close()
    return answers


def together(server: Server, bodies: Iterable[bytes], key: str | None = None) -> list[tuple[int, bytes]]:
    """Status and body of each answer to requests that are sent at once."""

    async def all_of_them() -> list[tuple[int, bytes]]:
        async with asyncio.timeout(ANSWER_S):
            return await _sent(server, bodies, key)

    return asyncio.run(all_of_them())


def encoded(events: Iterable[dict[str, Any]]) -> list[bytes]:
    return [json.dumps(event).encode() for event in events]


def configured() -> Configured:
    return Configured(Settings(), shipped(), Fill(), Assessor(shipped()), Assessor(shipped()))


async def gathered(path: Path, bodies: Sequence[bytes]) -> list[bytes | None]:
    """The answers to bodies that come in one turn of the event loop; None for those that go their own way."""
    loop, found = asyncio.get_running_loop(), configured()
    writer = Writer(path, loop, lambda: NOW_MS)
    writer.start()
    try:
        gathering = Gathering(lambda: found, writer, lambda: NOW_MS, loop)
        async with asyncio.timeout(ANSWER_S):
            return await asyncio.gather(*(gathering.answer(body, NOBODY) for body in bodies))
    finally:
        writer.close()


def by_itself(body: bytes) -> bytes:
    """The answer to one body, by the way of a single call."""
    now = configured()
    prepared = calls.Run(lambda: now.assessor, now.fill, lambda: NOW_MS).prepared(calls.read_small(body, None))
    (line,) = calls.lines(calls.estimated(prepared))
    return line


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(shape=SHAPES, counts=st.lists(COUNTS, min_size=FEW, max_size=MANY))
def test_each_is_answered_as_by_itself(tmp_path_factory, shape, counts):
    """To the last digit, and in the same words."""
    bodies = encoded({**shape, **dict(sorted(each.items())), "startTimeMs": THERE, "id": f'{n} "%" \u00e9'} for n, each in enumerate(counts))
    answers = asyncio.run(gathered(tmp_path_factory.mktemp("gathered") / "eco.db", bodies))
    assert all(answer is None or answer == by_itself(body) for answer, body in zip(answers, bodies, strict=True))
    if all(each["cached_tokens"] <= each["prompt_tokens"] for each in counts):
        assert None not in answers


def test_what_columns_cannot_take_goes_its_own_way(tmp_path):
    text = {"model": "gpt-4o", "prompt_text": "How far is the moon?", "completion_tokens": 1}
    payload = {"model": "gpt-4o", "usage": {"prompt_tokens": 1, "completion_tokens": 2}, "choices": []}
    for alone in (text, payload, CALL | {"prompt_tokens": -1}, CALL | {"colour": "blue"}, CALL | {"startTimeMs": 5}):
        bodies = [*encoded([CALL] * MANY), *encoded([alone]), b"{]", b"[1]", b'"\xff"', b'{"a":1}\n{"b":2}']
        answers = asyncio.run(gathered(tmp_path / "eco.db", bodies))
        assert answers[MANY:] == [None] * 5
        if alone.keys() != CALL.keys():
            assert None not in answers[:MANY]


def test_events_with_other_fields_are_stored_whether_or_not_those_before_them_are_yet(tmp_path, caplog):
    """Both rest on the same factors, and may be stored in one transaction or in two."""
    shapes = (CALL, CALL | {"tags": {"team": "garden"}})
    for number in range(8):
        bodies = encoded(shape | {"id": f"{number}-{at}-{n}"} for at, shape in enumerate(shapes) for n in range(MOST_TOGETHER // 2))
        assert None not in asyncio.run(gathered(tmp_path / "eco.db", bodies))
    assert not caplog.records


def test_a_few_go_their_own_way(tmp_path):
    assert asyncio.run(gathered(tmp_path / "eco.db", encoded([CALL] * (FEW - 1)))) == [None] * (FEW - 1)


def rows(db: Path) -> dict[str, tuple[Any, ...]]:
    """All that is stored of each call, by its id, but where it stands in the file and when it was recorded."""
    sql = "SELECT c.*, b.digest FROM calls AS c JOIN bases AS b ON b.id = c.basis_id"
    with closing(sqlite3.connect(db)) as store:
        found = store.execute(sql)
        names = [column[0] for column in found.description]
        return {row["call_id"]: tuple(row[name] for name in names if name not in BY_PLACE) for row in (dict(zip(names, each, strict=True)) for each in found)}


BY_PLACE = ("id", "basis_id", "run_id", "recorded_at_ms", "computed_at_ms")


def test_many_clients_at_once_get_what_the_command_says(server):
    """The same answers and the same rows, whoever came together with whom."""
    shapes = [
        {"model": "gpt-4o"}, {"provider": "Google", "model": "gemini-3-pro"}, {"model": "o3", "reasoning_tokens": 7},
        {"provider": "AWS", "model": "claude-sonnet-4.5", "region": "eu-west-1"}, {"model": "unheard of", "cached_tokens": 3},
    ]  # fmt: skip
    events = [
        {**shape, "prompt_tokens": 100 + n, "completion_tokens": 7 * n, "startTimeMs": THERE + n, "id": f"{at}-{n}"} for n in range(20) for at, shape in enumerate(shapes)
    ]
    beside = server.db.with_name("beside.db")
    command = [sys.executable, "-m", "ecocli", "record", "-i", "-", "--json", "--db", str(beside)]
    told = subprocess.run(command, input=b"\n".join(encoded(events)), capture_output=True, env=server.env, check=True, timeout=ANSWER_S).stdout
    answers = together(server, encoded(events))
    assert {status for status, _ in answers} == {200}
    found = [{name: value for name, value in json.loads(body).items() if name != "warnings"} for _, body in answers]  # which the command prints elsewhere
    assert found == json.loads(told)
    expected, stored = rows(beside), rows(server.db)
    assert {name: stored[name] for name in expected} == expected
    assert len(expected) == len(events)


def test_each_is_recorded_under_its_own_key(server):
    keys = [server.new_key("one"), server.new_key("other")]
    for name, key in zip(("one", "other"), keys, strict=True):
        answers = together(server, encoded(CALL | {"id": f"{name}-{n}"} for n in range(MANY)), key)
        assert {status for status, _ in answers} == {200}
    with closing(sqlite3.connect(server.db)) as store:
        sql = "SELECT k.name, count(*) FROM calls AS c JOIN keys AS k ON k.id = c.key_id WHERE k.name IN ('one', 'other') GROUP BY 1"
        assert dict(store.execute(sql)) == {"one": MANY, "other": MANY}


def test_one_id_that_comes_many_times_at_once_is_stored_once(server):
    answers = together(server, encoded(CALL | {"id": "the same", "prompt_tokens": 10 + n} for n in range(MANY)))
    found = [json.loads(body) for _, body in answers]
    assert [one.get("duplicate", False) for one in found].count(False) == 1
    assert len({one["energy_wh"] for one in found}) == 1


def test_a_fault_among_them_is_told_to_its_sender_alone(server):
    good = encoded(CALL | {"id": f"good-{n}"} for n in range(MANY))
    for bad in (CALL | {"prompt_tokens": -1}, CALL | {"id": "\ud800"}, CALL | {"id": ""}):
        statuses = [status for status, _ in together(server, [*good, *encoded([bad]), *good])]
        assert statuses == [200] * MANY + [422] + [200] * MANY


def test_what_was_stored_last_is_undone_before_what_was_stored_first(server):
    for name in ("first", "second"):
        together(server, encoded(CALL | {"id": f"{name}-{n}"} for n in range(MANY)))
    for _ in range(MANY):
        server.eco("undo", "--yes")
        left = [name.partition("-")[0] for name in rows(server.db)]
        if "second" not in left:
            break
    assert left.count("first") == MANY and "second" not in left
