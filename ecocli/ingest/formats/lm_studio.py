"""LM Studio's REST API v1 (`/api/v1/chat`); its v0 and OpenAI-compatible answers are `openai-chat`."""

from collections.abc import Iterator
from typing import Any

from ecocli.ingest import fields as f
from ecocli.ingest import runtimes
from ecocli.ingest.assembler import Assembler
from ecocli.ingest.format import Format
from ecocli.ingest.reading import Reading

NAME = "lm-studio"

_PHASES = ("model_load", "prompt_processing", "reasoning", "message")
_STEPS = ("start", "progress", "delta", "end")
_TOOLS = ("start", "name", "arguments", "success", "failure")
_EVENTS = {"chat.start", "chat.end", *(f"{phase}.{step}" for phase in _PHASES for step in _STEPS), *(f"tool_call.{step}" for step in _TOOLS)}
_TEXT = ("message.delta", "reasoning.delta")


def matches(document: dict[str, Any]) -> bool:
    """The instance of the model that answered, beside counts of its own names."""
    return f.has(document, "model_instance_id") and f.has(document, "stats.total_output_tokens", "stats.input_tokens")


def read(document: dict[str, Any]) -> Iterator[Reading]:
    """The one call of an answer. It has no date, and the time that writing took is that of its tokens at the stated speed."""
    output, per_second = f.count(document, "stats.total_output_tokens"), f.number(document, "stats.tokens_per_second")
    seconds = output / per_second if output is not None and per_second else None
    reading = f.reading(
        NAME,
        id=f.text(document, "response_id") or f.body_id(document),
        model=f.text(document, "model_instance_id"),
        provider=runtimes.LM_STUDIO,
        prompt_tokens=f.count(document, "stats.input_tokens"),
        completion_tokens=output,
        reasoning_tokens=f.count(document, "stats.reasoning_output_tokens"),
        load_ms=runtimes.in_ms(f.number(document, "stats.model_load_time_seconds")),
        prompt_ms=runtimes.in_ms(f.number(document, "stats.time_to_first_token_seconds")),
        generation_ms=runtimes.in_ms(seconds),
    )
    if output is None:
        said = (item.get("content") for item in f.objects(document.get("output")))
        reading.completion_text = "".join(part for part in said if isinstance(part, str)) or None
    yield reading


class Stream(Assembler):
    """Events named after the phases of an answer; `chat.end` holds all of it as `result`."""

    @staticmethod
    def is_chunk(document: dict[str, Any]) -> bool:
        kind = document.get("type")
        return isinstance(kind, str) and kind in _EVENTS

    def belongs(self, chunk: dict[str, Any]) -> bool:
        return not self.complete and not (chunk["type"] == "chat.start" and bool(self.body))

    def add(self, chunk: dict[str, Any]) -> None:
        if chunk["type"] == "chat.end" and f.section(chunk, "result"):
            self.body, self.complete = chunk["result"], True
        elif "model_instance_id" in chunk:
            self.body = {"model_instance_id": chunk["model_instance_id"]}
        elif chunk["type"] in _TEXT:
            self.write(chunk.get("content"))


FORMAT = Format(NAME, "LM Studio REST API v1", matches, read, streams=(Stream,))
