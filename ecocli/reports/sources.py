"""Sourced factors and assumptions that the figures were computed with."""

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from ecocli.core.factors import Factor
from ecocli.core.specs import MODEL_FACTORS, SITE_FACTORS
from ecocli.reports.lines import Line, parts_by, share
from ecocli.store.breakdown import Amounts, Breakdown, Cell
from ecocli.store.partial_sums import PartialSums
from ecocli.util.valueclass import value_class

ANNUAL = "annual"
NOT_STATED = "not stated"
PER_KWH = "gCO2e/kWh"
DOUBT = re.compile(r"\((?:[^()]*, )?(unchecked|read in [^()]+)\)$")
"""How a citation ends that says so: see catalog/schema.py."""


@value_class(frozen=True, slots=True)
class UsedFactor:
    """A factor as it was at the time of the calls that used it."""

    kind: str
    """place, model or constant."""
    owner: str
    """The place or model that it describes, or the method for a constant."""
    name: str
    factor: Factor
    share: float | None
    """Share of the operational emissions that were computed with it. [1]"""

    @property
    def gwp(self) -> str | None:
        """
        The IPCC assessment report whose global warming potentials the source used; None for other units than CO2e.

        Nothing is converted: between AR5 and AR6 grid factors differ by less than 0.1 %.
        """
        if self.factor.unit != PER_KWH:
            return None
        found = re.search(r"\bAR[4-6]\b", self.factor.source)
        return found[0] if found else NOT_STATED


@value_class(frozen=True, slots=True)
class DoubtfulSource:
    """A source that nobody compared with what its owner published, and what depends on it."""

    source: str
    doubt: str
    """unchecked: recalled or inferred; or where it was read instead."""
    factors: tuple[str, ...]
    share: float | None
    """Share of the operational emissions that were computed with any of the factors. [1]"""


def factors(found: Breakdown) -> list[UsedFactor]:
    """The factors of places, then models, then constants, each by falling share of emissions."""
    whole, order = Amounts.of(found.cells.values()), ("place", "model", "constant")
    groups = _each(found, _of_call).items()
    used = [UsedFactor(kind, owner, name, factor, share(amounts, whole)) for (kind, owner, name, factor), amounts in groups]
    names = {name: at for at, name in enumerate((*SITE_FACTORS, *MODEL_FACTORS))}
    return sorted(used, key=lambda each: (order.index(each.kind), -(each.share or 0.0), each.owner, names.get(each.name, 0)))


def assumptions(found: Breakdown) -> list[Line]:
    """Assumptions about models and places, each with the calls that it applies to; several may apply to one call."""
    whole = Amounts.of(found.cells.values())
    groups = _each(found, lambda _, basis: basis["assumptions"])
    each = (Line(sentence, amounts, share(amounts, whole)) for sentence, amounts in groups.items())
    return sorted(each, key=lambda line: (-line.amounts.co2_g.value, line.name))


class _Call(NamedTuple):
    """What of a call decides which constants its equations took."""

    basis_id: int
    is_estimated: int
    has_inferred_reasoning: int
    has_cached: int
    has_encoding: int


def _call(cell: Cell, _: Mapping[str, Any]) -> _Call:
    return _Call(cell.basis_id, cell.is_estimated, cell.has_inferred_reasoning, cell.has_cached or 0, cell.has_encoding)


CONDITIONAL: tuple[tuple[tuple[str, ...], Callable[[_Call, Mapping[str, Any]], bool]], ...] = (
    (("queue_s", "prefill_rate", "decode_rate_50b", "decode_rate_exponent"), lambda call, _: bool(call.has_inferred_reasoning)),
    (("cached_read_ratio",), lambda call, _: bool(call.has_cached)),
    (("counted_text",), lambda call, _: bool(call.is_estimated)),
    (("other_tokenizer",), lambda call, basis: bool(call.is_estimated and call.has_encoding) and basis["model"]["developer"] != "openai"),
)
"""Constants that the equations of some calls do not take, with the calls that take them."""


def doubtful(found: Breakdown) -> list[DoubtfulSource]:
    """The unchecked and second-hand sources of factors, by falling share of emissions."""
    whole = Amounts.of(found.cells.values())
    names: dict[tuple[str, str], dict[str, None]] = {}

    def sources(call: _Call, basis: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        for kind, _, name, factor in _of_call(call, basis):
            if doubt := DOUBT.search(factor.source):
                names.setdefault((factor.source, doubt[1]), {})[f"{name} ({kind})"] = None
                yield factor.source, doubt[1]

    groups = _each(found, sources)
    each = (DoubtfulSource(key[0], key[1], tuple(names[key]), share(amounts, whole)) for key, amounts in groups.items())
    return sorted(each, key=lambda one: (-(one.share or 0.0), one.source))


def _each(found: Breakdown, names: Callable[[_Call, Mapping[str, Any]], Iterable[Hashable]]) -> dict[Any, Amounts]:
    """Amounts of calls by each of their `names`; a call counts under all of them."""
    groups: dict[Hashable, list[PartialSums]] = {}
    for call, parts in parts_by(found, _call).items():
        for name in dict.fromkeys(names(call, found.bases[call.basis_id])):
            groups.setdefault(name, []).append(parts)
    return {name: Amounts.of(each) for name, each in groups.items()}


def _of_call(call: _Call, basis: Mapping[str, Any]) -> Iterator[tuple[str, str, str, Factor]]:
    site, model = basis["site"], basis["model"]
    place = f"{site['provider']} {site['region']}"
    yield from (("place", place, name, Factor(**site[name])) for name in SITE_FACTORS if name in site)
    grid = basis.get("grid") or {}
    if grid.get("time", ANNUAL) != ANNUAL:
        yield "place", place, f"{grid['time']}_intensity", Factor(**grid["hour"])
    yield from (("model", model["id"], name, Factor(**model[name])) for name in MODEL_FACTORS if name in model)
    unused = {name for names, condition in CONDITIONAL for name in names if not condition(call, basis)}
    yield from (("constant", basis["method"], name, Factor(**factor)) for name, factor in basis["constants"].items() if name not in unused)
