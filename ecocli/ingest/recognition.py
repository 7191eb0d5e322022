"""Documents to readings: native events at once, everything else by the format that knows its keys."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from ecocli.errors import BadData, BadPlugin
from ecocli.ingest import documents, event_texts, native
from ecocli.ingest.reading import Document, Reading, Rejected

if TYPE_CHECKING:
    from ecocli.ingest.sequence import Sequence

NATIVE = "native"


class Recogniser:
    """Reads documents in their order. Chunks of a streamed answer wait in it until the answer is whole."""

    def __init__(self, format: str | None) -> None:
        self._format = format
        self._sequence: Sequence | None = None

    def read(self, found: Iterable[Document | Rejected]) -> Iterator[Reading | Rejected]:
        for document in found:
            if isinstance(document, Rejected):
                if self._sequence and self._sequence.is_waiting():
                    self._sequence.damage()  # a streamed answer was cut off in the middle of a line
                    continue
                reading: Reading | Rejected = document
            else:
                native_one = read_native(document, self._format)
                if native_one is None:
                    yield from self._foreign(document)
                    continue
                reading = native_one
            yield from self.flush()
            yield reading

    @property
    def has_streamed(self) -> bool:
        """True when it read a chunk, so that its calls depend on their order."""
        return self._sequence is not None and self._sequence.has_streamed

    def flush(self) -> Iterable[Reading | Rejected]:
        """The calls that were waiting, once something else comes or nothing more does."""
        return self._sequence.flush() if self._sequence else ()

    def _foreign(self, document: Document) -> Iterable[Reading | Rejected]:
        if self._sequence is None:
            from ecocli.ingest.sequence import Sequence

            self._sequence = Sequence(self._format)
        return self._sequence.add(document)


def read_native(document: Document, format: str | None) -> Reading | Rejected | None:
    """The reading of a native event; None for a document that another format has to read."""
    body: Any = document.body
    if format not in (None, NATIVE):
        return None if isinstance(body, dict) else _rejected(BadData("not a JSON object"), document)
    try:
        if not isinstance(body, dict):
            raise BadData("not a JSON object", f"an event looks like {native.EXAMPLE}")  # noqa: TRY301 - answered as every other bad event
        if format is None and not native.is_native(body) and _is_foreign(body):
            return None
        event, texts = event_texts.taken(body)
        return Reading(native.canonical(event), where=document.where, raw=document.raw, **texts)
    except BadData as error:
        foreign = isinstance(body, dict) and format is None and _is_known_elsewhere(body)
        return None if foreign else _rejected(error, document)


def _is_foreign(body: dict[str, Any]) -> bool:
    """False for a native event that lacks its counts or its model, which flags can still give."""
    known = sum(key in native.SPELLINGS for key in body)
    if "usage" in body or known * 2 < max(1, len(body)):
        return True
    from ecocli.ingest import formats

    return formats.built_in(body) is not None


def _is_known_elsewhere(body: dict[str, Any]) -> bool:
    """True when a payload format claims the keys, or may: gateways' rows have model and counts at their top, too."""
    from ecocli.ingest import formats

    try:
        formats.recognise(body)
    except BadPlugin:
        return True  # reading it says so
    except BadData:
        return False
    return True


def _rejected(error: BadData, document: Document) -> Rejected:
    return Rejected(documents.at(error, document.where), document.where, document.raw)
