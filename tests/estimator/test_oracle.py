"""footprint() against the equations worked out a second time, in oracle.py."""

import itertools
from datetime import UTC, datetime

import pytest

from ecocli.catalog.entries import Entries
from ecocli.catalog.models import resolve_model
from ecocli.catalog.regions import resolve_site
from ecocli.estimator.call import Call
from ecocli.estimator.eco1 import laws
from ecocli.estimator.eco1 import plan as plans
from ecocli.estimator.eco1.constants import CONSTANTS
from ecocli.estimator.footprint import footprint
from tests import oracle

MODELS = [
    "openai/gpt-4o",  # closed, mixture of experts
    "anthropic/claude-opus-4.5",
    "meta-llama/llama-3.1-8b-instruct",  # open, dense
    "deepseek/deepseek-r1",  # small cache, always reasons
    "openai/gpt-oss-120b",  # 4-bit weights
    "groq/llama-3.3-70b-versatile",  # not a GPU
    "openai/gpt-5-pro",  # several passes per token
    "ai21/jamba-large-1.7",  # hybrid
]
SITES = [("aws", "us-east-1"), ("gcp", "europe-north1"), ("openai", None), (None, "FR"), (None, None)]
CALLS = [  # input, cached, output
    (0, 0, 0),
    (1, 0, 0),
    (0, 0, 1),
    (1000, 0, 500),
    (100, 100, 100),
    (100_000, 95_000, 1000),
    (1_000_000, 0, 64_000),
]
DAYS = [datetime(year, month, 1, tzinfo=UTC) for year, month in ((2019, 1), (2024, 6), (2025, 1), (2026, 11), (2031, 1))]


def agree(found, expected: dict[str, oracle.Q]) -> None:
    for name, bounds in expected.items():
        estimate = getattr(found, name)
        assert (estimate.low, estimate.value, estimate.high) == pytest.approx(bounds, rel=1e-9, abs=0), name


def plan(catalog: Entries, model: str, site: tuple[str | None, str | None], at: datetime) -> tuple[plans.Plan, float, int]:
    match, place = resolve_model(catalog, model, None, fallback=True), resolve_site(catalog, *site, fallback=True)
    at_ms = int(at.timestamp() * 1000)
    return plans.make(match.spec, place.spec, CONSTANTS, match.widening, at_ms), match.widening, at_ms


@pytest.mark.parametrize("model", MODELS)
def test_counted_calls(catalog: Entries, model: str) -> None:
    for site, at in itertools.product(SITES, DAYS):
        made, widening, at_ms = plan(catalog, model, site, at)
        for input, cached, output in CALLS:
            expected = oracle.footprint(
                made.model, made.site, CONSTANTS, input=input, cached=cached, output=output, at_ms=at_ms, widening=widening
            )
            agree(footprint(made, Call(input, output, cached)), expected)


@pytest.mark.parametrize("model", ["deepseek/deepseek-r1", "anthropic/claude-opus-4.5", "openai/gpt-5-pro"])
@pytest.mark.parametrize("wait_ms", [0, 500, 5_000, 90_000, 10_000_000])
def test_calls_that_reason_out_of_sight(catalog: Entries, model: str, wait_ms: int) -> None:
    made, widening, at_ms = plan(catalog, model, ("aws", None), DAYS[3])
    for input, cached, output in ((1000, 0, 200), (50_000, 40_000, 1)):
        call = Call(input, output, cached, wait_ms=wait_ms, is_estimated=True)
        expected = oracle.footprint(
            made.model, made.site, CONSTANTS,
            input=input, cached=cached, output=output, at_ms=at_ms, widening=widening, wait_ms=wait_ms,
        )  # fmt: skip
        agree(footprint(made, call), expected)


def test_a_plan_moved_to_another_day_is_a_plan_of_that_day(catalog: Entries) -> None:
    early, widening, _ = plan(catalog, "openai/gpt-4o", ("aws", None), DAYS[1])
    _, _, later_ms = plan(catalog, "openai/gpt-4o", ("aws", None), DAYS[4])
    expected = oracle.footprint(early.model, early.site, CONSTANTS, input=1000, output=500, at_ms=later_ms, widening=widening)
    agree(footprint(plans.aged(early, laws.vintage(later_ms, CONSTANTS)), Call(1000, 500)), expected)
