"""Answers that hold no text by a language model: pictures, recordings, transcripts, verdicts, scanned pages. They count other things than tokens."""

from collections.abc import Callable, Iterator
from typing import Any

from ecocli.errors import UnsupportedModality
from ecocli.ingest import fields as f
from ecocli.ingest.format import Format
from ecocli.ingest.reading import Rejected

NAME = "no-text"

_PICTURES = ("data", "predictions", "images", "artifacts", "output.results")
_PICTURE = ("b64_json", "url", "revised_prompt", "bytesBase64Encoded", "base64")


def matches(document: dict[str, Any]) -> bool:
    """Pictures, words of a recording, categories of harm, pages of a document, or searches instead of tokens."""
    return _kind(document) is not None


def read(document: dict[str, Any]) -> Iterator[Rejected]:
    """The call, which is not estimated and is no fault."""
    kind = _kind(document) or "not a model that writes text"
    yield Rejected(UnsupportedModality(f.text(document, "model"), kind), None, f.canonical(document), is_fault=False)


def _kind(document: dict[str, Any]) -> str | None:
    return next((kind for is_one, kind in _KINDS if is_one(document)), None)


def _has_pictures(document: dict[str, Any]) -> bool:
    """OpenAI, xAI and Together under `data`, Google under `predictions`, Amazon and fal under `images`, Stability and DashScope in theirs."""
    listed = [item for path in _PICTURES for item in f.objects(f.at(document, path))]
    images = document.get("images")
    is_amazons = isinstance(images, list) and bool(images) and all(isinstance(image, str) for image in images)
    is_stabilitys = isinstance(document.get("image"), str) and "finish_reason" in document
    counted = f.has(document, "usage.image_count") and not f.has(document, "usage.input_tokens")
    return is_amazons or is_stabilitys or counted or any(f.has(item, *_PICTURE) for item in listed)


def _is_video(document: dict[str, Any]) -> bool:
    """OpenAI's and DashScope's jobs, Google's finished operations."""
    done = ("response.generateVideoResponse", "response.generatedVideos", "response.videos", "output.video_url", "usage.video_count", "usage.video_duration")
    return document.get("object") == "video" or f.has(document, *done)


def _is_speech(document: dict[str, Any]) -> bool:
    """A transcript with its length, its words or its counts; or what a speaking model counts."""
    told = ("usage.type", "usage.seconds", "usage.prompt_audio_seconds", "duration", "audio_duration", "x_groq", "segments", "words", "language_code")
    if isinstance(document.get("text"), str) and "choices" not in document and any(f.at(document, path) is not None for path in told):
        return True
    deepgrams = isinstance(f.at(document, "results.channels"), list)
    dashscopes = f.has(document, "output.audio", "output.sentence") or (f.has(document, "usage.characters", "usage.duration") and "output" in document)
    return deepgrams or (dashscopes and not f.has(document, "usage.output_tokens"))


def _is_moderation(document: dict[str, Any]) -> bool:
    return any("categories" in item and ("flagged" in item or "category_scores" in item) for item in f.objects(document.get("results")))


def _is_scan(document: dict[str, Any]) -> bool:
    return "pages" in document and f.has(document, "usage_info")


def _is_ranking(document: dict[str, Any]) -> bool:
    """Cohere, Amazon and Vertex AI; rankings with tokens are counted as embeddings are."""
    listed = (*f.objects(document.get("results")), *f.objects(document.get("records")), *f.objects(f.at(document, "output.results")))
    return any("relevance_score" in item or "relevanceScore" in item or {"id", "score"} <= item.keys() for item in listed) and not f.has(document, "usage")


def _is_uncounted_embedding(document: dict[str, Any]) -> bool:
    """Gemini's and Cohere's on Amazon, which count nothing in their answers."""
    listed = (f.section(document, "embedding"), *f.objects(document.get("embeddings")))
    is_googles = any(isinstance(item.get("values"), list) for item in listed)
    is_coheres = "response_type" in document and "embeddings" in document
    return (is_googles or is_coheres) and not f.has(document, "usage", "usageMetadata", "meta", "prompt_eval_count")


_KINDS: tuple[tuple[Callable[[dict[str, Any]], bool], str], ...] = (
    (_has_pictures, "an image model"),
    (_is_video, "a video model"),
    (_is_speech, "a speech model"),
    (_is_moderation, "a moderation model"),
    (_is_scan, "a model for scanned documents"),
    (_is_ranking, "a reranker that counts no tokens"),
    (_is_uncounted_embedding, "an embedding model that counts no tokens"),
)

FORMAT = Format(NAME, "images, video, speech, moderation, scanned pages, rankings without tokens: left out, with a warning", matches, read)
