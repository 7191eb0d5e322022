"""The counters of the OpenAI chat shape, which a dozen providers and gateways share."""

from typing import Any

from ecocli.ingest import counters
from ecocli.ingest import fields as f

WRITE_REPEATED = "as many tokens are said to be written to the cache as were read from it, and the prompt holds them once: nothing was written"
SOURCES_APART = "citation_tokens, which the model read, are in neither prompt_tokens nor the total: they joined the prompt"
CLAMPED = "reasoning_tokens exceeded completion_tokens slightly (normalised counts) and was reduced to them"

TABLE: counters.Table = {
    "prompt_tokens": ("usage.prompt_tokens",),
    "completion_tokens": ("usage.completion_tokens",),
    "reasoning_tokens": (
        "usage.completion_tokens_details.reasoning_tokens",
        "usage.output_tokens_details.reasoning_tokens",
        "usage.reasoning_tokens",
    ),
    "cached_tokens": (
        "usage.prompt_tokens_details.cached_tokens",
        "usage.input_tokens_details.cached_tokens",
        "usage.prompt_tokens_details.cache_read_tokens",
        "usage.prompt_tokens_details.cache_read_input_tokens",
        "usage.cached_tokens",
        "usage.num_cached_tokens",
        "usage.prompt_cache_hit_tokens",
        "usage.cached_prompt_text_tokens",
        "usage.cache_read_input_tokens",
        "usage.cache_read_tokens",
    ),
    "cache_write_tokens": (
        "usage.prompt_tokens_details.cache_write_tokens",
        "usage.prompt_tokens_details.cache_creation_tokens",
        "usage.prompt_tokens_details.cache_creation_input_tokens",
        "usage.input_tokens_details.cache_write_tokens",
        "usage.cache_creation_input_tokens",
        "usage.cache_write_tokens",
    ),
}
ALSO = (
    *("total_tokens", "input_tokens", "output_tokens", "prompt_cache_miss_tokens"),
    *("text_tokens", "audio_tokens", "image_tokens", "video_tokens", "accepted_prediction_tokens", "rejected_prediction_tokens"),
    *("ephemeral_5m_input_tokens", "ephemeral_1h_input_tokens", "num_search_queries", "num_sources_used", "web_search_requests"),
    *("citation_tokens", "connector_tokens", "web_search", "code_interpreter", "image_generation", "document_library", "web_search_premium"),
    *("web_fetch_requests", "tool_search_requests", "code_execution_requests", "num_server_side_tools_used", "character_count", "image_count", "characters"),
)
"""Sums, parts of the counters above by modality or by lifetime, what is read apart, and calls of tools."""
INPUT_IN_TOTAL = ("usage.prompt_audio_seconds", "usage.connector_tokens")
"""Beside these, which are Mistral's, only the total holds the tokens of a recording, or of what a connector brought, that the model read."""


def counts(document: dict[str, Any], upstream: bool = False) -> tuple[dict[str, int | None], list[str]]:
    """
    The five counts under `usage`, and what was assumed for them.

    Thinking that a provider hides shows only as total - prompt - completion; it is part of the output.

    Args:
        upstream: The answer came through a router that normalises counts, so reasoning can exceed completion.
    """
    assumptions = counters.unread(document, "usage", TABLE, ALSO)
    found, notes = read(document)
    assumptions += notes
    prompt, completion, whole = _sums(found, f.count(document, "usage.total_tokens"))
    reasoning = found["reasoning_tokens"]
    beyond = max(0, whole - prompt - completion) if None not in (prompt, completion, whole) else 0
    if beyond and (beyond in (cache_of(found), f.count(document, "usage.citation_tokens")) or any(f.number(document, path) for path in INPUT_IN_TOTAL)):
        prompt += beyond
    elif beyond:
        completion += beyond
        if not reasoning:
            reasoning = beyond
            assumptions.append(f"total_tokens exceeds prompt and completion by {beyond}: counted as hidden reasoning")
    if reasoning and completion is not None and reasoning > completion and (upstream or reasoning == completion + 1):
        reasoning = completion
        assumptions.append(CLAMPED)
    if (sources := f.count(document, "usage.citation_tokens")) and sources != beyond and prompt is not None:
        prompt += sources
        assumptions.append(SOURCES_APART)
    return found | {"prompt_tokens": prompt, "completion_tokens": completion, "reasoning_tokens": reasoning}, assumptions


def read(document: dict[str, Any]) -> tuple[dict[str, int | None], list[str]]:
    """
    The counters under `usage`, and what was assumed for them.

    A stream that announces a write to the cache, and then tells that the cache was read instead, leaves gateways with both.
    """
    found = counters.read(document, TABLE)
    prompt, cached = found["prompt_tokens"] or 0, found["cached_tokens"] or 0
    is_twice = cached == found["cache_write_tokens"] and cached <= prompt < 2 * cached
    if is_twice and f.count(document, "usage.total_tokens") == prompt + (found["completion_tokens"] or 0):
        return found | {"cache_write_tokens": 0}, [WRITE_REPEATED]
    return found, []


def cache_of(found: dict[str, int | None]) -> int:
    """All tokens read from and written to a cache."""
    return (found["cached_tokens"] or 0) + (found["cache_write_tokens"] or 0)


def _sums(found: dict[str, int | None], whole: int | None) -> tuple[Any, Any, Any]:
    """Prompt, completion and total; one that is missing follows from the other two."""
    prompt, completion = found["prompt_tokens"], found["completion_tokens"]
    if whole is not None and prompt is not None and completion is None and whole >= prompt:
        completion = whole - prompt
    elif whole is not None and completion is not None and prompt is None and whole >= completion:
        prompt = whole - completion
    return prompt, completion, whole
