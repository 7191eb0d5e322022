"""Gemini CLI: whole sessions in one JSON object, and since 2026 as lines that are appended."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ecocli.errors import BadData
from ecocli.imports import compressed, lines
from ecocli.imports import files as below
from ecocli.imports.calls import LogCall, call, moment, name_or_none, rejected, tags
from ecocli.imports.log_file import LogFile
from ecocli.imports.source import LogSource, Memory, Piece
from ecocli.ingest import counters, documents
from ecocli.ingest import fields as f
from ecocli.ingest.reading import Rejected
from ecocli.store.imports import Position

CHATS = "chats"
SPELLINGS = {
    "input": ("input", "prompt", "promptTokenCount"),
    "output": ("output", "candidates", "candidatesTokenCount"),
    "cached": ("cached", "cachedContentTokenCount"),
    "thoughts": ("thoughts", "thoughtsTokenCount"),
    "tool": ("tool", "toolUsePromptTokenCount"),
    "total": ("total", "totalTokenCount"),
}
"""Each counter with its names: in chats, in the tool's results, and in the answers that both are made of."""
KNOWN = frozenset(name for names in SPELLINGS.values() for name in names)


def roots(env: Mapping[str, str]) -> list[Path]:
    return [Path(env.get("GEMINI_CLI_HOME") or below.home(env)).expanduser() / ".gemini" / "tmp"]


def files(root: Path) -> Iterator[Path]:
    """Below the tool's own folder only chats are sessions; other JSON there is not."""
    is_own = ".gemini" in root.parts
    found = below.below(root, r".*\.jsonl?(\.zst|\.gz)?")
    return (path for path in found if not is_own or CHATS in path.parts)


def has_lines(file: LogFile) -> bool:
    return re.fullmatch(below.JSON_LINES, file.path.name) is not None


def read_whole(file: LogFile, _: Position | None) -> Iterator[Piece]:
    """The calls of a session in one object, read anew whenever it changed; those that are known fall out by their ids."""
    reader = Reader(file, Memory())
    try:
        with compressed.opened(file) as stream:
            body = documents.parse(documents.read_all(stream), None)
    except OSError as error:
        raise below.unreadable(file.path, error) from error
    if not isinstance(body, dict):
        raise BadData("not a JSON object")
    yield Piece(list(reader.take(None, body)), Position(file.stamp))


class Reader:
    """Reads lines. Remembers the session, which only the first line names."""

    def __init__(self, file: LogFile, memory: Memory) -> None:
        self._file, self._memory = file, memory

    def feed(self, number: int, line: bytes) -> Iterable[LogCall | Rejected]:
        body, damage = lines.parse(line, self._file, number)
        return [*damage, *self.take(number, body)] if body else damage

    def take(self, number: int | None, body: dict[str, Any]) -> Iterator[LogCall | Rejected]:
        """The calls of a line, or of a whole session; a checkpoint repeats messages, and may hold new ones."""
        self._memory["session"] = name_or_none(body.get("sessionId")) or self._memory.get("session")
        for holder in (body, f.section(body, "$set")):
            for message in f.objects(holder.get("messages")):
                yield from self._message(number, message)
        if "type" in body:
            yield from self._message(number, body)

    def _message(self, number: int | None, message: dict[str, Any]) -> Iterator[LogCall | Rejected]:
        """A message of the model has no counts when it is first written; it comes again with them."""
        if not isinstance(message.get("tokens"), dict):
            return
        try:
            fields = _counts(message)
        except BadData as error:
            yield rejected(self._file, number, error)
            return
        session = self._memory.get("session") or self._file.stem
        identity = name_or_none(message.get("id")) or f.body_id(fields)
        fields |= {"id": f.shortened(f"{session}:{identity}"), "provider": "Google", "source": SOURCE.name}
        fields |= {"model": name_or_none(message.get("model"))}
        fields |= {"startTimeMs": moment(message.get("timestamp")) or self._file.mtime_ms}
        fields |= {"tags": tags(project=_project(self._file.path), session=session, host=self._file.host)}
        found = call(self._file, number, SOURCE.name, fields, counters.numbers(message["tokens"], KNOWN, "tokens"))
        found.is_finished = True  # a message that is written again has counted more, or anew: the last one counts
        yield found


def _counts(message: dict[str, Any]) -> dict[str, Any]:
    """input holds what came from the cache, unless the total says otherwise; thoughts and what tools returned are counted beside it."""
    known = {counter: f.count(message, *(f"tokens.{name}" for name in names)) for counter, names in SPELLINGS.items()}
    if known["input"] is None and known["output"] is None:
        raise BadData("no token counts: tokens holds neither input nor output")
    cached = known["cached"] or 0
    beside = sum(known[name] or 0 for name in ("input", "output", "thoughts", "tool"))
    return {
        "prompt_tokens": (known["input"] or 0) + (known["tool"] or 0) + (cached if known["total"] == beside + cached else 0),
        "completion_tokens": (known["output"] or 0) + (known["thoughts"] or 0),
        "reasoning_tokens": known["thoughts"],
        "cached_tokens": known["cached"],
    }


def _project(path: Path) -> str:
    """The folder above the chats: a hash or a short name of the project."""
    parts = path.parts
    return parts[parts.index(CHATS) - 1] if CHATS in parts else path.parent.name


SOURCE = LogSource("gemini-cli", "Gemini CLI chats (~/.gemini/tmp)", roots, files, Reader, read_whole=read_whole, has_lines=has_lines)
