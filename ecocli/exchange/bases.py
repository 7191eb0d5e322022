"""The basis of a result that another eco computed: what this one must be able to show of it, whichever method it names."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from math import isfinite
from typing import Any

from ecocli.analysis.explanation import explanation
from ecocli.contract.history import BAD_ROW, optional_text, sentences, text
from ecocli.core.footprint import Basis, Footprint
from ecocli.core.quantity import ZERO
from ecocli.core.specs import MODEL_FIELDS, SITE_FIELDS, ModelSpec, SiteSpec
from ecocli.core.usage import Usage
from ecocli.errors import BadData, BadField, shorten
from ecocli.ingest import native

UNSOUND = (KeyError, TypeError, ValueError, AttributeError, ArithmeticError)
"""Raised by reading what was not written by eco."""

AUDITED = ("method", "data_edition", "calculation_method", "region_match", "model_match")
"""An answer's audit takes these from a basis."""
NAMED = {"model": ("id", "size_basis"), "site": ("region", "provider")}
"""Answers and reports show these."""
NUMBERS, PAPERS = ("value", "low", "high", "year"), ("unit", "source", "basis")
"""Of every factor."""

LARGEST = Usage(native.MAX_TOKENS, native.MAX_TOKENS, is_estimated=True, encoding="o200k_base", started_at_ms=0, first_token_at_ms=60_000)
TIMED = replace(LARGEST, concurrency=1.0, ended_at_ms=120_000, load_ms=1.0)
HARDEST = (LARGEST, TIMED, replace(TIMED, concurrency=None), replace(LARGEST, measured_wh=1.0, measured_boundary="gpu"))
NOTHING = Footprint(ZERO, ZERO, ZERO, ZERO, ZERO, ZERO, ZERO, ZERO, ZERO, None, None, "")
"""A basis that holds together can explain these calls, which together need every factor; any footprint will do."""

_checked: dict[str, None] = {}


def check_basis(basis: Basis, started_at_ms: int) -> None:
    """
    Nothing, or BadData. It must explain the call later on; each is tried once.

    A method that this program does not have, of a newer eco or of an older one, cannot be worked out here: its model,
    site and factors must be whole, and are all that is shown of it.
    """
    if basis.digest in _checked:
        return
    try:
        _check_audit(basis.content)
        _check_specs(basis.content)
        explained = [explanation(usage, NOTHING, basis.content, started_at_ms) for usage in HARDEST]
        _check_factors(explained[0]["factors"])
        json.dumps([basis.content, explained], allow_nan=False)  # 1e400 is a number in JSON, and infinite in Python
    except UNSOUND as error:
        raise BadData(f"basis: cannot be used: {shorten(repr(error))}", code=BAD_ROW) from error
    _checked[basis.digest] = None


def _check_audit(content: Mapping[str, Any]) -> None:
    for name in AUDITED:
        text(content, name)
    for owner, names in NAMED.items():
        for name in names:
            text(content[owner], name)
    if content.get("serving") is not None:
        for name in ("operator", "hosting", "energy", "hardware"):
            optional_text(content["serving"], name)
    if content.get("grid") is not None:
        text(content["grid"], "time")
    if content.get("assumptions") is None:
        raise BadField("assumptions", None, "must be a list of sentences", code=BAD_ROW)
    sentences(content, "assumptions")


def _check_specs(content: Mapping[str, Any]) -> None:
    """Model and site must be readable; a newer eco may say more about them."""
    ModelSpec.from_json({name: value for name, value in content["model"].items() if name in MODEL_FIELDS})
    SiteSpec.from_json({name: value for name, value in content["site"].items() if name in SITE_FIELDS})


def _check_factors(factors: Iterable[Mapping[str, Any]]) -> None:
    """Each must have numbers and papers that can be shown."""
    for factor in factors:
        if not (all(_is_number(factor[name]) for name in NUMBERS) and all(isinstance(factor[name], str) for name in PAPERS)):
            raise BadData(f"basis: {shorten(factor['name'])} is no factor with {', '.join((*NUMBERS, *PAPERS))}", code=BAD_ROW)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
