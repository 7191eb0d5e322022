"""Totals of stored calls by periods of a time zone, models and other groups."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from datetime import tzinfo
from itertools import islice
from typing import TYPE_CHECKING, Any

from ecocli.analysis import periods
from ecocli.analysis.methods import in_order
from ecocli.errors import UsageError, did_you_mean, quoted, shorten
from ecocli.store.history import LOCAL, Filters
from ecocli.store.totals import GROUPS, TAG, PartialSums, Sum, bases_by_kind, starts, sums
from ecocli.util.valueclass import value_class

if TYPE_CHECKING:
    from ecocli.analysis.costs import Costs
    from ecocli.analysis.prices import Cost
    from ecocli.store import Store

NAMES = (*periods.PERIODS, *GROUPS)
METHOD, ENERGY_SOURCE = 0, 1
"""Parts of the kind of a basis, see `bases_by_kind`."""
BAD_GROUPING = "bad-grouping"
"""Code of the errors about what calls are grouped by."""
SORTS: Mapping[str, Callable[[Sum], float]] = {
    "calls": lambda sum: sum.calls,
    "in": lambda sum: sum.input_tokens,
    "out": lambda sum: sum.output_tokens,
    "energy": lambda sum: sum["facility_energy_wh"].value,
    "carbon": lambda sum: sum["co2_g"].value,
    "water": lambda sum: sum["water_ml"].value,
    "tree": lambda sum: sum["tree_days"].value,
}
"""Figures by which groups are put in order."""
ALIKE = 0.7
"""How alike a word has to be to what it is taken for, as difflib measures it."""
MAX_FILLED = 3660
"""Ten years of days: a series with more empty periods is shown without them."""


@value_class(frozen=True, slots=True)
class Group:
    """The calls of one group."""

    names: Mapping[str, str | None]
    """Values by what the calls are grouped by, e.g. {"month": "2024-03"}; None for calls without the tag."""
    sum: Sum
    start_ms: int | None = None
    """First millisecond of the period; None when not grouped by one."""
    end_ms: int | None = None
    """First millisecond of the next period."""
    cost: "Cost | None" = None
    """None when it was not asked for."""


@value_class(frozen=True, slots=True)
class Summary:
    """Groups and their total, which is computed from the calls and not from the rounded groups."""

    by: tuple[str, ...]
    groups: list[Group]
    total: Sum
    tz: tzinfo = field(repr=False)
    details: list[Group] = field(default_factory=list)
    """The groups divided further, where that was asked for."""
    cost: "Cost | None" = None
    """The cost of all calls; None when it was not asked for."""
    methods: Mapping[str, int] = field(default_factory=dict)
    """How many of the calls were estimated by each method, older methods first."""
    energy_sources: Mapping[str, int] = field(default_factory=dict)
    """How many calls' energy was measured, timed and modelled."""


def check(by: Sequence[str]) -> None:
    """Raise UsageError when calls cannot be grouped by `by`."""
    for name in by:
        if name not in NAMES and (not name.startswith(TAG) or name == TAG):
            from difflib import get_close_matches

            known = f"one of {', '.join(NAMES)}, or tag:NAME"
            close = [",".join(name.split())] if set(name.split()) <= set(NAMES) else get_close_matches(name, NAMES, n=1, cutoff=ALIKE)
            hint = did_you_mean(close, f"tag:{shorten(name)}, if that is a tag; else {known}" if name.isidentifier() else known)
            raise UsageError(f"cannot group by {quoted(name)}", hint, code=BAD_GROUPING)
    if len(set(by)) < len(by) or len(set(by) & set(periods.PERIODS)) > 1:
        raise UsageError(f"{shorten(', '.join(by))} are more than one period, or the same twice", "name one period at most", code=BAD_GROUPING)


def summary(
    store: "Store", filters: Filters, by: Sequence[str], tz: tzinfo, now_ms: int, finer: Sequence[str] = (),
    costs: "Callable[[Store, Filters, Sequence[Any]], Costs] | None" = None,
) -> Summary:  # fmt: skip
    """
    Add up the calls that `filters` select by groups: periods oldest first, others by falling carbon.

    Args:
        by: Names of NAMES, or "tag:NAME". By a period alone, periods without calls are included.
        now_ms: The end of the series when `filters` has a start but no end. [ms since 1970, UTC]
        finer: Further names to divide the groups by, in `details`.
        costs: `ecocli.analysis.costs.costs` with its prices filled in, to add the cost of each group.
    """
    period = next((name for name in by if name in periods.PERIODS), None)
    with store.snapshot():
        first = starts(store, filters, periods.bounds(period, tz)) if period else []
        asked = [first if name == period else name for name in (*by, *finer)]
        bases = bases_by_kind(store)
        details = sums(store, filters, asked, list(bases.values()) if len(bases) > 1 else ())
        found = _joined(details, len(by))
        if period and len(by) == 1:
            found |= {(start_ms,): PartialSums() for start_ms in _empty(filters, period, tz, now_ms, first)}
        priced = costs(store, filters, asked[: len(by)]) if costs else None
    total = _joined(details, 0).get((), PartialSums()).sum()
    return Summary(
        tuple(by),
        _groups(by, found, period, tz, priced),
        total,
        tz,
        _groups((*by, *finer), details, period, tz) if finer else [],
        priced.total if priced else None,
        _counts(bases, total, METHOD, in_order),
        _counts(bases, total, ENERGY_SOURCE, sorted),
    )


def _counts(bases: Iterable[tuple[str, str]], total: Sum, part: int, order: Callable[[Iterable[str]], Iterable[str]]) -> dict[str, int]:
    """How many calls there are by one part of the kinds of their bases; those without a call are left out."""
    counts: dict[str, int] = {}
    for kind, count in zip(bases, total.others or (total.calls,), strict=False):  # a single kind is not counted apart
        counts[kind[part]] = counts.get(kind[part], 0) + int(count)
    return {name: counts[name] for name in order(counts) if counts[name]}


def _joined(found: Mapping[tuple[Any, ...], PartialSums], depth: int) -> dict[tuple[Any, ...], PartialSums]:
    """Merge groups that agree in their first `depth` values, without rounding."""
    joined: dict[tuple[Any, ...], PartialSums] = {}
    for values, parts in found.items():
        joined.setdefault(values[:depth], PartialSums()).include(parts)
    return joined


def _groups(
    by: Sequence[str], found: Mapping[tuple[Any, ...], PartialSums], period: str | None, tz: tzinfo, costs: "Costs | None" = None
) -> list[Group]:
    groups = (_group(by, values, parts.sum(), period, tz, costs.groups[values] if costs else None) for values, parts in found.items())
    return sorted(groups, key=_order)


def _group(by: Sequence[str], values: Sequence[Any], sum: Sum, period: str | None, tz: tzinfo, cost: "Cost | None") -> Group:
    names = dict(zip(by, values, strict=True))
    bounds: tuple[int | None, int | None] = (None, None)
    if period:
        bounds = periods.bounds(period, tz)(names[period])
        names[period] = periods.label(period, names[period], tz)
    if "key" in names:
        names["key"] = names["key"] or LOCAL
    return Group(names, sum, *bounds, cost)


def _empty(filters: Filters, period: str, tz: tzinfo, now_ms: int, known: Sequence[int]) -> list[int]:
    """Starts of the periods without calls, so that a series over time is complete. [ms]"""
    first, last = (known[0], known[-1]) if known else (None, None)
    if filters.start_ms is not None:  # a given start begins the series, which then ends at the given end or now
        first = filters.start_ms
        last = max(last or 0, min(now_ms, (filters.end_ms or now_ms + 1) - 1))
    if first is None or last is None:
        return []
    series = islice(periods.starts_between(period, tz, first, last), 2 * MAX_FILLED + 1)
    filled = set(known)
    empty = [start_ms for start_ms in series if start_ms not in filled]
    return empty if len(empty) <= MAX_FILLED else []


def _order(group: Group) -> tuple[Any, ...]:
    return group.start_ms or 0, -group.sum["co2_g"].value, *(value or "" for value in group.names.values())


def ordered(groups: Iterable[Group], by: str) -> list[Group]:
    """Groups by a falling figure of SORTS, or by what they are grouped by."""
    every = list(groups)
    if by in SORTS:
        return sorted(every, key=lambda group: -SORTS[by](group.sum))
    return sorted(every, key=lambda group: (group.names[by] is None, (group.names[by] or "").casefold()))
