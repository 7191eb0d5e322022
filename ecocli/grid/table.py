"""A CSV file as a header and rows of text, whatever separates its columns, and its cells as numbers and times."""

import csv
import math
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from ecocli.errors import BadData, MissingFile, quoted, shorten

THOUSANDS = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d*)?")
"""Numbers as in 1,234.5; another comma may be a decimal one."""
SEPARATORS = (",", ";", "\t")
MOST_HEADER_CHARACTERS = 100_000
NO_OFFSET = timedelta(0)
MOST_TIMES = 10_000
"""Half a year of hours, which a file of many areas repeats for each of them."""
NO_VALUES = ("", "-", "n/e", "n/a", "nan", "null")
"""Cells, in lower case, that say that there is no value."""


class Row(NamedTuple):
    """Cells by the normal name of their column, and the line of the file."""

    line: int
    cells: dict[str, str]

    def bad(self, column: str, rule: str) -> BadData:
        """The fault of a cell."""
        return BadData(f"line {self.line}: {shorten(column)}: {rule}, not {quoted(self.cells.get(column, ''))}", code="bad-grid-file")

    def number(self, column: str) -> float | None:
        """The number in a cell; None where there is none."""
        text = self.cells[column].strip()
        if text.lower() in NO_VALUES:
            return None
        try:
            value = float(text.replace(",", "") if THOUSANDS.fullmatch(text) else text)
        except ValueError:
            raise self.bad(column, "must be a number") from None
        if not math.isfinite(value):
            raise self.bad(column, "must be a number")
        return value

    def time(self, column: str, formats: tuple[str, ...] = ()) -> datetime:
        """The moment in a cell, in UTC: ISO 8601, or one of the formats."""
        try:
            return _moment(self.cells[column].strip(), formats)
        except (ValueError, OverflowError):
            raise self.bad(column, "must be a time") from None


@lru_cache(maxsize=MOST_TIMES)
def _moment(text: str, formats: tuple[str, ...]) -> datetime:
    for format in formats:
        with suppress(ValueError):
            return datetime.strptime(text, format)  # noqa: DTZ007 - the layouts' times are in UTC
    moment = datetime.fromisoformat(text)
    return (moment - (moment.utcoffset() or NO_OFFSET)).replace(tzinfo=None)


class Table(NamedTuple):
    """An open file. `rows` can be gone through once."""

    columns: tuple[str, ...]
    """Normal names, see `normal`."""
    rows: Iterator[Row]


def normal(name: str) -> str:
    """
    A column's name in lower case, with single spaces.

    >>> normal("Biomass  - Actual Aggregated [MW]")
    'biomass - actual aggregated [mw]'
    """
    return " ".join(name.lower().split())


@contextmanager
def opened(path: Path) -> Iterator[Table]:
    """
    The table in a file.

    Raises:
        MissingFile: There is no such file.
        BadData: It cannot be read, or is no table of text; inside of the context as well.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            first = file.readline(MOST_HEADER_CHARACTERS)
            separator = max(SEPARATORS, key=first.count)
            columns = tuple(map(normal, next(csv.reader([first], delimiter=separator), [])))
            yield Table(columns, _rows(file, separator, columns))
    except FileNotFoundError as error:
        raise MissingFile(f"no file {quoted(str(path), 200)}") from error
    except OSError as error:
        raise BadData(f"{quoted(str(path), 200)} cannot be read: {(error.strerror or 'unknown reason').lower()}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadData(f"{quoted(str(path), 200)} is no table of UTF-8 text", code="bad-grid-file") from error


def _rows(file: Iterator[str], separator: str, columns: tuple[str, ...]) -> Iterator[Row]:
    for line, cells in enumerate(csv.reader(file, delimiter=separator), start=2):
        if cells:
            if len(cells) < len(columns):
                raise BadData(f"line {line}: {len(cells)} columns where the header has {len(columns)}: the file is cut off", code="bad-grid-file")
            yield Row(line, dict(zip(columns, cells, strict=False)))
