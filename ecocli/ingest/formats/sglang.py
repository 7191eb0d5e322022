"""SGLang's own `/generate`, in one piece or streamed; its answers of OpenAI's shape are `openai-chat`."""

from collections.abc import Iterable, Iterator
from typing import Any

from ecocli.ingest import fields as f
from ecocli.ingest.assembler import Assembler
from ecocli.ingest.format import Format
from ecocli.ingest.reading import Reading

NAME = "sglang"


def matches(document: dict[str, Any]) -> bool:
    """Counts beside the reason why the answer ended, which is null while it goes on."""
    return f.has(document, "meta_info.prompt_tokens", "meta_info.completion_tokens") and "finish_reason" in f.section(document, "meta_info")


def read(document: dict[str, Any]) -> Iterator[Reading]:
    """The one call of an answer; cached tokens are part of the prompt."""
    yield f.reading(
        NAME,
        id=f.text(document, "meta_info.id") or f.body_id(document),
        model=f.text(document, "model"),
        provider="SGLang",
        prompt_tokens=f.count(document, "meta_info.prompt_tokens"),
        completion_tokens=f.count(document, "meta_info.completion_tokens"),
        cached_tokens=f.count(document, "meta_info.cached_tokens"),
    )


class Stream(Assembler):
    """
    Every chunk is shaped like an answer; its counts grow, so the last one counts.

    Those of a list of prompts, or of several answers to one, take turns in one stream.
    """

    def __init__(self) -> None:
        super().__init__()
        self.answers: dict[str | None, dict[str, Any]] = {}
        self.going_on: set[str | None] = set()

    @staticmethod
    def is_chunk(document: dict[str, Any]) -> bool:
        return matches(document)

    def add(self, chunk: dict[str, Any]) -> None:
        name = f.text(chunk, "meta_info.id")
        self.answers[name] = chunk
        (self.going_on.discard if f.has(chunk, "meta_info.finish_reason") else self.going_on.add)(name)
        self.complete = not self.going_on

    def end(self) -> None:
        self.complete = True

    def bodies(self) -> Iterable[dict[str, Any]]:
        return self.answers.values()


FORMAT = Format(NAME, "SGLang's /generate", matches, read, streams=(Stream,))
