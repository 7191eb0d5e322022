"""Blocks of five hours as a table, as CSV, and the running one in lines."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import tzinfo
from decimal import Decimal
from typing import Any, TextIO

from ecocli.analysis.blocks import Block, Use, burn_rate, projection
from ecocli.contract.blocks import row
from ecocli.core.days import minute_text
from ecocli.core.numbers import amount, dollars, ranged, significant
from ecocli.errors import shorten

UNITS = {"facility_energy_wh": "Wh", "co2_g": "g", "water_ml": "mL"}
SPARED = ("models", "water", "calls")
"""Columns that are left out, in this order, where there is no room."""
NESTED = ("range", "burnRate", "projection")


def columns(title: str, costs: bool) -> list[tuple[str, str]]:
    """Of the table; `title` stands above the beginnings."""
    figures = ("calls", "tokens", "energy", "carbon", "water", *(("cost",) if costs else ()))
    return [(title, "left"), ("", "left"), *((name, "right") for name in figures), ("models", "left")]


def cells(block: Block, now_ms: int, tz: tzinfo, costs: bool) -> list[Any]:
    """A row of the table."""
    figures = [amount(block.sum[figure].value, unit) for figure, unit in UNITS.items()]
    money = [dollars(block.cost.usd) if block.cost and block.cost.priced else None] if costs else []
    models = ", ".join(shorten(model) for model in block.models) or None
    return [minute_text(block.start_ms, tz), _state(block, now_ms), f"{block.sum.calls:,}", f"{block.tokens:,}", *figures, *money, models]


def _state(block: Block, now_ms: int) -> str:
    return f"active, {span(block.minutes_left(now_ms))} left" if block.is_active(now_ms) else span(block.minutes)


def span(minutes: float) -> str:
    """
    A length of time, in whole minutes.

    >>> span(135.4), span(59.6), span(0)
    ('2 h 15 min', '1 h 0 min', '0 min')
    """
    hours, rest = divmod(round(minutes), 60)
    return f"{hours} h {rest} min" if hours else f"{rest} min"


def running_lines(block: Block, now_ms: int, tz: tzinfo) -> Iterator[str]:
    """How a block goes on: its rate and what it comes to."""
    rate, at_end = burn_rate(block), projection(block, now_ms)
    if rate is None or at_end is None:
        yield "  no burn rate yet: it is known from the second call on"
        return
    yield f"  burn rate  {_line(rate)} a minute"
    yield f"  projected  {_line(at_end)} at {minute_text(block.end_ms, tz)[11:]}, as it goes"


def _line(use: Use) -> str:
    figures = [ranged(use.figures[figure], unit) for figure, unit in UNITS.items()]
    money = [] if use.usd is None else [dollars(Decimal(use.usd))]
    tokens = f"{use.tokens:,.0f}" if use.tokens >= 100 else significant(use.tokens)
    return f"{tokens} tokens · {' · '.join([*figures, *money])}"


def write_csv(blocks: Iterable[Block], now_ms: int, out: TextIO, costs: bool) -> None:
    """Write what fits into cells: a range becomes two columns, a rate and a projection one for each figure."""
    from ecocli.render import spreadsheet

    writer = spreadsheet.writer(out)
    for number, block in enumerate(blocks):
        flat = _flat(row(block, now_ms), costs)
        if number == 0:
            writer.writerow(flat)
        writer.writerow(spreadsheet.cells(flat.values()))


def _flat(body: dict[str, Any], costs: bool) -> dict[str, Any]:
    rate, at_end = body["burnRate"] or {}, body["projection"] or {}
    names = ("tokens", "energyWh", "co2Grams", "waterMl", *(("costUsd",) if costs else ()))
    flat = {name: value for name, value in body.items() if name not in (*NESTED, "pricedCalls", "costUsd")}
    flat["models"] = " ".join(body["models"])
    money = {name: body.get(name) for name in ("pricedCalls", "costUsd")} if costs else {}
    bounds = {f"{name}{bound}": value for name, pair in body["range"].items() for bound, value in zip(("Low", "High"), pair, strict=True)}
    rates = {f"{name}PerMinute": rate.get(f"{name}PerMinute") for name in names}
    projected = {f"projected{name[0].upper()}{name[1:]}": at_end.get(name) for name in names}
    return flat | money | bounds | rates | projected


def spared(costs: bool) -> Sequence[str]:
    return (*SPARED, *(("energy",) if costs else ()))
