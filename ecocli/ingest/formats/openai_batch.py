"""Output files of the OpenAI Batch API: one answer of any other format per line, for others answer batches in this shape, too."""

from collections.abc import Iterator
from typing import Any

from ecocli.ingest import beside
from ecocli.ingest import fields as f
from ecocli.ingest.format import Format
from ecocli.ingest.formats import answers
from ecocli.ingest.reading import Reading, Rejected

NAME = "openai-batch"


def matches(document: dict[str, Any]) -> bool:
    """A request's own id beside its answer or error."""
    return "custom_id" in document and "response" in document


def read(document: dict[str, Any]) -> Iterator[Reading | Rejected]:
    """The call of a line; nothing when the request failed, for then no model ran."""
    body = f.as_object(f.at(document, "response.body"))
    if body and not f.section(body, "error"):
        for found in answers.read(body, NAME, service_tier=beside.BATCH):
            yield answers.with_id(found, f.text(document, "id", "response.request_id") or f.body_id(document))


FORMAT = Format(NAME, "OpenAI Batch output, one line per request (failed requests are no calls)", matches, read)
