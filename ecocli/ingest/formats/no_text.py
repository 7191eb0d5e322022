"""Answers that hold no text by a language model: images, transcripts, verdicts of moderation, scanned pages. They count other things than tokens."""

from collections.abc import Iterator
from typing import Any

from ecocli.errors import UnsupportedModality
from ecocli.ingest import fields as f
from ecocli.ingest.format import Format
from ecocli.ingest.reading import Rejected

NAME = "no-text"


def matches(document: dict[str, Any]) -> bool:
    """Pictures, words of a recording, categories of harm, pages of a document, or searches instead of tokens."""
    return _kind(document) is not None


def read(document: dict[str, Any]) -> Iterator[Rejected]:
    """The call, which is not estimated and is no fault."""
    kind = _kind(document) or "not a model that writes text"
    yield Rejected(UnsupportedModality(f.text(document, "model"), kind), None, f.canonical(document), is_fault=False)


def _kind(document: dict[str, Any]) -> str | None:
    results = f.objects(document.get("results"))
    pictures = (*f.objects(document.get("data")), *f.objects(document.get("predictions")))
    if any(f.has(item, "b64_json", "url", "revised_prompt", "bytesBase64Encoded") for item in pictures):
        return "an image model"
    if isinstance(document.get("text"), str) and ("duration" in document or f.has(document, "usage.type", "usage.seconds")):
        return "a speech model"
    if any("flagged" in item and "categories" in item for item in results):
        return "a moderation model"
    if "pages" in document and f.has(document, "usage_info"):
        return "a model for scanned documents"
    if any("relevance_score" in item for item in results) and not f.has(document, "usage"):
        return "a reranker that counts no tokens"
    return None


FORMAT = Format(NAME, "images, transcripts, moderation, scanned pages: left out, with a warning", matches, read)
