"""`gemini --output-format json`: one result with the sums of every model it used."""

from collections.abc import Iterator
from typing import Any

from ecocli.ingest.formats import _fields as f
from ecocli.ingest.reading import Reading

NAME = "gemini-cli"
TITLE = "gemini --output-format json"


def matches(document: dict[str, Any]) -> bool:
    """Statistics per model."""
    return isinstance(f.at(document, "stats.models"), dict)


def read(document: dict[str, Any]) -> Iterator[Reading]:
    """One reading for each model: the sum of its calls in the session."""
    session = f.text(document, "session_id", "sessionId")
    base = session or f.body_id(document)
    for model, stats in f.section(document, "stats.models").items():
        tokens = f.section(stats, "tokens")
        if not tokens:
            continue
        yield f.reading(
            NAME,
            id=f.shortened(f"{base}#{model}"),
            model=f.shortened(model) or None,
            provider="Google",
            source="gemini-cli",
            tags=f.tags(session=session),
            **counts(tokens),
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
