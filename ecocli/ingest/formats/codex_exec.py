"""`codex exec --json`: events of a thread, one turn after another."""

from collections.abc import Iterator, Mapping
from typing import Any

from ecocli.ingest import fields as f
from ecocli.ingest.assembler import Assembler
from ecocli.ingest.format import Format
from ecocli.ingest.formats import openai_responses
from ecocli.ingest.reading import Reading, Running

NAME = "codex-exec"

COUNTERS = ("prompt_tokens", "completion_tokens", "reasoning_tokens", "cached_tokens", "cache_write_tokens")
"""In the order in which an id has them."""
EARLIER = "codex exec's counters add up over the thread: those of earlier turns, if it had any, are in these"
PROVIDER_ASSUMED = "codex exec names neither provider nor model: OpenAI was assumed"


def matches(document: dict[str, Any]) -> bool:
    """A finished turn: the only event with usage."""
    return document.get("type") == "turn.completed" and bool(f.section(document, "usage"))


def read(document: dict[str, Any]) -> Iterator[Reading]:
    """The call of one finished turn; its counters hold those of the turns before."""
    counts = openai_responses.counts(document)
    thread = f.text(document, "thread_id")
    reading = f.reading(
        NAME,
        [PROVIDER_ASSUMED, EARLIER],
        id=f.text(document, "id") or (identity(thread, counts) if thread else f.body_id(document)),
        model=f.text(document, "model"),
        provider="OpenAI",
        source="codex",
        tags=f.tags(session=thread),
        **counts,
    )
    if thread:
        reading.running = Running(thread, {name: count for name, count in counts.items() if count is not None}, note=EARLIER)
    yield reading


def identity(thread: str, counts: Mapping[str, int | None]) -> str:
    """An id for a turn, or what else adds up in a thread: the totals behind it. Its place in a stream says nothing, for a resumed thread has a stream of its own."""
    told = (counts.get(name) for name in COUNTERS)
    return f.shortened(f"{thread}:{'-'.join('' if count is None else str(count) for count in told)}")


def totals(identity: str) -> dict[str, int] | None:
    """The totals that an id was made of; None for another one."""
    parts = identity.rpartition(":")[2].split("-")
    if len(parts) != len(COUNTERS) or not all(part.isdecimal() or not part for part in parts):
        return None
    return {name: int(part) for name, part in zip(COUNTERS, parts, strict=True) if part}


class Stream(Assembler):
    """thread.started names the thread; every turn.completed in it is a call. Failed turns have no usage."""

    def __init__(self) -> None:
        super().__init__()
        self.thread: Any = None
        self.model: Any = None
        self.turns: list[dict[str, Any]] = []
        self.complete = True

    @staticmethod
    def is_chunk(document: dict[str, Any]) -> bool:
        kind = document.get("type")
        return isinstance(kind, str) and kind.startswith(("thread.", "turn.", "item.")) and "object" not in document

    def belongs(self, chunk: dict[str, Any]) -> bool:
        return chunk.get("type") != "thread.started"

    def add(self, chunk: dict[str, Any]) -> None:
        self.model = chunk.get("model") or self.model
        if chunk.get("type") == "thread.started":
            self.thread = chunk.get("thread_id")
        elif matches(chunk):
            self.turns.append({"thread_id": self.thread, "model": self.model, **chunk})

    def bodies(self) -> list[dict[str, Any]]:
        return self.turns


FORMAT = Format(NAME, "codex exec --json", matches, read, streams=(Stream,))
