"""The Interactions API of Gemini, in one piece or as server-sent events."""

from collections.abc import Iterator
from typing import Any

from ecocli.ingest import beside, counters
from ecocli.ingest import fields as f
from ecocli.ingest.assembler import Assembler
from ecocli.ingest.format import Format
from ecocli.ingest.reading import Reading

NAME = "gemini-interactions"

TABLE: counters.Table = {
    "prompt_tokens": ("usage.total_input_tokens",),
    "completion_tokens": ("usage.total_output_tokens",),
    "reasoning_tokens": ("usage.total_thought_tokens", "usage.total_reasoning_tokens"),
    "cached_tokens": ("usage.total_cached_tokens",),
}
TOOLS = "usage.total_tool_use_tokens"
_EVENTS = ("interaction.", "step.", "content.")


def matches(document: dict[str, Any]) -> bool:
    """An interaction with counters of its own."""
    return f.has(document, *TABLE["prompt_tokens"], *TABLE["completion_tokens"])


def read(document: dict[str, Any]) -> Iterator[Reading]:
    """The one call of an interaction. Thoughts come beside the output, results of tools beside the input; an agent names no model."""
    found = counters.read(document, TABLE)
    thoughts, tools = found["reasoning_tokens"], f.count(document, TOOLS)
    found |= {"prompt_tokens": f.total(found["prompt_tokens"] or 0, tools), "completion_tokens": f.total(found["completion_tokens"] or 0, thoughts)}
    yield f.reading(
        NAME,
        counters.unread(document, "usage", TABLE, ("total_tool_use_tokens", "total_tokens")),
        id=f.text(document, "id") or f.body_id(document),
        model=f.text(document, "model"),
        provider="Google",
        startTimeMs=f.instant(document, "created"),
        endTimeMs=f.instant(document, "updated"),
        **found,
        **beside.extras(document),
    )


class Stream(Assembler):
    """Events with the interaction as it was at the beginning and as it is at the end, which alone has the usage."""

    @staticmethod
    def is_chunk(document: dict[str, Any]) -> bool:
        kind = document.get("event_type")
        return isinstance(kind, str) and kind.startswith(_EVENTS)

    def belongs(self, chunk: dict[str, Any]) -> bool:
        mine, its = self.body.get("id"), f.at(chunk, "interaction.id")
        return not self.complete and not (mine and its and mine != its)

    def add(self, chunk: dict[str, Any]) -> None:
        self.body.update({name: value for name, value in f.section(chunk, "interaction").items() if value not in (None, "")})
        if f.section(chunk, "usage"):
            self.body["usage"] = chunk["usage"]
        self.write(f.at(chunk, "delta.text"), f.at(chunk, "delta.content.text"))
        self.complete = self.complete or matches(self.body)


FORMAT = Format(NAME, "Gemini Interactions API", matches, read, streams=(Stream,))
