"""Status lines and headers that `curl -i` prints before the body of an answer."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from ecocli.errors import NoInput
from ecocli.ingest import documents

_STATUS = re.compile(rb"HTTP/[0-9](?:\.[0-9])? [1-5][0-9]{2}\b")
_BEHIND_BODY = re.compile(rb'[}\]](' + _STATUS.pattern + rb'[^"\r\n]*[\r\n]*)\Z')
"""The next answer's, where a body did not end its line. In JSON a quotation mark would follow."""


def is_head(line: bytes) -> bool:
    """True for a status line, such as `HTTP/1.1 200 OK`."""
    return _STATUS.match(line) is not None


def bodies(stream: BinaryIO, number: int) -> Iterator[tuple[int, bytes]]:
    """
    The body of each answer with the number of its first line in the input; line `number` was a status line, and is read already.

    Heads may follow one another: those of a proxy, of `100 Continue` and of redirects come before the answer's.
    Raises NoInput where no body follows them.
    """
    body, begin, is_inside, is_empty = bytearray(), number, True, True
    for at, line in _lines(stream, number + 1):
        if is_head(line):
            if body:
                yield begin, bytes(body)
            body, is_inside = bytearray(), True
        elif is_inside:
            is_inside = bool(line.strip())
        elif body or line.strip():
            begin, is_empty = begin if body else at, False
            body += line
            documents.check_size(len(body))
    if body:
        yield begin, bytes(body)
    if is_empty:
        raise NoInput("the answer has headers, and no body")


def _lines(stream: BinaryIO, number: int) -> Iterator[tuple[int, bytes]]:
    """Lines with their numbers; a status line behind a body comes by itself."""
    while line := documents.read_line(stream, number):
        behind = _BEHIND_BODY.search(line)
        if behind:
            yield number, line[: behind.start(1)]
            line = behind[1]
        yield number, line
        number += 1
