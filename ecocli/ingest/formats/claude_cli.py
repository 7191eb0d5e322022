"""`claude -p --output-format json` (or the last line of stream-json): one result with the sums of every model."""

import time
from collections.abc import Collection, Iterator
from typing import Any

from ecocli.ingest import anthropic_usage, counters
from ecocli.ingest import fields as f
from ecocli.ingest.format import Format
from ecocli.ingest.reading import Reading, Running

NAME = "claude-cli"

ENDED_NOW = "the result has no date: the call was taken to end when it was read"
NO_MODEL = "the result names no model"
_CLOUDS = {"firstParty": "Anthropic", "bedrock": "AWS", "vertex": "Google", "foundry": "Azure"}
SPELLINGS = {
    "input": ("inputTokens", "input_tokens"),
    "cache_read": ("cacheReadInputTokens", "cache_read_input_tokens"),
    "cache_write": ("cacheCreationInputTokens", "cache_creation_input_tokens"),
    "output": ("outputTokens", "output_tokens"),
}
"""Each counter under `modelUsage` with its names; those of `usage` are the API's."""
_NO_TOKENS = ("webSearchRequests", "costUSD", "contextWindow", "maxOutputTokens", "thinkingTokens", "reasoningTokens")
KNOWN = frozenset((*(name for names in SPELLINGS.values() for name in names), *_NO_TOKENS))
_EVENTS = ("system", "user", "assistant", "stream_event", "tool_call", "rate_limit_event")


def matches(document: dict[str, Any]) -> bool:
    """A result with usage, or one of the events that come before it. Qwen Code's has statistics per model instead, which Gemini CLI has, too."""
    if document.get("type") == "result":
        return f.has(document, "modelUsage") or (f.has(document, "usage.input_tokens") and not f.has(document, "stats.models"))
    return document.get("type") in _EVENTS and "session_id" in document


def read(document: dict[str, Any]) -> Iterator[Reading]:
    """One reading for each model, whose sums include `usage`; the events before the result are no calls."""
    if document.get("type") != "result":
        return
    base, session = _identity(document), f.text(document, "session_id")
    models = {model: usage for model, usage in f.section(document, "modelUsage").items() if isinstance(usage, dict)}
    counted = {model: _counts(usage) for model, usage in models.items()}
    is_fresh = _is_fresh(document, counted.values())
    of_all = sum((counts["prompt_tokens"] or 0) + (counts["completion_tokens"] or 0) for counts in counted.values())
    for model, counts in counted.items():
        reading = _reading(document, f"{base}#{model}", _named(model, models[model]), counts)
        reading.assumptions += counters.numbers(models[model], KNOWN, "modelUsage")
        if session:
            totals = {name: count for name, count in counts.items() if count is not None}
            reading.running = Running(f"{session}#{model}", totals, is_fresh, of_all)
        yield reading
    if not models:
        yield _unnamed(document, base)


def _is_fresh(document: dict[str, Any], counted: Collection[dict[str, int | None]]) -> bool:
    """
    True where the sums of a model, or of all, are those of this result alone: nothing came before it in its process.

    `modelUsage` adds up over a process, which may answer many times, and `usage` does not. A session that is resumed has another process.
    """
    usage = f.section(document, "usage")
    own = anthropic_usage.counts(usage) if usage else {}
    told = [name for name, count in own.items() if count is not None and name != "reasoning_tokens"]
    of_all: dict[str, int | None] = {name: sum(counts[name] or 0 for counts in counted) for name in told}
    return bool(told) and any(all(counts[name] == own[name] for name in told) for counts in [*counted, of_all])


def _reading(document: dict[str, Any], identity: str, named: dict[str, Any], tokens: dict[str, Any]) -> Reading:
    times = _times(document)
    return f.reading(
        NAME,
        [ENDED_NOW] if times else [],
        id=f.shortened(identity),
        source="claude-code",
        tags=f.tags(session=f.text(document, "session_id")),
        **named,
        **tokens,
        **times,
    )


def _unnamed(document: dict[str, Any], base: str) -> Reading:
    """Older versions tell only the sums of all models."""
    tokens = anthropic_usage.counts(f.section(document, "usage"))
    reading = _reading(document, base, {"provider": "Anthropic"}, tokens)
    reading.assumptions.append(NO_MODEL)
    return reading


def _identity(document: dict[str, Any]) -> str:
    """A session can have many results: its id alone is not enough."""
    session, result = f.text(document, "session_id"), f.text(document, "uuid")
    return f"{session}:{result}" if session and result else f.body_id(document)


def _named(model: str, usage: dict[str, Any]) -> dict[str, str | None]:
    """`[1m]` marks the long context window, not another model."""
    plain = f.text(usage, "canonicalModel") or f.shortened(model.split("[", 1)[0]) or None
    cloud = usage.get("provider")
    return {"model": plain, "provider": _CLOUDS.get(cloud) if isinstance(cloud, str) else None}


def _counts(usage: dict[str, Any]) -> dict[str, int | None]:
    known = {counter: f.count({"modelUsage": usage}, *(f"modelUsage.{name}" for name in names)) for counter, names in SPELLINGS.items()}
    cached, written = known["cache_read"], known["cache_write"]
    return {
        "prompt_tokens": f.total(known["input"], cached, written),
        "completion_tokens": known["output"],
        "cached_tokens": cached,
        "cache_write_tokens": written,
    }


def _times(document: dict[str, Any]) -> dict[str, int | None]:
    """The result is printed when the session ends; it only tells how long that took."""
    duration = f.number(document, "duration_ms")
    if duration is None:
        return {}
    end = time.time_ns() // 1_000_000
    start = f.elapsed(end, -duration)
    return {"startTimeMs": start, "firstTokenTimeMs": f.elapsed(start, f.number(document, "ttft_ms")), "endTimeMs": end}


FORMAT = Format(NAME, "claude -p --output-format json or stream-json", matches, read)
