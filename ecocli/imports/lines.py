"""Logs that only grow, one JSON object per line: the part that is new, in portions that fit in memory."""

import copy
import json
import os
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from ecocli.errors import BadData
from ecocli.imports import files, json_lines
from ecocli.imports.calls import LogCall, place, rejected
from ecocli.imports.log_file import LogFile
from ecocli.imports.source import LineReader, LogSource, Memory
from ecocli.ingest import documents
from ecocli.ingest.reading import Rejected
from ecocli.store.imports import Position
from ecocli.util.valueclass import value_class

PORTION_BYTES = 512 * 1024
"""Read at once: few enough to stay in a processor's cache until they are parsed."""
BLANK = b" \t\r\0"


class SeveralObjects(Exception):
    """A line holds several whole objects, perhaps behind one that was cut."""

    def __init__(self, pieces: list[bytes], damage: list[Rejected]) -> None:
        super().__init__(f"{len(pieces)} objects on one line")
        self.pieces, self.damage = pieces, damage


@value_class(frozen=True, slots=True)
class Portion:
    """Whole lines of a log, from one offset to another. [byte]"""

    file: LogFile
    identity: tuple[int, int]
    """Device and inode of the file that was opened."""
    begin: int
    end: int
    rest: bytes | None
    """At the end of the log: the bytes behind its last whole line."""


@value_class(frozen=True, slots=True)
class Lines:
    """The calls of a portion."""

    found: list[LogCall | Rejected]
    count: int
    """Number of whole lines."""
    calls: int
    """Number of calls on them, snapshots and copies included."""
    is_unfinished: bool
    """The log ends in the middle of a line, which is left for the next time."""


def start(stream: BinaryIO, file: LogFile, saved: Position | None) -> Position:
    """The position to go on from: the beginning, when it is not the same file any more."""
    return saved if saved and files.is_continued(stream, saved) else Position(file.stamp)


def portions(stream: BinaryIO, file: LogFile, offset: int, size_bytes: int) -> Iterator[Portion]:
    """Portions of about a size, from an offset on; the last one comes with what follows the last whole line."""
    known, rest = identity(stream), None
    while rest is None:
        begin = offset
        offset, rest = _end(stream, begin, size_bytes)
        yield Portion(file, known, begin, offset, rest)


def identity(stream: BinaryIO) -> tuple[int, int]:
    """Device and inode of an open file."""
    status = os.fstat(stream.fileno())
    return status.st_dev, status.st_ino


def read(source: LogSource, stream: BinaryIO, portion: Portion, memory: Memory, before: int = 0) -> Lines:
    """
    The calls of a portion.

    The last line counts also without its end when it is whole, and is read again the next time: it may have been cut,
    or still be growing.

    Args:
        memory: The memory of the lines before it; changed by those of the portion.
        before: Number of lines before it.
    """
    reader, number, found = source.open_reader(portion.file, memory), before, list[LogCall | Rejected]()
    for number, line in enumerate(_lines(stream, portion.begin, portion.end), before + 1):
        found += _fed(reader, number, line)
    last, is_unfinished = _last_line(source, portion, memory, number + 1) if portion.rest else ((), False)
    calls = sum(not isinstance(one, Rejected) for one in (*found, *last))
    return Lines([*found, *last], number - before, calls, is_unfinished)


def _fed(reader: LineReader, number: int, line: bytes) -> list[LogCall | Rejected]:
    """The calls of a line, also where several objects share it."""
    try:
        return list(reader.feed(number, line))
    except SeveralObjects as several:
        return [*several.damage, *(call for piece in several.pieces for call in reader.feed(number, piece))]


def _is_whole(line: bytes) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return json_lines.whole_objects(line.strip(json_lines.AROUND))[1]
    return True


def position(stream: BinaryIO, portion: Portion, memory: Memory) -> Position:
    """The position behind a portion; only at the end of the log all of the file has been seen. In a compressed log there is no reading on."""
    stamp = "" if portion.rest is None else portion.file.stamp
    if portion.file.is_compressed:
        return Position(stamp, state=copy.deepcopy(dict(memory)))
    return Position(stamp, portion.end, files.fingerprint(stream, portion.end), copy.deepcopy(dict(memory)))


def parse(line: bytes, file: LogFile, number: int) -> tuple[dict[str, object] | None, list[Rejected]]:
    """
    The object on a line, and the reason why all or a part of the line cannot be used.

    Raises SeveralObjects for a line that holds more than one.
    """
    text = line.strip(json_lines.AROUND)
    if not text:
        return None, []
    try:
        body = file.load(text)
    except (ValueError, RecursionError):
        pieces, is_all = json_lines.whole_objects(text)
        damage = [] if is_all else [Rejected(json_lines.fault(text), place(file, number), text)]
        if len(pieces) > 1:
            raise SeveralObjects(pieces, damage) from None
        return json.loads(pieces[0]) if pieces else None, damage
    return (body, []) if isinstance(body, dict) else (None, [rejected(file, number, "not a JSON object", line)])


def _lines(stream: BinaryIO, begin: int, end: int) -> Iterator[bytes]:
    stream.seek(begin)
    while begin < end:
        data = stream.read(min(PORTION_BYTES, end - begin))
        if not data.endswith(b"\n"):
            data += stream.readline()
        begin += len(data)
        yield from data.split(b"\n")[:-1]


def _end(stream: BinaryIO, begin: int, size_bytes: int) -> tuple[int, bytes | None]:
    """The end of the line that is a portion further on; at the end of the file also what follows its last line, else None."""
    stream.seek(begin + size_bytes)
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


def _last_line(source: LogSource, portion: Portion, memory: Memory, number: int) -> tuple[Iterable[LogCall | Rejected], bool]:
    """The calls of a line without an end, and True where it is cut. Nothing of it is remembered."""
    line = portion.rest or b""
    if not line.strip(BLANK):
        return (), False
    if not _is_whole(line):
        return (), True
    with memory.kept():
        return _fed(source.open_reader(portion.file, memory), number, line), False
