"""The Responses API, in one piece or as server-sent events."""

from collections.abc import Iterator
from typing import Any

from ecocli.ingest import beside, counters
from ecocli.ingest import fields as f
from ecocli.ingest.assembler import Assembler
from ecocli.ingest.chat_usage import ALSO, cache_of
from ecocli.ingest.format import Format
from ecocli.ingest.reading import Reading

NAME = "openai-responses"

TABLE: counters.Table = {
    "prompt_tokens": ("usage.input_tokens",),
    "completion_tokens": ("usage.output_tokens",),
    "reasoning_tokens": ("usage.output_tokens_details.reasoning_tokens", "usage.output_token_details.reasoning_tokens", "usage.reasoning_output_tokens"),
    "cached_tokens": (
        "usage.input_tokens_details.cached_tokens",
        "usage.input_token_details.cached_tokens",
        "usage.prompt_tokens_details.cached_tokens",
        "usage.cached_input_tokens",
    ),
    "cache_write_tokens": ("usage.input_tokens_details.cache_write_tokens", "usage.cache_write_input_tokens"),
}

_TELLING = ("usage.input_tokens_details", "usage.cached_input_tokens", "usage.total_tokens")
_FINAL = ("response.completed", "response.incomplete", "response.failed")


def matches(document: dict[str, Any]) -> bool:
    """input_tokens beside a counter that Anthropic does not have."""
    if f.has(document, "usage.cache_read_input_tokens", "usage.cache_creation_input_tokens"):
        return False
    return f.has(document, "usage.input_tokens", "usage.output_tokens") and f.has(document, *_TELLING)


def read(document: dict[str, Any]) -> Iterator[Reading]:
    """The one call of an answer; cached tokens are part of input_tokens here."""
    yield f.reading(
        NAME,
        counters.unread(document, "usage", TABLE, ALSO),
        id=f.text(document, "id") or f.body_id(document),
        model=f.text(document, "model"),
        startTimeMs=f.instant(document, "created_at"),
        endTimeMs=f.instant(document, "completed_at"),
        **counts(document),
        **beside.extras(document),
    )


def counts(document: dict[str, Any]) -> dict[str, int | None]:
    """The five counts under `usage`; the cache joins the prompt where the total says that it came on top of it."""
    found = counters.read(document, TABLE)
    prompt, completion, cache = found["prompt_tokens"], found["completion_tokens"], cache_of(found)
    if cache and None not in (prompt, completion) and f.count(document, "usage.total_tokens") == (prompt or 0) + (completion or 0) + cache:
        found["prompt_tokens"] = f.total(prompt, cache)
    return found


class Stream(Assembler):
    """Events named response.*; only the last one carries usage, earlier ones an empty one."""

    @staticmethod
    def is_chunk(document: dict[str, Any]) -> bool:
        kind = document.get("type")
        return isinstance(kind, str) and kind.startswith("response.")

    def belongs(self, chunk: dict[str, Any]) -> bool:
        return not self.complete and not (self.body and chunk.get("type") == "response.created")

    def add(self, chunk: dict[str, Any]) -> None:
        self.body = f.section(chunk, "response") or self.body
        self.complete = self.complete or chunk.get("type") in _FINAL
        self.write(chunk.get("delta"))  # text, reasoning summaries and arguments of tools alike


FORMAT = Format(NAME, "OpenAI Responses", matches, read, streams=(Stream,))
