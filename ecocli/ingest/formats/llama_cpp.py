"""llama.cpp's own `/completion`, in one piece or streamed; its answers of OpenAI's shape are `openai-chat`."""

from collections.abc import Iterator
from typing import Any

from ecocli.ingest import fields as f
from ecocli.ingest import runtimes
from ecocli.ingest.assembler import Assembler
from ecocli.ingest.format import Format
from ecocli.ingest.reading import Reading

NAME = "llama-cpp"


def matches(document: dict[str, Any]) -> bool:
    """Counters of both phases, which no other server has under these names."""
    return f.has(document, "tokens_predicted") and f.has(document, "tokens_evaluated", "timings")


def read(document: dict[str, Any]) -> Iterator[Reading]:
    """
    The one call of an answer.

    `tokens_evaluated` is the whole prompt. `tokens_cached` is what stays in the cache afterwards, the answer included:
    what was read from it is `timings.cache_n`.
    """
    timed, _ = runtimes.timed_counts(document)
    reading = f.reading(
        NAME,
        id=f.body_id(document),
        model=f.text(document, "model", "generation_settings.model"),
        provider=runtimes.LLAMA_CPP,
        prompt_tokens=f.count(document, "tokens_evaluated"),
        completion_tokens=f.count(document, "tokens_predicted"),
        cached_tokens=timed["cached_tokens"],
        **runtimes.phases(document),
    )
    if "completion_tokens" not in reading.fields:
        reading.completion_text = f.at(document, "content") if isinstance(document.get("content"), str) else None
    yield reading


class Stream(Assembler):
    """Chunks with a piece of text each; the one with `stop: true` carries the counts."""

    @staticmethod
    def is_chunk(document: dict[str, Any]) -> bool:
        said = isinstance(document.get("content"), str) and isinstance(document.get("stop"), bool)
        return said and any(key in document for key in ("tokens_predicted", "id_slot", "slot_id", "multimodal"))

    def add(self, chunk: dict[str, Any]) -> None:
        self.write(chunk["content"])
        self.complete = chunk["stop"]
        self.body = chunk if self.complete else {"model": chunk.get("model")}


FORMAT = Format(NAME, "llama.cpp's /completion", matches, read, streams=(Stream,))
