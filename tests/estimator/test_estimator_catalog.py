"""What must hold for every model, place and constant that ships."""

from collections.abc import Iterator
from datetime import date
from math import exp
from statistics import median
from typing import Any

import pytest

from ecocli.catalog.models import CatalogModel
from ecocli.core.footprint import Footprint
from ecocli.core.usage import Usage
from ecocli.estimator.eco1.constants import CONSTANTS
from ecocli.pipeline.assessment import Assessor
from tests.estimator_helpers import every_model, shipped

NOON_MS = 1_780_315_200_000
BASES = {"measured", "reported", "derived", "assumed"}


@pytest.fixture(scope="module")
def assessor() -> Assessor:
    return Assessor(shipped())


def cost(assessor: Assessor, model: CatalogModel, fresh: int, cached: int, output: int) -> Footprint:
    usage = Usage(fresh + cached, output, model=model.spec.id, cached_tokens=cached, started_at_ms=NOON_MS)
    return assessor.assess(usage, now_ms=NOON_MS).assessment.footprint


def wh(assessor: Assessor, model: CatalogModel, fresh: int, cached: int, output: int) -> float:
    return cost(assessor, model, fresh, cached, output).facility_energy_wh.value


def long_context(model: CatalogModel) -> bool:
    return model.spec.context_tokens is None or model.spec.context_tokens >= 101_000


def half_widths(assessor: Assessor, open_weights: bool, *tokens: int) -> dict[str, float]:
    """How far the range reaches to either side, as x/÷. [1]"""
    found = (m for m in every_model() if m.open_weights == open_weights and m.spec.compute_multiplier is None)
    return {m.spec.id: exp(cost(assessor, m, *tokens).facility_energy_wh.width / 2) for m in found}


# Papers


@pytest.mark.parametrize("name", CONSTANTS)
def test_a_constant_carries_its_papers(name: str) -> None:
    check(name, CONSTANTS[name].to_json())


def test_every_factor_of_the_catalogue_carries_its_papers() -> None:
    kinds = ("model", "model-class", "place", "grid", "region", "facility", "provider", "cloud")
    found = [factor for kind in kinds for key, body in shipped().all(kind) for factor in factors(f"{kind} {key}", body)]
    assert len(found) > 4 * len(every_model())
    for name, factor in found:
        check(name, factor)


def factors(name: str, body: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every number with a unit, wherever it is in an entry."""
    if isinstance(body, dict) and {"value", "unit"} <= set(body):
        yield name, body
    elif isinstance(body, dict | list):
        for key, part in body.items() if isinstance(body, dict) else enumerate(body):
            yield from factors(f"{name}.{key}", part)


def check(name: str, factor: dict[str, Any]) -> None:
    assert factor["low"] <= factor["value"] <= factor["high"], name
    assert factor["unit"] and factor["source"].strip(), name
    assert 1990 <= factor["year"] <= date.today().year, name
    assert factor["basis"] in BASES, name


# Prompts and caches


def test_a_long_prompt_costs_at_least_eight_times_a_short_one(assessor: Assessor) -> None:
    models = [model for model in every_model() if long_context(model)]
    ratios = {m.spec.id: wh(assessor, m, 100_000, 0, 1000) / wh(assessor, m, 10, 0, 1000) for m in models}
    assert len(models) > 100
    assert {model: ratio for model, ratio in ratios.items() if ratio < 8} == {}


def test_a_prompt_read_from_the_cache_costs_clearly_less(assessor: Assessor) -> None:
    models = [model for model in every_model() if long_context(model)]
    shares = {m.spec.id: wh(assessor, m, 5_000, 95_000, 1000) / wh(assessor, m, 100_000, 0, 1000) for m in models}
    assert max(shares.values()) < 0.9
    assert median(shares.values()) < 0.5


# Ranges


def test_the_range_of_a_closed_model_stays_within_a_factor_of_four(assessor: Assessor) -> None:
    # products that run several passes per token have a factor more, and are left out
    for tokens in ((1000, 0, 500), (10, 0, 1000), (10_000, 0, 1500), (100_000, 0, 1000)):
        found = half_widths(assessor, False, *tokens)
        assert median(found.values()) <= 4, tokens
        assert sum(width <= 4 for width in found.values()) / len(found) >= 0.75, tokens


def test_the_range_of_an_open_model_is_narrower(assessor: Assessor) -> None:
    found, closed = (half_widths(assessor, is_open, 1000, 0, 500) for is_open in (True, False))
    assert median(found.values()) < 2.9
    assert median(found.values()) < median(closed.values())
    assert all(width > 2 for width in found.values())  # measured serving of one model spreads this far at least


def test_several_passes_make_a_wider_range(assessor: Assessor) -> None:
    several = [m for m in every_model() if m.spec.compute_multiplier and m.spec.compute_multiplier.low < m.spec.compute_multiplier.high]
    assert several
    closed = half_widths(assessor, False, 1000, 0, 500)
    found = [exp(cost(assessor, m, 1000, 0, 500).facility_energy_wh.width / 2) for m in several]
    assert median(found) > median(closed.values())
