"""`cursor-agent -p --output-format json`."""

from collections.abc import Iterator
from typing import Any

from ecocli.ingest import fields as f
from ecocli.ingest.format import Format
from ecocli.ingest.formats import bedrock_converse
from ecocli.ingest.reading import Reading

NAME = "cursor-cli"


def matches(document: dict[str, Any]) -> bool:
    """The result of a session with Cursor's spelling of the cache counters."""
    is_result = document.get("type") == "result" and "modelUsage" not in document
    return is_result and f.has(document, "usage.inputTokens", "usage.outputTokens", "usage.cacheReadTokens")


def read(document: dict[str, Any]) -> Iterator[Reading]:
    """The one call of a result, which names no model. [documented shape; cache counters beside inputTokens]"""
    yield f.reading(
        NAME,
        id=f.text(document, "request_id", "session_id") or f.body_id(document),
        model=f.text(document, "model"),
        provider="Cursor",
        source="cursor",
        tags=f.tags(session=f.text(document, "session_id")),
        **bedrock_converse.counts(document),
    )


FORMAT = Format(NAME, "cursor-agent --output-format json", matches, read)
