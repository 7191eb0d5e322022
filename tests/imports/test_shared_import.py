"""A long import that several processes share ends as one that a single process does."""

import os
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ecocli.imports import importer as importing
from ecocli.imports import shared_reading
from ecocli.imports.reading import ReadPortion
from ecocli.util import workers
from tests.cli_helpers import (
    Result,
    inside,  # noqa: F401 - a fixture
)
from tests.import_helpers import USER_LINE, claude_line, codex_count, codex_meta, codex_turn, lines, write
from tests.pipeline.test_run import rows

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
    """Some files of several portions, the last of them ending in the middle of a line."""
    draw = random.Random(11)
    folder = tmp_path / "projects" / "p"
    folder.mkdir(parents=True)
    for name in ("a", "b", "c"):
        text = b"\n".join(of_chance(draw, number) for number in range(1_200))
        (folder / f"{name}.jsonl").write_bytes(text[:-5] if name == "c" else text + b"\n")
    return folder.parent


@pytest.fixture
def imported(inside: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[Result, list[Any]]]:
    monkeypatch.setattr("ecocli.imports.lines.PORTION_BYTES", 20_000)
    monkeypatch.setattr(importing, "LONG_BYTES", 100_000)
    monkeypatch.setattr(importing, "BATCH", 300)

    def run(count: int, path: Path, source: str = "claude-code", exit_code: int = 4) -> tuple[Result, list[Any]]:
        monkeypatch.setattr(workers, "default_count", lambda: count)
        db = tmp_path / f"{count}.db"
        result = inside("--db", str(db), "import", source, str(path), "--json", exit_code=exit_code)
        return result, rows(db)

    return run


def test_whatever_the_logs_hold(imported, logs):
    alone, shared = imported(0, logs), imported(2, logs)
    assert shared == alone
    [counts] = shared[0].json["sources"]
    assert counts["new"] > 1_000 and min(counts[name] for name in ("duplicates", "rejected", "unfinished")) > 0


def test_the_next_import_goes_on_where_the_shared_one_stopped(imported, logs):
    for count in (0, 2):
        imported(count, logs)
    with (logs / "p" / "a.jsonl").open("ab") as log:
        log.write(b"".join(lines(claude_line(f"late_{number}", number)) for number in range(500)))
    alone, shared = (imported(count, logs, exit_code=0) for count in (0, 2))
    assert shared == alone
    assert sum("late_" in str(row) for row in shared[1]) == 500


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The result of each portion, in order."""
    made: list[Any] = []
    done = workers.Workers.done
    monkeypatch.setattr(workers.Workers, "done", lambda pool, tasks: (made.append(one[1]) or one for one in done(pool, tasks)))
    return made


def test_portions_are_read_apart(imported, short_logs, read):
    imported(2, short_logs, exit_code=0)
    assert len(read) > 30 and all(isinstance(one, ReadPortion) for one in read)


def test_portions_with_faults_are_read_by_the_importer(imported, logs, read):
    imported(2, logs)
    assert None in read and any(isinstance(one, ReadPortion) for one in read)


def test_a_log_that_is_another_file_by_now_is_read_by_the_one_who_opened_it(imported, logs, monkeypatch):
    """Rotated between the opening and a worker's reading: what was opened counts."""
    alone = imported(0, logs)
    opened = shared_reading.SharedReading._portions

    def replaced(own: shared_reading.SharedReading, file: Any) -> Any:
        for task in opened(own, file):
            data = file.path.read_bytes() if task.is_first else b""
            if data:
                file.path.rename(file.path.with_suffix(".old"))
                file.path.write_bytes(b"\n".join(b"{}" for _ in data.splitlines()))
            yield task

    monkeypatch.setattr(shared_reading.SharedReading, "_portions", replaced)
    assert imported(2, logs)[1] == alone[1]


@pytest.fixture
def short_logs(tmp_path: Path) -> Path:
    """Sessions of a week, each of them too short to be shared."""
    folder = tmp_path / "short" / "p"
    for number in range(60):
        turns = [claude_line(f"msg_{number}_{turn}", 10 + turn, f"req_{number}_{turn}", sessionId=f"s{number}") for turn in range(15)]
        write(folder / f"s{number:02}.jsonl", USER_LINE, *turns)
    return folder.parent


def test_workers_go_on_from_log_to_log(imported, short_logs):
    alone, shared = (imported(count, short_logs, exit_code=0) for count in (0, 2))
    assert shared == alone
    assert len(shared[1]) == 900


def test_a_log_that_has_grown_since_it_was_looked_at(imported, short_logs, monkeypatch):
    """The portions end where they ended then; what came later is new the next time."""
    finish = importing.Importer._finish

    def later(own: importing.Importer, shared: Any) -> Any:
        path = shared.portion.file.path
        if int(path.stem[1:]) % 7 == 3 and b"late" not in path.read_bytes():
            with path.open("ab") as log:
                log.write(lines(claude_line(f"late_{path.stem}", 7, f"late_{path.stem}")))
        yield from finish(own, shared)

    with monkeypatch.context() as patched:
        patched.setattr(importing.Importer, "_finish", later)
        result, _ = imported(2, short_logs, exit_code=0)
    assert result.json["sources"][0]["new"] == 900
    again, shared = imported(2, short_logs, exit_code=0)
    grown = [path for path in short_logs.rglob("*.jsonl") if b"late" in path.read_bytes()]
    assert again.json["sources"][0]["new"] == len(grown) > 5
    alone = imported(0, short_logs, exit_code=0)[1]
    assert sorted(str(row[1:]) for row in alone) == sorted(str(row[1:]) for row in shared)  # but for the order of the rows


def test_a_log_that_is_gone_when_its_turn_comes(imported, short_logs, monkeypatch):
    alone = imported(0, short_logs, exit_code=0)
    opened = shared_reading.SharedReading._portions

    def gone(own: shared_reading.SharedReading, file: Any) -> Any:
        yield from opened(own, file)
        file.path.unlink()

    monkeypatch.setattr(shared_reading.SharedReading, "_portions", gone)
    assert imported(2, short_logs, exit_code=0)[1] == alone[1]


def test_a_worker_that_dies_loses_nothing(imported, logs, monkeypatch):
    alone = imported(0, logs)
    monkeypatch.setattr(shared_reading.SharedReading, "_reading", dying(after=5))
    assert imported(2, logs) == alone


def dying(after: int) -> Callable[..., Any]:
    """Readers that end their process, where that is a worker's, after so many portions."""
    reading, own_process = shared_reading.SharedReading._reading, os.getpid()

    def make(self: shared_reading.SharedReading) -> Any:
        read, done = reading(self), []

        def some(work: Any) -> Any:
            done.append(work)
            if len(done) == after and os.getpid() != own_process:
                time.sleep(0.5 if after == 1 else 0)
                os._exit(1)
            return read(work)

        return some

    return make


def test_a_worker_that_dies_when_the_importer_has_worked_ahead(imported, logs, monkeypatch):
    alone = imported(0, logs)
    monkeypatch.setattr(shared_reading.SharedReading, "_reading", dying(after=1))
    assert imported(1, logs) == alone


def test_a_log_whose_lines_depend_on_those_before_them(imported, tmp_path, monkeypatch, read):
    """A worker reads its beginning, and the importer the rest."""
    monkeypatch.setattr(shared_reading, "DEPENDENT_BYTES", 150_000)
    counts = (codex_count(number, 1, f"2026-04-01T10:{number // 60 % 60:02}:{number % 60:02}.{number // 3_600:03}Z") for number in range(1, 2_001))
    write(tmp_path / "sessions" / "rollout-1.jsonl", codex_meta("one"), codex_turn(), *counts)
    alone, shared = (imported(count, tmp_path / "sessions", "codex", exit_code=0) for count in (0, 2))
    assert shared == alone
    assert len(shared[1]) == 2_000
    assert [isinstance(one, ReadPortion) for one in read] == [True, *[False] * (len(read) - 1)]
    assert len(read) > 2


def test_forks_of_a_session_that_are_read_at_once(imported, tmp_path):
    """Which of them is a copy depends on the logs before: the importer looks again."""
    counts = [codex_count(number, 1, f"2026-04-01T10:{number // 60 % 60:02}:{number % 60:02}.000Z") for number in range(1, 301)]
    folder = tmp_path / "sessions"
    write(folder / "rollout-1.jsonl", codex_meta("one"), codex_turn(), *counts)
    for fork in range(2, 8):
        meta = codex_meta(f"fork-{fork}")
        meta["payload"]["forked_from_id"] = "one"
        write(folder / f"rollout-{fork}.jsonl", meta, codex_turn(), *counts, codex_count(300 + fork, 1, f"2026-04-01T12:00:0{fork}.000Z"))
    alone, shared = (imported(count, folder, "codex", exit_code=0) for count in (0, 2))
    assert shared == alone
    assert len(shared[1]) == 306
