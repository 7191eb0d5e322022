"""Cards for people: a few lines about one call, or about the totals of many."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ecocli.core.footprint import Footprint
from ecocli.core.numbers import counted, dollars, ranged
from ecocli.core.quantity import Estimate
from ecocli.core.totals import Totals
from ecocli.core.usage import Usage
from ecocli.errors import shorten

if TYPE_CHECKING:
    from ecocli.analysis.prices import Cost

MAX_LINE = 200
"""Longest text on how names were matched. [character]"""
BOLD, DIM, PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[0m"


def call_card(
    usage: Usage, footprint: Footprint, basis: Mapping[str, Any], stored: bool, colour: bool, duplicate: bool = False,
    cost: "Cost | None" = None, short_id: str | None = None,
) -> str:  # fmt: skip
    """The footprint of one call; `short_id` is its id where it is stored."""
    site, model = basis["site"], basis["model"]
    title = f"{shorten(model['id'])} · {shorten(site['provider'])} {shorten(site['region'])}"
    how = f"model {basis['model_match']}, region {basis['region_match']}{_energy_source(basis)}; widest: {footprint.dominant_factor}"
    lines = [styled(title, BOLD, colour), *_figures(footprint), *cost_lines(cost)]
    lines.append(styled(f"  tokens   {usage.input_tokens:,} in, {usage.output_tokens:,} out{_hidden(footprint)}", DIM, colour))
    lines.append(styled(f"  how      {shorten(how, MAX_LINE)}", DIM, colour))
    if short_id:
        lines.append(styled(f"  id       {shorten(short_id)}", DIM, colour))
    if duplicate:
        lines.append("  already recorded: nothing was added")
    elif not stored:
        lines.append(styled("  an estimate: nothing was stored", DIM, colour))
    return "\n".join(lines)


def totals_card(totals: Totals, stored: bool, colour: bool, cost: "Cost | None" = None, again: int = 0, kept_away: int = 0) -> str:
    """The totals of many calls; of them `again` were recorded before, and `kept_away` were undone or forgotten."""
    done = _recorded(totals.calls, again, kept_away) if stored else f"{counted(totals.calls, 'call')} estimated, nothing stored"
    title = f"{done} · {counted(totals.input_tokens, 'token')} in, {totals.output_tokens:,} out"
    rows = (("energy", totals.energy_wh, "Wh"), ("carbon", totals.co2_g, "g"), ("water", totals.water_ml, "mL"))
    figures = (*(_row(*row) for row in rows), _row("tree", totals.tree_days, "days"))
    return "\n".join([styled(title, BOLD, colour), *figures, *cost_lines(cost)])


def _recorded(calls: int, again: int, kept_away: int) -> str:
    """How many of some calls are new, where not all of them are."""
    if calls and again == calls:
        return f"{counted(calls, 'call')}, all recorded before"
    if not (again or kept_away):
        return f"{counted(calls, 'call')} recorded"
    parts = [(calls - again - kept_away, "recorded now"), (again, "recorded before"), (kept_away, "not stored again")]
    return f"{counted(calls, 'call')}: " + ", ".join(f"{count:,} {what}" for count, what in parts if count)


def cost_lines(cost: "Cost | None") -> list[str]:
    """The cost, and the number of calls that it covers, in one line; no line when it was not asked for."""
    if cost is None:
        return []
    if not cost.priced:
        return ["  cost     no list price is known"]
    part = f", {cost.priced:,} of {counted(cost.calls, 'call')}: the others have no known price" if cost.priced < cost.calls else ""
    return [f"  cost     {dollars(cost.usd)} at list prices{part}"]


def _energy_source(basis: Mapping[str, Any]) -> str:
    """How the energy was found, where tokens alone did not say it."""
    serving = basis.get("serving") or {}
    if serving.get("energy") in (None, "modelled"):
        return ""
    return f", energy {serving['energy']}" + (f" by hardware {serving['hardware']}" if serving.get("hardware") and serving["energy"] == "timed" else "")


def _figures(footprint: Footprint) -> list[str]:
    return [
        _row("energy", footprint.facility_energy_wh, "Wh"),
        _row("carbon", footprint.co2_g, "g", " CO2e"),
        _row("water", footprint.water_ml, "mL"),
        _row("tree", footprint.tree_days, "days", " of one tree's uptake"),
    ]


def _row(name: str, estimate: Estimate, unit: str, note: str = "") -> str:
    return f"  {name:<8} {ranged(estimate, unit)}{note}"


def _hidden(footprint: Footprint) -> str:
    hidden = footprint.inferred_reasoning_tokens
    return f", about {hidden.value:,.0f} hidden reasoning inferred from the wait" if hidden and hidden.value >= 1 else ""


def styled(text: str, style: str, colour: bool) -> str:
    """`text` in a style such as BOLD; unchanged without `colour`."""
    return f"{style}{text}{PLAIN}" if colour else text
