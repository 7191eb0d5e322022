"""The law of the eco-2 study, without the measurements it was fitted on."""

import csv
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("tools.fit", reason="needs a checkout on the path")

from ecocli.core.factors import Factor
from ecocli.core.quantity import Estimate
from ecocli.estimator.eco2 import accelerators, formats, laws
from ecocli.estimator.eco2.operators import OPERATORS
from tools.fit.eco2 import law
from tools.fit.eco2.call import Known, Model, Tokens, estimate, served_bits

STUDY = Path(__file__).parents[2] / "tools" / "fit" / "eco2"
COEFFICIENTS = json.loads((STUDY / "coefficients.json").read_text("utf-8"))
EASY = {
    "prefill_coefficient": 3.0, "prefill_sparsity": 0.5, "bytes_exponent": 2.0, "decode_compute": 10.0, "weight_reading": 0.5,
    "waiting": 0.25, "step": 4.0, "decode_floor": 1.0, "context_coefficient": 2.0, "split_offset": 16.0,
}  # fmt: skip
"""Constants to work with on paper."""
TOTALS, SHARES = st.floats(1, 3000), st.floats(0.02, 1)
BITS, BATCHES, YEARS = st.floats(2, 16), st.floats(1, 8000), st.floats(2022, 2029)
COUNTS = st.integers(0, 50_000)
CALL, DAY = Tokens(1000, 200, 300), Known(2026.0)
MORE = 1.01
EQUAL = 1 + 1e-9
"""Room for rounding."""


def one(value):
    return Estimate.exactly(value)


def model(total=100.0, share=0.2, bits=8.0, kv_bytes=1e5):
    return Model(one(total), one(total * share), one(bits), one(kv_bytes))


def with_batch(batch):
    return OPERATORS["open_host"]._replace(batch=Factor(batch, batch, batch, "1", "a test", 2026, "assumed"))


def meter(of=None, tokens=CALL, known=DAY, operator="open_host"):
    return estimate(of or model(), tokens, known, operator, one(1.1)).meter.value


# --- equations, worked on paper


def test_prefill_by_hand():
    # 3 * 2^2 * 4^0.5 * 16^0.5 * 0.5 = 3 * 4 * 2 * 4 * 0.5
    assert law.prefill_energy(4.0, 16.0, 2.0, 0.5, EASY) == pytest.approx(48)


@pytest.mark.parametrize(("batch", "expected"), [
    (1.0, 496.0),   # touch 1/4:  [1 + (0.5*8/4 + 0.25*8 + 4)/1] * 2 + 10 * 48
    (2.0, 489.75),  # touch 7/16: [1 + (0.5*8*7/16 + 0.25*8 + 4)/2] * 2 + 10 * 48
])  # fmt: skip
def test_decode_by_hand(batch, expected):
    assert law.decode_energy(4.0, 16.0, 8.0, 2.0, batch, 0.5, 2.0, EASY) == pytest.approx(expected)


def test_context_and_waiting_by_hand():
    assert law.context_energy(0.5, 3.0, EASY) == pytest.approx(3)
    assert law.prefill_waiting(4, 10, EASY) == pytest.approx(1.5)


def test_call_by_hand():
    """One user of a dense model of 10^9 parameters in BF16 on an H100: W is 2 GB, B is 1, and 2028's software is the fit's."""
    # 0.0122 + 0.204*2 + 0.0291*2 + 0.0518 = 0.5302; 2.44 * 0.000953 * 2^0.616 = 0.00232532 * 1.532621 = 0.0035638
    found = estimate(model(1, 1, kv_bytes=0.0), Tokens(0, 0, 3600), Known(2028.0, None, "H100", "bf16"), "one_user")
    assert found.accelerators.value == pytest.approx(0.5337638, rel=1e-5)
    # u(1) = 0.36 + 0.54/21 = 0.385714; host = 1 + 0.33/0.385714 = 1.855556; nothing idles
    assert found.servers.value == pytest.approx(0.5337638 * 1.855556, rel=1e-5)


# --- limits


@given(COUNTS, COUNTS, COUNTS, st.sampled_from([None, 1.0, 64.0]))
def test_no_tokens_cost_nothing(fresh, cached, output, concurrency):
    nothing, something = Tokens(0, 0, 0), Tokens(fresh, cached, output)
    found = estimate(model(), nothing, Known(2026.0, concurrency))
    for energy in (found.accelerators, found.servers, found.meter):
        assert energy.low == energy.value == energy.high == 0
    assert (meter(tokens=something, known=Known(2026.0, concurrency)) > 0) == (fresh + cached + output > 0)


@given(TOTALS, SHARES, COUNTS, st.integers(1, 5000))
def test_one_request_in_flight_is_one_sequence(total, share, fresh, output):
    batch = estimate(model(total, share), Tokens(fresh, 0, output), Known(2026.0, 1.0)).batch
    assert batch.low == batch.value == batch.high == 1


@given(st.floats(1, 1e4), st.floats(0, 1e6), st.floats(1e-3, 1e3), st.floats(1e-3, 1e3))
def test_batch_solves_littles_law(concurrency, prefill_j, fixed_j, shared_j):
    def decode_j(batch):
        return fixed_j + shared_j / batch

    batch = laws.decoding_at_once(concurrency, prefill_j, decode_j)
    assert 1 <= batch <= concurrency
    decode = decode_j(batch)
    assert batch == pytest.approx(1 + (concurrency - 1) * decode / (decode + prefill_j), rel=1e-6)


@given(TOTALS, BATCHES, YEARS, BITS)
def test_dense_and_sparse_meet(total, batch, year, bits):
    """A model that is nearly dense costs nearly what a dense one does, and its range is nearly as wide."""
    dense, nearly = (estimate(model(total, share, bits), Tokens(1000, 0, 300), Known(year), with_batch(batch)).meter for share in (1.0, 1 - 1e-7))
    for bound in ("low", "value", "high"):
        assert getattr(nearly, bound) == pytest.approx(getattr(dense, bound), rel=1e-5)


@given(TOTALS, SHARES, BATCHES)
def test_touch_runs_from_the_active_share_to_all(total, share, batch):
    assert laws.touch(share, 1.0) == pytest.approx(share)
    assert share - 1e-12 <= laws.touch(share, batch) <= 1
    assert laws.touch(1.0, batch) == 1


def test_no_day_differs_noticeably_from_the_next():
    days = [estimate(model(), Tokens(1000, 0, 500), Known(2022 + day / 365)).meter for day in range(7 * 365)]
    for today, tomorrow in zip(days, days[1:], strict=False):
        for bound in ("low", "value", "high"):
            assert getattr(tomorrow, bound) == pytest.approx(getattr(today, bound), rel=0.01)


# --- properties


@given(TOTALS, SHARES, BITS, BATCHES, YEARS)
def test_larger_models_and_more_bits_never_cost_less(total, share, bits, batch, year):
    known, operator, active = Known(year), with_batch(batch), total * share
    base = meter(model(total, share, bits), known=known, operator=operator)
    assert meter(model(total * MORE, share / MORE, bits), known=known, operator=operator) * EQUAL >= base  # the same active parameters
    assert meter(model(total, min(total, active * MORE) / total, bits), known=known, operator=operator) * EQUAL >= base
    assert meter(model(total, share, bits * MORE), known=known, operator=operator) * EQUAL >= base


@given(TOTALS, SHARES, BITS, BATCHES)
def test_more_sequences_at_once_never_cost_more(total, share, bits, batch):
    large = model(total, share, bits)
    assert meter(large, operator=with_batch(batch * MORE)) <= meter(large, operator=with_batch(batch)) * EQUAL


@given(TOTALS, SHARES, st.floats(1, 5000), COUNTS, COUNTS, st.integers(0, 5000))
def test_more_requests_in_flight_never_cost_more(total, share, concurrency, fresh, cached, output):
    tokens, large = Tokens(fresh, cached, output), model(total, share)
    few, many = (meter(large, tokens, Known(2026.0, c)) for c in (concurrency, concurrency * MORE))
    assert many <= few * EQUAL


@given(TOTALS, SHARES, COUNTS, COUNTS, COUNTS, st.sampled_from([None, 1.0, 32.0, 1024.0]))
def test_more_tokens_cost_more(total, share, fresh, cached, output, concurrency):
    large, known = model(total, share), Known(2026.0, concurrency)
    base = meter(large, Tokens(fresh, cached, output), known)
    for more in (Tokens(fresh + 100, cached, output), Tokens(fresh, cached + 100, output), Tokens(fresh, cached, output + 100)):
        assert meter(large, more, known) > base


@given(TOTALS, SHARES, BITS, YEARS, st.sampled_from(sorted(OPERATORS)), st.sampled_from([None, 1.0, 100.0]))
def test_ranges_hold_their_values_and_shares_add_up(total, share, bits, year, operator, concurrency):
    found = estimate(model(total, share, bits), Tokens(1000, 100, 300), Known(year, concurrency), operator)
    for energy in (found.accelerators, found.servers, found.meter, found.batch):
        assert energy.low <= energy.value <= energy.high
    assert sum(found.shares_up.values()) == pytest.approx(1)
    assert sum(found.shares_down.values()) == pytest.approx(1)


def test_look_up_tables_and_prefill_of_its_own():
    """Tables are no weights that a step reads; a model that reads with fewer parameters reads for less."""
    plain = Model(one(552.0), one(16.0), one(4.5), one(5e3))
    without_tables = Model(one(552.0), one(16.0), one(4.5), one(5e3), table_b=50.0)
    fewer = Model(one(552.0), one(16.0), one(4.5), one(5e3), prefill_active_b=one(8.0))
    read, write = Tokens(1000, 0, 0), Tokens(0, 0, 500)
    assert meter(without_tables, write) == pytest.approx(meter(Model(one(502.0), one(16.0), one(4.5), one(5e3)), write))
    assert meter(fewer, read) == pytest.approx(meter(plain, read) * 0.5**0.65)
    assert meter(fewer, write) == pytest.approx(meter(plain, write))


def test_arrays_are_many_numbers():
    np = pytest.importorskip("numpy")
    rng = np.random.default_rng(3)
    total, weights_gb, batch = (rng.uniform(1, 1000, 50) for _ in range(3))
    active = total * rng.uniform(0.02, 1, 50)
    decode = law.decode_energy(active, total, weights_gb, 1.0, batch, 0.7, 0.9)
    columns = (column.tolist() for column in (active, total, weights_gb, batch))
    single = [law.decode_energy(a, t, w, 1.0, b, 0.7, 0.9) for a, t, w, b in zip(*columns, strict=True)]
    assert decode == pytest.approx(single)


# --- constants, operators, accelerators, weight formats


@pytest.mark.parametrize(("name", "factor"), law.CONSTANTS.items())
def test_constant_carries_its_papers(name, factor):
    assert factor.low <= factor.value <= factor.high
    assert factor.unit and factor.source and factor.year >= 2020
    assert factor.basis in ("measured", "reported", "derived", "assumed")


@pytest.mark.parametrize("name", sorted(law.FITTED.keys() | COEFFICIENTS.keys()))
def test_fitted_constant_is_the_stored_one(name):
    factor, stored = law.FITTED[name], COEFFICIENTS[name]
    assert (factor.value, factor.low, factor.high, factor.unit) == (stored["value"], stored["low"], stored["high"], stored["unit"])
    assert stored["fitted_on"] and stored["error"]


def test_refitted_moves_a_range_with_its_value():
    old, moved = law.CONSTANTS["step"], law.refitted({"step": law.CONSTANTS["step"].value * 2})
    assert (moved["step"].low, moved["step"].value, moved["step"].high) == pytest.approx((2 * old.low, 2 * old.value, 2 * old.high))
    assert {name for name in moved if moved[name] != law.CONSTANTS[name]} == {"step"}


@pytest.mark.parametrize("operator", OPERATORS.values(), ids=OPERATORS)
def test_operator_carries_its_papers(operator):
    for factor in (operator.batch, operator.prefill_load, operator.idle):
        assert factor.low <= factor.value <= factor.high
        assert factor.source and factor.low >= 1


@pytest.mark.parametrize("bits", [16.0, 8.0, 4.5])
def test_weights_are_served_in_no_more_bits_as_blackwell_spreads(bits):
    before, after = served_bits(bits, 2024.0), served_bits(bits, 2028.0)
    assert after.low <= before.low <= before.value == after.value <= before.high == after.high


@pytest.mark.parametrize("name", accelerators.DATASHEETS)
def test_accelerator_carries_its_papers(name):
    sheet, found = accelerators.DATASHEETS[name], accelerators.accelerator(name)
    assert sheet.source and sheet.watts > 0 and sheet.tflops > 0 and sheet.tb_s > 0
    assert sheet.fp8 or not sheet.fp4
    for factor in (found.compute, found.reading):
        assert 0 < factor.low <= factor.value <= factor.high


@pytest.mark.parametrize(("written", "name"), [
    ("NVIDIA H100", "H100"), ("b200", "B200"), ("MI355X", "MI355X"), ("rtx-4090", "RTX 4090"), ("GeForce RTX 4090", "RTX 4090"),
    ("TPU v5e", "TPU v5e"), ("gb200 nvl72", "GB200"), ("A100 80GB", "A100"), ("AMD Instinct MI300X", "MI300X"), ("abacus", None),
])  # fmt: skip
def test_accelerator_is_found_by_its_names(written, name):
    assert accelerators.find(written) == name


def test_aliases_are_of_accelerators():
    assert set(accelerators.ALIASES.values()) <= set(accelerators.DATASHEETS)
    with pytest.raises(KeyError):
        accelerators.accelerator("abacus")


@pytest.mark.parametrize(("weights", "hardware", "stored", "arithmetic"), [
    ("nvfp4", "B200", 4.5, 4), ("nvfp4", None, 4.5, 4), ("MXFP4", "H100", 4.25, 16), ("mxfp4", None, 4.25, 8), ("mxfp4", "MI355X", 4.25, 4),
    ("fp8", "A100", 8, 16), ("FP8", None, 8, 8), ("fp8", "TPU v7", 8, 8), ("int8", "A100", 8, 8), ("int8", "V100", 8, 16),
    ("q4_K_M", "RTX 4090", 4.8944, 16), ("awq", "B200", 4.25, 16), ("bf16", "V100", 16, 16), ("fp32", None, 32, 32),
])  # fmt: skip
def test_weight_format(weights, hardware, stored, arithmetic):
    assert formats.weight_format(weights).stored_bits == stored
    assert formats.arithmetic_bits(weights, hardware) == arithmetic


def test_weight_formats_carry_their_papers():
    for found in formats.FORMATS.values():
        assert found.source and 2 <= found.stored_bits <= 32
        assert found.arithmetic_bits in (None, 4, 8, 16, 32)


# --- reading and fitting


def test_deployment_with_prefill_apart_has_copies(tmp_path):
    data = pytest.importorskip("tools.fit.eco2.data")
    row = {
        "kind": "measured", "model": "DeepSeek-V4-Pro", "weight_bits": "4", "active_b": "49", "total_b": "1600", "boundary": "gpu", "input_tokens": "7390",
        "output_tokens": "922", "batch_or_concurrency": "512", "j_per_output_token": "1.5", "j_per_input_token": "", "note": "8 prefill + 32 decode GPUs",
    }  # fmt: skip
    with (tmp_path / "measured_at_scale.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(row))
        writer.writeheader()
        writer.writerows([row, row | {"kind": "claimed"}])
    rows = data.at_scale(tmp_path)
    found = {name: rows[name].tolist() for name in ("copies", "batch", "concurrency", "split", "weights_gb", "energy")}
    assert found == {"copies": [4], "batch": [128], "concurrency": [512], "split": [True], "weights_gb": [800], "energy": [1.5]}


def test_fit_solves_littles_law_as_a_call_does():
    np = pytest.importorskip("numpy")
    fit = pytest.importorskip("tools.fit.eco2.fit", reason="needs scipy")
    case = {"p_act": 49.0, "p_tot": 1600.0, "bytes": 0.5, "weights_gb": 800.0, "prompt": 7000.0, "out": 900.0, "ctx": 7450.0, "kv_gb": 5e-6, "state_gb": 0.0,
            "concurrency": 256.0, "copies": 1.0, "gpu": "H100"}  # fmt: skip
    on_arrays = fit.decoding_at_once({name: np.array([value]) for name, value in case.items()}, law.VALUES)[0]
    prefill_j = 7000 * law.prefill_energy(49.0, 1600.0, 0.5, 1.0) * (1 + 7000 / 2 / 40_000)

    def decode_j(batch):
        return 900 * (law.decode_energy(49.0, 1600.0, 800.0, 0.5, batch, 1.0, 1.0) + 7450 * law.context_energy(5e-6, 1.0))

    assert on_arrays == pytest.approx(laws.decoding_at_once(256, prefill_j, decode_j))
