"""How far each log was read, and which of its calls are stored."""

import json
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from ecocli.core.signals import TAG
from ecocli.store import calls, rows
from ecocli.store.calls import IS_CORRECTED, MOST, TOKENS

if TYPE_CHECKING:
    from ecocli.store import NewCall, Store

SAVE = (
    "INSERT INTO imports (source, path, stamp, offset, fingerprint, state, read_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (source, path) DO UPDATE SET stamp = excluded.stamp, offset = excluded.offset, "
    "fingerprint = excluded.fingerprint, state = excluded.state, read_at_ms = excluded.read_at_ms"
)
KNOWN = (
    f"SELECT c.call_id, c.id, c.provider, c.source, c.model, {TOKENS}, c.started_at_ms, c.tags "
    "FROM json_each(?) AS wanted CROSS JOIN calls AS c ON c.call_id = wanted.value ORDER BY c.id"
)
TWIN = (
    "SELECT 1 FROM calls WHERE started_at_ms = ? AND source = ? AND model IS ? AND input_tokens = ? "
    "AND output_tokens = ? AND cached_tokens IS ? AND call_id <> ?"
)
READ = "SELECT source, count(*), max(read_at_ms) FROM imports GROUP BY source"
REQUESTS = "SELECT json_extract(tags, '$.request'), call_id FROM calls WHERE source = ? AND tags LIKE '%\"request\"%'"


class Position(NamedTuple):
    """How far a log was read."""

    stamp: str
    """Of the whole file; empty where only a part of it was read."""
    offset: int = 0
    """Bytes, or whatever the reader counts in."""
    fingerprint: str = ""
    """Of the part that was read: another one means another file under the same name."""
    state: Mapping[str, Any] = MappingProxyType({})
    """The reader's memory of that part."""


class Overview(NamedTuple):
    """An overview of a source's logs and calls in the store."""

    logs: int = 0
    """Number of logs that were read."""
    read_at_ms: int | None = None
    """When a log of it was last read."""
    calls: int = 0


class Known(NamedTuple):
    """A call that is stored under an id of a log."""

    call_id: str
    row_id: int
    provider: str
    source: str
    model: str | None
    tokens: int
    started_at_ms: int
    tags: str
    """As JSON."""

    @property
    def is_corrected(self) -> bool:
        """True where its caller put it in the place of another."""
        return self.tokens == MOST

    @property
    def request(self) -> str | None:
        """The provider's id of the request, where the log told it."""
        request: str | None = json.loads(self.tags).get("request")
        return request

    @property
    def signal(self) -> str | None:
        """Of telemetry."""
        told: str | None = json.loads(self.tags).get(TAG)
        return told

    @property
    def is_sidechain(self) -> bool:
        return "sidechain" in json.loads(self.tags)


class Imports:
    """The logs that a store was filled from, and the calls in them."""

    def __init__(self, store: "Store") -> None:
        self._store, self._connection = store, store.connection

    def stamps(self, source: str) -> dict[str, str]:
        """Every log of a source, with its stamp as of when it was read."""
        with self._store.snapshot():
            return dict(self._connection.execute("SELECT path, stamp FROM imports WHERE source = ?", (source,)))

    def position(self, source: str, path: str) -> Position | None:
        with self._store.snapshot():
            sql = "SELECT stamp, offset, fingerprint, state FROM imports WHERE source = ? AND path = ?"
            row = self._connection.execute(sql, (source, path)).fetchone()
        if row is None:
            return None
        stamp, offset, fingerprint, state = row
        return Position(stamp, offset, fingerprint, json.loads(state))

    def overview(self) -> dict[str, Overview]:
        """The overview of each source, in one pass."""
        with self._store.snapshot():
            read = {source: (logs, read_at_ms) for source, logs, read_at_ms in self._connection.execute(READ)}
            calls = dict(self._connection.execute("SELECT source, count(*) FROM calls GROUP BY source"))
        return {source: Overview(*read.get(source, (0, None)), calls=calls.get(source, 0)) for source in read.keys() | calls.keys()}

    def requests(self, source: str) -> dict[str, str]:
        """The provider's id of each request to the id of its call."""
        with self._store.snapshot():
            return dict(self._connection.execute(REQUESTS, (source,)))

    def has_telemetry(self, source: str) -> bool:
        """True where calls of a source also came as telemetry, under the ids of their requests."""
        with self._store.snapshot():
            from ecocli.store.matching import HAS_TELEMETRY

            return self._connection.execute(HAS_TELEMETRY, (source,)).fetchone() is not None

    # inside the transaction that stores the calls of a log

    def save(self, source: str, path: str, position: Position, now_ms: int) -> None:
        """Remember how far a log was read."""
        state = json.dumps(dict(position.state), separators=(",", ":"))  # ASCII: half a character of a log's path is no UTF-8, and JSON all the same
        self._connection.execute(SAVE, (source, path, *position[:3], state, now_ms))

    def known(self, call_ids: Iterable[str]) -> dict[str, list[Known]]:
        """The calls that are stored under some ids, oldest first."""
        found: dict[str, list[Known]] = {}
        for call_id, *row in self._connection.execute(KNOWN, (json.dumps(list(call_ids)),)):
            found.setdefault(call_id, []).append(Known(call_id, *row))
        return found

    def has_twin(self, source: str, call_id: str, fields: Mapping[str, Any]) -> bool:
        """True where a call with another id has the same time, model and counts."""
        time, *rest = twin_values(fields)
        return self._connection.execute(TWIN, (time, source, *rest, call_id)).fetchone() is not None

    def start_no_later(self, row_id: int, started_at_ms: int) -> None:
        """The earliest snapshot of a call has its start."""
        sql = f"UPDATE calls AS c SET started_at_ms = ? WHERE id = ? AND started_at_ms > ? AND NOT {IS_CORRECTED}"
        self._connection.execute(sql, (started_at_ms, row_id, started_at_ms))

    def put(self, row_id: int, new: "NewCall") -> None:
        """Another snapshot of a call in the place of the stored one, whatever its size. It stays the call of who told of it first."""
        row = rows.call_row(new)
        row[rows.BASIS] = self._store.basis_id(new.assessment.basis)
        self._connection.execute(calls.DROP_PAST, (row_id,))
        calls.put(self._connection, row_id, row)
        from ecocli.store import joining, matching

        if one := matching.told(row):
            joining.gather(self._connection, row_id, one)


def twin_values(fields: Mapping[str, Any]) -> tuple[Any, ...]:
    """Everything that twins share beside their source."""
    names = ("startTimeMs", "model", "prompt_tokens", "completion_tokens", "cached_tokens")
    return tuple(fields.get(name) for name in names)
