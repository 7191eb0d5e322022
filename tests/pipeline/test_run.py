"""A long input is recorded as a short one is, however many processes share in it; and these end with the one they work for."""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ecocli.ingest.portions import PORTION_BYTES
from ecocli.pipeline import run as pipeline_run
from ecocli.pipeline.run import PORTIONS_AHEAD
from ecocli.util import workers
from ecocli.util.workers import Workers
from tests.cli_helpers import (
    Result,
    inside,  # noqa: F401 - a fixture
)

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot divide a process")
at_length = pytest.mark.workers


def event(number: int, **more: Any) -> dict[str, Any]:
    model = ("gpt-4o", "claude-sonnet-4.5", "gemini-3-pro")[number % 3]
    at = 1_735_689_600_000 + number * 3_600_000
    return {"model": model, "prompt_tokens": 10 + number, "completion_tokens": number % 900, "startTimeMs": at, "id": f"e{number}"} | more


def openai_answer(number: int) -> dict[str, Any]:
    usage = {"prompt_tokens": 7, "completion_tokens": number % 50, "total_tokens": 7 + number % 50}
    return {"id": f"chatcmpl-{number}", "object": "chat.completion", "created": 1_750_000_000, "model": "gpt-4o-2024-08-06", "choices": [], "usage": usage}


def chunk(number: int, **more: Any) -> dict[str, Any]:
    body = {"id": f"chatcmpl-s{number}", "object": "chat.completion.chunk", "created": 1_750_000_000, "model": "gpt-4o-2024-08-06", "choices": []}
    return body | more


def many_kinds() -> bytes:
    """Some ten portions: native events nearly throughout, and of everything else a little, at places of chance."""
    draw = random.Random(7)
    lines: list[bytes] = []
    for number in range(6_000):
        kind = draw.random()
        lines.append(json.dumps(event(number)).encode())
        if kind < 0.0005:
            lines.append(b"{not json")
        elif kind < 0.001:
            lines.append(json.dumps(event(number, prompt_tokens=-1)).encode())
        elif kind < 0.0015:
            lines += [json.dumps(openai_answer(number)).encode(), b"", b"  "]
        elif kind < 0.002:
            usage = {"prompt_tokens": 5, "completion_tokens": 6, "total_tokens": 11}
            lines += [json.dumps(chunk(number)).encode(), json.dumps(chunk(number, usage=usage)).encode()]
        elif kind < 0.0025:
            lines.append(json.dumps(event(number, completion_tokens=899)).encode())  # delivered again
        elif kind < 0.003:
            lines.append(json.dumps(event(number, id=f"f{number}", model="gpt-4o-2031-01-01")).encode())
    return b"\n".join(lines)


def rows(db: Path) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(db)) as connection:
        columns = [name for _, name, *_ in connection.execute("PRAGMA table_info(calls)") if name not in {"recorded_at_ms", "computed_at_ms", "basis_id", "run_id"}]
        found = connection.execute(f"SELECT {', '.join(columns)}, b.digest FROM calls JOIN bases AS b ON b.id = basis_id ORDER BY calls.id".replace("SELECT id", "SELECT calls.id"))
        return found.fetchall()


class TestRecord:
    """`eco record` with two workers does what it does with none."""

    @pytest.fixture
    def run(self, inside: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[Result, list[Any]]]:
        def run(count: int, data: bytes, *options: str, before: tuple[str, ...] = (), exit_code: int = 0) -> tuple[Result, list[Any]]:
            # 0: one by one, as a short input; less: many at once, without anybody to share with
            monkeypatch.setattr(pipeline_run, "PORTIONS_AHEAD", PORTIONS_AHEAD if count else 1_000_000)
            monkeypatch.setattr(workers, "default_count", lambda: max(0, count))
            db = tmp_path / f"{count}-{len(list(tmp_path.iterdir()))}.db"
            for command in before:
                inside("--db", str(db), *command.split())
            return inside("--db", str(db), "record", *options, input=data, exit_code=exit_code), rows(db)

        return run

    @pytest.fixture
    def shared_by_workers(self, monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
        """How many calls they made ready."""
        made: list[Any] = []
        done = Workers.done
        monkeypatch.setattr(Workers, "done", lambda pool, tasks: (made.append(one[1]) or one for one in done(pool, tasks)))
        return lambda: sum(len(built.rows) for built in made if built)

    def test_workers_do_all_of_what_is_plain(self, run, shared_by_workers):
        run(2, b"\n".join(json.dumps(event(number)).encode() for number in range(6_000)))
        assert shared_by_workers() == 6_000

    @at_length
    @pytest.mark.parametrize("count", [-1, 1, 4])
    @pytest.mark.parametrize("options", [("--quiet",), ("--format", "ndjson"), ("--format", "text")])
    def test_whoever_does_it(self, run, count, options):
        data = many_kinds()
        one_by_one, many_at_once = (run(each, data, *options, "--skip-invalid", exit_code=4) for each in (0, count))
        assert many_at_once == one_by_one
        assert len(one_by_one[1]) > 6_000

    @at_length
    @pytest.mark.parametrize("options", [(), ("--from", "native"), ("--tag", "team=a"), ("--completion-tokens", "5")])
    @pytest.mark.parametrize("count", [-1, 1])
    def test_events_that_are_odd_all_of_them(self, run, count, options):
        kinds = [{}, {"tags": 5}, {"model": "gpt-4o"}, {"model": ["gpt-4o"]}, {"id": {}}, [], 7, None, {"model": "gpt-4o", "prompt_tokens": True}]
        kinds += [event(1, tags={"own": "x"}), event(1, tags=5), event(1, model="meta.llama3-1-8b-instruct-v1:0"), event(1, is_estimated=True)]
        draw = random.Random(3)
        lines = [json.dumps(kind | {"id": f"o{number}"} if isinstance(kind, dict) and "model" in kind else kind) for number, kind in enumerate(draw.choices(kinds, k=9_000))]
        data = "\n".join(line.ljust(80) if number % 50 else line for number, line in enumerate(lines)).encode()
        one_by_one, many_at_once = (run(each, data, *options, "--quiet", "--skip-invalid", exit_code=4) for each in (0, count))
        assert many_at_once == one_by_one
        assert one_by_one[1]

    @at_length
    @pytest.mark.parametrize("count", [-1, 1])
    def test_tags_that_are_none_beside_a_flag_leave_their_neighbours_alone(self, run, count):
        lines = [json.dumps(event(number, tags={"own": "x"} if number % 500 else 5)).encode() for number in range(9_000)]
        one_by_one, many_at_once = (run(each, b"\n".join(lines), "--tag", "team=a", "--quiet") for each in (0, count))
        assert many_at_once == one_by_one

    @at_length
    @pytest.mark.parametrize("count", [0, -1, 1])
    def test_new_calls_are_warned_of_also_behind_known_ones(self, run, count):
        lines = [json.dumps(event(number, model="unheard-of")).encode() for number in range(9_000)]
        known = Path("known.ndjson")
        known.write_bytes(b"\n".join(lines[:4_500]))
        before = ("record --quiet --model-fallback --input known.ndjson",)
        again, new = (run(count, b"\n".join(some), "--model-fallback", "--format", "ndjson", before=before)[0] for some in (lines[:4_500], lines))
        assert again.stderr == ""
        assert "'unheard-of' is not in the catalogue" in new.stderr

    @at_length
    def test_a_system_that_cannot_divide(self, run, monkeypatch):
        data = b"\n".join(json.dumps(event(number)).encode() for number in range(9_000))
        one_by_one = run(0, data, "--quiet")
        monkeypatch.delattr(workers.signal, "SIGCHLD")
        assert run(-1, data, "--quiet") == one_by_one

    @at_length
    def test_names_of_chance_do_not_fill_the_memory(self, run, monkeypatch):
        monkeypatch.setattr("ecocli.store.calls.MOST_SHARED", 5)
        monkeypatch.setattr("ecocli.pipeline.assessment.MOST_ROUTES", 5)
        data = b"\n".join(json.dumps(event(number, model=f"gpt-4o-{number // 40 % 50}")).encode() for number in range(9_000))
        one_by_one, many_at_once = (run(each, data, "--model-fallback", "--quiet") for each in (0, -1))
        assert many_at_once == one_by_one

    def test_whatever_the_input_holds(self, run):
        data = many_kinds()
        assert len(data) > 8 * PORTION_BYTES
        alone, shared = (run(count, data, "--format", "ndjson", "--skip-invalid", exit_code=4) for count in (0, 2))
        assert shared == alone
        assert len(alone[1]) > 6_000 and "duplicate" in alone[0].stdout and "not JSON" in alone[0].stderr

    @at_length
    def test_a_terminals_card(self, run):
        data = b"\n".join(json.dumps(event(number)).encode() for number in range(6_000))
        alone, shared = (run(count, data, "--format", "text") for count in (0, 2))
        assert shared == alone
        assert "6,000 calls" in shared[0].stdout

    @at_length
    def test_flags_settings_and_an_explanation(self, run):
        data = b"\n".join(json.dumps(event(number)).encode() for number in range(6_000))
        options = ("--tag", "team=a", "--region", "eu-west-1", "--explain", "--format", "json")
        alone, shared = (run(count, data, *options) for count in (0, 2))
        assert shared == alone
        assert all(call["audit"]["finalRegion"] == "eu-west-1" for call in shared[0].json)

    @at_length
    def test_prices_that_the_settings_ask_for(self, run, tmp_path):
        config = tmp_path / "config" / "eco" / "config.toml"
        config.parent.mkdir(parents=True)
        config.write_text("cost = true\n")
        data = b"\n".join(json.dumps(event(number)).encode() for number in range(6_000))
        alone, shared = (run(count, data, "--format", "json") for count in (0, 2))
        assert shared == alone
        assert all(call["cost_usd"] > 0 for call in shared[0].json)

    @at_length
    def test_what_was_forgotten_stays_away(self, run):
        data = b"\n".join(json.dumps(event(number)).encode() for number in range(6_000))
        known = "record --model gpt-4o --prompt-tokens 1 --completion-tokens 1 --id e4242"
        before = (known, "forget --id e4242 --yes")
        alone, shared = (run(count, data, "--format", "ndjson", before=before) for count in (0, 2))
        assert shared == alone
        assert len(shared[1]) == 5_999 and "call 'e4242' was forgotten" in shared[0].stderr

    @at_length
    def test_one_bad_event_stops_everything(self, run):
        data = b"\n".join([*(json.dumps(event(number)).encode() for number in range(6_000)), b'{"model":"gpt-4o"}'])
        alone, shared = (run(count, data, exit_code=4) for count in (0, 2))
        assert shared == alone
        assert shared[1] == [] and "line 6001" in shared[0].stderr

    @at_length
    @pytest.mark.parametrize("options", [(), ("--from", "openai-chat")])
    def test_nothing_but_payloads_of_another_format(self, run, options, shared_by_workers):
        data = b"\n".join(json.dumps(openai_answer(number)).encode() for number in range(5_000))
        alone, shared = (run(count, data, "--format", "ndjson", *options) for count in (0, 2))
        assert shared == alone
        assert len(shared[1]) == shared_by_workers() == 5_000

    @at_length
    def test_empty_lines_in_the_middle_of_a_streamed_answer(self, run):
        events = [json.dumps(event(number)).encode() for number in range(6_000)]
        usage = {"prompt_tokens": 5, "completion_tokens": 6, "total_tokens": 11}
        begin, end = chunk(1, choices=[{"index": 0, "delta": {"content": "well"}}]), chunk(1, usage=usage)
        data = b"\n".join([*events, json.dumps(begin).encode(), b"\n" * 3 * PORTION_BYTES, json.dumps(end).encode()])
        alone, shared = (run(count, data, "--format", "ndjson") for count in (0, 2))
        assert shared == alone
        assert len(shared[1]) == 6_001

    @at_length
    def test_a_cut_answer_at_the_end_of_a_portion(self, run):
        lines = [json.dumps(event(number)).encode() for number in range(2_000)]
        for at in (127, 511, 1_151):  # with lines of 512 bytes the last of a portion
            lines[at] = json.dumps(chunk(at, choices=[{"index": 0, "delta": {"content": "well"}}])).encode()
        data = b"".join(line.ljust(PORTION_BYTES // 128 - 1) + b"\n" for line in lines)
        alone, shared = (run(count, data, "--format", "ndjson") for count in (0, 2))
        assert shared == alone
        assert [json.loads(line)["id"] for line in shared[0].stdout.splitlines()][126:129] == ["e126", "chatcmpl-s127", "e128"]

    @at_length
    def test_nothing_that_is_a_call(self, run):
        data = b"\n".join([json.dumps({"resourceLogs": [], "padding": "x" * 200}).encode()] * 6_000)
        alone, shared = (run(count, data, exit_code=4) for count in (0, 2))
        assert shared == alone
        assert "the input holds no call" in shared[0].stderr

    @at_length
    def test_one_moment_for_all_of_them(self, run, monkeypatch):
        moments = iter(range(1_700_000_000_000, 1_700_000_000_100))
        monkeypatch.setattr("ecocli.cli.session.Session.now_ms", lambda session: next(moments))
        lines = [json.dumps({"model": "gpt-4o", "prompt_tokens": 9, "completion_tokens": 9, "id": f"e{number}"}).encode() for number in range(9_000)]
        lines[4_500] = b"{"
        answers = run(2, b"\n".join(lines), "--skip-invalid", "--format", "ndjson", exit_code=4)[0].stdout.splitlines()
        assert len(answers) == 8_999
        with closing(sqlite3.connect(next(Path.cwd().glob("2-*.db")))) as store:
            assert len(store.execute("SELECT DISTINCT started_at_ms FROM calls").fetchall()) == 1

    @at_length
    def test_nothing_but_a_streamed_answer(self, run):
        usage = {"prompt_tokens": 5, "completion_tokens": 6_000, "total_tokens": 6_005}
        pieces = [chunk(1, choices=[{"index": 0, "delta": {"content": f"{number} "}}]) for number in range(6_000)]
        data = b"\n".join(json.dumps(piece).encode() for piece in [*pieces, chunk(1, usage=usage)])
        alone, shared = (run(count, data, "--format", "ndjson") for count in (0, 2))
        assert shared == alone
        assert len(shared[1]) == 1

    def test_estimates(self, inside, run, monkeypatch):
        data = b"\n".join(json.dumps(event(number)).encode() for number in range(6_000))
        found = []
        for count in (0, 2):
            monkeypatch.setattr(workers, "default_count", lambda count=count: count)
            found.append(inside("estimate", "--format", "ndjson", input=data))
        assert found[0] == found[1]

    def test_two_events_under_one_id_are_refused(self, inside, monkeypatch):
        monkeypatch.setattr(workers, "default_count", lambda: 2)
        data = b"\n".join(json.dumps({**event(number), "id": None}).replace(', "id": null', "").encode() for number in range(6_000))
        result = inside("record", "--id", "one", input=data, exit_code=2)
        assert "--id is given" in result.stderr


def helpers_of(process_id: int) -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        found += [int(folder.name)] if parent == process_id else []
    return found


def ends(process_id: int) -> bool:
    """Within some seconds; one that nobody waits for any more may stay listed as dead."""
    for _ in range(500):
        try:
            if (Path("/proc") / str(process_id) / "stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except OSError:
            return True
        time.sleep(0.01)
    return False


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="this system does not list processes in /proc")
@pytest.mark.skipif(workers.default_count() == 0, reason="one processor: there is nobody to share with")
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_they_end_with_the_one_whom_they_help(end: signal.Signals, env: dict[str, str], tmp_path: Path) -> None:
    command = [sys.executable, "-m", "ecocli", "record", "--quiet", "--db", str(tmp_path / "eco.db")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, env=env) as process:
        assert process.stdin is not None and process.stderr is not None
        data = b"".join(json.dumps(event(number)).encode() + b"\n" for number in range(8_000))
        process.stdin.write(data)  # and the pipe stays open: there may be more
        process.stdin.flush()
        for _ in range(500):
            helpers = helpers_of(process.pid)
            if helpers:
                break
            time.sleep(0.01)
        assert len(helpers) == workers.default_count()
        process.send_signal(end)
        process.wait(20)
        assert b"Traceback" not in process.stderr.read()
        process.stdin.close()
    assert all(map(ends, helpers))
    with closing(sqlite3.connect(tmp_path / "eco.db")) as store:
        if store.execute("SELECT 1 FROM sqlite_master WHERE name = 'calls'").fetchone():  # it may have ended before it opened the store
            assert store.execute("SELECT count(*) FROM calls").fetchone() == (0,)


@pytest.mark.skipif(workers.default_count() == 0, reason="one processor: there is nobody to share with")
def test_whoever_starts_it_may_ignore_the_end_of_children(env: dict[str, str], tmp_path: Path) -> None:
    """As some supervisors do, and what they start inherits it."""
    data = b"".join(json.dumps(event(number)).encode() + b"\n" for number in range(6_000))
    ignored = lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # noqa: E731
    command = [sys.executable, "-m", "ecocli", "record", "--format", "ndjson"]
    done = subprocess.run(command, input=data, capture_output=True, env=env, cwd=tmp_path, preexec_fn=ignored)
    assert (done.returncode, done.stderr, done.stdout.count(b"\n")) == (0, b"", 6_000)
