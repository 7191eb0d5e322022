"""Blocks of five hours, as Anthropic's subscriptions count them and ccusage shows them: what each used, and what the running one comes to."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ecocli.core.quantity import Estimate
from ecocli.store.history import Filters
from ecocli.store.totals import PartialSums, Sum, sums
from ecocli.store.windows import Window, windows
from ecocli.util.valueclass import value_class

if TYPE_CHECKING:
    from ecocli.analysis.costs import Costs
    from ecocli.analysis.prices import Cost
    from ecocli.store import Store

HOUR_MS, MINUTE_MS = 3_600_000, 60_000
HOURS = 5
"""Length of a block unless another one is asked for."""
LATEST_MS = 2**62
"""No block ends later, whatever time a call states."""


@value_class(frozen=True, slots=True)
class Block:
    """The calls from the first one after a block on, until the end of the block. Times are milliseconds since 1970 in UTC."""

    start_ms: int
    """The hour in which the first call began."""
    end_ms: int
    first_ms: int
    """When the first call began, and the last one so far."""
    last_ms: int
    sum: Sum
    models: tuple[str, ...]
    """Those with the most carbon first."""
    cost: "Cost | None" = None
    """None when it was not asked for."""

    @property
    def tokens(self) -> int:
        return self.sum.tokens

    @property
    def minutes(self) -> float:
        """From the first call to the last one. [min]"""
        return (self.last_ms - self.first_ms) / MINUTE_MS

    def is_active(self, now_ms: int) -> bool:
        """True while the block runs."""
        return self.start_ms <= now_ms < self.end_ms

    def minutes_left(self, now_ms: int) -> float:
        return (self.end_ms - now_ms) / MINUTE_MS


@value_class(frozen=True, slots=True)
class Use:
    """Tokens, figures and money of a minute, or of a whole block."""

    tokens: float
    figures: Mapping[str, Estimate]
    usd: float | None


def use(block: Block) -> Use:
    """What a block used so far."""
    usd = None if block.cost is None or not block.cost.priced else float(block.cost.usd)
    return Use(block.tokens, block.sum.figures, usd)


def burn_rate(block: Block) -> Use | None:
    """Use of a minute, on average from the first call to the last one; None for a single moment, which has no length."""
    return _times(use(block), 1 / block.minutes) if block.minutes > 0 else None


def projection(block: Block, now_ms: int) -> Use | None:
    """
    Use at the end of a running block, should its rest go as it went so far.

    The range is that of the estimate alone: how the rest will go is not in it.
    """
    if not block.is_active(now_ms) or block.minutes <= 0:
        return None
    return _times(use(block), 1 + block.minutes_left(now_ms) / block.minutes)


def _times(spent: Use, factor: float) -> Use:
    figures = {name: estimate * factor for name, estimate in spent.figures.items()}
    return Use(spent.tokens * factor, figures, None if spent.usd is None else spent.usd * factor)


def blocks(
    store: "Store", filters: Filters, hours: float = HOURS, costs: "Callable[[Store, Filters, Sequence[Any]], Costs] | None" = None
) -> list[Block]:  # fmt: skip
    """
    The blocks that begin in the time of `filters`, oldest first; its other conditions choose the calls that make them.

    A block begins with the hour, in UTC, of the first call after the one before, and lasts `hours` from there. Where
    blocks begin does not depend on the time that is asked for.

    Args:
        costs: As in `summaries.summary`.
    """
    length_ms = round(hours * HOUR_MS)

    def start(first_ms: int) -> int:
        return first_ms - first_ms % HOUR_MS

    with store.snapshot():
        every = windows(store, replace(filters, start_ms=None, end_ms=None), lambda first_ms: min(start(first_ms) + length_ms, LATEST_MS))
        found = [each for each in every if _is_within(start(each.first_ms), filters)]
        if not found:
            return []
        chosen = replace(filters, start_ms=found[0].first_ms, end_ms=found[-1].last_ms + 1)
        by = [each.first_ms for each in found]
        parts: dict[int, dict[str | None, PartialSums]] = {first_ms: {} for first_ms in by}
        for (first_ms, model), part in sums(store, chosen, [by, "model"]).items():
            parts[first_ms][model] = part
        priced = costs(store, chosen, [by]).groups if costs else None
    made = (_block(each, start(each.first_ms), length_ms, parts[each.first_ms]) for each in found)
    return [replace(block, cost=priced[block.first_ms,]) for block in made] if priced is not None else list(made)


def _is_within(start_ms: int, filters: Filters) -> bool:
    return (filters.start_ms is None or filters.start_ms <= start_ms) and (filters.end_ms is None or start_ms < filters.end_ms)


def _block(window: Window, start_ms: int, length_ms: int, parts: Mapping[str | None, PartialSums]) -> Block:
    whole = PartialSums()
    for part in parts.values():
        whole.include(part)
    carbon_g = {model: part.sum()["co2_g"].value for model, part in parts.items() if model is not None}
    models = sorted(carbon_g, key=lambda model: (-carbon_g[model], model))
    return Block(start_ms, start_ms + length_ms, *window, whole.sum(), tuple(models))
