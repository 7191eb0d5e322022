"""Readings: the fields of the native event as a payload reports them, not yet validated."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ecocli.errors import EcoError
from ecocli.util.valueclass import value_class

NO_USAGE = "completion_tokens is missing in the payload: the text it carries was counted instead"
PROMPT_UNSEEN = "the payload does not tell its prompt_tokens: none were counted"


@value_class(frozen=True, slots=True)
class Running:
    """Counters of a call that hold those of earlier calls, too."""

    thread: str
    """The thread that they add up over."""
    totals: Mapping[str, int]
    """By the names of fields."""
    is_fresh: bool = False
    """Nothing came before: another counter says so."""
    of_all: int | None = None
    """Sum of everything in the report: it grows with each, though a part of it may not."""
    note: str | None = None
    """The assumption that a reading has as long as nobody knows what came before."""


@dataclass(slots=True, eq=False, repr=False)
class Reading:
    """
    One call as a payload, a log or a set of flags tells it.

    `fields` has the native event's canonical names (`native.FIELDS`); a name that is missing is unknown.
    Text is only held here until it has been counted; it never reaches a `Usage`.
    """

    fields: dict[str, Any]
    format: str = "native"
    where: str | None = None
    """Place in the input for messages, e.g. "line 3"."""
    assumptions: list[str] = field(default_factory=list)
    prompt_text: str | None = None
    completion_text: str | None = None
    messages: list[dict[str, Any]] | None = None
    """OpenAI-style chat turns that make up the prompt."""
    raw: bytes = b""
    """The input it was read from, where that is at hand: shown again if the call is rejected."""
    running: Running | None = None
    """Counters that hold those of earlier calls; None once `fields` has the call's own."""


@value_class(frozen=True, slots=True)
class Rejected:
    """A document that is not a call, or a call that cannot be used: why, where, and what was there."""

    error: EcoError
    where: str | None
    raw: bytes
    is_fault: bool = True
    """False for a call that is as it should be, of a kind of model that is not estimated: it is left out with a warning."""


@value_class(frozen=True, slots=True)
class Notice:
    """Something about an input that is no fault, and that its owner has to know."""

    text: str


@value_class(frozen=True, slots=True)
class Document:
    """One JSON document of the input. `raw` is its bytes where they are still at hand."""

    body: Any
    where: str | None = None
    raw: bytes = b""


@value_class(frozen=True, slots=True)
class Fill:
    """Fields that flags and settings give to every call: `overrides` beat a payload, `defaults` fill what it leaves open."""

    overrides: Mapping[str, Any] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    prompt_text: str | None = None
    completion_text: str | None = None
    messages: list[dict[str, Any]] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    """Response headers that may tell the region."""
    earlier: Callable[[str], Iterable[Mapping[str, int]]] | None = None
    """Looks up totals of a thread that are stored; None where nothing is."""
