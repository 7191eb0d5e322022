"""Rows of `llm logs --json`."""

from collections.abc import Iterator
from typing import Any

from ecocli.ingest import fields as f
from ecocli.ingest.format import Format
from ecocli.ingest.reading import Reading

NAME = "llm"

_PREFIXES = {"anthropic": "Anthropic", "gemini": "Google", "openrouter": "OpenRouter", "groq": "Groq", "mistral": "Mistral"}
"""Plug-ins that write their name before the model."""


def matches(document: dict[str, Any]) -> bool:
    """A row with its time and its counters or texts."""
    return "datetime_utc" in document and ("input_tokens" in document or "prompt" in document)


def read(document: dict[str, Any]) -> Iterator[Reading]:
    """The one call of a row; a row without counts keeps its texts until they are counted."""
    start = f.instant(document, "datetime_utc")
    model = f.text(document, "resolved_model", "model")
    reading = f.reading(
        NAME,
        id=f.text(document, "id") or f.body_id(document),
        model=model,
        provider=_provider(document),
        source="llm",
        startTimeMs=start,
        endTimeMs=f.elapsed(start, f.number(document, "duration_ms")),
        **counts(document),
    )
    _keep_texts(reading, document)
    yield reading


def counts(document: dict[str, Any]) -> dict[str, int | None]:
    """The counts; for Anthropic input_tokens leaves out the cache, elsewhere the details are part of the sums."""
    details = {"token_details": f.as_object(document.get("token_details"))}
    read_tokens = f.count(details, "token_details.cache_read_input_tokens")
    write_tokens = f.count(details, "token_details.cache_creation_input_tokens")
    return {
        "prompt_tokens": f.total(f.count(document, "input_tokens"), read_tokens, write_tokens),
        "completion_tokens": f.count(document, "output_tokens"),
        "reasoning_tokens": f.count(
            details,
            "token_details.completion_tokens_details.reasoning_tokens",
            "token_details.output_tokens_details.reasoning_tokens",
            "token_details.thoughtsTokenCount",
        ),
        "cached_tokens": read_tokens
        if read_tokens is not None
        else f.count(
            details,
            "token_details.prompt_tokens_details.cached_tokens",
            "token_details.input_tokens_details.cached_tokens",
            "token_details.cachedContentTokenCount",
        ),
        "cache_write_tokens": write_tokens,
    }


def _provider(document: dict[str, Any]) -> str | None:
    model = document.get("model")
    return _PREFIXES.get(model.split("/", 1)[0]) if isinstance(model, str) and "/" in model else None


def _keep_texts(reading: Reading, document: dict[str, Any]) -> None:
    """Rows of models that do not report usage still hold what was said."""
    asked = [part for part in (document.get("system"), document.get("prompt")) if isinstance(part, str)]
    answer = document.get("response")
    if "prompt_tokens" not in reading.fields and asked:
        reading.prompt_text = "\n".join(asked)
    if "completion_tokens" not in reading.fields and isinstance(answer, str):
        reading.completion_text = answer


FORMAT = Format(NAME, "llm logs --json", matches, read)
