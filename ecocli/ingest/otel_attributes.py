"""Attributes of telemetry, under every name they have had, as fields of the native event."""

from typing import Any

from ecocli.ingest import fields as f
from ecocli.ingest import providers

Moments = tuple[int | None, int | None]

CALLS = ("chat", "generate_content", "text_completion", "embeddings")
"""Operations that run a model; agents and workflows sum up the spans below them."""

PROMPT = (
    "gen_ai.usage.input_tokens",
    "gen_ai.usage.prompt_tokens",
    "llm.usage.prompt_tokens",
    "llm.token_count.prompt",
)
COMPLETION = (
    "gen_ai.usage.output_tokens",
    "gen_ai.usage.completion_tokens",
    "llm.usage.completion_tokens",
    "llm.token_count.completion",
)
REASONING = (
    "gen_ai.usage.reasoning.output_tokens",
    "gen_ai.usage.reasoning_tokens",
    "llm.usage.reasoning_tokens",
    "llm.token_count.completion_details.reasoning",
)
CACHED = (
    "gen_ai.usage.cache_read.input_tokens",
    "gen_ai.usage.cache_read_input_tokens",
    "llm.token_count.prompt_details.cache_read",
)
WRITTEN = (
    "gen_ai.usage.cache_write.input_tokens",
    "gen_ai.usage.cache_creation.input_tokens",
    "gen_ai.usage.cache_creation_input_tokens",
    "llm.token_count.prompt_details.cache_write",
)
MODEL = ("gen_ai.response.model", "gen_ai.request.model", "llm.response.model", "llm.request.model", "llm.model_name")
PROVIDER = ("gen_ai.provider.name", "gen_ai.system", "llm.provider", "llm.system")


def gen_ai(found: dict[str, Any], moments: Moments) -> dict[str, Any] | None:
    """A call by the GenAI conventions; None for what is not one."""
    operation = _first(found, "gen_ai.operation.name", "llm.request.type")
    prompt, completion = _count(found, *PROMPT), _count(found, *COMPLETION)
    if not _is_call(found, operation) or (prompt is None and completion is None):
        return None
    start, end = moments
    wait = f.number({"wait": _first(found, "gen_ai.response.time_to_first_chunk")}, "wait")
    return {
        "id": _text(found, "gen_ai.response.id", "llm.response.id"),
        "session": _text(found, "gen_ai.conversation.id", "session.id"),
        "model": _text(found, *MODEL),
        "provider": providers.named(_text(found, *PROVIDER)),
        "prompt_tokens": 0 if prompt is None and operation == "embeddings" else prompt,
        "completion_tokens": 0 if completion is None and operation == "embeddings" else completion,
        "reasoning_tokens": _count(found, *REASONING),
        "cached_tokens": _count(found, *CACHED),
        "cache_write_tokens": _count(found, *WRITTEN),
        "startTimeMs": start,
        "firstTokenTimeMs": f.elapsed(start, None if wait is None else wait * 1000),
        "endTimeMs": end,
    }


def claude_code(found: dict[str, Any], moments: Moments) -> dict[str, Any]:
    """Claude Code's `api_request`, written when the answer is there; its input_tokens leave out the cache."""
    cached, written = _count(found, "cache_read_tokens"), _count(found, "cache_creation_tokens")
    return {
        **_agent(found, moments, "claude-code"),
        "id": _text(found, "request_id"),
        "prompt_tokens": f.total(_count(found, "input_tokens"), cached, written),
        "completion_tokens": _count(found, "output_tokens"),
        "cached_tokens": cached,
        "cache_write_tokens": written,
    }


def gemini_cli(found: dict[str, Any], moments: Moments) -> dict[str, Any]:
    """Gemini CLI's `api_response`; thoughts and tool results come beside the other counts."""
    thoughts = _count(found, "thoughts_token_count")
    return {
        **_agent(found, moments, "gemini-cli"),
        "id": None,
        "provider": "Google",
        "prompt_tokens": f.total(_count(found, "input_token_count"), _count(found, "tool_token_count")),
        "completion_tokens": f.total(_count(found, "output_token_count"), thoughts),
        "reasoning_tokens": thoughts,
        "cached_tokens": _count(found, "cached_content_token_count"),
    }


def _agent(found: dict[str, Any], moments: Moments, source: str) -> dict[str, Any]:
    end = moments[1]
    duration = f.number({"ms": _number(_first(found, "duration_ms"))}, "ms")
    return {
        "session": _text(found, "session.id"),
        "source": source,
        "model": _text(found, "model"),
        "startTimeMs": f.elapsed(end, None if duration is None else -duration),
        "endTimeMs": end,
    }


def _is_call(found: dict[str, Any], operation: Any) -> bool:
    """Named operations decide; without one, the kinds by which others mark the spans that sum up."""
    if operation is not None:
        return str(operation).lower() in (*CALLS, "completion", "embedding")
    if found.get("traceloop.span.kind") in ("workflow", "agent", "task", "tool"):
        return False
    return found.get("openinference.span.kind", "LLM") in ("LLM", "EMBEDDING")


def _first(found: dict[str, Any], *names: str) -> Any:
    return next((found[name] for name in names if found.get(name) not in (None, "")), None)


def _count(found: dict[str, Any], *names: str) -> int | None:
    """A counter under the first name that holds one; agents write their numbers as text."""
    name = next((name for name in names if found.get(name) not in (None, "")), None)
    return None if name is None else f.counter(name, _number(found[name]))


def _number(value: Any) -> Any:
    return int(value) if isinstance(value, str) and len(value) < 32 and value.isdecimal() else value


def _text(found: dict[str, Any], *names: str) -> str | None:
    return f.text({"value": _first(found, *names)}, "value")
