"""Embeddings in the shapes of OpenAI and Vertex AI, and scores of rerankers: input only, nothing is generated."""

from collections.abc import Iterator
from typing import Any

from ecocli.ingest import fields as f
from ecocli.ingest.chat_usage import counts
from ecocli.ingest.format import Format
from ecocli.ingest.reading import Reading

NAME = "openai-embeddings"


def matches(document: dict[str, Any]) -> bool:
    """A list of vectors or scores with usage, or with the tokens of each; completion_tokens is not among their counters."""
    if _of_vertex(document):
        return True
    items = (*f.objects(document.get("data")), *f.objects(document.get("results")))
    vectors = any("embedding" in item or "relevance_score" in item for item in items)
    return vectors and f.has(document, "usage.prompt_tokens", "usage.total_tokens")


def read(document: dict[str, Any]) -> Iterator[Reading]:
    """The one call of an answer."""
    if parts := _of_vertex(document):
        tokens = {"prompt_tokens": f.total(0, *parts), "completion_tokens": 0}
        yield f.reading(NAME, id=f.body_id(document), model=f.text(document, "model"), provider="Google", **tokens)
        return
    tokens, assumptions = counts(document)
    if tokens["prompt_tokens"] is None:
        tokens["prompt_tokens"] = f.count(document, "usage.total_tokens")
    tokens["completion_tokens"] = tokens["completion_tokens"] or 0
    identity = f.text(document, "id") or f.body_id(document)
    yield f.reading(NAME, assumptions, id=identity, model=f.text(document, "model"), **tokens)


def _of_vertex(document: dict[str, Any]) -> list[int | None]:
    """Tokens of each text, as Vertex AI counts them; empty for any other answer."""
    predictions = f.objects(document.get("predictions"))
    return [f.count(one, "embeddings.statistics.token_count") for one in predictions if f.has(one, "embeddings.statistics.token_count")]


FORMAT = Format(NAME, "OpenAI embeddings and compatible answers, rerankers that count tokens", matches, read)
