"""The fitted laws, without the measurements they were fitted on."""

import json
from pathlib import Path

import pytest

pytest.importorskip("numpy")
pytest.importorskip("scipy")
pytest.importorskip("tools.fit", reason="needs a checkout on the path")

COEFFICIENTS = json.loads(
    (Path(__file__).parents[2] / "tools" / "fit" / "coefficients.json").read_text(encoding="utf-8")
)
SIZES = [1, 3, 8, 30, 70, 235, 400, 671, 1200, 2000]


def value(name):
    return COEFFICIENTS[name]["value"]


def case(active, total, weight_bytes=1.0):
    import numpy as np

    columns = {"p_act": active, "p_tot": total, "bytes": weight_bytes, "kv_gb": 1e-4, "ctx": 500.0}
    return {key: np.array([float(number)]) for key, number in columns.items()}


def decode(active, total, weight_bytes=1.0):
    from tools.fit.laws import decode_per_token

    return decode_per_token(
        case(active, total, weight_bytes), value("decode_a"), value("decode_act"), value("decode_floor")
    )[0]


def prefill(active, total):
    from tools.fit.laws import prefill_per_token

    return prefill_per_token(case(active, total), value("prefill_c"), value("prefill_sparsity"))[0]


def date_factor(year):
    from tools.fit.vintage import factor

    return factor(year, value("decode_old"), value("decode_a100"), value("decode_b200"))


@pytest.mark.parametrize("name", COEFFICIENTS)
def test_coefficient_carries_its_papers(name):
    entry = COEFFICIENTS[name]
    assert set(entry) == {"value", "low", "high", "unit", "fitted_on", "error"}
    assert entry["low"] <= entry["value"] <= entry["high"]
    assert entry["unit"] and entry["fitted_on"] and entry["error"]


@pytest.mark.parametrize("law", [decode, prefill])
def test_more_parameters_never_cost_less(law):
    for small, large in zip(SIZES, SIZES[1:], strict=False):
        assert law(small, large) >= law(small, small)
        assert law(large, large) >= law(small, large)


@pytest.mark.parametrize("law", [decode, prefill])
def test_one_percent_more_parameters_never_jumps(law):
    for size in range(1, 2000):
        assert law(size * 1.01, size * 1.01) / law(size, size) < 1.05


@pytest.mark.parametrize("law", [decode, prefill])
def test_nearly_dense_costs_what_dense_costs(law):
    assert law(99, 100) == pytest.approx(law(100, 100), rel=0.02)


def test_fewer_weight_bytes_never_cost_more():
    assert decode(70, 70, 0.5) < decode(70, 70, 1.0) < decode(70, 70, 2.0)


def test_date_factor_falls_without_steps():
    factors = [date_factor(2022 + day / 365.25) for day in range(7 * 365)]
    assert all(0.995 * before <= after <= before for before, after in zip(factors, factors[1:], strict=False))


def test_date_factor_is_one_for_what_was_fitted():
    assert date_factor(2025.75) == pytest.approx(1, rel=0.03)


def test_closed_active_share_keeps_its_order():
    from tools.fit.closed import closed_active

    law = {"a": value("active_on_total_a"), "b": value("active_on_total_b")}
    for total in SIZES[2:]:
        low, central, high = closed_active(total, law)
        assert low <= central <= high < total
