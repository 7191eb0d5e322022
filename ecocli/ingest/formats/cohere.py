"""Cohere v1 and v2, in one piece, as lines (v1) or as server-sent events (v2)."""

from collections.abc import Iterator
from typing import Any

from ecocli.ingest import fields as f
from ecocli.ingest.assembler import Assembler
from ecocli.ingest.format import Format
from ecocli.ingest.reading import Reading

NAME = "cohere"

BILLED = "Cohere told only billed_units, which leave out its own prompt: the prompt was longer"


def matches(document: dict[str, Any]) -> bool:
    """Counters inside `tokens` or `billed_units`."""
    holders = [f"{holder}.{kind}" for holder in ("usage", "meta") for kind in ("tokens", "billed_units")]
    return any(f.has(document, f"{holder}.input_tokens", f"{holder}.output_tokens") for holder in holders)


def read(document: dict[str, Any]) -> Iterator[Reading]:
    """The one call of an answer. Energy follows `tokens`: billed units leave out most of the prompt."""
    holder = "usage" if f.section(document, "usage") else "meta"
    billed_only = not f.section(document, f"{holder}.tokens") and f.has(document, f"{holder}.billed_units")
    counters = f"{holder}.{'billed_units' if billed_only else 'tokens'}"
    output = f.count(document, f"{counters}.output_tokens")
    if output is None and f.has(document, "embeddings"):
        output = 0
    yield f.reading(
        NAME,
        [BILLED] if billed_only else [],
        id=f.text(document, "id", "generation_id", "response_id") or f.body_id(document),
        model=f.text(document, "model"),
        provider="Cohere",
        prompt_tokens=f.count(document, f"{counters}.input_tokens"),
        completion_tokens=output,
        cached_tokens=f.count(document, f"{counters}.cached_tokens", f"{holder}.cached_tokens"),
    )


class Stream(Assembler):
    """v2 says `type: message-start … message-end`, v1 `event_type: stream-start … stream-end`."""

    TYPES = ("message-", "content-", "tool-", "citation-")

    @staticmethod
    def is_chunk(document: dict[str, Any]) -> bool:
        kind = document.get("type")
        is_v2 = isinstance(kind, str) and kind.startswith(Stream.TYPES)
        return is_v2 or (isinstance(document.get("event_type"), str) and "is_finished" in document)

    def belongs(self, chunk: dict[str, Any]) -> bool:
        opens = chunk.get("type") == "message-start" or chunk.get("event_type") == "stream-start"
        return not self.complete and not (opens and self.body)

    def add(self, chunk: dict[str, Any]) -> None:
        for name in ("id", "generation_id"):
            if chunk.get(name):
                self.body[name] = chunk[name]
        self._write_v2(f.section(chunk, "delta.message"))
        self.write(chunk.get("text"))
        if chunk.get("type") == "message-end":
            self._finish({"usage": f.section(chunk, "delta.usage")})
        elif chunk.get("event_type") == "stream-end":
            self._finish(f.section(chunk, "response"))

    def _write_v2(self, said: dict[str, Any]) -> None:
        self.write(said.get("tool_plan"), f.at(said, "content.text"), f.at(said, "content.thinking"))
        self.write(f.at(said, "tool_calls.function.name"), f.at(said, "tool_calls.function.arguments"))

    def _finish(self, last: dict[str, Any]) -> None:
        self.body.update(last)
        self.complete = True


FORMAT = Format(NAME, "Cohere chat and embed, v1 and v2", matches, read, streams=(Stream,))
