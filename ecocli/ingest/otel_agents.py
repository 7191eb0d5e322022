"""Calls that command-line agents and Langfuse's SDK tell of in attributes of their own."""

import json
from typing import Any

from ecocli.ingest import fields as f
from ecocli.ingest import raw_usage
from ecocli.ingest.otel_attributes import count, first, text
from ecocli.ingest.otel_records import Record, integer


def claude_code(record: Record) -> dict[str, Any]:
    """Claude Code's `api_request`, written when the answer is there; its input_tokens leave out the cache."""
    found = record.attributes
    cached, written = count(found, "cache_read_tokens"), count(found, "cache_creation_tokens")
    return {
        **_agent(record, "claude-code"),
        "id": text(found, "request_id"),
        "prompt_tokens": f.total(count(found, "input_tokens"), cached, written),
        "completion_tokens": count(found, "output_tokens"),
        "cached_tokens": cached,
        "cache_write_tokens": written,
    }


def claude_code_span(record: Record) -> dict[str, Any] | None:
    """Claude Code's span of a request, with the counters of its log event; None for one that failed."""
    if count(record.attributes, "output_tokens") is None:
        return None
    wait = f.number({"ms": integer(first(record.attributes, "ttft_ms"))}, "ms")
    times = {"startTimeMs": record.start_ms, "firstTokenTimeMs": f.elapsed(record.start_ms, wait), "endTimeMs": record.end_ms}
    return claude_code(record) | times


def gemini_cli(record: Record) -> dict[str, Any]:
    """Gemini CLI's `api_response`; thoughts and tool results come beside the other counts."""
    found = record.attributes
    thoughts = count(found, "thoughts_token_count")
    return {
        **_agent(record, "gemini-cli"),
        "id": None,
        "provider": "Google",
        "prompt_tokens": f.total(count(found, "input_token_count"), count(found, "tool_token_count")),
        "completion_tokens": f.total(count(found, "output_token_count"), thoughts),
        "reasoning_tokens": thoughts,
        "cached_tokens": count(found, "cached_content_token_count"),
    }


def qwen_code(record: Record) -> dict[str, Any]:
    """Qwen Code's `api_response`: Gemini CLI's by another name, for models of whoever serves them. Where their total says so, thoughts are in the answer."""
    found, fields = record.attributes, gemini_cli(record) | {"source": "qwen-code", "provider": None}
    answer, total = count(found, "output_token_count"), count(found, "total_token_count")
    is_inside = answer is not None and (fields["reasoning_tokens"] or 0) <= answer and total == (fields["prompt_tokens"] or 0) + answer
    if is_inside:
        fields["completion_tokens"] = answer
    return fields


def codex(record: Record) -> dict[str, Any] | None:
    """
    Codex's `sse_event` of an answer that is complete; None for any other event.

    The cache is inside of the input, the reasoning inside of the output; `tool_token_count` is the sum of both. The
    first `response.completed` of an answer may come without counts.
    """
    found = record.attributes
    prompt, completion = count(found, "input_token_count"), count(found, "output_token_count")
    if first(found, "event.kind") != "response.completed" or prompt is None:
        return None
    return {
        **_agent(record, "codex"),
        "session": text(found, "conversation.id"),
        "id": text(found, "response.id", "response_id"),
        "startTimeMs": None,  # its duration_ms is that of one event of the stream
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "reasoning_tokens": count(found, "reasoning_token_count"),
        "cached_tokens": count(found, "cached_token_count"),
        "cache_write_tokens": count(found, "cache_write_token_count"),
    }


def langfuse(record: Record) -> dict[str, Any] | None:
    """A generation of Langfuse's SDK; None for an observation of another kind, or one without counts."""
    found = record.attributes
    kind = first(found, "langfuse.observation.type")
    usage = f.as_object(found.get("langfuse.observation.usage_details"))
    if kind not in ("generation", "embedding") or not usage:
        return None
    counts = _of_usage_details({"usage": usage}, kind == "embedding")
    return {
        "id": None,
        "session": text(found, "langfuse.session.id", "session.id"),
        "model": text(found, "langfuse.observation.model.name"),
        **counts,
        "startTimeMs": record.start_ms,
        "firstTokenTimeMs": _json_moment(found.get("langfuse.observation.completion_start_time")),
        "endTimeMs": record.end_ms,
    }


def _of_usage_details(document: dict[str, Any], is_embedding: bool) -> dict[str, int | None]:
    """Counters in OpenAI's shape, or Langfuse's own: there each kind of token has a number of its own, unless their total says otherwise."""
    if (answered := raw_usage.counts(document["usage"])) is not None:
        return answered
    prompt, completion = f.count(document, "usage.input"), f.count(document, "usage.output")
    cached = f.count(document, "usage.input_cached_tokens", "usage.cache_read_input_tokens", "usage.input_cache_read")
    written = f.count(document, "usage.cache_creation_input_tokens", "usage.input_cache_creation", "usage.input_cache_write")
    reasoning = f.count(document, "usage.output_reasoning_tokens", "usage.output_reasoning", "usage.reasoning")
    if f.count(document, "usage.total") != (prompt or 0) + (completion or 0):
        prompt, completion = f.total(prompt, cached, written), f.total(completion, reasoning)
    if is_embedding:
        completion = completion or 0
    found = {"prompt_tokens": prompt, "completion_tokens": completion, "reasoning_tokens": reasoning}
    return found | {"cached_tokens": cached, "cache_write_tokens": written}


def _agent(record: Record, source: str) -> dict[str, Any]:
    found = record.attributes
    duration = f.number({"ms": integer(first(found, "duration_ms"))}, "ms")
    return {
        "session": text(found, "session.id"),
        "source": source,
        "model": text(found, "model"),
        "startTimeMs": f.elapsed(record.end_ms, None if duration is None else -duration),
        "endTimeMs": record.end_ms,
    }


def _json_moment(value: Any) -> int | None:
    """A time as JSON text, with its quotes."""
    if isinstance(value, str) and value.startswith('"'):
        value = json.loads(value) if value.endswith('"') and "\\" not in value and len(value) > 1 else None
    return f.instant({"time": value}, "time")
