"""Amazon Bedrock Converse (and Nova's own answers, which look the same), in one piece or as an event stream."""

from collections.abc import Iterator
from typing import Any

from ecocli.ingest import beside, counters
from ecocli.ingest import fields as f
from ecocli.ingest.assembler import Assembler
from ecocli.ingest.format import Format
from ecocli.ingest.reading import Reading

NAME = "bedrock-converse"

TABLE: counters.Table = {
    "prompt_tokens": ("usage.inputTokens",),
    "completion_tokens": ("usage.outputTokens",),
    "cached_tokens": ("usage.cacheReadInputTokens", "usage.cacheReadInputTokenCount", "usage.cacheReadTokens"),
    "cache_write_tokens": ("usage.cacheWriteInputTokens", "usage.cacheWriteInputTokenCount", "usage.cacheWriteTokens"),
}

_SDK_EVENTS = (
    "messageStart",
    "contentBlockStart",
    "contentBlockDelta",
    "contentBlockStop",
    "messageStop",
    "metadata",
)
"""The event's type, which SDKs and the binary stream put around its content."""


_MARKS = ("output.message", "output.content", "metrics.latencyMs", "ResponseMetadata", "stopReason", "additionalModelResponseFields", "trace.guardrail")
"""Of which an answer has one. Its counters alone prove nothing: others write them, too."""


def matches(document: dict[str, Any]) -> bool:
    """Counters in camel case beside a mark of Bedrock."""
    return _has_counts(document) and f.has(document, *_MARKS)


def _has_counts(document: dict[str, Any]) -> bool:
    return f.has(document, "usage.inputTokens", "usage.outputTokens")


def read(document: dict[str, Any]) -> Iterator[Reading]:
    """The one call of an answer. Its model and id are only in the request, unless a log added them."""
    yield f.reading(
        NAME,
        counters.unread(document, "usage", TABLE, ("totalTokens", "inputTokens", "cacheDetails")),
        id=f.text(document, "ResponseMetadata.RequestId") or f.body_id(document),
        model=f.text(document, "modelId", "model"),
        provider="AWS",
        **counts(document),
        **beside.extras(document),
    )


def counts(document: dict[str, Any]) -> dict[str, int | None]:
    """The counts under `usage`; tokens read from and written to the cache come beside inputTokens."""
    found = counters.read(document, TABLE)
    return found | {"prompt_tokens": f.total(found["prompt_tokens"], found["cached_tokens"], found["cache_write_tokens"])}


class Stream(Assembler):
    """Events of a converse stream, as SDKs print them or bare; the last one carries the usage."""

    @staticmethod
    def is_chunk(document: dict[str, Any]) -> bool:
        if len(document) == 1 and any(isinstance(document.get(name), dict) for name in _SDK_EVENTS):
            return "metadata" not in document or _has_counts(document["metadata"])
        if "contentBlockIndex" in document or document.keys() - {"p"} == {"role"}:
            return True
        last = "metrics" in document and _has_counts(document)
        stop = document.keys() - {"p", "additionalModelResponseFields"} == {"stopReason"}
        return "output" not in document and (last or stop)

    def add(self, chunk: dict[str, Any]) -> None:
        for event in (chunk, *(f.section(chunk, name) for name in _SDK_EVENTS)):
            delta = f.section(event, "delta")
            self.write(delta.get("text"), f.at(delta, "toolUse.input"), f.at(delta, "reasoningContent.text"))
            if _has_counts(event):
                self.body = {"usage": event["usage"]}
                self.complete = True


FORMAT = Format(NAME, "Amazon Bedrock Converse and Nova", matches, read, streams=(Stream,))
