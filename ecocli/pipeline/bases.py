"""The basis of an estimate: made of what names were matched to, and back to the plan that it stands for."""

import json
from collections.abc import Mapping
from typing import Any

from ecocli.core.factors import Factor
from ecocli.core.footprint import Basis
from ecocli.core.matches import ModelMatch, SiteMatch
from ecocli.core.specs import ModelSpec, SiteSpec
from ecocli.estimator import methods
from ecocli.estimator.grid_time import GridTime
from ecocli.estimator.methods import METHOD
from ecocli.estimator.plan import Plan
from ecocli.pipeline import years
from ecocli.pipeline.serving import Serving
from ecocli.util.digests import sha256

DAY_MS = 86_400_000


def basis_of(model: ModelMatch, site: SiteMatch, served: Serving, grid: GridTime, edition: str, year: int) -> Basis:
    """The basis of calls to a model at a site in a year."""
    content = {
        "method": METHOD,
        "data_edition": edition,
        "model": model.spec.to_json(),
        "model_match": model.match,
        "model_widening": model.widening,
        "site": site.spec.to_json(),
        "region_match": site.match,
        "calculation_method": site.calculation_method,
        "grid": grid.to_json(),
        "serving": served.to_json(),
        "constants": {name: factor.to_json() for name, factor in served.constants.items()},
        "assumptions": [*model.spec.notes, *model.warnings, *site.spec.notes, *site.warnings, *years.of_another_year(site.spec, year), *served.assumptions, *served.warnings],
    }
    return Basis(content, digest(content))


def digest(content: Mapping[str, Any]) -> str:
    """SHA-256 of canonical JSON: the same content has the same digest on every machine."""
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return sha256(canonical.encode()).hexdigest()


def plan_of(content: Mapping[str, Any], started_at_ms: int, grid_g_per_kwh: float | None = None) -> Plan:
    """
    The plan that a stored basis stands for: the factors of then, whatever the data files say now.

    Args:
        grid_g_per_kwh: Intensity of the call's hour, where the basis is by the hour. [gCO2e/kWh]
    """
    site = SiteSpec.from_json(content["site"])
    if "grid" in content:
        site = GridTime.from_json(content["grid"]).site(site, started_at_ms, grid_g_per_kwh)
    plan: Plan = methods.package(content["method"]).make(
        ModelSpec.from_json(content["model"]),
        site,
        {name: Factor.from_json(factor) for name, factor in content["constants"].items()},
        content["model_widening"],
        started_at_ms // DAY_MS * DAY_MS,
    )
    return plan
