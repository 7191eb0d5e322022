"""Summaries as the contract's JSON: full precision, and every name with its unit."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING, Any

from ecocli.analysis.equivalences import equivalents
from ecocli.analysis.methods import is_provisional
from ecocli.analysis.previous import change
from ecocli.analysis.summaries import Group, Summary
from ecocli.core.dates import iso
from ecocli.core.totals import DEPENDENCE
from ecocli.core.zones import zone_name
from ecocli.store.totals import Sum

if TYPE_CHECKING:
    from ecocli.analysis.prices import Cost

NAMES = {
    "energyWh": "facility_energy_wh",
    "co2Grams": "co2_g",
    "waterMl": "water_ml",
    "waterOnsiteMl": "water_onsite_ml",
    "waterOffsiteMl": "water_offsite_ml",
    "treeDays": "tree_days",
}
"""As in `eco history`, to the names of totals.FIGURES."""
PER_MILLION = {"energyWhPerMillionTokens": "facility_energy_wh", "co2GramsPerMillionTokens": "co2_g"}
"""Ratios to all tokens, in and out; null where there are none."""
Pair = tuple[Mapping[str, str | None], Sum, Sum]
"""Names of a group, and its sums in a time and in the one before."""
RANGE = f"[5th percentile, 95th percentile]; {DEPENDENCE}"


def body(summary: Summary, budgets: list[dict[str, Any]]) -> dict[str, Any]:
    """The whole summary; budgets as in contract/budgets.py."""
    return {
        "status": "success",
        "by": list(summary.by),
        "timeZone": zone_name(summary.tz),
        "data": [row(group) for group in summary.groups],
        "total": figures(summary.total) | cost_figures(summary.cost),
        "range": RANGE,
        "methods": method_rows(summary.methods),
        "energySources": [{"energySource": source, "calls": count} for source, count in summary.energy_sources.items()],
        "equivalences": equivalence_rows(summary.total),
        "budgets": budgets,
    }


def method_rows(calls: Mapping[str, int]) -> list[dict[str, Any]]:
    """How many calls were estimated by each method, and whether its constants may still move."""
    return [{"method": method, "calls": count, "provisional": is_provisional(method)} for method, count in calls.items()]


def glance(found: dict[str, Sum], budgets: list[dict[str, Any]], tz: tzinfo) -> dict[str, Any]:
    """Sums by the titles of their periods."""
    data = [{"period": title, **figures(total)} for title, total in found.items()]
    return {"status": "success", "timeZone": zone_name(tz), "data": data, "range": RANGE, "budgets": budgets}


def compared(both: Sequence[Summary], pairs: Iterable[Pair], span: tuple[int, int], earlier: tuple[int, int]) -> dict[str, Any]:
    """A summary beside that of the time before; spans as first moment and that after the last."""
    now, before = both
    return {
        "status": "success",
        "by": list(now.by),
        "timeZone": zone_name(now.tz),
        "period": {"start": iso(span[0]), "end": iso(span[1])},
        "previousPeriod": {"start": iso(earlier[0]), "end": iso(earlier[1])},
        "data": [pair_row(*pair) for pair in pairs] if now.by else [],
        "total": pair_row({}, now.total, before.total),
        "range": RANGE,
    }


def pair_row(names: Mapping[str, str | None], now: Sum, before: Sum) -> dict[str, Any]:
    """One group in both times; its change is a share of what it was, null where that was zero."""
    grown = {name: change(now[figure].value, before[figure].value) for name, figure in NAMES.items()}
    return {**names, **figures(now), "previous": figures(before), "change": {"calls": change(now.calls, before.calls)} | grown}


def row(group: Group) -> dict[str, Any]:
    """One group; a period with its first moment and that of the next."""
    if group.start_ms is None or group.end_ms is None:
        return {**group.names, **figures(group.sum), **cost_figures(group.cost)}
    times = {"start": iso(group.start_ms), "end": iso(group.end_ms)}
    return {**group.names, **times, **figures(group.sum), **cost_figures(group.cost)}


def figures(sum: Sum) -> dict[str, Any]:
    """Counts, central values, and ranges as [low, high]."""
    ratios = {name: sum.per_million(figure) for name, figure in PER_MILLION.items()}
    return {
        "calls": sum.calls,
        "inputTokens": sum.input_tokens,
        "outputTokens": sum.output_tokens,
        **{name: sum[figure].value for name, figure in NAMES.items()},
        **{name: ratio and ratio.value for name, ratio in ratios.items()},
        "range": {name: [sum[figure].low, sum[figure].high] for name, figure in NAMES.items()}
        | {name: ratio and [ratio.low, ratio.high] for name, ratio in ratios.items()},
    }


def cost_figures(cost: "Cost | None") -> dict[str, Any]:
    """Where it was asked for: of how many calls a price is known, and what those cost."""
    if cost is None:
        return {}
    return {"pricedCalls": cost.priced} | ({"costUsd": float(cost.usd)} if cost.priced else {})


def equivalence_rows(sum: Sum) -> list[dict[str, Any]]:
    """Each with the factor it rests on."""
    return [
        {"name": each.name, "value": count.value, "range": [count.low, count.high], "factor": each.factor.to_json()}
        for each, count in equivalents(sum)
    ]
