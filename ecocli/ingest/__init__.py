"""Any payload to readings: `read` is the one way in."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from ecocli.ingest.reading import Reading, Rejected


def read(stream: BinaryIO, format: str | None = None) -> "Iterator[Reading | Rejected]":
    """
    The calls that a stream of bytes tells of, in input order; what cannot be read comes as `Rejected`.

    The container is told by the first bytes: a JSON object, one document per line, an array, or a
    stream as it came over the wire. One per line is read lazily, everything else at once.
    Chunks of a streamed answer, in any of these, make one call.

    Args:
        stream: Bytes, read once from where they stand.
        format: Name of a payload format to force; recognised by its keys when None.

    Raises:
        NoInput: The stream holds nothing.
        UsageError: There is no format of that name.
    """
    from ecocli.ingest.input import Input  # a record from flags has no use for it

    input = Input(stream, format)
    for portion in input.portions():
        yield from input.read(portion)
    yield from input.end()
