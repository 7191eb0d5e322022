"""Amazon Bedrock InvokeModel for models with shapes of their own, and the metrics that end every stream."""

from collections.abc import Iterator
from typing import Any

from ecocli.ingest import fields as f
from ecocli.ingest.assembler import Assembler
from ecocli.ingest.format import Format
from ecocli.ingest.formats.anthropic import METRICS
from ecocli.ingest.reading import Reading

NAME = "bedrock-invoke"

_COUNTS = (
    *("usage.input_tokens", "usage.output_tokens", "usage.prompt_tokens", "usage.inputTokens", "usage.outputTokens"),
    *("prompt_token_count", "generation_token_count", "inputTextTokenCount"),
    *(f"{METRICS}.{name}" for name in ("inputTokenCount", "outputTokenCount")),
)
"""Of every shape in which models answer there."""


def matches(document: dict[str, Any]) -> bool:
    """Llama's or Titan's counters, or the metrics."""
    return f.has(document, "prompt_token_count", "generation_token_count", "inputTextTokenCount", METRICS)


def is_of_guardrail(document: dict[str, Any]) -> bool:
    """True for an answer of any model that a guardrail gave in its place, and that counts nothing."""
    stepped_in = document.get("amazon-bedrock-guardrailAction") == "INTERVENED" or document.get("stopReason") == "guardrail_intervened"
    return stepped_in and not any(f.at(document, path) for path in _COUNTS)


def read(document: dict[str, Any]) -> Iterator[Reading]:
    """The one call of an answer. Bedrock's own metrics stand before the model's counters."""
    cached = f.count(document, f"{METRICS}.cacheReadInputTokenCount")
    written = f.count(document, f"{METRICS}.cacheWriteInputTokenCount")
    prompt = f.count(document, f"{METRICS}.inputTokenCount", "prompt_token_count", "inputTextTokenCount")
    yield f.reading(
        NAME,
        id=f.body_id(document),
        provider="AWS",
        prompt_tokens=f.total(prompt, cached, written),
        completion_tokens=_output(document),
        cached_tokens=cached,
        cache_write_tokens=written,
    )


def _output(document: dict[str, Any]) -> int | None:
    output = f.count(document, f"{METRICS}.outputTokenCount", "generation_token_count", "totalOutputTextTokenCount")
    results = [f.count(result, "tokenCount") for result in f.objects(document.get("results"))]
    if output is None and (results or f.has(document, "embedding")):
        return f.total(0, *results)  # an embedding generates nothing
    return output


class Stream(Assembler):
    """Chunks with a piece of text each; the last one carries the metrics."""

    @staticmethod
    def is_chunk(document: dict[str, Any]) -> bool:
        has_text = "generation" in document or "outputText" in document
        return METRICS in document or (has_text and not is_of_guardrail(document))

    def add(self, chunk: dict[str, Any]) -> None:
        self.write(chunk.get("generation"), chunk.get("outputText"))
        self.body.update({name: value for name, value in chunk.items() if value is not None})
        self.complete = self.complete or METRICS in chunk


FORMAT = Format(NAME, "Amazon Bedrock InvokeModel (Llama, Titan, and any stream that ends with invocation metrics)", matches, read, streams=(Stream,))
