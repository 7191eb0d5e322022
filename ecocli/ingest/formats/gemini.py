"""Gemini generateContent, from the Gemini API and Vertex: in one piece, as server-sent events or as an array."""

import re
from collections.abc import Iterator
from typing import Any

from ecocli.ingest import beside, counters
from ecocli.ingest import fields as f
from ecocli.ingest.assembler import Assembler
from ecocli.ingest.format import Format
from ecocli.ingest.reading import Reading

NAME = "gemini"


TABLE: counters.Table = {
    "prompt_tokens": ("usageMetadata.promptTokenCount",),
    "completion_tokens": ("usageMetadata.candidatesTokenCount", "usageMetadata.responseTokenCount"),
    "reasoning_tokens": ("usageMetadata.thoughtsTokenCount",),
    "cached_tokens": ("usageMetadata.cachedContentTokenCount",),
}
ALSO = ("totalTokenCount", "toolUsePromptTokenCount", "tokenCount", "billablePromptCharacterCount", "totalBillableCharacters")
GOOGLES = re.compile(r"(?:^|/)(?:gemini|gemma|learnlm|text-embedding|embedding|imagen|veo|nano-banana|palm|bison)")
_SNAKE = "usage_metadata.prompt_token_count"
_MARKS = ("candidates", "promptFeedback", "createTime")


def matches(document: dict[str, Any]) -> bool:
    """usageMetadata, or the candidates of an answer without it."""
    return f.has(document, "usageMetadata", _SNAKE) or bool(f.objects(document.get("candidates")))


def read(document: dict[str, Any]) -> Iterator[Reading]:
    """The one call of an answer."""
    document = _in_camel_case(document)
    reading = f.reading(
        NAME,
        counters.unread(document, "usageMetadata", TABLE, ALSO),
        id=f.text(document, "responseId") or f.body_id(document),
        model=f.text(document, "modelVersion"),
        provider=provider_of(document),
        startTimeMs=f.instant(document, "createTime"),
        **counts(document),
        **beside.extras(document),
    )
    if "completion_tokens" not in reading.fields:
        reading.completion_text = "".join(written(document)) or None
    yield reading


def counts(document: dict[str, Any]) -> dict[str, int | None]:
    """
    The counts under `usageMetadata`.

    Thoughts come beside the candidates and tool results beside the prompt; a counter of zero is not written at all.
    """
    found = counters.read(document, TABLE)
    prompt, answer, thoughts = found["prompt_tokens"], found["completion_tokens"], found["reasoning_tokens"]
    if answer is None and prompt is not None:
        answer = 0
    tools = f.count(document, "usageMetadata.toolUsePromptTokenCount")
    return found | {"prompt_tokens": f.total(prompt, tools), "completion_tokens": f.total(answer, thoughts)}


def _in_camel_case(document: dict[str, Any]) -> dict[str, Any]:
    """An answer as it came over the wire, where Google's Python package printed it with names of its own."""
    if not f.has(document, _SNAKE):
        return document
    usage = {_camel(name): value for name, value in document["usage_metadata"].items()}
    named = {_camel(name): document[name] for name in ("model_version", "response_id", "create_time") if name in document}
    return {**document, **named, "usageMetadata": usage}


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(map(str.title, others))


def provider_of(document: dict[str, Any]) -> str | None:
    """Google for one of its models, or an answer that names none as it once did; others answer in this shape, too."""
    model = document.get("modelVersion")
    if isinstance(model, str) and model:
        return "Google" if GOOGLES.search(model.lower()) else None
    return "Google" if f.has(document, *_MARKS) else None


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
        is_grounded = any("groundingMetadata" in candidate for candidate in f.objects(chunk.get("candidates")))
        self.body["candidates"] = (chunk if is_grounded else self.body).get("candidates") or chunk.get("candidates")
        self.body["usageMetadata"] = {**f.section(self.body, "usageMetadata"), **f.section(chunk, "usageMetadata")}
        candidates = f.objects(chunk.get("candidates"))
        self.complete = self.complete or any(candidate.get("finishReason") for candidate in candidates)


FORMAT = Format(NAME, "Gemini generateContent (Gemini API, Vertex AI)", matches, read, streams=(Stream,))
