"""A status line with the footprint of today, this week, this month and an agent's session."""

import json
from collections.abc import Mapping
from datetime import tzinfo
from functools import cached_property
from string import Formatter
from typing import TYPE_CHECKING, Any

from ecocli.analysis import periods
from ecocli.core.numbers import amount
from ecocli.errors import UsageError, did_you_mean, quoted, shorten
from ecocli.store.history import Filters
from ecocli.store.totals import PartialSums, Sum, sums
from ecocli.util.valueclass import value_class

if TYPE_CHECKING:
    from ecocli.analysis.budgets import Prices, Spent
    from ecocli.store import Store

SPANS = {"today": "day", "week": "week", "month": "month", "session": None}
FIGURES = {"calls": None, "tokens": None, "energy": "facility_energy_wh", "co2": "co2_g", "water": "water_ml", "tree": "tree_days"}
UNITS = {"energy": "Wh", "co2": "g", "water": "mL", "tree": "days"}
FIELDS = ("model", "budget", *(f"{span}_{what}" for span in SPANS for what in FIGURES))
DEFAULT = "eco today {today_energy} · {today_co2} CO2e · {today_water}"
SESSION = "session {session_co2} CO2e · "
SESSION_MS = 7 * 86_400_000
"""Age up to which calls of a session are searched, since tags have no index. [ms]"""


@value_class(frozen=True, slots=True)
class Agent:
    """An agent as it describes itself."""

    model: str = ""
    session: str = ""


def read_agent(data: bytes) -> Agent:
    """Parse Claude Code's status JSON; anything else gives an empty Agent, so that a status bar never breaks."""
    try:
        body = json.loads(data)
        model, session = body.get("model"), body.get("session_id")
    except (ValueError, AttributeError, RecursionError):
        return Agent()
    if isinstance(model, dict):
        model = model.get("display_name") or model.get("id")
    return Agent(*(value if isinstance(value, str) else "" for value in (model, session)))


def check(text: str) -> None:
    """
    Check a format string.

    Raises:
        UsageError: It has an unknown field, or is not a format string.
    """
    try:
        fields = [field for _, field, _, _ in Formatter().parse(text) if field is not None]
        unknown = next((field for field in fields if field not in FIELDS), None)
        if unknown is None:
            text.format_map(dict.fromkeys(FIELDS, ""))
            return
    except (ValueError, KeyError, IndexError, AttributeError) as error:
        raise UsageError(f"--format-string: {shorten(str(error))}", "a brace is written {{ or }}") from error
    from difflib import get_close_matches

    every = f"the fields are {', '.join(FIELDS)}"
    close = get_close_matches(unknown, FIELDS, n=1)
    raise UsageError(f"--format-string: no field {quoted(unknown)}", f"{did_you_mean(close, '')} {every}".strip())


class Values(Mapping[str, str]):
    """Values of FIELDS as text, each computed when it is used. `store` is None when nothing was recorded."""

    def __init__(self, store: "Store | None", agent: Agent, tz: tzinfo, now_ms: int, prices: "Prices") -> None:
        self._store, self._agent, self._tz, self._now_ms, self._prices = store, agent, tz, now_ms, prices
        self._sums: dict[str, Sum] = {}

    def __getitem__(self, field: str) -> str:
        if field == "model":
            return shorten(self._agent.model)
        if field == "budget":
            return self._budget
        span, what = field.split("_")
        return _text(self.sum(span), what)

    def __iter__(self) -> Any:
        return iter(FIELDS)

    def __len__(self) -> int:
        return len(FIELDS)

    def sum(self, span: str) -> Sum:
        """The sum over the calls of one of SPANS."""
        if span not in self._sums:
            filters = self._filters(span)
            found = sums(self._store, filters).get(()) if self._store and filters else None
            self._sums[span] = (found or PartialSums()).sum()
        return self._sums[span]

    def _filters(self, span: str) -> Filters | None:
        if period := SPANS[span]:
            start_ms, end_ms = periods.bounds(period, self._tz)(self._now_ms)
            return Filters(start_ms=start_ms, end_ms=end_ms)
        if not self._agent.session:
            return None
        return Filters(start_ms=max(0, self._now_ms - SESSION_MS), tags=(("session", self._agent.session),))

    @property
    def share(self) -> float | None:
        """Used share of the budget that is used most; None without any. [1]"""
        return None if self._spent is None else self._spent.share

    @property
    def is_over(self) -> bool:
        """True where a budget is used up."""
        return self._spent is not None and self._spent.is_over

    @cached_property
    def _spent(self) -> "Spent | None":
        """The budget with the largest used share, of those of which that is known."""
        from ecocli.analysis.budgets import all_spent

        found = all_spent(self._store, self._tz, self._now_ms, self._prices) if self._store else []
        known = [spent for spent in found if spent.share is not None]
        return max(known, key=lambda each: each.share or 0.0, default=None)

    @property
    def _budget(self) -> str:
        if self._spent is None:
            return ""
        from ecocli.render.budgets import used

        return f"{used(self._spent)} of the {self._spent.budget.period}'s budget"


def line(values: Values, text: str | None) -> str:
    """Fill a format string; without one, the default, preceded by the agent's model and session where known."""
    if text is not None:
        return text.format_map(values)
    session = SESSION if values.sum("session").calls else ""
    model = "{model} · " if values["model"] else ""
    return f"{model}{session}{DEFAULT}".format_map(values)


def _text(sum: Sum, what: str) -> str:
    if what == "calls":
        return f"{sum.calls:,}"
    if what == "tokens":
        return f"{sum.input_tokens + sum.output_tokens:,}"
    return amount(sum[FIGURES[what] or ""].value, UNITS[what])
