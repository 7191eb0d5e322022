"""
Tasks of Cline and of the extensions made from it: `ui_messages.json`, rewritten with every message.

A request stands in it first without counts, then with them. Requests that the user deletes leave the file; Cline keeps
their sum in a message of its own.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from ecocli.errors import BadData
from ecocli.imports import files as below
from ecocli.imports.agents import whole_files
from ecocli.imports.calls import LogCall, call, moment, rejected, tags
from ecocli.imports.log_file import LogFile
from ecocli.imports.source import Piece
from ecocli.ingest import fields as f
from ecocli.ingest.reading import Rejected
from ecocli.store.imports import Position

UI_MESSAGES = "ui_messages.json"
REQUESTS = ("api_req_started", "api_req_finished", "subagent_usage")
"""Messages that count tokens; the second only in tasks of 2024, where the first has none."""
DELETED = "deleted_api_reqs"
OTHER_TOOLS = ("claude-code",)
"""Providers that are tools with logs of their own."""
NAMELESS = {"provider": "unknown"}
NO_NAMES = "the task names neither the model nor who served it"
SUM_OF_DELETED = "the sum of requests that were deleted from the task before they were imported"
SUM_OF_AGENTS = "the sum of what sub-agents used"
COUNTERS = ("tokensIn", "tokensOut", "cacheWrites", "cacheReads")

Names = dict[str, Any]
"""The fields of a call that do not count: model and provider."""
Counts = list[int | None]
"""In the order of COUNTERS, None where a message does not tell."""


class Task:
    """
    One task.

    Args:
        names: The model and the provider of a message.
        is_cache_apart: Whether tokensIn leaves out the cache, given what a request says, its names and its time.
        project: The folder that the task worked in.
    """

    def __init__(
        self, file: LogFile, source: str, names: Callable[[dict[str, Any]], Names],
        is_cache_apart: Callable[[dict[str, Any], Names, int], bool], project: str | None,
    ) -> None:  # fmt: skip
        self._file, self._source, self._names, self._is_cache_apart = file, source, names, is_cache_apart
        self.id = file.path.parent.name
        self._tags = tags(project=project, session=self.id, host=file.host)

    def read(self, saved: Position | None) -> Iterator[Piece]:
        """The calls; what was counted of each is remembered, so that the sum of deleted ones holds no known one."""
        messages = whole_files.body(self._file)
        if not isinstance(messages, list):
            raise BadData("not an array of messages")
        counted: dict[str, Counts] = {}
        found: list[LogCall | Rejected] = []
        for message in f.objects(messages):
            if message.get("type") == "say" and message.get("say") in REQUESTS:
                found += self._request(message, counted)
        known = dict(saved.state).get("counted", {}) if saved else {}
        found += self._deleted(f.objects(messages), {time: counts for time, counts in known.items() if time not in counted})
        yield Piece(found, Position(self._file.stamp, state={"counted": known | counted}))

    def _request(self, message: dict[str, Any], counted: dict[str, Counts]) -> Iterator[LogCall | Rejected]:
        info = f.as_object(message.get("text"))
        try:
            counts = _counts(info)
        except BadData as error:
            yield rejected(self._file, None, error)
            return
        names = self._names(message)
        if not any(counts) or names.get("provider") in OTHER_TOOLS:
            return
        name = f.body_id(message) if message.get("ts") is None else str(message["ts"])
        time = moment(message.get("ts")) or self._file.mtime_ms
        counted[name] = counts
        notes = [SUM_OF_AGENTS] if message["say"] == "subagent_usage" else []
        yield self._call(name, time, names, counts, self._is_cache_apart(info, names, time), notes)

    def _deleted(self, messages: list[dict[str, Any]], gone: dict[str, Counts]) -> Iterator[LogCall | Rejected]:
        """The tokens of deleted requests beyond those that were seen before they were deleted."""
        sums = [message for message in messages if message.get("type") == "say" and message.get("say") == DELETED]
        try:
            deleted = _sum(_counts(f.as_object(message.get("text"))) for message in sums)
        except BadData as error:
            yield rejected(self._file, None, error)
            return
        unseen: Counts = [max(0, total - seen) for total, seen in zip(deleted, _sum(gone.values()), strict=True)]
        if any(unseen):
            last = sums[-1]
            yield self._call("deleted", moment(last.get("ts")) or self._file.mtime_ms, self._names(last), unseen, True, [SUM_OF_DELETED])

    def _call(self, name: str, time_ms: int, names: Names, counts: Counts, is_cache_apart: bool, notes: list[str]) -> LogCall:
        if not any(names.values()):
            names, notes = NAMELESS, [*notes, NO_NAMES]
        prompt, completion, written, read = counts
        cache = (written or 0) + (read or 0) if is_cache_apart else 0
        fields = {
            "id": f.shortened(f"{self.id}:{name}"),
            "startTimeMs": time_ms,
            "source": self._source,
            "tags": self._tags,
            **names,
            "prompt_tokens": (prompt or 0) + cache,
            "completion_tokens": completion or 0,
            "cached_tokens": read,
            "cache_write_tokens": written,
        }
        return call(self._file, None, self._source, fields, notes)


def files(root: Path) -> Iterator[Path]:
    return below.below(root, r"ui_messages\.json")


def _counts(info: dict[str, Any]) -> Counts:
    return [f.count(info, name) for name in COUNTERS]


def _sum(counts: Iterable[Counts]) -> list[int]:
    return [sum(count or 0 for count in column) for column in zip([0] * len(COUNTERS), *counts, strict=True)]
