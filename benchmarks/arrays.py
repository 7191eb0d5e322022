"""
What an estimate costs, one call at a time and side by side in arrays.

    python -m benchmarks.arrays [CALLS]

CPU time of one process, best of several runs, for calls of 50 plans in a mixed order; with a concurrency that every call states, for fewer calls.
"""

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from ecocli.catalog.compiled import open_entries
from ecocli.catalog.models import search_models
from ecocli.catalog.regions import resolve_site
from ecocli.estimator import methods
from ecocli.estimator.figures import split
from ecocli.estimator.footprint import spent
from ecocli.estimator.plan import Plan
from ecocli.estimator.table import Calls, PlanTable, estimate_arrays

PLANS, SINGLE, STATED, RUNS = 50, 100_000, 10_000, 5
NOON_MS = 1_780_315_200_000


def main(count: int = 1_000_000) -> None:
    for method in methods.PACKAGES:
        print(method)
        _compare(_plans(method), count)


def _plans(method: str) -> list[Plan]:
    package = methods.package(method)
    constants = package.constants_for("open_host") if hasattr(package, "constants_for") else package.CONSTANTS
    with TemporaryDirectory() as folder:
        catalog = open_entries(None, Path(folder))
        site = resolve_site(catalog, "aws", "us-east-1", fallback=False).spec
        models = [each.spec for each in search_models(catalog)]
    return [package.make(models[at * len(models) // PLANS], site, constants, 1.0, NOON_MS) for at in range(PLANS)]


def _compare(plans: list[Plan], count: int) -> None:
    random = np.random.default_rng(1)
    index, inputs, outputs = random.integers(0, PLANS, count), random.integers(1, 20_000, count), random.integers(1, 3_000, count)
    cached = (inputs * random.random(count)).astype(np.int64)
    table, calls = PlanTable(plans), Calls(input_tokens=inputs, output_tokens=outputs, cached_tokens=cached)
    single = [(plans[at], *each) for at, *each in zip(*(column[:SINGLE].tolist() for column in (index, inputs, cached, outputs)), strict=True)]
    few = min(count, STATED)
    stated = replace(calls.block(slice(few)), concurrency=random.uniform(1, 500, few))

    def one_by_one() -> None:
        for plan, input_tokens, cached_tokens, output_tokens in single:
            spent(plan, split(input_tokens, cached_tokens, output_tokens))

    print(f"one by one: {_best(one_by_one) / len(single) * 1e6:.2f} µs a call")
    print(f"in arrays: {_best(lambda: estimate_arrays(table, index, calls)) / count * 1e6:.2f} µs a call")
    print(f"in arrays, with concurrencies: {_best(lambda: estimate_arrays(table, index[:few], stated)) / few * 1e6:.2f} µs a call")


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
