"""`codex exec --json`: events of a thread, one turn after another."""

from collections.abc import Iterator
from typing import Any

from ecocli.ingest import fields as f
from ecocli.ingest.assembler import Assembler
from ecocli.ingest.format import Format
from ecocli.ingest.formats import openai_responses
from ecocli.ingest.reading import Reading

NAME = "codex-exec"

PROVIDER_ASSUMED = "codex exec names neither provider nor model: OpenAI was assumed"


def matches(document: dict[str, Any]) -> bool:
    """A finished turn: the only event with usage."""
    return document.get("type") == "turn.completed" and bool(f.section(document, "usage"))


def read(document: dict[str, Any]) -> Iterator[Reading]:
    """The call of one finished turn."""
    yield f.reading(
        NAME,
        [PROVIDER_ASSUMED],
        id=f.text(document, "id") or f.body_id(document),
        provider="OpenAI",
        source="codex",
        tags=f.tags(session=f.text(document, "thread_id")),
        **openai_responses.counts(document),
    )


class Stream(Assembler):
    """thread.started names the thread; every turn.completed in it is a call. Failed turns have no usage."""

    def __init__(self) -> None:
        super().__init__()
        self.thread: Any = None
        self.turns: list[dict[str, Any]] = []
        self.complete = True

    @staticmethod
    def is_chunk(document: dict[str, Any]) -> bool:
        kind = document.get("type")
        return isinstance(kind, str) and kind.startswith(("thread.", "turn.", "item.")) and "object" not in document

    def belongs(self, chunk: dict[str, Any]) -> bool:
        return chunk.get("type") != "thread.started"

    def add(self, chunk: dict[str, Any]) -> None:
        if chunk.get("type") == "thread.started":
            self.thread = chunk.get("thread_id")
        elif matches(chunk):
            identity = f"{self.thread}#{len(self.turns) + 1}" if isinstance(self.thread, str) else None
            self.turns.append({"id": identity, "thread_id": self.thread, **chunk})

    def bodies(self) -> list[dict[str, Any]]:
        return self.turns


FORMAT = Format(NAME, "codex exec --json", matches, read, streams=(Stream,))
