"""Assistants runs: the counters of Chat Completions on an object with times of its own."""

from collections.abc import Iterator
from typing import Any

from ecocli.ingest import fields as f
from ecocli.ingest.chat_usage import counts
from ecocli.ingest.format import Format
from ecocli.ingest.reading import Reading

NAME = "openai-assistants"


def matches(document: dict[str, Any]) -> bool:
    """A thread, or something in it: a run, its steps, messages and their pieces."""
    kind = document.get("object")
    return isinstance(kind, str) and (kind == "thread" or kind.startswith("thread."))


def read(document: dict[str, Any]) -> Iterator[Reading]:
    """The one call of a finished run; its usage is the sum of its steps, and without one it is still going on."""
    if document.get("object") != "thread.run" or not f.section(document, "usage"):
        return
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


FORMAT = Format(NAME, "OpenAI Assistants run, in one piece or streamed", matches, read)
