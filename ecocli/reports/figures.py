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
SMALLEST = 1e-9
"""A smaller relative difference is one of rounding: the order in which groups are added up may be another one."""


class Figure(NamedTuple):
    """One figure of a report."""

    section: str
    line: str
    unit: str
    value: float


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
    """In the order in which a report shows them. Sections and lines are kept where a period is locked: another name for one shows as a restatement."""
    return [*_total(report), *_scopes(report), *_groups(report)]


def changes(then: Iterable[Figure], now: Iterable[Figure]) -> list[Change]:
    """Each figure of either, in the order of `now`; what is there no more comes last in its section."""
    before, after = ({figure[:3]: figure.value for figure in each} for each in (then, now))
    sections = [*dict.fromkeys(section for section, _, _ in (*after, *before))]
    keys = sorted(dict.fromkeys((*after, *before)), key=lambda key: sections.index(key[0]))  # stable
    return [Change(*key, before.get(key), after.get(key)) for key in keys]


def _total(report: "Report | Totals") -> Iterator[Figure]:
    total, gross = report.total, report.scopes.gross
    yield Figure("all calls", "calls", CALLS, total.calls)
    yield Figure("all calls", "tokens in", TOKENS, total.input_tokens)
    yield Figure("all calls", "tokens out", TOKENS, total.output_tokens)
    yield Figure("all calls", "electricity", WH, total.facility_energy_wh.value)
    yield Figure("all calls", "water", ML, total.water_ml.value)
    yield Figure(EMISSIONS, "all calls: electricity, location-based", CO2, total.co2_g.value)
    yield Figure(EMISSIONS, "all calls: making the hardware", CO2, total.embodied_co2_g.value)
    yield Figure(EMISSIONS, "scope 2, location-based", CO2, gross(2).value)
    yield Figure(EMISSIONS, "scope 2, market-based", CO2, report.market.co2_g)
    yield Figure(EMISSIONS, "scope 3", CO2, gross(3).value)
    yield Figure(EMISSIONS, GROSS, CO2, gross().value)


def _scopes(report: "Report | Totals") -> Iterator[Figure]:
    for line in report.scopes.lines:
        category = f", category {line.category}" if line.category else ""
        yield Figure("scopes", f"scope {line.scope}{category}: {line.what}", CO2, line.co2_g.value)


def _groups(report: "Report | Totals") -> Iterator[Figure]:
    for section, lines in (("by provider", report.providers), ("by model", report.models), ("by region", report.regions)):
        yield from (Figure(section, line.name, CO2, line.amounts.co2_g.value) for line in lines)
    yield from (Figure("calls by model", line.name, CALLS, line.amounts.calls) for line in report.models)
