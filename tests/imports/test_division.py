"""A long import that is divided ends as one that is not."""

import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ecocli.imports import division
from ecocli.imports import importer as importing
from ecocli.imports.found import Stretch
from ecocli.util import workers
from tests.cli_helpers import (
    Result,
    inside,  # noqa: F401 - a fixture
)
from tests.import_helpers import USER_LINE, claude_line, codex_count, codex_meta, codex_turn, lines, write
from tests.util.test_workers import rows

pytestmark = pytest.mark.skipif(not hasattr(workers.os, "fork"), reason="this system cannot divide a process")

COMPACTION = {"iterations": [{"type": "compaction", "input_tokens": 5, "output_tokens": 6}]}


def of_chance(draw: random.Random, number: int) -> bytes:
    """A line of a log as it comes, now and then as it should not."""
    known = draw.randrange(max(1, number))
    choices: list[Any] = [
        claude_line(f"msg_{number}", draw.randrange(2_000)),
        claude_line(f"msg_{known}", draw.randrange(4_000)),
        claude_line(f"msg_{number}", cwd=None, gitBranch=None, sessionId=None, timestamp=None),
        claude_line(f"msg_{known}", 9, requestId=f"req_{number}", isSidechain=True),
        claude_line(None, 7),
        claude_line(f"msg_{number}", usage=COMPACTION),
        claude_line(f"msg_{number}", usage={"output_tokens": -1}),
        claude_line(f"msg_{number}", usage={"input_tokens": 10**12}),  # with the caches more than a call can have
        {"usage": 1},
    ]
    weights = [40, 20, 5, 5, 2, 2, 1, 1, 1]
    body = draw.choices([*choices, USER_LINE], [*weights, 20])[0]
    line = lines(body).rstrip(b"\n")
    return line[: draw.randrange(len(line))] if draw.random() < 0.01 else line


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    """Some files of several chunks, the last of them ending in the middle of a line."""
    draw = random.Random(11)
    folder = tmp_path / "projects" / "p"
    folder.mkdir(parents=True)
    for name in ("a", "b", "c"):
        text = b"\n".join(of_chance(draw, number) for number in range(1_200))
        (folder / f"{name}.jsonl").write_bytes(text[:-5] if name == "c" else text + b"\n")
    return folder.parent


@pytest.fixture
def imported(inside: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[Result, list[Any]]]:
    monkeypatch.setattr("ecocli.imports.lines.CHUNK_BYTES", 20_000)
    monkeypatch.setattr(division, "LONG_BYTES", 100_000)
    monkeypatch.setattr(importing, "BATCH", 300)

    def run(count: int, path: Path, source: str = "claude-code", exit_code: int = 4) -> tuple[Result, list[Any]]:
        monkeypatch.setattr(workers, "useful", lambda: count)
        db = tmp_path / f"{count}.db"
        result = inside("--db", str(db), "import", source, str(path), "--json", exit_code=exit_code)
        return result, rows(db)

    return run


def test_whatever_the_logs_hold(imported, logs):
    alone, shared = imported(0, logs), imported(2, logs)
    assert shared == alone
    [counts] = shared[0].json["sources"]
    assert counts["new"] > 1_000 and min(counts[name] for name in ("duplicates", "rejected", "unfinished")) > 0


def test_the_next_import_goes_on_where_the_divided_one_stopped(imported, logs):
    for count in (0, 2):
        imported(count, logs)
    with (logs / "p" / "a.jsonl").open("ab") as log:
        log.write(b"".join(lines(claude_line(f"late_{number}", number)) for number in range(500)))
    alone, shared = (imported(count, logs, exit_code=0) for count in (0, 2))
    assert shared == alone
    assert sum("late_" in str(row) for row in shared[1]) == 500


def test_workers_find_out_all_that_lines_say(imported, logs, monkeypatch):
    made: list[Any] = []
    done = workers.Workers.done
    monkeypatch.setattr(workers.Workers, "done", lambda pool, tasks: (made.append(one[1]) or one for one in done(pool, tasks)))
    imported(2, logs)
    assert made and None not in made


def test_a_log_that_is_another_file_by_now_is_read_by_the_one_who_opened_it(imported, logs, monkeypatch):
    """Rotated between the opening and a worker's reading: what was opened counts."""
    alone = imported(0, logs)
    opened = division.Division._tell

    def replaced(self: division.Division, stream: Any, chunks: Any) -> Any:
        path = Path(stream.name)
        data = path.read_bytes()
        path.unlink()
        path.write_bytes(b"\n".join(b"{}" for _ in data.splitlines()))
        yield from opened(self, stream, chunks)

    monkeypatch.setattr(division.Division, "_tell", replaced)
    assert imported(2, logs)[1] == alone[1]


@pytest.fixture
def short_logs(tmp_path: Path) -> Path:
    """Sessions of a week, each of them too short to be shared."""
    folder = tmp_path / "short" / "p"
    for number in range(60):
        turns = [claude_line(f"msg_{number}_{turn}", 10 + turn, f"req_{number}_{turn}", sessionId=f"s{number}") for turn in range(15)]
        write(folder / f"s{number:02}.jsonl", USER_LINE, *turns)
    return folder.parent


def test_workers_go_on_from_log_to_log(imported, short_logs, monkeypatch):
    found: list[Any] = []
    asked = division.Division._found
    monkeypatch.setattr(division.Division, "_found", lambda own, place: (found.append(asked(own, place)) or found[-1]))
    alone, shared = (imported(count, short_logs, exit_code=0) for count in (0, 2))
    assert shared == alone
    assert len(shared[1]) == 900
    assert len(found) > 30 and all(isinstance(said, Stretch) for _, said in found)


def test_a_log_that_has_grown_since_workers_looked_at_it(imported, short_logs, monkeypatch):
    """What they found of it does not reach to its end any more, or to the same one."""
    read = importing.Importer._read

    def later(own: importing.Importer, number: int, file: Any) -> Any:
        if number % 7 == 3 and b"late" not in file.path.read_bytes():
            with file.path.open("ab") as log:
                log.write(lines(claude_line(f"late_{number}", 7, f"late_{number}")))
        yield from read(own, number, file)

    monkeypatch.setattr(importing.Importer, "_read", later)
    _, shared = imported(2, short_logs, exit_code=0)
    assert imported(0, short_logs, exit_code=0)[1] == shared
    assert sum("late_" in str(row) for row in shared) == len(range(3, 60, 7))


def test_a_log_that_is_gone_when_its_turn_comes(imported, short_logs, monkeypatch):
    coming = importing.Importer._coming

    def gone(own: importing.Importer, number: int) -> Any:
        for one in coming(own, number):
            yield one
            one[1].path.unlink()

    monkeypatch.setattr(importing.Importer, "_coming", gone)
    result, _ = imported(2, short_logs, exit_code=4)
    assert result.json["sources"][0]["rejected"] > 0 and "Traceback" not in result.stderr


def test_a_worker_that_dies_loses_nothing(imported, logs, monkeypatch):
    alone = imported(0, logs)
    told = division.Division._work

    def dies(self: division.Division) -> Any:
        work, done = told(self), []

        def until_the_fifth(task: Any) -> Any:
            done.append(task)
            if len(done) == 5:
                workers.os._exit(1)
            return work(task)

        return until_the_fifth

    monkeypatch.setattr(division.Division, "_work", dies)
    assert imported(2, logs) == alone


def test_a_worker_that_dies_when_the_importer_has_worked_ahead(imported, logs, monkeypatch):
    alone = imported(0, logs)

    def dies(self: division.Division) -> Any:
        return lambda task: time.sleep(0.5) or workers.os._exit(1)

    monkeypatch.setattr(division.Division, "_work", dies)
    assert imported(1, logs) == alone


def test_another_tools_logs(imported, tmp_path):
    """Without a `told` of its own a source has at least its calls assessed by workers."""
    counts = (codex_count(number, 1, f"2026-04-01T10:{number // 60 % 60:02}:{number % 60:02}.{number // 3_600:03}Z") for number in range(1, 2_001))
    write(tmp_path / "sessions" / "rollout-1.jsonl", codex_meta("one"), codex_turn(), *counts)
    alone, shared = (imported(count, tmp_path / "sessions", "codex", exit_code=0) for count in (0, 2))
    assert shared == alone
    assert len(shared[1]) == 2_000
