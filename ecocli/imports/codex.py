"""Codex: rollouts whose counters add up over a session, are written twice, and are repeated in forks."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ecocli.errors import BadData
from ecocli.imports import files as below
from ecocli.imports import json_lines, lines
from ecocli.imports.calls import LogCall, call, moment, name_or_none, rejected, tags
from ecocli.imports.log_file import LogFile
from ecocli.imports.source import LogSource, Memory
from ecocli.ingest import fields as f
from ecocli.ingest import providers
from ecocli.ingest.reading import Rejected

FALLBACK_MODEL = "gpt-5"
NO_MODEL = f"the log names no model: taken as {FALLBACK_MODEL}"
BURST_MS = 300
"""Lines of the parent's history are written into a fork at once; an answer of a model takes longer."""

COUNTERS = ("input_tokens", "cached_input_tokens", "output_tokens", "reasoning_output_tokens")
TELLING = (b'"token_count"', b'"session_meta"', b'"turn_context"')


def roots(env: Mapping[str, str]) -> list[Path]:
    home = Path(env.get("CODEX_HOME") or below.home(env) / ".codex").expanduser()
    return [home / "sessions", home / "archived_sessions"]


def files(root: Path) -> Iterator[Path]:
    return below.below(root, r".*\.jsonl")


class Reader:
    """Reads lines. It remembers the session, the model, the totals before, and how far the parent's history goes."""

    def __init__(self, file: LogFile, memory: Memory) -> None:
        self._file, self._memory = file, memory
        self._replay_until_ms: int | None = memory.get("replay_until_ms")

    def feed(self, number: int, line: bytes) -> Iterable[LogCall | Rejected]:
        if self._replay_until_ms is None and json_lines.is_whole(line) and not any(word in line for word in TELLING):
            return ()
        body, damage = lines.parse(line, self._file, number)
        return [*damage, *self._read(number, body)] if body else damage

    def _read(self, number: int, body: dict[str, Any]) -> Iterable[LogCall | Rejected]:
        payload = f.section(body, "payload")
        time = moment(body.get("timestamp"))
        self._memory["time"] = time or self._memory.get("time") or self._file.mtime_ms
        self._follow_burst(time)
        if body.get("type") == "session_meta":
            self._begin(payload, time)
        elif body.get("type") == "turn_context":
            self._memory["model"] = name_or_none(payload.get("model")) or self._memory.get("model")
            self._memory["cwd"] = name_or_none(payload.get("cwd")) or self._memory.get("cwd")
        elif payload.get("type") == "token_count" and isinstance(payload.get("info"), dict):
            return self._count(number, payload["info"])
        return ()

    def _begin(self, payload: dict[str, Any], time: int | None) -> None:
        """The first such line is the file's own; those after it were copied from its ancestors."""
        session = name_or_none(payload.get("id"))
        parent = _parent(payload)
        if "session" not in self._memory:
            git = f.section(payload, "git")
            self._memory |= {"session": session, "root": session, "branch": name_or_none(git.get("branch"))}
            self._memory |= {"cwd": name_or_none(payload.get("cwd"))}
            self._memory |= {"provider": name_or_none(payload.get("model_provider"))}
            if parent and not self._memory.root_of(parent):
                self._replay_until((time or self._memory["time"]) + BURST_MS)
        elder = parent or session
        if elder:
            self._memory["root"] = self._memory.root_of(elder) or elder

    def _follow_burst(self, time: int | None) -> None:
        """Copied lines follow one another closely; the first pause ends them."""
        until = self._replay_until_ms
        if until is not None and time is not None:
            self._replay_until(max(until, time + BURST_MS) if time <= until else None)

    def _replay_until(self, time_ms: int | None) -> None:
        self._replay_until_ms = self._memory["replay_until_ms"] = time_ms

    def _count(self, number: int, info: dict[str, Any]) -> Iterable[LogCall | Rejected]:
        try:
            total, last = self._usages(info)
        except BadData as error:
            return [rejected(self._file, number, error)]
        if total == self._memory.get("total"):
            return ()  # each event is written about twice
        self._memory |= {"total": total, "last": last}
        if self._replay_until_ms is not None or not any(last):
            return ()
        return [self._call(number, total, last, name_or_none(info.get("model")))]

    def _usages(self, info: dict[str, Any]) -> tuple[list[int], list[int]]:
        """The totals, and this call's part of them; what one of them leaves out follows from the other."""
        total, last = _usage(info, "total_token_usage"), _usage(info, "last_token_usage")
        before = self._memory.get("total") or [0] * len(COUNTERS)
        if not _is_told(total) and not _is_told(last):
            raise BadData("no token counts: info holds neither total nor last usage")
        told = [(now, then) for now, then in zip(total, before, strict=True) if now is not None]
        if all(now == then for now, then in told) if told else last == self._memory.get("last"):
            return before, [0] * len(COUNTERS)
        began_anew = any(now is not None and now < then for now, then in zip(total, before, strict=True))
        base = [0] * len(COUNTERS) if began_anew else before
        added = [now - then if now is not None else 0 for now, then in zip(total, base, strict=True)]
        parts = [part if part is not None else rest for part, rest in zip(last, added, strict=True)]
        return [now if now is not None else then + part for now, then, part in zip(total, base, parts, strict=True)], parts

    def _call(self, number: int, total: list[int], last: list[int], named: str | None) -> LogCall:
        model = self._memory.get("model") or named
        prompt, cached, completion, reasoning = last
        fields = {
            "id": self._identity(total, model or FALLBACK_MODEL),
            "provider": providers.named(self._memory.get("provider")) or "OpenAI",
            "model": model or FALLBACK_MODEL,
            "prompt_tokens": prompt,
            "completion_tokens": completion,
            "reasoning_tokens": reasoning,
            "cached_tokens": cached,
            "startTimeMs": self._memory["time"],
            "source": SOURCE.name,
            "tags": self._tags(),
        }
        return call(self._file, number, SOURCE.name, fields, assumptions=[] if model else [NO_MODEL])

    def _identity(self, total: list[int], model: str) -> str:
        """An id for an event of a conversation, the same in every fork of it."""
        root = self._memory.get("root") or self._file.path.stem
        return f.shortened(f"{root}:{model}:{'-'.join(map(str, total))}")

    def _tags(self) -> dict[str, str]:
        known = self._memory.get
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


SOURCE = LogSource("codex", "Codex rollouts (~/.codex/sessions and archived_sessions, CODEX_HOME)", roots, files, Reader, lines_stand_alone=False)
