"""Events of OpenAI's Realtime API, as a client logs them: one call for each response that is done."""

from collections.abc import Iterator
from typing import Any

from ecocli.ingest import counters
from ecocli.ingest import fields as f
from ecocli.ingest.assembler import Assembler
from ecocli.ingest.format import Format
from ecocli.ingest.reading import Reading

NAME = "openai-realtime"

TABLE: counters.Table = {
    "prompt_tokens": ("usage.input_tokens",),
    "completion_tokens": ("usage.output_tokens",),
    "reasoning_tokens": ("usage.output_token_details.reasoning_tokens", "usage.output_tokens_details.reasoning_tokens"),
    "cached_tokens": ("usage.input_token_details.cached_tokens", "usage.input_tokens_details.cached_tokens"),
}
ALSO = ("total_tokens", "text_tokens", "audio_tokens", "image_tokens")
_EVENTS = ("session.", "conversation.", "input_audio_buffer.", "output_audio_buffer.", "rate_limits.", "response.")


def matches(document: dict[str, Any]) -> bool:
    """A response of a session, or the event that ends it."""
    return document.get("object") == "realtime.response" or f.at(document, "response.object") == "realtime.response"


def read(document: dict[str, Any]) -> Iterator[Reading]:
    """The one call of a response; nothing where it was cancelled before anything was counted."""
    response = f.section(document, "response") or document
    if not f.section(response, "usage"):
        return
    yield f.reading(
        NAME,
        counters.unread(response, "usage", TABLE, ALSO),
        id=f.text(response, "id") or f.body_id(response),
        model=f.text(document, "model") or f.text(response, "model"),
        **counters.read(response, TABLE),
    )


class Stream(Assembler):
    """The events of one session, which names its model once; each `response.done` is a call."""

    def __init__(self) -> None:
        super().__init__()
        self._model: str | None = None
        self._done: list[dict[str, Any]] = []

    @staticmethod
    def is_chunk(document: dict[str, Any]) -> bool:
        kind = document.get("type")
        return isinstance(kind, str) and kind.startswith(_EVENTS) and (isinstance(document.get("event_id"), str) or matches(document))

    def belongs(self, chunk: dict[str, Any]) -> bool:
        return chunk.get("type") != "session.created" or not self._done

    def add(self, chunk: dict[str, Any]) -> None:
        self._model = f.text(chunk, "session.model") or self._model
        if chunk.get("type") == "response.done":
            self._done.append({"model": self._model, "response": chunk.get("response")})
        self.complete = True  # a session ends when it ends

    def bodies(self) -> list[dict[str, Any]]:
        return self._done


FORMAT = Format(NAME, "OpenAI Realtime sessions, their server events one per line", matches, read, streams=(Stream,))
