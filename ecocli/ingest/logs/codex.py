"""Codex: rollouts whose counters add up over a session, are written twice, and are repeated in forks."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ecocli.errors import BadData
from ecocli.ingest.formats import _fields as f
from ecocli.ingest.formats import _providers
from ecocli.ingest.logs import files as below
from ecocli.ingest.logs import lines
from ecocli.ingest.logs.found import LogCall, LogFile, Piece, Saved, call, moment, name_or_none, rejected, tags
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
            total, last = _usage(info, "total_token_usage"), _usage(info, "last_token_usage")
        except BadData as error:
            return [rejected(self._file, number, error)]
        before = self.state.get("total")
        if total is None and last is None:
            return [rejected(self._file, number, "no token counts: info holds neither total nor last usage")]
        if total is not None:
            if total == before:
                return ()  # each event is written about twice
            last = last or _difference(total, before)
            self.state["total"] = total
        if self.state.get("replay_until_ms") is not None:
            return ()
        return [self._call(number, total, last, name_or_none(info.get("model")))] if last and any(last) else ()

    def _call(self, number: int, total: list[int] | None, last: list[int], named: str | None) -> LogCall:
        model = self.state.get("model") or named
        prompt, cached, completion, reasoning = last
        fields = {
            "id": self._identity(total, last, model or FALLBACK_MODEL),
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

    def _identity(self, total: list[int] | None, last: list[int], model: str) -> str:
        """The same event of the same conversation, in whichever fork it stands."""
        root = self.state.get("root") or self._file.path.stem
        counted = total if total is not None else [self.state["time"], *last]
        return f.shortened(f"{root}:{model}:{'-'.join(map(str, counted))}")

    def _tags(self) -> dict[str, str]:
        known = self.state.get
        session = known("session") or self._file.path.stem
        return tags(project=known("cwd"), session=session, branch=known("branch"), host=self._file.host)


def _parent(payload: dict[str, Any]) -> str | None:
    """The session that this one was forked from, or that started it as a sub-agent."""
    spawned = f.at(payload, "source.subagent.thread_spawn.parent_thread_id")
    return name_or_none(payload.get("forked_from_id")) or name_or_none(spawned)


def _usage(info: dict[str, Any], name: str) -> list[int] | None:
    """The four counters; None where the log has none of them."""
    usage = info.get(name)
    if not isinstance(usage, dict):
        return None
    counters = [f.count({name: usage}, f"{name}.{counter}") for counter in COUNTERS]
    return None if counters[0] is None and counters[2] is None else [counter or 0 for counter in counters]


def _difference(total: list[int], before: list[int] | None) -> list[int]:
    """What this call added; after the counters began anew, all of it."""
    if before is None or any(now < then for now, then in zip(total, before)):
        return total
    return [now - then for now, then in zip(total, before)]
