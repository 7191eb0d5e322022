"""DashScope's own answers (Alibaba Cloud Model Studio): text, embeddings and rankings, in one piece or as server-sent events."""

from collections.abc import Iterator
from typing import Any

from ecocli.ingest import beside, counters
from ecocli.ingest import fields as f
from ecocli.ingest.assembler import Assembler
from ecocli.ingest.format import Format
from ecocli.ingest.reading import Reading

NAME = "dashscope"

TABLE: counters.Table = {
    "prompt_tokens": ("usage.input_tokens",),
    "completion_tokens": ("usage.output_tokens",),
    "reasoning_tokens": ("usage.output_tokens_details.reasoning_tokens", "usage.completion_tokens_details.reasoning_tokens"),
    "cached_tokens": (
        "usage.prompt_tokens_details.cached_tokens",
        "usage.input_tokens_details.cached_tokens",
        "usage.cached_tokens",
    ),
    "cache_write_tokens": (
        "usage.prompt_tokens_details.cache_creation_input_tokens",
        "usage.input_tokens_details.cache_creation_input_tokens",
        "usage.cache_creation_input_tokens",
    ),
}
ALSO = ("total_tokens", "text_tokens", "image_tokens", "video_tokens", "audio_tokens", "ephemeral_5m_input_tokens", "count", "image_count")


def matches(document: dict[str, Any]) -> bool:
    """A request's id beside its output and usage; answers of applications list the usage by model."""
    if not isinstance(document.get("output"), dict) or "request_id" not in document:
        return False
    counted = f.has(document, "usage.input_tokens", "usage.output_tokens") or bool(f.objects(f.at(document, "usage.models")))
    return counted or (_writes_nothing(document) and f.has(document, "usage.total_tokens"))


def read(document: dict[str, Any]) -> Iterator[Reading]:
    """The call of an answer, whose model is only in the request; of an application one for each model."""
    identity = f.text(document, "request_id") or f.body_id(document)
    models = f.objects(f.at(document, "usage.models"))
    for index, usage in enumerate(models):
        yield _reading({"usage": usage, "output": document.get("output")}, f"{identity}#{index}" if index else identity, f.text(usage, "model_id"))
    if not models:
        yield _reading(document, identity, f.text(document, "model", "usage.model"))


def _reading(document: dict[str, Any], identity: str, model: str | None) -> Reading:
    found = counters.read(document, TABLE)
    if _writes_nothing(document):
        prompt = found["prompt_tokens"] if found["prompt_tokens"] is not None else f.count(document, "usage.total_tokens")
        found |= {"prompt_tokens": prompt, "completion_tokens": found["completion_tokens"] or 0}
    return f.reading(NAME, counters.unread(document, "usage", TABLE, ALSO), id=identity, model=model, provider="Alibaba", **found, **beside.extras(document))


def _writes_nothing(document: dict[str, Any]) -> bool:
    """True for embeddings and rankings, which only count a total."""
    items = (*f.objects(f.at(document, "output.embeddings")), *f.objects(f.at(document, "output.results")))
    return any("embedding" in item or "relevance_score" in item for item in items)


class Stream(Assembler):
    """Every chunk is shaped like an answer; its usage is cumulative, so the last one counts."""

    @staticmethod
    def is_chunk(document: dict[str, Any]) -> bool:
        return matches(document)

    def belongs(self, chunk: dict[str, Any]) -> bool:
        return not self.complete and bool(self.body.get("request_id") == chunk.get("request_id"))

    def add(self, chunk: dict[str, Any]) -> None:
        self.body = chunk
        last = (chunk["output"], *f.objects(chunk["output"].get("choices")))
        self.complete = any(one.get("finish_reason") not in (None, "", "null") for one in last)


FORMAT = Format(NAME, "DashScope (Alibaba Cloud Model Studio): generation, embeddings, rerank", matches, read, streams=(Stream,))
