"""Chat Completions, the legacy Completions, and everyone who answers in their shape."""

from collections.abc import Iterator
from typing import Any

from ecocli.ingest import beside, runtimes
from ecocli.ingest import fields as f
from ecocli.ingest.assembler import Assembler
from ecocli.ingest.chat_usage import counts
from ecocli.ingest.format import Format
from ecocli.ingest.reading import Reading

NAME = "openai-chat"


def matches(document: dict[str, Any]) -> bool:
    """A usage object with prompt_tokens, or the list of choices of an answer without usage."""
    return f.has(document, "usage.prompt_tokens", "usage.completion_tokens") or bool(f.objects(document.get("choices")))


def read(document: dict[str, Any]) -> Iterator[Reading]:
    """The one call of an answer."""
    tokens, assumptions = _counts(document)
    runtime = runtimes.runtime_of(document)
    own_id = None if runtime in runtimes.REUSED_IDS else f.text(document, "id")
    reading = f.reading(
        NAME,
        assumptions,
        id=own_id or f.body_id(document),
        model=f.text(document, "model") or _model_of_outputs(document),
        provider=_provider(document) or runtime,
        **tokens,
        **beside.extras(document),
        **_times(document),
        **runtimes.phases(document),
    )
    if tokens["completion_tokens"] is None:
        reading.completion_text = "".join(written(document)) or None
    yield reading


def written(document: dict[str, Any]) -> Iterator[str]:
    """All that the model wrote, reasoning and tool calls included, in a whole answer or in a chunk."""
    for choice in f.objects(document.get("choices")):
        said = f.section(choice, "message") or f.section(choice, "delta")
        calls = (f.section(call, "function") for call in f.objects(said.get("tool_calls")))
        found = [choice.get("text"), said.get("reasoning_content") or said.get("reasoning"), said.get("content")]
        for call in calls:
            found += [call.get("name"), call.get("arguments")]
        yield from (part for part in found if isinstance(part, str))


def _counts(document: dict[str, Any]) -> tuple[dict[str, int | None], list[str]]:
    """The five counts, by `usage`, and where that lacks them by llama.cpp's timings; what was assumed for them."""
    tokens, assumptions = counts(document, upstream="provider" in document)
    timed, notes = runtimes.timed_counts(document)
    if tokens["prompt_tokens"] is None and tokens["completion_tokens"] is None:
        return tokens | timed, assumptions + notes
    if tokens["cached_tokens"] is None:
        tokens["cached_tokens"] = timed["cached_tokens"]
    return tokens, assumptions


def _model_of_outputs(document: dict[str, Any]) -> str | None:
    """Mistral's conversations name the model in each output."""
    return next((model for output in f.objects(document.get("outputs")) if (model := f.text(output, "model"))), None)


def _provider(document: dict[str, Any]) -> str | None:
    """Who served the call, where a key that only they write proves it; a router names its upstream."""
    if isinstance(document.get("provider"), str):
        return f.text(document, "provider")
    for key, name in (("x_groq", "Groq"), ("time_info.prompt_time", "Cerebras"), ("prompt_filter_results", "Azure")):
        if f.has(document, key):
            return name
    if document.get("object") == "conversation.response":
        return "Mistral"
    filtered = any("content_filter_results" in choice for choice in f.objects(document.get("choices")))
    return "Azure" if filtered else None


def _times(document: dict[str, Any]) -> dict[str, int | None]:
    """Start on the server; Groq and Cerebras also tell how long queue, prompt and answer took, in seconds."""
    start = f.instant(document, "created")
    phases = "usage" if f.has(document, "usage.prompt_time") else "time_info"
    queue, prompt, whole = (f.number(document, f"{phases}.{name}_time") for name in ("queue", "prompt", "total"))
    first = None if prompt is None else ((queue or 0) + prompt) * 1000
    last = None if whole is None else ((queue or 0) + whole) * 1000
    return {"startTimeMs": start, "firstTokenTimeMs": f.elapsed(start, first), "endTimeMs": f.elapsed(start, last)}


class Stream(Assembler):
    """Chunks with `choices[].delta`; usage comes last, in a chunk of its own or with the last words, or not at all."""

    def __init__(self) -> None:
        super().__init__()
        self.finished = False

    @staticmethod
    def is_chunk(document: dict[str, Any]) -> bool:
        choices, kind = document.get("choices"), document.get("object")
        if not isinstance(choices, list):
            return False
        if isinstance(kind, str) and kind.endswith(".chunk"):
            return True
        pieces = any("delta" in choice or "text" in choice for choice in f.objects(choices))
        return pieces or (not choices and kind != "chat.completion")  # legacy chunks look like whole answers

    def belongs(self, chunk: dict[str, Any]) -> bool:
        if self.complete:
            return False
        mine, its = self.body.get("id"), chunk.get("id")
        if mine and its:
            return bool(mine == its)
        return not self.finished or not f.objects(chunk.get("choices"))  # after the last words only usage may come

    def add(self, chunk: dict[str, Any]) -> None:
        self.write(*written(chunk))
        for name, value in chunk.items():
            if name != "choices" and (value or name not in self.body):  # the first chunk of Azure says "" and 0
                self.body[name] = value
        for choice in f.objects(chunk.get("choices")):
            self.finished = self.finished or bool(choice.get("finish_reason"))
            self._keep_usage(choice)
            if "content_filter_results" in choice:
                self.body["prompt_filter_results"] = True
        self._keep_usage(f.section(chunk, "x_groq"))

    def _keep_usage(self, holder: dict[str, Any]) -> None:
        """Some put usage beside the choices, some inside: counted once."""
        if f.section(holder, "usage"):
            self.body["usage"] = holder["usage"]

    def end(self) -> None:
        self.complete = True

    def is_complete(self) -> bool:
        return self.complete or self.finished


FORMAT = Format(NAME, "OpenAI Chat Completions and compatible answers (Mistral, Groq, OpenRouter, DeepSeek, vLLM, llama.cpp, LM Studio, MLX, LiteLLM proxy, …)", matches, read, streams=(Stream,))
