"""Fold lines of text between words to fit the terminal, with a hanging indent."""

import re
from collections.abc import Iterator
from shutil import get_terminal_size
from typing import TextIO
from unicodedata import category, east_asian_width

STYLE = re.compile(r"\x1b\[[0-9;]*m")
"""Escape sequences for colour, which take no columns."""
MARGIN = re.compile(r"(?:\x1b\[[0-9;]*m| )*")
"""The spaces in front of a line, and the colours among them."""
CARD = 11
"""Indent of the values of a card. [column]"""
MIN_WIDTH = 20
"""Text is not folded in a narrower terminal. [column]"""


def folded(text: str, out: TextIO, hang: int | None = None) -> str:
    """
    `text` with every line folded to the width of the terminal; unchanged when `out` is no terminal.

    Args:
        hang: Indent of the continuation of an indented line; by default that of the line itself. [column]
    """
    width = get_terminal_size().columns
    if not out.isatty() or width < MIN_WIDTH:
        return text
    return "\n".join(part for line in text.split("\n") for part in fold(line, width, hang))


def columns(text: str) -> int:
    """
    Width of a text in a terminal: wide characters take two columns, combining characters none. [column]

    >>> columns("gpt"), columns("日本"), columns("e\u0301")
    (3, 4, 1)
    """
    return sum(_columns(c) for c in STYLE.sub("", text))


def cut(text: str, width: int) -> str:
    """
    `text` shortened to a width. [column]

    >>> cut("日本語", 6), cut("日本語", 5)
    ('日本語', '日本…')
    """
    return text if columns(text) <= width else f"{next(_pieces(text, width - 1))}…"


def fold(line: str, width: int, hang: int | None = None) -> list[str]:
    """
    Fold one line into several of at most `width` columns; see `folded` for `hang`.

    >>> fold("  like     100 phone charges and 5 km", 28, CARD)
    ['  like     100 phone charges', '           and 5 km']
    >>> fold("\x1b[2m  like     100 phone charges and 5 km", 28, CARD)[1]
    '           and 5 km'
    """
    if columns(line) <= width:
        return [line]
    head = MARGIN.match(line)[0]  # type: ignore[index]  # it matches nothing, too
    indent = columns(head)
    further = " " * min(indent if hang is None or not indent else hang, width // 2)
    lines = [head]
    for space, word in re.findall(r"( *)([^ ]+)", line[len(head) :]):
        for piece in _pieces(word, width - len(further)):
            if columns(lines[-1] + space + piece) <= width:
                lines[-1] += space + piece
            else:
                lines.append(further + piece)
            space = ""  # noqa: PLW2901 - only the first piece follows one
    return lines


def _pieces(word: str, width: int) -> Iterator[str]:
    """Split a word that is wider than `width`. A URL stays whole: the terminal folds it and can still open it."""
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
