"""
Token counts that Codex tells the program which runs it: notifications of `codex app-server`, and `codex exec --json` before its events had names.

Format: openai/codex#7268, which shows `codex/event/token_count` and `thread/tokenUsage/updated` for one event.
"""

from collections.abc import Iterator
from typing import Any

from ecocli.ingest import fields as f
from ecocli.ingest import providers
from ecocli.ingest.assembler import Assembler
from ecocli.ingest.format import Format
from ecocli.ingest.formats import codex_exec
from ecocli.ingest.reading import Reading

NAME = "codex-events"

_METHODS = ("codex/event/", "thread/", "turn/", "item/")
_NAMED = {"model": ("model", "thread.model"), "provider": ("modelProvider", "thread.modelProvider", "model_provider_id")}
"""Where an event, or the answer to a request, names what a thread is asked of."""
PROVIDER_ASSUMED = "Codex named no provider: OpenAI was assumed"
SPELLINGS = {
    "prompt_tokens": ("input_tokens", "inputTokens"),
    "completion_tokens": ("output_tokens", "outputTokens"),
    "reasoning_tokens": ("reasoning_output_tokens", "reasoningOutputTokens"),
    "cached_tokens": ("cached_input_tokens", "cachedInputTokens"),
    "cache_write_tokens": ("cache_write_input_tokens", "cacheWriteInputTokens"),
}
"""The cache is inside of the input, reasoning inside of the output."""


def matches(document: dict[str, Any]) -> bool:
    """An event, or what the assembler below made of one."""
    return Stream.is_chunk(document) or "codex_call" in document


def read(document: dict[str, Any]) -> Iterator[Reading]:
    """The one call of an update; its id is that of the totals behind it, so that an update that is told twice is one."""
    call = f.section(document, "codex_call")
    if not call:
        return
    totals = {name: f.count(call, *(f"total.{one}" for one in names)) for name, names in SPELLINGS.items()}
    own = {name: f.count(call, *(f"last.{one}" for one in names)) for name, names in SPELLINGS.items()}
    thread, provider = f.text(call, "thread"), providers.named(f.text(call, "provider"))
    yield f.reading(
        NAME,
        [] if provider else [PROVIDER_ASSUMED],
        id=codex_exec.identity(thread, totals) if thread else f.body_id(call),
        model=f.text(call, "model"),
        provider=provider or "OpenAI",
        source="codex",
        tags=f.tags(session=thread),
        **own,
    )


class Stream(Assembler):
    """Events in their order. Each update that adds to its thread's totals is a call, and says what that call was."""

    def __init__(self) -> None:
        super().__init__()
        self.thread: Any = None
        self.names: dict[str, dict[str, str]] = {}
        self.calls: list[dict[str, Any]] = []
        self.totals: dict[str, Any] = {}
        self.complete = True

    @staticmethod
    def is_chunk(document: dict[str, Any]) -> bool:
        """Also what else the server writes: answers to requests, limits, warnings. It leaves out "jsonrpc", unlike others who speak JSON-RPC."""
        method, keys = document.get("method"), document.keys()
        if isinstance(method, str):
            return isinstance(document.get("params"), dict) and (method.startswith(_METHODS) or keys <= {"id", "method", "params"})
        if keys == {"id", "result"}:
            return isinstance(document["result"], dict) and "usage" not in document["result"]
        return (keys == {"id", "msg"} and isinstance(f.at(document, "msg.type"), str)) or (keys == {"id", "error"} and type(f.at(document, "error.code")) is int)

    def belongs(self, chunk: dict[str, Any]) -> bool:
        return self.is_chunk(chunk)

    def add(self, chunk: dict[str, Any]) -> None:
        told = f.section(chunk, "params") or f.section(chunk, "result") or chunk
        event = f.section(told, "msg") or told
        thread = next((name for path in ("threadId", "conversationId", "thread.id") if (name := f.at(told, path))), None)
        self.thread = thread or event.get("session_id") or self.thread
        if event.get("type") == "session_configured" or chunk.get("method") == "thread/started":
            self.totals.pop(str(self.thread), None)
        names = self.names.setdefault(str(self.thread), {})
        names |= {kind: name for kind, paths in _NAMED.items() for path in paths if isinstance(name := f.at(event, path), str)}
        usage = f.section(told, "tokenUsage") or f.section(event, "info")
        total, last = (f.section(usage, name) or f.section(usage, f"{name}_token_usage") for name in ("total", "last"))
        if total and last and self._is_new(total):
            self.calls.append({"codex_call": {"thread": self.thread, **names, "total": total, "last": last}})

    def _is_new(self, total: dict[str, Any]) -> bool:
        """False for an update that says again what the one before said, under either of its names."""
        known = [next((total[one] for one in names if one in total), None) for names in SPELLINGS.values()]
        before, self.totals[str(self.thread)] = self.totals.get(str(self.thread)), known
        return known != before

    def bodies(self) -> list[dict[str, Any]]:
        return self.calls


FORMAT = Format(NAME, "token counts of codex app-server, and of codex exec --json before 2025-10", matches, read, streams=(Stream,))
