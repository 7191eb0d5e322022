"""Amazon Bedrock Converse (and Nova's own answers, which look the same), in one piece or as an event stream."""

from collections.abc import Iterator
from typing import Any

from ecocli.ingest import fields as f
from ecocli.ingest.assembler import Assembler
from ecocli.ingest.format import Format
from ecocli.ingest.reading import Reading

NAME = "bedrock-converse"

_SDK_EVENTS = (
    "messageStart",
    "contentBlockStart",
    "contentBlockDelta",
    "contentBlockStop",
    "messageStop",
    "metadata",
)
"""The event's type, which SDKs and the binary stream put around its content."""


def matches(document: dict[str, Any]) -> bool:
    """Counters in camel case."""
    return f.has(document, "usage.inputTokens", "usage.outputTokens")


def read(document: dict[str, Any]) -> Iterator[Reading]:
    """The one call of an answer. Its model and id are only in the request, unless a log added them."""
    yield f.reading(
        NAME,
        id=f.text(document, "ResponseMetadata.RequestId") or f.body_id(document),
        model=f.text(document, "modelId", "model"),
        provider="AWS",
        **counts(document),
    )


def counts(document: dict[str, Any]) -> dict[str, int | None]:
    """The counts under `usage`; tokens read from and written to the cache come beside inputTokens."""
    cached = f.count(document, *_spellings("cacheRead"))
    written = f.count(document, *_spellings("cacheWrite"))
    return {
        "prompt_tokens": f.total(f.count(document, "usage.inputTokens"), cached, written),
        "completion_tokens": f.count(document, "usage.outputTokens"),
        "cached_tokens": cached,
        "cache_write_tokens": written,
    }


def _spellings(kind: str) -> tuple[str, ...]:
    return tuple(f"usage.{kind}{ending}" for ending in ("InputTokens", "InputTokenCount", "Tokens"))


class Stream(Assembler):
    """Events of a converse stream, as SDKs print them or bare; the last one carries the usage."""

    @staticmethod
    def is_chunk(document: dict[str, Any]) -> bool:
        if len(document) == 1 and any(isinstance(document.get(name), dict) for name in _SDK_EVENTS):
            return "metadata" not in document or matches(document["metadata"])
        if "contentBlockIndex" in document or document.keys() - {"p"} == {"role"}:
            return True
        last = "metrics" in document and matches(document)
        stop = document.keys() - {"p", "additionalModelResponseFields"} == {"stopReason"}
        return "output" not in document and (last or stop)

    def add(self, chunk: dict[str, Any]) -> None:
        for event in (chunk, *(f.section(chunk, name) for name in _SDK_EVENTS)):
            delta = f.section(event, "delta")
            self.write(delta.get("text"), f.at(delta, "toolUse.input"), f.at(delta, "reasoningContent.text"))
            if matches(event):
                self.body = {"usage": event["usage"]}
                self.complete = True


FORMAT = Format(NAME, "Amazon Bedrock Converse and Nova", matches, read, streams=(Stream,))
