"""Anthropic Messages: from Anthropic, through Bedrock or Vertex, in one piece or streamed."""

from collections.abc import Iterator
from typing import Any

from ecocli.ingest import anthropic_usage, beside
from ecocli.ingest import fields as f
from ecocli.ingest.anthropic_usage import counts
from ecocli.ingest.assembler import Assembler
from ecocli.ingest.format import Format
from ecocli.ingest.reading import Reading

NAME = "anthropic"

METRICS = "amazon-bedrock-invocationMetrics"
_ISSUERS = {"msg_bdrk_": "AWS", "msg_vrtx_": "Google", "msg_": "Anthropic"}
"""Who writes ids that begin so; the longer beginnings first."""
NOWHERE = (None, "", "global", "not_available")
"""Values of `inference_geo` that name no place."""


def matches(document: dict[str, Any]) -> bool:
    """input_tokens and either cache counters or the marks of a message."""
    if not f.has(document, "usage.input_tokens", "usage.output_tokens"):
        return False
    cache = f.has(document, "usage.cache_read_input_tokens", "usage.cache_creation_input_tokens")
    return cache or document.get("type") == "message" or "stop_reason" in document


def read(document: dict[str, Any]) -> Iterator[Reading]:
    """
    The call of a message, then one for every iteration that its own sums leave out.

    Compaction and the advisor run the model again, sometimes another one, beside the message; a model that declined ran before it.
    """
    message_id = f.text(document, "id") or f.body_id(document)
    model, usage = f.text(document, "model"), f.section(document, "usage")
    common = {"provider": provider_of(document), "detected_region": region_of(document)}
    left_out, kinds = anthropic_usage.apart(usage, model) if usage.get("iterations") else ([], [])
    yield f.reading(NAME, [*anthropic_usage.notes(usage), *kinds], id=message_id, model=model, **common, **counts(usage), **beside.extras(document))
    for place, iteration in left_out:
        named = f.text(iteration, "model") or model
        yield f.reading(NAME, anthropic_usage.notes(iteration), id=_part(message_id, place), model=named, **common, **counts(iteration))


def _part(message_id: str, index: int) -> str:
    return f.shortened(f"{message_id}#{index}")


def provider_of(document: dict[str, Any]) -> str | None:
    """Who served the call, by the beginning of its id; others who answer in this shape do not call it Claude."""
    if METRICS in document:
        return "AWS"
    message_id, model = document.get("id"), document.get("model")
    if not isinstance(message_id, str) or (isinstance(model, str) and "claude" not in model):
        return None
    for beginning, name in _ISSUERS.items():
        if message_id.startswith(beginning):
            return name
    return None


def region_of(document: dict[str, Any]) -> str | None:
    """Where it ran, when the answer names a place: "global" and "not_available" are none."""
    region = f.section(document, "usage").get("inference_geo")
    return None if region in NOWHERE else f.text(document, "usage.inference_geo")


class Stream(Assembler):
    """message_start opens with a partial count; the usage of message_delta is cumulative and replaces it."""

    @staticmethod
    def is_chunk(document: dict[str, Any]) -> bool:
        kind = document.get("type")
        if kind == "message_start":
            return isinstance(document.get("message"), dict)
        return kind in ("ping", "message_delta", "message_stop") or (
            isinstance(kind, str) and kind.startswith("content_block_")
        )

    def belongs(self, chunk: dict[str, Any]) -> bool:
        if chunk.get("type") == "message_start":
            return "role" not in self.body and "id" not in self.body
        return not self.complete or chunk.get("type") == "ping"

    def add(self, chunk: dict[str, Any]) -> None:
        if chunk.get("type") == "message_start":
            self.body = dict(chunk["message"])
            self.body["usage"] = {**f.section(self.body, "usage"), "output_tokens": None}
        if served := f.at(chunk, "content_block.to.model"):
            self.body["model"] = served  # the model that the message began with declined
        self.write(*_written(f.section(chunk, "delta")))
        if f.section(chunk, "usage"):
            self._merge(chunk["usage"])
        if chunk.get("type") == "message_stop":
            self.complete = True
            self.body.update({METRICS: True} if METRICS in chunk else {})

    def _merge(self, usage: dict[str, Any]) -> None:
        """Older streams only repeat output_tokens: what they do not repeat stands."""
        self.body["usage"] = {**f.section(self.body, "usage"), **{k: v for k, v in usage.items() if v is not None}}


def _written(delta: dict[str, Any]) -> list[Any]:
    return [delta.get(name) for name in ("text", "thinking", "partial_json", "content")]


FORMAT = Format(NAME, "Anthropic Messages (Anthropic, Bedrock invoke, Vertex)", matches, read, streams=(Stream,))
