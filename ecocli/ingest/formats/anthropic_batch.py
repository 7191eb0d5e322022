"""Results of the Anthropic Message Batches API: one message per line."""

from collections.abc import Iterator
from typing import Any

from ecocli.ingest import beside
from ecocli.ingest import fields as f
from ecocli.ingest.format import Format
from ecocli.ingest.formats import answers
from ecocli.ingest.reading import Reading, Rejected

NAME = "anthropic-batch"


def matches(document: dict[str, Any]) -> bool:
    """A request's own id beside its result."""
    return "custom_id" in document and isinstance(document.get("result"), dict)


def read(document: dict[str, Any]) -> Iterator[Reading | Rejected]:
    """The calls of a line; nothing when the request did not succeed, for then no model ran."""
    message = f.section(document, "result.message")
    if not message:
        return
    yield from answers.read(message, NAME, service_tier=beside.BATCH)


FORMAT = Format(NAME, "Anthropic batch results, one line per request (errored, canceled and expired ones are no calls)", matches, read)
