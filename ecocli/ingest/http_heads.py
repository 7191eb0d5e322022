"""Status lines and headers that `curl -i` prints before the body of an answer."""

import re
from typing import BinaryIO

from ecocli.errors import NoInput
from ecocli.ingest import documents

_STATUS = re.compile(rb"HTTP/[0-9.]+ [0-9]{3}\b")


def is_head(line: bytes) -> bool:
    """True for a status line, such as `HTTP/1.1 200 OK`."""
    return _STATUS.match(line) is not None


def body(stream: BinaryIO, number: int) -> tuple[int, bytes]:
    """
    The first line of the body, and its number in the input; line `number` was a status line, and is read already.

    Heads may follow one another: those of a proxy, of `100 Continue` and of redirects come before the answer's.
    Raises NoInput where nothing follows them.
    """
    is_inside = True
    while line := documents.read_line(stream, number + 1):
        number += 1
        if is_inside:
            is_inside = bool(line.strip())
        elif is_head(line):
            is_inside = True
        elif line.strip():
            return number, line
    raise NoInput("the answer has headers, and no body")
