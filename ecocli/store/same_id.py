"""
A span and a log event under one id: the one that tells more counts, whichever comes first.

More tokens are more, then more kinds of them and the first one's time; of two that tell the same the log event counts.
"""

import json
import sqlite3
from collections.abc import Sequence

from ecocli.core.signals import RANKED, TELEMETRY_FORMAT, signal_of
from ecocli.store import calls, joining
from ecocli.store.calls import Into, Outcome
from ecocli.store.columns import json_text
from ecocli.store.matching import AT
from ecocli.store.rows import BASIS, Row

DETAILS = ("reasoning_tokens", "cached_tokens", "cache_write_tokens", "first_token_at_ms")
START = "UPDATE calls SET started_at_ms = min(started_at_ms, ?) WHERE id = ?"


def meet(into: Into, row_id: int, row: Row) -> Outcome | None:
    """What becomes of telemetry whose id is stored; None where that is no report in another signal, or may not be changed."""
    connection = into.connection
    stored = connection.execute(joining.ROW, (row_id,)).fetchone()
    ours, theirs = _signal(stored), _signal(row)
    if ours is None or theirs is None or ours == theirs or not _may_change(connection, stored, row):
        return None
    connection.execute(START, (row[AT["started_at_ms"]], row_id))
    known, more = (json.loads(each[AT["tags"]]) for each in (stored, row))
    if _size(row, theirs) < _size(stored, ours):
        connection.execute(joining.TAGS, (json_text(more | known), row_id))
        return Outcome(row_id, duplicate=True, matched=True)
    row[BASIS], row[AT["tags"]] = into.basis_ids[row[BASIS]], json_text(known | more)
    if _counts(row) == _counts(stored):
        joining.keep_result(connection, row_id, row)
    else:
        connection.execute(calls.DROP_PAST, (row_id,))
    calls.put(connection, row_id, row)
    return Outcome(row_id, duplicate=True, replaced=True, matched=True)


def _signal(row: Sequence[object]) -> str | None:
    return signal_of(TELEMETRY_FORMAT, json.loads(str(row[AT["tags"]]))) if row[AT["format"]] == TELEMETRY_FORMAT else None


def _may_change(connection: sqlite3.Connection, stored: Row, row: Row) -> bool:
    return joining.may_change(connection, row[AT["key_id"]], stored[AT["key_id"]], (row[AT["call_id"]], row[AT["provider"]]))


def _size(row: Row, signal: str) -> tuple[int, int, int]:
    details = sum(row[AT[name]] is not None for name in DETAILS)
    return sum(_counts(row)), details, RANKED.index(signal)


def _counts(row: Sequence[int]) -> tuple[int, int]:
    return row[AT["input_tokens"]], row[AT["output_tokens"]]
