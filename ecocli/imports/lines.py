"""Logs that only grow, one JSON object per line: what is new, in pieces that fit in memory."""

import copy
import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any, BinaryIO, Protocol, runtime_checkable

from ecocli.errors import BadData
from ecocli.imports import files
from ecocli.imports.found import Chunk, LogCall, LogFile, Piece, Saved, Stretch, lines_of, place, rejected
from ecocli.ingest import documents
from ecocli.ingest.reading import Rejected

CHUNK_BYTES = 512 * 1024
"""What is read at once: few enough to stay in a processor's cache until it is parsed."""
TRIES, NEAR = 64, 4
"""Places in a damaged line where a whole object may begin: from its start on, and before what cannot be read."""
Load = Callable[[bytes], Any]
"""Gives what a line holds, as `load` does."""
AROUND = b" \t\r\0\xef\xbb\xbf"
"""What may stand before and behind the object of a line."""


class Reader(Protocol):
    """Reads the lines of one file in their order. `state` is plain JSON, and all that it remembers."""

    state: dict[str, Any]

    def feed(self, number: int, line: Any) -> Iterable[LogCall | Rejected]:
        """The calls of a line, or of what `told` in its module makes of one."""


@runtime_checkable
class Joining(Protocol):
    """A reader that can go on behind lines that another one read."""

    def joins(self, stretch: Stretch, before: Mapping[str, Any]) -> bool:
        """
        Whether they say the same behind the lines that this one has seen, and if so, know what they end with.

        Args:
            before: What the other one remembered when it began.
        """


def read(file: LogFile, saved: Saved | None, make: Callable[[LogFile, dict[str, Any]], Reader]) -> Iterator[Piece]:
    """
    What was added to a file since `saved`; everything, when it is not the same file any more.

    The last line counts also without its end when it is whole, and is looked at again the next time:
    it may have been cut, or still be growing.
    """
    try:
        with file.path.open("rb") as stream:
            yield from _pieces(stream, file, start(stream, file, saved), make)
    except OSError as error:
        raise files.unreadable(file.path, error) from error


def start(stream: BinaryIO, file: LogFile, saved: Saved | None) -> Saved:
    """Where to go on."""
    return saved if saved and files.is_continued(stream, saved) else Saved(file.stamp)


def _pieces(stream: BinaryIO, file: LogFile, start: Saved, make: Callable[..., Reader]) -> Iterator[Piece]:
    reader = make(file, copy.deepcopy(dict(start.state)))
    number = reader.state.get("line", 0)
    for chunk, told in file.tell(stream, chunks(stream, start.offset)):
        found: list[LogCall | Rejected] = []
        stretch = told if isinstance(told, Stretch) else None
        if stretch and isinstance(reader, Joining) and reader.joins(stretch, chunk.before):
            stretch.where = partial(place, file)
            stretch.before = number
            number += stretch.count
        else:
            stretch = None
            for said in lines_of(stream, chunk.begin, chunk.end) if isinstance(told, Stretch) else told:
                number += 1
                if said is not None:
                    found += reader.feed(number, said)
        reader.state["line"] = number
        state = copy.deepcopy(reader.state)
        unfinished = False
        if chunk.rest is not None:
            last, unfinished = _last_line(chunk.rest, number + 1, lambda: make(file, copy.deepcopy(state)))  # noqa: B023 - called at once
            found += last
        stamp = file.stamp if chunk.rest is not None else ""  # a run that is stopped now has not seen all of the file
        yield Piece(found, Saved(stamp, chunk.end, files.fingerprint(stream, chunk.end), state), stretch, unfinished)


def chunks(stream: BinaryIO, offset: int) -> Iterator[Chunk]:
    """Whole lines from there on, by the hundred; with the last ones what follows them, which has no end yet."""
    rest = None
    while rest is None:
        begin = offset
        offset, rest = _end(stream, begin)
        yield Chunk(begin, offset, rest)


def _end(stream: BinaryIO, begin: int) -> tuple[int, bytes | None]:
    """Where the line ends that is a chunk further on; at the end of the file also what follows its last line, else None."""
    stream.seek(begin + CHUNK_BYTES)
    line = stream.readline(documents.MAX_BYTES + 1)
    if len(line) > documents.MAX_BYTES:
        raise BadData(f"a line is longer than {documents.MAX_BYTES >> 20} MiB")
    end = stream.tell()
    if line.endswith(b"\n") and stream.read(1):
        return end, None
    stream.seek(begin)
    data = stream.read()
    whole = data.rfind(b"\n") + 1
    return begin + whole, data[whole:]


def _last_line(line: bytes, number: int, make: Callable[[], Reader]) -> tuple[Iterable[LogCall | Rejected], bool]:
    """What a line without an end holds, and whether it is cut. Nothing that is remembered comes from it."""
    if not line.strip(b" \t\r\0"):
        return (), False
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return (), True
    return make().feed(number, line), False


def parse(line: bytes, file: LogFile, number: int) -> tuple[dict[str, Any] | None, list[Rejected]]:
    """
    The object on a line, and what of the line cannot be used.

    Where a writer was stopped in the middle of a line, the next one writes on behind it: that one is whole.
    """
    text = line.strip(AROUND)
    if not text:
        return None, []
    try:
        body = load(text)
    except (ValueError, RecursionError):
        return _after_damage(text), [_damage(text, file, number)]
    return (body, []) if isinstance(body, dict) else (None, [rejected(file, number, "not a JSON object", line)])


def quick_load() -> Load:
    """`load` by a parser that needs half the time, but some 20 ms before the first line."""
    from pydantic_core import from_json

    def quick(line: bytes) -> Any:
        try:
            return from_json(line)
        except ValueError:  # halves of a character, deep nesting: it may be JSON all the same
            return load(line)

    return quick


def load(line: bytes) -> Any:
    """What a line holds. ValueError or RecursionError when it is not JSON: `parse` says what is wrong."""
    text = line.strip(AROUND)
    if not text.startswith(b'{"'):
        return json.loads(text)
    plain = text.decode("utf-8", "surrogatepass")  # json.loads looks for the encoding of every line
    body, end = _decoder.raw_decode(plain)
    return body if end == len(plain) else _decoder.decode(plain)


def _damage(text: bytes, file: LogFile, number: int) -> Rejected:
    """What is wrong with a line, in the words that any other input gets."""
    try:
        documents.parse(text)
    except BadData as error:
        return Rejected(error, place(file, number), text)
    return rejected(file, number, "not JSON", text)


def _after_damage(text: bytes) -> dict[str, Any] | None:
    """The whole object that ends a damaged line, if one does: parts of an object end too early, or too late."""
    for at in itertools.chain(_before_the_fault(text), _openings(text)):
        try:
            body = json.loads(text[at:])
        except (ValueError, RecursionError):
            continue
        return body if isinstance(body, dict) else None
    return None


def _before_the_fault(text: bytes) -> Iterator[int]:
    """Where an object may begin that was written on behind a cut one: close to where no reader gets on."""
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        at = len(error.doc[: error.pos].encode("utf-8", "surrogatepass")) + 1
        for _ in range(NEAR):
            at = text.rfind(b'{"', 1, at + 1)
            if at < 0:
                return
            yield at
    except (ValueError, RecursionError):
        return


def _openings(text: bytes) -> Iterator[int]:
    """The first places where an object may begin."""
    at = 0
    for _ in range(TRIES):
        at = text.find(b'{"', at + 1)
        if at < 0:
            return
        yield at


def is_whole(line: bytes) -> bool:
    """True when a line looks like an object from its beginning to its end, without reading it."""
    text = line.strip(b" \t\r\0")
    return not text or (text.startswith(b"{") and text.endswith(b"}"))


_decoder = json.JSONDecoder()
