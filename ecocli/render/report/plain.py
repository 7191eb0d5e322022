"""The report as plain text for a terminal: tables where they fit, else stacked rows."""

from collections.abc import Iterator

from ecocli.core.dates import iso
from ecocli.render.card import BOLD, styled
from ecocli.render.fold import columns, fold
from ecocli.render.report.sections import filters_text, headline, notices, period_text, sections
from ecocli.render.report.text import NONE, RIGHT, Section, Table, shown
from ecocli.reports import Report, statements

GAP, INDENT = "  ", "    "


def plain(report: Report, width: int, colour: bool) -> str:
    """The whole report, no line wider than `width` columns."""
    lines = [*_head(report, colour), *(line for section in sections(report) for line in _section(section, width, colour))]
    return "\n".join(part for line in lines for part in fold(line, width)) + "\n"


def _head(report: Report, colour: bool) -> Iterator[str]:
    yield from (styled(statements.TITLE, BOLD, colour), "", statements.LABEL, "")
    yield f"Period: {period_text(report)}"
    yield f"Calls: {shown(filters_text(report))}"
    yield f"Made: {iso(report.now_ms)}"
    yield ""
    for notice in notices(report):
        yield from (shown(notice), "")
    for figure in headline(report):
        yield f"{figure.name}: {figure.value} {figure.unit} ({figure.note})"


def _section(section: Section, width: int, colour: bool) -> Iterator[str]:
    yield from ("", styled(section.title, BOLD, colour), "-" * columns(section.title))
    yield from section.sentences
    yield from (f"- {point}" for point in section.points)
    for table in section.tables:
        yield ""
        if table.caption != section.title:
            yield f"{table.caption}:"
        yield from _table(table, width)


def _table(table: Table, width: int) -> Iterator[str]:
    rows = [tuple(map(shown, cells)) for cells in (*table.rows, *([table.total] if table.total else []))]
    if not rows:
        yield "none"
        return
    names = tuple(name for name, _ in table.columns)
    widths = [max(map(columns, cells)) for cells in zip(names, *rows, strict=True)]
    if len(names) > 1 and sum(widths) + len(GAP) * (len(widths) - 1) <= width:
        yield from (_aligned(cells, widths, table) for cells in (names, *rows))
    else:
        yield from (line for cells in rows for line in _stacked(cells, table))


def _aligned(cells: tuple[str, ...], widths: list[int], table: Table) -> str:
    """One row of a table, figures aligned right and text left."""
    gaps = (" " * (width - columns(cell)) for cell, width in zip(cells, widths, strict=True))
    padded = (gap + cell if justify == RIGHT else cell + gap for cell, gap, (_, justify) in zip(cells, gaps, table.columns, strict=True))
    return GAP.join(padded).rstrip()


def _stacked(cells: tuple[str, ...], table: Table) -> Iterator[str]:
    """The first cell, and below it the rest in one line: figures with their header, text without."""
    if len(cells) == 1:
        yield f"- {cells[0]}"
        return
    others = list(zip(cells, table.columns, strict=True))[1:]
    rest = [f"{name} {cell}" if justify == RIGHT else cell for cell, (name, justify) in others if cell not in ("", NONE)]
    yield cells[0] or NONE
    if rest:
        yield f"{INDENT}{' · '.join(rest)}"
