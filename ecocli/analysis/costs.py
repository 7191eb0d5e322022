"""Costs in money of stored calls, by groups: computed when shown, never stored."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from ecocli.analysis.prices import Cost, Listing, PriceList
from ecocli.core import hosting
from ecocli.core.usage import Usage
from ecocli.store.charges import Charge, charges
from ecocli.store.history import Filters

if TYPE_CHECKING:
    from decimal import Decimal

    from ecocli.analysis.prices import Rate
    from ecocli.store import Store


@dataclass(slots=True)
class Costs:
    """The cost of all calls, and of groups by their values as in `totals.sums`; a group without calls costs nothing."""

    edition: str = ""
    """Of the price list."""
    total: Cost = field(default_factory=Cost)
    groups: defaultdict[tuple[Any, ...], Cost] = field(default_factory=lambda: defaultdict(Cost))


@dataclass(slots=True)
class _Bill:
    """Calls of one group whose tokens have the same prices, added up. Their counts have the same signs, see `_sign`."""

    rate: "Rate"
    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    reasoning_tokens: int | None = None
    cached_tokens: int | None = None
    cache_write_tokens: int | None = None

    def add(self, charge: Charge) -> None:
        self.calls += 1
        self.input_tokens += charge.input_tokens
        self.output_tokens += charge.output_tokens
        if charge.reasoning_tokens is not None:
            self.reasoning_tokens = (self.reasoning_tokens or 0) + charge.reasoning_tokens
        if charge.cached_tokens is not None:
            self.cached_tokens = (self.cached_tokens or 0) + charge.cached_tokens
        if charge.cache_write_tokens is not None:
            self.cache_write_tokens = (self.cache_write_tokens or 0) + charge.cache_write_tokens


def costs(
    store: "Store", filters: Filters, by: Sequence[str | Sequence[int]], *, prices: PriceList,
    watch: Callable[[Iterator[Charge]], Iterator[Charge]] = iter,
) -> Costs:  # fmt: skip
    """
    Add up the list prices of the calls that `filters` select, by groups as in `totals.sums`.

    Each call has the prices of its time and of the length of its prompt. Tokens with the same prices are added up before
    they are priced, which takes the list fifty times as long as adding them. Memory use does not grow with the number of
    calls. `watch` wraps the iterator over the calls, to show progress.
    """
    find = _finder(store, prices)
    unlisted: defaultdict[tuple[Any, ...], int] = defaultdict(int)
    bills: dict[tuple[Any, ...], _Bill] = {}
    for charge in watch(charges(store, filters, by)):
        listing = find(charge)
        if listing is None:
            unlisted[charge.group] += 1
            continue
        rate = listing.rate(charge.started_at_ms, charge.input_tokens)
        key = (charge.group, id(rate), *map(_sign, charge.counts))
        if key not in bills:
            bills[key] = _Bill(rate)
        bills[key].add(charge)
    found = Costs(prices.edition)
    for group, calls in unlisted.items():
        _add(found, group, calls, None)
    for (group, *_), bill in bills.items():
        _add(found, group, bill.calls, prices.usd(bill.rate, _usage(bill)))
    return found


def _add(found: Costs, group: tuple[Any, ...], calls: int, usd: "Decimal | None") -> None:
    for cost in (found.total, found.groups[group]):
        cost.add_calls(calls, usd)


def _sign(count: int | None) -> bool | None:
    """None, none or some: of a kind of token that has no price of its own the list may refuse some."""
    return None if count is None else count > 0


def _finder(store: "Store", prices: PriceList) -> Callable[[Charge], Listing | None]:
    """A function that finds the model of a charge in the price list, looking each name up once."""

    @cache
    def basis(basis_id: int) -> Mapping[str, Any]:
        return store.basis(basis_id).content

    listings: dict[tuple[Any, ...], Listing | None] = {}

    def find(charge: Charge) -> Listing | None:
        key = (charge.provider, charge.model, charge.basis_id, charge.has_inferred_reasoning, charge.hosting)
        if key not in listings:
            tags = {} if charge.hosting is None else {hosting.TAG: charge.hosting}
            usage = Usage(charge.input_tokens, charge.output_tokens, model=charge.model, tags=tags)
            has_inferred = bool(charge.has_inferred_reasoning)
            listings[key] = prices.listing(usage, charge.provider, basis(charge.basis_id), charge.started_at_ms, has_inferred)
        return listings[key]

    return find


def _usage(bill: _Bill) -> Usage:
    return Usage(
        bill.input_tokens,
        bill.output_tokens,
        reasoning_tokens=bill.reasoning_tokens,
        cached_tokens=bill.cached_tokens,
        cache_write_tokens=bill.cache_write_tokens,
    )
