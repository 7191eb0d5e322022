"""Amazon Bedrock's model invocation logs: one record per request, with the answer inside."""

from collections.abc import Iterator
from typing import Any

from ecocli.ingest import counters
from ecocli.ingest import fields as f
from ecocli.ingest.format import Format
from ecocli.ingest.formats import answers
from ecocli.ingest.reading import Reading, Rejected

NAME = "bedrock-log"

TABLE: counters.Table = {
    "prompt_tokens": ("input.inputTokenCount",),
    "completion_tokens": ("output.outputTokenCount",),
    "cached_tokens": ("input.cacheReadInputTokenCount",),
    "cache_write_tokens": ("input.cacheWriteInputTokenCount", "input.cacheCreationInputTokenCount"),
}


def matches(document: dict[str, Any]) -> bool:
    """The name of the schema, or a request's id and model beside its input and output."""
    return document.get("schemaType") == "ModelInvocationLog" or document.keys() >= {"requestId", "modelId", "operation", "input", "output"}


def read(document: dict[str, Any]) -> Iterator[Reading | Rejected]:
    """The call of a record; nothing when the request failed, or a guardrail kept it from the model."""
    if f.text(document, "errorCode"):
        return
    identity = f.text(document, "requestId") or f.body_id(document)
    found = counters.read(document, TABLE)
    if found["prompt_tokens"] is None and found["completion_tokens"] is None:
        yield from _by_answer(document, identity)
    elif any(found.values()):
        found["prompt_tokens"] = f.total(found["prompt_tokens"], found["cached_tokens"], found["cache_write_tokens"])
        found["completion_tokens"] = found["completion_tokens"] or 0  # left out where nothing is written
        yield f.reading(NAME, id=identity, **_circumstances(document), **found)


def _by_answer(document: dict[str, Any], identity: str) -> Iterator[Reading | Rejected]:
    """The call by what the model itself answered, where the record counts nothing."""
    body = f.as_object(f.at(document, "output.outputBodyJson"))
    if body:
        yield from answers.read(body, NAME, id=identity, **_circumstances(document))


def _circumstances(document: dict[str, Any]) -> dict[str, Any]:
    """Model, place and time; a request that was routed to another region names that one, too."""
    known = {
        "model": f.text(document, "modelId"),
        "provider": "AWS",
        "detected_region": f.text(document, "inferenceRegion", "region"),
        "startTimeMs": f.instant(document, "timestamp"),
    }
    return {name: value for name, value in known.items() if value is not None}


FORMAT = Format(NAME, "Amazon Bedrock model invocation logs (failed requests are no calls)", matches, read)
