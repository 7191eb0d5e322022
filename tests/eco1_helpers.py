"""Calls as an eco recorded them whose newest method was eco-1."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from ecocli.core.footprint import Assessment, Basis
from ecocli.core.specs import ModelSpec, SiteSpec
from ecocli.core.usage import Usage
from ecocli.estimator import eco1
from ecocli.estimator.footprint import footprint
from ecocli.pipeline.assessment import Assessor
from ecocli.pipeline.bases import digest, plan_of
from ecocli.pipeline.call_inputs import call_of
from ecocli.store import NewCall, Store
from tests import oracle
from tests.estimator_helpers import NOW_MS, shipped

LATER = ("open_weights", "prefill_params_b", "table_params_b")
"""Fields of a model that the basis of then did not have."""


def content(usage: Usage, **constants: float) -> dict[str, Any]:
    """The basis of an eco-1 result as it stands in a file, with other central values for some `constants`."""
    found = Assessor(shipped()).assess(usage, NOW_MS)
    model, site = found.model, found.site
    used = eco1.CONSTANTS | {name: replace(eco1.CONSTANTS[name], value=value) for name, value in constants.items()}
    kept = {
        "method": "eco-1",
        "data_edition": "of then",
        "model": {name: value for name, value in model.spec.to_json().items() if name not in LATER},
        "model_match": model.match,
        "model_widening": model.widening,
        "site": site.spec.to_json(),
        "region_match": site.match,
        "calculation_method": site.calculation_method,
        "constants": {name: factor.to_json() for name, factor in used.items()},
        "assumptions": [*model.spec.notes, *model.warnings, *site.spec.notes, *site.warnings],
    }
    found_again: dict[str, Any] = json.loads(json.dumps(kept))
    return found_again


def new_call(usage: Usage, **constants: float) -> NewCall:
    """A call with its estimate by eco-1."""
    basis = content(usage, **constants)
    assert usage.id is not None and usage.started_at_ms is not None
    plan = plan_of(basis, usage.started_at_ms)
    call, assumptions = call_of(usage, plan)
    named = {"model_id": basis["model"]["id"], "final_region": basis["site"]["region"], "calculation_method": basis["calculation_method"]}
    times = {"started_at_ms": usage.started_at_ms, "recorded_at_ms": usage.started_at_ms}
    assessment = Assessment(footprint(plan, call), Basis(basis, digest(basis)), assumptions)
    return NewCall(usage, "openai", "OpenAI", usage.id, key_id=None, assessment=assessment, **named, **times)


def record(path: Path, *calls: NewCall) -> None:
    """Store them; the file is made if it is not there."""
    with Store.open(path) as store, store.transaction():
        store.add_all(calls)


def by_hand(usage: Usage, basis: dict[str, Any]) -> dict[str, oracle.Q]:
    """The figures of a call by `tests/oracle.py`, from its basis alone."""
    model, site = ModelSpec.from_json(basis["model"]), SiteSpec.from_json(basis["site"])
    constants = {name: eco1.CONSTANTS[name].from_json(factor) for name, factor in basis["constants"].items()}
    assert usage.started_at_ms is not None
    day_ms = usage.started_at_ms // 86_400_000 * 86_400_000
    tokens = {"input": usage.input_tokens, "output": usage.output_tokens, "cached": usage.cached_tokens or 0}
    return oracle.footprint(model, site, constants, **tokens, at_ms=day_ms, widening=basis["model_widening"])
