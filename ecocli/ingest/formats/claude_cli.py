"""`claude -p --output-format json` (or the last line of stream-json): one result with the sums of every model."""

import time
from collections.abc import Iterator
from typing import Any

from ecocli.ingest import anthropic_usage
from ecocli.ingest import fields as f
from ecocli.ingest.format import Format
from ecocli.ingest.reading import Reading

NAME = "claude-cli"

ENDED_NOW = "the result has no date: the call was taken to end when it was read"
NO_MODEL = "the result names no model"
_CLOUDS = {"firstParty": "Anthropic", "bedrock": "AWS", "vertex": "Google", "foundry": "Azure"}
_EVENTS = ("system", "user", "assistant", "stream_event", "tool_call", "rate_limit_event")


def matches(document: dict[str, Any]) -> bool:
    """A result with usage per model, or one of the events that come before it."""
    if document.get("type") == "result":
        return f.has(document, "modelUsage", "usage.input_tokens")
    return document.get("type") in _EVENTS and "session_id" in document


def read(document: dict[str, Any]) -> Iterator[Reading]:
    """One reading for each model, whose sums include `usage`; the events before the result are no calls."""
    if document.get("type") != "result":
        return
    base = _identity(document)
    models = f.section(document, "modelUsage")
    for model, usage in models.items():
        if isinstance(usage, dict):
            yield _reading(document, f"{base}#{model}", _named(model, usage), _counts(usage))
    if not models:
        yield _unnamed(document, base)


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
    document = {"modelUsage": usage}
    cached = f.count(document, "modelUsage.cacheReadInputTokens")
    written = f.count(document, "modelUsage.cacheCreationInputTokens")
    return {
        "prompt_tokens": f.total(f.count(document, "modelUsage.inputTokens"), cached, written),
        "completion_tokens": f.count(document, "modelUsage.outputTokens"),
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
