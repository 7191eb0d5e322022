"""Output files of batches at Google and Amazon: a request and its answer per line."""

from collections.abc import Iterator
from typing import Any

from ecocli.ingest import beside
from ecocli.ingest import fields as f
from ecocli.ingest.format import Format
from ecocli.ingest.formats import answers, gemini
from ecocli.ingest.reading import Reading, Rejected

NAME = "cloud-batch"

_GOOGLES = ("key", "request", "processed_time")


def matches(document: dict[str, Any]) -> bool:
    """Amazon's record with the model's output, or Google's answer beside the key or the request."""
    if isinstance(document.get("modelOutput"), dict):
        return "recordId" in document or "modelInput" in document
    return any(key in document for key in _GOOGLES) and gemini.matches(f.section(document, "response"))


def read(document: dict[str, Any]) -> Iterator[Reading | Rejected]:
    """The call of a line, by the answer in it; one without an id of its own is known by the line."""
    is_amazons = "modelOutput" in document
    body = f.section(document, "modelOutput" if is_amazons else "response")
    for found in answers.read(body, NAME, service_tier=beside.BATCH, provider="AWS" if is_amazons else None):
        yield answers.with_id(found, f.body_id(document))


FORMAT = Format(NAME, "Batch output of Gemini, Vertex AI and Amazon Bedrock, one line per request", matches, read)
