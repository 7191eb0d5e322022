"""CSV by RFC 4180 that is safe to open: spreadsheets run no cell as a formula, and terminals show control characters as escapes."""

import csv
import json
import re
from collections.abc import Iterable
from typing import Any, TextIO

from ecocli.errors import plain
from ecocli.util.formulas import INSIDE, harmless

CONVERTED = {str, bool, dict}
"""Types of values that become text; others are written as they are."""
END = "\r\n"
"""End of a row, by RFC 4180."""
_json = json.JSONEncoder(ensure_ascii=False).encode


class Screen:
    """A terminal as the file of a CSV writer; control characters are written as escapes."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def write(self, text: str) -> None:
        """Write one row with its end."""
        self._out.write(plain(text.removesuffix(END)) + END)


def writer(out: TextIO) -> Any:
    """A writer of the csv module for a file or a terminal."""
    return csv.writer(Screen(out) if out.isatty() else out)


def cells(values: Iterable[Any]) -> list[Any]:
    """The cells of a row: numbers unchanged, text escaped so that no spreadsheet runs it, mappings as JSON."""
    return [_cell(value) if type(value) in CONVERTED else value for value in values]


def _cell(value: str | bool | dict[str, str]) -> str:
    if isinstance(value, str):
        return harmless(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return INSIDE.sub(_escaped, _json(value)) if value else "{}"


def _escaped(found: re.Match[str]) -> str:
    """Write a JSON text with its character as an escape."""
    return f"{found[1]}\\u{ord(found[2]):04x}"
