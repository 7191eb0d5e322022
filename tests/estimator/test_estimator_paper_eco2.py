"""Three calls by eco-2, worked on paper with constants that are easy to work with."""

import pytest

from ecocli.core.factors import Factor
from ecocli.core.footprint import Footprint
from ecocli.core.specs import ModelSpec, SiteSpec
from ecocli.estimator.call import Call
from ecocli.estimator.footprint import footprint
from tests.estimator_helpers import Method, bounds, eco_2

PAPER = {
    "prefill_coefficient": 0.002, "bytes_exponent": 1, "prefill_sparsity": 0.5, "prefill_doubling_position": 40_000, "cached_read_ratio": 0.02,
    "decode_floor": 0.01, "decode_compute": 2, "weight_reading": 0.2, "waiting": 0.03, "step": 0.05, "context_coefficient": 0.2,
    "software_ratio": 1, "ampere_compute": 1, "ampere_reading": 1, "blackwell_compute": 1, "blackwell_reading": 1, "split_waiting": 16, "split_offset": 16,
    "host_share": 0.36, "board_power_one": 0.36, "board_power_rise": 0.54, "board_power_half": 20, "idle_stated": 1.05,
    "sparse_error_up": 0, "sparse_error_down": 0, "embodied_per_it_wh": 0.04, "tree_uptake": 60,
}  # fmt: skip
NOVEMBER_2025_MS = 1_763_769_600_000


def simple(value: float, low: float | None = None, high: float | None = None) -> Factor:
    return Factor(value, value if low is None else low, value if high is None else high, "1", "paper", 2026)


def on_paper(method: Method, total: float, active: float, call: Call, **changed: Factor) -> Footprint:
    """16 bits and 100 kB of cache a token; PUE 1.2, 400 g/kWh, 0.5 and 3 L/kWh. No factor has a range that is not given one."""
    exact = {name: simple(PAPER.get(name, factor.value)) for name, factor in method.constants.items()}
    model = ModelSpec("paper", "paper", "moe", simple(total), simple(active), simple(100_000), simple(16), reasoning="no")
    site = SiteSpec("paper", "paper", simple(400), simple(1.2), simple(0.5), simple(3))
    return footprint(method.changed(**exact | changed).make(model, site, NOVEMBER_2025_MS), call)


def test_one_user_of_a_dense_model() -> None:
    # 100 B parameters, 200 GB; B = 1, prefill does not wait; twice the law at the wall
    # E1   a fresh token      0.002 * 2 bytes * sqrt(100) * sqrt(100) = 0.4 J
    # E2   an output token    0.01 + (0.2 * 200 + 0.03 * 200 + 0.05) / 1 + 2 * 0.4 = 0.01 + 46.05 + 0.8 = 46.86 J
    # E3   of context         0.2 * 100 000 / 10^9 = 0.000 02 J
    # E5   4 000 fresh after 1 000 cached: mean position 3 000, 4 000 * 0.4 * (1 + 3 000/40 000) = 1 720 J
    #      1 000 cached: 1 000 * 0.02 * 0.4 = 8 J
    #      1 000 out at a context of 5 000 + 500: 1 000 * (46.86 + 0.11) = 46 970 J
    #      1 720 + 8 + 46 970 = 48 698 J = 13.527 222 Wh
    # E6   * 2 = 27.054 444 Wh
    # E7   * 1.2 = 32.465 333 Wh             E8   * 0.4 = 12.986 133 g      E9   27.054 444 * 0.04 = 1.082 178 g
    # E10  27.054 444 * 0.5 = 13.527 222 mL  E11  32.465 333 * 3 = 97.396 000 mL
    # E12  110.923 222 mL                    E13  12.986 133 / 60 = 0.216 436 days
    found = on_paper(eco_2("one_user"), 100, 100, Call(5000, 1000, cached_tokens=1000), home_factor=simple(2), stored_bits=simple(16))
    assert found.accelerator_energy_wh.value == pytest.approx(13.527222, rel=1e-6)
    assert found.it_energy_wh.value == pytest.approx(27.054444, rel=1e-6)
    assert found.facility_energy_wh.value == pytest.approx(32.465333, rel=1e-6)
    assert found.co2_g.value == pytest.approx(12.986133, rel=1e-6)
    assert found.embodied_co2_g.value == pytest.approx(1.082178, rel=1e-6)
    assert found.water_onsite_ml.value == pytest.approx(13.527222, rel=1e-6)
    assert found.water_offsite_ml.value == pytest.approx(97.396, rel=1e-6)
    assert found.water_ml.value == pytest.approx(110.923222, rel=1e-6)
    assert found.tree_days.value == pytest.approx(0.216436, rel=1e-5)


OPEN_HOST = {"operator_batch": simple(100), "prefill_load": simple(1.25), "idle": simple(1.1)}


def test_a_sparse_model_at_an_open_host() -> None:
    # 4 of 400 B active, 800 GB; B = 100, prefill waits a quarter, a tenth idles
    # E1   a fresh token      0.002 * 2 bytes * sqrt(4) * sqrt(400) = 0.16 J; * 1.25 = 0.2 J
    # E2a  touch = 1 - 0.99^100 = 0.633 968
    # E2   an output token    0.01 + (0.2 * 800 * 0.633 968 + 0.03 * 800 + 0.05) / 100 + 2 * 0.16
    #                         = 0.01 + 125.484 88 / 100 + 0.32 = 1.584 849 J
    # E5   4 000 * 0.2 * 1.075 = 860 J; 1 000 * 0.02 * 0.2 = 4 J; 1 000 * (1.584 849 + 0.11) = 1 694.849 J
    #      2 558.849 J = 0.710 791 Wh
    # E6   u = 0.36 + 0.54 * 100/120 = 0.81, host = 1.444 444; * 1.444 444 * 1.1 = 1.129 368 Wh
    # E7   1.355 242 Wh
    found = on_paper(eco_2("open_host"), 400, 4, Call(5000, 1000, cached_tokens=1000), **OPEN_HOST)
    assert found.accelerator_energy_wh.value == pytest.approx(0.710791, rel=1e-6)
    assert found.it_energy_wh.value == pytest.approx(1.129368, rel=1e-6)
    assert found.facility_energy_wh.value == pytest.approx(1.355242, rel=1e-6)


def test_64_in_flight_on_an_h100_with_fp8() -> None:
    # 100 B parameters of one byte, 100 GB; Hopper is the law's own hardware
    # E1   a fresh token      0.002 * 1 byte * 10 * 10 = 0.2 J
    # E2b  20 000 fresh, 1 000 out:  P = 20 000 * 0.2 * (1 + 10 000/40 000) = 5 000 J
    #      D(B) = 1 000 * (0.01 + (0.2 * 100 + 0.03 * 100 + 0.05)/B + 2 * 0.2 + 20 500 * 0.000 02) = 820 + 23 050/B
    #      B = 1 + 63 * D/(D + P)  is  5 820 B² - 34 430 B - 1 475 200 = 0:  B = (34 430 + 188 488.941) / 11 640 = 19.151 112
    # E1a  load = 1 + 16 / (64 + 16) = 1.2: 0.24 J
    # E2   0.01 + 23.05/19.151 112 + 0.4 = 1.613 585 J
    # E5   20 000 * 0.24 * 1.25 = 6 000 J; 1 000 * (1.613 585 + 0.41) = 2 023.585 J; 8 023.585 J = 2.228 774 Wh
    # E6   u = 0.36 + 0.54 * 64/84 = 0.771 429, host = 1.466 667; * 1.05: 3.432 311 Wh
    # E7   4.118 774 Wh
    found = on_paper(eco_2("open_host", "H100", "fp8"), 100, 100, Call(20_000, 1000, concurrency=64))
    assert found.accelerator_energy_wh.value == pytest.approx(2.228774, rel=1e-6)
    assert found.it_energy_wh.value == pytest.approx(3.432311, rel=1e-6)
    assert found.facility_energy_wh.value == pytest.approx(4.118774, rel=1e-6)


def test_the_range_that_a_batch_makes_worked_on_paper() -> None:
    # 50 to 200 at once of the dense model: an output token costs 0.81 + 46.05/B, so 1.731, 1.2705 and 1.040 25 J
    #   high 1 720 + 8 + 1 000 * (1.731 + 0.11) = 3 569 J, value 3 108.5 J, low 2 878.25 J
    #   times 1.444 444 * 1.2 / 3600 = 0.000 481 481 5: 1.718 407, 1.496 685 and 1.385 824 Wh
    changed = {"operator_batch": simple(100, 50, 200), "prefill_load": simple(1), "idle": simple(1)}
    found = on_paper(eco_2("open_host"), 100, 100, Call(5000, 1000, cached_tokens=1000), **changed)
    assert bounds(found.facility_energy_wh) == pytest.approx((1.385824, 1.496685, 1.718407), rel=1e-6)
    assert found.dominant_factor == "operator batch"


def test_the_range_that_a_concurrency_makes_worked_on_paper() -> None:
    # the call of 64 in flight: the batch may be 19.151 112 / 1.25 = 15.320 889 or all 64
    #   an output token costs 0.41 + 23.05/B: 1.914 483, 1.613 585 and 0.770 156 J
    #   6 000 + 1 000 * (1.914 483 + 0.41) = 8 324.483 J and 6 000 + 1 000 * (0.770 156 + 0.41) = 7 180.156 J: 2.312 356 and 1.994 488 Wh
    found = on_paper(eco_2("open_host", "H100", "fp8"), 100, 100, Call(20_000, 1000, concurrency=64))
    assert bounds(found.accelerator_energy_wh) == pytest.approx((1.994488, 2.228774, 2.312356), rel=1e-6)
