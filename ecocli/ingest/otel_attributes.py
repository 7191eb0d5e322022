"""Attributes of telemetry, under every name they have had, as fields of the native event."""

from typing import Any

from ecocli.ingest import counters, providers, raw_usage
from ecocli.ingest import fields as f
from ecocli.ingest.otel_records import Record, integer

CALLS = ("chat", "generate_content", "text_completion", "embeddings", "completion", "embedding")
"""Operations that run a model; agents and workflows sum up the spans below them."""

COUNTERS: counters.Table = {
    "prompt_tokens": ("gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens", "llm.usage.prompt_tokens", "llm.token_count.prompt"),
    "completion_tokens": ("gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens", "llm.usage.completion_tokens", "llm.token_count.completion"),
    "reasoning_tokens": (
        "gen_ai.usage.reasoning.output_tokens",
        "gen_ai.usage.reasoning_tokens",
        "gen_ai.usage.output_tokens.reasoning",
        "gen_ai.usage.details.reasoning_tokens",
        "gen_ai.usage.details.thoughts_tokens",
        "llm.usage.reasoning_tokens",
        "llm.token_count.completion_details.reasoning",
        "ai.usage.outputTokenDetails.reasoningTokens",
        "ai.usage.reasoningTokens",
    ),
    "cached_tokens": (
        "gen_ai.usage.cache_read.input_tokens",
        "gen_ai.usage.cache_read_input_tokens",
        "gen_ai.usage.input_tokens.cached",
        "gen_ai.usage.cached_tokens",
        "gen_ai.usage.details.cache_read_tokens",
        "gen_ai.usage.details.cache_read_input_tokens",
        "gen_ai.usage.details.cached_tokens",
        "llm.usage.cache_read_input_tokens",
        "llm.token_count.prompt_details.cache_read",
        "llm.token_count.prompt_details.cache_input",
        "ai.usage.inputTokenDetails.cacheReadTokens",
        "ai.usage.cachedInputTokens",
    ),
    "cache_write_tokens": (
        "gen_ai.usage.cache_write.input_tokens",
        "gen_ai.usage.cache_creation.input_tokens",
        "gen_ai.usage.cache_creation_input_tokens",
        "gen_ai.usage.cache_write_input_tokens",
        "gen_ai.usage.input_tokens.cache_write",
        "gen_ai.usage.details.cache_write_tokens",
        "gen_ai.usage.details.cache_creation_input_tokens",
        "llm.usage.cache_creation_input_tokens",
        "llm.token_count.prompt_details.cache_write",
        "ai.usage.inputTokenDetails.cacheWriteTokens",
    ),
}
"""The details of Vercel's AI SDK stand beside the convention's sums; spans with sums of its own alone are around these."""
TOTAL = ("gen_ai.usage.total_tokens", "llm.usage.total_tokens", "llm.token_count.total")
RAW = "gen_ai.usage.raw"
"""The answer's own usage as JSON, by Logfire: it has details that the counters beside it lack."""
PARTS = ("text", "image", "audio", "video", "details", "cost")
"""After `gen_ai.usage.` and the like: tokens by modality and what an SDK adds from the answer, which the sums hold already."""
_USAGE = ("gen_ai.usage.", "llm.usage.", "llm.token_count.")
_KNOWN = {*TOTAL, *(name for names in COUNTERS.values() for name in names)}

MODEL = ("gen_ai.response.model", "gen_ai.request.model", "llm.response.model", "llm.request.model", "llm.model_name")
PROVIDER = ("gen_ai.provider.name", "gen_ai.system", "llm.provider", "llm.system")
HOST = ("server.address", "url.full", "http.url", "gen_ai.openai.api_base", "llm.openai.api_base")
"""Where the server is told that was called; the last two by OpenLLMetry."""
TIER = tuple(f"{prefix}{kind}.service_tier" for kind in ("response", "request") for prefix in ("openai.", "gen_ai.openai.", "gen_ai."))
CACHE_APART = ("opentelemetry.instrumentation.bedrock", "OpenTelemetry::Instrumentation::RubyLLM")
"""Instrumentations that copy a prompt which leaves out the cache, against the convention; thoughtbot/opentelemetry-instrumentation-ruby_llm#38 for the last."""


def gen_ai(record: Record) -> dict[str, Any] | None:
    """A call by the GenAI conventions; None for what is not one."""
    found = record.attributes
    operation = first(found, "gen_ai.operation.name", "llm.request.type")
    counts = {name: count(found, *names) for name, names in COUNTERS.items()}
    if not _is_call(found, operation) or (counts["prompt_tokens"] is None and counts["completion_tokens"] is None):
        return None
    if _is_embedding(found, operation):
        counts |= {name: counts[name] or 0 for name in ("prompt_tokens", "completion_tokens")}
    if _has_cache_apart(record, counts):
        counts["prompt_tokens"] = f.total(counts["prompt_tokens"], counts["cached_tokens"], counts["cache_write_tokens"])
    if None in counts.values() and (raw := f.as_object(found.get(RAW))):
        counts = raw_usage.filled(counts, raw)
    wait = f.number({"wait": first(found, "gen_ai.response.time_to_first_chunk")}, "wait")
    return {
        "id": text(found, "gen_ai.response.id", "llm.response.id"),
        "session": text(found, "gen_ai.conversation.id", "session.id"),
        "model": text(found, *MODEL),
        "provider": providers.named(text(found, *PROVIDER)),
        "host": next((name for name in (f.host({"at": found.get(key)}, "at") for key in HOST) if name), None),
        **counts,
        "service_tier": text(found, *TIER),
        "startTimeMs": record.start_ms,
        "firstTokenTimeMs": f.elapsed(record.start_ms, None if wait is None else wait * 1000),
        "endTimeMs": record.end_ms,
    }


def not_understood(record: Record) -> list[str]:
    """A warning about counters of a call that no name above covers."""
    return counters.warning(name for name, value in record.attributes.items() if name.startswith(_USAGE) and _is_unknown(name, value))


def _is_unknown(name: str, value: Any) -> bool:
    parts = name.split(".")[2:]
    return name not in _KNOWN and not any(part in PARTS or part.endswith("_details") for part in parts) and counters.is_counter(name, integer(value))


def _has_cache_apart(record: Record, counts: dict[str, int | None]) -> bool:
    """True where the instrumentation is known for it, or the total says that the cache comes on top of the prompt."""
    prompt, completion = counts["prompt_tokens"], counts["completion_tokens"]
    cache = (counts["cached_tokens"] or 0) + (counts["cache_write_tokens"] or 0)
    if not cache or prompt is None:
        return False
    whole = count(record.attributes, *TOTAL)
    return record.scope.startswith(CACHE_APART) or whole == prompt + (completion or 0) + cache


def _is_call(found: dict[str, Any], operation: Any) -> bool:
    """Named operations decide; without one, the kinds by which others mark the spans that sum up."""
    if operation is not None:
        return str(operation).lower() in CALLS
    if found.get("traceloop.span.kind") in ("workflow", "agent", "task", "tool"):
        return False
    return found.get("openinference.span.kind", "LLM") in ("LLM", "EMBEDDING")


def _is_embedding(found: dict[str, Any], operation: Any) -> bool:
    return str(operation).lower().startswith("embedding") or found.get("openinference.span.kind") == "EMBEDDING"


def first(found: dict[str, Any], *names: str) -> Any:
    return next((found[name] for name in names if found.get(name) not in (None, "")), None)


def count(found: dict[str, Any], *names: str) -> int | None:
    """A counter under the first name that holds one, or that holds more than 0; agents write their numbers as text."""
    told = [name for name in names if found.get(name) not in (None, "")]
    if not told:
        return None
    name = next((name for name in told if counters.is_counter(name, integer(found[name]))), told[0])
    return f.counter(name, integer(found[name]))


def text(found: dict[str, Any], *names: str) -> str | None:
    return f.text({"value": first(found, *names)}, "value")
