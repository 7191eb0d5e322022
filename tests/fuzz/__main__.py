"""
`python -m tests.fuzz [--seconds 600] [FOLDER]`: the strategies, guided by which code they reach.

Needs atheris (`pip install atheris`), which is not among the tests' requirements. What it finds it prints with the input.
"""

import argparse
import random
import sys
import tempfile
from pathlib import Path

LONGEST = 2048
SEEDS = 300


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description="Fuzz eco, guided by coverage.")
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("folder", nargs="?", default=None, help="where inputs that reach something new are kept")
    options = parser.parse_args()
    import atheris

    with atheris.instrument_imports(include=["ecocli"]):
        from ecocli.catalog.compiled import open_entries
        from ecocli.store import Store
        from tests.fuzz import guided
        from tests.fuzz.targets import Machine

    with tempfile.TemporaryDirectory() as scratch, Store.open(Path(scratch) / "eco.db") as store:
        machine = Machine(open_entries(None, Path(scratch)), store, Path(scratch))
        corpus = Path(options.folder or f"{scratch}/corpus")
        _seed(corpus)
        limits = [f"-max_total_time={options.seconds}", "-timeout=10", "-rss_limit_mb=2048", f"-max_len={LONGEST}", "-len_control=0", f"-artifact_prefix={corpus}/"]
        arguments = [sys.argv[0], *limits, str(corpus)]
        atheris.Setup(arguments, guided.target(machine))
        atheris.Fuzz()


def _seed(corpus: Path) -> None:
    """Something long enough to draw whole documents from."""
    corpus.mkdir(exist_ok=True)
    rng = random.Random(0)
    for number in range(SEEDS):
        (corpus / f"seed-{number}").write_bytes(rng.randbytes(rng.randrange(LONGEST)))


main()
