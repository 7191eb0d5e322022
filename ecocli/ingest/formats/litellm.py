"""LiteLLM's own records: the StandardLoggingPayload of its callbacks and the rows of its SpendLogs table."""

from collections.abc import Iterator
from typing import Any

from ecocli.ingest import fields as f
from ecocli.ingest import providers
from ecocli.ingest.chat_usage import counts
from ecocli.ingest.format import Format
from ecocli.ingest.reading import Reading

NAME = "litellm"

_INPUT_ONLY = ("embedding", "aembedding")


def matches(document: dict[str, Any]) -> bool:
    """A gateway's kind of call beside its counters or its provider."""
    return "call_type" in document and ("prompt_tokens" in document or "custom_llm_provider" in document)


def read(document: dict[str, Any]) -> Iterator[Reading]:
    """The one call of a row; nothing when it failed or LiteLLM's own cache answered, for then no model ran."""
    if _is_true(document.get("cache_hit")) or document.get("status") == "failure":
        return
    tokens, assumptions = counts({"usage": _usage(document)})
    if tokens["completion_tokens"] is None and document.get("call_type") in _INPUT_ONLY:
        tokens["completion_tokens"] = 0
    yield f.reading(
        NAME,
        assumptions,
        id=f.text(document, "id", "request_id", "litellm_call_id") or f.body_id(document),
        model=f.text(document, "model", "model_group"),
        provider=providers.named(f.text(document, "custom_llm_provider")),
        source="litellm",
        tags=_tags(document),
        **tokens,
        **_times(document),
    )


def _usage(document: dict[str, Any]) -> dict[str, Any]:
    """The details wherever this version keeps them, under the row's own sums, which include every cache token."""
    response, metadata = f.as_object(document.get("response")), f.as_object(document.get("metadata"))
    holders = (response.get("usage"), metadata.get("usage_object"))
    details = next((usage for usage in holders if isinstance(usage, dict) and usage), {})
    sums = ("prompt_tokens", "completion_tokens", "total_tokens")
    return {**details, **{name: document[name] for name in sums if document.get(name) is not None}}


def _is_true(value: Any) -> bool:
    """Rows of the table write "True", "False" and "None"."""
    return value is True or (isinstance(value, str) and value.lower() == "true")


def _tags(document: dict[str, Any]) -> dict[str, str] | None:
    metadata = f.as_object(document.get("metadata"))
    team, key = f.text(metadata, "user_api_key_team_alias"), f.text(metadata, "user_api_key_alias")
    return f.tags(team=team, key=key, end_user=f.text(document, "end_user"))


def _times(document: dict[str, Any]) -> dict[str, int | None]:
    """The first token's time equals the end when the answer was not streamed: then it tells nothing."""
    start, end = f.instant(document, "startTime"), f.instant(document, "endTime")
    first = f.instant(document, "completionStartTime")
    return {"startTimeMs": start, "firstTokenTimeMs": None if first == end else first, "endTimeMs": end}


FORMAT = Format(NAME, "LiteLLM StandardLoggingPayload and SpendLogs rows (failures and cache hits are no calls)", matches, read)
