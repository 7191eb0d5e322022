"""Processes that meet, and processes that are stopped, at random moments; what was acknowledged is there afterwards."""

import json
import random
import shutil
import signal
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.faults.bench import CALL, TRACEBACK, Bench, Tally, acknowledged
from tests.import_helpers import claude_line, write

BULK = 2000
LOGS, LOG_CALLS = 3, 800
QUIET_CODES = (0, 130, -signal.SIGINT)
"""Done before, interrupted, or stopped by the system before Python was there to answer."""


def at_once(bench: Bench, processes: int, records: int) -> Tally:
    """Many processes record one call after another into one file."""
    tally = Tally(f"{processes} processes x {records} records at once")
    running = [bench.start_recorder(f"p{number}", records) for number in range(processes)]
    for process in running:
        out, err = process.communicate(timeout=600)
        tally.rounds += 1
        tally.acknowledged += len(acknowledged(out))
        tally.expect((process.returncode, err) == (0, b""), f"{process.returncode}: {err!r}")
    expected = {f"p{number}-{at}" for number in range(processes) for at in range(records)}
    tally.expect(Counter(bench.ids()) == Counter(expected), f"{len(bench.ids())} of {len(expected)} records")
    tally.expect(bench.is_whole(), "integrity_check")
    return tally


def first_runs(bench: Bench, rounds: int, processes: int = 16) -> Tally:
    """Nothing is there yet, and all of them want to make it."""
    tally = Tally(f"{processes} first runs at once")
    for number in range(rounds):
        fresh = Bench(bench.folder, bench.env, f"first-{number}.db")
        running = [fresh.start("record", *CALL, "--id", f"p{one}") for one in range(processes)]
        ended = [(process.communicate(timeout=120), process.returncode) for process in running]
        tally.rounds += 1
        tally.acknowledged += sum(len(acknowledged(out)) for (out, _), _ in ended)
        tally.losses += [f"{code}: {err!r}" for (_, err), code in ended if code or err]
        tally.expect(sorted(fresh.ids()) == sorted(f"p{one}" for one in range(processes)), fresh.ids())
    return tally


def killed(bench: Bench, rounds: int, seed: int = 0) -> list[Tally]:
    """`kill -9` while single calls, many at once and logs are recorded, in turns."""
    tallies = [Tally(f"kill -9 during {kind}") for kind in ("single records", "bulk", "import")]
    ways = [_kill_single, _kill_bulk, _kill_import]
    rng, longest_s = random.Random(seed), [_seconds(bench, way) for way in ways]
    for number in range(rounds):
        way = number % len(ways)
        ways[way](bench, f"r{number}", rng.uniform(0, longest_s[way]), tallies[way])
        tallies[way].rounds += 1
        tallies[way].expect(bench.is_whole(), f"round {number}: integrity_check")
    return tallies


def _seconds(bench: Bench, way: Callable[..., None]) -> float:
    """How long one takes that is not stopped."""
    begin = time.monotonic()
    way(bench, f"undisturbed{way.__name__}", None, Tally(""))
    return time.monotonic() - begin


def _end(process: Any, after_s: float | None) -> bytes:
    """What it printed before it was killed, if it was."""
    if after_s is not None:
        time.sleep(after_s)
        process.kill()
    out, err = process.communicate(timeout=120)
    assert TRACEBACK not in err, err
    return bytes(out)


def _kill_single(bench: Bench, name: str, after_s: float | None, tally: Tally) -> None:
    answered = acknowledged(_end(bench.start_recorder(name, 40), after_s))
    tally.acknowledged += len(answered)
    lost = set(answered) - set(bench.ids())
    tally.expect(not lost, f"{name}: acknowledged and gone: {lost}")


def _kill_bulk(bench: Bench, name: str, after_s: float | None, tally: Tally) -> None:
    file = bench.folder / "bulk.ndjson"
    event = {"model": "gpt-4o", "prompt_tokens": 10, "completion_tokens": 5}
    file.write_text("".join(json.dumps(event | {"id": f"{name}-{at}"}) + "\n" for at in range(BULK)))
    answered = acknowledged(_end(bench.start("record", "--input", str(file)), after_s))
    tally.acknowledged += len(answered)
    stored = sum(one.startswith(f"{name}-") for one in bench.ids())
    tally.expect(stored == BULK if answered else stored in (0, BULK), f"{name}: {stored} of {BULK} stored, {len(answered)} acknowledged")


def _kill_import(bench: Bench, name: str, after_s: float | None, tally: Tally) -> None:
    """Of each log all calls are there or none; the next import brings what is missing, and nothing twice."""
    folder = bench.folder / f"logs-{name}"
    for log in range(LOGS):
        write(folder / f"{log}.jsonl", *(claude_line(f"{name}-{log}-{at}", request=None) for at in range(LOG_CALLS)))
    out = _end(bench.start("import", "claude-code", str(folder)), after_s)
    for log in range(LOGS):
        stored = sum(one.startswith(f"{name}-{log}-") for one in bench.ids())
        tally.expect(stored == LOG_CALLS if out else stored in (0, LOG_CALLS), f"{name}: {stored} of {LOG_CALLS} of log {log}")
    again = bench.run("import", "claude-code", str(folder))
    stored = Counter(one for one in bench.ids() if one.startswith(f"{name}-"))
    tally.expect(again.returncode == 0 and len(stored) == stored.total() == LOGS * LOG_CALLS, f"{name}: {stored.total()} in the end")
    tally.acknowledged += stored.total()
    shutil.rmtree(folder)


def interrupted(bench: Bench, rounds: int, seed: int = 0) -> Tally:
    """Ctrl-C at random moments, every second one within the first 0.1 s: exit 130 without a word, or done before it."""
    tally, rng = Tally("Ctrl-C at random moments"), random.Random(seed)
    for number in range(rounds):
        # asked for every warning, Python tells of a module's file that was open when it was interrupted
        process = bench.start("record", *CALL, "--id", f"i{number}", variables={"PYTHONWARNINGS": ""})
        time.sleep(rng.uniform(0, 0.1 if number % 2 else 0.5))
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        tally.rounds += 1
        tally.acknowledged += len(acknowledged(out))
        tally.expect(set(acknowledged(out)) <= set(bench.ids()), f"round {number}: acknowledged and gone")
        quiet = process.returncode in QUIET_CODES and not err
        tally.expect(quiet or _is_before_eco(err), f"round {number}: {process.returncode} {err.decode()}")
    return tally


def _is_before_eco(err: bytes) -> bool:
    """Python was still starting: nobody but Python can answer, and it does so with a traceback of its own files."""
    return b"KeyboardInterrupt" in err and b"ecocli/" not in err.replace(b"ecocli/__init__.py", b"") and b"typer" not in err


def damaged(bench: Bench, rounds: int, seed: int = 0) -> Tally:
    """Random bytes in the file: an answer or exit 5, never a traceback, never a hang."""
    tally, rng = Tally("random bytes in the file"), random.Random(seed)
    bench.run("record", *CALL, "--tag", "a=b", "--id", "known")
    bench.run("record", "--input", str(_many(bench.folder)))
    with bench.path.open("rb") as stream:
        sound = stream.read()
    commands = [("history",), ("summary",), ("record", *CALL), ("explain", "known"), ("history", "--all", "--full", "--format", "ndjson"), ("keys", "list")]
    for number in range(rounds):
        bench.path.write_bytes(sound)
        bench.damage(rng, rng.choice((1, 3, 20)))
        done = bench.run(*commands[number % len(commands)])
        tally.rounds += 1
        told = done.returncode == 0 or (done.returncode in (3, 5) and done.stderr.startswith(b"eco: "))
        tally.expect(told and TRACEBACK not in done.stderr, f"round {number}: {done}")
    return tally


def _many(folder: Path) -> Path:
    file = folder / "many.ndjson"
    event = {"model": "gpt-4o", "prompt_tokens": 10, "completion_tokens": 5, "tags": {"team": "blau"}}
    file.write_text("".join(json.dumps(event | {"id": str(at)}) + "\n" for at in range(200)))
    return file
