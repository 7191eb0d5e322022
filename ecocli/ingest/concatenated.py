"""JSON documents that follow one another without being one per line: answers of several curl runs, output of jq."""

import json
import re

PADDING = " \t\r\n\0\x1e\ufeff"
"""Characters that may stand between documents, or around one that is no JSON only for their sake."""
_NEXT = re.compile(f"[{PADDING}]*")


def split(data: bytes) -> list[bytes]:
    """
    The documents one by one, without what stands between them; empty where there is anything but documents.

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
    rest = text[start:].lstrip(PADDING)
    if not pieces or not rest.startswith(("{", "[")):
        return [] if rest else pieces
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
