"""Gemini generateContent, from the Gemini API and Vertex: in one piece, as server-sent events or as an array."""

from collections.abc import Iterator
from typing import Any

from ecocli.ingest import fields as f
from ecocli.ingest.assembler import Assembler
from ecocli.ingest.format import Format
from ecocli.ingest.reading import Reading

NAME = "gemini"


def matches(document: dict[str, Any]) -> bool:
    """usageMetadata, or the candidates of an answer without it."""
    return f.has(document, "usageMetadata") or bool(f.objects(document.get("candidates")))


def read(document: dict[str, Any]) -> Iterator[Reading]:
    """The one call of an answer."""
    reading = f.reading(
        NAME,
        id=f.text(document, "responseId") or f.body_id(document),
        model=f.text(document, "modelVersion"),
        provider="Google",
        startTimeMs=f.instant(document, "createTime"),
        **counts(document),
    )
    if "completion_tokens" not in reading.fields:
        reading.completion_text = "".join(written(document)) or None
    yield reading


def counts(document: dict[str, Any]) -> dict[str, int | None]:
    """
    The counts under `usageMetadata`.

    Thoughts come beside the candidates and tool results beside the prompt; a counter of zero is not written at all.
    """
    prompt = f.count(document, "usageMetadata.promptTokenCount")
    answer = f.count(document, "usageMetadata.candidatesTokenCount", "usageMetadata.responseTokenCount")
    thoughts = f.count(document, "usageMetadata.thoughtsTokenCount")
    if answer is None and prompt is not None:
        answer = 0
    return {
        "prompt_tokens": f.total(prompt, f.count(document, "usageMetadata.toolUsePromptTokenCount")),
        "completion_tokens": f.total(answer, thoughts),
        "reasoning_tokens": thoughts,
        "cached_tokens": f.count(document, "usageMetadata.cachedContentTokenCount"),
    }


def written(document: dict[str, Any]) -> Iterator[str]:
    """The text parts of the candidates."""
    for candidate in f.objects(document.get("candidates")):
        for part in f.objects(f.at(candidate, "content.parts")):
            if isinstance(part.get("text"), str):
                yield part["text"]


class Stream(Assembler):
    """Every chunk is shaped like an answer; its usageMetadata is cumulative, so the last one counts."""

    @staticmethod
    def is_chunk(document: dict[str, Any]) -> bool:
        return isinstance(document.get("usageMetadata"), dict) or bool(f.objects(document.get("candidates")))

    def belongs(self, chunk: dict[str, Any]) -> bool:
        mine, its = self.body.get("responseId"), chunk.get("responseId")
        if mine and its:
            return bool(mine == its)
        return not self.complete or not f.objects(chunk.get("candidates"))

    def add(self, chunk: dict[str, Any]) -> None:
        self.write(*written(chunk))
        for name in ("responseId", "modelVersion", "createTime"):
            self.body[name] = self.body.get(name) or chunk.get(name)
        self.body["usageMetadata"] = {**f.section(self.body, "usageMetadata"), **f.section(chunk, "usageMetadata")}
        candidates = f.objects(chunk.get("candidates"))
        self.complete = self.complete or any(candidate.get("finishReason") for candidate in candidates)


FORMAT = Format(NAME, "Gemini generateContent (Gemini API, Vertex AI)", matches, read, streams=(Stream,))
