"""A message of LangChain, as `model_dump_json` and the like write it: its `usage_metadata` is the same for every provider."""

from collections.abc import Iterator
from typing import Any

from ecocli.ingest import counters, providers
from ecocli.ingest import fields as f
from ecocli.ingest.format import Format
from ecocli.ingest.reading import Reading

NAME = "langchain"

TABLE: counters.Table = {
    "prompt_tokens": ("usage_metadata.input_tokens",),
    "completion_tokens": ("usage_metadata.output_tokens",),
    "reasoning_tokens": ("usage_metadata.output_token_details.reasoning",),
    "cached_tokens": ("usage_metadata.input_token_details.cache_read",),
    "cache_write_tokens": ("usage_metadata.input_token_details.cache_creation",),
}
KEPT = ("ephemeral_5m_input_tokens", "ephemeral_1h_input_tokens")
_TIERS = ("flex", "priority", "flex_cache_read", "priority_cache_read", "flex_reasoning", "priority_reasoning")
ALSO = ("total_tokens", "audio", "text", "image", "video", *_TIERS, *KEPT)
"""Sums, and parts by modality, tier and lifetime."""


def matches(document: dict[str, Any]) -> bool:
    """`usage_metadata` with LangChain's names, in a message or in one that was serialised with its class (`kwargs`)."""
    return f.has(_message(document), *TABLE["prompt_tokens"], *TABLE["completion_tokens"])


def read(document: dict[str, Any]) -> Iterator[Reading]:
    """The one call of a message. The cache is part of the input, reasoning part of the output."""
    message = _message(document)
    yield f.reading(
        NAME,
        counters.unread(message, "usage_metadata", TABLE, ALSO),
        id=f.text(message, "response_metadata.id", "id") or f.body_id(message),
        model=f.text(message, "response_metadata.model_name", "response_metadata.model"),
        provider=providers.named(f.text(message, "response_metadata.model_provider")),
        **_counts(message),
    )


def _counts(message: dict[str, Any]) -> dict[str, int | None]:
    """The five counts. Writes that are told by their lifetime alone leave their sum at 0."""
    found = counters.read(message, TABLE)
    kept = [f.count(message, f"usage_metadata.input_token_details.{name}") for name in KEPT]
    if any(kept):
        found["cache_write_tokens"] = max(sum(one or 0 for one in kept), found["cache_write_tokens"] or 0)
    return found


def _message(document: dict[str, Any]) -> dict[str, Any]:
    return f.section(document, "kwargs") if f.has(document, "kwargs.usage_metadata") else document


FORMAT = Format(NAME, "a message of LangChain (model_dump_json, dumps)", matches, read)
