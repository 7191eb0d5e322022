"""Claude Code: one JSON object per line, several lines for one answer, and copies of them in resumed sessions."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from ecocli.errors import BadData
from ecocli.imports import files as below
from ecocli.imports import lines
from ecocli.imports.found import (
    LogCall,
    LogFile,
    Piece,
    Saved,
    Stretch,
    call,
    known,
    moment,
    name_or_none,
    place,
    rejected,
    tags,
)
from ecocli.ingest.formats import _fields as f
from ecocli.ingest.formats import anthropic
from ecocli.ingest.reading import Rejected

NAME = "claude-code"
TITLE = "Claude Code sessions (~/.claude/projects, CLAUDE_CONFIG_DIR)"

VARIANT = re.compile(r"\[[^\]]*\]$")
"""`[1m]` behind a model asks for a longer context window; it is the same model."""
PLACE = ("cwd", "gitBranch", "sessionId")
"""What lines repeat of where they were written, and some leave out; in the order of `place`."""
COMMON = ("provider", "model", "detected_region", "startTimeMs", "source", "tags")
"""What the runs of the model beside a message share with it."""
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
        self._place: tuple[Any, ...] | None = None
        self._place_tags: dict[str, str] = {}

    def feed(self, number: int, line: bytes | dict[str, Any]) -> Iterable[LogCall | Rejected]:
        said = told(line) if isinstance(line, bytes) else line
        if said is None:
            return ()
        return self._look_again(number, said) if isinstance(said, bytes) else self._calls(number, said)

    def joins(self, stretch: Stretch, before: Mapping[str, Any]) -> bool:
        first = stretch.first
        if first is None:
            return True
        told = dict(zip(PLACE, first["place"], strict=True))
        if any(not _is_told(told[name]) and self.state.get(name) != before.get(name) for name in PLACE):
            return False
        own, request = first["id"], first["request"]
        if first["time_ms"] is None or any(_is_more_of(state, own, request) for state in (self.state, before)):
            return False
        self.state |= stretch.state
        self._place = None
        return True

    def _calls(self, number: int, said: dict[str, Any]) -> list[LogCall | Rejected]:
        """The calls of a line, with what only the lines before it tell."""
        request = said["request"]
        fields = {
            "id": self._identity(said["id"], request, said["stand_in"]),
            "startTimeMs": self._time(said["time_ms"]),
            "tags": self._tags(said),
            **said["fields"],
        }
        message = call(self._file, number, NAME, fields, said["notes"])
        message.request, message.is_sidechain, message.lacks = request, said["is_sidechain"], said["lacks"]
        if not said["beside"]:
            return [message]
        try:
            return [message, *self._iterations(number, {**said, "fields": fields})]
        except BadData as error:
            return [rejected(self._file, number, error)]

    def _look_again(self, number: int, line: bytes) -> list[LogCall | Rejected]:
        """What is wrong with a line, and what of it can be used all the same."""
        body, damage = lines.parse(line, self._file, number)
        wrong: list[LogCall | Rejected] = [*damage]
        if not body:
            return wrong
        try:
            said = _told(body)
        except BadData as error:
            self._identity(*_names(body))
            return [*wrong, rejected(self._file, number, error)]
        return [*wrong, *self._calls(number, said)] if said else wrong

    def _iterations(self, number: int, said: dict[str, Any]) -> Iterator[LogCall]:
        """Runs of the model beside the message, which its own sums leave out."""
        common = {name: said["fields"][name] for name in COMMON if name in said["fields"]}
        marks = {"request": said["request"], "is_sidechain": said["is_sidechain"]}
        _, *beside = anthropic.read({**said["beside"], "id": said["fields"]["id"]})
        for reading in beside:
            yield LogCall({**common, **reading.fields}, NAME, place(self._file, number), reading.assumptions, **marks)

    def _identity(self, own: str | None, request: str | None, stand_in: str | None) -> str | None:
        """The message's id, or what stands in for it; lines of one request are one call all the same."""
        nameless = own is None
        if _is_more_of(self.state, own, request):
            _, own, nameless = self.state["last"]
        own = own or stand_in
        self.state["last"] = (request, own, nameless)
        return own

    def _time(self, time_ms: int | None) -> int:
        """When the line was written; a line without a time has that of the line before."""
        known: int = time_ms or self.state.get("time") or self._file.mtime_ms
        self.state["time"] = known
        return known

    def _tags(self, said: dict[str, Any]) -> dict[str, str]:
        if said["place"] != self._place:
            self._move(said["place"])
        known = self._place_tags.copy()
        if said["request"]:
            known["request"] = said["request"]
        if said["is_sidechain"]:
            known["sidechain"] = "true"
        return known

    def _move(self, place: tuple[Any, ...]) -> None:
        """Remember where this line and those after it were written; most lines only repeat it."""
        self._place = place
        self.state |= {name: text for name, text in zip(PLACE, place, strict=True) if _is_told(text)}
        cwd, branch, session = (self.state.get(name) for name in PLACE)
        self._place_tags = tags(
            project=cwd or self._file.path.parent.name,
            session=session or self._file.path.stem,
            branch=branch,
            host=self._file.host,
        )


def _is_told(text: Any) -> bool:
    return isinstance(text, str) and text != ""


def _is_more_of(state: Mapping[str, Any], own: str | None, request: str | None) -> bool:
    """Whether a line is of the same message as the one before it, one of them without the message's id."""
    before, _, was_nameless = state.get("last") or (None, None, False)
    return request is not None and request == before and (own is None or was_nameless)


def told(line: bytes, load: lines.Load = lines.load) -> dict[str, Any] | bytes | None:
    """
    What a line says of a call, whatever stands before it: plain data, which also another process can find out.

    None when it says nothing, as most of a log is what people and tools said. A line that cannot be used, or
    not as a whole, stands for itself: whoever takes it looks again, and says what is wrong.
    """
    if b'"assistant"' not in line and b'"usage"' not in line and lines.is_whole(line):
        return None
    try:
        body = load(line)
        return _told(body) if isinstance(body, dict) else line
    except (ValueError, RecursionError, BadData):
        return line


def _told(body: dict[str, Any]) -> dict[str, Any] | None:
    """BadData when its counts are none."""
    message = body.get("message")
    if not isinstance(message, dict) or not _is_call(body, message):
        return None
    own, request, stand_in = _names(body)
    usage = message["usage"]
    counted, lacks = counts(usage)
    fields = {"provider": _provider(message), "model": _model(name_or_none(message.get("model"))), "source": NAME, **counted}
    if usage.get("inference_geo"):
        fields["detected_region"] = anthropic._region(message)
    return {
        "fields": known(fields),
        "id": own,
        "time_ms": moment(body.get("timestamp")),
        "request": request,
        "stand_in": stand_in,
        "is_sidechain": body.get("isSidechain") is True,
        "notes": [COUNTED_AS_0.format(name) for name in lacks if name.startswith(("input", "output"))] if lacks else [],
        "lacks": lacks,
        "beside": {**message, "content": None} if usage.get("iterations") else None,
        "place": (body.get("cwd"), body.get("gitBranch"), body.get("sessionId")),
    }


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
    fresh, output = usage.get("input_tokens"), usage.get("output_tokens")
    cached, written = usage.get("cache_read_input_tokens"), usage.get("cache_creation_input_tokens")
    if not type(fresh) is type(output) is type(cached) is type(written) is int:
        return None
    if fresh < 0 or output < 0 or cached < 0 or written < 0:
        return None
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
