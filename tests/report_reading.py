"""Figures of a report, read from each format as its readers do: from tables by their captions, headers and units."""

import csv
import io
import re
from html.parser import HTMLParser
from typing import Any

Table = list[list[str]]
"""Cells by row, the header first."""

TONNES = {"tCO2e": 1.0, "kgCO2e": 1e-3, "gCO2e": 1e-6, "mgCO2e": 1e-9}
MWH = {"MWh": 1.0, "kWh": 1e-3, "Wh": 1e-6, "mWh": 1e-9}
M3 = {"m³": 1.0, "L": 1e-3, "mL": 1e-6}
UNITS = TONNES | MWH | M3
DIGITS = 3
"""Significant ones that a report for people has."""


class Tables(HTMLParser):
    """The tables of an HTML page, by their caption or the heading above them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: dict[str, Table] = {}
        self._heading, self._text, self._table = "", "", []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag == "table":
            self._table = []
        elif tag == "tr":
            self._table.append([])
        if tag in ("h2", "caption", "th", "td"):
            self._text = ""

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag in ("h2", "caption"):
            self._heading = self._text.strip()
        elif tag in ("th", "td"):
            self._table[-1].append(" ".join(self._text.split()))
        elif tag == "table":
            self.found[self._heading] = self._table


def html_tables(page: str) -> dict[str, Table]:
    return Tables(page).found


def markdown_tables(text: str) -> dict[str, Table]:
    found, heading = {}, ""
    for block in text.split("\n\n"):
        if block.startswith("#"):
            heading = block.lstrip("# ").replace("\\", "")
        elif block.startswith("|"):
            lines = [re.split(r"(?<!\\)\|", line)[1:-1] for line in block.splitlines()]
            found[heading] = [[re.sub(r"\\(.)", r"\1", cell.strip().strip("*")) for cell in line] for at, line in enumerate(lines) if at != 1]
    return found


def text_tables(text: str) -> dict[str, Table]:
    """Of a page that is wide enough for every table: two spaces between columns."""
    found, heading, lines = {}, "", text.split("\n")
    for at, line in enumerate(lines):
        if line.startswith("---"):
            heading = lines[at - 1]
        elif line.endswith(":") and not lines[at - 1]:
            heading = line[:-1]
        if "  " in line and heading:
            found.setdefault(heading, []).append(re.split(r"\s{2,}", line.strip()))
    return found


TABLES = {"html": html_tables, "md": markdown_tables, "text": text_tables}


def column(table: Table, ends: str, unit_of: dict[str, float], where: int = 0) -> dict[str, float]:
    """
    Figures of the first column whose header has one of these units and ends so, by the cell in column `where`.

    They are in MWh, tonnes or m³.
    """
    names = table[0]
    at, unit = next((at, found[0]) for at, name in enumerate(names) if name.endswith(ends) and (found := [each for each in unit_of if re.match(rf"{each}\b|.*, {each}\b", name)]))
    return {row[where]: number(row[at - len(names)]) * unit_of[unit] for row in table[1:] if len(row) >= len(names) - 1}


def number(text: str) -> float:
    """
    >>> number("1,234 (5 to 6)"), number("0")
    (1234.0, 0.0)
    """
    return float(text.split(" ", maxsplit=1)[0].replace(",", ""))


def is_rounded(shown: float, exact: float) -> bool:
    """
    Whether the one is the other to three significant digits.

    >>> is_rounded(1.23, 1.2349), is_rounded(1.23, 1.2351), is_rounded(0, 0)
    (True, False, True)
    """
    return abs(shown - exact) <= 0.5000001 * 10.0 ** (-(DIGITS - 1)) * _magnitude(exact)


def _magnitude(value: float) -> float:
    return 10.0 ** int(f"{value:e}".partition("e")[2]) if value else 0.0


def csv_rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))
