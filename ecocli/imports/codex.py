"""Codex: rollouts whose counters add up over a session, are written twice, and are repeated in forks."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ecocli.errors import BadData
from ecocli.imports import codex_usage as usages
from ecocli.imports import files as below
from ecocli.imports import json_lines, lines
from ecocli.imports.calls import LogCall, call, moment, name_or_none, rejected, tags
from ecocli.imports.codex_history import History
from ecocli.imports.log_file import LogFile
from ecocli.imports.source import LogSource, Memory
from ecocli.ingest import fields as f
from ecocli.ingest import providers
from ecocli.ingest.reading import Rejected

FALLBACK_MODEL = "gpt-5"
NO_MODEL = f"the log names no model: taken as {FALLBACK_MODEL}"
MODEL_PATHS = ("model", "model_name", "metadata.model", "info.model", "info.model_name", "info.metadata.model")
"""Places in a payload that name the model."""
SAME_MS = 5000
"""The total and the record of one response are written closer to each other than two responses of a model are."""
MOST_UNNAMED = 256
"""Calls before the log's first model that are remembered until it comes."""

TELLING = (b'"token_count"', b'"session_meta"', b'"turn_context"', b'"token_usage_record"', b'"compaction_response_id"')


def roots(env: Mapping[str, str]) -> list[Path]:
    home = Path(env.get("CODEX_HOME") or below.home(env) / ".codex").expanduser()
    return [home / "sessions", home / "archived_sessions"]


def files(root: Path) -> Iterator[Path]:
    return below.below(root, below.JSON_LINES)


class Reader:
    """
    Reads lines. It remembers the session, the model, the totals before, and how far copied history goes.

    A response is recorded and counted in the totals, in either order. What is written first is the call; the other only says
    so again. That of a compaction is in no total.
    """

    def __init__(self, file: LogFile, memory: Memory) -> None:
        self._file, self._memory, self._history = file, memory, History(memory)

    def feed(self, number: int, line: bytes) -> Iterable[LogCall | Rejected]:
        if not self._history.is_open and json_lines.is_whole(line) and not any(word in line for word in TELLING):
            return ()
        body, damage = lines.parse(line, self._file, number)
        return [*damage, *self._read(number, body)] if body else damage

    def _read(self, number: int, body: dict[str, Any]) -> Iterable[LogCall | Rejected]:
        payload, kind = f.section(body, "payload"), body.get("type")
        time = moment(body.get("timestamp"))
        self._memory["time"] = time or self._memory.get("time") or self._file.mtime_ms
        is_copy = self._history.is_copied(body, payload, time)
        if kind == "session_meta":
            self._begin(payload, time)
        elif kind == "turn_context":
            return self._turn(payload)
        elif kind == "token_usage_record" and not is_copy:
            return self._record(number, payload)
        elif kind == "compacted":
            self._compacted(payload)
        elif payload.get("type") == "token_count" and isinstance(payload.get("info"), dict):
            return self._count(number, payload, is_copy)
        return ()

    def _begin(self, payload: dict[str, Any], time: int | None) -> None:
        """The first such line is the file's own; those after it were copied from its ancestors."""
        session = name_or_none(payload.get("id"))
        if "session" in self._memory:
            self._history.add_ancestor(session)
            return
        self._memory |= {"session": session, "branch": name_or_none(f.section(payload, "git").get("branch"))}
        self._memory |= {"cwd": name_or_none(payload.get("cwd")), "provider": name_or_none(payload.get("model_provider"))}
        self._history.begin(payload, time or self._memory["time"])

    def _turn(self, payload: dict[str, Any]) -> Iterator[LogCall]:
        """A turn names its model, which is that of calls before it, too, where nothing else named theirs."""
        self._memory["cwd"] = name_or_none(payload.get("cwd")) or self._memory.get("cwd")
        model = _model(payload)
        if model is None:
            return
        self._memory["model"] = model
        if unnamed := self._memory.get("unnamed"):
            self._memory["unnamed"] = None
            for number, time_ms, total, counts in unnamed:
                found = self._call_at(time_ms, number, total, counts, model, FALLBACK_MODEL, [])
                found.is_finished = True
                yield found

    def _record(self, number: int, payload: dict[str, Any]) -> Iterable[LogCall | Rejected]:
        """The usage of one response; the totals that follow hold it, unless it is a compaction's."""
        try:
            *told, written = usages.counts(payload, "usage")
        except BadData as error:
            return [rejected(self._file, number, error)]
        last = [one or 0 for one in told]
        if not any(last) or self._is_counted(last):
            return ()
        if pending := self._memory.get("pending"):  # no total held that one
            self._memory["ahead"] = usages.sums(self._memory.get("ahead") or usages.NOTHING, pending["last"])
        total = usages.sums(self._memory.get("total") or usages.NOTHING, self._memory.get("ahead") or usages.NOTHING, last)
        self._memory["pending"] = {"last": last, "total": total, "response": name_or_none(payload.get("response_id"))}
        return [self._named(number, payload, total, [*last, written], usages.notes(payload.get("usage")))]

    def _is_counted(self, last: list[int]) -> bool:
        """True for the record of a response that the totals counted just before; each of their counts is met once."""
        counted = self._memory.get("counted")
        if counted is None:
            return False
        self._memory["counted"] = None
        return bool(counted["last"] == last and abs(self._memory["time"] - counted["time"]) <= SAME_MS)

    def _compacted(self, payload: dict[str, Any]) -> None:
        """The response before was a compaction: no total will hold it, and another response may come to the same one."""
        pending, response = self._memory.get("pending"), payload.get("compaction_response_id")
        if pending and response and pending["response"] == response:
            self._memory |= {"pending": None, "taken": pending["total"]}

    def _count(self, number: int, payload: dict[str, Any], is_copy: bool) -> Iterable[LogCall | Rejected]:
        info, before, pending = payload["info"], self._memory.get("total"), self._memory.get("pending")
        try:
            total, last, written = usages.of_event(info, before, self._memory.get("last"))
        except BadData as error:
            return [rejected(self._file, number, error)]
        if total == before:
            return ()  # each event is written about twice
        if before and usages.began_anew(total, before):
            self._memory["began_anew"] = self._memory.get("began_anew", 0) + 1
        self._memory |= {"total": total, "last": last}
        if pending:
            self._memory |= {"pending": None, "ahead": None}
        if is_copy or not any(last) or (pending and pending["last"] == last):
            return ()
        self._memory["counted"] = {"last": last, "time": self._memory["time"]}
        return [self._named(number, payload, total, [*last, written], usages.notes(info.get("last_token_usage")))]

    def _named(self, number: int, payload: dict[str, Any], total: list[int], counts: list[int | None], notes: list[str]) -> LogCall:
        """A call of the model of its turn; one before any turn is remembered until a turn names the model."""
        model = self._memory.get("model") or _model(payload)
        if model is not None:
            return self._call(number, total, counts, model, notes)
        unnamed = self._memory.get("unnamed") or []
        if len(unnamed) < MOST_UNNAMED:
            self._memory["unnamed"] = [*unnamed, [number, self._memory["time"], total, counts]]
        found = self._call(number, total, counts, FALLBACK_MODEL, [*notes, NO_MODEL])
        found.is_finished = False
        return found

    def _call(self, number: int, total: list[int], counts: list[int | None], model: str, notes: list[str]) -> LogCall:
        return self._call_at(self._memory["time"], number, total, counts, model, model, notes)

    def _call_at(
        self, time_ms: int, number: int, total: list[int], counts: list[int | None], model: str, model_in_id: str, notes: list[str]
    ) -> LogCall:
        prompt, cached, completion, reasoning, written = counts
        session = self._memory.get("session") or self._file.stem
        fields = {
            "id": self._identity(session, total, model_in_id),
            "provider": providers.named(self._memory.get("provider")) or "OpenAI",
            "model": model,
            "prompt_tokens": prompt,
            "completion_tokens": completion,
            "reasoning_tokens": reasoning,
            "cached_tokens": cached,
            "cache_write_tokens": written,
            "startTimeMs": time_ms,
            "source": SOURCE.name,
            "tags": self._tags(),
        }
        found = call(self._file, number, SOURCE.name, fields, assumptions=notes)
        if ancestors := self._history.ancestors:
            found.copies = tuple(self._identity(ancestor, total, model_in_id) for ancestor in ancestors)
            found.is_copied_with_time = not self._history.is_continued(total, counts[:4])
        return found

    def _identity(self, session: str, total: list[int], model: str) -> str:
        """An id for a call of a session: the totals behind it, and how often they began anew before."""
        again = self._memory.get("began_anew")
        parts = [session, model, "-".join(map(str, total)), *([f"again{again}"] if again else [])]
        if total == self._memory.get("taken"):
            parts.append("2")
        return f.shortened(":".join(parts))

    def _tags(self) -> dict[str, str]:
        known = self._memory.get
        session = known("session") or self._file.stem
        return tags(project=known("cwd"), session=session, branch=known("branch"), host=self._file.host)


def _model(payload: dict[str, Any]) -> str | None:
    return next((name for path in MODEL_PATHS if (name := name_or_none(f.at(payload, path)))), None)


SOURCE = LogSource("codex", "Codex rollouts (~/.codex/sessions and archived_sessions, CODEX_HOME)", roots, files, Reader, lines_stand_alone=False)
