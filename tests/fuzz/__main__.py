"""
`python -m tests.fuzz [--seconds 600] [FOLDER]`: the strategies, guided by which code they reach.

Needs atheris (`pip install atheris`), which is not among the tests' requirements. What it finds it prints with the input.
"""

import argparse
import sys
import tempfile
from pathlib import Path


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
        corpus = options.folder or f"{scratch}/corpus"
        Path(corpus).mkdir(exist_ok=True)
        arguments = [sys.argv[0], f"-max_total_time={options.seconds}", "-timeout=10", "-rss_limit_mb=2048", "-max_len=8192", corpus]
        atheris.Setup(arguments, guided.target(machine))
        atheris.Fuzz()


main()
