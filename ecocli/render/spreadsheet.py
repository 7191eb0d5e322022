"""CSV as RFC 4180 has it, in which no cell of text is run as a formula, and which does not drive a terminal."""

import csv
import json
from collections.abc import Iterable
from typing import Any, TextIO

from ecocli.errors import plain

FORMULA_STARTS = frozenset("=+-@\t\r\n＝＋－＠")
"""A spreadsheet runs a cell that begins so; some take the wide forms for the same."""
WRITTEN_OUT = {str, bool, dict}
"""Types of cells that are not simply numbers."""
END = "\r\n"
"""Of a row, by RFC 4180."""
_json = json.JSONEncoder(ensure_ascii=False).encode


class Screen:
    """A terminal that is written to: what would turn its writing around or drive it is shown as an escape."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def write(self, text: str) -> None:
        """One row with its end."""
        self._out.write(plain(text.removesuffix(END)) + END)


def writer(out: TextIO) -> Any:
    """One of the csv module's, for a file or a terminal."""
    return csv.writer(Screen(out) if out.isatty() else out)


def cells(values: Iterable[Any]) -> list[Any]:
    """Numbers as they are; text so that no spreadsheet runs it."""
    return [_cell(value) if type(value) in WRITTEN_OUT else value for value in values]


def _cell(value: str | bool | dict[str, str]) -> str:
    if isinstance(value, str):
        return f"'{value}" if value[:1] in FORMULA_STARTS else value
    if isinstance(value, bool):
        return "true" if value else "false"
    return _json(value) if value else "{}"
