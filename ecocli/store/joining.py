"""
Rows on their way into the store that may be reports of calls which are there, or were.

What the better signal says counts. A call stays with the key and the command that told of it first, and a report with a
key changes nothing of a call of the file's owner. What was corrected stays as it was put right, and what was undone or
forgotten stays away, whichever signal tells of it next.
"""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ecocli.core.signals import TAG, is_better
from ecocli.store import calls, forgotten, matching, reports
from ecocli.store.bulk import Rows
from ecocli.store.calls import Into, Outcome
from ecocli.store.columns import CALL_COLUMNS, RESULT_COLUMNS, json_text
from ecocli.store.forgotten import Forgotten
from ecocli.store.matching import AT, Found, Told
from ecocli.store.reports import Identity, Telling
from ecocli.store.rows import BASIS, Row

BUT_UNDONE = frozenset({None, "replaced"})
"""How a call may have been withdrawn that a report is looked for among."""
ANY = BUT_UNDONE | {"voided"}
IS_CORRECTED = "SELECT 1 FROM withdrawn_calls WHERE call_id = ? AND provider = ? AND kind = 'replaced'"
KEY_OF = "SELECT key_id FROM calls WHERE id = ?1 AND key_id UNION SELECT r.key_id FROM reports AS r JOIN calls AS c USING (call_id, provider) WHERE c.id = ?1 AND r.key_id"
TAGS = "UPDATE calls SET tags = ? WHERE id = ?"
FIRST_OF = "SELECT key_id, recorded_at_ms, run_id FROM calls WHERE id IN (?, ?) ORDER BY recorded_at_ms, id LIMIT 1"
BELONG = "UPDATE calls SET key_id = ?, recorded_at_ms = ?, run_id = ? WHERE id = ?"

_OF_FIRST = ("key_id", "recorded_at_ms")
_NAMES = tuple(name for name in CALL_COLUMNS if name not in _OF_FIRST)
_TAKE_PLACE = f"UPDATE calls SET {calls.assignments(_NAMES)} WHERE id = ?"
_RESULT_AT = [AT[name] for name in RESULT_COLUMNS if name != "computed_at_ms"]


def add(into: Into, new: Rows, run_ids: Sequence[int], gone: Forgotten) -> Outcome:
    """Store one row, or match it with the call that it is a report of."""
    row, connection = new[0], into.connection
    identity, one = _identity(row), matching.told(row)
    known = connection.execute(reports.REPORTED, identity).fetchone()
    if known:
        return Outcome(known[0], duplicate=True)
    if one and connection.execute(reports.STORED, identity).fetchone() is None and (matched := _match(connection, into.basis_ids, one, gone)):
        return matched
    connection.execute(reports.DROP, identity)
    outcome = calls.add(into, new, run_ids)[0]
    if one and outcome.replaced and outcome.row_id is not None:  # it had counted less until now
        return replace(outcome, row_id=gather(connection, outcome.row_id, one))
    return outcome


def gather(connection: sqlite3.Connection, row_id: int, one: Told) -> int:
    """Make one call of a stored one, which changed, and those that are only other reports of it: its row."""
    while True:
        key = connection.execute(KEY_OF, (row_id,)).fetchone()
        found = matching.nearest(connection, one, key and key[0], _signals(connection, one), {None})
        if found is None:
            return row_id
        if not _absorb(connection, row_id, one, found):
            return found.row_id


def _match(connection: sqlite3.Connection, basis_ids: Mapping[str, int], one: Told, gone: Forgotten) -> Outcome | None:
    """What becomes of a report whose call is known, or was; None for one that stands alone."""
    if older := matching.former(connection, one):
        reports.keep(connection, older.identity, one.identity, _told(one, one.key_id))
        connection.execute(TAGS, (json_text(json.loads(one.row[AT["tags"]]) | json.loads(older.tags)), older.row_id))
        return Outcome(older.row_id, duplicate=True)
    found = matching.nearest(connection, one, one.key_id, _signals(connection, one), BUT_UNDONE if gone.is_ignored else ANY)
    if found is None:
        if gone and gone.has_sighting(one.sighting, one.signal):
            forgotten.keep_away(connection, one.names)
            return Outcome(None, forgotten=True)
        return None
    if found.withdrawn:
        return _join_withdrawn(connection, one, found)
    is_free = may_change(connection, one.key_id, found.key_id, found.identity)
    if is_free and is_better(one.signal, found.signal or ""):
        one.row[BASIS] = basis_ids[one.row[BASIS]]
        _take_place(connection, found, one)
        return Outcome(gather(connection, found.row_id, one), duplicate=True, replaced=True, matched=True)
    reports.keep(connection, found.identity, one.identity, _told(one, one.key_id))
    if is_free:
        _learn_tags(connection, found, one.row)
    return Outcome(found.row_id, duplicate=True, matched=True)


def _join_withdrawn(connection: sqlite3.Connection, one: Told, found: Found) -> Outcome:
    """Another report of a call that was corrected belongs to the one that took its place; of one that is gone, it stays away, too."""
    current = None
    if found.withdrawn == "replaced":
        current = connection.execute(reports.STORED, found.identity).fetchone() or connection.execute(reports.REPORTED, found.identity).fetchone()
    reports.keep(connection, current[1:] if current else found.identity, one.identity, _told(one, one.key_id))
    if current:
        return Outcome(current[0], duplicate=True, matched=True)
    forgotten.keep_away(connection, one.names)
    is_voided = connection.execute(forgotten.VOIDED, found.identity).fetchone() is not None
    return Outcome(None, forgotten=True, voided=is_voided)


def may_change(connection: sqlite3.Connection, key_id: int | None, owner_id: int | None, identity: Identity) -> bool:
    """True for a call that nobody put right, where it is of the same key, or the report is the owner's."""
    return (key_id is None or key_id == owner_id) and connection.execute(IS_CORRECTED, identity).fetchone() is None


def _take_place(connection: sqlite3.Connection, found: Found, one: Told) -> None:
    """Put the better report into the call's row, which stays that of who told of it first; a result that was another is kept as a past one."""
    row = one.row
    keep_result(connection, found.row_id, row)
    row[AT["tags"]] = _with_tags_of(row[AT["tags"]], found.tags)
    connection.execute(_TAKE_PLACE, (*(row[AT[name]] for name in _NAMES), found.row_id))
    reports.lead_from(connection, found.identity, one.identity, (found.signal or "", found.started_at_ms, row[AT["recorded_at_ms"]], found.key_id))


def keep_result(connection: sqlite3.Connection, row_id: int, row: Row) -> None:
    """Keep the result of a call beside that of a row which takes its place, where they differ."""
    before = connection.execute(f"SELECT {', '.join(CALL_COLUMNS)} FROM calls WHERE id = ?", (row_id,)).fetchone()
    if any(before[at] != row[at] for at in _RESULT_AT):
        connection.execute(calls.KEEP_RESULT, (row_id,))


def _absorb(connection: sqlite3.Connection, row_id: int, one: Told, found: Found) -> bool:
    """Make one call of two that are stored; False where the other one stays, of which `row_id` is then a report."""
    first = connection.execute(FIRST_OF, (row_id, found.row_id)).fetchone()
    (key_id,) = connection.execute("SELECT key_id FROM calls WHERE id = ?", (row_id,)).fetchone()
    is_free = may_change(connection, key_id, found.key_id, found.identity)
    if not is_free or is_better(found.signal or "", one.signal):
        reports.remove_row(connection, row_id)
        reports.lead_from(connection, one.identity, found.identity, _told(one, key_id))
        if is_free:
            connection.execute(BELONG, (*first, found.row_id))
        return False
    connection.execute(TAGS, (_with_tags_of(one.row[AT["tags"]], found.tags), row_id))
    connection.execute(BELONG, (*first, row_id))
    reports.remove_row(connection, found.row_id)
    reports.lead_from(connection, found.identity, one.identity, (found.signal or "", found.started_at_ms, one.row[AT["recorded_at_ms"]], found.key_id))
    return True


def _signals(connection: sqlite3.Connection, one: Told) -> set[str]:
    """Those in which other reports told of a call."""
    return {signal for signal, *_ in connection.execute(reports.OF_CALL, one.identity)}


def _told(one: Told, key_id: int | None) -> Telling:
    return one.signal, one.start_ms, one.row[AT["recorded_at_ms"]], key_id


def _learn_tags(connection: sqlite3.Connection, found: Found, row: Row) -> None:
    known, more = json.loads(found.tags), _own_tags(row[AT["tags"]])
    if more.keys() - known.keys():
        connection.execute(TAGS, (json_text(more | known), found.row_id))


def _own_tags(text: str) -> dict[str, str]:
    """Tags that another report of the call may take over: all but that of its signal."""
    return {name: value for name, value in json.loads(text).items() if name != TAG}


def _with_tags_of(text: str, other: str) -> str:
    return json_text(_own_tags(other) | json.loads(text))


def _identity(row: Row) -> tuple[Any, Any]:
    return row[AT["call_id"]], row[AT["provider"]]
