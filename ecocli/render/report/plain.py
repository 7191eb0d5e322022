"""The whole report as plain text."""

from collections.abc import Iterator

from ecocli.core.dates import iso
from ecocli.render.card import BOLD, styled
from ecocli.render.fold import columns, fold
from ecocli.render.report import grid
from ecocli.render.report.sections import filters_text, headline, notices, period_text, sections
from ecocli.render.report.text import Section, shown
from ecocli.reports import Report, statements


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
    title = shown(section.title)
    yield from ("", styled(title, BOLD, colour), "-" * columns(title))
    yield from map(shown, section.sentences)
    yield from (f"- {shown(point)}" for point in section.points)
    for table in section.tables:
        yield ""
        if table.caption != section.title:
            yield f"{shown(table.caption)}:"
        yield from grid.lines(table, width)
