"""JSON rows of a body while it arrives: the items of an array, or one row on each line. Only the unfinished one is kept."""

import re
from typing import Protocol

BLANK = b" \t\r\n\xef\xbb\xbf"
"""What may stand before the first row: blanks, a byte order mark."""
QUOTE, COMMA = b'",'
OPENING, CLOSING = b"[{", b"]}"
_IN_STRING = re.compile(rb'(?:[^"\\]++|\\.)*+', re.DOTALL)
_BETWEEN_ITEMS = re.compile(rb'[^"{}\[\],]*+')
_IN_ITEM = re.compile(rb'[^"{}\[\]]*+')


class Form(Protocol):
    """One of the forms that rows come in."""

    def feed(self, part: bytes) -> list[bytes]: ...

    def end(self) -> list[bytes]: ...


class Rows:
    """Rows in whichever form the first byte announces. Nothing is known to be JSON: whoever parses a row finds out."""

    def __init__(self) -> None:
        self._form: Form | None = None

    def feed(self, part: bytes) -> list[bytes]:
        """The rows that are complete with this part."""
        if self._form is None:
            part = part.lstrip(BLANK)
            if not part:
                return []
            self._form = Items() if part.startswith(b"[") else Lines()
        return _without_blank(self._form.feed(part))

    def end(self) -> list[bytes]:
        """The last row, where nothing ended it."""
        return _without_blank(self._form.end()) if self._form else []


class Lines:
    """One row on each line."""

    def __init__(self) -> None:
        self._unfinished: list[bytes] = []

    def feed(self, part: bytes) -> list[bytes]:
        head, newline, tail = part.rpartition(b"\n")
        if not newline:
            self._unfinished.append(tail)
            return []
        whole, self._unfinished = b"".join([*self._unfinished, head]), [tail]
        return whole.split(b"\n")

    def end(self) -> list[bytes]:
        return [b"".join(self._unfinished)]


class Items:
    """The items of an array. Each byte is looked at once, however the parts are cut."""

    def __init__(self) -> None:
        self._text = bytearray()
        self._begin = self._at = self._depth = 0
        self._is_in_string = False

    def feed(self, part: bytes) -> list[bytes]:
        self._text += part
        found: list[bytes] = []
        while self._at < len(self._text) and self._step(found):
            pass
        del self._text[: self._begin]
        self._at -= self._begin
        self._begin = 0
        return found

    def end(self) -> list[bytes]:
        return [bytes(self._text)]

    def _step(self, found: list[bytes]) -> bool:
        """Go on to the next mark; False where only more text tells what is there."""
        if self._is_in_string:
            return self._end_string()
        between = _BETWEEN_ITEMS if self._depth == 1 else _IN_ITEM
        self._at = _end(between, self._text, self._at)
        if self._at < len(self._text):
            self._at += 1
            self._take(self._text[self._at - 1], found)
        return True

    def _end_string(self) -> bool:
        self._at = _end(_IN_STRING, self._text, self._at)
        if self._text[self._at : self._at + 1] != b'"':
            return False  # it goes on in the next part, perhaps behind a backslash
        self._at, self._is_in_string = self._at + 1, False
        return True

    def _take(self, mark: int, found: list[bytes]) -> None:
        if mark == QUOTE:
            self._is_in_string = True
        elif mark in OPENING:
            self._depth += 1
            if self._depth == 1:
                self._begin = self._at
        elif mark == COMMA or self._depth == 1:
            found.append(bytes(self._text[self._begin : self._at - 1]))
            self._begin = self._at
            self._depth -= mark in CLOSING
        else:
            self._depth -= 1


def _end(pattern: re.Pattern[bytes], text: bytearray, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at


def _without_blank(rows: list[bytes]) -> list[bytes]:
    return [row for row in rows if not row.isspace() and row]
