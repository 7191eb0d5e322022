"""Finding logs, and telling whether one has changed since it was read."""

import os
import re
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from ecocli.errors import BadData, MissingFile, quoted
from ecocli.imports.log_file import LogFile
from ecocli.store.imports import Position
from ecocli.util.digests import sha256

HEAD_BYTES = 1024
TAIL_BYTES = 256
JSON_LINES = r".*\.jsonl(\.zst|\.gz)?"
"""Names of logs of lines; some tools compress the older ones in their place."""


def home(env: Mapping[str, str]) -> Path:
    return Path(env.get("HOME") or os.path.expanduser("~"))


def below(root: Path, pattern: str) -> Iterator[Path]:
    """Regular files whose name matches, by name; a link that leads back up is not followed twice."""
    if root.is_file():
        yield root
        return
    matches, found = re.compile(pattern).fullmatch, list[Path]()
    seen: set[tuple[int, int]] = set()
    _is_new(str(root), seen)
    for folder, folders, names in os.walk(root, followlinks=True):
        folders[:] = [name for name in folders if _is_new(os.path.join(folder, name), seen)]
        found += [Path(folder, name) for name in names if matches(name)]
    yield from sorted((path for path in found if path.is_file()), key=lambda path: (path.name, str(path)))


def _is_new(folder: str, seen: set[tuple[int, int]]) -> bool:
    try:
        status = os.stat(folder)
    except OSError:
        return False
    identity = (status.st_dev, status.st_ino)
    known = identity in seen
    seen.add(identity)
    return not known


def look(path: Path, host: str, beside: tuple[str, ...] = ()) -> LogFile:
    """
    The file as it is now.

    Args:
        beside: Endings of files beside it that change in its stead, such as a database's write-ahead log.

    Raises:
        BadData: It is gone, or cannot be looked at.
    """
    try:
        status = os.stat(path)
    except OSError as error:
        raise unreadable(path, error) from error
    if not stat.S_ISREG(status.st_mode):
        raise BadData(f"{quoted(str(path), 200)} is not a file")
    stamps = [_stamp(status), *(_stamp_of(Path(f"{path}{ending}")) for ending in beside)]
    return LogFile(path, " ".join(stamps), status.st_mtime_ns // 1_000_000, host)


def _stamp(status: os.stat_result) -> str:
    return f"{status.st_size}.{status.st_mtime_ns}.{status.st_ino}"


def _stamp_of(path: Path) -> str:
    """An empty file beside a log is none: SQLite makes one where it only reads."""
    try:
        status = os.stat(path)
    except OSError:
        return "-"
    return _stamp(status) if status.st_size else "-"


def unreadable(path: Path, error: OSError) -> BadData:
    """Why a log cannot be read."""
    if isinstance(error, FileNotFoundError):
        return MissingFile(f"no file {quoted(str(path), 200)}")
    return BadData(f"cannot be read: {(error.strerror or type(error).__name__).lower()}")


def fingerprint(stream: BinaryIO, offset: int) -> str:
    """
    A hash of the beginning and the end of the first `offset` bytes.

    A file that was replaced, or cut and written anew, has another one, also when it is longer than before.
    """
    stream.seek(0)
    head = stream.read(min(offset, HEAD_BYTES))
    stream.seek(max(0, offset - TAIL_BYTES))
    tail = stream.read(min(offset, TAIL_BYTES))
    return sha256(head + b"\0" + tail).hexdigest()[:32]


def is_continued(stream: BinaryIO, saved: Position) -> bool:
    """True when the file still begins with what was read of it."""
    size = os.fstat(stream.fileno()).st_size
    return size >= saved.offset and fingerprint(stream, saved.offset) == saved.fingerprint


def stored_name(path: Path) -> str:
    """A path as text that can be stored; one that is not valid Unicode is escaped."""
    return os.fsencode(path.absolute()).decode("utf-8", "backslashreplace")
