"""Whole answers inside of other documents: lines of a batch, records of a log."""

from collections.abc import Iterator
from typing import Any

from ecocli.ingest import fields as f
from ecocli.ingest.formats import (
    anthropic,
    bedrock_converse,
    bedrock_guardrail,
    bedrock_invoke,
    cohere,
    dashscope,
    gemini,
    gemini_interactions,
    no_text,
    ollama,
    openai_assistants,
    openai_chat,
    openai_embeddings,
    openai_responses,
    vercel_ai,
)
from ecocli.ingest.reading import Reading, Rejected
from ecocli.ingest.unknown import unknown

_FORMATS = (
    *(gemini_interactions.FORMAT, gemini.FORMAT, dashscope.FORMAT, cohere.FORMAT, ollama.FORMAT, bedrock_guardrail.FORMAT, bedrock_converse.FORMAT),
    *(bedrock_invoke.FORMAT, vercel_ai.FORMAT, openai_embeddings.FORMAT, no_text.FORMAT, openai_assistants.FORMAT, openai_chat.FORMAT),
    *(openai_responses.FORMAT, anthropic.FORMAT),
)
"""The most telling keys first."""


def read(body: dict[str, Any], name: str, **fields: Any) -> Iterator[Reading | Rejected]:
    """
    The calls of an answer in whichever shape, as calls of the format `name`; one that no format knows comes as Rejected.

    Args:
        fields: What the document around the answer knows better; None where it knows nothing.
    """
    format = next((format for format in _FORMATS if format.matches(body)), None)
    if format is None:
        yield Rejected(unknown(body), None, f.canonical(body))
        return
    for found in format.read(body):
        if isinstance(found, Reading):
            found.format = name
            found.fields |= {field: value for field, value in fields.items() if value is not None}
        yield found


def with_id(reading: Reading | Rejected, identity: str) -> Reading | Rejected:
    """The reading; one whose answer brought no id of its own is known by this one."""
    if isinstance(reading, Reading) and str(reading.fields.get("id", "")).startswith(f.HASHED):
        reading.fields["id"] = identity
    return reading
