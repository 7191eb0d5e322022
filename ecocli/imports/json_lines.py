"""A line of a log as JSON: read quickly where it is plain, and as far as possible where it is damaged."""

import itertools
import json
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from ecocli.errors import BadData
from ecocli.ingest import documents

Load = Callable[[bytes], Any]
"""Reads a line; ValueError or RecursionError when it is not JSON."""
TRIES, NEAR = 64, 4
"""Places in a damaged line where a whole object may begin: from its start on, and before the fault."""
AROUND = b" \t\r\0\x1e\xef\xbb\xbf"
"""Bytes that may stand before and behind the object of a line."""
PADDING = " \t\r\n\0\x1e\ufeff"
"""Characters that may stand between two of them."""


def load(line: bytes) -> Any:
    """The document of a line. ValueError or RecursionError when it is not JSON: `fault` says what is wrong."""
    text = line.strip(AROUND)
    if not text.startswith(b'{"'):
        return json.loads(text)
    plain = text.decode("utf-8", "surrogatepass")  # json.loads looks for the encoding of every line
    body, end = _decoder.raw_decode(plain)
    return body if end == len(plain) else _decoder.decode(plain)


def load_quickly(line: bytes) -> Any:
    """`load` by a parser that takes half the time, but some 20 ms before the first line."""
    try:
        return _from_json()(line)
    except ValueError:  # halves of a character, deep nesting: it may be JSON all the same
        return load(line)


@cache
def _from_json() -> Callable[[bytes], Any]:
    from pydantic_core import from_json

    return from_json


def is_whole(line: bytes) -> bool:
    """True when a line looks like an object from its beginning to its end, without reading it."""
    text = line.strip(b" \t\r\0")
    return not text or (text.startswith(b"{") and text.endswith(b"}"))


def fault(text: bytes) -> BadData:
    """The reason why a line cannot be used, in the words that any other input gets."""
    try:
        documents.parse(text)
    except BadData as error:
        return error
    return BadData("not JSON")


def whole_objects(text: bytes) -> tuple[list[bytes], bool]:
    """
    The whole objects that end a line which is not one, and True where there is nothing else on it.

    Two writers may write on one line; and where one was stopped in the middle of a line, the next one writes on behind
    it. Parts of an object end too early, or too late.
    """
    for at in itertools.chain((0,), _before_the_fault(text), _openings(text)):
        if found := _split(text[at:]):
            return found, at == 0
    return [], False


def _split(data: bytes) -> list[bytes]:
    """Objects that follow one another, with nothing but padding between them; empty where there is anything else."""
    try:
        text = data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return []
    found, start = [], 0
    while start < len(text):
        try:
            body, end = _decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            return []
        if not isinstance(body, dict):
            return []
        found.append(text[start:end].encode("utf-8", "surrogatepass"))
        start = end + len(text[end:]) - len(text[end:].lstrip(PADDING))
    return found


def _before_the_fault(text: bytes) -> Iterator[int]:
    """Places where an object may begin that was written on behind a cut one, the nearest to the fault first."""
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


_decoder = json.JSONDecoder()
