"""`python -m tests.faults [--full]`: every fault, round by round, with what was lost. Some minutes with --full."""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.faults import rounds
from tests.faults.bench import Bench
from tests.faults.storm import storm
from tests.program_environment import environment


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description="Stop eco in every way, and look for what is lost.")
    parser.add_argument("--full", action="store_true", help="64 processes, 200 kills, a storm of 60 s and more")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    losses = 0
    for tally in _all(options.full, options.seed):
        print(tally, flush=True)
        losses += len(tally.losses)
        print("".join(f"  {loss}\n" for loss in tally.losses), end="")
    return 1 if losses else 0


def _all(full: bool, seed: int):  # type: ignore[no-untyped-def]
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        env = environment(folder, folder / "cache")

        def bench(name: str) -> Bench:
            (folder / name).mkdir()
            return Bench(folder / name, env)

        begin = time.monotonic()
        yield rounds.first_runs(bench("first"), 20 if full else 1)
        yield rounds.at_once(bench("at-once"), *((64, 50) if full else (8, 5)))
        yield from rounds.killed(bench("killed"), 200 if full else 9, seed)
        yield rounds.interrupted(bench("interrupted"), 400 if full else 20, seed)
        yield rounds.damaged(bench("damaged"), 300 if full else 12, seed)
        yield storm(bench("storm"), 60 if full else 10, seed)
        print(f"{time.monotonic() - begin:.0f} s")


sys.exit(main())
