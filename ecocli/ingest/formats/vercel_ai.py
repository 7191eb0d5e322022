"""Results of Vercel's AI SDK, and other answers with counters in camel case of which nothing says who served them."""

from collections.abc import Iterator
from typing import Any

from ecocli.ingest import counters
from ecocli.ingest import fields as f
from ecocli.ingest.format import Format
from ecocli.ingest.reading import Reading

NAME = "vercel-ai"

TABLE: counters.Table = {
    "prompt_tokens": ("usage.inputTokens", "usage.inputTokens.total", "usage.promptTokens", "usage.tokens"),
    "completion_tokens": ("usage.outputTokens", "usage.outputTokens.total", "usage.completionTokens"),
    "reasoning_tokens": ("usage.outputTokenDetails.reasoningTokens", "usage.outputTokens.reasoning", "usage.reasoningTokens", "usage.thoughtsTokens"),
    "cached_tokens": (
        "usage.inputTokenDetails.cacheReadTokens",
        "usage.inputTokens.cacheRead",
        "usage.cachedInputTokens",
        "usage.cachedContentTokens",
        "usage.inputTokensReadFromCache",
        "usage.cacheReadInputTokens",
        "usage.cacheReadTokens",
    ),
    "cache_write_tokens": (
        "usage.inputTokenDetails.cacheWriteTokens",
        "usage.inputTokens.cacheWrite",
        "usage.inputTokensWrittenToCache",
        "usage.cacheWriteInputTokens",
        "usage.cacheCreationInputTokens",
        "usage.cacheWriteTokens",
    ),
}
"""Also of Genkit, LangChain4j and others that count in this style; `tokens` is an embedding's."""
ALSO = ("totalTokens", "noCacheTokens", "textTokens", "noCache", "text", "inputCharacters", "outputCharacters", "inputImages", "outputImages")
APART = ("cacheReadInputTokens", "cacheWriteInputTokens", "cacheCreationInputTokens", "cacheReadTokens", "cacheWriteTokens")
"""Names by Anthropic and Amazon, whose input leaves out the cache."""

_CLOUDS = {"bedrock": "AWS", "vertex": "Google", "azure": "Azure", "openrouter": "OpenRouter"}
"""Keys of providerMetadata that only a call through that host writes; one of a maker is also written where another host speaks for it."""


def matches(document: dict[str, Any]) -> bool:
    """Counters in camel case; an answer of a client, an embedding, or several steps with an answer each."""
    return _has_counts(document) or bool(_steps(document)) or _has_counts({"usage": document.get("totalUsage")})


def read(document: dict[str, Any]) -> Iterator[Reading]:
    """One call for each step, where an agent took several; else that of the result, whose `usage` is the last step's and `totalUsage` all of it."""
    if steps := _steps(document):
        for step in steps:
            yield _reading(step)
    else:
        yield _reading(document if _has_counts(document) else {**document, "usage": document.get("totalUsage")})


def _reading(document: dict[str, Any]) -> Reading:
    found = counts(document)
    return f.reading(
        NAME,
        counters.unread({"usage": _without_raw(document)}, "usage", TABLE, ALSO),
        id=f.text(document, "response.id", "id") or f.body_id(document),
        model=f.text(document, "response.modelId", "modelId", "model.modelId", "model"),
        provider=_provider(f.section(document, "providerMetadata")),
        startTimeMs=f.instant(document, "response.timestamp"),  # when the answer came: nothing else dates it
        **found,
    )


def counts(document: dict[str, Any]) -> dict[str, int | None]:
    """The five counts; the cache is inside of the prompt, but where its name or the total says otherwise."""
    found = {name: f.count(document, *(path for path in paths if not isinstance(f.at(document, path), dict))) for name, paths in TABLE.items()}
    if found["completion_tokens"] is None and f.has(document, "usage.tokens", "embedding", "embeddings"):
        found["completion_tokens"] = 0
    cache = (found["cached_tokens"] or 0) + (found["cache_write_tokens"] or 0)
    known = [found["prompt_tokens"], found["completion_tokens"]]
    whole = f.count(document, "usage.totalTokens")
    by_name = any(f.has(document, f"usage.{name}") for name in APART)
    by_total = None not in known and whole == sum(part or 0 for part in known) + cache
    if cache and (by_total or (by_name and whole != sum(part or 0 for part in known))):
        found["prompt_tokens"] = f.total(found["prompt_tokens"], cache)
    return found


def _has_counts(document: dict[str, Any]) -> bool:
    return any(f.has(document, *TABLE[name]) for name in ("prompt_tokens", "completion_tokens"))


def _steps(document: dict[str, Any]) -> list[dict[str, Any]]:
    """The steps, where each has counts of its own."""
    steps = f.objects(document.get("steps"))
    return steps if steps and all(map(_has_counts, steps)) else []


def _without_raw(document: dict[str, Any]) -> dict[str, Any]:
    """The usage without what the provider wrote, which the SDK keeps beside its own counters."""
    return {name: value for name, value in f.section(document, "usage").items() if name not in ("raw", "custom")}


def _provider(metadata: dict[str, Any]) -> str | None:
    routed = f.text(metadata, "gateway.routing.finalProvider", "gateway.routing.resolvedProvider")
    return _CLOUDS.get(routed, routed) if routed else next((name for key, name in _CLOUDS.items() if key in metadata), None)


FORMAT = Format(NAME, "Vercel AI SDK results (generateText, streamText, embed), and others that count inputTokens and outputTokens", matches, read)
