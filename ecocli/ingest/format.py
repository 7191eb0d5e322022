"""The parts of a payload format: how it is recognised, and how the calls in it are read."""

from collections.abc import Callable, Iterable
from typing import Any

from ecocli.ingest.assembler import Assembler
from ecocli.ingest.reading import Reading, Rejected
from ecocli.util.valueclass import value_class


@value_class(frozen=True, slots=True)
class Format:
    """A payload format, built in or of another package."""

    name: str
    """How it is asked for; its calls carry it."""
    title: str
    """One line for people."""
    matches: Callable[[dict[str, Any]], bool]
    """True when a document has the keys of a whole answer."""
    read: Callable[[dict[str, Any]], Iterable[Reading | Rejected]]
    """The calls in such a document, none where no model ran. Raises BadData for what cannot be used."""
    streams: tuple[type[Assembler], ...] = ()
    """One for each family of streamed answers."""
