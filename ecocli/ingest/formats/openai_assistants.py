"""Assistants runs: the counters of Chat Completions on an object with times of its own."""

from collections.abc import Iterator
from typing import Any

from ecocli.ingest.formats import _fields as f
from ecocli.ingest.formats._chat_usage import counts
from ecocli.ingest.reading import Reading

NAME = "openai-assistants"
TITLE = "OpenAI Assistants run (thread.run)"


def matches(document: dict[str, Any]) -> bool:
    """A run with usage; it belongs to a thread and an assistant."""
    return document.get("object") == "thread.run" or ("assistant_id" in document and "usage" in document)


def read(document: dict[str, Any]) -> Iterator[Reading]:
    """The one call of a run; without usage it has not come to its end."""
    tokens, assumptions = counts(document)
    yield f.reading(
        NAME,
        assumptions,
        id=f.text(document, "id") or f.body_id(document),
        model=f.text(document, "model"),
        startTimeMs=f.instant(document, "started_at", "created_at"),
        endTimeMs=f.instant(document, "completed_at", "failed_at", "cancelled_at"),
        **tokens,
    )
