"""How often one key, or one address without a key, may ask."""

from collections import OrderedDict
from collections.abc import Hashable
from time import monotonic

from ecocli.serve.refusals import Refused

MOST_KNOWN = 10_000
"""Names of chance must not fill the memory: those who asked longest ago are forgotten, and begin anew."""
BURST_S = 2.0
"""So many seconds' worth may come at once."""


class Rates:
    """A bucket for each who asks, which fills at a steady rate. Without a rate nobody is limited."""

    def __init__(self, per_s: float | None) -> None:
        self._per_s = per_s
        self._buckets: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def take(self, who: Hashable) -> None:
        """Refused for who asked too often."""
        if self._per_s is None:
            return
        now_s, most = monotonic(), max(1.0, self._per_s * BURST_S)
        left, at_s = self._buckets.pop(who, (most, now_s))
        left = min(most, left + (now_s - at_s) * self._per_s)
        self._buckets[who] = (left - 1 if left >= 1 else left), now_s
        if len(self._buckets) > MOST_KNOWN:
            self._buckets.popitem(last=False)
        if left < 1:
            raise Refused("too-many-requests", f"more than {self._per_s:g} requests a second", retry_after=str(int((1 - left) / self._per_s) + 1))
