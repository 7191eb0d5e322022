"""Ollama's own API (chat, generate, embed), in one piece or as lines."""

from collections.abc import Iterator
from typing import Any

from ecocli.ingest import fields as f
from ecocli.ingest.assembler import Assembler
from ecocli.ingest.format import Format
from ecocli.ingest.reading import Reading

NAME = "ollama"

FROM_CONTEXT = "prompt_eval_count is missing (prompt cache): the prompt was counted from the returned context"
CACHED_PROMPT = "prompt_eval_count is missing: the server had the prompt in its cache and did not count it"
NANOSECONDS = 1_000_000  # in a millisecond


def matches(document: dict[str, Any]) -> bool:
    """Counters named after llama.cpp's phases, or the mark of a finished answer."""
    is_finished = document.get("done") is True and "created_at" in document
    return is_finished or f.has(document, "eval_count", "prompt_eval_count")


def read(document: dict[str, Any]) -> Iterator[Reading]:
    """The one call of an answer. Its date is that of the end; durations are in nanoseconds."""
    prompt, assumptions = _prompt(document)
    output = f.count(document, "eval_count")
    if output is None and f.has(document, "embeddings", "embedding"):
        output = 0
    reading = f.reading(
        NAME,
        assumptions,
        id=f.body_id(document),
        model=f.text(document, "model"),
        provider="Ollama",
        prompt_tokens=prompt,
        completion_tokens=output,
        cached_tokens=f.count(document, "prompt_eval_cached_count"),
        **_times(document),
        **_phases(document),
    )
    if output is None:
        reading.completion_text = "".join(written(document)) or None
    yield reading


def written(document: dict[str, Any]) -> Iterator[str]:
    """All that the model wrote, in a whole answer or in a chunk."""
    said = f.section(document, "message")
    for part in (document.get("thinking"), document.get("response"), said.get("thinking"), said.get("content")):
        if isinstance(part, str):
            yield part


def _prompt(document: dict[str, Any]) -> tuple[int | None, list[str]]:
    """
    The prompt's tokens. Older servers leave the count out, or say 0, when the prompt was in their cache.

    `generate` still returns prompt and answer as token numbers then; elsewhere the count stays unknown.
    """
    prompt = f.count(document, "prompt_eval_count")
    context, output = document.get("context"), f.count(document, "eval_count")
    if prompt or f.has(document, "embeddings", "embedding"):
        return prompt, []
    if isinstance(context, list) and output is not None and len(context) > output:
        return len(context) - output, [FROM_CONTEXT]
    return None, [CACHED_PROMPT] if output is not None else []


def _times(document: dict[str, Any]) -> dict[str, int | None]:
    end = f.instant(document, "created_at")
    whole, load, prompt = (f.number(document, f"{phase}_duration") for phase in ("total", "load", "prompt_eval"))
    start = None if whole is None else f.elapsed(end, -whole / NANOSECONDS)
    before = None if prompt is None else ((load or 0) + prompt) / NANOSECONDS
    return {"startTimeMs": start, "firstTokenTimeMs": f.elapsed(start, before), "endTimeMs": end}


def _phases(document: dict[str, Any]) -> dict[str, float | None]:
    """Durations of loading the model, reading the prompt and writing the answer. [ms]"""
    names = {"load_ms": "load_duration", "prompt_ms": "prompt_eval_duration", "generation_ms": "eval_duration"}
    found = {field: f.number(document, name) for field, name in names.items()}
    return {field: None if value is None else value / NANOSECONDS for field, value in found.items()}


class Stream(Assembler):
    """Lines with a piece of text each; the line with `done: true` carries the counts."""

    @staticmethod
    def is_chunk(document: dict[str, Any]) -> bool:
        return isinstance(document.get("done"), bool) and "created_at" in document

    def add(self, chunk: dict[str, Any]) -> None:
        self.write(*written(chunk))
        if chunk["done"]:
            self.complete = True
            self.body = chunk
        else:
            self.body = {"model": chunk.get("model"), "created_at": chunk.get("created_at")}


FORMAT = Format(NAME, "Ollama chat, generate and embed", matches, read, streams=(Stream,))
