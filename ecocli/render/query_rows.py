"""Rows of a query as JSON, as CSV and in a table: any value that SQLite has, and no name that a program of eco's has chosen."""

from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from math import isfinite
from typing import Any, TextIO

from ecocli.core.numbers import significant

NUMBERS = (int, float, type(None))


def objects(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[dict[str, Any]]:
    """Each row by the names of its columns; bytes as sqlite-utils writes them, and null for what JSON has no number for."""
    for row in rows:
        yield dict(zip(columns, map(_json, row), strict=True))


def _json(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"$base64": True, "encoded": b64encode(value).decode()}
    return None if isinstance(value, float) and not isfinite(value) else value


def write_csv(columns: Sequence[str], rows: Iterable[Sequence[Any]], out: TextIO, has_head: bool) -> None:
    """RFC 4180; bytes as hexadecimal digits."""
    from ecocli.render import spreadsheet

    writer = spreadsheet.writer(out)
    if has_head:
        writer.writerow(spreadsheet.cells(columns))
    writer.writerows(spreadsheet.cells(value.hex() if isinstance(value, bytes) else value for value in row) for row in rows)


def justified(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[tuple[str, str]]:
    """Columns of a table: numbers on the right."""
    numeric = [all(isinstance(row[at], NUMBERS) for row in rows) for at in range(len(columns))]
    return [(name, "right" if is_number else "left") for name, is_number in zip(columns, numeric, strict=True)]


def shown(row: Sequence[Any]) -> list[Any]:
    """
    The cells of a table; a fraction with six digits, a whole number as it is.

    >>> shown([1234567, 0.123456789, None, "a", b"\\x01"])
    ['1234567', '0.123457', None, 'a', '01']
    """
    return [_cell(value) for value in row]


def _cell(value: Any) -> str | None:
    if isinstance(value, float):
        return significant(value, 6).replace(",", "")
    if isinstance(value, bytes):
        return value.hex()
    return None if value is None else str(value)
