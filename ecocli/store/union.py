"""Calls of another store: added where they are missing, united with what is known of them where they are not."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ecocli.core.footprint import Assessment
from ecocli.store import imports, rows
from ecocli.store.calls import PAST
from ecocli.store.rows import NewCall, json_text
from ecocli.util.valueclass import value_class

if TYPE_CHECKING:
    from ecocli.store import Store

RESULTS = ", ".join(rows.RESULT_COLUMNS)
ADD_PAST = f"INSERT INTO past_results (call, {RESULTS}) VALUES ({', '.join('?' * (1 + len(rows.RESULT_COLUMNS)))})"
COMPUTED_AT = rows.RESULT_COLUMNS.index("computed_at_ms")
NEW_KEY = (
    "INSERT INTO keys (name, hash, salt, last4, scopes, created_at_ms, expires_at_ms, revoked_at_ms) "
    "VALUES (:name, :hash, :salt, :last4, :scopes, :created_at_ms, :expires_at_ms, :revoked_at_ms)"
)

NEW, UPDATED, DUPLICATE, FORGOTTEN = "new", "updated", "duplicates", "forgotten"


@value_class(frozen=True, slots=True)
class ForeignResult:
    """What was once computed for a call in another store."""

    assessment: Assessment
    model_id: str | None
    final_region: str
    calculation_method: str
    computed_at_ms: int


@value_class(frozen=True, slots=True)
class ForeignKey:
    """Who recorded a call in another store. A history tells only the name and the last four characters."""

    name: str
    last4: str
    columns: Mapping[str, Any] | None = None


@value_class(frozen=True, slots=True)
class ForeignCall:
    """A call as another store keeps it. The key's id in `new` is left open."""

    new: NewCall
    past: tuple[ForeignResult, ...]
    key: ForeignKey | None


class Union:
    """Unites calls with a store, inside its transaction. In whichever order stores are united, totals are the same."""

    def __init__(self, store: "Store", connection: sqlite3.Connection, now_ms: int) -> None:
        self._store, self._connection, self._now_ms = store, connection, now_ms
        self._keys: dict[tuple[str, str, str | None], int] = {}

    def add(self, foreign: ForeignCall) -> str:
        """What became of the call, in the words above."""
        new = foreign.new
        known = imports.known(self._connection, (new.call_id,)).get(new.call_id, ())
        row = next((row for row in known if row.provider == new.provider), None)
        if row is None:
            return NEW if self._insert(foreign) else FORGOTTEN
        tokens = new.usage.input_tokens + new.usage.output_tokens
        imports.start_no_later(self._connection, row.row_id, new.started_at_ms)
        if tokens > row.tokens:
            self._insert(foreign)
            return UPDATED
        gained = self._unite_tags(row.row_id, row.tags, new.usage.tags)
        if tokens == row.tokens:
            gained = self._unite_results(row.row_id, foreign) or gained
        return UPDATED if gained else DUPLICATE

    def _insert(self, foreign: ForeignCall) -> bool:
        """A new call, or a larger snapshot in the place of a smaller one; False for one that was forgotten."""
        new = replace(foreign.new, key_id=self._key_id(foreign.key))
        outcome = self._store.add(new, replace_smaller=True)
        if outcome.forgotten:
            return False
        for result in foreign.past:
            self._connection.execute(ADD_PAST, (outcome.row_id, *self._values(result)))
        return True

    def _unite_results(self, row_id: int, foreign: ForeignCall) -> bool:
        """The newest result of either store is shown, the others are kept beside it, oldest first."""
        current = f"SELECT {RESULTS} FROM calls WHERE id = ?"
        mine = [*self._connection.execute(PAST, (row_id,)), self._connection.execute(current, (row_id,)).fetchone()]
        theirs = [self._values(result) for result in (*foreign.past, _current(foreign.new))]
        known = {_identity(values) for values in mine}
        added = [values for values in theirs if _identity(values) not in known]
        if not added:
            return False
        *past, newest = sorted([*mine, *added], key=lambda values: (values[COMPUTED_AT], values not in added))
        self._replace_results(row_id, past, newest)
        return True

    def _replace_results(self, row_id: int, past: list[Any], newest: Any) -> None:
        assignments = ", ".join(f"{column} = ?" for column in rows.RESULT_COLUMNS)
        self._connection.execute("DELETE FROM past_results WHERE call = ?", (row_id,))
        self._connection.execute(f"UPDATE calls SET {assignments} WHERE id = ?", (*newest, row_id))
        self._connection.executemany(ADD_PAST, [(row_id, *values) for values in past])

    def _values(self, result: ForeignResult) -> tuple[Any, ...]:
        """In the order of RESULT_COLUMNS."""
        basis_id = self._store._basis_id(result.assessment.basis)
        named = (result.model_id, result.final_region, result.calculation_method)
        return tuple(rows.result_values(*named, result.assessment, basis_id, result.computed_at_ms))

    def _unite_tags(self, row_id: int, mine: str, theirs: Mapping[str, str]) -> bool:
        tags = json.loads(mine)
        if not theirs.keys() - tags.keys():
            return False
        self._connection.execute("UPDATE calls SET tags = ? WHERE id = ?", (json_text({**theirs, **tags}), row_id))
        return True

    def _key_id(self, key: ForeignKey | None) -> int | None:
        """
        The key of this store that is the same, by name and hash where the hash is known.

        One that is not there is added as revoked: it names who recorded, and opens nothing here.
        """
        if key is None:
            return None
        hash = key.columns["hash"] if key.columns else None
        identity = (key.name, key.last4, hash)
        if identity not in self._keys:
            sql = "SELECT id FROM keys WHERE name = ? AND last4 = ? AND (? IS NULL OR hash = ?) ORDER BY id"
            found = self._connection.execute(sql, (*identity, hash)).fetchone()
            self._keys[identity] = found[0] if found else self._add_key(key)
        return self._keys[identity]

    def _add_key(self, key: ForeignKey) -> int:
        columns = {"hash": "", "salt": "", "scopes": "", "created_at_ms": 0, "expires_at_ms": None, "revoked_at_ms": None}
        columns |= {**(key.columns or {}), "name": key.name, "last4": key.last4}
        columns["revoked_at_ms"] = columns["revoked_at_ms"] or self._now_ms
        row_id = self._connection.execute(NEW_KEY, columns).lastrowid
        assert row_id is not None
        return row_id


def foreign_keys(store: "Store") -> dict[int, ForeignKey]:
    """The keys of another store, by their ids there."""
    names = ("hash", "salt", "scopes", "created_at_ms", "expires_at_ms", "revoked_at_ms")
    with store.snapshot() as connection:
        found = connection.execute(f"SELECT id, name, last4, {', '.join(names)} FROM keys").fetchall()
    return {row_id: ForeignKey(name, last4, dict(zip(names, rest, strict=True))) for row_id, name, last4, *rest in found}


def _current(new: NewCall) -> ForeignResult:
    computed_at_ms = new.recorded_at_ms if new.computed_at_ms is None else new.computed_at_ms
    return ForeignResult(new.assessment, new.model_id, new.final_region, new.calculation_method, computed_at_ms)


def _identity(values: Any) -> tuple[Any, ...]:
    """What makes two results the same: the factors and the figures, whenever they were computed."""
    return tuple(value for at, value in enumerate(values) if at != COMPUTED_AT)
