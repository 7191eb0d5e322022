"""Codex's token counters: of one call, and added up over a session."""

from collections.abc import Sequence
from typing import Any

from ecocli.errors import BadData
from ecocli.ingest import counters
from ecocli.ingest import fields as f

SPELLINGS = {
    "input": ("input_tokens", "prompt_tokens", "input"),
    "cached": ("cached_input_tokens", "cache_read_input_tokens", "cached_tokens"),
    "output": ("output_tokens", "completion_tokens", "output"),
    "reasoning": ("reasoning_output_tokens", "reasoning_tokens"),
    "written": ("cache_write_input_tokens", "cache_creation_input_tokens"),
}
"""Each counter with the names that versions of Codex gave it; input holds what was cached, output the reasoning."""
KNOWN = frozenset((*(name for names in SPELLINGS.values() for name in names), "total_tokens"))
_FIRST = tuple(names[0] for counter, names in SPELLINGS.items() if counter != "written")
NOTHING = [0, 0, 0, 0]
Counts = list[int | None]
"""Input, cached, output and reasoning, each None where the log does not tell it; of a call also what it wrote to the cache."""


def counts(info: dict[str, Any], name: str) -> Counts:
    """The five counters of a usage object."""
    usage = f.section(info, name)
    plain = [usage.get(first) for first in _FIRST]
    if all(type(one) is int and one >= 0 for one in plain):
        return [*plain, f.count(info, *(f"{name}.{spelling}" for spelling in SPELLINGS["written"])) if usage.keys() & SPELLINGS["written"] else None]
    return [f.count(info, *(f"{name}.{spelling}" for spelling in spellings)) for spellings in SPELLINGS.values()]


def notes(usage: Any) -> list[str]:
    """Assumptions about numbers in a usage object that are none of its counters."""
    if not isinstance(usage, dict) or usage.keys() <= KNOWN:
        return []
    return counters.numbers(usage, KNOWN, "usage")


def of_event(info: dict[str, Any], before: list[int] | None, last_before: Counts | None) -> tuple[list[int], list[int], int | None]:
    """
    The totals after an event, this call's part of them, and what the call wrote to the cache, where that is told.

    What totals or part leave out follows from the other. An event that repeats the one before has no part.

    Args:
        before: The totals before.
        last_before: The part of the event before.
    """
    total, last = counts(info, "total_token_usage")[:4], counts(info, "last_token_usage")
    known = before or NOTHING
    if not _is_told(total) and not _is_told(last):
        raise BadData("no token counts: info holds neither total nor last usage")
    told = [(now, then) for now, then in zip(total, known, strict=True) if now is not None]
    if all(now == then for now, then in told) if told else last[:4] == last_before:
        return known, NOTHING, None
    base = NOTHING if began_anew(total, known) else known
    added = [now - then if now is not None else 0 for now, then in zip(total, base, strict=True)]
    parts = [part if part is not None else rest for part, rest in zip(last, added, strict=False)]
    return [now if now is not None else then + part for now, then, part in zip(total, base, parts, strict=True)], parts, last[4]


def sums(*counters: list[int]) -> list[int]:
    """Totals of some counters, each by itself."""
    return list(map(sum, zip(*counters, strict=True)))


def began_anew(total: Sequence[int | None], before: list[int]) -> bool:
    """True where a total is smaller than the one before."""
    return any(now is not None and now < then for now, then in zip(total, before, strict=True))


def _is_told(counters: Counts) -> bool:
    return counters[0] is not None or counters[2] is not None
