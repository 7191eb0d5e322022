"""Calls as logs report them, one by one or by column, and helpers that the readers of logs share."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from ecocli.core.projects import project_of
from ecocli.core.signals import TAG, TELEMETRY_FORMAT
from ecocli.errors import BadData, EcoError
from ecocli.imports.log_file import LogFile
from ecocli.ingest import fields as f
from ecocli.ingest import native
from ecocli.ingest.batches import Batch
from ecocli.ingest.reading import Reading, Rejected

if TYPE_CHECKING:
    from ecocli.pipeline.builder import Built


@dataclass(slots=True)
class LogCall(Reading):
    """A call as a log reports it: perhaps one of several snapshots, perhaps a copy of one in another session."""

    line: int | None = None
    request: str | None = None
    """The provider's id of the request, where the call's own id may be shared by several."""
    is_sidechain: bool = False
    """Written by a sub-agent, whose log may repeat calls of the session that started it."""
    lacks: tuple[str, ...] = ()
    """Counters that this snapshot leaves out and that are counted as 0: another snapshot may have them."""
    shared_id: str | None = None
    """The id in the log, where that is another call's, too, and this one was given one of its own."""
    has_twins: bool = False
    """The tool copies calls under new ids: one with the same time, model and counts is the same call."""
    is_finished: bool | None = None
    """True for the last word on an answer, False for a snapshot of one under way; None where the log does not tell, so that the larger one counts."""
    copies: tuple[str, ...] = ()
    """Ids of calls of other sessions that this one is a copy of, where one of them is known."""
    is_copied_with_time: bool = False
    """It is a copy only where that one began at the same moment."""

    @property
    def id(self) -> str:
        own: str = self.fields["id"]
        return own

    @property
    def provider(self) -> str | None:
        provider: str | None = self.fields.get("provider")
        return provider

    @property
    def signal(self) -> str | None:
        """Of telemetry: a span and a log event may have one id."""
        told: str | None = (self.fields.get("tags") or {}).get(TAG) if self.format == TELEMETRY_FORMAT else None
        return told

    @property
    def table(self) -> "CallTable | None":
        """The table of a PackedCall."""
        return None

    def unpacked(self) -> "LogCall":
        return self

    def may_copy(self, started_at_ms: int | None) -> bool:
        """True where a call of that moment, under one of the ids in `copies`, is this one."""
        return not self.is_copied_with_time or started_at_ms == self.fields.get("startTimeMs")


@dataclass(slots=True, eq=False)
class CallTable:
    """Calls of one portion of a log, by column, each once, with the rows that were built of them."""

    file: LogFile
    ids: list[str]
    providers: list[str | None]
    requests: list[str | None]
    sidechains: list[bool]
    lines: list[int]
    """The line of each call, the first of the portion being 1."""
    lacks: dict[int, tuple[str, ...]]
    """Of the calls that lack a counter, which."""
    finished: list[bool | None]
    batches: list[Batch]
    """Their fields."""
    built: "Built"
    lines_before: int = 0
    """Lines of the log before the portion."""

    @classmethod
    def of(cls, file: LogFile, calls: Sequence[LogCall], batches: list[Batch], built: "Built") -> Self:
        ids, providers = [call.id for call in calls], [call.provider for call in calls]
        requests, sidechains = [call.request for call in calls], [call.is_sidechain for call in calls]
        lacks = {row: call.lacks for row, call in enumerate(calls) if call.lacks}
        finished = [call.is_finished for call in calls]
        return cls(file, ids, providers, requests, sidechains, [call.line or 0 for call in calls], lacks, finished, batches, built)

    def __len__(self) -> int:
        return len(self.ids)

    def calls(self) -> "Iterator[PackedCall]":
        return map(PackedCall, repeat(self), range(len(self.ids)), self.ids)

    def call(self, row: int) -> LogCall:
        """One call by itself."""
        batch = next(batch for batch in self.batches if row in batch.positions)
        line = self.lines_before + self.lines[row]
        found = LogCall(batch.fields(batch.positions.index(row)), batch.format, place(self.file, line), list(batch.assumptions), line=line)
        found.request, found.is_sidechain, found.lacks = self.requests[row], self.sidechains[row], self.lacks.get(row, ())
        found.is_finished = self.finished[row]
        return found


class PackedCall(NamedTuple):
    """A call in a table: unpacked only where it meets another one."""

    table: CallTable
    row: int
    id: str

    @property
    def provider(self) -> str | None:
        return self.table.providers[self.row]

    @property
    def request(self) -> str | None:
        return self.table.requests[self.row]

    @property
    def signal(self) -> None:
        return None

    @property
    def shared_id(self) -> None:
        return None

    @property
    def has_twins(self) -> bool:
        return False

    @property
    def copies(self) -> tuple[str, ...]:
        return ()

    def unpacked(self) -> LogCall:
        return self.table.call(self.row)


Call = LogCall | PackedCall


def call(
    file: LogFile, line: int | None, format: str, fields: dict[str, Any], assumptions: Iterable[str] = (), *, has_twins: bool = False
) -> LogCall:
    """A call found on a line. Counts and times out of order are put right as for every payload."""
    found, notes = known(fields), list(assumptions)
    f.put_right(found, notes)
    return LogCall(found, format, place(file, line), notes, line=line, has_twins=has_twins)


def known(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields that have a value: the same object where all have one."""
    return {name: value for name, value in fields.items() if value is not None} if None in fields.values() else fields


def adopt(reading: Reading, file: LogFile, line: int | None, source: str, tags: dict[str, str]) -> LogCall:
    """A payload's reading as a call of a log; the payload knows better than the log's name who sent it."""
    fields = {"source": source, **reading.fields, "tags": {**tags, **reading.fields.get("tags", {})}}
    texts = {name: getattr(reading, name) for name in ("prompt_text", "completion_text", "messages")}
    return LogCall(fields, reading.format, place(file, line), reading.assumptions, line=line, **texts)


def rejected(file: LogFile, line: int | None, error: EcoError | str, raw: bytes = b"") -> Rejected:
    """A line that is not used, with its place and the reason."""
    return Rejected(BadData(error) if isinstance(error, str) else error, place(file, line), raw)


def place(file: LogFile, line: int | None) -> str:
    return f"{file.path}:{line}" if line else str(file.path)


def tags(**values: Any) -> dict[str, str]:
    """The tags that are known; values that are not text, or cannot be shown, are left out."""
    texts = {name: value for name, value in values.items() if isinstance(value, str) and value}
    if "project" in texts:
        texts["project"] = project_of(texts["project"])
    if all(len(value) <= 256 and value.isprintable() for value in texts.values()):
        return texts
    return f.tags(**texts) or {}


def name_or_none(value: Any) -> str | None:
    """A name or an id, at most 256 characters; None for anything else."""
    if not isinstance(value, str) or not value or not value.isprintable():
        return None
    return value if len(value) <= native.MAX_CHARACTERS else f.shortened(value)


def moment(value: Any) -> int | None:
    """A time in any notation as milliseconds; None where there is none that can be read."""
    try:
        return f.milliseconds(value) if value else None
    except (ValueError, OverflowError, TypeError):
        return None
