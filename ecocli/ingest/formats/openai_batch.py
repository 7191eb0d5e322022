"""Output files of the OpenAI Batch API: one answer of any other format per line, for others answer batches in this shape, too."""

from collections.abc import Iterator
from typing import Any

from ecocli.ingest import beside
from ecocli.ingest import fields as f
from ecocli.ingest.format import Format
from ecocli.ingest.reading import Reading, Rejected

NAME = "openai-batch"


def matches(document: dict[str, Any]) -> bool:
    """A request's own id beside its answer or error."""
    return "custom_id" in document and "response" in document


def read(document: dict[str, Any]) -> Iterator[Reading | Rejected]:
    """The call of a line; nothing when the request failed, for then no model ran."""
    from ecocli.ingest import formats

    body = f.as_object(f.at(document, "response.body"))
    if not body or f.section(body, "error"):
        return
    answer = formats.whole(body, without=NAME)
    if answer is None:
        yield Rejected(formats.unknown(body), None, f.canonical(document))
        return
    for found in answer.read(body):
        yield found if isinstance(found, Rejected) else _of_line(found, document)


def _of_line(reading: Reading, document: dict[str, Any]) -> Reading:
    if str(reading.fields.get("id", "")).startswith(f.HASHED):
        reading.fields["id"] = f.text(document, "id", "response.request_id") or f.body_id(document)
    reading.fields["service_tier"] = beside.BATCH
    reading.format = NAME
    return reading


FORMAT = Format(NAME, "OpenAI Batch output, one line per request (failed requests are no calls)", matches, read)
