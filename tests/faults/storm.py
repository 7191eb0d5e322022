"""
Everything at once, and `kill -9` at random: single records, pipes, imports, merges, undo, forget, backups and restores.

In the end each row is there that was acknowledged after the last restore, or is in the backup that was restored, and that
nobody took back; of each batch all is there or nothing.
"""

import json
import random
import signal
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock, Thread

from tests.faults.bench import CALL, TRACEBACK, Bench, Tally
from tests.import_helpers import claude_line, write

BATCH = 150
KILLED = 0.35
"""Share of the commands that are killed."""
LONGEST_S = 3.0
"""Time after which a command is killed at the latest; most are done before."""
RESTORE_EVERY_S = 4.0
STORED = "SELECT call_id FROM calls UNION ALL SELECT call_id FROM withdrawn_calls WHERE lifted_at_ms IS NULL"


@dataclass
class Done:
    """A command that ended."""

    began_s: float
    ended_s: float
    ids: frozenset[str] = frozenset()
    """What it was to store, or of a restore the content of the backup."""
    is_acknowledged: bool = True


@dataclass
class Storm:
    """What happened, from many threads."""

    bench: Bench
    seed: int
    ends_s: float
    tally: Tally
    stored: list[Done] = field(default_factory=list)
    batches: list[frozenset[str]] = field(default_factory=list)
    restores: list[Done] = field(default_factory=list)
    forgotten: set[str] = field(default_factory=set)
    backup: tuple[Path, frozenset[str]] | None = None
    counts: Counter[str] = field(default_factory=Counter)
    lock: Lock = field(default_factory=Lock)

    def run(self, what: str, rng: random.Random, *arguments: str, input: bytes | None = None) -> Done:
        """A command, killed or not. Whatever is refused, or ends with a traceback, is a loss."""
        begin_s = time.monotonic()
        process = self.bench.start(*arguments, stdin=subprocess.PIPE if input is not None else subprocess.DEVNULL)
        patience_s = rng.uniform(0, LONGEST_S) if rng.random() < KILLED else 120
        try:
            out, err = process.communicate(input, timeout=patience_s)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
        code = process.returncode
        with self.lock:
            self.tally.rounds += 1
            self.counts[f"{what}{'' if code == 0 else ', killed'}"] += 1
            self.tally.expect(code in (0, -signal.SIGKILL) and TRACEBACK not in err, f"{what}: {code} {err.decode()} {out[:200]!r}")
        return Done(begin_s, time.monotonic(), is_acknowledged=code == 0)

    def keep(self, done: Done, ids: frozenset[str]) -> None:
        done.ids = ids
        with self.lock:
            self.stored.append(done)
            self.tally.acknowledged += len(ids) if done.is_acknowledged else 0
            if len(ids) > 1:
                self.batches.append(ids)


def storm(bench: Bench, seconds: float, seed: int = 0) -> Tally:
    """All of it for so long, then the look at what is there."""
    bench.run("record", *CALL, "--id", "first")
    found = Storm(bench, seed, time.monotonic() + seconds, Tally(f"a storm of {seconds:.0f} s, with kill -9"))
    actors = (_single, _single, _pipe, _pipe_in_batches, _import, _merge, _undo, _forget, _restore)
    threads = [Thread(target=_act, args=(found, actor, number)) for number, actor in enumerate(actors)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    _look(found)
    found.tally.name += f": {dict(sorted(found.counts.items()))}"
    return found.tally


def _act(found: Storm, actor: Callable[[Storm, random.Random, str], None], number: int) -> None:
    rng, turn = random.Random(found.seed * 100 + number), 0
    while time.monotonic() < found.ends_s:
        turn += 1
        actor(found, rng, f"{number}-{turn}")


def _single(found: Storm, rng: random.Random, name: str) -> None:
    found.keep(found.run("record", rng, "record", *CALL, "--id", f"s{name}"), frozenset([f"s{name}"]))


def _events(name: str) -> tuple[frozenset[str], bytes]:
    ids = [f"{name}-{at}" for at in range(BATCH)]
    return frozenset(ids), "".join(json.dumps({"model": "gpt-4o", "prompt_tokens": 10, "completion_tokens": 5, "id": each}) + "\n" for each in ids).encode()


def _pipe(found: Storm, rng: random.Random, name: str) -> None:
    ids, data = _events(f"p{name}")
    found.keep(found.run("pipe", rng, "record", "-q", input=data), ids)


def _pipe_in_batches(found: Storm, rng: random.Random, name: str) -> None:
    ids, data = _events(f"b{name}")
    found.keep(found.run("pipe in batches", rng, "record", "-q", "--skip-invalid", input=data), ids)


def _import(found: Storm, rng: random.Random, name: str) -> None:
    folder = found.bench.folder / f"logs-{name}"
    write(folder / "log.jsonl", *(claude_line(f"i{name}-{at}", request=None) for at in range(BATCH)))
    found.keep(found.run("import", rng, "import", "claude-code", str(folder)), frozenset(f"i{name}-{at}" for at in range(BATCH)))


def _merge(found: Storm, rng: random.Random, name: str) -> None:
    ids, data = _events(f"m{name}")
    other = Bench(found.bench.folder, found.bench.env, f"other-{name}.db")
    process = other.start("record", "-q", stdin=subprocess.PIPE)
    process.communicate(data)
    found.keep(found.run("merge", rng, "merge", str(other.path)), ids)


def _undo(found: Storm, rng: random.Random, name: str) -> None:
    found.run("undo", rng, "undo", "--yes")
    time.sleep(rng.uniform(0.5, 2))


def _forget(found: Storm, rng: random.Random, name: str) -> None:
    time.sleep(rng.uniform(1, 3))
    with found.lock:
        known = [next(iter(done.ids)) for done in found.stored if done.is_acknowledged and len(done.ids) == 1]
        if not known:
            return
        chosen = rng.choice(known)
        found.forgotten.add(chosen)
    # where a restore took it away before, there is nothing to forget
    process = found.bench.start("forget", "--yes", "--id", chosen)
    _, err = process.communicate(timeout=120)
    with found.lock:
        found.counts["forget"] += 1
        found.tally.expect(process.returncode in (0, 3) or b"until it ends" in err, f"forget: {process.returncode} {err.decode()}")


def _restore(found: Storm, rng: random.Random, name: str) -> None:
    """A backup, what others do meanwhile, and the backup put in its place."""
    copy = found.bench.folder / f"copy-{name}.db"
    if found.run("backup", rng, "db", "backup", str(copy)).is_acknowledged:
        with closing(sqlite3.connect(copy)) as connection:
            found.backup = copy, frozenset(row[0] for row in connection.execute(STORED))
    time.sleep(rng.uniform(0, RESTORE_EVERY_S))
    if found.backup and time.monotonic() < found.ends_s:
        restored = found.run("restore", rng, "db", "restore", str(found.backup[0]))
        restored.ids = found.backup[1]
        found.restores.append(restored)


def _look(found: Storm) -> None:
    with closing(sqlite3.connect(found.bench.path)) as connection:
        counted = {row[0] for row in connection.execute("SELECT call_id FROM calls")}
        there = Counter(row[0] for row in connection.execute(STORED))
    for done in found.stored:
        later = [restore for restore in found.restores if restore.ended_s >= done.began_s]
        must = {each for each in done.ids if done.is_acknowledged and all(each in restore.ids for restore in later)}
        lost = must - there.keys() - found.forgotten
        found.tally.expect(not lost, f"acknowledged and gone: {len(lost)} of {len(done.ids)}, such as {sorted(lost)[:3]}")
    last = found.restores[-1] if found.restores else None
    if last and last.is_acknowledged:
        lost = set(last.ids) - there.keys() - found.forgotten
        found.tally.expect(not lost, f"in the backup and gone: {sorted(lost)[:3]}")
    for batch in found.batches:
        found.tally.expect(len(batch & there.keys()) in (0, len(batch)), f"half a batch: {len(batch & there.keys())} of {len(batch)}")
        found.tally.expect(len(batch & counted) in (0, len(batch)), f"half a batch counts: {len(batch & counted)} of {len(batch)}")
    twice = [each for each, times in there.items() if times > 1]
    found.tally.expect(not twice, f"twice: {twice[:3]}")
    found.tally.expect(found.bench.is_whole(), "integrity_check")
    checked = found.bench.run("db", "check", "--json")
    found.tally.expect(checked.returncode == 0, checked.stdout + checked.stderr)
