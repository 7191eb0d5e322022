"""Several lines of a log that tell of one call: which of them are the same, and which one counts."""

from enum import Enum
from typing import Protocol

from ecocli.imports.found import Call, LogCall, Stretch
from ecocli.ingest import native
from ecocli.util.digests import sha256

Key = str | tuple[str | None, str]
"""A call's id, where several providers may have given the same one with the provider."""
NAMES = ("provider", "model", "detected_region")
CACHES = ("cached_tokens", "cache_write_tokens")


class Relation(Enum):
    """What a line that comes later is to an earlier one under the same id."""

    SAME = "another snapshot of the call: the larger one counts"
    COPY = "a sub-agent's copy of a call of the session that started it"
    INSTEAD = "the call itself, where only a sub-agent's copy was known"
    OTHER = "another call, for which a gateway made up the same id"


class Marks(Protocol):
    """What tells lines under one id apart."""

    @property
    def request(self) -> str | None: ...

    @property
    def is_sidechain(self) -> bool: ...


def relation(known: Marks, new: Marks) -> Relation:
    """The request's id decides, where both have one; then whether a sub-agent wrote the line."""
    if not known.request or not new.request or known.request == new.request:
        return Relation.SAME
    if new.is_sidechain:
        return Relation.SAME if known.is_sidechain else Relation.COPY
    return Relation.INSTEAD if known.is_sidechain else Relation.OTHER


def other_id(call: LogCall) -> str:
    """The id of a call whose own id is another call's, too."""
    other = f"{call.fields['id']}:{call.request}"
    return other if len(other) <= native.MAX_CHARACTERS else sha256(other.encode("utf-8", "surrogatepass")).hexdigest()


def tokens(call: LogCall) -> int:
    """All that a snapshot counts; whatever cannot be counted is refused later."""
    prompt, completion = call.fields.get("prompt_tokens"), call.fields.get("completion_tokens")
    return (prompt if isinstance(prompt, int) else 0) + (completion if isinstance(completion, int) else 0)


class Snapshots:
    """The calls of some lines, each of them once."""

    def __init__(self, many_providers: bool = False) -> None:
        self._many_providers = many_providers
        self._calls: dict[Key, Call] = {}
        self.are_plain = True
        """Whether those of one call were marked alike so far, and told all of their counts."""

    def __len__(self) -> int:
        return len(self._calls)

    def take(self) -> list[Call]:
        """The calls, in the order in which they were first seen; none are kept."""
        calls, self._calls = list(self._calls.values()), {}
        return calls

    def join(self, stretch: Stretch) -> int:
        """How many of the calls of a stretch were not among them yet."""
        if self._many_providers or not self._calls.keys().isdisjoint(stretch.ids):
            return sum(map(self.add, stretch.calls()))
        self._calls.update(zip(stretch.ids, stretch.calls(), strict=True))
        return len(stretch.ids)

    def add(self, call: Call) -> bool:
        """True when the call was not among them yet."""
        key = (call.opened().fields.get("provider"), call.id) if self._many_providers else call.id
        known = self._calls.setdefault(key, call)
        return known is call or self._meet(key, known.opened(), call.opened())

    def _meet(self, key: Key, known: LogCall, call: LogCall) -> bool:
        found = relation(known, call)
        self.are_plain &= not known.lacks and not call.lacks and (known.request, known.is_sidechain) == (call.request, call.is_sidechain)
        if found is Relation.OTHER:
            call.shared_id, call.fields["id"] = call.fields["id"], other_id(call)
            return self.add(call)
        if found is Relation.SAME:
            _complete(known, call)
            _complete(call, known)
        if found is not Relation.COPY:
            replace = found is Relation.INSTEAD or tokens(call) > tokens(known)
            self._calls[key] = _united(call, known) if replace else _united(known, call)
        return False


def _united(counting: LogCall, other: LogCall) -> LogCall:
    """The snapshot that counts, with the earlier of both times and with what only the other one knows."""
    mine, theirs = counting.fields, other.fields
    for name in NAMES:
        if value := theirs.get(name):
            mine.setdefault(name, value)  # in the order that all of its like have, beside which it will stand
    if start_ms := theirs.get("startTimeMs"):
        mine["startTimeMs"] = min(start_ms, mine.get("startTimeMs") or start_ms)
    return counting


def _complete(call: LogCall, other: LogCall) -> None:
    """What one snapshot leaves out, as the other one has it. The prompt holds input and both caches."""
    if not call.lacks:
        return
    mine, theirs = call.fields, other.fields
    told = [name for name in call.lacks if name not in other.lacks]
    for name in told:
        if name == "input_tokens":
            mine["prompt_tokens"] += theirs["prompt_tokens"] - sum(theirs.get(cache, 0) for cache in CACHES)
        elif name in CACHES:
            mine[name] = theirs[name]
            mine["prompt_tokens"] += theirs[name]
        else:
            mine["completion_tokens"] = theirs["completion_tokens"]
    call.lacks = tuple(name for name in call.lacks if name not in told)
