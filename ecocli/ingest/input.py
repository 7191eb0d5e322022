"""A stream of bytes in portions, each of which is read here, or elsewhere."""

from collections.abc import Iterator
from typing import BinaryIO

from ecocli.errors import NoInput
from ecocli.ingest import portions
from ecocli.ingest.portions import Portion
from ecocli.ingest.reading import Reading, Rejected
from ecocli.ingest.recognition import NATIVE, Recogniser

NO_CALL = "the input holds no call"
NO_CALL_HINT = "requests that failed, answers from a gateway's cache and telemetry of other kinds are none"


class Input:
    """The calls of a stream, in portions that are taken one after another: each is read here, or passed over because another process has read it."""

    def __init__(self, stream: BinaryIO, format: str | None = None) -> None:
        if format not in (None, NATIVE):
            from ecocli.ingest import formats

            formats.by_name(format)
        self._stream, self.format = stream, format
        self._recogniser = Recogniser(format)
        self._is_empty = True

    def portions(self) -> Iterator[Portion]:
        return portions.of(self._stream, self.format)

    def read(self, portion: Portion) -> Iterator[Reading | Rejected]:
        """The calls of a portion, and of one before it that it shows to be complete."""
        for found in portions.read(portion, self.format, self._recogniser):
            self._is_empty = False
            yield found

    def pass_over(self) -> Iterator[Reading | Rejected]:
        """A portion was read elsewhere that continues nothing: the calls before it are complete."""
        self._is_empty = False
        yield from self._recogniser.flush()

    def end(self) -> Iterator[Reading | Rejected]:
        """The calls that were waiting for more."""
        for found in self._recogniser.flush():
            self._is_empty = False
            yield found
        if self._is_empty:
            yield Rejected(NoInput(NO_CALL, NO_CALL_HINT), None, b"")
