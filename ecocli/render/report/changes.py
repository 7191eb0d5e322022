"""The sections on what a report rests on, on another period beside it, and on what it said when it was locked."""

from collections.abc import Iterable, Iterator, Sequence
from math import ceil, log10

from ecocli import __version__
from ecocli.analysis.methods import marked
from ecocli.core.dates import iso
from ecocli.core.numbers import DIGITS, counted, significant
from ecocli.errors import shorten
from ecocli.render.report.text import LEFT, NONE, RIGHT, UNBROKEN, Section, Table, percent, shown
from ecocli.render.report.units import Unit, unit_of
from ecocli.reports import Report, spans
from ecocli.reports.comparison import Comparison
from ecocli.reports.figures import CO2, EMISSIONS, ML, WH, Change
from ecocli.reports.locking import Restatement
from ecocli.store.locked_reports import ADDED, GONE, RECOMPUTED, RENEWED, REPLACED, VOIDED, LockedReport, Since
from ecocli.store.row_digest import FORM

SCALED = {CO2: "g", WH: "Wh", ML: "mL"}
COUNT = "number"
MOST_DIGITS = 9
WHAT = {
    ADDED: "recorded or imported later", RENEWED: "taken anew from a longer log", RECOMPUTED: "recomputed",
    VOIDED: "undone", REPLACED: "replaced", GONE: "forgotten",
}  # fmt: skip
NIL = "a nil report, since no call of it had been recorded"
VERIFY = "eco report --verify FILE makes a report anew that eco wrote as JSON, and says what differs. docs/report.md of eco has the form of the rows that the hash is over, and how to write it without eco."
CAUSES = "What the difference in emissions of electricity consists of; a model that was not called before counts as another mix."


def evidence(report: Report) -> Section:
    rows = [
        ("eco", __version__),
        ("methods", ", ".join(line.name for line in report.methods) or NONE),
        ("data editions", ", ".join(line.name for line in report.editions) or NONE),
        ("rows", f"{report.evidence.calls:,}"),
        ("SHA-256", report.evidence.sha256),
        ("form of rows", FORM),
    ]
    return Section("evidence", "Evidence", (VERIFY,), [Table("Evidence", [("what", LEFT), ("value", LEFT)], rows)])


def evidence_line(report: Report) -> str:
    """The evidence in one line, for the first page of the text."""
    methods, editions = ", ".join(marked(line.name) for line in report.methods), ", ".join(line.name for line in report.editions)
    made = f"eco {__version__}, method {shown(methods or NONE)}, data {shown(editions or NONE)}"
    return f"Evidence: {made}; {counted(report.evidence.calls, 'row')}, SHA-256 {report.evidence.sha256}"


def on_page(report: Report) -> Iterator[Table]:
    """The tables of the first page of the text: emissions alone, and why."""
    if found := report.comparison:
        name = spans.name(found.span, report.tz)
        yield from _emissions(f"Compared with {name}", found.changes, name, "this period")
        if found.causes:
            yield _causes(found, "Why emissions of electricity differ")
    if restated := report.restatement:
        yield from _emissions("Restatement", restated.changes, "locked", "now")
        if restated.since:
            yield _became(restated, "Calls since it was locked")


def _emissions(title: str, found: Sequence[Change], then: str, now: str) -> Iterator[Table]:
    chosen = [change for change in found if change.section == EMISSIONS]
    if chosen:
        table = _table(EMISSIONS, "g", chosen, then, now)
        yield Table("", [(f"{title}, {table.caption.rpartition(' ')[2]}", LEFT), *table.columns[1:]], table.rows)


def _causes(found: Comparison, title: str) -> Table:
    unit = unit_of("g", [abs(cause.co2_g) for cause in found.causes])
    return Table(title, [(title, LEFT), (f"{unit.name}, more or less", RIGHT)], [(cause.name, _signed(unit.figure(cause.co2_g))) for cause in found.causes])


def _became(found: Restatement, title: str) -> Table:
    columns = [(title, LEFT), ("by", LEFT), ("calls", RIGHT), ("when", LEFT)]
    return Table(title, columns, [_since(each) for each in found.since])


def compared(report: Report) -> Iterator[Section]:
    """Another period beside this one."""
    found = report.comparison
    if found is None:
        return
    name = spans.name(found.span, report.tz)
    tables = list(_tables(found.changes, name, "this period"))
    if found.causes:
        tables.insert(0, _causes(found, "Why"))
    sentence = CAUSES if found.causes else "One of the periods has no calls." if not (found.calls and report.total.calls) else ""
    yield Section("comparison", f"Compared with {name}", [text for text in (sentence, *found.notes) if text], tables)


def restated(report: Report) -> Iterator[Section]:
    """What the locked report of this period said, and what has changed since."""
    found = report.restatement
    if found is None:
        return
    tables = [_became(found, "What became of calls")] if found.since else []
    tables += _tables(found.changes, "when it was locked", "now")
    yield Section("restatement", "Restatement", list(_sentences(found, report.organisation.recalculation_threshold)), tables)


def _sentences(found: Restatement, threshold: float | None) -> Iterator[str]:
    yield _locked(found.locked)
    if not found.changes:
        yield "Every figure is as it was then." if found.has_same_rows else "Every figure is as it was then, and the rows are others: their hash differs."
    if found.changes and found.other_settings:
        yield f"Settings are others than then: {', '.join(found.other_settings)}."
    if found.gross.differs and found.gross.share is not None:
        yield f"Emissions of scopes 2 and 3 differ by {_signed_percent(found.gross.share)}."
    if found.recalculate is not None and threshold is not None:
        verdict = "has to be recalculated" if found.recalculate else "need not be recalculated"
        yield f"This is the base year. It {verdict}: the threshold is {percent(threshold)}."
    yield from (_locked(each) for each in found.earlier)


def _locked(each: LockedReport) -> str:
    """A sentence on one lock."""
    rows = f"{counted(each.calls, 'row')}, SHA-256 {each.sha256}" if each.calls else NIL
    said = f"Locked {iso(each.locked_at_ms)} by {shorten(each.locked_by)} with eco {shorten(each.eco_version)}: {rows}."
    if each.lifted_at_ms is None:
        return said
    return f"{said} Lifted {iso(each.lifted_at_ms)} by {shorten(each.lifted_by)}: {each.lifted_why}."


def _since(each: Since) -> tuple[str, ...]:
    first, last = (None if ms is None else iso(ms // 1000 * 1000) for ms in (each.first_ms, each.last_ms))
    return WHAT[each.kind], each.by or NONE, f"{each.calls:,}", (first if first == last else f"{first} to {last}") if first else NONE


def _tables(found: Sequence[Change], then: str, now: str) -> Iterator[Table]:
    """One for each section and kind of figure, in one unit."""
    for section, unit in dict.fromkeys((change.section, SCALED.get(change.unit, COUNT)) for change in found):
        chosen = [change for change in found if (change.section, SCALED.get(change.unit, COUNT)) == (section, unit)]
        yield _table(section, unit, chosen, then, now)


def _table(section: str, kind: str, chosen: Iterable[Change], then: str, now: str) -> Table:
    each = list(chosen)
    unit = Unit(COUNT, 1.0) if kind == COUNT else unit_of(kind, [max(change.then or 0, change.now or 0) for change in each])
    columns = [("what", LEFT), (then, RIGHT), (now, RIGHT), ("difference", RIGHT), ("in percent", RIGHT)]
    return Table(section.capitalize() if kind == COUNT else f"{section.capitalize()}, {unit.name}", columns, [_row(change, unit) for change in each])


def _row(change: Change, unit: Unit) -> tuple[str, ...]:
    def figure(value: float | None) -> str:
        return NONE if value is None else f"{value:,.0f}" if unit.name == COUNT else significant(value / unit.size, _digits(change))

    difference = f"{change.difference:,.0f}" if unit.name == COUNT else unit.figure(change.difference)
    share = NONE if change.then is None else _signed_percent(change.share)
    return change.line, figure(change.then), figure(change.now), _signed(difference) if change.differs else "0", share if change.differs else percent(0.0)


def _digits(change: Change) -> int:
    """So many that both figures show where they differ."""
    if not change.differs:
        return DIGITS
    ratio = max(abs(change.then or 0), abs(change.now or 0)) / abs(change.difference)
    return min(MOST_DIGITS, max(DIGITS, DIGITS - 1 + ceil(log10(ratio))))


def _signed(text: str) -> str:
    return text.replace("-", "−") if text.startswith("-") else text if text == "0" else f"+{text}"


def _signed_percent(share: float | None) -> str:
    """A difference in percent, with its sign; more than double in whole percent."""
    if share is None:
        return NONE
    size = abs(share)
    text = percent(size) if size < 1 else f"{100 * size:,.0f}{UNBROKEN}%"
    return f"{'−' if share < 0 else '+'}{text}"
