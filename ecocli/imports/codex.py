"""Codex: rollouts whose counters add up over a session, are written twice, and are repeated in forks."""

from collections.abc import Iterable, Iterator
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
    call,
    moment,
    name_or_none,
    rejected,
    tags,
)
from ecocli.ingest.formats import _fields as f
from ecocli.ingest.formats import _providers
from ecocli.ingest.reading import Rejected

NAME = "codex"
TITLE = "Codex rollouts (~/.codex/sessions and archived_sessions, CODEX_HOME)"

FALLBACK_MODEL = "gpt-5"
NO_MODEL = f"the log names no model: taken as {FALLBACK_MODEL}"
BURST_MS = 300
"""Lines of the parent's history are written into a fork at once; an answer of a model takes longer."""

COUNTERS = ("input_tokens", "cached_input_tokens", "output_tokens", "reasoning_output_tokens")
TELLING = (b'"token_count"', b'"session_meta"', b'"turn_context"')


def roots(env: dict[str, str]) -> list[Path]:
    home = Path(env.get("CODEX_HOME") or below.home(env) / ".codex").expanduser()
    return [home / "sessions", home / "archived_sessions"]


def files(root: Path) -> Iterator[Path]:
    return below.below(root, r".*\.jsonl")


def read(file: LogFile, saved: Saved | None) -> Iterator[Piece]:
    return lines.read(file, saved, Reader)


class Reader:
    """
    Reads lines. Remembers the session, the model, the totals before, and how far the parent's history goes.
    """

    def __init__(self, file: LogFile, state: dict[str, Any]) -> None:
        self.state = state
        self._file = file

    def feed(self, number: int, line: bytes) -> Iterable[LogCall | Rejected]:
        replaying = self.state.get("replay_until_ms") is not None
        if not replaying and lines.is_whole(line) and not any(word in line for word in TELLING):
            return ()
        body, damage = lines.parse(line, self._file, number)
        return [*damage, *self._read(number, body)] if body else damage

    def _read(self, number: int, body: dict[str, Any]) -> Iterable[LogCall | Rejected]:
        payload = f.section(body, "payload")
        time = moment(body.get("timestamp"))
        self.state["time"] = time or self.state.get("time") or self._file.mtime_ms
        self._follow_burst(time)
        if body.get("type") == "session_meta":
            self._begin(payload, time)
        elif body.get("type") == "turn_context":
            self.state["model"] = name_or_none(payload.get("model")) or self.state.get("model")
            self.state["cwd"] = name_or_none(payload.get("cwd")) or self.state.get("cwd")
        elif payload.get("type") == "token_count" and isinstance(payload.get("info"), dict):
            return self._count(number, payload["info"])
        return ()

    def _begin(self, payload: dict[str, Any], time: int | None) -> None:
        """The first such line is the file's own; those after it were copied from its ancestors."""
        session = name_or_none(payload.get("id"))
        parent = _parent(payload)
        if "session" not in self.state:
            git = f.section(payload, "git")
            self.state |= {"session": session, "root": session, "branch": name_or_none(git.get("branch"))}
            self.state |= {"cwd": name_or_none(payload.get("cwd"))}
            self.state |= {"provider": name_or_none(payload.get("model_provider"))}
            if parent and not self._file.root_of(parent):
                self.state["replay_until_ms"] = (time or self.state["time"]) + BURST_MS
        elder = parent or session
        if elder:
            self.state["root"] = self._file.root_of(elder) or elder

    def _follow_burst(self, time: int | None) -> None:
        """Copied lines follow one another closely; the first pause ends them."""
        until = self.state.get("replay_until_ms")
        if until is None or time is None:
            return
        self.state["replay_until_ms"] = max(until, time + BURST_MS) if time <= until else None

    def _count(self, number: int, info: dict[str, Any]) -> Iterable[LogCall | Rejected]:
        try:
            total, last = self._usages(info)
        except BadData as error:
            return [rejected(self._file, number, error)]
        if total == self.state.get("total"):
            return ()  # each event is written about twice
        self.state |= {"total": total, "last": last}
        if self.state.get("replay_until_ms") is not None or not any(last):
            return ()
        return [self._call(number, total, last, name_or_none(info.get("model")))]

    def _usages(self, info: dict[str, Any]) -> tuple[list[int], list[int]]:
        """The totals, and this call's part of them; what one of them leaves out follows from the other."""
        total, last = _usage(info, "total_token_usage"), _usage(info, "last_token_usage")
        before = self.state.get("total") or [0] * len(COUNTERS)
        if not _is_told(total) and not _is_told(last):
            raise BadData("no token counts: info holds neither total nor last usage")
        told = [(now, then) for now, then in zip(total, before, strict=True) if now is not None]
        if all(now == then for now, then in told) if told else last == self.state.get("last"):
            return before, [0] * len(COUNTERS)
        began_anew = any(now is not None and now < then for now, then in zip(total, before, strict=True))
        base = [0] * len(COUNTERS) if began_anew else before
        added = [now - then if now is not None else 0 for now, then in zip(total, base, strict=True)]
        parts = [part if part is not None else rest for part, rest in zip(last, added, strict=True)]
        return [now if now is not None else then + part for now, then, part in zip(total, base, parts, strict=True)], parts

    def _call(self, number: int, total: list[int], last: list[int], named: str | None) -> LogCall:
        model = self.state.get("model") or named
        prompt, cached, completion, reasoning = last
        fields = {
            "id": self._identity(total, model or FALLBACK_MODEL),
            "provider": _providers.named(self.state.get("provider")) or "OpenAI",
            "model": model or FALLBACK_MODEL,
            "prompt_tokens": prompt,
            "completion_tokens": completion,
            "reasoning_tokens": reasoning,
            "cached_tokens": cached,
            "startTimeMs": self.state["time"],
            "source": NAME,
            "tags": self._tags(),
        }
        return call(self._file, number, NAME, fields, assumptions=[] if model else [NO_MODEL])

    def _identity(self, total: list[int], model: str) -> str:
        """The same event of the same conversation, in whichever fork it stands."""
        root = self.state.get("root") or self._file.path.stem
        return f.shortened(f"{root}:{model}:{'-'.join(map(str, total))}")

    def _tags(self) -> dict[str, str]:
        known = self.state.get
        session = known("session") or self._file.path.stem
        return tags(project=known("cwd"), session=session, branch=known("branch"), host=self._file.host)


def _parent(payload: dict[str, Any]) -> str | None:
    """The session that this one was forked from, or that started it as a sub-agent."""
    spawned = f.at(payload, "source.subagent.thread_spawn.parent_thread_id")
    return name_or_none(payload.get("forked_from_id")) or name_or_none(spawned)


def _usage(info: dict[str, Any], name: str) -> list[int | None]:
    """The four counters, each None where the log does not tell it."""
    return [f.count(info, f"{name}.{counter}") for counter in COUNTERS]


def _is_told(counters: list[int | None]) -> bool:
    return counters[0] is not None or counters[2] is not None
