"""What must hold for every model, place and constant that ships."""

from collections.abc import Iterator, Mapping
from datetime import date
from math import exp
from statistics import median
from typing import Any

import pytest

from ecocli.catalog.models import CatalogModel
from ecocli.core.factors import Factor
from ecocli.core.footprint import Footprint
from ecocli.core.usage import Usage
from ecocli.estimator.eco2 import accelerators, constants_for, formats
from ecocli.estimator.eco2.operators import OPERATORS
from ecocli.pipeline.assessment import Assessed, Assessor
from tests.estimator_helpers import ECO_1, ECO_2, every_model, shipped

NOON_MS = 1_780_315_200_000
BASES = {"measured", "reported", "derived", "assumed"}


@pytest.fixture(scope="module")
def assessor() -> Assessor:
    return Assessor(shipped())


def assessed(assessor: Assessor, model: CatalogModel, fresh: int, cached: int, output: int) -> Assessed:
    usage = Usage(fresh + cached, output, model=model.spec.id, cached_tokens=cached, started_at_ms=NOON_MS)
    return assessor.assess(usage, now_ms=NOON_MS)


def cost(assessor: Assessor, model: CatalogModel, fresh: int, cached: int, output: int) -> Footprint:
    return assessed(assessor, model, fresh, cached, output).assessment.footprint


def wh(assessor: Assessor, model: CatalogModel, fresh: int, cached: int, output: int) -> float:
    return cost(assessor, model, fresh, cached, output).facility_energy_wh.value


def long_context(model: CatalogModel) -> bool:
    return model.spec.context_tokens is None or model.spec.context_tokens >= 101_000


def half_widths(assessor: Assessor, operator: str, *tokens: int, least_b: float = 0.0) -> list[float]:
    """How far the range reaches to either side, as x/÷, for the models that a class of operator serves. [1]"""
    found = [assessed(assessor, model, *tokens) for model in every_model() if model.spec.compute_multiplier is None and model.spec.total_params_b.value >= least_b]
    widths = [exp(each.assessment.footprint.facility_energy_wh.width / 2) for each in found if each.serving.operator == operator]
    assert len(widths) > 20
    return widths


# Papers


@pytest.mark.parametrize("constants", [ECO_1.constants, ECO_2.constants], ids=["eco-1", "eco-2"])
def test_a_constant_carries_its_papers(constants: Mapping[str, Factor]) -> None:
    for name, constant in constants.items():
        check(name, constant.to_json())


@pytest.mark.parametrize("operator", OPERATORS)
def test_what_a_call_states_carries_its_papers(operator: str) -> None:
    """Of each accelerator alone, of each format alone, and of some together."""
    stated = [(board, None) for board in accelerators.DATASHEETS] + [(None, name) for name in formats.FORMATS] + [("H100", "fp8"), ("V100", "nvfp4")]
    for each in stated:
        for name, constant in constants_for(operator, *each).items():
            check(f"{name} of {each}", constant.to_json())


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


def test_a_long_prompt_costs_much_more_than_a_short_one(assessor: Assessor) -> None:
    """At least eight times, and four where a model is called so seldom that its few sequences at once make writing dear."""
    models = [model for model in every_model() if long_context(model)]
    assert len(models) > 100
    for model in models:
        rare = assessed(assessor, model, 10, 0, 1000).serving.operator == "rare"
        assert wh(assessor, model, 100_000, 0, 1000) / wh(assessor, model, 10, 0, 1000) >= (4 if rare else 8), model.spec.id


def test_a_prompt_read_from_the_cache_costs_clearly_less(assessor: Assessor) -> None:
    models = [model for model in every_model() if long_context(model)]
    shares = {m.spec.id: wh(assessor, m, 5_000, 95_000, 1000) / wh(assessor, m, 100_000, 0, 1000) for m in models}
    assert max(shares.values()) < 0.9
    assert median(shares.values()) < 0.5


# Ranges


@pytest.mark.parametrize("tokens", [(1000, 0, 500), (10, 0, 1000), (10_000, 0, 1500), (100_000, 0, 1000)])
def test_the_range_of_a_closed_model_stays_within_a_factor_of_four(assessor: Assessor, tokens: tuple[int, int, int]) -> None:
    # products that run several passes per token have a factor more, and are left out
    found = half_widths(assessor, "frontier", *tokens)
    assert median(found) <= 4
    assert sum(width <= 4 for width in found) / len(found) > 2 / 3


def test_the_range_of_an_open_model_is_narrower(assessor: Assessor) -> None:
    found, closed, rare = (half_widths(assessor, operator, 1000, 0, 500) for operator in ("open_host", "frontier", "rare"))
    assert median(found) < median(closed) < median(rare)
    assert all(width > 1.7 for width in found)  # of the smallest models the floor, which no batch changes, is most of a token
    measured = half_widths(assessor, "open_host", 1000, 0, 500, least_b=2.0)
    assert all(width > 2 for width in measured)  # measured serving of one model spreads this far at least


def test_several_passes_make_a_wider_range(assessor: Assessor) -> None:
    several = [m for m in every_model() if m.spec.compute_multiplier and m.spec.compute_multiplier.low < m.spec.compute_multiplier.high]
    assert several
    found = [exp(cost(assessor, m, 1000, 0, 500).facility_energy_wh.width / 2) for m in several]
    assert median(found) > median(half_widths(assessor, "frontier", 1000, 0, 500))
