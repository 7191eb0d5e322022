"""
A line of a Qwen Code chat: an answer with its usage in Gemini's names, whoever served it.

Format: QwenLM/qwen-code at 015346f, packages/core/src/services/chatRecordingService.ts (`ChatRecord`). Answers of OpenAI's
shape are written with reasoning inside `candidatesTokenCount`; only the total tells. A branch of a session copies its
records with their `uuid`.
"""

from collections.abc import Iterator
from typing import Any

from ecocli.core.projects import project_of
from ecocli.errors import BadData
from ecocli.ingest import fields as f
from ecocli.ingest.assembler import Assembler
from ecocli.ingest.format import Format
from ecocli.ingest.reading import Reading

NAME = "qwen-code"
USAGE = "usageMetadata"
_NAMES = ("promptTokenCount", "candidatesTokenCount", "thoughtsTokenCount", "cachedContentTokenCount", "toolUsePromptTokenCount", "totalTokenCount")
COUNTERS = tuple(f"{USAGE}.{name}" for name in _NAMES)
OWN = ("qwen", "coder-model", "vision-model")
"""Beginnings of the names of models that Alibaba serves."""


def matches(document: dict[str, Any]) -> bool:
    """The keys of a record around what was said, or around the usage of an answer."""
    is_answer = document.get("type") == "assistant" and isinstance(document.get(USAGE), dict)
    return f.has(document, "uuid", "sessionId") and (is_answer or _is_said(document))


def _is_said(document: dict[str, Any]) -> bool:
    """True for a message in Gemini's shape; that of Claude Code has content."""
    return isinstance(f.at(document, "message.parts"), list)


def read(document: dict[str, Any]) -> Iterator[Reading]:
    """The one call of a line; none where no model ran, or nothing was counted."""
    if not f.has(document, USAGE) and _is_said(document):
        return
    counted = counts(document)
    if counted["prompt_tokens"] is None and counted["completion_tokens"] is None:
        raise BadData("no token counts: usageMetadata holds neither promptTokenCount nor candidatesTokenCount")
    if not counted["prompt_tokens"] and not counted["completion_tokens"]:
        return
    model = f.text(document, "model")
    yield f.reading(
        NAME,
        id=f.text(document, "uuid") or f.body_id({name: value for name, value in document.items() if name != "sessionId"}),
        provider=provider_of(model),
        model=model,
        startTimeMs=f.instant(document, "timestamp"),
        source=NAME,
        tags=f.tags(project=project_of(f.text(document, "cwd") or ""), session=f.text(document, "sessionId"), branch=f.text(document, "gitBranch")),
        **counted,
    )


def provider_of(model: str | None) -> str | None:
    """Alibaba for its own models; Qwen Code asks whoever is configured."""
    return "Alibaba" if model and model.lower().startswith(OWN) else None


def counts(document: dict[str, Any], paths: tuple[str, ...] = COUNTERS) -> dict[str, Any]:
    """The counts under some paths. Thoughts are beside the answer unless the total says that they are in it."""
    prompt, answer, thoughts, cached, tools, total = (f.count(document, path) for path in paths)
    if prompt is None and answer is None:
        return dict.fromkeys(("prompt_tokens", "completion_tokens"))
    all_prompt, all_answer = (prompt or 0) + (tools or 0), answer or 0
    is_inside = (thoughts or 0) <= all_answer and total in (all_prompt + all_answer, (prompt or 0) + all_answer)
    return {
        "prompt_tokens": all_prompt,
        "completion_tokens": all_answer if is_inside else all_answer + (thoughts or 0),
        "reasoning_tokens": thoughts,
        "cached_tokens": cached,
    }


class Line(Assembler):
    """One line, whole by itself: a chunk of Gemini's stream has its usage in the same place, and would take it up."""

    def __init__(self) -> None:
        super().__init__()
        self.complete = True

    @staticmethod
    def is_chunk(document: dict[str, Any]) -> bool:
        return matches(document)

    def add(self, chunk: dict[str, Any]) -> None:
        self.body = chunk


FORMAT = Format(NAME, "a line of a Qwen Code chat", matches, read, streams=(Line,))
