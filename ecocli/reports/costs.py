"""What the calls of a report cost at list prices, in its groups. A call without a price is counted, and is in no sum."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ecocli.analysis.costs import Costs
from ecocli.analysis.prices import SOURCE, Cost
from ecocli.store.history import Filters
from ecocli.util.valueclass import value_class

if TYPE_CHECKING:
    from ecocli.store import Store

Pricing = Callable[["Store", Filters, Sequence[Any]], Costs]
"""`ecocli.analysis.costs.costs` with its prices filled in."""
GROUPS = ("provider", "model", "region")


@value_class(frozen=True, slots=True)
class Priced:
    """List prices, in US dollars."""

    edition: str
    """Of the price list."""
    total: Cost
    groups: Mapping[str, Mapping[str, Cost]]
    """By each of GROUPS, by the name of the line."""
    spans: Mapping[int, Cost]
    """By the first millisecond of each span."""
    currency: str = "USD"
    source: str = SOURCE

    def of(self, group: str, names: Iterable[str]) -> Cost:
        """What several lines of a group cost together."""
        whole = Cost()
        for name in names:
            _include(whole, self.groups[group].get(name, Cost()))
        return whole


def priced(store: "Store", filters: Filters, starts_ms: Sequence[int], pricing: Pricing | None) -> Priced | None:
    """The costs of the calls that `filters` choose; None where nobody asks for them."""
    if pricing is None:
        return None
    found = pricing(store, filters, (*GROUPS, starts_ms))
    groups: dict[str, dict[str, Cost]] = {name: {} for name in GROUPS}
    spans: dict[int, Cost] = {}
    for (*names, start_ms), cost in found.groups.items():
        for name, value in zip(GROUPS, names, strict=True):
            _include(groups[name].setdefault(value or "", Cost()), cost)
        _include(spans.setdefault(start_ms, Cost()), cost)
    return Priced(found.edition, found.total, groups, spans)


def _include(whole: Cost, part: Cost) -> None:
    whole.add_calls(part.priced, part.usd)
    whole.add_calls(part.calls - part.priced, None)
