"""`gemini --output-format json` or stream-json: one result with the sums of every model it used."""

from collections.abc import Iterator
from typing import Any

from ecocli.ingest import fields as f
from ecocli.ingest.format import Format
from ecocli.ingest.reading import Reading

NAME = "gemini-cli"

_EVENTS = ("init", "message", "tool_use", "tool_result", "error")


def matches(document: dict[str, Any]) -> bool:
    """Statistics per model, or one of the events that come before them."""
    is_event = document.get("type") in _EVENTS and "timestamp" in document and "message" not in document
    return is_event or isinstance(f.at(document, "stats.models"), dict)


def read(document: dict[str, Any]) -> Iterator[Reading]:
    """One reading for each model: the sum of its calls in the session. The events before are no calls."""
    session = f.text(document, "session_id", "sessionId")
    base = session or f.body_id(document)
    for model, stats in f.section(document, "stats.models").items():
        if not isinstance(stats, dict):
            continue
        yield f.reading(
            NAME,
            id=f.shortened(f"{base}#{model}"),
            model=f.shortened(model) or None,
            provider="Google",
            source="gemini-cli",
            tags=f.tags(session=session),
            **(counts(stats["tokens"]) if f.section(stats, "tokens") else flat_counts(stats)),
        )


def counts(tokens: dict[str, Any]) -> dict[str, int | None]:
    """The counts; `prompt` includes what was cached, thoughts and tool results come beside the others."""
    document = {"tokens": tokens}
    thoughts = f.count(document, "tokens.thoughts")
    return {
        "prompt_tokens": f.total(f.count(document, "tokens.prompt"), f.count(document, "tokens.tool")),
        "completion_tokens": f.total(f.count(document, "tokens.candidates"), thoughts),
        "reasoning_tokens": thoughts,
        "cached_tokens": f.count(document, "tokens.cached"),
    }


def flat_counts(stats: dict[str, Any]) -> dict[str, int | None]:
    """The counts of stream-json, which shows thoughts and tool results only in the total: counted as output."""
    document = {"stats": stats}
    prompt, whole = f.count(document, "stats.input_tokens"), f.count(document, "stats.total_tokens")
    output = f.count(document, "stats.output_tokens")
    if prompt is not None and output is not None and whole is not None:
        output = max(output, whole - prompt)
    return {"prompt_tokens": prompt, "completion_tokens": output, "cached_tokens": f.count(document, "stats.cached")}


FORMAT = Format(NAME, "gemini --output-format json or stream-json", matches, read)
