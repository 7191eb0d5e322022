"""The figures of a report as one list, so that two reports can be laid side by side."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from ecocli.util.valueclass import value_class

if TYPE_CHECKING:
    from ecocli.reports import Report
    from ecocli.reports.totals import Totals

CALLS, TOKENS, WH, ML, CO2 = "calls", "tokens", "Wh", "mL", "gCO2e"
"""Units."""
EMISSIONS, GROSS = "emissions", "scopes 2 and 3"
"""A section, and its line that a base year is recalculated by."""
SECTIONS = {
    "total": "all calls", "emissions": EMISSIONS, "scopes": "scopes", "providers": "by provider", "models": "by model", "regions": "by region",
    "callsByModel": "calls by model",
}  # fmt: skip
"""What each section is called, by the first part of its figures' keys."""
SMALLEST = 1e-9
"""A smaller relative difference is one of rounding: the order in which groups are added up may be another one."""


class Figure(NamedTuple):
    """One figure of a report."""

    section: str
    line: str
    unit: str
    value: float
    key: str = ""
    """Which figure it is, whatever it is called. Kept where a period is locked; empty in what was locked before there were keys."""

    @property
    def words(self) -> tuple[str, ...]:
        return self.section, self.line, self.unit

    @property
    def identity(self) -> tuple[str, ...]:
        return (self.key, self.unit) if self.key else self.words


@value_class(frozen=True, slots=True)
class Change:
    """One figure of two reports; None where a report has no such line."""

    section: str
    line: str
    unit: str
    then: float | None
    now: float | None

    @property
    def difference(self) -> float:
        return (self.now or 0) - (self.then or 0)

    @property
    def share(self) -> float | None:
        """The difference as a share of what was; None where that was nothing. [1]"""
        return self.difference / self.then if self.then else None

    @property
    def differs(self) -> bool:
        return abs(self.difference) > SMALLEST * max(abs(self.now or 0), abs(self.then or 0))


def figures(report: "Report | Totals") -> list[Figure]:
    """In the order in which a report shows them."""
    return [Figure(SECTIONS[section], line, unit, value, f"{section}/{key}") for section, key, line, unit, value in (*_total(report), *_scopes(report), *_groups(report))]


def changes(then: Iterable[Figure], now: Iterable[Figure]) -> list[Change]:
    """Each figure of either, in the order and by the names of `now`; what is there no more comes last in its section."""
    after = {figure.identity: figure for figure in now}
    by_words = {figure.words: identity for identity, figure in after.items()}
    before = {figure.identity if figure.key else by_words.get(figure.words, figure.words): figure for figure in then}
    found = [_change(after.get(identity) or before[identity], before.get(identity), after.get(identity)) for identity in (after | before)]
    sections = [*dict.fromkeys(change.section for change in found)]
    return sorted(found, key=lambda change: sections.index(change.section))  # stable


def _change(named: Figure, then: Figure | None, now: Figure | None) -> Change:
    section = SECTIONS.get(named.key.partition("/")[0], named.section)
    return Change(section, named.line, named.unit, None if then is None else then.value, None if now is None else now.value)


Line = tuple[str, str, str, str, float]
"""Section and line of a figure's key, and its line, unit and value."""


def _total(report: "Report | Totals") -> Iterator[Line]:
    total, gross = report.total, report.scopes.gross
    yield "total", "calls", "calls", CALLS, total.calls
    yield "total", "inputTokens", "tokens in", TOKENS, total.input_tokens
    yield "total", "outputTokens", "tokens out", TOKENS, total.output_tokens
    yield "total", "electricity", "electricity", WH, total.facility_energy_wh.value
    yield "total", "water", "water", ML, total.water_ml.value
    yield "emissions", "electricity", "all calls: electricity, location-based", CO2, total.co2_g.value
    yield "emissions", "hardware", "all calls: making the hardware", CO2, total.embodied_co2_g.value
    yield "emissions", "scope2Location", "scope 2, location-based", CO2, gross(2).value
    yield "emissions", "scope2Market", "scope 2, market-based", CO2, report.market.co2_g
    yield "emissions", "scope3", "scope 3", CO2, gross(3).value
    yield "emissions", "scopes2And3", GROSS, CO2, gross().value


def _scopes(report: "Report | Totals") -> Iterator[Line]:
    for line in report.scopes.lines:
        category = f", category {line.category}" if line.category else ""
        key = "/".join((f"{line.scope}.{line.category}" if line.category else f"{line.scope}", line.hosting, line.part))
        yield "scopes", key, f"scope {line.scope}{category}: {line.what}", CO2, line.co2_g.value


def _groups(report: "Report | Totals") -> Iterator[Line]:
    for section, lines in (("providers", report.providers), ("models", report.models), ("regions", report.regions)):
        yield from ((section, line.name, line.name, CO2, line.amounts.co2_g.value) for line in lines)
    yield from (("callsByModel", line.name, line.name, CALLS, line.amounts.calls) for line in report.models)
