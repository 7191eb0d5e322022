"""
pi: the messages of a session as a tree, one JSON object per line.

Format: badlogic/pi-mono at 83378aa, packages/coding-agent/docs/session.md, src/core/session-manager.ts and src/config.ts,
packages/ai/src/types.ts (`Usage`) and providers/anthropic.ts: input leaves out both caches, output holds the reasoning.
A fork copies entries with their ids and times. Sessions of pi's first version have no ids until pi opens them again, so that
a call with the same time, model and counts is the same one.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ecocli.imports import files as below
from ecocli.imports.agents.reader import LineReader, beside_cache, has_tokens, provider
from ecocli.imports.calls import LogCall, call, moment, name_or_none, tags
from ecocli.imports.source import LogSource
from ecocli.ingest import fields as f

COUNTERS = ("input", "output", "cacheRead", "cacheWrite")


def roots(env: Mapping[str, str]) -> list[Path]:
    return sessions(env, "PI_CODING_AGENT_DIR", ".pi")


def sessions(env: Mapping[str, str], variable: str, folder: str) -> list[Path]:
    """The sessions of pi, or of a tool that was made of it."""
    return [Path(env.get(variable) or below.home(env) / folder / "agent").expanduser() / "sessions"]


def files(root: Path) -> Iterator[Path]:
    return below.below(root, below.JSON_LINES)


class Reader(LineReader):
    """Reads lines. It remembers the session and its folder, which only the first line names."""

    telling = (b'"usage"', b'"session"')
    source = "pi"

    def calls(self, number: int, body: dict[str, Any]) -> Iterator[LogCall]:
        if body.get("type") == "session":
            self._memory["session"] = name_or_none(body.get("id")) or self._memory.get("session")
            self._memory["cwd"] = name_or_none(body.get("cwd")) or self._memory.get("cwd")
        message = f.section(body, "message")
        if message.get("role") == "assistant" and isinstance(message.get("usage"), dict):
            counted = counts(message["usage"])
            if has_tokens(counted):
                yield self._call(number, body, message, counted)

    def _call(self, number: int, body: dict[str, Any], message: dict[str, Any], counted: dict[str, Any]) -> LogCall:
        known = self._memory.get
        fields = {
            "id": identity(body, message),
            "provider": provider(message.get("provider")),
            "model": name_or_none(message.get("model")),
            "startTimeMs": moment(message.get("timestamp")) or moment(body.get("timestamp")) or self._file.mtime_ms,
            "endTimeMs": moment(body.get("timestamp")),
            "source": self.source,
            "tags": tags(project=known("cwd") or self._file.path.parent.name, session=known("session") or self._file.stem, host=self._file.host),
            **counted,
        }
        return call(self._file, number, self.source, fields, has_twins=True)


def counts(usage: dict[str, Any]) -> dict[str, Any]:
    """The counts of a message; newer versions also tell the part of the output that was reasoning."""
    return beside_cache(usage, *COUNTERS) | {"reasoning_tokens": f.count(usage, "reasoning")}


def identity(body: dict[str, Any], message: dict[str, Any]) -> str:
    """The id of an entry, which is short and needs its time; an entry without one is told by all but its text."""
    times = [body.get("timestamp"), message.get("timestamp")]
    own = name_or_none(body.get("id"))
    if own and any(times):
        return f.shortened(f"{own}:{times[0] or times[1]}")
    return f.body_id([own, *times, *(message.get(name) for name in ("provider", "model", "usage"))])


SOURCE = LogSource("pi", "pi sessions (~/.pi/agent/sessions, PI_CODING_AGENT_DIR)", roots, files, Reader, lines_stand_alone=False)
