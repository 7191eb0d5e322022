"""An export as rows of named cells: CSV or JSON, compressed or not. Nested names of JSON and of CSV are one and the same."""

import csv
import gzip
import io
import re
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from ecocli.core.supplier_figures import LONGEST, MOST_KG
from ecocli.errors import BadData, MissingFile, quoted
from ecocli.ingest import documents

GZIP = b"\x1f\x8b"
BINARY = {b"PAR1": "Parquet", b"PK\x03\x04": "a spreadsheet"}
SEPARATORS = (",", ";", "\t")
FIRST_OF_MONTH = re.compile(r"([12]\d{3}-(?:0[1-9]|1[0-2]))(?:-01(?:[T ].*)?)?")
DECIMAL = re.compile(r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
MOST_LEVELS = 4
"""Of names inside one another; no export has more."""
NOTHING = ("", "null")
"""Cells, in lower case, that hold nothing."""


class Row(NamedTuple):
    """One row."""

    where: str
    """Such as "line 3"."""
    cells: Mapping[str, Any]
    """By the normal name of the column, see `normal`."""
    fault: BadData | None = None
    """Why the row cannot be read; it has no cells then."""

    def bad(self, column: str, rule: str) -> BadData:
        """The fault of a cell."""
        return BadData(f"column {column}: {rule}, not {quoted(self.cells.get(column) or '')}")

    def text(self, column: str) -> str | None:
        """What stands in a cell; None where nothing does."""
        value = self.cells.get(column)
        text = "" if value is None else str(value).strip()
        if len(text) > LONGEST or not text.isprintable():
            raise self.bad(column, f"must be text of at most {LONGEST} characters on one line")
        return None if text.casefold() in NOTHING else text

    def needed(self, column: str) -> str:
        text = self.text(column)
        if text is None:
            raise BadData(f"column {column}: nothing in it")
        return text

    def amount(self, column: str) -> float | None:
        """A number that is not below zero; None where there is none."""
        text = self.text(column)
        if text is None:
            return None
        if not DECIMAL.fullmatch(text) or (value := float(text)) > MOST_KG:
            raise self.bad(column, f"must be a number from 0 to {MOST_KG:g}")
        return value

    def month(self, column: str) -> str:
        """The month that a day or a moment begins, such as 2026-01."""
        if found := FIRST_OF_MONTH.fullmatch(self.needed(column)):
            return found[1]
        raise self.bad(column, "must be the first day of a month")


class Export(NamedTuple):
    """What a file holds."""

    columns: frozenset[str]
    """Normal names, see `normal`."""
    rows: list[Row]
    is_page: bool = False
    """More pages follow it."""


def normal(name: str) -> str:
    """
    A column's name in lower case, nested names joined by an underscore.

    >>> normal(" carbon_footprint_kgCO2e.scope2.location_based")
    'carbon_footprint_kgco2e_scope2_location_based'
    """
    return name.strip().casefold().replace(".", "_")


def opened(path: Path) -> Export:
    """
    The export in a file.

    Raises:
        MissingFile: There is no such file.
        BadData: It cannot be read, or is neither CSV nor JSON.
    """
    data = _bytes(path)
    for mark, what in BINARY.items():
        if data.startswith(mark):
            raise BadData(f"{quoted(path.name, 200)} is {what}", "export it as CSV or JSON")
    if documents.is_utf_16(data):
        data = documents.from_utf_16(data)
    data = data.removeprefix(b"\xef\xbb\xbf")
    if not data.strip():
        raise BadData(f"{quoted(path.name, 200)} is empty")
    return _json(data, path.name) if data.lstrip().startswith((b"{", b"[")) else _csv(data, path.name)


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = documents.read_all(file)
        return documents.read_all(gzip.GzipFile(fileobj=io.BytesIO(data))) if data.startswith(GZIP) else data  # type: ignore[arg-type]  # it reads like any file
    except FileNotFoundError as error:
        raise MissingFile(f"no file {quoted(str(path), 200)}") from error
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise BadData(f"{quoted(path.name, 200)} is damaged: it cannot be unpacked") from error
    except OSError as error:
        raise BadData(f"{quoted(str(path), 200)} cannot be read: {(error.strerror or 'unknown reason').lower()}") from error


def _csv(data: bytes, name: str) -> Export:
    try:
        text = data.decode()
        first = text.partition("\n")[0]
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(SEPARATORS, key=first.count))
        columns = [normal(column) for column in next(reader)]
        if len(set(columns)) < len(columns):
            twice = next(column for at, column in enumerate(columns) if column in columns[:at])
            raise BadData(f"{quoted(name, 200)}: two columns are called {quoted(twice)}")
        rows = [_cells(columns, f"line {reader.line_num}", cells) for cells in reader if any(cell.strip() for cell in cells)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadData(f"{quoted(name, 200)} is no CSV or JSON in UTF-8") from error
    return Export(frozenset(columns), rows)


def _cells(columns: list[str], where: str, cells: list[str]) -> Row:
    if len(cells) < len(columns):
        return Row(where, {}, BadData(f"{len(cells)} columns where the header has {len(columns)}"))
    return Row(where, dict(zip(columns, cells, strict=False)))


def _json(data: bytes, name: str) -> Export:
    """An array, a page of an API's answer, or an object per line; fields that are null are often left out."""
    is_page = False
    try:
        whole = documents.parse(data)
    except BadData:
        found: list[tuple[str, Any]] = list(_lines(data))
        if isinstance(found[0][1], BadData):  # the very first line: it is no file of lines
            raise BadData(f"{quoted(name, 200)}: {found[0][1]}") from None
    else:
        if isinstance(whole, dict) and isinstance(whole.get("value"), list):
            is_page = bool(whole.get("@odata.nextLink"))
            whole = whole["value"]
        found = [(f"row {at}", each) for at, each in enumerate(whole if isinstance(whole, list) else [whole], 1)]
    rows = [_object(where, each) for where, each in found]
    return Export(frozenset(column for row in rows for column in row.cells), rows, is_page)


def _object(where: str, found: Any) -> Row:
    if isinstance(found, dict):
        return Row(where, dict(_flat(found)))
    return Row(where, {}, found if isinstance(found, BadData) else BadData("not a JSON object"))


def _lines(data: bytes) -> Iterator[tuple[str, Any]]:
    for number, line in documents.lines(io.BytesIO(data)):
        try:
            yield f"line {number}", documents.parse(line)
        except BadData as error:
            yield f"line {number}", error


def _flat(value: Mapping[str, Any], before: str = "", levels: int = MOST_LEVELS) -> Iterator[tuple[str, Any]]:
    for name, inner in value.items():
        if isinstance(inner, dict):
            yield from _flat(inner, f"{before}{name}.", levels - 1) if levels > 1 else ()
        elif not isinstance(inner, list):
            yield normal(before + name), inner
