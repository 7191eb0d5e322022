"""Output files of the OpenAI Batch API: one answer of another format per line."""

from collections.abc import Iterator
from typing import Any

from ecocli.ingest import fields as f
from ecocli.ingest.format import Format
from ecocli.ingest.formats import (
    anthropic,
    bedrock_converse,
    bedrock_invoke,
    cohere,
    gemini,
    ollama,
    openai_assistants,
    openai_chat,
    openai_embeddings,
    openai_responses,
)
from ecocli.ingest.reading import Reading, Rejected

NAME = "openai-batch"

_ANSWERS = (
    *(gemini.FORMAT, cohere.FORMAT, ollama.FORMAT, bedrock_converse.FORMAT, bedrock_invoke.FORMAT, openai_embeddings.FORMAT),
    *(openai_assistants.FORMAT, openai_chat.FORMAT, openai_responses.FORMAT, anthropic.FORMAT),
)
"""Others answer batches in this shape, too, each with a body of its own; the most telling keys first."""


def matches(document: dict[str, Any]) -> bool:
    """A request's own id beside its answer or error."""
    return "custom_id" in document and "response" in document


def read(document: dict[str, Any]) -> Iterator[Reading | Rejected]:
    """The call of a line; nothing when the request failed, for then no model ran."""
    body = f.section(document, "response.body")
    answer = next((format for format in _ANSWERS if format.matches(body)), None)
    if answer is None:
        return
    for found in answer.read(body):
        yield found if isinstance(found, Rejected) else _of_line(found, document)


def _of_line(reading: Reading, document: dict[str, Any]) -> Reading:
    if str(reading.fields.get("id", "")).startswith(f.HASHED):
        reading.fields["id"] = f.text(document, "id", "response.request_id") or f.body_id(document)
    reading.format = NAME
    return reading


FORMAT = Format(NAME, "OpenAI Batch output, one line per request (failed requests are no calls)", matches, read)
