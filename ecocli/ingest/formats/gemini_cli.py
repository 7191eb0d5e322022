"""`gemini --output-format json` or stream-json, and Qwen Code's: one result with the sums of every model it used."""

from collections.abc import Iterator
from typing import Any

from ecocli.ingest import fields as f
from ecocli.ingest.format import Format
from ecocli.ingest.formats import qwen_code
from ecocli.ingest.reading import Reading

NAME = "gemini-cli"

COUNTERS = ("tokens.prompt", "tokens.candidates", "tokens.thoughts", "tokens.cached", "tokens.tool", "tokens.total")
"""In the order of Qwen Code's."""
_EVENTS = ("init", "message", "tool_use", "tool_result", "error")


def matches(document: dict[str, Any]) -> bool:
    """Statistics per model, or one of the events that come before them."""
    is_event = document.get("type") in _EVENTS and "timestamp" in document and "message" not in document
    return is_event or isinstance(f.at(document, "stats.models"), dict)


def read(document: dict[str, Any]) -> Iterator[Reading]:
    """One reading for each model: the sum of its calls in the session. The events before are no calls."""
    session = f.text(document, "session_id", "sessionId")
    base = session or f.body_id(document)
    is_qwens = document.get("type") == "result" and "num_turns" in document
    for model, stats in f.section(document, "stats.models").items():
        if not isinstance(stats, dict):
            continue
        yield f.reading(
            NAME,
            id=f.shortened(f"{base}#{model}"),
            model=f.shortened(model) or None,
            provider=qwen_code.provider_of(model) if is_qwens else "Google",
            source=qwen_code.NAME if is_qwens else NAME,
            tags=f.tags(session=session),
            **(counts(stats["tokens"]) if f.section(stats, "tokens") else flat_counts(stats)),
        )


def counts(tokens: dict[str, Any]) -> dict[str, int | None]:
    """The counts; `prompt` includes what was cached, thoughts and tool results come beside the others unless the total says otherwise."""
    return qwen_code.counts({"tokens": tokens}, COUNTERS)


def flat_counts(stats: dict[str, Any]) -> dict[str, int | None]:
    """The counts of stream-json, which shows thoughts and tool results only in the total: counted as output."""
    document = {"stats": stats}
    prompt, whole = f.count(document, "stats.input_tokens"), f.count(document, "stats.total_tokens")
    output = f.count(document, "stats.output_tokens")
    if prompt is not None and output is not None and whole is not None:
        output = max(output, whole - prompt)
    return {"prompt_tokens": prompt, "completion_tokens": output, "cached_tokens": f.count(document, "stats.cached")}


FORMAT = Format(NAME, "gemini --output-format json or stream-json, and Qwen Code's", matches, read)
