"""The entries of models.yaml that a described model makes."""

from collections.abc import Mapping, Sequence
from typing import Any

from ecocli.core.quantity import Estimate
from ecocli.util.valueclass import value_class
from ecocli.weights.described import Described

UNKNOWN = "unknown"
OPTIONAL = "optional"


@value_class(frozen=True, slots=True)
class Naming:
    """What a model is called and whose it is, which its files do not say for sure."""

    id: str
    key: str
    """Of the entries that it brings."""
    aliases: Sequence[str] = ()
    reasoning: str | None = None
    context_tokens: int | None = None
    precision: str | None = None
    open_weights: bool = True
    is_stated: bool = False
    """Sizes were stated by hand, not counted from files."""


def sections(model: Described, naming: Naming, year: int, known: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """
    The entries by section, as models.yaml has them.

    Args:
        known: The catalogue's own entry with this id, which keeps all but its sizes.
    """
    key = naming.key
    found: dict[str, Any] = {"sources": {key: _source(model, naming, year)}}
    if naming.precision is None and model.weight_bits is not None:
        found["precisions"] = {key: _factor(Estimate.exactly(model.weight_bits), "bit", naming, year)}
    found["architectures"] = {key: _architecture(model, naming, year)}
    found["models"] = [_model(model, naming, known)]
    return found


def _source(model: Described, naming: Naming, year: int) -> dict[str, Any]:
    title = f"Sizes of {naming.id}: {model.source}"
    return {"title": title[:256], "publisher": "your own models.yaml", "year": year, "checked": not naming.is_stated}


def _architecture(model: Described, naming: Naming, year: int) -> dict[str, Any]:
    total, active = model.total_params_b, model.active_params_b
    is_exact = not naming.is_stated or total.low == total.high
    optional = {
        "kv_bytes_per_token": model.kv_bytes_per_token and _factor(model.kv_bytes_per_token, "bytes/token", naming, year),
        "precision": naming.precision or (naming.key if model.weight_bits is not None else model.precision),
        "layers": model.layers,
        "attention": model.attention,
    }
    return {
        "architecture": model.architecture,
        "size_basis": "fact" if is_exact else "estimate",
        "total_params_b": _factor(total, "B", naming, year),
        "active_params_b": _factor(active, "B", naming, year),
    } | {name: value for name, value in optional.items() if value is not None}


def _factor(number: Estimate, unit: str, naming: Naming, year: int) -> dict[str, Any]:
    low, value, high = (float(f"{each:.6g}") for each in (number.low, number.value, number.high))
    basis = "reported" if low == high else "assumed" if naming.is_stated else "derived"
    return {"value": value, "low": low, "high": high, "unit": unit, "source": naming.key, "year": year, "basis": basis}


def _model(model: Described, naming: Naming, known: Mapping[str, Any] | None) -> dict[str, Any]:
    context = naming.context_tokens or model.context_tokens
    if known is not None:
        kept = {name: value for name, value in known.items() if name not in ("base", "precision", "size_basis", "range_widening")}
        return {"id": known["id"], "base": naming.key} | {name: value for name, value in kept.items() if name != "id"} | ({"context_tokens": context} if context else {})
    maker = naming.id.partition("/")[0].lower() if "/" in naming.id else UNKNOWN
    body: dict[str, Any] = {"id": naming.id, "base": naming.key, "developer": maker}
    if naming.aliases:
        body["aliases"] = list(naming.aliases)
    if context:
        body["context_tokens"] = context
    body["reasoning"] = naming.reasoning or model.reasoning or OPTIONAL
    if model.has_vision:
        body["modality"] = ["text", "vision"]
    return body | {"open_weights": naming.open_weights}


def stated(total: Estimate, active: Estimate) -> Described:
    """A model whose sizes somebody states, in billions."""
    kind = "moe" if active.value < total.value else "dense"
    return Described("stated by hand with eco models add", kind, total, active)
