"""Data quality, as shares of the emissions by level of evidence."""

from collections.abc import Callable, Mapping
from typing import Any

from ecocli.reports.lines import Line, grouped, share
from ecocli.store.breakdown import Amounts, Breakdown, Cell
from ecocli.util.valueclass import value_class

NAMED = ("exact", "alias", "suffix")
"""Matches of models that are known by name."""


@value_class(frozen=True, slots=True)
class Dimension:
    """One dimension of data quality. Its levels go from the best to the poorest, and together cover all calls."""

    name: str
    title: str
    levels: list[Line]
    meanings: Mapping[str, str]
    """Explanations by the names of the levels."""


def dimensions(found: Breakdown) -> list[Dimension]:
    """The dimensions place, name of the model, energy, token counts, model size, and tier after Llopis (arXiv:2606.10660)."""
    return [
        _dimension(found, "region", "Place of computing", REGION, lambda _, basis: basis["calculation_method"]),
        _dimension(found, "match", "Name of the model", MATCH, lambda _, basis: basis["model_match"]),
        _dimension(found, "energy", "Energy", ENERGY, lambda _, basis: (basis.get("serving") or {}).get("energy") or "modelled"),
        _dimension(found, "tokens", "Token counts", TOKENS, _tokens),
        _dimension(found, "modelSize", "Size of the model", SIZE, lambda _, basis: basis["model"]["size_basis"]),
        _dimension(found, "tier", "Tier after Llopis (arXiv:2606.10660, 2026), as eco reads it", TIER, _tier),
    ]


REGION = {
    "EXACT_REGION": "the data centre's region was named",
    "REGION_SPECIFIC": "a country, state, grid zone or geography was named",
    "PROVIDER_AVERAGE": "unknown: the provider's usual region or mix of places",
    "GLOBAL_AVERAGE": "unknown: the world's mean",
}
MATCH = {
    "exact": "as the catalogue spells it",
    "alias": "another name of it, or one that the user gave it",
    "suffix": "with a date, a maker or another ending",
    "family": "the newest model of its family stands for it",
    "provider_default": "no model was named: what the provider serves by default",
    "class": "its size or kind stands for it",
}
ENERGY = {
    "measured": "measured by an instrument",
    "timed": "from the time on a machine of one's own and what it draws",
    "modelled": "from the tokens, by the equations",
}
TOKENS = {
    "reported": "reported by the provider, in its answer or in a log",
    "stated": "stated by the caller, by flags or in an event of eco's own form",
    "estimated": "counted from the visible text",
    "estimated_with_inferred_reasoning": "counted from the visible text, hidden reasoning inferred from the wait",
}
SIZE = {"fact": "published by the maker", "estimate": "estimated by outsiders", "guess": "a guess from the model's class"}
TIER = {
    "tokens": "1: tokens of a model that is known by name",
    "model_class": "2: a class of models stands for one that is not known",
    "time": "3: hours of use; eco never does this",
    "spend": "4: money spent; eco never does this",
}


def _tokens(cell: Cell, basis: Mapping[str, Any]) -> str:
    if not cell.is_estimated:
        return "stated" if cell.is_stated else "reported"
    return "estimated_with_inferred_reasoning" if cell.has_inferred_reasoning else "estimated"


def _tier(cell: Cell, basis: Mapping[str, Any]) -> str:
    return "tokens" if basis["model_match"] in NAMED else "model_class"


def _dimension(
    found: Breakdown, name: str, title: str, meanings: Mapping[str, str], level: Callable[[Cell, Mapping[str, Any]], str]
) -> Dimension:
    groups, whole = grouped(found, level), Amounts.of(found.cells.values())
    # a level of a later method is included, so that shares add up to one
    names = [*meanings, *sorted(groups.keys() - meanings.keys())]
    levels = [Line(each, groups.get(each, Amounts()), share(groups.get(each, Amounts()), whole)) for each in names]
    return Dimension(name, title, levels, {each: meanings.get(each, each) for each in names})
