"""The report as Markdown that reads well as plain text too."""

import re
from collections.abc import Iterable, Iterator

from ecocli.core.dates import iso
from ecocli.render.report.sections import filters_text, headline, notices, period_text, sections
from ecocli.render.report.text import RIGHT, SOURCE, Section, Table, shown, split_url
from ecocli.reports import Report, statements

SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~!&$@]|:(?=//)|(?<=\bwww)\.)")
"""Characters with a meaning in Markdown or in HTML and formulas inside it, and those that make a bare URL a link."""
WORD = re.compile(r"(?<=\w)\\_(?=\w)")
"""An escaped underscore inside a word, where it needs no escape."""


def markdown(report: Report) -> str:
    """The whole report."""
    return "\n\n".join(_parts(report)) + "\n"


def escaped(text: str) -> str:
    r"""
    Escape text so that Markdown shows it unchanged.

    >>> escaped("a_b <img> *c* | d")
    'a_b \\<img\\> \\*c\\* \\| d'
    """
    return WORD.sub("_", SPECIAL.sub(r"\\\1", shown(text)))


def _parts(report: Report) -> Iterator[str]:
    yield f"# {statements.TITLE}"
    yield f"**{statements.LABEL}**"
    about = {"Period": period_text(report), "Calls": filters_text(report), "Made": iso(report.now_ms)}
    yield "\n".join(f"- {name}: {escaped(text)}" for name, text in about.items())
    yield from map(escaped, notices(report))
    figures = (f"- {figure.name}: **{figure.value} {figure.unit}** ({figure.note})" for figure in headline(report))
    yield "\n".join(figures)
    for section in sections(report):
        yield from _section(section)


def _section(section: Section) -> Iterator[str]:
    yield f"## {section.title}"
    yield from map(escaped, section.sentences)
    if section.points:
        yield "\n".join(f"- {escaped(point)}" for point in section.points)
    for table in section.tables:
        yield from _table(table, section.title)


def _table(table: Table, title: str) -> Iterator[str]:
    if table.caption != title:
        yield f"### {escaped(table.caption)}"
    if not table.rows:
        yield "None."
        return
    rules = ["---:" if justify == RIGHT else "---" for _, justify in table.columns]
    lines = [_line(escaped(header) for header, _ in table.columns), _line(rules)]
    lines += [_line(_cell(text, header) for text, (header, _) in zip(cells, table.columns, strict=True)) for cells in table.rows]
    if table.total:
        lines.append(_line(f"**{escaped(cell)}**" if cell else "" for cell in table.total))
    yield "\n".join(lines)


def _cell(text: str, header: str) -> str:
    """Escape a cell; only the URL of a source becomes a link."""
    before, url, after = split_url(text) if header == SOURCE else (text, None, "")
    return f"{escaped(before)}<{url}>{escaped(after)}" if url else escaped(text)


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
