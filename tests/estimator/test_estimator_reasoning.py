"""Hidden reasoning: when it is told from the wait, how much, and what it does to the range."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecocli.catalog.models import resolve_model
from ecocli.core.specs import ModelSpec
from ecocli.core.usage import Usage
from ecocli.estimator.call import Call
from ecocli.estimator.footprint import footprint, infer_reasoning
from ecocli.estimator.plan import Plan
from ecocli.pipeline.assessment import Assessor
from tests.estimator_helpers import METHODS, Method, bounds, methods, models, shipped

LONG = Call(1000, 200, wait_ms=60_000, is_estimated=True)
WAITS = st.integers(0, 10_000_000)


@pytest.fixture(scope="module", params=METHODS, ids=lambda method: method.id)
def plan(request: pytest.FixtureRequest) -> Plan:
    """A model that reasons, with a context to fill."""
    method: Method = request.param
    return method.make(resolve_model(shipped(), "deepseek/deepseek-r1", None, fallback=False).spec)


def test_a_wait_is_worth_tokens(plan: Plan) -> None:
    # (60 s - 0.7 s of queue - 1 000 tokens / 8 000 a second) * 67 tokens a second * (37 B / 50 B)^-0.27
    # = 59.175 * 67 * 1.0847 = 4 300
    assert {name: plan.constants[name].value for name in ("queue_s", "prefill_rate", "decode_rate_50b", "decode_rate_exponent")} == {
        "queue_s": 0.7, "prefill_rate": 8_000, "decode_rate_50b": 67, "decode_rate_exponent": -0.27,
    }  # fmt: skip
    found = infer_reasoning(plan, LONG)
    assert found is not None
    assert found.value == pytest.approx(4300, rel=1e-3)
    assert found.low < found.value < found.high


@pytest.mark.parametrize(
    "change",
    [{"is_estimated": False}, {"reasoning_tokens": 1}, {"wait_ms": None}],
    ids=["the provider counted", "reasoning was reported", "a time is not known"],
)
def test_nothing_is_inferred_when(plan: Plan, change: dict[str, object]) -> None:
    call = replace(LONG, **change)
    assert infer_reasoning(plan, call) is None
    assert footprint(plan, call).inferred_reasoning_tokens is None


def test_nothing_is_inferred_for_a_model_that_does_not_reason(plan: Plan) -> None:
    assert infer_reasoning(replace(plan, model=replace(plan.model, reasoning="no")), LONG) is None


def test_a_reported_zero_is_no_report(plan: Plan) -> None:
    assert infer_reasoning(plan, replace(LONG, reasoning_tokens=0)) == infer_reasoning(plan, LONG)


@pytest.mark.parametrize("missing", ["started_at_ms", "first_token_at_ms"])
def test_both_times_must_be_known(missing: str) -> None:
    known = {"started_at_ms": 1_763_800_000_000, "first_token_at_ms": 1_763_800_060_000}
    assessor = Assessor(shipped())
    for times, inferred in ((known, True), (known | {missing: None}, False)):
        usage = Usage(1000, 200, model="deepseek/deepseek-r1", is_estimated=True, **times)
        found = assessor.assess(usage, now_ms=1_763_800_000_000).assessment.footprint
        assert (found.inferred_reasoning_tokens is not None) is inferred


def test_a_short_wait_needs_no_reasoning(plan: Plan) -> None:
    call = replace(LONG, wait_ms=100)
    assert bounds(infer_reasoning(plan, call)) == (0, 0, 0)  # type: ignore[arg-type]
    counted = footprint(plan, replace(call, wait_ms=None))
    assert footprint(plan, call).facility_energy_wh == counted.facility_energy_wh


@methods
@given(models(), WAITS, st.integers(0, 2_000_000), st.integers(0, 2_000_000))
def test_reasoning_fits_into_the_context(method: Method, model: ModelSpec, wait_ms: int, fresh: int, output: int) -> None:
    found = infer_reasoning(method.make(model), Call(fresh, output, wait_ms=wait_ms, is_estimated=True))
    assert found is not None and 0 <= found.low <= found.value <= found.high
    if model.context_tokens is not None:
        assert found.high <= max(0, model.context_tokens - fresh - output)


@methods
@given(models(), WAITS, WAITS)
def test_a_longer_wait_never_costs_less(method: Method, model: ModelSpec, one: int, other: int) -> None:
    short, long = (footprint(method.make(model), replace(LONG, wait_ms=wait)) for wait in sorted((one, other)))
    assert long.facility_energy_wh.value >= short.facility_energy_wh.value


@methods
@given(models(), WAITS)
def test_its_spread_only_widens_the_range(method: Method, model: ModelSpec, wait_ms: int) -> None:
    plan = method.make(model)
    found = footprint(plan, replace(LONG, wait_ms=wait_ms))
    assert found.inferred_reasoning_tokens is not None
    told = Call(1000, 200 + found.inferred_reasoning_tokens.value)  # type: ignore[arg-type]
    counted = footprint(plan, told).facility_energy_wh
    assert found.facility_energy_wh.value == pytest.approx(counted.value)
    assert found.facility_energy_wh.width >= counted.width - 1e-9


@methods
@given(models(), st.integers(2_000, 100_000))
def test_one_millisecond_is_no_jump(method: Method, model: ModelSpec, wait_ms: int) -> None:
    before, after = (footprint(method.make(model), replace(LONG, wait_ms=wait)).facility_energy_wh.value for wait in (wait_ms, wait_ms + 1))
    assert before <= after <= before * 1.05
