"""Costs in money of stored calls, by groups: computed when shown, never stored."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from ecocli.analysis.prices import Cost, Price, PriceList
from ecocli.core import hosting
from ecocli.core.usage import Usage
from ecocli.store.charges import Charge, charges
from ecocli.store.history import Filters

if TYPE_CHECKING:
    from ecocli.store import Store


@dataclass(slots=True)
class Costs:
    """The cost of all calls, and of groups by their values as in `totals.sums`; a group without calls costs nothing."""

    total: Cost = field(default_factory=Cost)
    groups: defaultdict[tuple[Any, ...], Cost] = field(default_factory=lambda: defaultdict(Cost))


def costs(
    store: "Store", filters: Filters, by: Sequence[str | Sequence[int]], *, prices: PriceList,
    watch: Callable[[Iterator[Charge]], Iterator[Charge]] = iter,
) -> Costs:  # fmt: skip
    """
    Add up the list prices of the calls that `filters` select, by groups as in `totals.sums`.

    Calls are priced one by one, each by the prices of its time, since some prices depend on the length of the
    prompt and others on the hour. Memory use does not grow with their number. `watch` wraps the iterator over the
    calls, to show progress.
    """

    @cache
    def basis(basis_id: int) -> Mapping[str, Any]:
        return store.basis(basis_id).content

    found = Costs()
    for charge in watch(charges(store, filters, by)):
        price = _price(charge, basis(charge.basis_id), prices)
        found.total.add(price)
        found.groups[charge.group].add(price)
    return found


def _price(charge: Charge, basis: Mapping[str, Any], prices: PriceList) -> Price | None:
    usage = Usage(
        charge.input_tokens,
        charge.output_tokens,
        model=charge.model,
        reasoning_tokens=charge.reasoning_tokens,
        cached_tokens=charge.cached_tokens,
        cache_write_tokens=charge.cache_write_tokens,
        tags={} if charge.hosting is None else {hosting.TAG: charge.hosting},
    )
    return prices.price(usage, charge.provider, basis, charge.started_at_ms, bool(charge.has_inferred_reasoning))
