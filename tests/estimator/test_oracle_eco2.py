"""footprint() by eco-2 against the law worked out a second time, in oracle_eco2.py."""

import itertools
from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecocli.catalog.entries import Entries
from ecocli.catalog.regions import resolve_site
from ecocli.core.specs import ModelSpec, SiteSpec
from ecocli.estimator import eco2
from ecocli.estimator.call import Call
from ecocli.estimator.eco2 import laws
from ecocli.estimator.eco2.operators import OPERATORS
from ecocli.estimator.footprint import footprint
from tests import oracle_eco2 as oracle
from tests.estimator_helpers import NOW_MS, a_site, every_model, models, positive, sites, tokens

DAYS_MS = [int(datetime(year, month, 1, tzinfo=UTC).timestamp() * 1000) for year, month in ((2019, 1), (2024, 6), (2025, 1), (2026, 11), (2031, 1))]
STATED = [(None, None), ("H100", "fp8"), ("B200", "nvfp4"), ("A100", None), ("RTX 4090", "q4_k_m"), (None, "bf16"), ("MI355X", "mxfp4")]
"""Accelerator and weight precision."""
CONCURRENCIES = (None, 1, 7.5, 64, 4096)
CALLS = [  # input, cached, output
    (0, 0, 0), (1, 0, 0), (0, 0, 1), (1000, 0, 500), (100, 100, 100), (100_000, 95_000, 1000), (1_000_000, 0, 64_000),
]  # fmt: skip
CLOSE = {"rel": 1e-9, "abs": 0}


def agree(model: ModelSpec, site: SiteSpec, served: tuple, at_ms: int, call: Call, widening: float = 1.0) -> None:
    """Both give the same bounds of every quantity."""
    constants = eco2.constants_for(*served)
    found = footprint(eco2.make(model, site, constants, widening, at_ms), call)
    expected = oracle.footprint(
        model, site, constants, input=call.input_tokens, output=call.output_tokens, cached=call.cached_tokens or 0, at_ms=at_ms,
        widening=widening, wait_ms=call.wait_ms, concurrency=call.concurrency,
    )  # fmt: skip
    for name, bounds in expected.items():
        estimate = getattr(found, name)
        assert (estimate.low, estimate.value, estimate.high) == pytest.approx(bounds, **CLOSE), (name, served, at_ms, call)


def test_every_model_of_the_catalogue() -> None:
    random = Random(2)
    for model in every_model():
        for operator in OPERATORS:
            input, cached, output = random.choice(CALLS)
            call = Call(input, output, cached, concurrency=random.choice(CONCURRENCIES))
            agree(model.spec, a_site(), (operator, *random.choice(STATED)), random.choice(DAYS_MS), call, random.choice((1.0, 1.5)))


@pytest.mark.parametrize("operator", OPERATORS)
@pytest.mark.parametrize("model", ["deepseek/deepseek-r1", "meta-llama/llama-3.1-8b-instruct", "openai/gpt-5-pro"])
def test_whatever_is_stated_on_any_day(model: str, operator: str) -> None:
    spec = next(each.spec for each in every_model() if each.spec.id == model)
    for at_ms, stated, concurrency in itertools.product(DAYS_MS, STATED, CONCURRENCIES):
        agree(spec, a_site(), (operator, *stated), at_ms, Call(5000, 700, 2000, concurrency=concurrency))


@pytest.mark.parametrize("call", CALLS)
def test_any_place(catalog: Entries, call: tuple[int, int, int]) -> None:
    input, cached, output = call
    for provider, region in (("aws", "us-east-1"), ("gcp", "europe-north1"), ("openai", None), (None, "FR"), (None, None)):
        site = resolve_site(catalog, provider, region, fallback=True).spec
        for model, concurrency in itertools.product(every_model()[::60], CONCURRENCIES):
            agree(model.spec, site, ("open_host",), NOW_MS, Call(input, output, cached, concurrency=concurrency))


@given(
    models(), sites(), st.sampled_from(sorted(OPERATORS)), st.sampled_from(STATED), st.sampled_from(DAYS_MS), tokens, tokens, tokens,
    st.none() | positive(1, 5000), positive(1, 3),
)  # fmt: skip
def test_any_model_and_call(
    model: ModelSpec, site: SiteSpec, operator: str, stated: tuple, at_ms: int, fresh: int, cached: int, output: int, concurrency: float | None, widening: float
) -> None:  # fmt: skip
    agree(model, site, (operator, *stated), at_ms, Call(fresh + cached, output, cached, concurrency=concurrency), widening)


@given(models(), st.sampled_from([500, 5_000, 90_000, 10_000_000]), st.none() | positive(1, 5000))
def test_calls_that_reason_out_of_sight(model: ModelSpec, wait_ms: int, concurrency: float | None) -> None:
    agree(model, a_site(), ("frontier",), NOW_MS, Call(50_000, 200, 40_000, wait_ms=wait_ms, is_estimated=True, concurrency=concurrency))


@given(st.integers(1, 5000), positive(0, 1e6), positive(1e-3, 1e3), positive(1e-3, 1e3))
def test_the_batch_is_the_root_of_littles_law(concurrency: int, prefill_j: float, each_j: float, shared_j: float) -> None:
    """With D = e + s/B, E2b times B * (D + P) is a quadratic: (e + P)*B² + (s - C*e - P)*B - C*s = 0."""
    a, b, c = each_j + prefill_j, shared_j - concurrency * each_j - prefill_j, -concurrency * shared_j
    root = (-b + (b * b - 4 * a * c) ** 0.5) / (2 * a) if b < 0 else 2 * -c / (b + (b * b - 4 * a * c) ** 0.5)
    found = laws.decoding_at_once(concurrency, prefill_j, lambda batch: each_j + shared_j / batch)
    assert found == pytest.approx(root, rel=1e-9, abs=1e-8)
    assert 1 <= found <= concurrency
