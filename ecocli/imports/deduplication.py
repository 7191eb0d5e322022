"""Several lines of a log about one call: which of them are the same, and which one counts."""

from enum import Enum
from itertools import repeat
from typing import Protocol

from ecocli.imports.calls import Call, CallTable, LogCall
from ecocli.ingest import native
from ecocli.util.digests import sha256

Key = str | tuple[str | None, str, str | None]
"""A call's id; where several providers may have given the same one, with the provider and the signal."""
NAMES = ("provider", "model", "detected_region")
CACHES = ("cached_tokens", "cache_write_tokens")


class Relation(Enum):
    """How a later line is related to an earlier one under the same id."""

    SAME = "another snapshot of the call: the finished one counts"
    COPY = "a sub-agent's copy of a call of the session that started it"
    INSTEAD = "the call itself, where only a sub-agent's copy was known"
    OTHER = "another call, for which a gateway made up the same id"


class Marked(Protocol):
    """A call with the marks that tell lines under one id apart."""

    @property
    def request(self) -> str | None: ...

    @property
    def is_sidechain(self) -> bool: ...


def relation(known: Marked, new: Marked) -> Relation:
    """The request's id decides, where both have one; then whether a sub-agent wrote the line."""
    if not known.request or not new.request or known.request == new.request:
        return Relation.SAME
    if new.is_sidechain:
        return Relation.SAME if known.is_sidechain else Relation.COPY
    return Relation.INSTEAD if known.is_sidechain else Relation.OTHER


def other_id(call: LogCall) -> str:
    """An id for a call whose own id is another call's, too."""
    other = f"{call.fields['id']}:{call.request}"
    return other if len(other) <= native.MAX_CHARACTERS else sha256(other.encode("utf-8", "surrogatepass")).hexdigest()


def tokens(call: LogCall) -> int:
    """All tokens of a snapshot; counts that are no counts are refused later."""
    prompt, completion = call.fields.get("prompt_tokens"), call.fields.get("completion_tokens")
    return (prompt if isinstance(prompt, int) else 0) + (completion if isinstance(completion, int) else 0)


def _counts_instead(new: LogCall, known: LogCall, has_more: bool) -> bool:
    """
    True where of two snapshots of one call the later one counts: the finished one does, whatever its size, and of two that are alike the last.

    Where a log does not tell, the larger one does. One that counted nothing never takes the place of one that did.

    Args:
        has_more: The later one has counters of its own that the other lacked, which are better than those of another snapshot.
    """
    if bool(new.is_finished) != bool(known.is_finished) and tokens(new):
        return bool(new.is_finished)
    if new.is_finished is None or known.is_finished is None or not tokens(new):
        return (tokens(new), has_more) > (tokens(known), False)
    return True


class Deduplicator:
    """Calls in the order in which they were first seen, each of them once."""

    def __init__(self, many_providers: bool = False) -> None:
        self._many_providers = many_providers
        self._calls: dict[Key, Call] = {}
        self.order_matters = False
        """Snapshots were merged that differ in more than their counts: in another order they might give another call."""

    def __len__(self) -> int:
        return len(self._calls)

    def take(self) -> list[Call]:
        """The calls; none are kept."""
        calls, self._calls = list(self._calls.values()), {}
        return calls

    def add(self, call: Call) -> bool:
        """True when the call was not among them yet."""
        if call.copies and self._has_original(call.unpacked()):
            return False
        key = (call.provider, call.id, call.signal) if self._many_providers else call.id
        known = self._calls.setdefault(key, call)
        return known is call or self._merge(key, known.unpacked(), call.unpacked())

    def _has_original(self, call: LogCall) -> bool:
        originals = (self._calls[copied].unpacked() for copied in call.copies if copied in self._calls)
        return any(call.may_copy(original.fields.get("startTimeMs")) for original in originals)

    def add_table(self, table: CallTable) -> int | None:
        """
        Add all calls of a table; returns how many were not among them yet.

        None, and nothing is added, where one meets a snapshot that it has to be merged with in the order of their lines.
        """
        keys: list[Key] = list(zip(table.providers, table.ids, repeat(None))) if self._many_providers else list(table.ids)
        met = self._calls.keys() & keys
        if any(_marks(self._calls[key].unpacked()) != _marks(call.unpacked()) for key, call in zip(keys, table.calls(), strict=True) if key in met):
            return None
        if met:
            return sum(map(self.add, table.calls()))
        self._calls.update(zip(keys, table.calls(), strict=True))
        return len(table)

    def _merge(self, key: Key, known: LogCall, call: LogCall) -> bool:
        found = relation(known, call)
        self.order_matters |= _marks(known) != _marks(call)
        if found is Relation.OTHER:
            call.shared_id, call.fields["id"] = call.fields["id"], other_id(call)
            return self.add(call)
        has_more = len(call.lacks) < len(known.lacks)
        if found is Relation.SAME:
            _complete(known, call)
            _complete(call, known)
        if found is not Relation.COPY:
            replace = found is Relation.INSTEAD or _counts_instead(call, known, has_more)
            self._calls[key] = _merged(call, known) if replace else _merged(known, call)
        return False


def _marks(call: LogCall) -> tuple[str | None, bool, tuple[str, ...]]:
    """Snapshots that are alike in these differ in their counts only: whichever of them are merged first, the same one counts in the end."""
    return call.request, call.is_sidechain, call.lacks


def _merged(counting: LogCall, other: LogCall) -> LogCall:
    """The snapshot that counts, with the earlier of both times and the names that only the other one has."""
    mine, theirs = counting.fields, other.fields
    for name in NAMES:
        if value := theirs.get(name):
            mine.setdefault(name, value)  # in the order that all calls of its kind have, beside which it will stand
    if start_ms := theirs.get("startTimeMs"):
        mine["startTimeMs"] = min(start_ms, mine.get("startTimeMs") or start_ms)
    return counting


def _complete(call: LogCall, other: LogCall) -> None:
    """Fill in the counters that one snapshot lacks from another. The prompt holds input and both caches."""
    if not call.lacks:
        return
    mine, theirs = call.fields, other.fields
    found = [name for name in call.lacks if name not in other.lacks]
    for name in found:
        if name == "input_tokens":
            mine["prompt_tokens"] += theirs["prompt_tokens"] - sum(theirs.get(cache, 0) for cache in CACHES)
        elif name in CACHES:
            mine[name] = theirs[name]
            mine["prompt_tokens"] += theirs[name]
        else:
            mine["completion_tokens"] = theirs["completion_tokens"]
    call.lacks = tuple(name for name in call.lacks if name not in found)
