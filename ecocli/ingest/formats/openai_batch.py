"""Output files of the OpenAI Batch API: one answer of another format per line."""

from collections.abc import Iterator
from typing import Any

from ecocli.ingest import formats
from ecocli.ingest.formats import _fields as f
from ecocli.ingest.reading import Reading

NAME = "openai-batch"
TITLE = "OpenAI Batch output, one line per request (failed requests are no calls)"


def matches(document: dict[str, Any]) -> bool:
    """A request's own id beside its answer or error."""
    return "custom_id" in document and "response" in document


def read(document: dict[str, Any]) -> Iterator[Reading]:
    """The call of a line; nothing when the request failed, for then no model ran."""
    body = f.section(document, "response.body")
    module = formats.detect(body)
    if not body or module is None:
        return
    for reading in module.read(body):
        if str(reading.fields.get("id", "")).startswith(f.HASHED):
            reading.fields["id"] = f.text(document, "id", "response.request_id") or f.body_id(document)
        reading.format = NAME
        yield reading
