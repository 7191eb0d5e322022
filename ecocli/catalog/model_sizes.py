"""Numbers of parameters that a model's name states."""

import re
from typing import NamedTuple

SIZE = re.compile(r"(?<![a-z0-9.])(?:([0-9]{1,3})x|[er])?([0-9]{1,4}(?:[.p][0-9]{1,2})?)([bmt])(?![a-z0-9])")
"""`13b`, `8x7b`, `0p5b`, `270m`, `1t`; `e4b` is Gemma's, for effective parameters, `r7b` Cohere's, for Command R7B."""
ACTIVE = re.compile(r"(?<![a-z0-9])a([0-9]{1,3}(?:[.p][0-9]{1,2})?)b(?![a-z0-9])")
EXPERTS = re.compile(r"(?<![a-z0-9])([0-9]{1,3})e(?![a-z0-9])")
UNITS_B = {"b": 1.0, "m": 1e-3, "t": 1e3}
LEAST_M = 10.0
"""`1m` to `10m` are context windows. [M]"""

SPARSE_FROM_B = 100.0
"""From this size on most open models are mixtures of experts. [B]"""
SPARSE_SCALE, SPARSE_EXPONENT, SPARSE_SPREAD = 0.332, 0.726, 2.0
"""
Active parameters of a mixture of experts in B: scale * (total in B) ** exponent, x/÷ spread. [B, 1, 1]

What 44 open mixtures show, as for closed models (METHODOLOGY, Models); of those from SPARSE_FROM_B on, 24 of 28 lie
within the spread.
"""
EXPERT_SCALE, EXPERT_EXPONENT = 1.12, 0.628
"""
Total of a mixture that states its active parameters and its number of experts: active * scale * experts ** exponent. [1]

By Llama 4: Scout 17B-16E has 108.6 B, Maverick 17B-128E 401.6 B.
"""
MANY_EXPERTS = 16


class StatedSize(NamedTuple):
    """Parameters stated by a model's name. [B]"""

    total_b: float
    active_b: float
    active_low_b: float
    active_high_b: float
    total_spread: float = 1.0
    """x/÷ of a total that is not stated but follows from the active part. [1]"""


def stated_size(name: str) -> StatedSize | None:
    """
    The size that a name states, or None.

    >>> stated_size("foo-13b")
    StatedSize(total_b=13.0, active_b=13.0, active_low_b=13.0, active_high_b=13.0, total_spread=1.0)
    >>> stated_size("foo-30b-a3b")
    StatedSize(total_b=30.0, active_b=3.0, active_low_b=3.0, active_high_b=3.0, total_spread=1.0)
    >>> size = stated_size("foo-200b")  # 0.332 * 200 ** 0.726
    >>> round(size.active_b, 1), size.active_high_b
    (15.5, 200.0)
    """
    name = name.lower().replace("_", "-")
    active_b, experts = _active(name), EXPERTS.search(name)
    for found in SIZE.finditer(name):
        total_b = _billions(found[2]) * UNITS_B[found[3]]
        if not 0 < total_b <= 20_000 or (found[3] == "m" and _billions(found[2]) <= LEAST_M) or (found[1] and not int(found[1])):
            continue
        if found[1]:
            return _experts(int(found[1]), total_b)
        if experts and int(experts[1]) >= MANY_EXPERTS:
            return _exactly(_by_experts(total_b, int(experts[1])), total_b)
        return _plain(total_b) if active_b is None or active_b > total_b else _exactly(total_b, active_b)
    return _active_alone(active_b) if active_b else None


def _active(name: str) -> float | None:
    found = ACTIVE.search(name)
    return _billions(found[1]) or None if found else None


def _billions(digits: str) -> float:
    return float(digits.replace("p", "."))


def _exactly(total_b: float, active_b: float) -> StatedSize:
    return StatedSize(total_b, active_b, active_b, active_b)


def _plain(total_b: float) -> StatedSize:
    """A total alone: dense where that is small; a large model is probably, but not certainly, a mixture of experts."""
    if total_b < SPARSE_FROM_B:
        return _exactly(total_b, total_b)
    active_b = SPARSE_SCALE * total_b**SPARSE_EXPONENT
    return StatedSize(total_b, active_b, active_b / SPARSE_SPREAD, total_b)


def _active_alone(active_b: float) -> StatedSize:
    """An active part alone: the total, to two digits, by the same line."""
    total_b = float(f"{max(active_b, (active_b / SPARSE_SCALE) ** (1 / SPARSE_EXPONENT)):.2g}")
    return _exactly(max(total_b, active_b), active_b)._replace(total_spread=SPARSE_SPREAD)


def _experts(count: int, expert_b: float) -> StatedSize:
    """
    Size of a name such as 8x7b, by Mixtral: 8x7B has 46.7 B of 56 in total and 12.9 B active, 8x22B 140.6 B of 176 and 39.1 B.

    With as many experts as Llama 4, which Ollama calls 16x17b and 128x17b, the number is the active part.
    """
    if count >= MANY_EXPERTS:
        return _exactly(_by_experts(expert_b, count), expert_b)
    total_b = 0.82 * count * expert_b
    return _exactly(total_b, min(total_b, 1.8 * expert_b))


def _by_experts(active_b: float, count: int) -> float:
    return float(active_b * EXPERT_SCALE * count**EXPERT_EXPONENT)  # [B]
