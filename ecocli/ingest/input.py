"""A stream of bytes in portions, each of which is read here, or elsewhere."""

import os
import stat
from collections.abc import Iterator
from functools import cached_property
from io import BufferedReader
from typing import TYPE_CHECKING, BinaryIO

from ecocli.errors import NoInput
from ecocli.ingest import portions
from ecocli.ingest.portions import Portion
from ecocli.ingest.reading import Reading, Rejected
from ecocli.ingest.recognition import NATIVE, Recogniser

if TYPE_CHECKING:
    from ecocli.util.arriving import Arriving

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
        self._is_empty, self._was_read = True, False

    def portions(self) -> Iterator[Portion]:
        yield from portions.of(BufferedReader(self._arriving) if self._arriving else self._stream, self.format)
        self._was_read = True

    def is_all_here(self) -> bool:
        """True when no further portion makes anybody wait: a file, or a pipe whose writer is done."""
        return self._was_read or not self._may_wait or bool(self._arriving and self._arriving.has_all())

    @cached_property
    def _may_wait(self) -> bool:
        """True for a pipe, a terminal and the like, whose writer takes as long as it wants."""
        if not isinstance(self._stream, BufferedReader):  # bytes that were read before
            return False
        try:
            return not stat.S_ISREG(os.fstat(self._stream.fileno()).st_mode)
        except OSError:
            return True

    @cached_property
    def _arriving(self) -> "Arriving | None":
        if not self._may_wait:
            return None
        from ecocli.util.arriving import Arriving

        return Arriving.of(self._stream)

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
