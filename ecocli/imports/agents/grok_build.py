"""
Grok Build: the updates of a session, where each turn ends with what it used, by model.

Read in xai-org/grok-build at 19d42e35c07a: crates/codegen/xai-grok-pager/docs/user-guide/17-sessions.md (files), crates/
codegen/xai-grok-shell/src/extensions/notification.rs (`TurnCompleted`; its input holds the cache, its output the reasoning),
session/storage/mod.rs (the line), session/storage/jsonl/copy.rs (forks, whose lines keep their event ids), session/
persistence.rs (summary.json), and crates/codegen/xai-chat-state/src/usage.rs: a turn holds what its sub-agents used.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ecocli.errors import BadData
from ecocli.imports import files as below
from ecocli.imports.agents import reader, whole_files
from ecocli.imports.calls import LogCall, call, moment, name_or_none, rejected, tags
from ecocli.imports.log_file import LogFile
from ecocli.imports.source import LogSource, Memory
from ecocli.ingest import fields as f
from ecocli.ingest.reading import Rejected

COUNTERS = ("inputTokens", "outputTokens", "reasoningTokens", "cachedReadTokens", "cacheCreationTokens")
SUBAGENT = "subagent"
"""Begins the kind of a session whose turns are part of another one's."""
TURN = "Grok Build counts the calls of a turn together: they are shown as one for each model"
INCOMPLETE = "Grok Build had not counted all of this turn, for a sub-agent was still at work"


def roots(env: Mapping[str, str]) -> list[Path]:
    return [Path(env.get("GROK_HOME") or below.home(env) / ".grok").expanduser() / "sessions"]


def files(root: Path) -> Iterator[Path]:
    return below.below(root, r"updates\.jsonl")


class Reader(reader.LineReader):
    """Reads lines, of which each turn's last one counts. The session is described beside them."""

    telling = (b'"turn_completed"',)

    def __init__(self, file: LogFile, memory: Memory) -> None:
        super().__init__(file, memory)
        self._summary: dict[str, Any] | None = None

    def _usable(self, number: int, body: dict[str, Any]) -> Iterator[LogCall | Rejected]:
        """The calls of a turn, one for each model, whatever becomes of the others."""
        usage = f.section(body, "params.update.usage")
        if f.at(body, "params.update.sessionUpdate") != "turn_completed" or not usage or self._is_part_of_another():
            return
        models = f.section(usage, "modelUsage") or {self._said("current_model_id") or "": usage}
        for model, counts in models.items():
            try:
                yield from self._call(number, body, name_or_none(model), counts)
            except BadData as error:
                yield rejected(self._file, number, error)

    def _call(self, number: int, body: dict[str, Any], model: str | None, usage: Any) -> Iterator[LogCall]:
        prompt, completion, reasoning, cached, written = (f.count(usage, name) for name in COUNTERS)
        if not (prompt or completion):
            return
        session = self._file.path.parent.name
        own = name_or_none(f.at(body, "params._meta.eventId")) or f"{session}:{f.at(body, 'params.update.prompt_id')}"
        fields = {
            "id": f.shortened(f"{own}:{model}"),
            "startTimeMs": moment(f.at(body, "params._meta.agentTimestampMs")) or moment(body.get("timestamp")) or self._file.mtime_ms,
            "source": SOURCE.name,
            "tags": tags(project=self._said("info.cwd"), session=session, branch=self._said("head_branch"), host=self._file.host),
            "provider": None if model and "grok" not in model.lower() else "xAI",
            "model": model,
            "prompt_tokens": prompt or 0,
            "completion_tokens": completion or 0,
            "reasoning_tokens": reasoning,
            "cached_tokens": cached,
            "cache_write_tokens": written,
        }
        is_incomplete = f.at(body, "params.update.usage.usageIsIncomplete") is True
        yield call(self._file, number, SOURCE.name, fields, [TURN, INCOMPLETE] if is_incomplete else [TURN])

    def _is_part_of_another(self) -> bool:
        return (self._said("session_kind") or "").startswith(SUBAGENT)

    def _said(self, path: str) -> str | None:
        if self._summary is None:
            known = whole_files.beside(self._file.path.with_name("summary.json"))
            self._summary = known if isinstance(known, dict) else {}
        return name_or_none(f.at(self._summary, path))


SOURCE = LogSource("grok-build", "Grok Build sessions (~/.grok/sessions, GROK_HOME)", roots, files, Reader)
