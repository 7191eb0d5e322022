"""What is true of eco-2 alone: batches, concurrency, precision, and models that read and write differently."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecocli.core.factors import Factor
from ecocli.core.quantity import Estimate
from ecocli.core.specs import ModelSpec
from ecocli.estimator.call import Call
from ecocli.estimator.eco2 import laws
from ecocli.estimator.eco2.constants import CONSTANTS
from ecocli.estimator.eco2.costs import inputs_of
from ecocli.estimator.eco2.operators import OPERATORS
from ecocli.estimator.footprint import footprint
from tests.estimator_helpers import ECO_2, NOW_MS, Method, bounds, eco_2, models, positive, scaled

YEAR_MS = 365.25 * 86_400_000
MORE = 1.01
EQUAL = 1 + 1e-9
"""Room for rounding."""
COUNTS = st.integers(0, 200_000)
SERVED = st.builds(eco_2, st.sampled_from(sorted(OPERATORS)), st.sampled_from([None, "H100", "B200", "RTX 4090"]))
CONCURRENCIES = positive(1, 5000)


def exactly(value: float, unit: str = "1") -> Factor:
    return Factor(value, value, value, unit, "a test", 2026)


def model(total: float, active: float, **more: object) -> ModelSpec:
    kind = "dense" if active == total else "moe"
    return ModelSpec("a/model", "a", kind, exactly(total), exactly(active), exactly(1e5), exactly(8), "no", **more)  # type: ignore[arg-type]


def with_batch(batch: float) -> Method:
    return ECO_2.changed(operator_batch=exactly(batch))


def meter(method: Method, of: ModelSpec, call: Call, at_ms: int = NOW_MS) -> Estimate:
    return footprint(method.make(of, at_ms=at_ms), call).facility_energy_wh


def accelerators(method: Method, of: ModelSpec, call: Call) -> float:
    return footprint(method.make(of), call).accelerator_energy_wh.value


# More at once


@given(models(), positive(1, 8000), positive(1, 3), COUNTS, COUNTS)
def test_more_sequences_at_once_never_cost_more(of: ModelSpec, batch: float, ratio: float, input: int, output: int) -> None:
    few, many = (meter(with_batch(at), of, Call(input, output)).value for at in (batch, batch * ratio))
    assert many <= few * EQUAL


@given(models(), SERVED, CONCURRENCIES, positive(1, 3), COUNTS, COUNTS, st.integers(0, 5000))
def test_more_requests_in_flight_never_cost_more(of: ModelSpec, method: Method, few: float, ratio: float, fresh: int, cached: int, output: int) -> None:
    """Among calls that state a concurrency: who states none may be served on boards that idle less."""
    one, other = (meter(method, of, Call(fresh + cached, output, cached, concurrency=at)).value for at in (few, few * ratio))
    assert other <= one * EQUAL


@given(models(), SERVED, CONCURRENCIES, st.sampled_from(["total_params_b", "active_params_b", "weight_bits", "kv_bytes_per_token"]), COUNTS, COUNTS)
def test_a_larger_model_costs_no_less_at_a_stated_concurrency(of: ModelSpec, method: Method, concurrency: float, what: str, input: int, output: int) -> None:
    larger, call = replace(of, **{what: scaled(getattr(of, what), MORE)}), Call(input, output, concurrency=concurrency)
    assert accelerators(method, larger, call) * EQUAL >= accelerators(method, of, call)


@given(models(), SERVED, CONCURRENCIES, COUNTS, COUNTS, st.integers(0, 50_000), st.sampled_from([(100, 0, 0), (0, 100, 0), (0, 0, 100)]))
def test_more_tokens_cost_more_at_a_stated_concurrency(
    of: ModelSpec, method: Method, concurrency: float, fresh: int, cached: int, output: int, more: tuple[int, int, int]
) -> None:
    base = Call(fresh + cached, output, cached, concurrency=concurrency)
    longer = Call(fresh + cached + more[0] + more[1], output + more[2], cached + more[1], concurrency=concurrency)
    assert accelerators(method, of, longer) > accelerators(method, of, base)


@given(models(), SERVED, COUNTS, st.integers(1, 5000))
def test_one_request_in_flight_is_one_sequence(of: ModelSpec, method: Method, input: int, output: int) -> None:
    assert bounds(method.make(of).at_concurrency(1, (input, 0, output)).batch) == (1, 1, 1)


@given(models(), CONCURRENCIES, COUNTS, st.integers(0, 5000))
def test_a_batch_lies_between_one_and_all_in_flight(of: ModelSpec, concurrency: float, input: int, output: int) -> None:
    low, value, high = bounds(ECO_2.make(of).at_concurrency(concurrency, (input, 0, output)).batch)
    assert 1 <= low <= value <= high <= concurrency * EQUAL


@given(models(), CONCURRENCIES, COUNTS, st.integers(1, 5000))
def test_whoever_only_writes_decodes_all_at_once(of: ModelSpec, concurrency: float, input: int, output: int) -> None:
    plan = ECO_2.make(of)
    alone, beside = (plan.at_concurrency(concurrency, (prompt, 0, output)).batch.value for prompt in (0, input))
    assert alone == pytest.approx(concurrency)
    assert beside <= alone * EQUAL


@pytest.mark.parametrize("operator", ["own_server", "one_user"])
def test_prefill_on_the_boards_that_write_does_not_wait(operator: str) -> None:
    assert bounds(eco_2(operator).make(model(70, 70)).at_concurrency(8, (1000, 0, 500)).load) == (1, 1, 1)
    # 1 + 0/24, 1 + 16/24, 1 + 45/24
    assert bounds(ECO_2.make(model(70, 70)).at_concurrency(8, (1000, 0, 500)).load) == pytest.approx((1, 1.66667, 2.875), rel=1e-5)


@pytest.mark.parametrize(("method", "concurrency"), [(ECO_2, 64), (eco_2("open_host", "H100"), None), (eco_2("open_host", None, "fp8"), None)])
@pytest.mark.parametrize("active", [70, 7])
def test_what_is_stated_narrows_the_range(active: float, method: Method, concurrency: float | None) -> None:
    of = replace(model(70, active, open_weights=True), weight_bits=Factor(10, 5.3, 16, "bit", "a test", 2026))
    assert meter(method, of, Call(1000, 500, concurrency=concurrency)).width < meter(ECO_2, of, Call(1000, 500)).width


# Sizes


@given(positive(1, 3000), positive(1, 8000), st.integers(2022, 2029), st.none() | CONCURRENCIES)
def test_dense_and_sparse_meet(total: float, batch: float, year: int, concurrency: float | None) -> None:
    """A model that is nearly dense costs nearly what a dense one does, and its range is nearly as wide."""
    call, at_ms = Call(1000, 300, concurrency=concurrency), int((year - 1970) * YEAR_MS)
    dense, nearly = (bounds(meter(with_batch(batch), model(total, active), call, at_ms)) for active in (total, total * (1 - 1e-7)))
    assert nearly == pytest.approx(dense, rel=1e-5)


@given(positive(0.02, 1), positive(1, 8000))
def test_a_step_reads_from_the_active_share_to_all(share: float, batch: float) -> None:
    assert laws.touch(share, 1.0) == pytest.approx(share)
    assert share - 1e-12 <= laws.touch(share, batch) <= 1
    assert laws.touch(1.0, batch) == 1


def test_tables_are_no_weights_that_a_step_reads() -> None:
    written = Call(0, 500)
    with_tables, without = model(552, 16, table_params_b=exactly(50)), model(502, 16)
    assert accelerators(ECO_2, with_tables, written) == pytest.approx(accelerators(ECO_2, without, written))
    assert accelerators(ECO_2, with_tables, written) < accelerators(ECO_2, model(552, 16), written)


def test_a_model_may_read_with_fewer_parameters_than_it_writes_with() -> None:
    plain, fewer = model(552, 16), model(552, 16, prefill_params_b=exactly(8))
    for read, ratio in ((Call(1000, 0), 0.5**0.65), (Call(0, 500), 1)):
        assert accelerators(ECO_2, fewer, read) == pytest.approx(accelerators(ECO_2, plain, read) * ratio)


# Bits


@given(positive(1, 3000), positive(2, 16), CONCURRENCIES)
def test_more_stored_bits_cost_more_whatever_they_are_multiplied_in(total: float, bits: float, concurrency: float) -> None:
    """A stated format whose weights are multiplied in 16 bits: only reading them and holding them costs more."""
    method = eco_2("open_host", "H100", "q4_k_m")
    call = Call(1000, 500, concurrency=concurrency)
    few, many = (accelerators(method.changed(stored_bits=exactly(at)), model(total, total), call) for at in (bits, bits * MORE))
    assert few < many


@pytest.mark.parametrize(("newest", "low"), [(0.0, 16.0), (0.5, 8.246211), (1.0, 4.25)])
def test_hosts_serve_open_models_in_fewer_bits_as_blackwell_spreads(newest: float, low: float) -> None:
    # half of the tokens on Blackwell: 16^0.5 * 4.25^0.5 = sqrt(68) = 8.246211
    for open_weights in (True, False, None):
        found = inputs_of(replace(model(70, 70, open_weights=open_weights), weight_bits=exactly(16)), ECO_2.constants, newest)
        assert bounds(found["bits"]) == pytest.approx((low if open_weights else 16, 16, 16))
        assert bounds(found["arithmetic_bytes"]) == pytest.approx((low / 8 if open_weights else 2, 2, 2))


def test_no_host_stores_more_bits_than_the_checkpoint() -> None:
    found = inputs_of(replace(model(70, 70, open_weights=True), weight_bits=exactly(2)), ECO_2.constants, 1.0)
    assert bounds(found["bits"]) == (2, 2, 2)
    assert bounds(found["arithmetic_bytes"]) == (0.5, 0.5, 0.5)  # nothing multiplies in fewer than 4 bits


@pytest.mark.parametrize(("active", "wider"), [(70, False), (7, True)])
def test_sparse_fp8_is_less_known_upward_alone(active: float, wider: bool) -> None:
    fp8 = eco_2("open_host", "H100", "fp8")
    found, as_others = (meter(method, model(70, active), Call(1000, 500)) for method in (fp8, fp8.changed(sparse_error_up=CONSTANTS["sparse_error_up"])))
    assert (found.low, found.value) == (as_others.low, as_others.value)
    assert (found.high > as_others.high) is wider
