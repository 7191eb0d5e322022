"""Models and places of the catalogue as JSON."""

from collections.abc import Sequence
from typing import Any


def model_row(model: Any) -> dict[str, Any]:
    """A model with its sizes."""
    spec = model.spec
    return {
        "id": spec.id,
        "provider": model.provider,
        "developer": model.developer,
        "family": model.family,
        "architecture": spec.architecture,
        "totalParamsB": spec.total_params_b.value,
        "activeParamsB": spec.active_params_b.value,
        "sizeBasis": spec.size_basis,
        "reasoning": spec.reasoning,
        "contextTokens": spec.context_tokens,
    }


def model_body(model: Any) -> dict[str, Any]:
    """A model with every factor and its source."""
    factors: dict[str, Any] = model.spec.to_json()
    return model_row(model) | factors | {"aliases": list(model.aliases)}


def region_body(code: str, found: Any, sites: Sequence[Any]) -> dict[str, Any]:
    """A place, under the name that was asked for, with every factor and its source, and the sites behind a mean."""
    factors: dict[str, Any] = found.spec.to_json()
    body = {"region": code} | factors | {"regionMatch": found.match, "calculationMethod": found.calculation_method}
    return body | {"sites": sites} if sites else body
