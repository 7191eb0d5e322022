"""The usage object of Anthropic's messages: its counters, and the runs of the model that its own sums leave out."""

from collections.abc import Iterator
from typing import Any

from ecocli.core.usage import UNKNOWN_KIND
from ecocli.errors import shorten
from ecocli.ingest import counters
from ecocli.ingest import fields as f

SPELLINGS = {
    "input": ("input_tokens", "inputTokens"),
    "cache_read": ("cache_read_input_tokens", "cacheReadInputTokens", "cache_read_tokens"),
    "cache_write": ("cache_creation_input_tokens", "cacheCreationInputTokens", "cache_write_input_tokens", "cache_creation_tokens"),
    "output": ("output_tokens", "outputTokens"),
    "thinking": ("output_tokens_details.thinking_tokens", "output_tokens_details.reasoning_tokens", "thinking_tokens"),
}
"""Each counter with the names that Anthropic, and gateways that answer in its shape, give it; the first is Anthropic's own."""
_PATHS = {counter: tuple(f"usage.{name}" for name in names) for counter, names in SPELLINGS.items()}
INSIDE_OTHERS = ("cache_creation", "output_tokens_details", "iterations", "total_tokens", "cached_tokens")
"""Parts and sums of the counters, and what is read apart."""
NO_TOKENS = ("server_tool_use", "service_tier", "inference_geo", "speed", "type", "model")
KNOWN = frozenset((*(name for names in SPELLINGS.values() for name in names), *INSIDE_OTHERS, *NO_TOKENS))

MESSAGE, FALLBACK = "message", "fallback_message"
APART = ("compaction", "advisor_message")
"""Kinds of runs that are never part of the message's sums."""


def counts(usage: dict[str, Any]) -> dict[str, int | None]:
    """
    The five counts of a usage object; the prompt is what was new, what was cached and what was read from cache.

    Others who answer in this shape may count the cache in, as their total says.
    """
    document = {"usage": usage}
    told, output = f.count(document, *_PATHS["input"]), f.count(document, *_PATHS["output"])
    read_tokens, write_tokens = f.count(document, *_PATHS["cache_read"]), written(usage, f.count(document, *_PATHS["cache_write"]))
    is_whole = None not in (told, output) and f.count(document, "usage.total_tokens") == (told or 0) + (output or 0)
    is_inside = is_whole and (read_tokens or 0) + (write_tokens or 0) <= (told or 0)
    return {
        "prompt_tokens": told if is_inside else f.total(told, read_tokens, write_tokens),
        "completion_tokens": output,
        "reasoning_tokens": f.count(document, *_PATHS["thinking"]),
        "cached_tokens": read_tokens,
        "cache_write_tokens": write_tokens,
    }


def written(usage: dict[str, Any], total: int | None) -> int | None:
    """Tokens written to the cache for five minutes and for an hour; the total where those two sum to less."""
    parts = usage.get("cache_creation")
    if not isinstance(parts, dict):
        return total
    known = [f.counter(f"cache_creation.{name}", part) for name, part in parts.items() if part is not None]
    return max(sum(known), total or 0) if known else total


def notes(usage: dict[str, Any]) -> list[str]:
    """Assumptions about numbers in a usage object that are none of its counters."""
    return [] if usage.keys() <= KNOWN else counters.numbers(usage, KNOWN, "usage")


def apart(usage: dict[str, Any], model: str | None) -> tuple[list[tuple[int, dict[str, Any]]], list[str]]:
    """
    The iterations that the sums of a message leave out, by their place, and assumptions about kinds that are not known.

    The sums are those of the attempt that was served: of its message, however often other runs interrupted it. Where the
    kinds do not tell which iterations these are, the arithmetic does.
    """
    found = usage.get("iterations")
    every = [(place, each) for place, each in enumerate(found if isinstance(found, list) else ()) if isinstance(each, dict)]
    guesses = list(_guesses(every, model))
    sums = _sums([usage])
    inside = next((guess for guess in guesses if guess and _sums([each for _, each in guess]) == sums), guesses[0])
    left_out = [one for one in every if one not in inside]
    strange = dict.fromkeys((_kind(each), one in inside) for one in every if _kind(each := one[1]) not in (MESSAGE, FALLBACK, *APART))
    return left_out, [_about(kind, is_inside) for kind, is_inside in strange]


def _guesses(every: list[tuple[int, dict[str, Any]]], model: str | None) -> Iterator[list[tuple[int, dict[str, Any]]]]:
    """Iterations that may make up the sums, the likeliest first."""
    messages = [one for one in every if _kind(one[1]) in (MESSAGE, FALLBACK)]
    fallbacks = [one for one in messages if _kind(one[1]) == FALLBACK]
    strange = [one for one in every if _kind(one[1]) not in (MESSAGE, FALLBACK, *APART)]
    served = [one for one in messages if one[1].get("model") in (None, model)]
    of_last = [one for one in fallbacks if one[1].get("model") == fallbacks[-1][1].get("model")]
    yield of_last or served or messages
    yield from (served, fallbacks, messages, messages[-1:])
    yield from (sorted([*some, *strange], key=_place) for some in (served, fallbacks, messages))
    yield every


def _place(one: tuple[int, dict[str, Any]]) -> int:
    return one[0]


def _kind(iteration: dict[str, Any]) -> str:
    kind = iteration.get("type", MESSAGE)
    return kind if isinstance(kind, str) else repr(kind)


def _sums(usages: list[dict[str, Any]]) -> list[int]:
    """Prompt, completion and both caches of some usage objects together."""
    names = ("prompt_tokens", "completion_tokens", "cached_tokens", "cache_write_tokens")
    counted = [counts(usage) for usage in usages]
    return [sum(one[name] or 0 for one in counted) for name in names]


def _about(kind: str, is_inside: bool) -> str:
    how = "part of the message, whose sums hold it" if is_inside else "a run of its own, which the message's sums leave out"
    return f"{UNKNOWN_KIND}iteration {shorten(kind)}, counted as {how}"
