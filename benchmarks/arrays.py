"""
What an estimate costs, one call at a time and side by side in arrays.

    python -m benchmarks.arrays [CALLS]

CPU time of one process, best of several runs, for calls of 50 plans in a mixed order.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from ecocli.catalog.compiled import open_entries
from ecocli.catalog.models import search_models
from ecocli.catalog.regions import resolve_site
from ecocli.estimator.eco1 import CONSTANTS, make, spent, split
from ecocli.estimator.table import Calls, PlanTable, estimate_arrays

PLANS, SINGLE, RUNS = 50, 100_000, 5
NOON_MS = 1_780_315_200_000


def main(count: int = 1_000_000) -> None:
    with TemporaryDirectory() as folder:
        catalog = open_entries(None, Path(folder))
        site = resolve_site(catalog, "aws", "us-east-1", fallback=False).spec
        models = [each.spec for each in search_models(catalog)]
        plans = [make(models[at * len(models) // PLANS], site, CONSTANTS, 1.0, NOON_MS) for at in range(PLANS)]
    random = np.random.default_rng(1)
    index, inputs, outputs = random.integers(0, PLANS, count), random.integers(1, 20_000, count), random.integers(1, 3_000, count)
    cached = (inputs * random.random(count)).astype(np.int64)
    table, calls = PlanTable(plans), Calls(input_tokens=inputs, output_tokens=outputs, cached_tokens=cached)
    single = [(plans[at], *each) for at, *each in zip(*(column[:SINGLE].tolist() for column in (index, inputs, cached, outputs)), strict=True)]

    def one_by_one() -> None:
        for plan, input_tokens, cached_tokens, output_tokens in single:
            spent(plan, split(input_tokens, cached_tokens, output_tokens))

    print(f"one by one: {_best(one_by_one) / len(single) * 1e6:.2f} µs a call")
    print(f"in arrays: {_best(lambda: estimate_arrays(table, index, calls)) / count * 1e6:.2f} µs a call")


def _best(work: Callable[[], object]) -> float:
    """CPU time of the quickest of some runs. [s]"""
    times = []
    for _ in range(RUNS):
        begin = time.process_time()
        work()
        times.append(time.process_time() - begin)
    return min(times)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
