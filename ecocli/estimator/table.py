"""Many calls of many plans at once, by the equations of a single one. Whatever is stored takes the single one's figures."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Self

import numpy as np

from ecocli.core.footprint import ESTIMATES
from ecocli.core.quantity import ONE, Estimate
from ecocli.estimator.arrays import ARRAYS, Array, EstimateArray
from ecocli.estimator.figures import Tokens, energy_equations, reasoning_equations, split
from ecocli.estimator.plan import OF_THE_CALL, Plan

BLOCK = 4096
"""Calls that are worked out together: their arrays stay in the processor's cache."""
OF_THE_SITE = ESTIMATES[1:7]
"""Figures that are multiples of the energy at the accelerators."""
Index = np.ndarray[Any, np.dtype[np.int64]]
_figures = energy_equations(ARRAYS)
_, _hidden_reasoning, _reasoning_spread = reasoning_equations(ARRAYS)


@dataclass(frozen=True, slots=True)
class Coefficients:
    """The plans of the calls of a block, a plan for each call: those fields of `Plan` that equations take, as arrays."""

    token_costs: tuple[Any, ...]
    reference_context: Array
    multiplier: EstimateArray
    common_width: Array
    per_wh: tuple[Any, ...]
    tree_uptake: Array
    queue_s: EstimateArray
    prefill_rate: EstimateArray
    decode_rate: EstimateArray
    context_tokens: Array
    market_co2_per_wh: Array
    reasons: Array

    @classmethod
    def of(cls, rows: Iterator[Array]) -> Self:
        """From the rows of `_numbers`, in their order."""

        def estimate() -> EstimateArray:
            return EstimateArray(*islice(rows, 3))

        return cls(
            reference_context=next(rows),
            multiplier=EstimateArray(*islice(rows, 5)),
            common_width=next(rows),
            per_wh=tuple(tuple(islice(rows, 3)) for _ in OF_THE_SITE),
            tree_uptake=next(rows),
            queue_s=estimate(),
            prefill_rate=estimate(),
            decode_rate=estimate(),
            context_tokens=next(rows),
            market_co2_per_wh=next(rows),
            reasons=next(rows),
            token_costs=tuple(iter(lambda: tuple(islice(rows, 5)), ())),
        )


def _numbers(plan: Plan, rows: int) -> Iterator[float]:
    """All numbers of a plan, one after the other, with zeros for the rows of token costs that it has fewer than `rows`."""
    multiplier, market, rates = plan.multiplier, plan.market_co2_per_wh, (plan.queue_s, plan.prefill_rate, plan.decode_rate)
    yield plan.reference_context
    yield from (multiplier.low, multiplier.value, multiplier.high, multiplier.log_down, multiplier.log_up)
    yield plan.common_width
    yield from (number for cost in plan.per_wh for number in cost)
    yield plan.tree_uptake
    yield from (bound for rate in rates for bound in (rate.low, rate.value, rate.high))
    yield plan.context_tokens
    yield np.nan if market is None else market
    yield plan.model.reasoning != "no"
    yield from (number for costs in plan.token_costs for number in costs)
    yield from [0.0] * 5 * (rows - len(plan.token_costs))


class PlanTable:
    """Plans side by side. A call names its plan by the place in the table, so that calls of all plans may be mixed."""

    def __init__(self, plans: Sequence[Plan], names: dict[str, int] | None = None) -> None:
        self._plans = plans
        most = max(len(plan.token_costs) for plan in plans)
        self._numbers = np.array([list(_numbers(plan, most)) for plan in plans], np.float64).T.copy()
        self._names: dict[str, int] = {} if names is None else names
        self._places = np.zeros((len(plans), 1 + len(OF_THE_CALL) + most), np.int64)
        for places, plan in zip(self._places, plans, strict=True):
            places[: len(plan.factors)] = [self._names.setdefault(name, len(self._names)) for name in plan.factors]

    @property
    def factors(self) -> tuple[str, ...]:
        """Names of the dominant factors, those of tables that were made of this one included."""
        return tuple(self._names)

    def coefficients(self, index: Index) -> Coefficients:
        """Of each call its plan's numbers."""
        return Coefficients.of(iter(self._numbers.take(index, axis=1)))

    def places(self, index: Index, dominant: Index) -> Index:
        """Where in `factors` the names of the dominant factors stand, of which each plan has an order of its own."""
        return self._places[index, dominant]

    def at_concurrency(self, index: Index, concurrency: Array, tokens: Tokens) -> tuple["PlanTable", Index]:
        """
        A table where each call that states a concurrency has a plan of its own, and the places of the calls' plans in it.

        These plans are worked out one by one: a range takes E2 anew with each input at its bounds.

        Args:
            concurrency: NaN where a call states none. [1]
            tokens: Of each call, hidden reasoning included.
        """
        used, places = np.unique(index, return_inverse=True)
        stated = np.flatnonzero(~np.isnan(concurrency))
        columns = ((np.zeros(len(index)) + column)[stated].tolist() for column in (concurrency, *tokens))
        own = [self._plans[at].at_concurrency(each, counts) for at, each, *counts in zip(index[stated].tolist(), *columns, strict=True)]
        places[stated] = len(used) + np.arange(len(stated))
        return PlanTable([*(self._plans[at] for at in used.tolist()), *own], self._names), places


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """
    What the equations see of many calls, as arrays of one length; the counterpart of `Call`. [token], [ms]

    None stands for a column that no call has. NaN is a number that a call does not have: cached or reasoning tokens count
    as none then, as they do for `Call`, without a wait no reasoning is inferred, and without a concurrency the operator's
    batch is taken.
    """

    input_tokens: Any
    output_tokens: Any
    cached_tokens: Any = None
    reasoning_tokens: Any = None
    wait_ms: Any = None
    is_estimated: Any = None
    concurrency: Any = None
    """Requests in flight per copy of the weights. [1]"""
    counting: Estimate = ONE
    """An `EstimateArray` where the counts of calls differ in how far they may be off."""

    def block(self, part: slice) -> "Calls":
        """Some of them, as floats."""

        def column(values: Any, kind: type = np.float64) -> Any:
            return None if values is None else np.asarray(values[part], kind)

        def counted(values: Any) -> Any:
            return None if values is None else np.nan_to_num(column(values))

        counting = self.counting
        if isinstance(counting, EstimateArray):
            counting = EstimateArray(counting.low[part], counting.value[part], counting.high[part])
        return Calls(
            input_tokens=column(self.input_tokens), output_tokens=column(self.output_tokens), cached_tokens=counted(self.cached_tokens),
            reasoning_tokens=counted(self.reasoning_tokens), wait_ms=column(self.wait_ms), is_estimated=column(self.is_estimated, np.bool_),
            concurrency=column(self.concurrency), counting=counting,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Footprints:
    """The footprints of many calls, in their order."""

    figures: Array
    """Low, value and high of each of ESTIMATES, by call: shape (27, calls)."""
    market_co2_g: Array
    """NaN where the provider claims nothing."""
    inferred_reasoning_tokens: Array
    """Low, value and high, shape (3, calls); NaN where none was inferred."""
    dominant_factor: Index
    """Place in `factors`."""
    factors: tuple[str, ...]

    @classmethod
    def empty(cls, count: int, factors: tuple[str, ...]) -> Self:
        return cls(np.empty((3 * len(ESTIMATES), count)), np.empty(count), np.full((3, count), np.nan), np.empty(count, np.int64), factors)


def estimate_arrays(table: PlanTable, index: Any, calls: Calls) -> Footprints:
    """
    The footprints of many calls, each within 1e-12 of what `footprint` makes of it alone.

    Args:
        index: Of each call the place of its plan in the table.
    """
    index = np.asarray(index, np.int64)
    found = Footprints.empty(len(index), table.factors)
    for begin in range(0, len(index), BLOCK):
        part = slice(begin, begin + BLOCK)
        _estimate(table, index[part], calls.block(part), found, part)
    return replace(found, factors=table.factors)


def _estimate(table: PlanTable, index: Index, calls: Calls, found: Footprints, part: slice) -> None:
    plans, spread, hidden = table.coefficients(index), ONE, None
    fresh, cached, output = visible = tokens = split(calls.input_tokens, calls.cached_tokens, calls.output_tokens)
    inferred = _inferred(plans, calls)
    if inferred is not None:
        hidden = _hidden_reasoning(plans, replace(calls, wait_ms=np.where(inferred, calls.wait_ms, 0.0)))
        tokens = fresh, cached, output + hidden.value
        found.inferred_reasoning_tokens[:, part] = np.where(inferred, (hidden.low, hidden.value, hidden.high), np.nan)
    if calls.concurrency is not None:
        table, index = table.at_concurrency(index, calls.concurrency, tokens)
        plans = table.coefficients(index)
    if hidden is not None:
        spread = _reasoning_spread(plans, visible, hidden)
    row, dominant = _figures(plans, tokens, calls.counting, spread)
    for figure, column in zip(found.figures, row, strict=True):
        figure[part] = column
    found.market_co2_g[part] = row[1] * plans.market_co2_per_wh
    found.dominant_factor[part] = table.places(index, dominant)


def _inferred(plans: Coefficients, calls: Calls) -> Any:
    """Which calls hide reasoning that can be told from their wait, as `infer_reasoning` decides; None where none does."""
    if calls.wait_ms is None or calls.is_estimated is None:
        return None
    counted = 0 if calls.reasoning_tokens is None else calls.reasoning_tokens
    inferred = (plans.reasons > 0) & calls.is_estimated & (counted <= 0) & ~np.isnan(calls.wait_ms)
    return inferred if inferred.any() else None
