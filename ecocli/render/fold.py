"""Text that fits the terminal: lines are folded between words, under where they began."""

import re
from collections.abc import Iterator
from shutil import get_terminal_size
from typing import TextIO
from unicodedata import category, east_asian_width

STYLE = re.compile(r"\x1b\[[0-9;]*m")
"""What gives a line colour and takes no room."""
CARD = 11
"""Where the values of a card begin."""
NARROWEST = 20
"""Below it there is no use in folding."""


def folded(text: str, out: TextIO, hang: int | None = None) -> str:
    """
    `text` as it is, or, at a terminal, with no line that is wider than it.

    Args:
        hang: How far the rest of an indented line is moved in; as far as its beginning by default. [columns]
    """
    width = get_terminal_size().columns
    if not out.isatty() or width < NARROWEST:
        return text
    return "\n".join(part for line in text.split("\n") for part in fold(line, width, hang))


def columns(text: str) -> int:
    """
    How many columns of a terminal a text takes: two for each wide character, none for what is put upon another.

    >>> columns("gpt"), columns("日本"), columns("e\u0301")
    (3, 4, 1)
    """
    return sum(_columns(c) for c in STYLE.sub("", text))


def cut(text: str, width: int) -> str:
    """
    As much of a text as takes so many columns.

    >>> cut("日本語", 6), cut("日本語", 5)
    ('日本語', '日本…')
    """
    return text if columns(text) <= width else f"{next(_pieces(text, width - 1))}…"


def fold(line: str, width: int, hang: int | None = None) -> list[str]:
    """
    One line as several.

    >>> fold("  like     100 phone charges and 5 km", 28, CARD)
    ['  like     100 phone charges', '           and 5 km']
    """
    if columns(line) <= width:
        return [line]
    indent = len(line) - len(line.lstrip(" "))
    further = " " * min(indent if hang is None or not indent else hang, width // 2)
    lines = [line[:indent]]
    for space, word in re.findall(r"( *)([^ ]+)", line[indent:]):
        for piece in _pieces(word, width - len(further)):
            if columns(lines[-1] + space + piece) <= width:
                lines[-1] += space + piece
            else:
                lines.append(further + piece)
            space = ""  # noqa: PLW2901 - only the first piece follows one
    return lines


def _pieces(word: str, width: int) -> Iterator[str]:
    """A word that is wider than a line in parts that are not. An address stays whole: the terminal folds it, and can still open it."""
    if columns(word) <= width or "://" in word:
        yield word
        return
    piece = ""
    for c in word:
        if columns(piece + c) > width:
            yield piece
            piece = ""
        piece += c
    yield piece


def _columns(c: str) -> int:
    return 0 if category(c) in ("Mn", "Me", "Cf") else 2 if east_asian_width(c) in "WF" else 1
