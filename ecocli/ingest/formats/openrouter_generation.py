"""OpenRouter's account of one generation (`GET /api/v1/generation?id=…`), which an answer's own usage may lack."""

from collections.abc import Iterator
from typing import Any

from ecocli.ingest import counters
from ecocli.ingest import fields as f
from ecocli.ingest.format import Format
from ecocli.ingest.reading import Reading

NAME = "openrouter-generation"

TABLE: counters.Table = {
    "prompt_tokens": ("data.native_tokens_prompt", "data.tokens_prompt"),
    "completion_tokens": ("data.native_tokens_completion", "data.tokens_completion"),
    "reasoning_tokens": ("data.native_tokens_reasoning",),
    "cached_tokens": ("data.native_tokens_cached",),
}
"""Native counts are those of the model's own tokenizer; the others are of one tokenizer for all models."""


def matches(document: dict[str, Any]) -> bool:
    """Counts by two tokenizers beside the generation's id."""
    return f.has(document, "data.native_tokens_prompt", "data.native_tokens_completion") and f.has(document, "data.id")


def read(document: dict[str, Any]) -> Iterator[Reading]:
    """The one call. Cached tokens are part of the prompt, reasoning is part of the completion; times are in milliseconds."""
    found = counters.read(document, TABLE)
    completion, reasoning = found["completion_tokens"], found["reasoning_tokens"]
    if completion is not None and reasoning is not None:
        found["reasoning_tokens"] = min(reasoning, completion)  # counted by whoever served it
    start, wait = f.instant(document, "data.created_at"), f.number(document, "data.latency")
    yield f.reading(
        NAME,
        id=f.text(document, "data.id"),
        model=f.text(document, "data.model"),
        provider=f.text(document, "data.provider_name") or "OpenRouter",
        startTimeMs=start,
        firstTokenTimeMs=f.elapsed(start, wait) if f.at(document, "data.streamed") is True else None,
        **found,
    )


FORMAT = Format(NAME, "OpenRouter's account of a generation (GET /api/v1/generation)", matches, read)
