"""Helpers that the readers of agents' logs share: lines that can be passed over, counters beside a cache, providers by their codes."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ecocli.errors import BadData
from ecocli.imports import json_lines, lines
from ecocli.imports.calls import LogCall, rejected
from ecocli.imports.log_file import LogFile
from ecocli.imports.source import Memory
from ecocli.ingest import fields as f
from ecocli.ingest import providers
from ecocli.ingest.reading import Rejected

_PROVIDERS = {
    "amazon-bedrock": "AWS",
    "azure-openai-responses": "Azure",
    "copilot_chat": "GitHub Copilot",
    "google-antigravity": "Google",
    "google-gemini-cli": "Google",
    "google-vertex": "Google",
    "kimi": "Moonshot",
    "kimi-coding": "Moonshot",
    "moonshotai": "Moonshot",
    "moonshotai-cn": "Moonshot",
    "openai-codex": "OpenAI",
    "openai-native": "OpenAI",
}
"""Codes that agents give to a provider or to a way of logging in to it."""


class LineReader:
    """Reads lines that hold one of the words in `telling`; all others are passed over unread."""

    telling: tuple[bytes, ...] = ()

    def __init__(self, file: LogFile, memory: Memory) -> None:
        self._file, self._memory = file, memory

    def feed(self, number: int, line: bytes) -> Iterable[LogCall | Rejected]:
        if json_lines.is_whole(line) and not any(word in line for word in self.telling):
            return ()
        body, damage = lines.parse(line, self._file, number)
        return [*damage, *self._usable(number, body)] if body else damage

    def calls(self, number: int, body: dict[str, Any]) -> Iterator[LogCall]:
        """The calls of a line. BadData where its counters cannot be used."""
        raise NotImplementedError

    def _usable(self, number: int, body: dict[str, Any]) -> Iterator[LogCall | Rejected]:
        try:
            yield from self.calls(number, body)
        except BadData as error:
            yield rejected(self._file, number, error)


def beside_cache(usage: dict[str, Any], fresh: str, output: str, cached: str, written: str) -> dict[str, Any]:
    """
    The counts of a usage object whose input leaves out the cache, and whose output holds the reasoning.

    Args:
        fresh: Name of the counter of input that was neither read from the cache nor written to it.
    """
    known = {name: f.count(usage, name) for name in (fresh, output, cached, written)}
    if known[fresh] is None and known[output] is None:
        raise BadData(f"no token counts: usage holds neither {fresh} nor {output}")
    return {
        "prompt_tokens": sum(known[name] or 0 for name in (fresh, cached, written)),
        "completion_tokens": known[output] or 0,
        "cached_tokens": known[cached],
        "cache_write_tokens": known[written],
    }


def has_tokens(counts: dict[str, Any]) -> bool:
    """False for a message that was begun and has counted nothing yet, or that failed."""
    return bool(counts["prompt_tokens"] or counts["completion_tokens"])


def provider(code: Any) -> str | None:
    """The provider behind an agent's code for it."""
    return _PROVIDERS.get(code) or providers.named(code) if isinstance(code, str) and code else None


def folders(text: str | None, default: Path) -> list[Path]:
    """The folders of an environment variable, which may list several; else the tool's own."""
    given = [Path(part.strip()).expanduser() for part in (text or "").split(",") if part.strip()]
    return given or [default]
