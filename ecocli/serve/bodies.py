"""Bodies of requests: how large they may be, before and after they are inflated."""

import zlib
from collections.abc import AsyncIterator, Iterator, Mapping

from ecocli.serve.messages import Request
from ecocli.serve.refusals import Refused

MOST_BYTES = 16 * 1024 * 1024
MOST_PASSED_OVER_BYTES = 64 * 1024 * 1024
MOST_RATIO = 200
"""JSON shrinks to a tenth; what shrinks to less than a two hundredth was made to fill a memory."""
PIECE_BYTES = 256 * 1024
"""Of an inflated body, in memory at a time where it is read as it arrives."""
SLICE_BYTES = 4 * 1024
"""Of a packed body, given to zlib at a time: it copies what it leaves over, which a body of a hundred thousand parts would pay for each time."""
MOST_PARTS = 10_000
"""Of gzip in one body. An empty one is twenty bytes, takes as long as a small one, and adds nothing to what is counted."""
FREE_BYTES = 1024 * 1024
"""Up to this size any ratio is allowed."""
JSON_TYPES = ("application/json", "application/x-ndjson", "application/ndjson", "application/jsonl", "application/jsonlines", "application/x-jsonlines", "text/plain")
WBITS = {"gzip": 16 + zlib.MAX_WBITS, "x-gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}


class Gone(Exception):
    """The client went away before its request was complete: nobody waits for an answer."""


def media_type(headers: Mapping[bytes, bytes]) -> str:
    """The type of the body in lower case, without its parameters; empty where none is given."""
    return headers.get(b"content-type", b"").decode("latin-1").partition(";")[0].strip().lower()


def require_type(request: Request, allowed: tuple[str, ...] = JSON_TYPES) -> str:
    """The type of the body. Refused for one that the route does not take."""
    found = media_type(request.headers)
    if found and found not in allowed:
        raise Refused("unsupported-media-type", "the Content-Type is not one that this route takes", f"send Content-Type: {allowed[0]}", accept=", ".join(allowed))
    return found


def is_as_sent(request: Request) -> bool:
    """True for a body with its length that is not packed, of which `read` makes nothing else."""
    return b"content-length" in request.headers and b"content-encoding" not in request.headers


async def read(request: Request, most_bytes: int = MOST_BYTES) -> bytes:
    """
    The whole body, inflated.

    Raises:
        Refused: It has no length, is too large, or is packed in a way that is not known.
        Gone: The client went away.
    """
    unpack = _unpacking(request)
    await _check_length(request, most_bytes)
    message = await request.receive()
    if message["type"] == "http.disconnect":
        raise Gone
    body: bytes = message.get("body", b"")
    if message.get("more_body"):
        body = b"".join([body, *[part async for part in _received(request, most_bytes, len(body))]])
    if unpack is None:
        return body
    inflating = Inflating(unpack, most_bytes)
    whole = b"".join(inflating.feed(body))
    inflating.end()
    return whole


async def parts(request: Request, most_bytes: int) -> AsyncIterator[bytes]:
    """The body as it arrives, inflated. Raises as `read` does, for what is too large once it is."""
    unpack = _unpacking(request)
    await _check_length(request, most_bytes)
    inflating = None if unpack is None else Inflating(unpack, most_bytes)
    async for part in _received(request, most_bytes):
        for piece in (part,) if inflating is None else inflating.feed(part):
            yield piece
    if inflating is not None:
        inflating.end()


async def _received(request: Request, most_bytes: int, size: int = 0) -> AsyncIterator[bytes]:
    """The parts of a body as they were sent, after the first `size` bytes."""
    more = True
    while more:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise Gone
        part: bytes = message.get("body", b"")
        size += len(part)
        if size > most_bytes:
            raise _too_large(most_bytes)
        yield part
        more = message.get("more_body", False)


async def _check_length(request: Request, most_bytes: int) -> None:
    """Refused where there is no body, or one that says that it is too large."""
    length = request.headers.get(b"content-length")
    if length is None and b"transfer-encoding" not in request.headers:
        raise Refused("length-required", "a body is needed", "send it with Content-Length, or in chunks")
    if length is not None and int(length) > most_bytes:
        await _pass_over(request, int(length))
        raise _too_large(most_bytes)


async def _pass_over(request: Request, length: int) -> None:
    """Read what is refused, as far as it is not absurd: many clients look for an answer only when they have sent everything."""
    if length > MOST_PASSED_OVER_BYTES or b"expect" in request.headers:
        return
    more = True
    while more:
        message = await request.receive()
        more = message["type"] != "http.disconnect" and message.get("more_body", False)


def _too_large(most_bytes: int) -> Refused:
    return Refused("body-too-large", f"the body is larger than {most_bytes >> 20} MiB", "send it in parts", connection="close")


def _unpacking(request: Request) -> int | None:
    """The window bits of the body's encoding for zlib; None for a body that is not packed."""
    given = request.header(b"content-encoding").strip().lower()
    if given in ("", "identity"):
        return None
    if given not in WBITS:
        raise Refused("unsupported-media-type", "the Content-Encoding is not known", "send it as gzip, deflate, or plain", accept_encoding="gzip, deflate")
    return WBITS[given]


class Inflating:
    """A body as it was before it was packed, in one or several parts of gzip, a piece at a time."""

    def __init__(self, wbits: int, most_bytes: int) -> None:
        self._wbits, self._most_bytes = wbits, most_bytes
        self._received = self._size = self._parts = 0
        self._part: zlib._Decompress | None = None

    def feed(self, packed: bytes) -> Iterator[bytes]:
        """The pieces that are complete with these bytes. Refused where they are none, or too many."""
        self._received += len(packed)
        for begin in range(0, len(packed), SLICE_BYTES):
            yield from self._pieces(packed[begin : begin + SLICE_BYTES])

    def _pieces(self, rest: bytes) -> Iterator[bytes]:
        piece = b""
        while rest or len(piece) == PIECE_BYTES:  # a full piece: more may be waiting
            part = self._part or self._new_part()
            try:
                piece = part.decompress(rest, PIECE_BYTES)
            except zlib.error as error:
                raise Refused("bad-request", "the body is not packed as its Content-Encoding says") from error
            self._count(len(piece))
            if piece:
                yield piece
            rest = part.unconsumed_tail
            if part.eof:
                piece, rest, self._part = b"", part.unused_data, None

    def _new_part(self) -> "zlib._Decompress":
        self._parts += 1
        if self._parts > MOST_PARTS:
            raise Refused("body-too-large", f"the body is packed in more than {MOST_PARTS:,} parts", "pack it as a whole", connection="close")
        self._part = zlib.decompressobj(self._wbits)
        return self._part

    def end(self) -> None:
        """Refused where more would have to come."""
        if self._part is not None:
            raise Refused("bad-request", "the packed body is cut off")

    def _count(self, size: int) -> None:
        self._size += size
        if self._size > min(self._most_bytes, max(FREE_BYTES, MOST_RATIO * self._received)):
            hint = f"at most {self._most_bytes >> 20} MiB, and {MOST_RATIO} times what is sent"
            raise Refused("body-too-large", "the body inflates to more than is allowed", hint, connection="close")
