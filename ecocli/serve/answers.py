"""Answers to many calls that are alike: the text of one, in which ids, counts and figures change places."""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

from ecocli.contract.answer import message
from ecocli.core.footprint import Spent
from ecocli.pipeline.builder import COUNTS
from ecocli.pipeline.recording import Recorded
from ecocli.serve.calls import body
from ecocli.serve.messages import json_bytes
from ecocli.store.columns import FIGURE_COLUMNS

FIGURES = {
    "energy_wh": "facility_energy_wh", "co2_grams": "co2_g", "water_ml": "water_ml", "tree_days": "tree_days", "embodied_co2_grams": "embodied_co2_g",
}  # fmt: skip
"""Those that an answer begins with, and tells the range of."""
TREE_DAYS = FIGURE_COLUMNS.index("tree_days")
NUMBERS = (*FIGURE_COLUMNS, *COUNTS, "market_co2_g")
TEXTS = ("id", "dominant_factor", "message")
OWN = {
    "id": "id",
    **FIGURES,
    **dict(zip((f"audit.tokens.{name}" for name in ("prompt", "completion", "reasoning", "cached", "cache_write")), COUNTS, strict=True)),
    **{f"audit.energy.{name}": f"{name.removesuffix('_wh')}_energy_wh" for name in ("accelerator_wh", "it_wh", "facility_wh")},
    **{f"audit.water.{name}": f"water_{name}" for name in ("onsite_ml", "offsite_ml")},
    "audit.marketCo2Grams": "market_co2_g",
    "audit.dominantFactor": "dominant_factor",
    "message": "message",
}
"""What each call has of its own, by its place in an answer."""
BEFORE = "\0"
"""Stands before a name, and nowhere else: no text of a call, a model or a place has a control character."""
MARK = re.compile(rb'"\\u0000(\w+)"')
"""A name as JSON has it."""
PLACES = {name.encode(): at for at, name in enumerate((*NUMBERS, *TEXTS))}
RANGES = {f"range.{name}": (f"{column}_low", f"{column}_high") for name, column in FIGURES.items()}
"""The same, of places with two numbers."""

Tell = Callable[[str, Sequence[int | None], Spent], str]


def alike(first: Recorded) -> Tell:
    """The function that answers calls like the first one, with the same text as `calls.line` has for each."""
    text, *rest = MARK.split(json_bytes(_marked(body(first), "")).replace(b"%", b"%%"))
    names, texts = rest[::2], rest[1::2]
    pattern = b"%b".join([text, *texts])
    chosen = itemgetter(*(PLACES[name] for name in names))

    def tell(call_id: str, counts: Sequence[int | None], spent: Spent) -> str:
        figures, market_co2_g, dominant_factor = spent
        numbers = json_bytes([*figures, *counts, market_co2_g])[1:-1].split(b",")
        text: bytes = pattern % chosen((*numbers, json_bytes(call_id), _named(dominant_factor), json_bytes(message(figures[TREE_DAYS]))))
        return text.decode()

    return tell


_named = lru_cache(json_bytes)
"""Of factors there are few."""


def _marked(value: Any, place: str) -> Any:
    """An answer where each thing of the call's own is replaced by its name."""
    if place in OWN:
        return f"{BEFORE}{OWN[place]}"
    if place in RANGES:
        return [f"{BEFORE}{bound}" for bound in RANGES[place]]
    if isinstance(value, dict):
        return {name: _marked(inside, f"{place}.{name}" if place else name) for name, inside in value.items()}
    return value
