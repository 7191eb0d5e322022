"""The part of a Codex rollout that was copied from the session that it was forked from, or that started it."""

from collections.abc import Sequence
from typing import Any

from ecocli.imports.calls import moment, name_or_none
from ecocli.imports.source import Memory
from ecocli.ingest import fields as f

BURST_MS = 300
"""Lines of the parent's history are written into a fork at once; an answer of a model takes longer."""
PARENT_PATHS = ("forked_from_id", "parent_thread_id", "source.subagent.thread_spawn.parent_thread_id")
START_PATHS = ("subagent_history_start_ordinal", "history_base.end_ordinal_exclusive")
"""The number of the first line that is the session's own, where a log numbers its lines."""


class History:
    """Tells copied lines from a session's own. What it has to know of earlier lines is in the reader's memory."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._until_ms: int | None = memory.get("replay_until_ms")

    @property
    def is_open(self) -> bool:
        """True while the next line may be a copy because of its time."""
        return self._until_ms is not None

    def begin(self, payload: dict[str, Any], time_ms: int) -> None:
        """The log's own head, written at a time."""
        parent = next((name for path in PARENT_PATHS if (name := name_or_none(f.at(payload, path)))), None)
        if parent is None:
            return
        start = next((at for path in START_PATHS if type(at := f.at(payload, path)) is int), None)
        self._memory["ancestors"] = [parent]
        self._memory["born"] = {"ordinal": start, "time_ms": moment(payload.get("timestamp")) or time_ms}
        self._set_until(time_ms + BURST_MS)

    def add_ancestor(self, session: str | None) -> None:
        """The head of another log, which was copied with its lines."""
        known = self._memory.get("ancestors")
        if known is not None and session and session != self._memory["session"]:
            self._memory |= {"ancestors": list(dict.fromkeys((*known, session))), "is_continued": True}

    def is_copied(self, body: dict[str, Any], payload: dict[str, Any], time_ms: int | None) -> bool:
        """True for a line of another session: by its number, by its time, or because it says whose it is."""
        self._follow_burst(time_ms)
        thread = payload.get("thread_id")
        if thread is not None and self._memory.get("session") not in (None, thread):
            return True
        born = self._memory.get("born")
        if born is None:
            return False
        if born["ordinal"] is not None and type(body.get("ordinal")) is int:
            return bool(body["ordinal"] < born["ordinal"])
        return self.is_open or (time_ms is not None and time_ms < born["time_ms"])

    @property
    def ancestors(self) -> list[str]:
        """The sessions that a call may be a copy of, though its line looks like one of this session's own."""
        return self._memory.get("ancestors") or []

    def is_continued(self, total: list[int], last: Sequence[int | None]) -> bool:
        """False for a session that began from nothing, as its first total shows."""
        if "is_continued" not in self._memory:
            self._memory["is_continued"] = total != list(last)
        return bool(self._memory["is_continued"])

    def _follow_burst(self, time_ms: int | None) -> None:
        """Copied lines follow one another closely; the first pause ends them."""
        until_ms = self._until_ms
        if until_ms is not None and time_ms is not None:
            self._set_until(max(until_ms, time_ms + BURST_MS) if time_ms <= until_ms else None)

    def _set_until(self, time_ms: int | None) -> None:
        self._until_ms = self._memory["replay_until_ms"] = time_ms
