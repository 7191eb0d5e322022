"""Claude Code: one JSON object per line, several lines for one answer, and copies of them in resumed sessions."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from ecocli.errors import BadData
from ecocli.imports import files as below
from ecocli.imports import json_lines, lines
from ecocli.imports.calls import LogCall, call, moment, name_or_none, place, rejected, tags
from ecocli.imports.log_file import LogFile
from ecocli.imports.source import LogSource, Memory
from ecocli.ingest import anthropic_usage
from ecocli.ingest import fields as f
from ecocli.ingest.formats import anthropic
from ecocli.ingest.reading import Rejected

VARIANT = re.compile(r"\[[^\]]*\]$")
"""`[1m]` behind a model asks for a longer context window; it is the same model."""
PLACE = ("cwd", "gitBranch", "sessionId")
"""The fields that name where a line was written; some lines leave them out."""
COMMON = ("provider", "model", "detected_region", "startTimeMs", "source", "tags")
"""Fields that the runs of the model beside a message share with it."""
COUNTED_AS_0 = "{} was not reported and is counted as 0"


def roots(env: Mapping[str, str]) -> list[Path]:
    """CLAUDE_CONFIG_DIR may list several folders."""
    given = [Path(part.strip()).expanduser() for part in env.get("CLAUDE_CONFIG_DIR", "").split(",") if part.strip()]
    config = Path(env.get("XDG_CONFIG_HOME") or below.home(env) / ".config")
    folders = given or [below.home(env) / ".claude", config / "claude"]
    return [folder if folder.name == "projects" else folder / "projects" for folder in folders]


def files(root: Path) -> Iterator[Path]:
    return below.below(root, below.JSON_LINES)


class Reader:
    """
    Reads lines.

    It remembers what a line may leave out: the place and the time of the line before, the ids of its request and
    message, and whether it had no message id of its own.
    """

    def __init__(self, file: LogFile, memory: Memory) -> None:
        self._file, self._memory = file, memory
        self._place: tuple[Any, ...] | None = None
        self._place_tags: dict[str, str] = {}

    def feed(self, number: int, line: bytes) -> Iterable[LogCall | Rejected]:
        if b'"assistant"' not in line and b'"usage"' not in line and json_lines.is_whole(line):
            return ()  # most of a log is what people and tools said
        try:
            body = self._file.load(line)
        except (ValueError, RecursionError):
            body = None
        if isinstance(body, dict):
            return self._read(number, body)
        body, damage = lines.parse(line, self._file, number)
        return [*damage, *self._read(number, body)] if body else damage

    def _read(self, number: int, body: dict[str, Any]) -> Iterable[LogCall | Rejected]:
        body = _said_by_agent(body) or body
        message = body.get("message")
        if not isinstance(message, dict) or not _is_call(body, message):
            return ()
        own, request, stand_in = _names(body)
        id = self._identity(own, request, stand_in)
        try:
            return self._calls(number, body, message, id, request)
        except BadData as error:
            return [rejected(self._file, number, error)]

    def _calls(self, number: int, body: dict[str, Any], message: dict[str, Any], id: str | None, request: str | None) -> list[LogCall | Rejected]:
        usage = message["usage"]
        counted, lacks = counts(usage)
        is_sidechain = body.get("isSidechain") is True
        fields = {
            "id": id,
            "startTimeMs": self._time(moment(body.get("timestamp"))),
            "tags": self._tags((body.get("cwd"), body.get("gitBranch"), body.get("sessionId")), request, is_sidechain),
            "provider": _provider(message),
            "model": _model(name_or_none(message.get("model"))),
            "source": SOURCE.name,
            **counted,
        }
        if usage.get("inference_geo"):
            fields["detected_region"] = anthropic.region_of(message)
        notes = [COUNTED_AS_0.format(name) for name in lacks if name.startswith(("input", "output"))] if lacks else []
        found = call(self._file, number, SOURCE.name, fields, notes if usage.keys() <= anthropic_usage.KNOWN else [*notes, *anthropic_usage.notes(usage)])
        found.request, found.is_sidechain, found.lacks = request, is_sidechain, lacks
        found.is_finished = message["stop_reason"] is not None if "stop_reason" in message else None
        return [found, *self._iterations(number, found, message)] if usage.get("iterations") else [found]

    def _iterations(self, number: int, found: LogCall, message: dict[str, Any]) -> Iterator[LogCall]:
        """Runs of the model beside the message, which its own sums leave out."""
        common = {name: found.fields[name] for name in COMMON if name in found.fields}
        whole, *beside = anthropic.read({**message, "content": None, "id": found.fields["id"]})
        found.assumptions = list(dict.fromkeys((*found.assumptions, *whole.assumptions)))
        for reading in beside:
            each = LogCall({**common, **reading.fields}, SOURCE.name, place(self._file, number), reading.assumptions, line=number)
            each.request, each.is_sidechain, each.is_finished = found.request, found.is_sidechain, found.is_finished
            yield each

    def _identity(self, own: str | None, request: str | None, stand_in: str | None) -> str | None:
        """The message's id, or another one in its stead; lines of one request are one call all the same."""
        is_nameless, was_nameless = own is None, bool(self._memory.get("nameless"))
        if request is not None and (is_nameless or was_nameless):
            before, before_id, *_ = self._memory.get("last") or (None, None)
            if request == before:
                own, is_nameless = before_id, was_nameless
        own = own or stand_in
        self._memory["last"] = (request, own)
        if is_nameless != was_nameless:
            self._memory["nameless"] = is_nameless
        return own

    def _time(self, time_ms: int | None) -> int:
        """The time when the line was written; a line without a time has that of the line before."""
        known: int = time_ms or self._memory.get("time") or self._file.mtime_ms
        self._memory["time"] = known
        return known

    def _tags(self, place: tuple[Any, ...], request: str | None, is_sidechain: bool) -> dict[str, str]:
        if place != self._place:
            self._move(place)
        known = self._place_tags.copy()
        if request:
            known["request"] = request
        if is_sidechain:
            known["sidechain"] = "true"
        return known

    def _move(self, place: tuple[Any, ...]) -> None:
        """Remember where this line and those after it were written; most lines only repeat it."""
        self._place = place
        self._memory.update({name: text for name, text in zip(PLACE, place, strict=True) if isinstance(text, str) and text})
        cwd, branch, session = (self._memory.get(name) for name in PLACE)
        self._place_tags = tags(
            project=cwd or self._file.path.parent.name,
            session=session or self._file.stem,
            branch=branch,
            host=self._file.host,
        )


@lru_cache(maxsize=64)
def _model(name: str | None) -> str | None:
    return VARIANT.sub("", name) if name else None


def _names(body: dict[str, Any]) -> tuple[str | None, str | None, str | None]:
    """The ids of message and request, and what stands in for the first where it is missing: the line's own."""
    own, request = name_or_none(body["message"].get("id")), name_or_none(body.get("requestId"))
    return own, request, None if own else name_or_none(body.get("uuid")) or request or f.body_id(body)


def counts(usage: dict[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The counts of a usage object, and which of them it leaves out."""
    plain = _plain_counts(usage)
    if plain:
        return plain, ()
    counted: dict[str, Any] = anthropic_usage.counts(usage if _is_told(usage, "input") else {**usage, "input_tokens": 0})
    missing = tuple(f"{name}_tokens" for name in ("input", "output") if not _is_told(usage, name))
    unknown = tuple(name for name in ("cached_tokens", "cache_write_tokens") if counted[name] is None)
    if len(missing) == 2 and not counted["prompt_tokens"]:
        raise BadData("no token counts: message.usage holds none")
    counted["completion_tokens"] = counted["completion_tokens"] or 0
    return counted, missing + unknown


def _is_told(usage: dict[str, Any], counter: str) -> bool:
    return any(usage.get(name) is not None for name in anthropic_usage.SPELLINGS[counter])


def _plain_counts(usage: dict[str, Any]) -> dict[str, Any] | None:
    """The counts of nearly every line, where all of them are told; None where one is missing or odd."""
    fresh, output = usage.get("input_tokens"), usage.get("output_tokens")
    cached, written = usage.get("cache_read_input_tokens"), usage.get("cache_creation_input_tokens")
    if not type(fresh) is type(output) is type(cached) is type(written) is int:
        return None
    if fresh < 0 or output < 0 or cached < 0 or written < 0:
        return None
    parts = usage.get("cache_creation")
    if usage.get("output_tokens_details") or usage.get("thinking_tokens") or "total_tokens" in usage or (parts and anthropic_usage.written(usage, written) != written):
        return None
    return {"prompt_tokens": fresh + cached + written, "completion_tokens": output, "cached_tokens": cached, "cache_write_tokens": written}


def _said_by_agent(body: dict[str, Any]) -> dict[str, Any] | None:
    """A line of a sub-agent inside a line that tells how far it is; None in any other."""
    inner = f.at(body, "data.message")
    if "message" in body or not isinstance(inner, dict) or not isinstance(inner.get("message"), dict):
        return None
    return {name: body.get(name) for name in PLACE} | {"isSidechain": True, "timestamp": body.get("timestamp")} | inner


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
    return anthropic.provider_of(message) or ("Anthropic" if is_claude else None)


SOURCE = LogSource("claude-code", "Claude Code sessions (~/.claude/projects, CLAUDE_CONFIG_DIR)", roots, files, Reader)
