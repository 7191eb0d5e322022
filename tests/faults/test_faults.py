"""
The short form of `python -m tests.faults --full`, and faults that need no chance.

Files of a newer eco, of another program, folders in a file's place and files without permission are in `test_store.py`.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ecocli.catalog.entries import Entries
from ecocli.ingest.reading import Fill, Reading
from ecocli.pipeline.assessment import Assessor
from ecocli.pipeline.recording import record
from ecocli.store import Store
from tests.faults import rounds
from tests.faults.bench import CALL, TRACEBACK, Bench, Tally
from tests.faults.disks import limit_files, mount, small_disk
from tests.faults.storm import storm

DAY_MS = 86_400_000
at_length = pytest.mark.faults


@pytest.fixture
def bench(env: dict[str, str], tmp_path: Path) -> Bench:
    return Bench(tmp_path, env)


def nothing_lost(tally: Tally) -> bool:
    assert tally.losses == []
    return tally.rounds > 0


# By chance


@at_length
def test_many_at_once(bench: Bench) -> None:
    assert nothing_lost(rounds.at_once(bench, 8, 5))


@at_length
def test_sixteen_first_runs(bench: Bench) -> None:
    assert nothing_lost(rounds.first_runs(bench, 1))


@at_length
def test_kill_9(bench: Bench) -> None:
    assert all(map(nothing_lost, rounds.killed(bench, 9)))


@at_length
def test_ctrl_c(bench: Bench) -> None:
    assert nothing_lost(rounds.interrupted(bench, 20))


@at_length
def test_random_bytes(bench: Bench) -> None:
    assert nothing_lost(rounds.damaged(bench, 18))


@at_length
def test_a_storm(bench: Bench) -> None:
    """`ECO_STORM_S=60` makes it a long one."""
    assert nothing_lost(storm(bench, float(os.environ.get("ECO_STORM_S", "10"))))


# Full and read-only disks


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    try:
        with small_disk(tmp_path / "disk", "3m") as folder:
            yield folder
    except OSError as error:
        pytest.skip(str(error))


def events(folder: Path, number: int) -> str:
    file = folder / "events.ndjson"
    event = {"model": "gpt-4o", "prompt_tokens": 10, "completion_tokens": 5}
    file.write_text("".join(json.dumps(event | {"id": f"e{at}"}) + "\n" for at in range(number)))
    return str(file)


def refused(done: "subprocess.CompletedProcess[bytes]", bench: Bench, before: list[str]) -> str:
    """Exit 5, nothing acknowledged, nothing stored, the file whole; what was said."""
    assert (done.returncode, done.stdout) == (5, b"")
    assert TRACEBACK not in done.stderr
    assert bench.ids() == before
    assert bench.is_whole()
    return done.stderr.decode()


@at_length
def test_a_file_that_may_not_grow(bench: Bench) -> None:
    bench.run("record", *CALL, "--id", "before")
    bulk = events(bench.folder, 5000)
    done = bench.run("record", "-q", "--input", bulk, preexec_fn=lambda: limit_files(1 << 20))
    assert "check the disk and its free space" in refused(done, bench, ["before"])
    done = bench.run("record", "--input", bulk, preexec_fn=lambda: limit_files(1 << 20))  # answers wait in a file, too
    assert "no room left" in refused(done, bench, ["before"])
    assert bench.run("record", "--input", bulk).returncode == 0
    assert len(bench.ids()) == 5001


@at_length
def test_a_full_disk(bench: Bench, disk: Path) -> None:
    full = Bench(bench.folder, bench.env, "disk/eco.db")
    full.run("record", *CALL, "--id", "before")
    done = full.run("record", "--input", events(bench.folder, 20_000))
    assert "no room left on the disk" in refused(done, full, ["before"])
    assert full.run("record", *CALL, "--id", "after").returncode == 0


@at_length
def test_no_room_even_for_one(bench: Bench, disk: Path) -> None:
    full = Bench(bench.folder, bench.env, "disk/eco.db")
    full.run("record", *CALL, "--id", "before")
    with (disk / "rest").open("wb", buffering=0) as rest, pytest.raises(OSError, match="No space left"):
        while True:
            rest.write(bytes(4096))
    done = full.run("record", *CALL, "--id", "after")
    assert done.returncode == 5
    (disk / "rest").unlink()
    assert full.ids() == ["before"] and full.is_whole()


@at_length
def test_a_read_only_disk(bench: Bench, disk: Path) -> None:
    sealed = Bench(bench.folder, bench.env, "disk/eco.db")
    sealed.run("record", *CALL, "--id", "before")
    mount("-o", "remount,ro", str(disk))
    done = sealed.run("record", *CALL)
    assert (done.returncode, done.stdout) == (5, b"")
    assert b"is in a folder that cannot be written" in done.stderr


# Locks


HOLD = """
import sqlite3, sys, time
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN EXCLUSIVE")
print("locked", flush=True)
time.sleep(float(sys.argv[2]))
"""


@at_length
@pytest.mark.parametrize(("patience_s", "code"), [("0.1", 5), ("30", 0)])
def test_a_lock_of_another_process(bench: Bench, patience_s: str, code: int) -> None:
    bench.run("record", *CALL, "--id", "before")
    other = bench.start(str(bench.path), "2", command=[sys.executable, "-c", HOLD])
    assert other.stdout.readline() == b"locked\n"
    done = bench.run("record", *CALL, "--id", "after", variables={"ECO_BUSY_TIMEOUT": patience_s})
    assert done.returncode == code, done
    other.communicate()
    assert set(bench.ids()) == ({"before"} if code else {"before", "after"})


# The clock


def test_a_clock_that_is_set_back(catalog: Entries, tmp_path: Path) -> None:
    """Every call is kept under an id of its own, and history goes by what the clock said."""
    now_ms, call = 1_767_225_600_000, Reading({"model": "gpt-4o", "prompt_tokens": 1, "completion_tokens": 1})
    moments = [now_ms, now_ms - DAY_MS, *[now_ms] * 200, now_ms - 1]
    with Store.open(tmp_path / "eco.db") as store:
        for moment in moments:
            with store.transaction():
                list(record([call], Assessor(catalog), Fill(), moment, store, None))
        found = list(store.rows())
    assert len({one.call_id for one in found}) == len(moments)
    assert [one.started_at_ms for one in found] == sorted(moments, reverse=True)


# Readers that go away


@at_length
@pytest.mark.parametrize("command", ["models list", "regions list", "history --limit 1000", "formats", "--help", "models list --json"])
def test_head_ends_any_command_quietly(bench: Bench, command: str) -> None:
    line = f"{sys.executable} -m ecocli {command} | head -n 1; exit ${{PIPESTATUS[0]}}"
    done = bench.run("-c", line, command=["bash"])
    assert done.returncode in (0, 141)
    assert done.stderr == b""
