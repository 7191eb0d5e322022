"""The report as a workbook: every table of its JSON on a sheet. Imports openpyxl, so it is imported only for this format."""

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby
from math import ceil
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from ecocli.contract.report import body
from ecocli.render.report import cells
from ecocli.render.report.sheets import ABOUT, HIGH, ITEM, LOW, NAME, VALUE, Path, Sheet, sheets
from ecocli.render.report.text import SOURCE, split_url
from ecocli.reports import Report

AGREES, DIFFERS = "agrees", "differs"
CLOSE = "1E-9"
"""Of the total: what sums of rounded figures may differ by. [1]"""
NARROWEST, WIDEST, PAGE = 8, 60, 180
"""Of a column, and of the columns that are still read on one sheet of paper. [characters]"""
LONGEST_LINK = 2079
A4 = 9
ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The same report is the same bytes, whenever it is written."""
LINE, HIGHEST = 15, 409
"""Height of a line of text, and the most that a row can have. [pt]"""
FONT = {"name": "Calibri", "size": 11}
BOLD, LINK = Font(**FONT, bold=True), Font(**FONT, color="0563C1", underline="single")
TEXT, NUMBER = Alignment(horizontal="left", vertical="top", wrap_text=True, indent=1), Alignment(horizontal="right", vertical="top", wrap_text=True)
HEADER, RED = PatternFill("solid", fgColor="E2EFDA"), PatternFill("solid", bgColor="FFC7CE")


def xlsx(report: Report) -> bytes:
    """The whole report as a file."""
    return workbook(body(report), report.now_ms)


def workbook(report: Mapping[str, Any], now_ms: int) -> bytes:
    """
    A workbook of the JSON of a report.

    Args:
        now_ms: When the report was made, which the file says of itself. [ms since 1970, UTC]
    """
    book = Workbook()
    book.remove(book.active)
    made = Book(book, list(sheets(report)))
    made.write()
    book.calculation.fullCalcOnLoad = True
    book.properties.creator = "eco"
    book.properties.created = book.properties.modified = datetime.fromtimestamp(now_ms / 1000, UTC).replace(tzinfo=None, microsecond=0)
    return _file(book)


class Book:
    """Sheets on their way into a workbook. Where a total stands has to be known before it is written."""

    def __init__(self, book: Workbook, tables: Sequence[Sheet]) -> None:
        self._tables = tables
        self._sheets: dict[Path, Worksheet] = {}
        taken: set[str] = set()
        for table in tables:
            if table.columns or table.path == ABOUT:
                name = cells.title(table.path, taken)
                taken.add(name.lower())
                self._sheets[table.path] = book.create_sheet(name)
        self._checks: list[str] = []

    def write(self) -> None:
        for table in self._tables:
            if table.columns:
                self._write(table, self._sheets[table.path])
        self._contents(self._sheets[ABOUT])
        for sheet in self._sheets.values():
            _fit(sheet)

    def _write(self, table: Sheet, sheet: Worksheet) -> None:
        columns = table.columns
        for at, name in enumerate(columns, 1):
            cell = sheet.cell(1, at)
            _put_text(cell, cells.header(name) if table.is_list else name)
            is_number = any(isinstance(row.get(name), int | float) for row in table.rows)
            cell.font, cell.fill, cell.alignment = BOLD, HEADER, NUMBER if is_number else TEXT
        for at, row in enumerate(table.rows, 2):
            for name, value in row.items():
                figure = name if table.is_list else row[ITEM]
                _put(sheet.cell(at, columns.index(name) + 1), figure, cells.words(value) if (name, figure) == (ITEM, value) else value)
        _set_up(sheet, len(columns), len(table.rows) + 1)
        self._sums(table, sheet, columns)

    def _sums(self, table: Sheet, sheet: Worksheet, columns: Sequence[str]) -> None:
        """Below a table: the sum of each column that has a total elsewhere, that total, and whether they agree."""
        totals = {at: found for at, name in enumerate(columns, 1) if (found := self._total(table.total, name))}
        if not totals:
            return
        for group, first, last in _groups(table):
            start = sheet.max_row + 2
            for at, label in enumerate(("sum", "total of the report", "check")):
                _put_text(sheet.cell(start + at, 1), f"{label}: {group}" if group else label)
                sheet.cell(start + at, 1).font = BOLD
            for at, total in totals.items():
                letter = get_column_letter(at)
                formulas = (f"SUM({letter}{first}:{letter}{last})", total, _agree(f"{letter}{start}", f"{letter}{start + 1}"))
                for below, formula in enumerate(formulas):
                    cell = sheet.cell(start + below, at, f"={formula}")
                    cell.number_format, cell.font = sheet.cell(first, at).number_format, BOLD
            row = f"{get_column_letter(min(totals))}{start + 2}:{get_column_letter(max(totals))}{start + 2}"
            sheet.conditional_formatting.add(row, CellIsRule("equal", [f'"{DIFFERS}"'], fill=RED))
            self._checks.append(f"{quote_sheetname(sheet.title)}!{row}")

    def _total(self, path: Path | None, name: str) -> str | None:
        """The cell of the total of a column, where there is one."""
        if path is None:
            return None
        for table in self._tables:
            (figure, column), columns, row = _ends(name), table.columns, None
            if table.path == path and not table.is_list:
                row = next((at for at, each in enumerate(table.rows, 2) if each[ITEM] == figure), None)
            elif table.path == path[:-1] and NAME in columns:
                row = next((at for at, each in enumerate(table.rows, 2) if each[NAME] == path[-1]), None)
                column = name
            if row and column in columns:
                return f"{quote_sheetname(self._sheets[table.path].title)}!{get_column_letter(columns.index(column) + 1)}{row}"
        return None

    def _contents(self, sheet: Worksheet) -> None:
        """Whether all sums agree, and every table with its number of rows, on the first sheet."""
        at = sheet.max_row + 2
        _put_text(sheet.cell(at, 1), "sums that differ from the report's totals")
        sheet.cell(at, 2, "=" + ("+".join(f'COUNTIF({each},"{DIFFERS}")' for each in self._checks) or "0")).font = BOLD
        for cell, name in zip((sheet.cell(at + 2, 1), sheet.cell(at + 2, 2)), ("table", "rows"), strict=True):
            _put_text(cell, name)
            cell.font, cell.fill = BOLD, HEADER
        for below, table in enumerate(self._tables[1:], at + 3):
            cell, rows = sheet.cell(below, 1), sheet.cell(below, 2)
            there = self._sheets.get(table.path)
            _put_text(cell, cells.words(" ".join(table.path)) if there is None else there.title)
            if there is not None:
                cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"{quote_sheetname(there.title)}!A1")
                cell.font = LINK
            _put(rows, "rows", len(table.rows))
        for (cell,) in sheet["B1":f"B{sheet.max_row}"]:
            cell.alignment = TEXT  # words and numbers in one column


def _groups(table: Sheet) -> Iterator[tuple[str, int, int]]:
    """(name, first row, last row) of the tables on a sheet."""
    first = 2
    for name, rows in groupby(table.rows, lambda row: str(next(iter(row.values()))) if table.is_grouped else ""):
        count = len(list(rows))
        yield name, first, first + count - 1
        first += count


def _ends(name: str) -> tuple[str, str]:
    """(figure, column that it has on a sheet of one figure a row)"""
    figure, _, end = name.rpartition(" ")
    return (figure, end) if figure and end in (LOW, HIGH) else (name, VALUE)


def _agree(sum: str, total: str) -> str:
    return f'IF(ABS({sum}-{total})<={CLOSE}*ABS({total}),"{AGREES}","{DIFFERS}")'


def _put(cell: Cell, name: str, value: Any) -> None:
    """Write a value that the column, or the figure, of this name has."""
    cell.alignment = NUMBER
    if isinstance(value, str):
        _put_text(cell, value)
        if name == SOURCE:
            _link(cell, value)
    elif isinstance(value, bool) or value is None:
        cell.value = value
    else:
        cell.value, cell.data_type = repr(value), "n"  # openpyxl would write sixteen digits
        cell.number_format = cells.number_format(name, value)


def _put_text(cell: Cell, value: str) -> None:
    """A cell of text, whatever it begins with, and after it was edited too."""
    cell.value = cells.text(value)
    cell.data_type, cell.alignment = "s", TEXT
    cell.quotePrefix = cells.looks_like_a_formula(value)


def _link(cell: Cell, source: str) -> None:
    _, url, _ = split_url(source)
    if url and len(url) <= LONGEST_LINK:
        cell.hyperlink, cell.font = url, LINK


def _set_up(sheet: Worksheet, columns: int, rows: int) -> None:
    """How the sheet is read on a screen and on paper."""
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(columns)}{rows}"
    sheet.print_title_rows, sheet.print_title_cols = "1:1", "A:A"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", A4
    sheet.page_setup.fitToHeight = 0  # as many pages as there are
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddFooter.left.text, sheet.oddFooter.right.text = "&A", "&P / &N"


def _fit(sheet: Worksheet) -> None:
    """Columns as wide as what they hold, up to a limit, and rows as high as their longest text then is."""
    heights: dict[int, int] = {}
    widths = []
    for header, *cells_below in sheet.iter_cols():
        longest_word = max(map(len, _read(header).split(" ")))  # a header goes on in the next line
        longest_line = max((len(line) for cell in cells_below for line in _read(cell).split("\n")), default=0)
        width = min(max(NARROWEST, longest_word, longest_line) + 2, WIDEST)
        widths.append(width)
        sheet.column_dimensions[header.column_letter].width = width
        for cell in (header, *cells_below):
            lines = sum(ceil(len(line) / width) or 1 for line in _read(cell).split("\n"))
            heights[cell.row] = max(heights.get(cell.row, 1), lines)
    for row, lines in heights.items():
        if lines > 1:
            sheet.row_dimensions[row].height = min(LINE * lines, HIGHEST)
    sheet.page_setup.fitToWidth = ceil(sum(widths) / PAGE)


def _read(cell: Cell) -> str:
    """About what a cell shows; a formula shows a number or a word, and a number a few digits."""
    value = cell.value
    if value is None or cell.data_type == "f":
        return ""
    return str(value) if cell.data_type == "s" else format(float(value), ",.6g")


def _file(book: Workbook) -> bytes:
    written, fixed = io.BytesIO(), io.BytesIO()
    ExcelWriter(book, zipfile.ZipFile(written, "w")).save()
    with zipfile.ZipFile(written) as parts, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in parts.infolist():
            archive.writestr(zipfile.ZipInfo(part.filename, ZIP_EPOCH), parts.read(part), zipfile.ZIP_DEFLATED)
    return fixed.getvalue()
