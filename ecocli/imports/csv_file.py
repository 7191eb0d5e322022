"""
Calls in a CSV file: one that `eco history --format csv` wrote, or any other whose columns `--map` names.

Read as UTF-8 or, with its mark, UTF-16, divided by commas, semicolons or tabs. What is read of a row is the call, not its
figures: these are estimated anew.
"""

import csv
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TextIO

from ecocli.errors import BadData, quoted
from ecocli.imports import files as below
from ecocli.imports.calls import LogCall, call, moment, rejected
from ecocli.imports.csv_columns import REQUESTS, Columns, columns
from ecocli.imports.log_file import LogFile
from ecocli.imports.source import LogSource, Piece
from ecocli.ingest import fields as f
from ecocli.ingest.reading import Rejected
from ecocli.store.imports import Position
from ecocli.util.formulas import restored

NAME = "csv"
SEPARATORS = (",", ";", "\t")
MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
GROUPED = re.compile(r"[1-9]\d{0,2}([.,'’ \u00a0\u202f])\d{3}(?:\1\d{3}){0,6}", re.ASCII)
WHOLE = re.compile(r"(\d{1,20})(?:[.,]0+)?", re.ASCII)
DECIMAL = re.compile(r"\d+(?:[.,]\d+)?(?:[eE][+-]?\d+)?", re.ASCII)
TIMES = ("startTimeMs", "firstTokenTimeMs", "endTimeMs")
DECIMALS = ("measured_wh", "load_ms", "prompt_ms", "generation_ms")
FLAGS = ("is_estimated", "control")
JSON = ("tags", "server_tool_calls")
TRUTHS = {"true": True, "false": False}
PORTION = 5000
"""Rows that are handed on together."""


def source(wanted: Mapping[str, str]) -> LogSource:
    """The source that reads columns by a map of `csv_columns.parse_map`; empty for eco's own."""
    return LogSource(NAME, "a CSV file", lambda _: [], _files, read_whole=partial(_read, wanted), many_providers=True)


def _files(root: Path) -> Iterator[Path]:
    return below.below(root, r".*\.csv") if root.is_dir() else iter([root])


def _read(wanted: Mapping[str, str], file: LogFile, _: Position | None) -> Iterator[Piece]:
    """The rows, always from the first: the same file may be read again by another map."""
    same: Counter[str] = Counter()
    portion: list[LogCall | Rejected] = []
    with _opened(file) as stream:
        rows = _rows(stream)
        header = [name.strip() for name in next(rows, [])]
        found = columns(header, wanted)
        for cells in rows:
            if any(cell.strip() for cell in cells):
                portion.append(_call(file, rows.line_num, header, cells, found, same))
            if len(portion) >= PORTION:
                yield Piece(portion, Position(""))
                portion = []
    yield Piece(portion, Position(""))


@contextmanager
def _opened(file: LogFile) -> Iterator[TextIO]:
    try:
        with file.path.open("rb") as start:
            encoding = MARKS.get(start.read(2), "utf-8-sig")
        with file.path.open(encoding=encoding, newline="") as stream:
            yield stream
    except OSError as error:
        raise below.unreadable(file.path, error) from error
    except UnicodeDecodeError as error:
        raise BadData("neither UTF-8 nor UTF-16 with its mark") from error
    except csv.Error as error:
        raise BadData(f"not CSV: {error}") from error


def _rows(stream: TextIO) -> Any:
    """A reader of the csv module; the line `sep=;` that spreadsheets write first names the separator."""
    first = stream.readline()
    if named := re.fullmatch("sep=(.)\\s*", first):
        return csv.reader(stream, delimiter=named[1])
    stream.seek(0)
    return csv.reader(stream, delimiter=max(SEPARATORS, key=first.count))


def _call(file: LogFile, line: int, header: list[str], cells: list[str], found: Columns, same: Counter[str]) -> LogCall | Rejected:
    try:
        fields = _fields(header, cells, found)
    except BadData as error:
        return rejected(file, line, error)
    if "id" not in fields:
        fields["id"] = _numbered(f.body_id(sorted(fields.items())), same)
    return call(file, line, NAME, {"source": NAME, **fields})


def _fields(header: list[str], cells: list[str], found: Columns) -> dict[str, Any]:
    """The fields of a row. BadData where it is cut off, has no time, or adds up several calls, of which no single one can be known."""
    if len(cells) < len(header):
        raise BadData(f"{len(cells)} columns where the header has {len(header)}")
    fields = {field: _value(field, header[at], cells[at]) for field, at in found.items() if cells[at].strip()}
    if (requests := fields.pop(REQUESTS, 1)) != 1:
        column = quoted(header[found[REQUESTS]])
        raise BadData(f"column {column}: {requests:,} calls in one row; energy depends on the counts of each call, and the row has sums")
    if "startTimeMs" not in fields:
        raise BadData(f"column {quoted(header[found['startTimeMs']])}: no time")
    return fields


def _numbered(digest: str, same: Counter[str]) -> str:
    """Equal rows are told apart by their number, which another export with the same rows counts alike."""
    same[digest] += 1
    return digest if same[digest] == 1 else f"{digest}:{same[digest]}"


def _value(field: str, column: str, cell: str) -> Any:
    """The value of a cell. BadData that names the column."""
    text = restored(cell).strip()
    if field in TIMES:
        return _checked(moment(text), column, "a time: ISO 8601, or seconds or milliseconds since 1970", text)
    if field in DECIMALS:
        return _checked(float(text.replace(",", ".")) if DECIMAL.fullmatch(text) else None, column, "a number", text)
    if field in FLAGS:
        return _checked(TRUTHS.get(text.casefold()), column, "true or false", text)
    if field in JSON:
        return _object(column, text)
    return _count(column, text) if field in (REQUESTS, "concurrency") or field.endswith("_tokens") else text


def _checked(value: Any, column: str, what: str, text: str) -> Any:
    if value is None:
        raise BadData(f"column {quoted(column)}: must be {what}, not {quoted(text)}")
    return value


def _count(column: str, text: str) -> int:
    """A whole number, its thousands grouped in any usual way."""
    if GROUPED.fullmatch(text):
        return int("".join(filter(str.isdecimal, text)))
    return int(_checked(WHOLE.fullmatch(text), column, "a count", text)[1])


def _object(column: str, text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    return dict(_checked(found if isinstance(found, dict) else None, column, "a JSON object", text))
