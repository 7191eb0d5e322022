"""History as CSV, as one object per line, and as one object that is written while its rows come."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, TextIO

from ecocli.contract.history import COLUMNS, FLAT, flat, pagination, values
from ecocli.store.history_rows import HistoryRow


def write_csv(calls: Iterable[HistoryRow], out: TextIO, columns: Sequence[str] = COLUMNS, *, header: bool = True) -> None:
    """RFC 4180 with a header, unless these are further rows; no cell of text is run as a formula by a spreadsheet."""
    from ecocli.render import spreadsheet

    writer = spreadsheet.writer(out)
    if header:
        writer.writerow(columns)
    places = None if columns == COLUMNS else [COLUMNS.index(name) for name in columns]
    every = map(values, calls)
    writer.writerows(map(spreadsheet.cells, every if places is None else ([row[at] for at in places] for row in every)))


def write_full_csv(rows: Iterable[dict[str, Any]], out: TextIO) -> None:
    """Full rows, with ranges and without what no cell can hold."""
    from ecocli.render import spreadsheet

    writer = spreadsheet.writer(out)
    writer.writerow(FLAT)
    writer.writerows(spreadsheet.cells(flat(row)) for row in rows)


def write_ndjson(rows: Iterable[dict[str, Any]], out: TextIO) -> None:
    """One compact object per line, as they come."""
    out.writelines(json.dumps(body, ensure_ascii=out.isatty(), separators=(",", ":")) + "\n" for body in rows)


def write_json(rows: Iterable[dict[str, Any]], out: TextIO) -> None:
    """All rows as one page, written as they come: their number stands at the end."""
    out.write('{"status": "success", "data": ')
    count = _write_elements(rows, out)
    out.write(f', "pagination": {json.dumps(pagination(count, min(count, 1), 1, count))}}}\n')


def write_list(rows: Iterable[dict[str, Any]], out: TextIO) -> None:
    """All rows as a list, written as they come."""
    _write_elements(rows, out)
    out.write("\n")


def _write_elements(rows: Iterable[dict[str, Any]], out: TextIO) -> int:
    """Write a list, and count it."""
    count = 0
    for count, body in enumerate(rows, 1):
        out.write((",\n" if count > 1 else "[\n") + json.dumps(body, ensure_ascii=out.isatty()))
    out.write("\n]" if count else "[]")
    return count
