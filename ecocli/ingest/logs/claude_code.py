"""Claude Code: one JSON object per line, several lines for one answer, and copies of them in resumed sessions."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ecocli.errors import BadData
from ecocli.ingest.formats import _fields as f
from ecocli.ingest.formats import anthropic
from ecocli.ingest.logs import files as below
from ecocli.ingest.logs import lines
from ecocli.ingest.logs.found import (
    LogCall,
    LogFile,
    Piece,
    Saved,
    call,
    moment,
    name_or_none,
    place,
    rejected,
    tags,
)
from ecocli.ingest.reading import Rejected

NAME = "claude-code"
TITLE = "Claude Code sessions (~/.claude/projects, CLAUDE_CONFIG_DIR)"

VARIANT = re.compile(r"\[[^\]]*\]$")
"""`[1m]` behind a model asks for a longer context window; it is the same model."""
COUNTED_AS_0 = "{} was not reported and is counted as 0"


def roots(env: dict[str, str]) -> list[Path]:
    """CLAUDE_CONFIG_DIR may list several folders."""
    given = [Path(part.strip()).expanduser() for part in env.get("CLAUDE_CONFIG_DIR", "").split(",") if part.strip()]
    config = Path(env.get("XDG_CONFIG_HOME") or below.home(env) / ".config")
    folders = given or [below.home(env) / ".claude", config / "claude"]
    return [folder if folder.name == "projects" else folder / "projects" for folder in folders]


def files(root: Path) -> Iterator[Path]:
    return below.below(root, r".*\.jsonl")


def read(file: LogFile, saved: Saved | None) -> Iterator[Piece]:
    return lines.read(file, saved, Reader)


class Reader:
    """Reads lines. Remembers what a line may leave out: where and when the lines before it were written."""

    def __init__(self, file: LogFile, state: dict[str, Any]) -> None:
        self.state = state
        self._file = file

    def feed(self, number: int, line: bytes) -> Iterable[LogCall | Rejected]:
        if b'"usage"' not in line and lines.is_whole(line) and b'"assistant"' not in line:
            return ()  # most of a log is what people and tools said
        body, damage = lines.parse(line, self._file, number)
        return [*damage, *self._read(number, body)] if body else damage

    def _read(self, number: int, body: dict[str, Any]) -> Iterable[LogCall | Rejected]:
        message = body.get("message")
        if not isinstance(message, dict) or not _is_call(body, message):
            return ()
        try:
            return self._calls(number, body, message)
        except BadData as error:
            return [rejected(self._file, number, error)]

    def _calls(self, number: int, body: dict[str, Any], message: dict[str, Any]) -> list[LogCall]:
        identity, request = self._identity(body, message)
        model = name_or_none(message.get("model"))
        counted, lacks = counts(message["usage"])
        common = {
            "provider": _provider(message),
            "model": VARIANT.sub("", model) if model else None,
            "detected_region": anthropic._region(message),
            "startTimeMs": self._time(body),
            "source": NAME,
            "tags": self._tags(body, request),
        }
        marks = {"request": request, "is_sidechain": body.get("isSidechain") is True}
        notes = [COUNTED_AS_0.format(name) for name in lacks if name.startswith(("input", "output"))]
        calls = [call(self._file, number, NAME, {"id": identity, **common, **counted}, assumptions=notes, lacks=lacks, **marks)]
        if message["usage"].get("iterations"):
            calls += self._iterations(number, {**message, "id": identity}, common, marks)
        return calls

    def _iterations(
        self, number: int, message: dict[str, Any], common: dict[str, Any], marks: dict[str, Any]
    ) -> Iterator[LogCall]:
        """Runs of the model beside the message, which its own sums leave out."""
        _, *beside = anthropic.read(message)
        for reading in beside:
            fields = {**common, **reading.fields}
            yield LogCall(fields, NAME, place(self._file, number), reading.assumptions, **marks)

    def _identity(self, body: dict[str, Any], message: dict[str, Any]) -> tuple[str, str | None]:
        """The message's id, or the line's where it has none; lines of one request are one call all the same."""
        request = name_or_none(body.get("requestId"))
        own = name_or_none(message.get("id"))
        before, before_id, was_nameless = self.state.get("last") or (None, None, False)
        nameless = own is None
        if request and request == before and (nameless or was_nameless):
            own, nameless = before_id, was_nameless
        own = own or name_or_none(body.get("uuid")) or request or f.body_id(body)
        self.state["last"] = (request, own, nameless)
        return own, request

    def _time(self, body: dict[str, Any]) -> int:
        """When the line was written; a line without a time has that of the line before."""
        time_ms: int = moment(body.get("timestamp")) or self.state.get("time") or self._file.mtime_ms
        self.state["time"] = time_ms
        return time_ms

    def _tags(self, body: dict[str, Any], request: str | None) -> dict[str, str]:
        for name in ("cwd", "gitBranch", "sessionId"):
            if isinstance(body.get(name), str) and body[name]:
                self.state[name] = body[name]
        known = self.state.get
        return tags(
            project=known("cwd") or self._file.path.parent.name,
            session=known("sessionId") or self._file.path.stem,
            branch=known("gitBranch"),
            host=self._file.host,
            request=request,
            sidechain="true" if body.get("isSidechain") is True else None,
        )


def counts(usage: dict[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The counts of a usage object, and which of them it leaves out."""
    plain = _plain_counts(usage)
    if plain:
        return plain, ()
    counted: dict[str, Any] = anthropic.counts({**usage, "input_tokens": usage.get("input_tokens") or 0})
    written = _written(usage, counted["cache_write_tokens"])
    if written is not None and written != counted["cache_write_tokens"]:
        counted["prompt_tokens"] += written - (counted["cache_write_tokens"] or 0)
        counted["cache_write_tokens"] = written
    missing = tuple(name for name in ("input_tokens", "output_tokens") if usage.get(name) is None)
    unknown = tuple(name for name in ("cached_tokens", "cache_write_tokens") if counted[name] is None)
    if len(missing) == 2 and not counted["prompt_tokens"]:
        raise BadData("no token counts: message.usage holds none")
    counted["completion_tokens"] = counted["completion_tokens"] or 0
    return counted, missing + unknown


def _plain_counts(usage: dict[str, Any]) -> dict[str, Any] | None:
    """The counts of nearly every line, where all of them are told; None where one is missing or odd."""
    names = ("input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens")
    found: list[Any] = [usage.get(name) for name in names]
    if any(type(count) is not int or count < 0 for count in found):
        return None
    fresh, output, cached, written = found
    parts = usage.get("cache_creation")
    if usage.get("output_tokens_details") or (parts and _written(usage, written) != written):
        return None
    return {
        "prompt_tokens": fresh + cached + written,
        "completion_tokens": output,
        "cached_tokens": cached,
        "cache_write_tokens": written,
    }


def _written(usage: dict[str, Any], total: int | None) -> int | None:
    """What was written to the cache for five minutes and for an hour; the total stands where they say less."""
    parts = usage.get("cache_creation")
    if not isinstance(parts, dict):
        return total
    known = [part if type(part) is int else f.counter(f"cache_creation.{name}", part) for name, part in parts.items() if part is not None]
    return max(sum(known), total or 0) if known else total


def _is_call(body: dict[str, Any], message: dict[str, Any]) -> bool:
    """False for what people said, and for answers that Claude Code made up itself."""
    if message.get("model") == "<synthetic>" or body.get("isApiErrorMessage"):
        return False
    if isinstance(message.get("usage"), dict):
        return True
    if "usage" in message and message.get("role", "assistant") == "assistant":
        message["usage"] = {}
        return True
    return False


def _provider(message: dict[str, Any]) -> str | None:
    """Who the id says it was; Claude comes from Anthropic, other models from a gateway that is not named."""
    model = message.get("model")
    is_claude = not isinstance(model, str) or "claude" in model
    return anthropic._provider(message) or ("Anthropic" if is_claude else None)
