"""Calls of another store: added where they are missing, merged with what is known of them where they are not."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from operator import attrgetter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ecocli.core.signals import EVENT, SPAN, TAG
from ecocli.core.usage import CIRCUMSTANCES, Usage
from ecocli.store import calls, rows, trail
from ecocli.store.bulk import Rows
from ecocli.store.columns import RESULT_COLUMNS, json_text
from ecocli.store.rows import NewCall, NewResult, Row
from ecocli.util.valueclass import value_class

if TYPE_CHECKING:
    from ecocli.store import Store
    from ecocli.store.imports import Known
    from ecocli.store.reports import OfCall

COMPUTED_AT = RESULT_COLUMNS.index("computed_at_ms")
KEY_COLUMNS = ("hash", "salt", "scopes", "created_at_ms", "expires_at_ms", "revoked_at_ms")
"""Of a key, beside its name and its last four characters."""
NO_SECRET = dict(zip(KEY_COLUMNS, ("", "", "", 0, None, None), strict=True))
NEW_KEY = (
    "INSERT INTO keys (name, hash, salt, last4, scopes, created_at_ms, expires_at_ms, revoked_at_ms) "
    "VALUES (:name, :hash, :salt, :last4, :scopes, :created_at_ms, :expires_at_ms, :revoked_at_ms) RETURNING id"
)
GET_CIRCUMSTANCES = f"SELECT {', '.join(CIRCUMSTANCES)} FROM calls WHERE id = ?"
SET_CIRCUMSTANCES = f"UPDATE calls SET {calls.assignments(CIRCUMSTANCES)} WHERE id = ?"
_circumstances = attrgetter(*CIRCUMSTANCES)

NEW, UPDATED, DUPLICATE, FORGOTTEN, VOIDED = "new", "updated", "duplicates", "forgotten", "voided"


@value_class(frozen=True, slots=True)
class ForeignKey:
    """Who recorded a call in another store. Of a history only the name and the last four characters are known."""

    name: str
    last4: str
    columns: Mapping[str, Any] | None = None
    """KEY_COLUMNS."""


@value_class(frozen=True, slots=True)
class ForeignCall:
    """A call as another store keeps it. The key's id in `new` is left open."""

    new: NewCall
    past: tuple[NewResult, ...]
    """Results that were superseded, oldest first."""
    key: ForeignKey | None
    withdrawal: trail.Withdrawal | None = None
    """Of a call that counts nowhere there."""


class Merger:
    """Merges calls into a store, inside its transaction. In whichever order stores are merged, totals are the same."""

    def __init__(self, store: "Store", now_ms: int, reports: Sequence["OfCall"] = (), keys: Mapping[int, ForeignKey] = MappingProxyType({})) -> None:
        self._store, self._connection, self._now_ms = store, store.connection, now_ms
        self._keys: dict[tuple[str, str, str | None], int] = {}
        self._reports: dict[tuple[str, str], list[OfCall]] = {}
        for one in reports:
            own = one._replace(key_id=None if one.key_id is None else self._key_id(keys.get(one.key_id)))
            self._reports.setdefault(one.call, []).append(own)
        self._known_as: dict[tuple[str, str], tuple[str, str]] = {}
        """What calls that were corrected there are known by here."""

    def add(self, foreign: ForeignCall) -> str:
        """One of the words above. What was withdrawn there comes first: the calls that took its place would meet it here."""
        if foreign.withdrawal:
            return self._withdraw(foreign, foreign.withdrawal)
        foreign = _under(foreign, self._known_as.get(_name(foreign), _name(foreign)))
        new, row = foreign.new, self._known(foreign.new)
        if row is None:
            return self._insert(foreign)
        if row.is_corrected:
            return DUPLICATE
        if {row.signal, new.usage.tags.get(TAG)} == {SPAN, EVENT}:
            return self._insert(foreign)  # of a span and a log event under one id the store knows which counts
        tokens = new.usage.input_tokens + new.usage.output_tokens
        self._store.imports.start_no_later(row.row_id, new.started_at_ms)
        if tokens > row.tokens:
            self._insert(foreign)
            return UPDATED
        gained = self._merge_tags(row.row_id, row.tags, new.usage.tags)
        if tokens == row.tokens:
            gained = self._merge_results(row.row_id, foreign) or gained
        return UPDATED if gained else DUPLICATE

    def _known(self, new: NewCall) -> "Known | None":
        known = self._store.imports.known((new.call_id,)).get(new.call_id, ())
        return next((row for row in known if row.provider == new.provider), None)

    def _withdraw(self, foreign: ForeignCall, there: trail.Withdrawal) -> str:
        """Take over a withdrawal, since a call that was undone or replaced in one store counts in none: this store's own call goes into the trail, else a copy of the other's."""
        reports, identity = self._reports.get(_name(foreign), []), self._store.reports.led_to(_name(foreign))
        if there.kind == trail.REPLACED:
            self._known_as[_name(foreign)] = identity
        foreign = _under(foreign, identity)
        new = replace(foreign.new, key_id=self._key_id(foreign.key))
        here = trail.same(self._connection, *identity, there)
        if here:
            if there.lifted_at_ms is None or here.lifted_at_ms is not None:
                return DUPLICATE
            trail.lift(self._connection, Rows.of([rows.call_row(new)]), there.lifted_at_ms)
            return UPDATED
        if self._store.forgotten.has_call(new.provider, new.call_id) and not trail.is_voided(self._connection, *identity):
            return FORGOTTEN
        values = rows.call_row(new)
        meant = [row_id for row_id in self._row_ids(identity, reports, values) if self._is_meant(row_id, there)]
        row_id = self._store.reports.unite(meant, identity, self._now_ms) if meant else None
        self._store.reports.add_unknown(identity, reports)
        if row_id is not None:
            trail.withdraw(self._connection, there, "WHERE c.id = :id", {"id": row_id})
            return UPDATED
        values[rows.BASIS] = self._store.basis_id(new.assessment.basis)
        trail.add(self._connection, there, values, [self._store.result_row(result) for result in foreign.past])
        return UPDATED

    def _row_ids(self, identity: tuple[str, str], reports: Sequence["OfCall"], values: Row) -> list[int]:
        """This store's rows of a call that was withdrawn there: of any of its reports, or else of another one."""
        known = self._store.reports.rows_of([identity, *(one.report for one in reports)])
        if known or (told_of := self._store.reports.row_told_of(values)) is None:
            return known
        return [told_of]

    def _is_meant(self, row_id: int, there: trail.Withdrawal) -> bool:
        """True where this store's call is the one that was withdrawn there, not what came after it."""
        sql = f"SELECT c.recorded_at_ms, {calls.IS_CORRECTED} FROM calls AS c WHERE c.id = ?"
        recorded_at_ms, is_corrected = self._connection.execute(sql, (row_id,)).fetchone()
        return there.lifted_at_ms is None and (there.kind == trail.VOIDED or not is_corrected or recorded_at_ms < there.at_ms)

    def take_over_reports(self) -> None:
        """What the other store knows of calls that both have, once all are merged."""
        for some in self._reports.values():
            self._store.reports.take_over(some)

    def _insert(self, foreign: ForeignCall) -> str:
        """A new call, or a larger snapshot in the place of a smaller one; what was forgotten or undone stays away."""
        new = replace(foreign.new, key_id=self._key_id(foreign.key))
        outcome = self._store.add(new, replace_smaller=True)
        if outcome.forgotten:
            return VOIDED if outcome.voided else FORGOTTEN
        if outcome.duplicate and not outcome.replaced:
            return DUPLICATE  # another signal told of it here
        for result in foreign.past:
            self._connection.execute(calls.ADD_PAST, (outcome.row_id, *self._store.result_row(result)))
        return UPDATED if outcome.duplicate else NEW

    def _merge_results(self, row_id: int, foreign: ForeignCall) -> bool:
        """The newest result of either store is shown, the others are kept beside it, oldest first."""
        mine = [*self._connection.execute(calls.PAST, (row_id,)), self._connection.execute(calls.CURRENT, (row_id,)).fetchone()]
        theirs = [self._store.result_row(result) for result in (*foreign.past, _current(foreign.new))]
        known = {_identity(values) for values in mine}
        added = [values for values in theirs if _identity(values) not in known]
        if not added:
            return _identity(mine[-1]) == _identity(theirs[-1]) and self._learn_circumstances(row_id, foreign.new.usage)
        *past, newest = sorted([*map(list, mine), *added], key=lambda values: (values[COMPUTED_AT], values not in added))
        self._replace_results(row_id, past, newest)
        if newest in added:  # what is said of the call stays what its figures rest on
            self._connection.execute(SET_CIRCUMSTANCES, (*_circumstances(foreign.new.usage), row_id))
        return True

    def _learn_circumstances(self, row_id: int, usage: Usage) -> bool:
        """Fill in how and where the call was computed where only the other store knows; True where it did."""
        theirs = _circumstances(usage)
        if not any(theirs):
            return False
        mine = self._connection.execute(GET_CIRCUMSTANCES, (row_id,)).fetchone()
        known = tuple(their if own is None else own for own, their in zip(mine, theirs, strict=True))
        if known == mine:
            return False
        self._connection.execute(SET_CIRCUMSTANCES, (*known, row_id))
        return True

    def _replace_results(self, row_id: int, past: Sequence[Row], newest: Row) -> None:
        self._connection.execute("DELETE FROM past_results WHERE call = ?", (row_id,))
        self._connection.execute(calls.NEW_RESULT, (*newest, row_id))
        self._connection.executemany(calls.ADD_PAST, [(row_id, *values) for values in past])

    def _merge_tags(self, row_id: int, mine: str, theirs: Mapping[str, str]) -> bool:
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
        columns = {**(key.columns or NO_SECRET), "name": key.name, "last4": key.last4}
        columns["revoked_at_ms"] = columns["revoked_at_ms"] or self._now_ms
        row_id: int = self._connection.execute(NEW_KEY, columns).fetchone()[0]
        return row_id


def foreign_keys(store: "Store") -> dict[int, ForeignKey]:
    """The keys of another store, by their ids there."""
    with store.snapshot():
        found = store.connection.execute(f"SELECT id, name, last4, {', '.join(KEY_COLUMNS)} FROM keys").fetchall()
    return {row_id: ForeignKey(name, last4, dict(zip(KEY_COLUMNS, rest, strict=True))) for row_id, name, last4, *rest in found}


def _name(foreign: ForeignCall) -> tuple[str, str]:
    return foreign.new.call_id, foreign.new.provider


def _under(foreign: ForeignCall, identity: tuple[str, str]) -> ForeignCall:
    """The call under an id that may be another one."""
    call_id, provider = identity
    return foreign if identity == _name(foreign) else replace(foreign, new=replace(foreign.new, call_id=call_id, provider=provider))


def _current(new: NewCall) -> NewResult:
    computed_at_ms = new.recorded_at_ms if new.computed_at_ms is None else new.computed_at_ms
    return NewResult(new.assessment, new.model_id, new.final_region, new.calculation_method, computed_at_ms)


def _identity(values: Sequence[Any]) -> tuple[Any, ...]:
    """Equal for equal results: factors and figures, whenever they were computed."""
    return tuple(value for at, value in enumerate(values) if at != COMPUTED_AT)
