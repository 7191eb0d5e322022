"""
Events of `opencode run --format json`: each step that ends is a call.

Format: anomalyco/opencode, packages/opencode/src/cli/cmd/run.ts; the tokens are those of the step's part.
"""

from collections.abc import Iterator
from typing import Any

from ecocli.ingest import fields as f
from ecocli.ingest import opencode_usage
from ecocli.ingest.format import Format
from ecocli.ingest.reading import Reading

NAME = "opencode-run"


def matches(document: dict[str, Any]) -> bool:
    """An event of a session; most of them hold a part of a message."""
    return f.has(document, "sessionID") and isinstance(document.get("type"), str) and (f.has(document, "part.messageID") or f.has(document, "error"))


def read(document: dict[str, Any]) -> Iterator[Reading]:
    """The call of a step that ended; the other events are none. Nothing in them names the model."""
    part = f.section(document, "part")
    if part.get("type") != "step-finish" or not f.section(part, "tokens"):
        return
    counted = opencode_usage.counts(part)
    if counted["prompt_tokens"] or counted["completion_tokens"]:
        yield f.reading(
            NAME,
            opencode_usage.notes(part),
            id=f.text(part, "id") or f.body_id(part),
            startTimeMs=f.instant(document, "timestamp"),  # of its end: the events may be read long after, and nothing else dates them
            source="opencode",
            tags=f.tags(session=f.text(document, "sessionID")),
            **counted,
        )


FORMAT = Format(NAME, "opencode run --format json", matches, read)
