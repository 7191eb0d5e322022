"""
Which call a report tells of, where its id does not say so.

Two reports are of one call where they are of different signals, and agree in source, session, model and counts, and in
time: a log's moment, or the time from start to end of telemetry, no more than TOLERANCE_MS apart. Reports of two keys
never are. A call has one report of each signal at most, so that equal calls beside each other stay apart. What was
corrected or undone is looked for by what it counted then.
"""

import json
import sqlite3
from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from ecocli.core.signals import LOG, LONGEST_MS, SAYING, SOURCES, TELEMETRY_FORMAT, TELEMETRY_SOURCE, TOLERANCE_MS, signal_of
from ecocli.store import forgotten
from ecocli.store.bulk import Rows
from ecocli.store.columns import CALL_COLUMNS
from ecocli.store.forgotten import Forgotten, Sighting
from ecocli.store.rows import Row

TELEMETRY = f"c.format = '{TELEMETRY_FORMAT}'"
"""As in the index of telemetry."""
HAS_TELEMETRY = f"SELECT 1 FROM calls AS c WHERE c.source = ? AND {TELEMETRY} LIMIT 1"
HAS_WITHDRAWN = "SELECT 1 FROM withdrawn_calls AS c WHERE c.source = ? LIMIT 1"
_ALIKE = f"c.source = ?1 AND c.input_tokens = ?2 AND c.output_tokens = ?3 AND c.started_at_ms BETWEEN ?4 - {LONGEST_MS} AND ?4 + {TOLERANCE_MS} LIMIT 1"
HAS_ALIKE = f"SELECT 1 FROM calls AS c WHERE {TELEMETRY} AND {_ALIKE}"
HAS_ALIKE_WITHDRAWN = f"SELECT 1 FROM withdrawn_calls AS c WHERE {_ALIKE}"
LOGS_AMONG_REPORTS = f"SELECT r.report_id FROM json_each(?) AS wanted CROSS JOIN reports AS r ON r.report_id = wanted.value WHERE r.signal = '{LOG}'"

_NAMES = "c.id, c.call_id, c.provider, c.format, c.started_at_ms, coalesce(c.ended_at_ms, c.started_at_ms), c.tags, c.key_id"
FOUND = f"SELECT {_NAMES}, NULL FROM calls AS c"
SAME = (
    "c.source = :source AND c.input_tokens = :input AND c.output_tokens = :output AND NOT c.is_estimated AND json_extract(c.tags, '$.session') = :session "
    "AND (c.model = :model OR c.model_id = :model_id) AND (c.cached_tokens = :cached OR c.cached_tokens IS NULL OR :cached IS NULL) "
    "AND (:key_id IS NULL OR c.key_id IS NULL OR c.key_id = :key_id) "
    "AND NOT EXISTS (SELECT 1 FROM reports AS r WHERE r.call_id = c.call_id AND r.provider = c.provider AND (r.signal = :signal OR r.key_id <> :key_id))"
)
_LONG_AGO = f"c.started_at_ms BETWEEN :start - {LONGEST_MS} AND :end + {TOLERANCE_MS}"
AMONG_TELEMETRY = f"{FOUND} WHERE {TELEMETRY} AND {SAME} AND {_LONG_AGO}"
AMONG_LOGS = f"{FOUND} WHERE c.format <> '{TELEMETRY_FORMAT}' AND {SAME} AND c.started_at_ms BETWEEN :start - {TOLERANCE_MS} AND :end + {TOLERANCE_MS}"
AMONG_WITHDRAWN = f"SELECT {_NAMES}, c.kind FROM withdrawn_calls AS c WHERE {SAME} AND {_LONG_AGO} AND c.lifted_at_ms IS NULL"
FORMER = (
    f"{FOUND} WHERE {TELEMETRY} AND {SAME} AND c.started_at_ms = :start AND coalesce(c.ended_at_ms, c.started_at_ms) = :end "
    "AND (json_extract(c.tags, '$.signal') IS NULL OR c.call_id = :former)"
)
"""The same record, as an older eco stored it: without a word for its signal, or under a shorter id."""

AT = {name: at for at, name in enumerate(CALL_COLUMNS)}
"""Where a column stands in a `call_row`."""


class Found(NamedTuple):
    """A call that is stored, or was, and that a report may be of."""

    row_id: int
    """Among the calls, or in the trail."""
    call_id: str
    provider: str
    format: str
    started_at_ms: int
    ended_at_ms: int
    tags: str
    key_id: int | None
    withdrawn: str | None
    """How, where it counts no more; see trail.py."""

    @property
    def identity(self) -> tuple[str, str]:
        return self.call_id, self.provider

    @property
    def signal(self) -> str | None:
        return signal_of(self.format, json.loads(self.tags))

    @property
    def told_at_ms(self) -> int:
        """The end of the call by telemetry, or the moment of a log's line."""
        return self.started_at_ms if self.signal == LOG else self.ended_at_ms


class Told(NamedTuple):
    """What a row tells of its call, as far as it is compared."""

    row: Row
    signal: str
    tags: Mapping[str, str]
    start_ms: int
    end_ms: int

    @property
    def identity(self) -> tuple[Any, Any]:
        return self.row[AT["call_id"]], self.row[AT["provider"]]

    @property
    def key_id(self) -> int | None:
        found: int | None = self.row[AT["key_id"]]
        return found

    @property
    def sighting(self) -> Sighting:
        row = self.row
        model = row[AT["model_id"]] or row[AT["model"]]
        return Sighting(row[AT["source"]], self.tags.get("session"), model, row[AT["input_tokens"]], row[AT["output_tokens"]], self.start_ms, self.end_ms)

    @property
    def names(self) -> Iterator[tuple[Any, ...]]:
        """Every way in which it may come again."""
        columns = ("source", "started_at_ms", "model", "input_tokens", "output_tokens", "cached_tokens")
        source, *what = (self.row[AT[name]] for name in columns)
        call_id, provider = self.identity
        return forgotten.identities(provider, call_id, source, self.tags.get("request"), *what)

    def asked(self, key_id: int | None) -> dict[str, Any]:
        """The values of SAME."""
        counts = {name: self.row[AT[f"{name}_tokens"]] for name in ("input", "output", "cached")}
        names = {name: self.row[AT[name]] for name in ("source", "model", "model_id")}
        return counts | names | {"session": self.tags.get("session"), "signal": self.signal, "start": self.start_ms, "end": self.end_ms, "key_id": key_id}


def told(row: Row) -> Told | None:
    """None for what is matched with nothing: estimated counts, and telemetry that does not say its signal."""
    tags, start_ms = json.loads(row[AT["tags"]]), row[AT["started_at_ms"]]
    signal = signal_of(row[AT["format"]], tags)
    if signal is None or row[AT["is_estimated"]]:
        return None
    return Told(row, signal, tags, start_ms, start_ms if signal == LOG else row[AT["ended_at_ms"]] or start_ms)


def places(connection: sqlite3.Connection, new: Rows, gone: Forgotten) -> list[int]:
    """Where among new rows those stand of which another report may be known: all of telemetry, and logs with the counts of one of their time."""
    names = ("format", "source", "input_tokens", "output_tokens", "started_at_ms")
    asked = list(zip(new.column("tags"), new.column("call_id"), *map(new.column, names), strict=True))
    logs = [call_id for tags, call_id, format, source, *_ in asked if _may_be_a_log(tags, format, source)]
    known = {call_id for (call_id,) in connection.execute(LOGS_AMONG_REPORTS, (json.dumps(logs),))} if logs else set()
    has: dict[tuple[str, str], bool] = {}

    def is_alike(source: str, *found: int) -> bool:
        for of_source, alike in ((HAS_TELEMETRY, HAS_ALIKE), (HAS_WITHDRAWN, HAS_ALIKE_WITHDRAWN)):
            if (of_source, source) not in has:
                has[of_source, source] = connection.execute(of_source, (source,)).fetchone() is not None
            if has[of_source, source] and connection.execute(alike, (source, *found)).fetchone():
                return True
        return False

    def is_gone(at: int) -> bool:
        return bool(gone) and (one := told(new[at])) is not None and gone.has_sighting(one.sighting, one.signal)

    return [
        at
        for at, (tags, call_id, format, source, *found) in enumerate(asked)
        if (format == TELEMETRY_FORMAT and '"session"' in tags)
        or (_may_be_a_log(tags, format, source) and (call_id in known or is_alike(source, *found) or is_gone(at)))
    ]


def _may_be_a_log(tags: str, format: str, source: str) -> bool:
    return format != TELEMETRY_FORMAT and '"session"' in tags and source in SOURCES


def nearest(connection: sqlite3.Connection, one: Told, key_id: int | None, is_taken: Collection[str], kinds: Collection[str | None]) -> Found | None:
    """
    The call that a report tells of in another signal: of several the nearest in time.

    Args:
        key_id: Whose report it is.
        is_taken: Signals in which the call is told of already.
        kinds: How a call may have been withdrawn; None for those that count.
    """
    asked = one.asked(key_id)
    near = [Found(*row) for row in connection.execute(AMONG_TELEMETRY, asked)]
    if one.signal != LOG and asked["source"] != TELEMETRY_SOURCE:
        near += [Found(*row) for row in connection.execute(AMONG_LOGS, asked)]
    if len(kinds) > 1:
        near += [Found(*row) for row in connection.execute(AMONG_WITHDRAWN, asked)]
    others = (found for found in near if found.withdrawn in kinds and found.signal not in {None, one.signal, *is_taken} and _is_same_request(found, one.tags))
    close = [found for found in others if _gap_ms(found, one) <= TOLERANCE_MS]
    return min(close, key=lambda found: (_gap_ms(found, one), abs(found.told_at_ms - one.end_ms), found.withdrawn is not None, found.row_id), default=None)


def former(connection: sqlite3.Connection, one: Told) -> Found | None:
    """The row of this very record, under the id that an older eco gave it."""
    if one.signal == LOG:
        return None
    asked = one.asked(one.key_id) | {"former": one.identity[0].rpartition(SAYING)[0]}
    row = connection.execute(FORMER, asked).fetchone()
    return Found(*row) if row else None


def _gap_ms(found: Found, one: Told) -> int:
    """The time between two reports; 0 where they overlap."""
    return max(0, one.start_ms - found.told_at_ms, found.started_at_ms - one.end_ms)


def _is_same_request(found: Found, tags: Mapping[str, str]) -> bool:
    """False where both name the provider's request, and not the same."""
    theirs, mine = json.loads(found.tags).get("request"), tags.get("request")
    return not theirs or not mine or theirs == mine
