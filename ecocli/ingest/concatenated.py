"""JSON documents that follow one another without being one per line: answers of several curl runs, output of jq."""

import json
import re

_NEXT = re.compile(r"\s*")


def split(data: bytes) -> list[bytes]:
    """
    The documents one by one; empty when there are not at least two.

    What comes after the last good one is a piece of its own, so that its error is told.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return []
    pieces, start = [], 0
    while end := _end(text, start):
        pieces.append(text[start:end].encode())
        start = end
    rest = text[start:].lstrip()
    if not pieces or not rest.startswith(("{", "[")):
        return pieces if len(pieces) > 1 and not rest else []
    return [*pieces, rest.encode()]


def _end(text: str, start: int) -> int:
    """Where the object or array that comes next ends; 0 when none can be read."""
    found = _NEXT.match(text, start)
    start = found.end() if found else start
    if not text.startswith(("{", "["), start):
        return 0
    try:
        return json.JSONDecoder().raw_decode(text, start)[1]
    except (ValueError, RecursionError):
        return 0
