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
AROUND = b" \t\r\0\xef\xbb\xbf"
"""Bytes that may stand before and behind the object of a line."""


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


def after_damage(text: bytes) -> dict[str, Any] | None:
    """
    The whole object that ends a damaged line, if one does; parts of an object end too early, or too late.

    Where a writer was stopped in the middle of a line, the next one writes on behind it.
    """
    for at in itertools.chain(_before_the_fault(text), _openings(text)):
        try:
            body = json.loads(text[at:])
        except (ValueError, RecursionError):
            continue
        return body if isinstance(body, dict) else None
    return None


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
