"""Held-out error of the batch-unknown law under every choice that was made while looking at the errors."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import numpy as np

from tools.fit import laws, solve, tables, targets


@contextmanager
def changed(module: object, name: str, value: object) -> Iterator[None]:
    """A module's constant set to another value for a while."""
    before = getattr(module, name)
    setattr(module, name, value)
    try:
        yield
    finally:
        setattr(module, name, before)


def prompts(factor: float, **other: float) -> dict[str, float]:
    return {task: other.get(task.split("-")[0], factor * tokens) for task, tokens in tables.PROMPT_TOKENS.items()}


CHOICES = [  # what is changed: module, constant, other value
    ("as published", laws, "DEGREE", laws.DEGREE),
    ("no recurrent state for Nemotron", laws, "STATE_GB", {}),
    ("code-completion prompt of 1 000 tokens", tables, "PROMPT_TOKENS", prompts(1, sourcegraph=1000)),
    ("code-completion prompt of 2 000 tokens", tables, "PROMPT_TOKENS", prompts(1, sourcegraph=2000)),
    ("all prompts / 3", tables, "PROMPT_TOKENS", prompts(1 / 3)),
    ("all prompts x 3", tables, "PROMPT_TOKENS", prompts(3)),
    ("2024 rows trained at 50 ms, too", targets, "OLD_ITL_MS", 50.0),
    ("every case weighs the same", solve, "series_weight", lambda series: np.ones(len(series))),
    ("k free, no throughput data", solve, "K_SPREAD", 7.0),
    ("gamma = 0", laws, "BYTES_EXPONENT", 0.0),
    ("gamma = 0.5", laws, "BYTES_EXPONENT", 0.5),
    ("gamma = 1", laws, "BYTES_EXPONENT", 1.0),
    ("degree 0.8", laws, "DEGREE", 0.8),
    ("degree 1.0", laws, "DEGREE", 1.0),
]


def text_cases(folder: Path) -> dict:
    every = targets.targets(tables.measurements(folder))
    return tables.subset(every, every["text"])


def held_out(folder: Path, law: Callable, hybrids: bool = True) -> dict[str, float]:
    """Statistics of the scored text cases, series held out."""
    cases = text_cases(folder)
    cases = tables.subset(cases, hybrids | (cases["series"] != "Nemotron"))
    errors = solve.hold_out(law, cases, cases["target"], laws.DECODE) + np.log(cases["target"] / cases["scored"])
    return solve.statistics(errors[~np.isnan(errors)])


def transformers_only(folder: Path, law: Callable) -> np.ndarray:
    """Held-out errors of all scored cases where state-space hybrids never enter a fit."""
    cases = text_cases(folder)
    hybrid = cases["series"] == "Nemotron"
    pure, mixed = tables.subset(cases, ~hybrid), tables.subset(cases, hybrid)
    logs = solve.fit(law, pure, pure["target"], laws.DECODE)
    seen = solve.hold_out(law, pure, pure["target"], laws.DECODE) + np.log(pure["target"] / pure["scored"])
    errors = np.r_[seen, np.log(law(logs, mixed) / mixed["scored"])]
    return errors[~np.isnan(errors)]


def sensitivity(folder: Path, prompt: dict) -> list[list]:
    """One row per changed choice, and one with every post-hoc help taken away at once."""
    law, rows = partial(laws.unknown_batch, prefill=prompt), []
    for label, module, name, value in CHOICES:
        with changed(module, name, value):
            rows.append([label, *held_out(folder, law).values()])
    chat, prompt_1000 = (
        changed(targets, "OLD_ITL_MS", 50.0),
        changed(tables, "PROMPT_TOKENS", prompts(1, sourcegraph=1000)),
    )
    with changed(laws, "STATE_GB", {}), prompt_1000, chat:
        rows.append(["no state, prompt of 1 000, 2024 rows at 50 ms", *held_out(folder, law).values()])
    with changed(laws, "STATE_GB", {}):
        rows.append(["hybrids neither fitted nor scored, no state", *held_out(folder, law, hybrids=False).values()])
        rows.append(
            ["hybrids not fitted but scored, no state", *solve.statistics(transformers_only(folder, law)).values()]
        )
    return rows
