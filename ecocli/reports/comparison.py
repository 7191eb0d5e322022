"""Another period beside the one of a report: every figure of both, and why they differ as far as that is known."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ecocli.reports.figures import Change, changes, figures
from ecocli.reports.lines import Line
from ecocli.util.valueclass import value_class

if TYPE_CHECKING:
    from ecocli.reports import Report
    from ecocli.reports.spans import Span
    from ecocli.reports.totals import Totals

NUMBER, MIX, EACH = "more calls or fewer", "another mix of models", "each call by itself: its length, its place, method and data"


class Cause(NamedTuple):
    """A part of the difference in emissions of electricity."""

    name: str
    co2_g: float


@value_class(frozen=True, slots=True)
class Comparison:
    """A report beside one of another period."""

    span: "Span"
    """The other period. [ms since 1970, UTC]"""
    calls: int
    """Of the other period."""
    changes: list[Change]
    causes: list[Cause]
    """Together they are the difference; empty where one of the periods has no calls."""
    notes: list[str]
    """Sentences on methods and editions that differ."""


def comparison(then: "Totals", now: "Report", span: "Span") -> Comparison:
    """The figures of two periods of the same undertaking; `then` are those of `span`."""
    found = changes(figures(then), figures(now))
    return Comparison(span, then.total.calls, found, causes(then.models, now.models), _notes(then, now))


def causes(then: Sequence[Line], now: Sequence[Line]) -> list[Cause]:
    """
    The difference in emissions, divided into number of calls, mix of models, and what a call of each model emits.

    A model that was not there before counts with what its calls emit now: it is another mix, not another model.
    """
    before, after = _calls(then), _calls(now)
    if not before or not after:
        return []
    was, each = _per_call(then), _per_call(now)
    count, earlier_count = sum(after.values()), sum(before.values())
    mean_g = sum(before[name] / earlier_count * was[name] for name in before)
    mixed_g = sum(after[name] / count * was.get(name, each[name]) for name in after)
    now_g = sum(after[name] / count * each[name] for name in after)
    return [Cause(NUMBER, (count - earlier_count) * mean_g), Cause(MIX, count * (mixed_g - mean_g)), Cause(EACH, count * (now_g - mixed_g))]


def _calls(lines: Sequence[Line]) -> dict[str, int]:
    return {line.name: line.amounts.calls for line in lines}


def _per_call(lines: Sequence[Line]) -> Mapping[str, float]:
    """Emissions of a model's call. [g]"""
    return {line.name: line.amounts.co2_g.value / line.amounts.calls for line in lines}


def _notes(then: "Totals", now: "Report") -> list[str]:
    both = {"methods": (then.methods, now.methods), "editions of the data": (then.editions, now.editions)}
    named = {what: tuple(", ".join(sorted(line.name for line in lines)) or "none" for lines in each) for what, each in both.items()}
    return [f"The {what} differ: {earlier} then, {later} now." for what, (earlier, later) in named.items() if earlier != later]
